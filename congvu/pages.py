"""What pages are made of besides records: facts, deeds and waiting work, as data for templates.

facts = [Fact("Cơ quan kiểm tra", round.body.name, url=round.body.get_absolute_url())]
actions = [Action("Sửa", edit_url), Action("Hủy cuộc", cancel_url, danger=True)]
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Fact:
    """One line of the key facts of a story."""

    label: str
    text: str
    url: str | None = None
    # danger, warning, success, info, secondary: the text is drawn as a state
    tone: str = ""
    # A second, quieter line.
    small: str = ""


@dataclass(frozen=True)
class Action:
    """A deed that a story offers. The first of a list is the main one, the others are in a menu.

    `why_not`: the deed may not be done now, for this reason; it is shown so, not hidden.
    A `post` action is sent by a form with one button; others lead to the page at `url`.
    """

    label: str
    url: str
    why_not: str = ""
    post: bool = False
    danger: bool = False


@dataclass(frozen=True)
class Entry:
    """One record that waits: what it is, where it is, and how long it has or is late."""

    text: str
    url: str
    when: str = ""
    tone: str = ""
    small: str = ""


@dataclass(frozen=True)
class Card:
    """One kind of work that waits for the person: how many, the most urgent, and the whole list."""

    title: str
    count: int
    url: str
    entries: Sequence[Entry] = ()
    # danger or warning colours the count when it is not zero
    tone: str = ""
    # Said when nothing waits.
    empty: str = "Không có việc nào đang chờ."


@dataclass(frozen=True)
class Figure:
    """One figure of a board: what it counts, the records behind it, its change from last year."""

    label: str
    text: str
    url: str | None = None
    change: str = ""
