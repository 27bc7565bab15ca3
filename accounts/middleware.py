"""Protections that stand between sign-in and every page."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role

Handler = Callable[[HttpRequest], HttpResponse]


# Each request prolongs the session, but writes that down at most so often: a write costs three
# statements, and a session that ends this much sooner than said hurts nobody.
TOUCH_SECONDS = 20


def session_idle(get_response: Handler) -> Handler:
    """Each request prolongs the session; administrators' end sooner when idle than others'."""

    def handle(request: HttpRequest) -> HttpResponse:
        user = request.user
        if isinstance(user, User):
            session, now = request.session, int(time.time())
            if now - session.get("touched", 0) >= TOUCH_SECONDS:
                session["touched"] = now
            limit = settings.ADMIN_SESSION_IDLE_MINUTES * 60
            if user.role == Role.ADMIN and session.get_expiry_age() > limit:
                session.set_expiry(limit)
        return get_response(request)

    return handle


def password_change_due(get_response: Handler) -> Handler:
    """Whoever signs in with a password that somebody else set changes it first."""

    def handle(request: HttpRequest) -> HttpResponse:
        user = request.user
        if isinstance(user, User) and user.must_change_password:
            change = reverse("accounts:password_change")
            allowed = {
                change,
                reverse("accounts:logout"),
                reverse("accounts:session"),
            }
            if request.path not in allowed:
                return redirect(change)
        return get_response(request)

    return handle
