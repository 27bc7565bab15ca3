"""How the account behind a session is found."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend

from accounts.models import User


class AccountBackend(ModelBackend):
    """Django's own, except that the account comes with its unit: every page asks for both."""

    def get_user(self, user_id: Any) -> User | None:
        """The account, or None when it may no longer sign in."""
        user = User.objects.select_related("unit").filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None
