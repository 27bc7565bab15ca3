"""Overlaps against a second reading of the rule that compares each pair, on worlds made by chance.

Written from the rule, not from the code: no window, no index, one record at a time.
"""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest

from accounts.models import User
from inspections.models import Adjustment, Plan, PlanItem, Round, Visit
from inspections.overlap_year import clashes_of
from inspections.overlaps import Asked, asked_of_item, overlaps_of
from tests.factories import (
    make_item,
    make_plan,
    make_round,
    make_succession,
    make_team,
    make_unit,
    make_user,
    make_visit,
)
from units.models import Succession, Unit

pytestmark = pytest.mark.django_db
Key = tuple[str, int]
Span = tuple[date, date]


# --- the second reading ------------------------------------------------------------------------


class Kin:
    """Which units are the same by lineage."""

    def __init__(self) -> None:
        self.heirs: dict[int, list[int]] = {}
        for each in Succession.objects.filter(is_main=True):
            self.heirs.setdefault(each.predecessor_id, []).append(each.successor_id)

    def after(self, unit: int) -> set[int]:
        """The main heir, its main heir, and so on."""
        found: set[int] = set()
        for heir in self.heirs.get(unit, []):
            found |= {heir} | self.after(heir)
        return found

    def are(self, one: int, other: int) -> bool:
        return one == other or other in self.after(one) or one in self.after(other)


class Naive:
    """What one person may be told, record by record."""

    def __init__(self, user: User) -> None:
        self.kin = Kin()
        seen = set(Round.objects.visible_to(user))
        self.rounds = [
            each
            for each in Round.objects.all()
            if each.status != "CANCELLED"
            and (each in seen or each.status == "COMPLETED" or each.announced)
        ]
        own = set(PlanItem.objects.visible_to(user))
        self.items = [
            each
            for each in PlanItem.objects.select_related("plan", "added_in", "dropped_in")
            if not (each.added_in and each.added_in.status == "DRAFT")
            and not (each.dropped_in and each.dropped_in.status == "ISSUED")
            and (each in own or (each.announced and each.plan.status in ("ISSUED", "CLOSED")))
        ]
        self.counting = [each for each in self.items if each.plan.status != "CLOSED"]
        self.visits = [
            v for v in Visit.objects.select_related("round__plan") if v.round in self.rounds
        ]
        self.links = [(r, i) for r in self.rounds for i in r.items.all()]

    def one_with(self, unit: int, own: set[Key]) -> set[Key]:
        """Everything that hangs together with those through items of the unit."""
        found = set(own)
        while True:
            more = set(found)
            for round_, item in self.links:
                known = item in self.items or ("item", item.pk) in own
                if known and self.kin.are(item.unit_id, unit):
                    pair: set[Key] = {("round", round_.pk), ("item", item.pk)}
                    if pair & more:
                        more |= pair
            if more == found:
                return found
            found = more

    def spans(self, unit: int) -> dict[Key, list[Span]]:
        """On which days each inspection meets the unit."""
        found: dict[Key, list[Span]] = {}
        for visit in self.visits:
            if self.kin.are(visit.unit_id, unit):
                days = (visit.visited_on, visit.visited_on)
                found.setdefault(("round", visit.round_id), []).append(days)
        met = {pk for _, pk in found}
        for item in self.counting:
            if self.kin.are(item.unit_id, unit):
                answering = {r.pk for r, i in self.links if i == item}
                if not answering & met:
                    found["item", item.pk] = [(item.first_day, item.last_day)]
        return found

    def answer(self, asked: Asked) -> set[tuple[Key, int]]:
        """What overlaps, and how many days away."""
        own: set[Key] = {("item", pk) for pk in asked.items}
        own |= {("round", pk) for pk in asked.rounds}
        left_out = self.one_with(asked.unit, own)
        found = set()
        for key, spans in self.spans(asked.unit).items():
            if key in left_out:
                continue
            gaps = [
                days_between((asked.first, asked.last), span)
                for span in spans
                if overlap((asked.first, asked.last), span, asked.within)
            ]
            if gaps:
                found.add((key, min(gaps)))
        return found


def days_between(one: Span, other: Span) -> int:
    """From the end of the earlier to the start of the later; both ends in turn."""
    if one[0] > other[0]:
        return days_between(other, one)
    return 0 if other[0] <= one[1] else (other[0] - one[1]).days


def overlap(one: Span, other: Span, within: int) -> bool:
    years = set(range(one[0].year, one[1].year + 1)) & set(range(other[0].year, other[1].year + 1))
    return bool(years) or days_between(one, other) <= within


# --- worlds made by chance ---------------------------------------------------------------------


