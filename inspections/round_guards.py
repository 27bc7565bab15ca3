"""Who has something to say before a round's days change: apps further right register here.

`inspections` may not know remedies, yet a round must not move past the last day of a form of
discipline that one of its remedies names (contract §3). Each guard gets the round as it would be
saved, and yields the faults that this would bring.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from congvu.rules import Fault

if TYPE_CHECKING:
    from inspections.models import Round

Guard = Callable[["Round"], Iterator[Fault]]

_guards: list[Guard] = []


def before_round_change(guard: Guard) -> Guard:
    """Register a guard (a decorator)."""
    _guards.append(guard)
    return guard


def objections(round_: Round) -> Iterator[Fault]:
    """What would be wrong with what hangs on the round if it were saved as it now stands."""
    for guard in _guards:
        yield from guard(round_)
