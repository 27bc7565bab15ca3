"""Which other inspections the same unit meets in the same year, or within so many days.

Two inspections meet the same unit when their units are the same by lineage (`units.kin`). What
counts: each visit of a round that is not cancelled, on its own day, and each item in force of a
plan that is not closed, on its first to last day. An item and the rounds that carry it out are one
inspection, and the rounds stand for it; so are the items that one round carries out.

Whoever asks is told of what is in reach; of what others do only what is completed or announced
(`told_to`), and then neither code nor link. What must not be told takes no part in anything, so
that nothing is missing on its account either.

`overlaps_of` finds them for many inspections at once, in three queries; `described` fetches what
people read of those found, in five.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from operator import itemgetter
from typing import Any

from django.db.models import Exists, OuterRef, Q, Value

from accounts.models import User
from congvu.access import Person
from congvu.dates import format_day
from inspections.models import (
    OVERLAP_DAYS,
    Content,
    Plan,
    PlanItem,
    PlanStatus,
    Round,
    RoundForm,
    RoundStatus,
    Visit,
    in_reach,
)
from units.kin import kin_of
from units.models import Unit

_CLOSED = Q(plan__status=PlanStatus.CLOSED)
# Rounds that others may still be joined to.
_AHEAD = (RoundStatus.SCHEDULED, RoundStatus.IN_PROGRESS)


@dataclass(frozen=True, slots=True)
class Asked:
    """An inspection that is asked about: of which unit (its id), from which day to which.

    `within` is N of its plan, in days. `items` and `rounds` are the ids that stand for it already:
    the item itself, the one that it replaces, its round.
    """

    unit: int
    first: date
    last: date
    within: int = OVERLAP_DAYS
    items: frozenset[int] = frozenset()
    rounds: frozenset[int] = frozenset()

    @property
    def window(self) -> tuple[date, date]:
        """From which day to which another inspection overlaps this one."""
        return window_of(self.first, self.last, self.within)


@dataclass(frozen=True, slots=True)
class Met:
    """Another inspection of the same unit: a round on the day of its visit, or an item of a plan.

    `gap`: days from the end of the earlier to the start of the later, 0 when they share a day.
    """

    is_round: bool
    pk: int
    unit: int
    first: date
    last: date
    gap: int


@dataclass(frozen=True)
class Overlap:
    """What a person is told of another inspection; of others' no code, link or reason."""

    met: Met
    unit_name: str
    unit_code: str
    body: Unit
    body_name: str
    days_text: str
    form: str
    state: str
    contents: tuple[str, ...] = ()
    code: str = ""
    url: str | None = None
    reason: str = ""
    # A round that this one may be joined to, or an item that a round may carry out.
    joinable: bool = False

    @property
    def gap_text(self) -> str:
        """How far apart they are, in words."""
        return gap_text(self.met.gap)


def gap_text(gap: int) -> str:
    """Days between two inspections, in words."""
    return f"cách {gap} ngày" if gap else "trùng thời gian"


def gap_between(first: date, last: date, other_first: date, other_last: date) -> int:
    """Days from the end of the earlier span to the start of the later; 0 when they share a day."""
    return max((other_first - last).days, (first - other_last).days, 0)


def window_of(first: date, last: date, within: int) -> tuple[date, date]:
    """The years that a span touches, and so many days on either side of it."""
    days = timedelta(days=within)
    return (
        min(date(first.year, 1, 1), first - days),
        max(date(last.year, 12, 31), last + days),
    )


def days_of(plan: Plan | None) -> int:
    """N: what the plan says, or the default for what no plan foresees."""
    return plan.overlap_days if plan is not None else OVERLAP_DAYS


def asked_of_item(item: PlanItem) -> Asked:
    """The item, saved or not, as what is asked about (reads `plan`).

    Neither itself nor the item that it replaces is told of, nor whatever carries them out.
    """
    own = frozenset(pk for pk in (item.pk, item.replaces_id) if pk is not None)
    return Asked(item.unit_id, item.first_day, item.last_day, days_of(item.plan), items=own)


def overlaps_of(person: Person, asked: Sequence[Asked]) -> list[tuple[Met, ...]]:
    """For each of those asked about what overlaps it, the nearest first. Three queries.

    A round is told once, by its visit nearest in time.
    """
    if not asked:
        return []
    kin = kin_of(each.unit for each in asked)
    windows = [each.window for each in asked]
    around = frozenset().union(*kin.values())
    own = frozenset().union(*(each.items for each in asked))
    told = Told(person, around, min(w[0] for w in windows), max(w[1] for w in windows), own)
    return [
        told.met_by(each, kin[each.unit], *window)
        for each, window in zip(asked, windows, strict=True)
    ]


