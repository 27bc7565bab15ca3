"""Which other inspections the same unit meets in the same year, or within so many days.

Two inspections meet the same unit when their units are the same by lineage (`units.kin`). What
counts: each visit of a round that is not cancelled, on its own day, and each item in force of a
plan that is not closed, on its first to last day. An item and the rounds that carry it out are one
inspection, and the rounds stand for it; so are the items that one round carries out.

Whoever asks is told of what is in reach; of what others do only what is completed or announced
(`told_to`, `items_told_to`), and then neither code nor link. What must not be told takes no part in
anything, so that nothing is missing on its account either.

`overlaps_of` finds them for many inspections at once, in three queries;
`inspections.overlap_words` fetches what people read of those found.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from congvu.access import Person
from congvu.dates import days_later
from inspections.models import (
    OVERLAP_DAYS,
    Plan,
    PlanItem,
    PlanStatus,
    RoundStatus,
    Visit,
    in_reach,
    items_told_to,
)
from units.kin import kin_of
from units.models import under

# From what leads to a body the condition for those that are asked for.
Conductors = Callable[[str], Q]


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
    `explained`: a reason why it stands all the same is on record, and the person may be told.
    """

    is_round: bool
    pk: int
    unit: int
    first: date
    last: date
    gap: int
    explained: bool = False


def gap_between(first: date, last: date, other_first: date, other_last: date) -> int:
    """Days from the end of the earlier span to the start of the later; 0 when they share a day."""
    return max((other_first - last).days, (first - other_last).days, 0)


