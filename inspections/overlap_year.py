"""All overlaps of a year, in groups: the inspections that met one unit, by lineage.

Two inspections are neighbours when their units are kin, they are not one inspection, and both touch
the year, or one does and the other is as near to it as the plan of either says. A group is what
neighbours join. Communes that were merged into a third are in one group only where that third was
inspected as well: without it they are not the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Generic, TypeVar

from django.db.models import Max, Subquery

from congvu.access import Person
from congvu.dates import days_later
from inspections.models import OVERLAP_DAYS, Plan
from inspections.overlaps import Conductors, Met, Told, gap_between
from units.kin import kin_around

T = TypeVar("T")
# An inspection: round or item, and its id.
Key = tuple[bool, int]


@dataclass(frozen=True, slots=True)
class Clash:
    """One round or item in a group; `met.gap` is the distance to the nearest other of the group.

    `group` counts the groups of the list from 1, the worst first; `number` is the place of the
    inspection among the `size` separate ones of its group, in time. `items` are the ids of the
    plans' items that it is, or carries out at that unit. `is_theirs`: it is conducted by a body
    that was asked for.
    """

    met: Met
    group: int
    number: int
    size: int
    items: frozenset[int]
    is_theirs: bool = False


def most_days() -> Any:
    """The greatest N of all plans, for a query that is made anyway; null without plans."""
    return Subquery(Plan.objects.order_by("-overlap_days").values("overlap_days")[:1])


def left_bare(group: Sequence[Clash]) -> list[Clash]:
    """Those of the group without a reason on record, where two stand beside each other so."""
    explained = {each.number for each in group if each.met.explained}
    if group[0].size - len(explained) < 2:
        return []
    return [each for each in group if each.number not in explained]


def clashes_of(
    person: Person,
    units: Iterable[int],
    year: int,
    *,
    most: int | None = None,
    conductors: Conductors | None = None,
) -> list[list[Clash]]:
    """The groups of the year in which one of those units, or its kin, was met more than once.

    The worst first: most separate inspections, then those nearest to each other. Four queries, one
    less with `most` (`most_days`). `conductors` tells the bodies that are asked for.
    """
    kin = kin_around(units)
    if most is None:
        most = Plan.objects.aggregate(most=Max("overlap_days"))["most"] or 0
    days = max(most, OVERLAP_DAYS)
    first, last = date(year, 1, 1), date(year, 12, 31)
    begins, ends = days_later(first, -days), days_later(last, days)
    told = Told(person, kin.keys(), begins, ends, (), conductors=conductors)
    groups: list[list[Clash]] = []
    for cluster in _clusters(kin):
        groups += _Cluster(told, cluster, kin, first, last).groups()
    groups.sort(key=_badness)
    return [
        [replace(each, group=place) for each in group]
        for place, group in enumerate(groups, start=1)
    ]


def _badness(group: Sequence[Clash]) -> tuple[int, int, date, int]:
    return (
        -group[0].size,
        min(each.met.gap for each in group),
        group[0].met.first,
        group[0].met.pk,
    )


def _clusters(kin: dict[int, frozenset[int]]) -> list[list[int]]:
    """The units in sets: whoever is kin to another is in the same."""
    parts = _Joined[int]()
    for unit, others in kin.items():
        for other in others:
            parts.join(unit, other)
    found: dict[int, list[int]] = defaultdict(list)
    for unit in kin:
        found[parts.of(unit)].append(unit)
    return list(found.values())


class _Joined(Generic[T]):
    """Which things belong together, told pair by pair."""

    def __init__(self) -> None:
        self._above: dict[T, T] = {}

    def of(self, one: T) -> T:
        """The thing that stands for all that belong to this one."""
        while (above := self._above.get(one, one)) != one:
            one = above
        return one

    def join(self, one: T, other: T) -> None:
        """They belong together."""
        self._above[self.of(one)] = self.of(other)


class _Cluster:
    """The inspections of units of which each is kin to some other, around one year."""

    def __init__(
        self,
        told: Told,
        units: Collection[int],
        kin: dict[int, frozenset[int]],
        first: date,
        last: date,
    ) -> None:
        self.told, self.kin, self.first, self.last = told, kin, first, last
        self.met = [
            Met(True, pk, unit, day, day, 0, (True, pk) in told.explained)
            for unit in units
            for day, pk in told.visits.get(unit, ())
        ]
        self.met += [
            Met(False, pk, unit, begins, ends, 0, (False, pk) in told.explained)
            for unit in units
            for begins, ends, pk in told.items.get(unit, ())
            if not told.is_stood_for(pk, kin[unit])
        ]
        self.met.sort(key=lambda each: (each.first, each.last, not each.is_round, each.pk))
        self.one = self._one(frozenset(units))
        self._place = {met: place for place, met in enumerate(self.met)}
        self._longest = max(((met.last - met.first).days for met in self.met), default=0)
        self._furthest = max(OVERLAP_DAYS, *told.within.values(), OVERLAP_DAYS)

    def _one(self, units: frozenset[int]) -> dict[Key, Key]:
        """What stands for each: the same for all that are one inspection."""
        found: dict[Key, Key] = {}
        for each in self.met:
            key = (each.is_round, each.pk)
            if key in found:
                continue
            own = {key[1]}
            items, rounds = self.told.one_with(units, *((), own) if key[0] else (own, ()))
            found |= {(True, pk): key for pk in rounds} | {(False, pk): key for pk in items}
        return found

    def groups(self) -> list[list[Clash]]:
        """The groups, each in the order of days."""
        joined = self._joined()
        nearest = {met: gap for met in self.met if (gap := self._nearest(met)) is not None}
        found: dict[Key, list[Met]] = defaultdict(list)
        for met in nearest:
            found[joined.of(self._key(met))].append(met)
        return [self._told(group, nearest) for group in found.values()]

    def _joined(self) -> _Joined[Key]:
        """Which inspections are neighbours, or neighbours of neighbours."""
        joined = _Joined[Key]()
        some: dict[int, Key] = {}
        for met in self.met:
            if self._touches(met):
                joined.join(some.setdefault(met.unit, self._key(met)), self._key(met))
        for unit, key in some.items():
            for kin in self.kin[unit] & some.keys():
                joined.join(key, some[kin])
        for met in self.met:
            if not self._touches(met):
                for other, _ in self._neighbours(met):
                    joined.join(self._key(met), self._key(other))
        return joined

    def _nearest(self, met: Met) -> int | None:
        """Days to the nearest neighbour; None without any."""
        return min((gap for _, gap in self._neighbours(met, only_nearest=True)), default=None)

    def _neighbours(self, met: Met, *, only_nearest: bool = False) -> Iterator[tuple[Met, int]]:
        """Its neighbours and the days between, in both directions from it.

        With `only_nearest` it ends in each direction where no nearer one can follow.
        """
        place = self._place[met]
        inside, key, kin = self._touches(met), self._key(met), self.kin[met.unit]
        for step in (1, -1):
            limit = self._furthest if not inside else None
            at = place + step
            while 0 <= at < len(self.met):
                other = self.met[at]
                at += step
                # The least that it, and each after it, can be away.
                away = (other.first - met.last if step > 0 else met.first - other.first).days
                if limit is not None and away - (self._longest if step < 0 else 0) > limit:
                    break
                if other.unit not in kin or self._key(other) == key:
                    continue
                gap = gap_between(met.first, met.last, other.first, other.last)
                if self._are_neighbours(met, other, gap):
                    yield other, gap
                    if only_nearest:
                        limit = gap if limit is None else min(gap, limit)

    def _key(self, met: Met) -> Key:
        return self.one[met.is_round, met.pk]

    def _are_neighbours(self, one: Met, other: Met, gap: int) -> bool:
        touching = self._touches(one) + self._touches(other)
        return touching == 2 or (touching == 1 and gap <= max(self._n(one), self._n(other)))

    def _touches(self, met: Met) -> bool:
        return met.first <= self.last and met.last >= self.first

    def _n(self, met: Met) -> int:
        return self.told.within.get((met.is_round, met.pk), OVERLAP_DAYS)

    def _told(self, group: list[Met], nearest: dict[Met, int]) -> list[Clash]:
        """A round met by several of its visits is told once, by the nearest."""
        best: dict[Key, Met] = {}
        for each in group:
            key = (each.is_round, each.pk)
            if key not in best or nearest[each] < nearest[best[key]]:
                best[key] = each
        numbers: dict[Key, int] = {}
        for each in best.values():
            numbers.setdefault(self._key(each), len(numbers) + 1)
        return [
            Clash(
                replace(each, gap=nearest[each]),
                0,
                numbers[self._key(each)],
                len(numbers),
                self.told.items_met(each, self.kin[each.unit]),
                (each.is_round, each.pk) in self.told.theirs,
            )
            for each in best.values()
        ]
