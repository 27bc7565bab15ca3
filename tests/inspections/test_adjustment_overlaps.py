"""Overlaps of an adjustment being prepared: the plan is looked at as it would leave it."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from inspections.models import Adjustment, Plan, PlanItem
from inspections.overlaps import asked_of_item, overlaps_of
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

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(world: World) -> Plan:
    """An issued plan of two items in May."""
    plan = make_plan(world.province, number="45/KH-UBND")
    make_item(plan, world.tien_hoi)
    make_item(plan, world.justice)
    return plan


@pytest.fixture
def by(staff: Client) -> User:
    return staff.user  # type: ignore[attr-defined,no-any-return]  # see client_of


@pytest.fixture
def adjustment(plan: Plan, by: User) -> Adjustment:
    return Adjustment.open_for(plan, by)


def moved(item: PlanItem, adjustment: Adjustment, **fields: Any) -> PlanItem:
    """What the adjustment puts in the place of the item."""
    new = item.copy()
    new.added_in, new.replaces, new.reason = adjustment, item, "Dời"
    for name, value in fields.items():
        setattr(new, name, value)
    new.save()
    PlanItem.objects.filter(pk=item.pk).update(dropped_in=adjustment)
    return new


def asked(client: Client, plan: Plan, unit: Any, month: int) -> list[str]:
    """What the form of a further item tells, by code."""
    data = {
        "unit": f"#{unit.pk}", "body": f"#{plan.issuer_id}", "schedule": "MONTH",
        "month": str(month), "form": "PLANNED", "announced": "on", "reason": "Thêm",
        "check_overlaps": "1",
    }  # fmt: skip
    form = client.post(f"/plans/{plan.pk}/items/create/", data).context["form"]
    return [each.code for each in form.overlaps]


def found(client: Client, adjustment: Adjustment) -> dict[int, list[str]]:
    """By line of what is added or moved the codes of what overlaps it, as the page tells them."""
    page = client.get(f"/adjustments/{adjustment.pk}/overlaps/")
    return {
        meeting.item.line: [each.code for each in overlaps]
        for meeting, overlaps in page.context["found"]
    }


def test_the_form_tells_what_the_same_adjustment_adds(
    staff: Client, plan: Plan, adjustment: Adjustment, world: World
) -> None:
    assert asked(staff, plan, world.dai_tu, 9) == []
    make_item(plan, world.dai_tu, 6, added_in=adjustment)
    assert asked(staff, plan, world.dai_tu, 9) == ["Mục 3, 45/KH-UBND"]


def test_the_form_tells_what_is_in_force_and_not_what_the_adjustment_drops(
    staff: Client, plan: Plan, by: User, world: World
) -> None:
    assert asked(staff, plan, world.tien_hoi, 9) == ["Mục 1, 45/KH-UBND"]
    plan.items.get(unit=world.tien_hoi).drop(by, "Đã kiểm tra")
    assert asked(staff, plan, world.tien_hoi, 9) == []


def test_what_is_added_is_told_of_each_other_with_issuer_days_and_reasons(
    staff: Client, plan: Plan, adjustment: Adjustment, world: World
) -> None:
    make_item(plan, world.dai_tu, 6, added_in=adjustment)
    make_item(plan, world.dai_tu, 9, added_in=adjustment)
    make_item(plan, world.tien_hoi, 8, added_in=adjustment, overlap_reason="Đơn thư")
    assert found(staff, adjustment) == {
        3: ["Mục 4, 45/KH-UBND"],
        4: ["Mục 3, 45/KH-UBND"],
        5: ["Mục 1, 45/KH-UBND"],
    }
    page = staff.get(f"/adjustments/{adjustment.pk}/overlaps/").content.decode()
    assert page.count("Chưa ghi lý do vẫn kiểm tra") == 2
    assert "Lý do vẫn kiểm tra: Đơn thư" in page
    said = "3 mục thêm hoặc dời chồng chéo với cuộc kiểm tra hoặc mục kế hoạch khác; 2 mục chưa ghi"
    for url in (f"/adjustments/{adjustment.pk}/", f"/adjustments/{adjustment.pk}/issue/"):
        page = staff.get(url).content.decode()
        assert said in page
        assert f'href="/adjustments/{adjustment.pk}/overlaps/"' in page


def test_one_of_two_with_a_reason_is_enough(
    staff: Client, plan: Plan, adjustment: Adjustment, world: World
) -> None:
    make_item(plan, world.dai_tu, 6, added_in=adjustment, overlap_reason="Đơn thư")
    make_item(plan, world.dai_tu, 9, added_in=adjustment)
    page = staff.get(f"/adjustments/{adjustment.pk}/").content.decode()
    assert "2 mục thêm hoặc dời chồng chéo" in page
    assert "chưa ghi lý do" not in page


def test_what_is_moved_is_told_where_it_will_stand_and_its_round_is_not_told_besides(
    staff: Client, plan: Plan, adjustment: Adjustment, world: World
) -> None:
    item = plan.items.get(unit=world.tien_hoi)
    round_ = make_round(world.province, date(2023, 5, 22), status="SCHEDULED", code="R")
    make_visit(round_, world.tien_hoi)
    round_.items.add(item)
    days = {"first_day": date(2023, 9, 1), "last_day": date(2023, 9, 30)}
    moved(item, adjustment, **days)
    assert found(staff, adjustment) == {}, "it and its round are one"
    make_item(plan, world.tien_hoi, 11, added_in=adjustment)
    # The round stands for the item moved: it follows it when the adjustment is issued.
    assert found(staff, adjustment) == {1: ["Mục 3, 45/KH-UBND"], 3: ["R"]}


def test_the_round_of_an_item_that_is_dropped_stays(
    staff: Client, plan: Plan, by: User, world: World
) -> None:
    item = plan.items.get(unit=world.tien_hoi)
    round_ = make_round(world.province, date(2023, 5, 22), status="SCHEDULED", code="R")
    make_visit(round_, world.tien_hoi)
    round_.items.add(item)
    item.drop(by, "Bỏ")
    adjustment = Adjustment.objects.get()
    make_item(plan, world.tien_hoi, 11, added_in=adjustment)
    assert found(staff, adjustment) == {3: ["R"]}


def test_units_are_followed_over_the_reform_of_2025(staff: Client, world: World, by: User) -> None:
    old = make_unit("05001", "Xã Cũ", world.dai_tu, kind="COMMUNE", valid_to=date(2025, 6, 30))
    new = make_unit("05001", "Xã Mới", world.province, kind="COMMUNE", valid_from=date(2025, 7, 1))
    make_succession(old, new)
    plan = make_plan(world.province, year=2025, issued_on=date(2025, 1, 5), number="1/KH-UBND")
    adjustment = Adjustment.open_for(plan, by)
    make_item(plan, old, 3, added_in=adjustment)
    make_item(plan, new, 10, added_in=adjustment)
    assert found(staff, adjustment) == {1: ["Mục 2, 1/KH-UBND"], 2: ["Mục 1, 1/KH-UBND"]}


def test_nothing_else_is_otherwise_for_it(
    staff: Client, plan: Plan, by: User, adjustment: Adjustment, world: World
) -> None:
    """Forms of rounds, drafts and the year's page keep to what is in force."""
    added = make_item(plan, world.dai_tu, 6, added_in=adjustment)
    plan.items.get(unit=world.tien_hoi).drop(by, "Bỏ")
    other = make_item(make_plan(world.province, number="9/KH"), world.dai_tu, 7)
    assert overlaps_of(by, [asked_of_item(other)]) == [()]
    (met,) = overlaps_of(by, [asked_of_item(other)], adjustment.pk)[0]
    assert met.pk == added.pk
    make_item(other.plan, world.tien_hoi, 9)
    assert staff.get("/overlaps/", {"year": "2023"}).context["listing"].count == 2


