"""Pages that a device keeps: they hold nobody's data, which comes by itself (`field.views.api`)."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from accounts.requests import UserRequest
from congvu.access import require

# What the pages are made of, kept on the device with them.
PARTS = (
    "vendor/bootstrap/bootstrap.min.css",
    "css/frame.css",
    "css/parts.css",
    "css/field.css",
    "js/field/store.js",
    "js/field/send.js",
    "js/field/draw.js",
    "js/field/today.js",
    "js/field/visit.js",
    "mark.svg",
)


def _mark(part: str) -> str:
    """What tells one version of a part from another: its address where that carries a hash."""
    address = static(part)
    path = finders.find(part) if settings.DEBUG else None
    return f"{address} {Path(path).stat().st_mtime_ns}" if isinstance(path, str) else address


@ensure_csrf_cookie
@require_safe
def today_page(request: UserRequest) -> HttpResponse:
    """The rounds of today and this week; the device fills the page in."""
    require(request.user, "rounds.change")
    return render(request, "field/today.html")


@ensure_csrf_cookie
@require_safe
def visit_page(request: UserRequest) -> HttpResponse:
    """Where a visit is logged: `#12` says which, and the server is not told by the address."""
    require(request.user, "rounds.change")
    return render(request, "field/visit.html")


@require_safe
def worker(request: UserRequest) -> HttpResponse:
    """The service worker: it keeps the two pages and what they are made of."""
    parts = [static(each) for each in PARTS]
    pages = "".join(
        render_to_string(each, request=request) for each in ("field/today.html", "field/visit.html")
    )
    name = sha256("\n".join([*map(_mark, PARTS), pages]).encode()).hexdigest()[:16]
    context = {
        "parts": parts,
        "name": name,
        "today_url": reverse("field:today"),
        "visit_url": reverse("field:visit"),
    }
    response = render(
        request, "field/worker.js", context, content_type="text/javascript; charset=utf-8"
    )
    # A browser looks for a new one each time, and so finds new parts.
    response.headers["Cache-Control"] = "no-cache"
    return response
