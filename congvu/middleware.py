"""What every request passes through: the policy on content, and where marks come from."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from congvu.errors import conflict
from congvu.rules import ConflictError
from congvu.trail import origin

Handler = Callable[[HttpRequest], HttpResponse]

# Everything comes from this host: no script or style in the page, none from elsewhere.
_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'"
)


def content_policy(get_response: Handler) -> Handler:
    """Forbid the browser whatever does not come from this host."""

    def handle(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", _POLICY)
        if request.user.is_authenticated:
            # A page of records must not be found in the browser's memory after signing out.
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return handle


class Conflicts:
    """Somebody else saved meanwhile, and the page had no better way to say so: told, not broken."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, fault: Exception) -> HttpResponse | None:
        """409 with a sentence for `ConflictError`; everything else goes its way."""
        return conflict(request) if isinstance(fault, ConflictError) else None


def client_address(request: HttpRequest) -> str | None:
    """The network address of whoever asks, seen past the proxies that `PROXY_COUNT` names."""
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop]
    count = settings.PROXY_COUNT
    told = hops[-count] if count and len(hops) >= count else request.META.get("REMOTE_ADDR", "")
    try:
        return str(ip_address(told))
    except ValueError:
        return None  # a proxy that tells no address: a mark without one, and not a broken page


def trail_origin(get_response: Handler) -> Handler:
    """Let marks in the trail know from which address the deed came."""

    def handle(request: HttpRequest) -> HttpResponse:
        token = origin.set(client_address(request))
        try:
            return get_response(request)
        finally:
            origin.reset(token)

    return handle