class Told:
    """Whatever one person may be told of inspections of some units in some days. Two queries.

    `around` are the units' ids; `own` are items asked about, whose rounds matter as well.
    """

    def __init__(
        self, person: Person, around: Collection[int], first: date, last: date, own: Collection[int]
    ) -> None:
        # By unit: day and round, in order; and first day, last day and item.
        self.visits: dict[int, list[tuple[date, int]]] = defaultdict(list)
        self.items: dict[int, list[tuple[date, date, int]]] = defaultdict(list)
        # N of each round and item, where it is another than the default.
        self.within: dict[tuple[bool, int], int] = {}
        self.rounds_of: dict[int, set[int]] = defaultdict(set)
        self.items_of: dict[int, set[int]] = defaultdict(set)
        # Which unit an item names, and which of these units a round that carries one out visits.
        self._unit_of: dict[int, int] = {}
        self._visited: dict[int, set[int]] = defaultdict(set)
        self._read_visits(person, around, first, last)
        self._read_items(person, around, first, last, own)

    def _read_visits(
        self, person: Person, around: Collection[int], first: date, last: date
    ) -> None:
        rows = (
            Visit.objects.told_to(person)
            .filter(unit__in=around, visited_on__range=(first, last))
            .order_by("visited_on")
            .values_list("unit_id", "visited_on", "round_id", "round__plan__overlap_days")
        )
        for unit, day, round_, within in rows:
            self.visits[unit].append((day, round_))
            if within is not None and within != OVERLAP_DAYS:
                self.within[True, round_] = within

    def _read_items(
        self,
        person: Person,
        around: Collection[int],
        first: date,
        last: date,
        own: Collection[int],
    ) -> None:
        """Items, of any time, and the rounds of which the person may be told that carry them out.

        A round may come long before or after: then the item does not stand where it was planned.
        """
        told = PlanItem.objects.told_to(person).order_by().values("pk")
        known = Q(rounds__status=RoundStatus.COMPLETED) | Q(rounds__announced=True)
        known |= in_reach(person, "rounds__", "rounds__visits__unit__", "rounds__visits")
        held = Q(rounds__status__in=[each for each in RoundStatus if each != RoundStatus.CANCELLED])
        rows = (
            PlanItem.objects.filter(Q(pk__in=told) | Q(pk__in=own), unit__in=around)
            .annotate(carried_out=known & held, counts=Q(pk__in=told) & ~_CLOSED)
            .order_by("first_day")
            .values_list(
                "pk",
                "unit_id",
                "first_day",
                "last_day",
                "plan__overlap_days",
                "counts",
                "carried_out",
                "rounds__pk",
                "rounds__visits__unit_id",
            )
        )
        for item, unit, begins, ends, within, counts, carried_out, round_, visited in rows:
            if carried_out:
                self.rounds_of[item].add(round_)
                self.items_of[round_].add(item)
                self._visited[round_].add(visited)
            if item in self._unit_of:
                continue  # once more, with another visit
            self._unit_of[item] = unit
            if not counts or begins > last or ends < first:
                continue
            self.items[unit].append((begins, ends, item))
            if within != OVERLAP_DAYS:
                self.within[False, item] = within

    @property
    def units(self) -> set[int]:
        """The units of which something is told."""
        return {*self.visits, *self.items}

    def one_with(
        self, units: Collection[int], items: Iterable[int], rounds: Iterable[int]
    ) -> tuple[set[int], set[int]]:
        """The items and rounds that are one inspection of those units with these: them among it."""
        found_items, found_rounds = set(items), set(rounds)
        left = [(False, pk) for pk in found_items] + [(True, pk) for pk in found_rounds]
        while left:
            is_round, pk = left.pop()
            if is_round:
                more = {i for i in self.items_of.get(pk, ()) if self._unit_of[i] in units}
                more -= found_items
                found_items |= more
            else:
                more = self.rounds_of.get(pk, set()) - found_rounds
                found_rounds |= more
            left += [(not is_round, each) for each in more]
        return found_items, found_rounds

    def is_stood_for(self, item: int, units: Collection[int]) -> bool:
        """Whether a round that carries the item out visits one of the units, at any time."""
        return any(
            not self._visited[round_].isdisjoint(units) for round_ in self.rounds_of.get(item, ())
        )

    def met_by(
        self, asked: Asked, units: frozenset[int], begins: date, ends: date
    ) -> tuple[Met, ...]:
        """What overlaps that one, the nearest first; `units` are its kin."""
        items, rounds = self.one_with(units, asked.items, asked.rounds)
        first, last = asked.first, asked.last
        nearest: dict[int, Met] = {}
        found: list[Met] = []
        for unit in units:
            days = self.visits.get(unit, [])
            start = bisect_left(days, begins, key=_day)
            for day, round_ in days[start : bisect_right(days, ends, start, key=_day)]:
                if round_ in rounds:
                    continue
                gap = (first - day).days if day < first else max((day - last).days, 0)
                if round_ not in nearest or gap < nearest[round_].gap:
                    nearest[round_] = Met(True, round_, unit, day, day, gap)
            for begun, ended, item in self.items.get(unit, ()):
                if begun > ends or ended < begins or item in items:
                    continue
                if not self.is_stood_for(item, units):
                    gap = gap_between(first, last, begun, ended)
                    found.append(Met(False, item, unit, begun, ended, gap))
        return tuple(sorted([*nearest.values(), *found], key=_nearness))


