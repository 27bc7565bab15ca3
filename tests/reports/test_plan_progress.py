"""Biểu 07 as page and workbook: rows by body, the chart, and rounds outside of the plan."""

from __future__ import annotations

import re
from datetime import date, datetime
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from inspections.models import Plan, Round
from tests.conftest import World
from tests.factories import make_item, make_plan, make_round, make_visit

pytestmark = pytest.mark.django_db


def done(plan_item: Any, day: date) -> Round:
    """A completed round that carries out the item on that day."""
    round_ = make_round(plan_item.body, day)
    round_.items.add(plan_item)
    make_visit(round_, plan_item.unit)
    return round_


@pytest.fixture
def plan(world: World) -> Plan:
    """Four items: the province did one of two, and Đại Từ one of two, after its time."""
    plan = make_plan(world.province, number="45/KH-UBND")
    done(make_item(plan, world.justice, month=5), date(2023, 5, 12))
    make_item(plan, world.dai_tu, month=5)
    done(make_item(plan, world.tien_hoi, month=6, body=world.dai_tu), date(2023, 8, 2))
    make_item(plan, world.tien_hoi, month=12, body=world.dai_tu)
    return plan


def page(client: Client, plan: Plan, query: str = "") -> str:
    answer = client.get(f"/plans/{plan.pk}/progress/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def units_of(content: str) -> list[str]:
    """The units in the table, in order."""
    table = content.split('class="progress-table"')[1].split("<tfoot>")[0]
    return re.findall(r'scope="row"><a [^>]+>([^<]+)</a><span', table)


def test_rows_stand_under_their_inspecting_body(plan: Plan, staff: Client) -> None:
    content = page(staff, plan)
    assert units_of(content) == ["Sở Tư pháp", "Huyện Đại Từ", "Xã Tiên Hội", "Xã Tiên Hội"]
    groups = re.findall(r'class="group"><td[^>]+>(\w+)</td><th[^>]+>([^<]+)', content)
    assert groups == [("I", "Tỉnh Thái Nguyên"), ("II", "Huyện Đại Từ")]
    assert "4 mục: đã kiểm tra 2 (50,0 %), đang kiểm tra 0, chậm 2, chưa bắt đầu 0" in content


@pytest.mark.parametrize(
    ("query", "units"),
    [
        ("?state=LATE", ["Huyện Đại Từ", "Xã Tiên Hội"]),
        ("?month=5", ["Sở Tư pháp", "Huyện Đại Từ"]),
        ("?done=8", ["Xã Tiên Hội"]),
        ("?state=LATE&month=5", ["Huyện Đại Từ"]),
        ("?state=RUNNING", []),
        # On the last day of May nothing was late yet.
        ("?state=NOT_BEGUN&as_of=31/5/2023", ["Huyện Đại Từ", "Xã Tiên Hội", "Xã Tiên Hội"]),
    ],
)
def test_what_is_asked_for_is_shown_and_exported(
    plan: Plan, staff: Client, query: str, units: list[str]
) -> None:
    assert units_of(page(staff, plan, query)) == units
    sheet = load_workbook(
        BytesIO(staff.get(f"/plans/{plan.pk}/progress.xlsx{query}").content)
    ).active
    assert sheet is not None
    assert [row[1] for row in sheet.values if isinstance(row[0], int)] == units


def test_each_bar_leads_to_as_many_items_as_it_is_high(plan: Plan, staff: Client) -> None:
    content = page(staff, plan)
    bars = re.findall(r'<a href="([^"]+)" aria-label="([^"]+)"', content)
    assert [told for _, told in bars] == [
        "Tháng 5/2023, dự kiến xong: 2 mục",
        "Tháng 5/2023, đã kiểm tra: 1 mục",
        "Tháng 6/2023, dự kiến xong: 1 mục",
        "Tháng 8/2023, đã kiểm tra: 1 mục",
        "Tháng 12/2023, dự kiến xong: 1 mục",
    ]
    for address, told in bars:
        number = int(told.split(": ")[1].split()[0])
        assert len(units_of(page(staff, plan, address.split("#")[0]))) == number


def test_a_day_that_cannot_be_read_filters_nothing_and_makes_no_file(
    plan: Plan, staff: Client
) -> None:
    content = page(staff, plan, "?as_of=31/2/2023&state=LATE")
    assert "không có trong lịch" in content
    assert len(units_of(content)) == 4
    answer = staff.get(f"/plans/{plan.pk}/progress.xlsx?as_of=31/2/2023")
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith("/progress/?as_of=31%2F2%2F2023")


def test_the_sheet_has_real_days_and_numbers_and_the_frame_of_official_tables(
    plan: Plan, staff: Client
) -> None:
    answer = staff.get(f"/plans/{plan.pk}/progress.xlsx?as_of=31/12/2023")
    sheet = load_workbook(BytesIO(answer.content))["Biểu 07"]
    rows = [[cell for cell in row if cell not in (None, "")] for row in sheet.values]
    told = [row for row in rows if row]
    assert ["BIỂU 07. TIẾN ĐỘ THỰC HIỆN KẾ HOẠCH KIỂM TRA"] in told
    assert ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)"] in told
    assert ["NGƯỜI LẬP BIỂU", "THỦ TRƯỞNG ĐƠN VỊ"] in told
    day = datetime(2023, 5, 12)  # noqa: DTZ001  # cells know no zone
    assert [1, "Sở Tư pháp", "tháng 5/2023", day, "Đã kiểm tra"] in [row[:5] for row in told]
    (total,) = [str(row[1]) for row in told if row[0] == "Tổng số"]
    assert "4 mục: đã kiểm tra 2 (50,0 %)" in total
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)


