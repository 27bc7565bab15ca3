"""The page of all overlaps of a year: the worst first, filters, and its workbook."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from inspections.models import Content, Round
from tests.conftest import World, client_of
from tests.factories import (
    make_item,
    make_plan,
    make_round,
    make_succession,
    make_unit,
    make_user,
    make_visit,
)
from units.models import Unit

pytestmark = pytest.mark.django_db
URL = "/overlaps/"


def visited(body: Unit, unit: Unit, day: date, **fields: Any) -> Any:
    """A round of one visit."""
    round_ = make_round(body, day, **fields)
    make_visit(round_, unit)
    return round_


def rows_of(client: Client, **query: str) -> list[tuple[str, ...]]:
    """Unit, code, days, gap and place of each row of the page."""
    page = client.get(URL, {"year": "2023", **query})
    assert page.status_code == 200
    found: list[tuple[str, ...]] = []
    for row in page.context["listing"].rows:
        unit, code, _, days, _, _, gap, _ = (cell.text for cell in row.cells)
        found.append((unit, code, days, gap, row.cells[0].small))
    return found


@pytest.fixture
def overlapping(world: World) -> World:
    """Two at Tiên Hội, 12 days apart; three at Sở Tư pháp; one alone at Đại Từ."""
    visited(world.province, world.tien_hoi, date(2023, 5, 10), code="TH1")
    visited(world.dai_tu, world.tien_hoi, date(2023, 5, 22), code="TH2", overlap_reason="Đơn mới")
    for number, month in enumerate((2, 6, 11), start=1):
        visited(world.province, world.justice, date(2023, month, 1), code=f"TP{number}")
    visited(world.province, world.dai_tu, date(2023, 5, 10), code="DT1")
    visited(world.province, world.dai_tu, date(2022, 5, 10), code="DT0")
    return world


TP = [
    ("Sở Tư pháp", "TP1", "01/02/2023", "cách 120 ngày", "cuộc 1/3"),
    ("Sở Tư pháp", "TP2", "01/06/2023", "cách 120 ngày", "cuộc 2/3"),
    ("Sở Tư pháp", "TP3", "01/11/2023", "cách 153 ngày", "cuộc 3/3"),
]
TH = [
    ("Xã Tiên Hội", "TH1", "10/05/2023", "cách 12 ngày", "cuộc 1/2"),
    ("Xã Tiên Hội", "TH2", "22/05/2023", "cách 12 ngày", "cuộc 2/2"),
]


def test_most_inspections_come_first_then_the_nearest(overlapping: World, staff: Client) -> None:
    near = make_unit("19.SYT", "Sở Y tế", overlapping.province, kind="DEPARTMENT")
    for day in (7, 8):
        visited(overlapping.province, near, date(2023, 3, day), code=f"YT{day}")
    rows = rows_of(staff)
    assert rows[:3] == TP
    assert [row[1] for row in rows[3:5]] == ["YT7", "YT8"]
    assert rows[5:] == TH


def test_filters_by_unit_and_body_keep_whole_groups(overlapping: World, staff: Client) -> None:
    assert rows_of(staff, unit="05809") == TH
    assert rows_of(staff, unit="171") == TH
    assert rows_of(staff, body="171") == TH
    assert rows_of(staff, body="19") == TP + TH
    assert rows_of(staff, unit="171", body="19.STP") == []


def test_groups_without_a_reason(overlapping: World, staff: Client) -> None:
    """Of two, one with a reason is enough; of three, one is not."""
    assert rows_of(staff, reason="none") == TP
    Round.objects.filter(code="TP2").update(overlap_reason="Chỉ đạo của tỉnh")
    assert rows_of(staff, reason="none") == TP
    Round.objects.filter(code="TP3").update(overlap_reason="Chỉ đạo của tỉnh")
    assert rows_of(staff, reason="none") == []


def test_the_year_is_this_one_unless_told(overlapping: World, staff: Client) -> None:
    page = staff.get(URL)
    assert page.context["listing"].count == 0
    assert "Không có đơn vị nào bị kiểm tra chồng chéo" in page.content.decode()
    page = staff.get(URL, {"year": "hai"})
    assert "chưa được lọc" in page.content.decode()


def test_what_is_near_in_the_next_year_belongs_to_both(world: World, staff: Client) -> None:
    visited(world.province, world.tien_hoi, date(2023, 12, 20), code="A")
    visited(world.province, world.tien_hoi, date(2024, 1, 9), code="B")
    visited(world.province, world.tien_hoi, date(2024, 12, 9), code="C")
    assert [row[1] for row in rows_of(staff)] == ["A", "B"]
    assert [row[1] for row in rows_of(staff, year="2024")] == ["A", "B", "C"]


def test_what_merged_is_one_group_only_through_what_it_became(world: World, staff: Client) -> None:
    ended: dict[str, Any] = {"kind": "COMMUNE", "valid_to": date(2025, 6, 30)}
    one = make_unit("05001", "Xã Một", world.dai_tu, **ended)
    two = make_unit("05002", "Xã Hai", world.dai_tu, **ended)
    new = make_unit("05001", "Xã Mới", world.province, kind="COMMUNE", valid_from=date(2025, 7, 1))
    make_succession(one, new)
    make_succession(two, new)
    visited(world.province, one, date(2025, 3, 1), code="MOT")
    visited(world.province, two, date(2025, 4, 1), code="HAI")
    assert rows_of(staff, year="2025") == []
    visited(world.province, new, date(2025, 10, 1), code="MOI")
    assert rows_of(staff, year="2025") == [
        ("Xã Một", "MOT", "01/03/2025", "cách 214 ngày", "cuộc 1/3"),
        ("Xã Hai", "HAI", "01/04/2025", "cách 183 ngày", "cuộc 2/3"),
        ("Xã Mới", "MOI", "01/10/2025", "cách 183 ngày", "cuộc 3/3"),
    ]


def test_an_item_with_its_round_is_one_and_beside_another_it_is_told(
    world: World, staff: Client
) -> None:
    plan = make_plan(world.province, number="9/KH-UBND")
    item = make_item(plan, world.tien_hoi, month=5)
    round_ = visited(world.province, world.tien_hoi, date(2023, 5, 22), code="R")
    assert [row[1] for row in rows_of(staff)] == ["Mục 1, 9/KH-UBND", "R"]
    round_.items.add(item)
    assert rows_of(staff) == []


def test_two_rounds_of_one_item_are_one_beside_a_third(world: World, staff: Client) -> None:
    item = make_item(make_plan(world.province), world.tien_hoi, month=5)
    for day in (1, 9):
        visited(world.province, world.tien_hoi, date(2023, 5, day), code=f"R{day}").items.add(item)
    assert rows_of(staff) == []
    visited(world.dai_tu, world.tien_hoi, date(2023, 8, 1), code="X")
    assert [(row[1], row[4]) for row in rows_of(staff)] == [
        ("R1", "cuộc 1/2"),
        ("R9", "cuộc 1/2"),
        ("X", "cuộc 2/2"),
    ]


def test_a_round_that_must_stay_unknown_is_neither_told_nor_counted_nor_exported(
    world: World, inspector: Client
) -> None:
    visited(world.dai_tu, world.tien_hoi, date(2023, 5, 10), code="CUA-TA")
    visited(
        world.province, world.tien_hoi, date(2023, 5, 22), code="BI-MAT", status="SCHEDULED",
        overlap_reason="Kín",
    )  # fmt: skip
    make_item(make_plan(world.province), world.tien_hoi, announced=False)
    page = inspector.get(URL, {"year": "2023"})
    assert page.context["listing"].count == 0
    assert "BI-MAT" not in page.content.decode()
    assert exported(inspector)[1:] == []
    # With a third that may be told, the hidden one is still not among them.
    visited(world.dai_tu, world.tien_hoi, date(2023, 9, 10), code="CUA-TA-2")
    assert [(row[1], row[3], row[4]) for row in rows_of(inspector)] == [
        ("CUA-TA", "cách 123 ngày", "cuộc 1/2"),
        ("CUA-TA-2", "cách 123 ngày", "cuộc 2/2"),
    ]


def test_what_others_announce_is_told_without_code_link_or_reason(
    world: World, inspector: Client
) -> None:
    visited(world.dai_tu, world.tien_hoi, date(2023, 5, 10), code="CUA-TA")
    visited(
        world.province, world.tien_hoi, date(2023, 5, 22), code="CUA-TINH", status="SCHEDULED",
        announced=True, overlap_reason="Của tỉnh",
    )  # fmt: skip
    page = inspector.get(URL, {"year": "2023"})
    assert page.context["listing"].count == 2
    theirs = page.context["listing"].rows[1]
    assert theirs.url is None
    assert [cell.text for cell in theirs.cells] == [
        "Xã Tiên Hội", "", "Tỉnh Thái Nguyên", "22/05/2023", "Đột xuất", "", "cách 12 ngày", "",
    ]  # fmt: skip


def exported(client: Client) -> list[tuple[Any, ...]]:
    """The rows of the workbook, with headings."""
    answer: Any = client.get(URL, {"year": "2023", "export": "xlsx"})
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    return list(book.worksheets[0].iter_rows(values_only=True))


def test_the_workbook_has_one_row_an_inspection(overlapping: World, staff: Client) -> None:
    content = Content.objects.order_by("position")[0]
    for round_ in overlapping.tien_hoi.visits.all():
        round_.round.contents.add(content)
    headings, *rows = exported(staff)
    last = dict(zip(headings, rows[-1], strict=True))
    assert len(rows) == 5
    day = last.pop("Từ ngày")
    assert day == last.pop("Đến ngày")
    assert (day.year, day.month, day.day) == (2023, 5, 22)
    assert last == {
        "Đơn vị được kiểm tra": "Xã Tiên Hội",
        "Mã đơn vị": "05809",
        "Cuộc hoặc mục kế hoạch": "TH2",
        "Cơ quan kiểm tra": "Huyện Đại Từ",
        "Thời gian": "22/05/2023",
        "Hình thức": "Đột xuất",
        "Trạng thái": "Hoàn thành",
        "Nội dung": content.label,
        "Cách cuộc gần nhất (ngày)": 12,
        "Lý do vẫn kiểm tra": "Đơn mới",
        "Nhóm": 2,
        "Cuộc thứ": 2,
        "Số cuộc của nhóm": 2,
    }


def test_ten_times_the_rows_cost_no_more_queries(world: World, staff: Client) -> None:
    def fill(times: int) -> None:
        for number in range(times):
            unit = make_unit("", f"Xã {number}", world.dai_tu, kind="COMMUNE")
            for day in (3, 9):
                visited(world.province, unit, date(2023, 4, day))
            make_item(make_plan(world.province), unit, month=6)

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            staff.get(URL, {"year": "2023"})
        return len(queries)

    fill(1)
    few = count()
    fill(19)
    assert count() == few <= 15
    page = staff.get(URL, {"year": "2023"})
    assert (page.context["listing"].count, len(page.context["listing"].rows)) == (60, 50)


def test_who_may_not_see_plans_is_refused(world: World, reporter: Client) -> None:
    assert reporter.get(URL).status_code == 403
    assert client_of(make_user("LEADER", world.province)).get(URL).status_code == 200
