"""The list of rounds: what each person sees, filters, search, export, and its cost."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from inspections.models import Round
from tests.conftest import World
from tests.factories import (
    make_finding,
    make_plan,
    make_remedy,
    make_round,
    make_succession,
    make_team,
    make_unit,
    make_visit,
)
from units.models import FormerName

pytestmark = pytest.mark.django_db


def codes(client: Client, **query: Any) -> set[str]:
    response = client.get("/rounds/", query)
    assert response.status_code == 200
    return {row.record.code for row in response.context["listing"].rows}


def test_row_tells_body_units_days_and_figures(staff: Client, world: World) -> None:
    round_ = make_round(world.province, date(2023, 5, 22), code="TN1")
    first = make_visit(round_, world.dai_tu)
    make_visit(round_, world.justice)
    make_finding(first)
    make_remedy(first)
    make_remedy(first, completed_on=date(2023, 6, 1))
    page = staff.get("/rounds/").content.decode()
    for text in ("Huyện Đại Từ và 1 đơn vị khác", "22/05/2023", "Đột xuất", "còn 1/2"):
        assert text in page


def test_newest_round_comes_first(staff: Client, world: World) -> None:
    make_round(world.province, date(2022, 1, 1), code="CU")
    make_round(world.province, date(2023, 1, 1), code="MOI")
    rows = staff.get("/rounds/").context["listing"].rows
    assert [row.record.code for row in rows] == ["MOI", "CU"]


def test_body_is_named_as_it_was_then(staff: Client, world: World) -> None:
    FormerName.objects.create(unit=world.province, name="Tỉnh Thái", valid_to=date(2023, 12, 31))
    make_round(world.province, date(2023, 5, 1))
    assert "Tỉnh Thái<" in staff.get("/rounds/").content.decode()


@pytest.mark.parametrize("status", ["SCHEDULED", "IN_PROGRESS", "CANCELLED"])
def test_round_on_us_stays_unknown_until_completed(
    inspector: Client, reporter: Client, world: World, status: str
) -> None:
    round_ = make_round(world.province, code="BIMAT", status=status)
    make_visit(round_, world.tien_hoi)
    for client in (inspector, reporter):
        assert codes(client) == set()
        for query in ({"q": "BIMAT"}, {"unit": "05809"}, {"unit": "171"}, {"status": status}):
            page = client.get("/rounds/", query)
            assert page.context["listing"].count == 0


def test_joint_round_shows_a_district_its_own_visit_alone(inspector: Client, world: World) -> None:
    round_ = make_round(world.province, code="CHUNG")
    make_visit(round_, world.tien_hoi)
    other = make_visit(round_, world.justice)
    make_finding(other)
    page = inspector.get("/rounds/").content.decode()
    assert "Xã Tiên Hội" in page
    assert "Sở Tư pháp" not in page
    assert "đơn vị khác" not in page
    # Nor do search and filter tell that somebody else was visited.
    assert codes(inspector, q="tu phap") == set()
    assert codes(inspector, unit="19.STP") == set()
    assert codes(inspector, q="tien hoi") == {"CHUNG"}


def test_outsider_sees_nothing(outsider: Client, world: World) -> None:
    make_visit(make_round(world.province), world.dai_tu)
    assert codes(outsider) == set()


def test_search_needs_no_tone_marks_and_knows_units_and_contents(
    staff: Client, world: World
) -> None:
    by_unit = make_round(world.province, code="A1")
    make_visit(by_unit, world.tien_hoi)
    make_round(world.dai_tu, code="A2")
    make_round(world.province, code="A3", scope_note="Giờ giấc làm việc")
    assert codes(staff, q="tien hoi") == {"A1"}
    assert codes(staff, q="dai tu") == {"A2"}
    assert codes(staff, q="lam gio") == {"A3"}
    assert codes(staff, q="a3") == {"A3"}


def test_filters_by_year_days_status_form_and_notice(staff: Client, world: World) -> None:
    make_round(world.province, date(2022, 12, 31), code="Y22", form="PLANNED", announced=True)
    make_round(world.province, date(2023, 1, 1), code="Y23", status="SCHEDULED", trigger="PRESS")
    assert codes(staff, year="2022") == {"Y22"}
    assert codes(staff, **{"from": "1/1/2023"}) == {"Y23"}
    assert codes(staff, to="31/12/2022") == {"Y22"}
    assert codes(staff, status="SCHEDULED") == {"Y23"}
    assert codes(staff, form="PLANNED") == {"Y22"}
    assert codes(staff, announced="1") == {"Y22"}
    assert codes(staff, announced="0") == {"Y23"}
    assert codes(staff, trigger="PRESS") == {"Y23"}


def test_body_filter_takes_the_subtree_and_the_lineage(staff: Client, world: World) -> None:
    make_round(world.province, code="TINH")
    make_round(world.tien_hoi, code="XA")
    old = make_unit("06", "Tỉnh Bắc Kạn", valid_to=date(2025, 6, 30))
    make_succession(old, world.province)
    make_round(old, code="CU")
    assert codes(staff, body="19") == {"TINH", "XA", "CU"}
    assert codes(staff, body="171") == {"XA"}
    assert codes(staff, body="Huyện Đại Từ (171)") == {"XA"}
    assert codes(staff, body="06") == {"CU"}


def test_code_with_a_day_means_its_bearer_of_that_day(staff: Client, world: World) -> None:
    first = make_unit("X", "Xã Cũ", world.dai_tu, kind="COMMUNE", valid_to=date(2025, 6, 30))
    second = make_unit("X", "Xã Mới", world.province, kind="COMMUNE", valid_from=date(2025, 7, 1))
    make_round(first, date(2023, 1, 1), code="TRUOC")
    make_round(second, date(2026, 1, 1), code="SAU")
    assert codes(staff, body="X") == {"TRUOC", "SAU"}
    assert codes(staff, body="X", on="2023-12-31") == {"TRUOC"}


def test_unit_filter_finds_rounds_that_visited_its_subtree(staff: Client, world: World) -> None:
    visited = make_round(world.province, code="THAM")
    make_visit(visited, world.tien_hoi)
    make_round(world.dai_tu, code="KHONG")
    assert codes(staff, unit="171") == {"THAM"}


@pytest.mark.parametrize(
    "text", ["19", "Tỉnh Thái Nguyên (19)", "tinh thai nguyen", "thai nguyen", "nguyen thai"]
)
def test_unit_means_the_same_however_it_is_typed(staff: Client, world: World, text: str) -> None:
    old = make_unit("06", "Tỉnh Bắc Kạn", valid_to=date(2025, 6, 30))
    make_succession(old, world.province)
    for body, code in ((world.province, "TINH"), (world.tien_hoi, "XA"), (old, "CU")):
        make_visit(make_round(body, code=code), body)
    assert codes(staff, body=text) == codes(staff, unit=text) == {"TINH", "XA", "CU"}


def test_name_that_is_part_of_another_means_its_own_unit(staff: Client, world: World) -> None:
    make_round(make_unit("05810", "Xã Tiên", world.dai_tu), code="TIEN")
    make_round(world.tien_hoi, code="TIENHOI")
    assert codes(staff, body="xa tien") == {"TIEN"}


@pytest.mark.parametrize("name", ["body", "unit"])
def test_unit_that_there_is_not_is_told_at_its_filter(
    staff: Client, world: World, name: str
) -> None:
    make_round(world.province, code="CON")
    page = staff.get("/rounds/", {name: "xyz", "year": "2020"}).content.decode()
    assert "Không có đơn vị nào mang mã hoặc tên “xyz”." in page
    assert "Không có kết quả nào" not in page
    assert "CON" in page


def test_words_in_too_many_names_ask_for_more(
    staff: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("units.filters.MANY", 2)
    for place in range(3):
        make_unit(f"x{place}", f"Xã Thử {place}", world.dai_tu)
    assert "của hơn 2 đơn vị; hãy ghi rõ hơn" in staff.get("/rounds/?body=thu").content.decode()


def test_links_from_plan_and_team_narrow_the_list(
    staff: Client, inspector: Client, world: World
) -> None:
    plan, team = make_plan(world.province), make_team(world.province)
    round_ = make_round(world.province, code="KH", plan=plan, team=team)
    make_visit(round_, world.dai_tu)
    make_round(world.province, code="NGOAI")
    assert codes(staff, plan=plan.pk) == {"KH"}
    assert codes(staff, team=team.pk) == {"KH"}
    assert str(plan) in staff.get("/rounds/", {"plan": plan.pk}).content.decode()
    # A plan that is out of reach narrows to nothing and is not named.
    assert codes(inspector, plan=plan.pk) == set()
    assert plan.number not in inspector.get("/rounds/", {"plan": plan.pk}).content.decode()


def test_export_holds_what_the_filters_leave_with_every_column(staff: Client, world: World) -> None:
    kept = make_round(world.province, date(2023, 5, 22), code="GIU", trigger="PRESS")
    make_visit(kept, world.dai_tu)
    make_visit(kept, world.justice)
    make_round(world.province, date(2022, 5, 22), code="BO")
    answer = staff.get("/rounds/", {"year": "2023", "export": "xlsx"})
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    head, *rows = book.worksheets[0].iter_rows(values_only=True)
    assert len(rows) == 1
    row = dict(zip(head, rows[0], strict=True))
    assert row["Mã cuộc"] == "GIU"
    assert row["Số lượt"] == 2
    assert str(row["Đến ngày"]) == "2023-05-22 00:00:00"
    assert row["Các đơn vị được kiểm tra"] == "Huyện Đại Từ (171); Sở Tư pháp (19.STP)"
    assert row["Lý do"] == "Báo chí"


def test_export_of_a_joint_round_names_no_other_unit(inspector: Client, world: World) -> None:
    round_ = make_round(world.province)
    make_visit(round_, world.tien_hoi)
    make_visit(round_, world.justice)
    answer = inspector.get("/rounds/", {"export": "xlsx"})
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    text = str(list(book.worksheets[0].iter_rows(values_only=True)))
    assert "Xã Tiên Hội" in text
    assert "Sở Tư pháp" not in text


def test_administrators_do_not_read_rounds(admin: Client) -> None:
    assert admin.get("/rounds/").status_code == 403


def test_leader_is_offered_no_deed(leader: Client, staff: Client) -> None:
    assert "Tạo cuộc kiểm tra" not in leader.get("/rounds/").content.decode()
    assert "Tạo cuộc kiểm tra" in staff.get("/rounds/").content.decode()


def test_ten_times_the_rounds_cost_no_more_queries(staff: Client, world: World) -> None:
    def fill(number: int) -> None:
        for _ in range(number):
            round_ = make_round(world.province)
            for unit in (world.dai_tu, world.tien_hoi):
                make_remedy(make_visit(round_, unit))

    query = {"body": "tinh thai nguyen", "unit": "dai tu"}
    fill(2)
    staff.get("/rounds/", query)
    with CaptureQueriesContext(connection) as few:
        staff.get("/rounds/", query)
    fill(18)
    with CaptureQueriesContext(connection) as many:
        staff.get("/rounds/", query)
    assert Round.objects.count() == 20
    assert len(many) == len(few) <= 15