def test_rounds_outside_the_plan_are_those_of_the_list_behind(
    plan: Plan, world: World, staff: Client
) -> None:
    outside = make_round(world.dai_tu, date(2023, 3, 1), code="NGOAI-1")
    make_round(world.province, date(2023, 3, 1), code="KEM-1", plan=plan)
    make_round(world.province, date(2022, 12, 31), code="NAM-TRUOC")
    make_round(world.elsewhere, date(2023, 3, 1), code="TINH-KHAC")
    content = page(staff, plan)
    part = content.split('id="outside-title"')[1]
    assert "(1 cuộc)" in part
    assert outside.code in part
    (address,) = re.findall(r'href="(/rounds/\?[^"]+)"', part)
    listed = staff.get(address.replace("&amp;", "&")).content.decode()
    assert "NGOAI-1" in listed
    assert "ngoài kế hoạch" in listed
    for code in ("KEM-1", "NAM-TRUOC", "TINH-KHAC"):
        assert code not in part
        assert code not in listed


def test_a_surprise_by_others_does_not_show_through_the_plan(
    plan: Plan, world: World, inspector: Client
) -> None:
    """Đại Từ carries out items of the plan; the province's round on them is not its to know."""
    ahead = make_round(world.province, date(2023, 12, 5), status="IN_PROGRESS", code="BI-MAT")
    ahead.items.add(plan.items.get(unit=world.tien_hoi, first_day=date(2023, 12, 1)))
    make_visit(ahead, world.tien_hoi)
    content = page(inspector, plan)
    assert units_of(content) == ["Xã Tiên Hội", "Xã Tiên Hội"]
    assert "BI-MAT" not in content
    assert "Đang kiểm tra <b>0</b>" in content
    sheet = inspector.get(f"/plans/{plan.pk}/progress.xlsx").content
    assert "BI-MAT" not in str(list(load_workbook(BytesIO(sheet)).active.values))  # type: ignore[union-attr]  # it has one


def test_ten_times_the_items_ask_no_more_queries(plan: Plan, world: World, staff: Client) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            page(staff, plan)
        return len(queries)

    make_round(world.dai_tu, date(2023, 4, 1))
    before = asked()
    for number in range(40):
        done(make_item(plan, world.dai_tu, month=1 + number % 12), date(2023, 5, 12))
        make_round(world.dai_tu, date(2023, 4, 1))
    assert asked() == before <= 15


def test_plan_without_items_shows_its_rounds(staff: Client, world: World) -> None:
    """A workbook knows plans by number alone: an empty table would say nothing is done."""
    plan = make_plan(world.province)
    make_round(world.province, date(2023, 5, 22), code="TN1", plan=plan)
    make_round(world.province, date(2023, 6, 22), code="TN2", plan=plan, status="SCHEDULED")
    make_round(world.province, date(2023, 7, 3), code="TN3")
    content = page(staff, plan)
    assert "Kế hoạch này không ghi mục nào; <b>2</b> cuộc" in content
    assert "<b>1</b> cuộc đã hoàn thành" in content
    own, outside = content.split('id="outside-title"')
    assert [code for code in ("TN1", "TN2", "TN3") if code in own] == ["TN1", "TN2"]
    assert "TN3" in outside
    assert "progress-table" not in content


def test_who_carries_out_a_part_is_not_told_whether_there_are_other_items(
    inspector: Client, world: World
) -> None:
    plan = make_plan(world.province)
    make_item(plan, world.justice)
    make_round(world.dai_tu, plan=plan)
    content = page(inspector, plan)
    assert "Không có mục nào giao cho cơ quan của bạn" in content
    assert "không ghi mục" not in content
