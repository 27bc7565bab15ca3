"""What there is to remind of: apps further right register here what they know.

@reminds
def due_remedies(window: Window) -> Iterator[Reminder]: …
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from accounts.models import User
from notices.people import People


@dataclass(frozen=True)
class Window:
    """The days that a run makes up for, after the last run's up to and including its own."""

    after: date
    day: date
    people: People

    def has(self, on: date) -> bool:
        """Whether something that fell on that day is still to be told."""
        return self.after < on <= self.day


@dataclass(frozen=True)
class Reminder:
    """One thing to be told, and to whom; never with a person's name, for it also leaves by mail.

    `key` names the occasion, such as `remedy:17:2026-12-01:-7`: nobody is told of one twice.
    """

    key: str
    text: str
    url: str
    people: Iterable[User]
    # danger, warning, success, info, secondary
    tone: str = "info"


Source = Callable[[Window], Iterable[Reminder]]

sources: list[Source] = []


def reminds(source: Source) -> Source:
    """Register a source (a decorator). It asks a fixed number of queries, whatever there is.

    It tells only those who may read the record, and only what is no secret to them.
    """
    sources.append(source)
    return source
