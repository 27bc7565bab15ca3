"""Where the items of a plan stand on a day, and what an item may tell of its round."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from congvu.dates import today
from directives.models import Document
from inspections.models import Adjustment, Plan, PlanItem, Round, RoundStatus, span_of
from inspections.progress import Counts, ItemState, Progress, progress_of, told
from tests.conftest import World
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

JUNE = date(2023, 6, 15)


@pytest.fixture
def user(world: World) -> User:
    return make_user("STAFF", world.province)


def read(plan: Plan, user: User, on: date = JUNE) -> Progress:
    return progress_of(told(PlanItem.objects.visible_to(user).filter(plan=plan)), user, on)


def states(plan: Plan, user: User, on: date = JUNE) -> list[str]:
    return [each.state.value for each in read(plan, user, on).standings]


def linked(item: PlanItem, unit: Unit | None = None, **fields: Any) -> Round:
    """A round that carries out the item; it visits the item's unit unless told otherwise."""
    round_ = make_round(item.body, **{"day": item.first_day, **fields})
    round_.items.add(item)
    make_visit(round_, unit or item.unit)
    return round_


def adjust(plan: Plan, by: User, number: str = "80/KH-UBND") -> None:
    """Issue the adjustment being prepared."""
    paper = Document.objects.create(
        number=number, issued_on=date(2023, 5, 2), issuer=plan.issuer, kept_by=plan.issuer,
        type="KH", subject="Điều chỉnh",
    )  # fmt: skip
    Adjustment.objects.get(plan=plan, status="DRAFT").issue(by, paper, "Trùng lịch")


def move(item: PlanItem, month: int, by: User) -> PlanItem:
    """The item put into another month by the adjustment being prepared."""
    item.drop(by, "dời")
    first, last = span_of(item.plan.year, month=month)
    return PlanItem.objects.create(
        plan=item.plan, line=item.line, unit=item.unit, body=item.body, first_day=first,
        last_day=last, added_in=item.dropped_in, replaces=item, reason="Đơn vị đang thanh tra",
    )  # fmt: skip


def test_each_state(world: World, user: User) -> None:
    plan = make_plan(world.province)
    linked(make_item(plan, world.dai_tu, month=3))
    linked(make_item(plan, world.justice, month=5), status=RoundStatus.IN_PROGRESS)
    make_item(plan, world.tien_hoi, month=5)
    make_item(plan, world.tien_hoi, month=6)
    dropped = make_item(plan, world.tien_hoi, month=7)
    dropped.drop(user, "Sáp nhập")
    assert states(plan, user)[-1] == "NOT_BEGUN"  # what is only being prepared changes nothing
    adjust(plan, user)
    progress = read(plan, user)
    assert [each.state.value for each in progress.standings] == [
        "DONE", "RUNNING", "LATE", "NOT_BEGUN", "DROPPED"
    ]  # fmt: skip
    assert progress.counts == Counts(done=1, running=1, late=1, not_begun=1, dropped=1)
    # One of the four that are in force.
    assert progress.counts.share_text == "25,0 %"
    assert progress.standings[0].actual_text == "01/03/2023"
    assert progress.standings[4].reasons == ["Bỏ ở điều chỉnh lần 1: Sáp nhập"]


@pytest.mark.parametrize(("day", "state"), [(31, "NOT_BEGUN"), (32, "LATE")])
def test_an_item_is_late_from_the_day_after_its_last(
    world: World, user: User, day: int, state: str
) -> None:
    plan = make_plan(world.province)
    make_item(plan, world.dai_tu, month=5)
    assert states(plan, user, date(2023, 4, 30) + timedelta(days=day)) == [state]


def test_nothing_planned_has_no_share(world: World, user: User) -> None:
    assert read(make_plan(world.province), user).counts.share_text == "–"


def test_a_round_that_went_elsewhere_does_not_carry_out_the_item(world: World, user: User) -> None:
    plan = make_plan(world.province)
    round_ = linked(make_item(plan, world.dai_tu), unit=world.justice)
    (standing,) = read(plan, user).standings
    assert standing.state == ItemState.LATE
    assert standing.reasons == [
        f"Cuộc {round_.code} đã hoàn thành, không thấy lượt kiểm tra đơn vị này"
    ]


def test_a_visit_to_the_heir_or_to_the_predecessor_carries_out_the_item(
    world: World, user: User
) -> None:
    heir = make_unit("05810", "Xã Đại Từ", world.province, kind="COMMUNE")
    other = make_unit("05811", "Xã Yên Lãng", world.province, kind="COMMUNE")
    make_succession(world.tien_hoi, heir)
    make_succession(other, heir)
    plan = make_plan(world.province)
    linked(make_item(plan, world.tien_hoi, month=3), unit=heir)
    linked(make_item(plan, heir, month=3), unit=world.tien_hoi)
    # Two that became one are not the same as each other.
    linked(make_item(plan, world.tien_hoi, month=3), unit=other)
    assert states(plan, user) == ["DONE", "DONE", "LATE"]


def test_one_round_answers_several_items_and_an_item_counts_its_first_round(
    world: World, user: User
) -> None:
    plan = make_plan(world.province)
    first, second = make_item(plan, world.dai_tu, month=3), make_item(plan, world.justice, month=3)
    round_ = linked(first, day=date(2023, 3, 9), starts_on=date(2023, 3, 6))
    round_.items.add(second)
    make_visit(round_, world.justice, visited_on=date(2023, 3, 7))
    linked(first, day=date(2023, 5, 9))
    found = read(plan, user).standings
    assert [each.actual_text for each in found] == ["09/03/2023", "07/03/2023"]
    assert found[0].round == round_