def make_world(chance: random.Random) -> list[User]:
    """Units with successions, rounds and items of every kind around them; who asks."""
    province = make_unit("19", "Tỉnh")
    other = make_unit("20", "Tỉnh khác")
    bodies = [province, other, make_unit("19.S", "Sở", province, kind="DEPARTMENT")]
    units = [make_unit("", "", province, kind="COMMUNE") for _ in range(6)]
    for old, new in ((0, 3), (1, 3), (3, 4)):
        make_succession(units[old], units[new], date(2025, 1 + new, 1))
    make_succession(units[2], units[5], kind="SPLIT", is_main=chance.random() < 0.5)
    commune = make_user("INSPECTOR", units[3])
    team = make_team(other)
    team.members.create(name="Người", account=commune)

    def day() -> date:
        return date(2024, 6, 1) + timedelta(days=chance.randrange(700))

    rounds = []
    for _ in range(10):
        first, second = sorted((day(), day()))
        round_ = make_round(
            chance.choice(bodies), second, starts_on=first, announced=chance.random() < 0.4,
            status=chance.choice(["SCHEDULED", "IN_PROGRESS", "COMPLETED", "CANCELLED"]),
            team=team if chance.random() < 0.2 else None,
        )  # fmt: skip
        for unit in chance.sample(units, chance.choice((1, 1, 2))):
            make_visit(round_, unit, visited_on=chance.choice((first, second)))
        rounds.append(round_)
    for _ in range(4):
        status = chance.choice(["DRAFT", "SUBMITTED", "ISSUED", "ISSUED", "CLOSED"])
        issued = status in ("ISSUED", "CLOSED")
        plan = make_plan(
            chance.choice(bodies), status=status, year=chance.choice((2024, 2025)),
            overlap_days=chance.choice((0, 30, 90, 200)),
            **({} if issued else {"number": "", "issued_on": None}),
        )  # fmt: skip
        make_items(plan, units, rounds, chance)
    return [make_user("STAFF", province), make_user("STAFF", other), commune]


def make_items(plan: Plan, units: list[Unit], rounds: list[Round], chance: random.Random) -> None:
    adjustment: Adjustment | None = None
    if plan.is_issued:
        done = chance.random() < 0.5
        said: dict[str, Any] = {"number": "1", "issued_on": date(2024, 2, 1)} if done else {}
        adjustment = Adjustment.objects.create(
            plan=plan, position=1, status="ISSUED" if done else "DRAFT", **said
        )
    for _ in range(3):
        item = make_item(
            plan, chance.choice(units), chance.randrange(1, 13), announced=chance.random() < 0.6
        )
        item.rounds.add(*chance.sample(rounds, chance.choice((0, 0, 1, 2))))
        if adjustment and chance.random() < 0.5:
            item.dropped_in = adjustment
            item.save()
            if chance.random() < 0.5:
                make_item(
                    plan, item.unit, chance.randrange(1, 13), line=item.line, replaces=item,
                    added_in=adjustment,
                )  # fmt: skip


@pytest.mark.parametrize("seed", range(12))
def test_both_readings_agree(seed: int) -> None:
    for user in make_world(random.Random(seed)):
        asked = [asked_of_item(i) for i in PlanItem.objects.select_related("plan")]
        asked += [
            Asked(each.unit_id, each.visited_on, each.visited_on, rounds=frozenset({each.round_id}))
            for each in Visit.objects.all()
        ]  # fmt: skip
        naive = Naive(user)
        told = overlaps_of(user, asked)
        for one, met in zip(asked, told, strict=True):
            found = {(("round" if m.is_round else "item", m.pk), m.gap) for m in met}
            assert found == naive.answer(one), one
            assert [m.gap for m in met] == sorted(m.gap for m in met)


@pytest.mark.parametrize("seed", range(12))
def test_the_page_of_a_year_has_what_overlaps_in_it(seed: int) -> None:
    """Each of the page has a neighbour in the first reading, and none is missing."""
    user = make_world(random.Random(seed))[0]
    for year in (2024, 2025):
        units = list(Unit.objects.values_list("pk", flat=True))
        groups = clashes_of(user, units, year)
        shown = {(each.met.is_round, each.met.pk) for group in groups for each in group}
        assert shown == neighbours(user, year)
        sizes = [group[0].size for group in groups]
        assert sizes == sorted(sizes, reverse=True)
        for group in groups:
            assert {each.number for each in group} == set(range(1, group[0].size + 1))
            assert group[0].size >= 2


def neighbours(user: User, year: int) -> set[tuple[bool, int]]:
    """Rounds and items with another near them, one of both in the year: each pair compared."""
    naive = Naive(user)
    whole = (date(year, 1, 1), date(year, 12, 31))
    entries: list[tuple[Key, int, Span, int]] = []
    for visit in naive.visits:
        plan = visit.round.plan
        days = (visit.visited_on, visit.visited_on)
        within = plan.overlap_days if plan else 90
        entries.append((("round", visit.round_id), visit.unit_id, days, within))
    for item in naive.counting:
        if ("item", item.pk) in naive.spans(item.unit_id):
            days = (item.first_day, item.last_day)
            entries.append((("item", item.pk), item.unit_id, days, item.plan.overlap_days))
    one = {(key, unit): one_in_web(naive, unit, key) for key, unit, _, _ in entries}
    found: set[Key] = set()
    for key, unit, span, within in entries:
        for other, other_unit, other_span, other_within in entries:
            if other in one[key, unit] or not naive.kin.are(unit, other_unit):
                continue
            touching = [days_between(each, whole) == 0 for each in (span, other_span)]
            near = days_between(span, other_span) <= max(within, other_within)
            if all(touching) or (any(touching) and near):
                found |= {key, other}
    return {(kind == "round", pk) for kind, pk in found}


def one_in_web(naive: Naive, unit: int, key: Key) -> set[Key]:
    """What is one inspection with that one, for any unit of the same web of kin."""
    units = list(Unit.objects.values_list("pk", flat=True))
    web = {unit}
    while more := {u for u in units if any(naive.kin.are(u, each) for each in web)} - web:
        web |= more
    found = {key}
    while more_keys := set().union(*(naive.one_with(each, found) for each in web)) - found:
        found |= more_keys
    return found