def window_of(first: date, last: date, within: int) -> tuple[date, date]:
    """The years that a span touches, and so many days on either side of it."""
    return (
        min(date(first.year, 1, 1), days_later(first, -within)),
        max(date(last.year, 12, 31), days_later(last, within)),
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


def overlaps_of(
    person: Person, asked: Sequence[Asked], preparing: int | None = None
) -> list[tuple[Met, ...]]:
    """For each of those asked about what overlaps it, the nearest first. Three queries.

    A round is told once, by its visit nearest in time. With `preparing`, the id of an adjustment,
    items are looked at as it would leave them.
    """
    if not asked:
        return []
    kin = kin_of(each.unit for each in asked)
    windows = [each.window for each in asked]
    around = frozenset().union(*kin.values())
    own = frozenset().union(*(each.items for each in asked))
    first, last = min(w[0] for w in windows), max(w[1] for w in windows)
    told = Told(person, around, first, last, own, preparing)
    return [
        told.met_by(each, kin[each.unit], *window)
        for each, window in zip(asked, windows, strict=True)
    ]


class Told:
    """Whatever one person may be told of inspections of some units in some days. Two queries.

    `around` are the units' ids; `own` are items asked about, whose rounds matter as well;
    `preparing` is an adjustment whose items are looked at as if it were issued. `conductors` gives
    the condition for the bodies asked for, from what leads to them: what they conduct is `theirs`.
    """

    def __init__(
        self,
        person: Person,
        around: Collection[int],
        first: date,
        last: date,
        own: Collection[int],
        preparing: int | None = None,
        *,
        conductors: Conductors | None = None,
    ) -> None:
        self._conductors = conductors or (lambda _: Q(pk__in=[]))
        self.theirs: set[tuple[bool, int]] = set()
        # By unit: day and round, in order; and first day, last day and item.
        self.visits: dict[int, list[tuple[date, int]]] = defaultdict(list)
        self.items: dict[int, list[tuple[date, date, int]]] = defaultdict(list)
        # N of each round and item, where it is another than the default.
        self.within: dict[tuple[bool, int], int] = {}
        # The rounds and items that have a reason on record; what must not be told is none.
        self.explained: set[tuple[bool, int]] = set()
        self.rounds_of: dict[int, set[int]] = defaultdict(set)
        self.items_of: dict[int, set[int]] = defaultdict(set)
        # Which unit an item names, and which of these units a round that carries one out visits.
        self._unit_of: dict[int, int] = {}
        # Items that join what hangs on them, whoever is asked about.
        self._known: set[int] = set()
        self._visited: dict[int, set[int]] = defaultdict(set)
        self._read_visits(person, around, first, last)
        self._moved: dict[int, int] = {}
        self._read_items(person, around, first, last, own, preparing)
        for new, old in self._moved.items():
            # Once issued, what carried out the one carries out the other.
            for round_ in self.rounds_of.get(old, ()):
                self.rounds_of[new].add(round_)
                self.items_of[round_].add(new)

    def _read_visits(
        self, person: Person, around: Collection[int], first: date, last: date
    ) -> None:
        rows = (
            Visit.objects.told_to(person)
            .filter(unit__in=around, visited_on__range=(first, last))
            .annotate(
                explained=under(person.scope_paths, "round__body__") & ~Q(round__overlap_reason=""),
                theirs=self._conductors("round__body__"),
            )
            .order_by("visited_on")
            .values_list(
                "unit_id",
                "visited_on",
                "round_id",
                "round__plan__overlap_days",
                "explained",
                "theirs",
            )
        )
        for unit, day, round_, within, explained, theirs in rows:
            if theirs:
                self.theirs.add((True, round_))
            if explained:
                self.explained.add((True, round_))
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
        preparing: int | None,
    ) -> None:
        """Items, of any time, and the rounds of which the person may be told that carry them out.

        A round may come long before or after: then the item does not stand where it was planned.
        """
        no_secret = Q(rounds__status=RoundStatus.COMPLETED) | Q(rounds__announced=True)
        no_secret |= in_reach(person, "rounds__", "rounds__visits__unit__", "rounds__visits")
        held = Q(rounds__status__in=[each for each in RoundStatus if each != RoundStatus.CANCELLED])
        rows = (
            PlanItem.objects.filter(unit__in=around)
            .annotate(
                carried_out=no_secret & held,
                told=items_told_to(person, preparing),
                explained=under(person.scope_paths, "plan__issuer__") & ~Q(overlap_reason=""),
                theirs=self._conductors("body__"),
            )
            .order_by("first_day")
            .values_list(
                "pk",
                "unit_id",
                "first_day",
                "last_day",
                "plan__overlap_days",
                "plan__status",
                "told",
                "carried_out",
                "rounds__pk",
                "rounds__visits__unit_id",
                "explained",
                "added_in_id",
                "dropped_in_id",
                "replaces_id",
                "theirs",
            )
        )
        for (
            item, unit, begins, ends, within, plan, known, carried_out, round_, visited, explained,
            added, dropped, replaces, theirs,
        ) in rows:  # fmt: skip
            goes = preparing is not None and dropped == preparing
            if not known and item not in own and not goes:
                continue
            if carried_out:
                self.rounds_of[item].add(round_)
                self.items_of[round_].add(item)
                self._visited[round_].add(visited)
            if item in self._unit_of:
                continue  # once more, with another visit
            self._unit_of[item] = unit
            if known:
                self._known.add(item)
                if theirs:
                    self.theirs.add((False, item))
                if explained:
                    self.explained.add((False, item))
                if preparing is not None and added == preparing and replaces is not None:
                    self._moved[item] = replaces
            if not known or plan == PlanStatus.CLOSED or begins > last or ends < first:
                continue
            self.items[unit].append((begins, ends, item))
            if within != OVERLAP_DAYS:
                self.within[False, item] = within

    def one_with(
        self, units: Collection[int], items: Iterable[int], rounds: Iterable[int]
    ) -> tuple[set[int], set[int]]:
        """The items and rounds that are one inspection of those units with these: them among it."""
        found_items, found_rounds = set(items), set(rounds)
        left = [(False, pk) for pk in found_items] + [(True, pk) for pk in found_rounds]
        while left:
            is_round, pk = left.pop()
            if is_round:
                more = self._carried_out(pk, units) - found_items
                found_items |= more
            else:
                more = self.rounds_of.get(pk, set()) - found_rounds
                found_rounds |= more
            left += [(not is_round, each) for each in more]
        return found_items, found_rounds

    def items_met(self, met: Met, units: Collection[int]) -> frozenset[int]:
        """The item that it is, or those of these units that the round carries out."""
        return frozenset(self._carried_out(met.pk, units) if met.is_round else {met.pk})

    def _carried_out(self, round_: int, units: Collection[int]) -> set[int]:
        known = self.items_of.get(round_, set()) & self._known
        return {each for each in known if self._unit_of[each] in units}

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
                    nearest[round_] = Met(
                        True, round_, unit, day, day, gap, (True, round_) in self.explained
                    )
            for begun, ended, item in self.items.get(unit, ()):
                if begun > ends or ended < begins or item in items:
                    continue
                if not self.is_stood_for(item, units):
                    gap = gap_between(first, last, begun, ended)
                    explained = (False, item) in self.explained
                    found.append(Met(False, item, unit, begun, ended, gap, explained))
        return tuple(sorted([*nearest.values(), *found], key=_nearness))


def _day(visit: tuple[date, int]) -> date:
    return visit[0]


def _nearness(met: Met) -> tuple[int, date, bool, int]:
    return met.gap, met.first, not met.is_round, met.pk
