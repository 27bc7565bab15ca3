"""Which inspections of one unit overlap: by lineage, to the day, and only what may be told."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from inspections.models import Adjustment, Plan, PlanItem, Round, Visit, span_of
from inspections.overlap_words import described
from inspections.overlaps import Asked, asked_of_item, overlaps_of
from tests.conftest import World
from tests.factories import (
    make_draft,
    make_item,
    make_plan,
    make_round,
    make_succession,
    make_team,
    make_unit,
    make_user,
    make_visit,
)
from units.models import Unit

pytestmark = pytest.mark.django_db
MAY = date(2023, 5, 22)


@pytest.fixture
def planner(world: World) -> User:
    """Staff of the province, who sees whatever its bodies do."""
    return make_user("STAFF", world.province)


def visit_of(body: Unit, unit: Unit, day: date, **fields: Any) -> Visit:
    """A visit by a round of its own."""
    return make_visit(make_round(body, day, **fields), unit)


def found(person: User, *asked: Asked) -> list[tuple[str, int, int]]:
    """Kind, id and days of what overlaps the first of those asked about."""
    met = overlaps_of(person, asked)[0]
    return [("round" if each.is_round else "item", each.pk, each.gap) for each in met]


def on(unit: Unit, day: date, last: date | None = None, **fields: Any) -> Asked:
    """The unit, on those days."""
    return Asked(unit.pk, day, last or day, **fields)


# --- days --------------------------------------------------------------------------------------


def test_rounds_of_any_body_in_the_same_year_overlap(planner: User, world: World) -> None:
    near = visit_of(world.justice, world.tien_hoi, date(2023, 5, 10))
    far = visit_of(world.dai_tu, world.tien_hoi, date(2023, 12, 31))
    visit_of(world.justice, world.dai_tu, MAY)
    assert found(planner, on(world.tien_hoi, MAY)) == [
        ("round", near.round_id, 12),
        ("round", far.round_id, 223),
    ]


@pytest.mark.parametrize(("days", "is_told"), [(89, True), (90, True), (91, False)])
def test_across_the_turn_of_the_year_ninety_days_count(
    planner: User, world: World, days: int, is_told: bool
) -> None:
    day = date(2024, 1, 10)
    before = visit_of(world.justice, world.tien_hoi, day - timedelta(days=days))
    expected = [("round", before.round_id, days)] if is_told else []
    assert found(planner, on(world.tien_hoi, day)) == expected


@pytest.mark.parametrize(("days", "is_told"), [(30, True), (31, False)])
def test_after_it_too_and_by_the_setting_of_the_plan_asked_about(
    planner: User, world: World, days: int, is_told: bool
) -> None:
    plan = make_draft(world.province, overlap_days=30)
    item = make_item(plan, world.tien_hoi, month=12)
    after = visit_of(world.justice, world.tien_hoi, date(2023, 12, 31) + timedelta(days=days))
    expected = [("round", after.round_id, days)] if is_told else []
    assert found(planner, asked_of_item(item)) == expected


def test_an_item_stands_on_its_whole_span(planner: User, world: World) -> None:
    first, last = span_of(2023, quarter=2)
    plan = make_plan(world.province)
    item = make_item(plan, world.tien_hoi, schedule="QUARTER", first_day=first, last_day=last)
    assert found(planner, on(world.tien_hoi, MAY)) == [("item", item.pk, 0)]
    assert found(planner, on(world.tien_hoi, date(2023, 3, 25))) == [("item", item.pk, 7)]
    assert found(planner, on(world.tien_hoi, date(2023, 7, 4))) == [("item", item.pk, 4)]


def test_the_nearest_visit_of_a_round_is_told_once(planner: User, world: World) -> None:
    new = make_unit("05999", "Xã Mới", world.province, kind="COMMUNE", valid_from=date(2023, 5, 1))
    make_succession(world.tien_hoi, new, date(2023, 5, 1))
    joint = make_round(world.justice, starts_on=date(2023, 4, 20))
    make_visit(joint, world.tien_hoi, visited_on=date(2023, 4, 20))
    make_visit(joint, new, visited_on=date(2023, 5, 12))
    assert found(planner, on(new, MAY)) == [("round", joint.pk, 10)]


def test_what_is_cancelled_does_not_count(planner: User, world: World) -> None:
    visit_of(world.justice, world.tien_hoi, MAY, status="CANCELLED")
    assert found(planner, on(world.tien_hoi, MAY)) == []


# --- lineage -----------------------------------------------------------------------------------


@pytest.fixture
def merged(world: World) -> tuple[Unit, Unit, Unit]:
    """Two communes merged into a third on 1 July 2025."""
    ended: dict[str, Any] = {"kind": "COMMUNE", "valid_to": date(2025, 6, 30)}
    one = make_unit("05001", "Xã Một", world.dai_tu, **ended)
    two = make_unit("05002", "Xã Hai", world.dai_tu, **ended)
    new = make_unit("05001", "Xã Mới", world.province, kind="COMMUNE", valid_from=date(2025, 7, 1))
    make_succession(one, new)
    make_succession(two, new)
    return one, two, new


def test_a_commune_and_what_it_became_are_the_same(
    planner: User, world: World, merged: tuple[Unit, Unit, Unit]
) -> None:
    one, two, new = merged
    first = visit_of(world.justice, one, date(2025, 3, 1))
    second = visit_of(world.justice, two, date(2025, 4, 1))
    third = visit_of(world.justice, new, date(2025, 10, 1))
    assert found(planner, on(new, date(2025, 9, 1))) == [
        ("round", third.round_id, 30),
        ("round", second.round_id, 153),
        ("round", first.round_id, 184),
    ]
    assert found(planner, on(one, date(2025, 6, 1))) == [
        ("round", first.round_id, 92),
        ("round", third.round_id, 122),
    ]


def test_two_communes_merged_into_one_are_not_each_other(
    planner: User, world: World, merged: tuple[Unit, Unit, Unit]
) -> None:
    one, two, _ = merged
    visit_of(world.justice, one, date(2025, 3, 1))
    assert found(planner, on(two, date(2025, 3, 1))) == []


def test_of_a_split_only_the_main_heir_is_the_same(planner: User, world: World) -> None:
    old = make_unit("05003", "Xã Cũ", world.dai_tu, kind="COMMUNE", valid_to=date(2025, 6, 30))
    main, other = (
        make_unit(code, code, world.province, kind="COMMUNE", valid_from=date(2025, 7, 1))
        for code in ("05004", "05005")
    )
    make_succession(old, main, kind="SPLIT")
    make_succession(old, other, kind="SPLIT", is_main=False)
    before = visit_of(world.justice, old, date(2025, 6, 1))
    assert found(planner, on(main, date(2025, 8, 1))) == [("round", before.round_id, 61)]
    assert found(planner, on(other, date(2025, 8, 1))) == []


# --- what is one inspection --------------------------------------------------------------------


def test_a_round_does_not_overlap_itself_nor_the_item_that_it_carries_out(
    planner: User, world: World
) -> None:
    item = make_item(make_plan(world.province), world.tien_hoi)
    visit = visit_of(world.province, world.tien_hoi, MAY)
    visit.round.items.add(item)
    other = visit_of(world.justice, world.tien_hoi, date(2023, 8, 1))
    own = on(world.tien_hoi, MAY, rounds=frozenset({visit.round_id}))
    assert found(planner, own) == [("round", other.round_id, 71)]
    assert found(planner, asked_of_item(item)) == [("round", other.round_id, 62)]


def test_a_round_stands_for_its_item_on_its_own_day(planner: User, world: World) -> None:
    """Planned for May 2023, held in November 2024: then it is no inspection of 2023 any more."""
    item = make_item(make_plan(world.province), world.tien_hoi)
    assert found(planner, on(world.tien_hoi, MAY)) == [("item", item.pk, 0)]
    visit = visit_of(world.province, world.tien_hoi, date(2023, 11, 7))
    visit.round.items.add(item)
    assert found(planner, on(world.tien_hoi, MAY)) == [("round", visit.round_id, 169)]
    Visit.objects.filter(pk=visit.pk).update(visited_on=date(2024, 11, 7))
    assert found(planner, on(world.tien_hoi, MAY)) == []


def test_a_cancelled_round_or_one_elsewhere_stands_for_nothing(planner: User, world: World) -> None:
    item = make_item(make_plan(world.province), world.tien_hoi)
    visit_of(world.province, world.tien_hoi, MAY, status="CANCELLED").round.items.add(item)
    visit_of(world.province, world.justice, MAY).round.items.add(item)
    assert found(planner, on(world.tien_hoi, date(2023, 9, 1))) == [("item", item.pk, 93)]


def test_items_that_one_joint_round_carries_out_do_not_overlap(planner: User, world: World) -> None:
    mine = make_item(make_plan(world.province), world.tien_hoi, month=3)
    theirs = make_item(make_plan(world.justice), world.tien_hoi, month=9)
    assert found(planner, asked_of_item(mine)) == [("item", theirs.pk, 154)]
    joint = visit_of(world.province, world.tien_hoi, MAY).round
    joint.items.add(mine, theirs)
    make_visit(joint, world.justice)
    assert found(planner, asked_of_item(mine)) == []
    assert found(planner, on(world.tien_hoi, MAY)) == [("round", joint.pk, 0)]


def test_a_joint_round_parts_what_it_carries_out_by_unit(planner: User, world: World) -> None:
    """Two rounds that carry out an item on one unit are two to another unit that both visit."""
    item = make_item(make_plan(world.province), world.tien_hoi)
    first, second = (make_round(world.province, day) for day in (MAY, date(2023, 6, 5)))
    for round_ in (first, second):
        round_.items.add(item)
        make_visit(round_, world.tien_hoi)
        make_visit(round_, world.justice)
    own = frozenset({first.pk})
    assert found(planner, on(world.tien_hoi, MAY, rounds=own)) == []
    assert found(planner, on(world.justice, MAY, rounds=own)) == [("round", second.pk, 14)]


# --- plans and adjustments ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "is_told"),
    [("DRAFT", True), ("SUBMITTED", True), ("ISSUED", True), ("CLOSED", False)],
)
def test_items_of_every_plan_that_is_not_closed_count(
    planner: User, world: World, status: str, is_told: bool
) -> None:
    plan = (make_plan if status in ("ISSUED", "CLOSED") else make_draft)(
        world.province, status=status
    )
    item = make_item(plan, world.tien_hoi)
    assert found(planner, on(world.tien_hoi, MAY)) == ([("item", item.pk, 0)] if is_told else [])


def test_items_of_one_plan_overlap_each_other(planner: User, world: World) -> None:
    plan = make_draft(world.province)
    items = [make_item(plan, world.tien_hoi, month=month) for month in (2, 6)]
    answer = overlaps_of(planner, [asked_of_item(item) for item in items])
    assert [[each.pk for each in met] for met in answer] == [[items[1].pk], [items[0].pk]]


@pytest.fixture
def moved(world: World) -> tuple[Plan, PlanItem, PlanItem]:
    """An adjustment being prepared moves an item of May to September."""
    plan = make_plan(world.province)
    old = make_item(plan, world.tien_hoi, month=5)
    adjustment = Adjustment.objects.create(plan=plan, position=1)
    new = make_item(plan, world.tien_hoi, month=9, line=old.line, added_in=adjustment, replaces=old)
    old.dropped_in = adjustment
    old.save()
    return plan, old, new


def issue(plan: Plan) -> None:
    """The adjustment being prepared is issued."""
    Adjustment.objects.filter(plan=plan).update(
        status="ISSUED", number="2/QĐ", issued_on=date(2023, 6, 1)
    )


def test_a_moved_item_counts_where_it_is_in_force(
    planner: User, world: World, moved: tuple[Plan, PlanItem, PlanItem]
) -> None:
    plan, old, new = moved
    assert found(planner, on(world.tien_hoi, MAY)) == [("item", old.pk, 0)]
    issue(plan)
    assert found(planner, on(world.tien_hoi, MAY)) == [("item", new.pk, 102)]


def test_an_item_is_not_warned_against_what_it_replaces_nor_its_rounds(
    planner: User, world: World, moved: tuple[Plan, PlanItem, PlanItem]
) -> None:
    _, old, new = moved
    assert found(planner, asked_of_item(new)) == []
    visit_of(world.province, world.tien_hoi, MAY).round.items.add(old)
    assert found(planner, asked_of_item(new)) == []


def test_a_dropped_item_counts_until_that_is_issued(planner: User, world: World) -> None:
    plan = make_plan(world.province)
    adjustment = Adjustment.objects.create(plan=plan, position=1)
    item = make_item(plan, world.tien_hoi, dropped_in=adjustment)
    make_item(plan, world.tien_hoi, month=6, added_in=adjustment)
    assert found(planner, on(world.tien_hoi, MAY)) == [("item", item.pk, 0)]
    adjustment.dropped.update(dropped_in=None)
    assert found(planner, on(world.tien_hoi, MAY)) == [("item", item.pk, 0)]


def test_an_item_asked_about_that_is_only_drafted_is_told_to_no_other(
    planner: User, world: World
) -> None:
    plan = make_plan(world.province)
    adjustment = Adjustment.objects.create(plan=plan, position=1)
    items = [make_item(plan, world.tien_hoi, month=month, added_in=adjustment) for month in (4, 5)]
    assert overlaps_of(planner, [asked_of_item(item) for item in items]) == [(), ()]


# --- secrecy -----------------------------------------------------------------------------------


@pytest.fixture
def commune(world: World) -> User:
    """Inspector of the commune that others inspect."""
    return make_user("INSPECTOR", world.tien_hoi)


def test_an_unannounced_round_of_another_body_is_not_told(commune: User, world: World) -> None:
    visit_of(world.province, world.tien_hoi, MAY, status="SCHEDULED")
    assert found(commune, on(world.tien_hoi, MAY)) == []


@pytest.mark.parametrize(
    ("status", "announced"), [("SCHEDULED", True), ("IN_PROGRESS", True), ("COMPLETED", False)]
)
def test_what_is_announced_or_completed_is_told(
    commune: User, world: World, status: str, announced: bool
) -> None:
    visit = visit_of(world.province, world.tien_hoi, MAY, status=status, announced=announced)
    assert found(commune, on(world.tien_hoi, MAY)) == [("round", visit.round_id, 0)]


def test_a_team_is_told_of_its_own_rounds(commune: User, world: World) -> None:
    team = make_team(world.province)
    visit = visit_of(world.province, world.tien_hoi, MAY, status="SCHEDULED", team=team)
    team.members.create(name="Người của xã", account=commune)
    assert found(commune, on(world.tien_hoi, MAY)) == [("round", visit.round_id, 0)]


@pytest.mark.parametrize(
    ("make", "announced", "is_told"),
    [(make_plan, True, True), (make_plan, False, False), (make_draft, True, False)],
)
def test_of_others_items_those_announced_by_an_issued_plan_are_told(
    commune: User, world: World, make: Any, announced: bool, is_told: bool
) -> None:
    item = make_item(make(world.province), world.tien_hoi, announced=announced)
    expected = [("item", item.pk, 0)] if is_told else []
    assert found(commune, on(world.tien_hoi, MAY)) == expected


def test_a_hidden_round_hides_nothing_that_is_told_without_it(commune: User, world: World) -> None:
    """Else it would be known by what is missing."""
    items = [make_item(make_plan(world.province), world.tien_hoi, month=m) for m in (5, 6)]
    before = found(commune, on(world.tien_hoi, MAY))
    visit_of(world.province, world.tien_hoi, MAY, status="SCHEDULED").round.items.add(*items)
    assert (
        found(commune, on(world.tien_hoi, MAY))
        == before
        == [
            ("item", items[0].pk, 0),
            ("item", items[1].pk, 10),
        ]
    )


def test_of_others_neither_code_nor_link_nor_reason_is_told(commune: User, world: World) -> None:
    visit_of(
        world.province, world.tien_hoi, MAY, status="SCHEDULED", announced=True, code="KIN-1",
        scope_note="Ghi chú kín", overlap_reason="Lý do kín",
    )  # fmt: skip
    make_item(make_plan(world.province), world.tien_hoi, overlap_reason="Lý do kín")
    told = described(commune, overlaps_of(commune, [on(world.tien_hoi, MAY)])[0])
    assert [(each.code, each.url, each.reason, each.joinable) for each in told] == [
        ("", None, "", False),
        ("", None, "", False),
    ]
    assert [each.body_name for each in told] == ["Tỉnh Thái Nguyên"] * 2
    assert [each.days_text for each in told] == ["tháng 5/2023", "22/05/2023"]
    assert "kín" not in str([each.contents for each in told])


def test_whoever_reads_no_rounds_or_plans_is_told_nothing(world: World) -> None:
    visit_of(world.province, world.tien_hoi, MAY)
    make_item(make_plan(world.province), world.tien_hoi)
    assert found(make_user("ADMIN", world.province), on(world.tien_hoi, MAY)) == []


# --- queries -----------------------------------------------------------------------------------


def test_a_whole_plan_costs_three_queries_however_long(planner: User, world: World) -> None:
    plan = make_draft(world.province)

    def count() -> tuple[int, int]:
        asked = [asked_of_item(item) for item in PlanItem.objects.select_related("plan")]
        with CaptureQueriesContext(connection) as finding:
            met = overlaps_of(planner, asked)
        with CaptureQueriesContext(connection) as telling:
            described(planner, [each for each_met in met for each in each_met])
        return len(finding), len(telling)

    planner.scope_paths  # noqa: B018  # read once, before any of this

    def fill(times: int) -> None:
        for number in range(times):
            visit = visit_of(world.justice, world.tien_hoi, MAY)
            visit.round.items.add(make_item(make_plan(world.justice), world.tien_hoi))
            make_item(plan, world.tien_hoi, month=1 + number % 12)

    fill(1)
    assert count() == (3, 4)
    fill(9)
    assert count() == (3, 4)
    assert Round.objects.count() == 10