def test_who_carries_out_a_part_learns_nothing_of_what_is_prepared(
    plan: Plan, adjustment: Adjustment, world: World
) -> None:
    theirs = make_item(plan, world.dai_tu, 6, added_in=adjustment, body=world.justice)
    person = make_user("STAFF", world.justice)
    own = make_item(make_plan(world.justice), world.dai_tu, 7)
    assert overlaps_of(person, [asked_of_item(own)]) == [()]
    assert overlaps_of(person, [asked_of_item(own)], adjustment.pk) == [()]
    client = client_of(person)
    assert client.get(f"/adjustments/{adjustment.pk}/overlaps/").status_code == 404
    assert client.get(theirs.get_absolute_url()).status_code == 404


def test_once_issued_the_plans_own_page_tells(
    staff: Client, plan: Plan, adjustment: Adjustment, world: World
) -> None:
    make_item(plan, world.tien_hoi, 9, added_in=adjustment)
    Adjustment.objects.filter(pk=adjustment.pk).update(
        status="ISSUED", number="5/QĐ", issued_on=date(2023, 6, 1)
    )
    page = staff.get(f"/adjustments/{adjustment.pk}/overlaps/").content.decode()
    assert "Điều chỉnh này đã ban hành" in page
    assert f"/overlaps/?plan={plan.pk}" in page
    assert staff.get("/overlaps/", {"plan": str(plan.pk)}).context["listing"].count == 2


def test_a_reason_comes_with_an_adjustment(
    staff: Client, plan: Plan, adjustment: Adjustment, world: World
) -> None:
    """An item in force that overlaps is not edited: what takes its place brings the reason."""
    item = plan.items.get(unit=world.tien_hoi)
    make_item(plan, world.tien_hoi, 9, added_in=adjustment)
    data = {
        "unit": f"#{item.unit_id}", "body": f"#{item.body_id}", "schedule": "MONTH", "month": "5",
        "form": "PLANNED", "announced": "on", "reason": "Ghi rõ lý do",
        "overlap_reason": "Theo chỉ đạo", "_once": str(uuid.uuid4()),
    }  # fmt: skip
    assert staff.post(f"/items/{item.pk}/move/", data).status_code == 302
    assert PlanItem.objects.get(replaces=item).overlap_reason == "Theo chỉ đạo"
    page = staff.get(f"/adjustments/{adjustment.pk}/").content.decode()
    assert "2 mục thêm hoặc dời chồng chéo" in page
    assert "chưa ghi lý do" not in page
