"""How the account behind a session is found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.db.models.expressions import BaseExpression

from accounts.models import User

# What else every page shows of the person who asks, by the name under which the account then has
# it: apps further right register it, and it costs no query of its own.
also_read: dict[str, Callable[[], BaseExpression]] = {}


class AccountBackend(ModelBackend):
    """Django's own, except that the account comes with its unit: every page asks for both."""

    def get_user(self, user_id: Any) -> User | None:
        """The account, or None when it may no longer sign in."""
        rows = User.objects.select_related("unit").filter(pk=user_id)
        user = rows.annotate(**{name: make() for name, make in also_read.items()}).first()
        return user if user is not None and self.user_can_authenticate(user) else None
