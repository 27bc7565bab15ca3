"""What the frame knows of the person who asks: enough to scope and to refuse, no more.

`accounts.User` is that person; apps further left than `accounts` speak to this outline of it.
"""

from __future__ import annotations

from typing import Any, Protocol

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

# What a database keeps an id in.
_LARGEST_ID = 2**63 - 1


def record_id(text: str) -> int | None:
    """The id that a text from an address or a form tells; None for what no record can have."""
    if not (text.isascii() and text.isdecimal()) or len(text) > len(str(_LARGEST_ID)):
        return None
    number = int(text)
    return number if number <= _LARGEST_ID else None


class Person(Protocol):
    """Somebody signed in: one role, one unit, and from both what may be seen and done."""

    pk: Any
    unit_id: int | None

    @property
    def scope_paths(self) -> tuple[str, ...]:
        """Paths of the unit's lineage; whatever begins with one of them is in scope."""
        ...

    def may(self, deed: str) -> bool:
        """Whether the role allows the deed, such as `rounds.change`."""
        ...


class AuthedRequest(HttpRequest):
    """A request behind the sign-in."""

    user: Person  # type: ignore[assignment]  # the plugin would name accounts.User, further right


def require(person: Person, deed: str, reason: str = "") -> None:
    """Raise `PermissionDenied` (403) with a sentence unless the person's role allows the deed."""
    if not person.may(deed):
        raise PermissionDenied(reason or "Vai trò của bạn không được làm việc này.")
