"""What apps further right have to say when a unit ends: they register it here.

`units` may not know inspections or returns, yet a unit must not end under rounds that are planned
on it, and whoever ends it wants to know how many records stay with it. A guard gets the units,
their last day in force and the person who asks (None: a command, which may know everything). It
must not tell a person of an inspection that is still to come and that somebody else will conduct.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

from congvu.access import Person

if TYPE_CHECKING:
    from units.models import Unit

Guard = Callable[[Sequence["Unit"], date, Person | None], Iterator[str]]
Counter = Callable[[Sequence["Unit"], Person | None], Iterator[tuple[int, str]]]

# The noun of accounts among the records: they have to be moved by hand.
ACCOUNTS = "tài khoản người dùng"

_guards: list[Guard] = []
_counters: list[Counter] = []


def before_closing(guard: Guard) -> Guard:
    """Register a guard, which yields sentences that forbid the units to end (a decorator)."""
    _guards.append(guard)
    return guard


def counts_records(counter: Counter) -> Counter:
    """Register a counter of records that stand under the units: number and noun (a decorator)."""
    _counters.append(counter)
    return counter


def objections(units: Sequence[Unit], last_day: date, person: Person | None = None) -> list[str]:
    """Why the units may not end on that day; nothing when they may."""
    return [each for guard in _guards for each in guard(units, last_day, person)]


def records(units: Sequence[Unit], person: Person | None = None) -> list[tuple[int, str]]:
    """How many records of which kind stand under the units, as (12, "cuộc kiểm tra")."""
    found = [each for counter in _counters for each in counter(units, person)]
    return [(count, noun) for count, noun in found if count]