def test_a_round_set_up_or_cancelled_is_told_and_is_no_progress(world: World, user: User) -> None:
    plan = make_plan(world.province)
    item = make_item(plan, world.dai_tu, month=6, overlap_reason="Đoàn của Bộ đã hoãn")
    off = linked(item, status=RoundStatus.CANCELLED, cancel_reason="Mưa lũ")
    ahead = linked(item, day=date(2023, 6, 20), status=RoundStatus.SCHEDULED)
    (standing,) = read(plan, user).standings
    assert standing.state == ItemState.NOT_BEGUN
    assert standing.round == ahead
    assert standing.reasons == [
        f"Cuộc {off.code} đã hủy: Mưa lũ",
        "Trùng cuộc khác: Đoàn của Bộ đã hoãn",
        f"Đã lập cuộc {ahead.code}, dự kiến 20/06/2023",
    ]


def test_a_moved_item_stands_where_it_was_moved_to(world: World, user: User) -> None:
    plan = make_plan(world.province)
    item = make_item(plan, world.dai_tu, month=5)
    moved = move(item, 9, user)
    assert [each.item for each in read(plan, user).standings] == [item]
    adjust(plan, user)
    (standing,) = read(plan, user).standings
    assert (standing.item, standing.state) == (moved, ItemState.NOT_BEGUN)
    assert standing.reasons == ["Dời từ tháng 5/2023 (điều chỉnh lần 1): Đơn vị đang thanh tra"]


def test_on_a_past_day_nothing_counts_that_came_later(world: World, user: User) -> None:
    plan = make_plan(world.province)
    linked(
        make_item(plan, world.dai_tu, month=5), day=date(2023, 5, 24), starts_on=date(2023, 5, 22)
    )
    assert states(plan, user, date(2023, 5, 21)) == ["NOT_BEGUN"]
    assert states(plan, user, date(2023, 5, 23)) == ["RUNNING"]
    assert states(plan, user, date(2023, 5, 24)) == ["DONE"]


def test_an_item_tells_nothing_of_a_round_out_of_reach(world: World) -> None:
    """Đại Từ carries out the item; the province comes by itself, and Đại Từ must not know yet."""
    plan = make_plan(world.province)
    item = make_item(plan, world.tien_hoi, month=5, body=world.dai_tu)
    inspector = make_user("INSPECTOR", world.dai_tu)
    round_ = make_round(world.province, date(2023, 5, 22), status=RoundStatus.IN_PROGRESS)
    round_.items.add(item)
    make_visit(round_, world.tien_hoi)
    (standing,) = read(plan, inspector, date(2023, 5, 22)).standings
    assert (standing.state, standing.round, standing.reasons) == (ItemState.NOT_BEGUN, None, [])
    Round.objects.filter(pk=round_.pk).update(status=RoundStatus.COMPLETED)
    assert states(plan, inspector, date(2023, 5, 22)) == ["DONE"]


def test_ten_times_the_items_ask_no_more_queries(
    world: World, user: User, django_assert_num_queries: Any
) -> None:
    plan = make_plan(world.province)
    for number in range(1, 3):
        linked(make_item(plan, world.dai_tu, month=number))
    assert user.scope_paths
    # Items and the names of their units and bodies; links, visits and kin.
    with django_assert_num_queries(6):
        read(plan, user)
    for number in range(20):
        linked(make_item(plan, world.justice, month=1 + number % 12))
    with django_assert_num_queries(6):
        assert len(read(plan, user).standings) == 22


@pytest.mark.parametrize("seed", range(12))
def test_a_naive_reading_finds_the_same(world: World, user: User, seed: int) -> None:
    """Every item by itself, with loops instead of queries."""
    dice = random.Random(seed)
    heir = make_unit("05810", "Xã Đại Từ", world.province, kind="COMMUNE")
    make_succession(world.tien_hoi, heir)
    units = [world.dai_tu, world.justice, world.tien_hoi, heir]
    same = {frozenset({world.tien_hoi.pk, heir.pk})}
    plan = make_plan(world.province)
    items = [make_item(plan, dice.choice(units), month=dice.randint(1, 12)) for _ in range(14)]
    for _ in range(12):
        day = date(2023, dice.randint(1, 12), dice.randint(1, 28))
        body = dice.choice([world.province, world.dai_tu, world.elsewhere])
        round_ = make_round(body, day, status=dice.choice(RoundStatus.values))
        round_.items.add(*dice.sample(items, 2))
        for unit in dice.sample(units, 2):
            make_visit(round_, unit)
    on = today() if seed % 2 else date(2023, dice.randint(1, 12), 15)

    found = {each.item.pk: each.state.value for each in read(plan, user, on).standings}
    for item in items:
        expected = "LATE" if item.last_day < on else "NOT_BEGUN"
        for round_ in item.rounds.all():
            in_reach = round_.body != world.elsewhere or round_.status == "COMPLETED"
            kin = [
                visit
                for visit in round_.visits.all()
                if visit.unit_id == item.unit_id or {visit.unit_id, item.unit_id} in same
            ]
            if not in_reach or round_.starts_on > on:
                continue
            if round_.status == "COMPLETED" and kin:
                expected = "DONE"
            elif round_.status == "IN_PROGRESS" and expected != "DONE":
                expected = "RUNNING"
        assert found[item.pk] == expected, (item, list(item.rounds.all()))


def test_whoever_may_see_no_plan_sees_no_item(world: World, admin: Client) -> None:
    plan = make_plan(world.province)
    make_item(plan, world.dai_tu)
    assert read(plan, admin.user).standings == ()  # type: ignore[attr-defined]  # see client_of
