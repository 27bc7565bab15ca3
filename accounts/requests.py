"""A signed-in request, as views from here to the right see it."""

from __future__ import annotations

from accounts.models import User
from congvu.access import AuthedRequest


class UserRequest(AuthedRequest):
    """A request of somebody signed in, whose account is known as such."""

    user: User
