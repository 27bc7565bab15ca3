"""Who has something to say before a unit ends: apps further right register here.

`units` may not know inspections or returns, yet a unit must not end under rounds that are planned
on it. Each guard gets the unit and its last day in force, and yields sentences that forbid it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from units.models import Unit

Guard = Callable[["Unit", date], Iterator[str]]

_guards: list[Guard] = []


def before_closing(guard: Guard) -> Guard:
    """Register a guard (a decorator)."""
    _guards.append(guard)
    return guard


def objections(unit: Unit, last_day: date) -> list[str]:
    """Why the unit may not end on that day; nothing when it may."""
    return [sentence for guard in _guards for sentence in guard(unit, last_day)]