def _day(visit: tuple[date, int]) -> date:
    return visit[0]


def _nearness(met: Met) -> tuple[int, date, bool, int]:
    return met.gap, met.first, not met.is_round, met.pk


# --- what people read ------------------------------------------------------------------------


def described(user: User, found: Sequence[Met]) -> list[Overlap]:
    """What the person is told of each of those found, in their order. Five queries."""
    rounds = _rounds(user, {met.pk for met in found if met.is_round})
    items = _items(user, {met.pk for met in found if not met.is_round})
    bodies = {each.body_id for each in (*rounds.values(), *items.values())}
    wanted = bodies | {met.unit for met in found}
    units = Unit.objects.filter(pk__in=wanted).prefetch_related("former_names").in_bulk()
    contents = _contents(rounds, items)
    return [
        _of_round(user, met, rounds[met.pk], units, contents)
        if met.is_round
        else _of_item(user, met, items[met.pk], units, contents)
        for met in found
        # Somebody may just have taken it away.
        if met.pk in (rounds if met.is_round else items)
    ]


def _rounds(user: User, ids: set[int]) -> dict[int, Any]:
    seen = Round.objects.visible_to(user).filter(pk=OuterRef("pk")).order_by()
    return Round.objects.annotate(seen=Exists(seen)).in_bulk(ids)


def _items(user: User, ids: set[int]) -> dict[int, Any]:
    seen = PlanItem.objects.visible_to(user).filter(pk=OuterRef("pk")).order_by()
    rows = PlanItem.objects.select_related("plan__issuer").annotate(seen=Exists(seen))
    return rows.in_bulk(ids)


def _contents(rounds: Iterable[int], items: Iterable[int]) -> dict[tuple[bool, int], list[str]]:
    """By round or item the contents from the catalogue, in its order."""
    found: dict[tuple[bool, int], list[str]] = defaultdict(list)
    fields = ("position", "pk", "label")
    of_rounds = Content.objects.filter(rounds__in=list(rounds)).order_by()
    of_items = Content.objects.filter(plan_items__in=list(items)).order_by()
    rows = of_rounds.values_list(Value(1), "rounds", *fields).union(
        of_items.values_list(Value(0), "plan_items", *fields)
    )
    for is_round, record, _, _, label in sorted(rows, key=itemgetter(2, 3)):
        found[bool(is_round), record].append(label)
    return found


def _of_round(
    user: User,
    met: Met,
    round_: Any,
    units: dict[int, Unit],
    contents: dict[tuple[bool, int], list[str]],
) -> Overlap:
    unit, body = units[met.unit], units[round_.body_id]
    told = contents.get((True, met.pk), [])
    ours = user.in_scope(body)
    return Overlap(
        met,
        unit.name_on(met.last),
        unit.code,
        body,
        body.name_on(round_.ends_on),
        format_day(met.first),
        RoundForm(round_.form).label,
        RoundStatus(round_.status).label,
        (*told, round_.scope_note) if round_.seen and round_.scope_note else tuple(told),
        round_.code if round_.seen else "",
        round_.get_absolute_url() if round_.seen else None,
        round_.overlap_reason if ours else "",
        ours and user.may("rounds.change") and round_.status in _AHEAD,
    )


def _of_item(
    user: User,
    met: Met,
    item: Any,
    units: dict[int, Unit],
    contents: dict[tuple[bool, int], list[str]],
) -> Overlap:
    unit, body = units[met.unit], units[item.body_id]
    plan = item.plan
    seen = item.seen
    return Overlap(
        met,
        unit.name_on(met.last),
        unit.code,
        body,
        body.name_on(item.last_day),
        item.when_text[:1].upper() + item.when_text[1:],
        RoundForm(item.form).label,
        "Theo kế hoạch" if plan.is_issued else f"Kế hoạch {plan.get_status_display().lower()}",
        tuple(contents.get((False, met.pk), [])),
        f"Mục {item.line}, {plan.number or 'dự thảo'}" if seen else "",
        item.get_absolute_url() if seen else None,
        item.overlap_reason if seen else "",
        seen and plan.status == PlanStatus.ISSUED,
    )
