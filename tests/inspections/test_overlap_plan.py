"""Overlaps of one plan: the page of the year narrowed to it, and where its pages tell them."""

from __future__ import annotations

import io
import uuid
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from inspections.models import Plan, PlanItem, Round
from tests.conftest import World, client_of
from tests.factories import (
    make_draft,
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


def visited(body: Unit, unit: Unit, day: date, **fields: Any) -> Round:
    """A round of one visit."""
    round_ = make_round(body, day, **fields)
    make_visit(round_, unit)
    return round_


def rows_of(client: Client, plan: Plan, **query: str) -> list[tuple[str, str]]:
    """Unit and code of each row of the plan's page."""
    page = client.get(URL, {"plan": str(plan.pk), **query})
    assert page.status_code == 200
    rows = page.context["listing"].rows
    return [(row.cells[0].text, row.cells[1].text) for row in rows]


def lead_of(client: Client, plan: Plan, **query: str) -> str:
    """What the plan's page says above the list."""
    page = client.get(URL, {"plan": str(plan.pk), **query}).content.decode()
    return page.split('<p class="lead-text">')[1].split("</p>")[0]


def told(answer: Any) -> str:
    """The messages of the page to which one was led."""
    return " | ".join(str(message) for message in answer.context["messages"])


@pytest.fixture
def plan(world: World) -> Plan:
    """A draft of two items: at Tiên Hội, where Đại Từ has been besides, and at Sở Tư pháp."""
    plan = make_draft(world.province)
    make_item(plan, world.tien_hoi, 5)
    make_item(plan, world.justice, 6)
    visited(world.dai_tu, world.tien_hoi, date(2023, 8, 10), code="TH")
    # What is no matter of the plan.
    for day in (3, 9):
        visited(world.province, world.dai_tu, date(2023, 4, day), code=f"DT{day}")
    return plan


def test_an_item_is_told_whose_plan_another_issued_than_inspects(
    world: World, staff: Client
) -> None:
    plan = make_plan(world.province)
    for month in (5, 8):
        make_item(plan, world.tien_hoi, month, body=world.justice, overlap_reason="Đơn mới")
    rows = staff.get(URL, {"year": "2023"}).context["listing"].rows
    assert [row.cells[2].text for row in rows] == ["Sở Tư pháp", "Sở Tư pháp"]
    assert [row.cells[-1].text for row in rows] == ["Đơn mới", "Đơn mới"]


# --- the page --------------------------------------------------------------------------------


def test_the_page_lists_what_meets_the_plans_items_and_nothing_else(
    plan: Plan, staff: Client, world: World
) -> None:
    item = plan.items.get(unit=world.tien_hoi)
    assert rows_of(staff, plan) == [("Xã Tiên Hội", "Mục 1, dự thảo"), ("Xã Tiên Hội", "TH")]
    page = staff.get(URL, {"plan": str(plan.pk)})
    first, second = page.context["listing"].rows
    assert first.url == f"/items/{item.pk}/"
    # From the last day of May to 10 August.
    assert [cell.text for cell in second.cells] == [
        "Xã Tiên Hội", "TH", "Huyện Đại Từ", "10/08/2023", "Đột xuất", "", "cách 71 ngày", "",
    ]  # fmt: skip
    assert lead_of(staff, plan).startswith("1 mục của kế hoạch")
    assert "1 mục trong đó chưa ghi lý do" in lead_of(staff, plan)
    # All of the year is still there without the plan.
    assert staff.get(URL, {"year": "2023"}).context["listing"].count == 4


def test_changing_a_filter_stays_with_the_plan(plan: Plan, staff: Client) -> None:
    kept = f'<input type="hidden" name="plan" value="{plan.pk}"'
    assert kept in staff.get(URL, {"plan": str(plan.pk)}).content.decode()
    assert 'name="plan"' not in staff.get(URL, {"year": "2023"}).content.decode()


def test_two_items_of_the_plan_meet_each_other_and_another_plans(
    plan: Plan, staff: Client, world: World
) -> None:
    make_item(plan, world.justice, 9)
    make_item(make_plan(world.province, number="7/KH-UBND"), world.justice, 12)
    assert rows_of(staff, plan, unit="19.STP") == [
        ("Sở Tư pháp", "Mục 2, dự thảo"),
        ("Sở Tư pháp", "Mục 3, dự thảo"),
        ("Sở Tư pháp", "Mục 1, 7/KH-UBND"),
    ]
    assert lead_of(staff, plan).startswith("3 mục của kế hoạch")


def test_the_plans_page_leads_to_it(plan: Plan, staff: Client, world: World) -> None:
    link = f'<a href="/overlaps/?plan={plan.pk}&amp;year=2023">Kiểm tra chồng chéo</a>'
    assert link in staff.get(plan.get_absolute_url()).content.decode()
    empty = make_draft(world.province)
    assert "Kiểm tra chồng chéo" not in staff.get(empty.get_absolute_url()).content.decode()


def test_units_are_followed_over_the_reform_of_2025(staff: Client, world: World) -> None:
    ended: dict[str, Any] = {"kind": "COMMUNE", "valid_to": date(2025, 6, 30)}
    one = make_unit("05001", "Xã Một", world.dai_tu, **ended)
    two = make_unit("05002", "Xã Hai", world.dai_tu, **ended)
    new = make_unit("05001", "Xã Mới", world.province, kind="COMMUNE", valid_from=date(2025, 7, 1))
    make_succession(one, new)
    make_succession(two, new)
    visited(world.province, one, date(2025, 3, 1), code="MOT")
    before = make_plan(world.province, year=2025, issued_on=date(2025, 1, 5), number="1/KH-UBND")
    make_item(before, two, 4)
    after = make_draft(world.province, year=2025)
    assert rows_of(staff, before) == [], "two communes are not one before what they became is met"
    make_item(after, new, 10)
    assert rows_of(staff, after) == [
        ("Xã Một", "MOT"), ("Xã Hai", "Mục 1, 1/KH-UBND"), ("Xã Mới", "Mục 1, dự thảo"),
    ]  # fmt: skip
    # Xã Một is kin to Xã Mới, and not to Xã Hai, which this plan names.
    assert rows_of(staff, before) == [
        ("Xã Hai", "Mục 1, 1/KH-UBND"),
        ("Xã Mới", "Mục 1, dự thảo"),
    ]
    assert lead_of(staff, after).startswith("1 mục của kế hoạch")


def test_a_round_stands_for_the_item_that_it_carries_out_at_that_unit_alone(
    staff: Client, world: World
) -> None:
    plan = make_plan(world.province)
    item = make_item(plan, world.tien_hoi, 5)
    make_item(plan, world.justice, 2)
    round_ = visited(world.province, world.tien_hoi, date(2023, 5, 22), code="R", plan=plan)
    round_.items.add(item)
    make_visit(round_, world.justice)
    # The item at Tiên Hội meets nothing; its round meets the item at Sở Tư pháp.
    assert rows_of(staff, plan) == [("Sở Tư pháp", f"Mục 2, {plan.number}"), ("Sở Tư pháp", "R")]
    assert lead_of(staff, plan).startswith("1 mục của kế hoạch")
    visited(world.dai_tu, world.tien_hoi, date(2023, 9, 1), code="X")
    assert rows_of(staff, plan, unit="05809") == [("Xã Tiên Hội", "R"), ("Xã Tiên Hội", "X")]
    assert lead_of(staff, plan).startswith("2 mục của kế hoạch")


def test_what_others_do_where_a_closed_plan_had_an_item_is_no_matter_of_the_plan(
    staff: Client, world: World
) -> None:
    plan = make_plan(world.province, status="CLOSED")
    make_item(plan, world.tien_hoi, 5)
    for day in (1, 9):
        visited(world.dai_tu, world.tien_hoi, date(2023, 6, day))
    assert rows_of(staff, plan) == []
    assert staff.get(URL, {"year": "2023"}).context["listing"].count == 2


def test_items_without_a_reason(plan: Plan, staff: Client, world: World) -> None:
    """Of two, one with a reason is enough; of three, what counts is the plan's own item."""
    assert len(rows_of(staff, plan, reason="none")) == 2
    Round.objects.filter(code="TH").update(overlap_reason="Đơn mới")
    assert rows_of(staff, plan, reason="none") == []
    assert "mục nào cũng có lý do" in lead_of(staff, plan)
    visited(world.province, world.tien_hoi, date(2023, 11, 1), code="TH2")
    assert len(rows_of(staff, plan, reason="none")) == 3
    Round.objects.filter(code="TH").update(overlap_reason="")
    plan.items.filter(unit=world.tien_hoi).update(overlap_reason="Theo chỉ đạo")
    assert rows_of(staff, plan, reason="none") == []
    assert len(rows_of(staff, plan)) == 3


def test_nothing_overlapping_is_said_and_not_called_a_filter_too_many(
    staff: Client, world: World
) -> None:
    plan = make_draft(world.province)
    make_item(plan, world.tien_hoi)
    page = staff.get(URL, {"plan": str(plan.pk), "year": "2023"}).content.decode()
    assert "Không mục nào của kế hoạch này chồng chéo" in page
    assert "Không có kết quả nào khớp" not in page
    page = staff.get(URL, {"plan": str(plan.pk), "unit": "171"}).content.decode()
    assert "Không có kết quả nào khớp" in page


def test_the_year_is_the_plans_unless_another_is_told(plan: Plan, staff: Client) -> None:
    page = staff.get(URL, {"plan": str(plan.pk)})
    assert page.context["listing"].title == "Chồng chéo năm 2023"
    assert rows_of(staff, plan, year="2024") == []


def test_the_workbook_holds_the_plans_overlaps(plan: Plan, staff: Client) -> None:
    Plan.objects.filter(pk=plan.pk).update(
        status="ISSUED", number="45/KH-UBND", issued_on=date(2023, 1, 5)
    )
    answer: Any = staff.get(URL, {"plan": str(plan.pk), "export": "xlsx"})
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    headings, *rows = book.worksheets[0].iter_rows(values_only=True)
    place = headings.index("Cuộc hoặc mục kế hoạch")
    assert [row[place] for row in rows] == ["Mục 1, 45/KH-UBND", "TH"]


def test_units_out_of_reach_are_there_where_ones_own_plan_names_them(world: World) -> None:
    """A department inspects communes that do not stand under it."""
    planner = client_of(make_user("STAFF", world.justice))
    plan = make_draft(world.justice)
    make_item(plan, world.tien_hoi, 5)
    visited(world.province, world.tien_hoi, date(2023, 6, 1))
    assert planner.get(URL, {"year": "2023"}).context["listing"].count == 0
    assert rows_of(planner, plan) == [("Xã Tiên Hội", "Mục 1, dự thảo"), ("Xã Tiên Hội", "")]


def test_more_items_cost_no_more_queries(plan: Plan, staff: Client, world: World) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            staff.get(URL, {"plan": str(plan.pk), "reason": "none"})
        return len(queries)

    few = count()
    for number in range(12):
        unit = make_unit("", f"Xã {number}", world.dai_tu, kind="COMMUNE")
        visited(world.province, unit, date(2023, 4, 3))
        make_item(plan, unit, 6)
    assert count() == few <= 15
    assert staff.get(URL, {"plan": str(plan.pk)}).context["listing"].count == 26


# --- what must stay unknown ------------------------------------------------------------------


@pytest.fixture
def planner(world: World) -> Client:
    """STAFF of huyện Đại Từ, which draws up plans of its own."""
    return client_of(make_user("STAFF", world.dai_tu))


def test_a_round_that_must_stay_unknown_is_told_nowhere(planner: Client, world: World) -> None:
    source = make_plan(world.dai_tu, year=2022, issued_on=date(2022, 1, 5))
    make_item(source, world.tien_hoi)
    plan = make_draft(world.dai_tu)
    visited(world.province, world.tien_hoi, date(2023, 5, 22), code="BI-MAT", status="SCHEDULED")
    make_item(make_plan(world.province), world.tien_hoi, announced=False)
    data = {"source": source.pk, "_once": str(uuid.uuid4())}
    answer = planner.post(f"/plans/{plan.pk}/copy/", data, follow=True)
    assert told(answer) == "Đã chép 1 mục."
    assert rows_of(planner, plan) == []
    assert "Không mục nào" in planner.get(URL, {"plan": str(plan.pk)}).content.decode()
    assert "chồng chéo" not in submitting(planner, plan)


def test_what_others_announce_is_told_without_code_or_reason(planner: Client, world: World) -> None:
    plan = make_draft(world.dai_tu)
    make_item(plan, world.tien_hoi)
    visited(
        world.province, world.tien_hoi, date(2023, 6, 1), code="CUA-TINH", status="SCHEDULED",
        announced=True, overlap_reason="Của tỉnh",
    )  # fmt: skip
    assert rows_of(planner, plan) == [("Xã Tiên Hội", "Mục 1, dự thảo"), ("Xã Tiên Hội", "")]
    page = planner.get(URL, {"plan": str(plan.pk)}).content.decode()
    assert "CUA-TINH" not in page
    assert "Của tỉnh" not in page
    # A reason that must not be told is none.
    assert "Còn 1 mục chồng chéo chưa ghi lý do" in submitting(planner, plan)


def test_a_reason_of_the_issuers_is_none_to_the_body_that_carries_a_part_out(world: World) -> None:
    plan = make_plan(world.province)
    for month in (5, 8):
        make_item(plan, world.tien_hoi, month, body=world.justice, overlap_reason="Của tỉnh")
    theirs = client_of(make_user("STAFF", world.justice))
    assert len(rows_of(theirs, plan, reason="none")) == 2
    assert "Của tỉnh" not in theirs.get(URL, {"plan": str(plan.pk)}).content.decode()


def test_a_plan_out_of_reach_is_as_one_that_is_not(
    plan: Plan, outsider: Client, planner: Client
) -> None:
    for client in (outsider, planner):
        pages = []
        for pk in (plan.pk, plan.pk + 1000):
            page = client.get(URL, {"plan": str(pk), "year": "2023"})
            assert page.context["listing"].count == 0
            pages.append(page.content.decode().replace(str(pk), "N"))
        assert [page.count("không tìm thấy") for page in pages] == [1, 1]
        assert "Dự thảo" not in pages[0]


# --- where it is told ------------------------------------------------------------------------


def submitting(client: Client, plan: Plan) -> str:
    """What the page of submitting says will happen."""
    page = client.get(f"/plans/{plan.pk}/submit/")
    return " ".join(page.context["consequences"])


def test_copying_tells_how_many_of_the_new_items_overlap(
    plan: Plan, staff: Client, world: World
) -> None:
    old = make_unit("05570", "Xã Cũ", world.dai_tu, kind="COMMUNE", valid_to=date(2022, 12, 31))
    new = make_unit("05571", "Xã Mới", world.dai_tu, kind="COMMUNE", valid_from=date(2023, 1, 1))
    make_succession(old, new, on=date(2023, 1, 1))
    visited(world.province, old, date(2022, 12, 20))
    source = make_plan(world.province, year=2022, issued_on=date(2022, 1, 5))
    make_item(source, old, 1)
    make_item(source, world.dai_tu, 7)
    make_item(source, make_unit("19.SYT", "Sở Y tế", world.province, kind="DEPARTMENT"), 7)
    data = {"source": source.pk, "_once": str(uuid.uuid4())}
    answer = staff.post(f"/plans/{plan.pk}/copy/", data, follow=True)
    # Xã Mới through what it was in December, huyện Đại Từ through two rounds of April; and not
    # Tiên Hội, which was there before.
    assert "Có 2 mục vừa thêm chồng chéo" in told(answer)
    assert f'<a href="/overlaps/?plan={plan.pk}&amp;year=2023">' in answer.content.decode()


def test_taking_in_what_is_proposed_tells_it(plan: Plan, staff: Client, world: World) -> None:
    other = make_unit("19.SYT", "Sở Y tế", world.province, kind="DEPARTMENT")
    data = {
        "unit": [str(world.dai_tu.pk), str(other.pk)], "first_month": "3", "last_month": "3",
        "_once": str(uuid.uuid4()),
    }  # fmt: skip
    answer = staff.post(f"/plans/{plan.pk}/proposal/add/", data, follow=True)
    assert plan.items.count() == 4
    assert "Có 1 mục vừa thêm chồng chéo" in told(answer)


def test_submitting_and_issuing_say_what_is_left_without_a_reason(
    plan: Plan, staff: Client, world: World
) -> None:
    said = "Còn 1 mục chồng chéo chưa ghi lý do vẫn kiểm tra"
    assert said in submitting(staff, plan)
    link = f'href="/overlaps/?plan={plan.pk}&amp;year=2023&amp;reason=none"'
    assert link in submitting(staff, plan)
    Plan.objects.filter(pk=plan.pk).update(status="SUBMITTED")
    issuing = staff.get(f"/plans/{plan.pk}/issue/")
    assert said in " ".join(issuing.context["consequences"])
    assert "submit_label" in issuing.context, "it is told, not refused"
    plan.items.filter(unit=world.tien_hoi).update(overlap_reason="Theo chỉ đạo")
    issuing = staff.get(f"/plans/{plan.pk}/issue/")
    assert "chồng chéo" not in " ".join(issuing.context["consequences"])


def test_a_reason_is_put_down_for_an_item_that_came_without_being_asked_about(
    plan: Plan, staff: Client, world: World
) -> None:
    item: PlanItem = plan.items.get(unit=world.tien_hoi)
    page = staff.get(f"/items/{item.pk}/edit/")
    assert 'name="overlap_reason"' in page.content.decode()
    data = {
        "unit": f"#{item.unit_id}", "body": f"#{item.body_id}", "schedule": "MONTH", "month": "5",
        "form": "PLANNED", "announced": "on", "version": item.version,
        "overlap_reason": "Theo chỉ đạo", "_once": str(uuid.uuid4()),
    }  # fmt: skip
    assert staff.post(f"/items/{item.pk}/edit/", data).status_code == 302
    item.refresh_from_db()
    assert item.overlap_reason == "Theo chỉ đạo"
    assert "chồng chéo" not in submitting(staff, plan)
