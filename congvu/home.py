"""The home page and the health check."""

from __future__ import annotations

import logging

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from congvu.access import AuthedRequest

logger = logging.getLogger(__name__)


@require_safe
def home(request: AuthedRequest) -> HttpResponse:
    """What waits for this person."""
    return render(request, "home.html", {})


@login_not_required
@require_safe
def healthz(request: AuthedRequest) -> HttpResponse:
    """200 `ok` when the database answers, 503 when not (contract §2)."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except DatabaseError:
        logger.exception("The database does not answer")
        return HttpResponse("database unavailable", status=503, content_type="text/plain")
    return HttpResponse("ok", content_type="text/plain")
