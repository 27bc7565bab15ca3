"""What else happens when a visit begins at the unit: apps further right register here.

`inspections` may not know checklists, yet a visit that begins takes them as they stand. Each step
runs in the transaction of `Visit.begin`, once for a visit.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from accounts.models import User
    from inspections.models import Visit

Step = TypeVar("Step", bound=Callable[["Visit", "User"], None])

_steps: list[Callable[[Visit, User], None]] = []


def when_begun(step: Step) -> Step:
    """Register a step (a decorator)."""
    _steps.append(step)
    return step


def run_steps(visit: Visit, by: User) -> None:
    """Do whatever belongs to the beginning of the visit."""
    for step in _steps:
        step(visit, by)
