"""What every template knows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def frame(request: HttpRequest) -> dict[str, Any]:
    """For the frame around each page."""
    return {"debug_tools": settings.DEBUG, "idle_minutes": settings.SESSION_IDLE_MINUTES}
