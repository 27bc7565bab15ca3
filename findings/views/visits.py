"""On which visit a new finding or remedy hangs: named in the address, or chosen on a page."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render

from accounts.requests import UserRequest
from congvu.access import record_id
from findings.filters import units_with
from inspections.models import Visit

# So many visits are offered at once; whoever needs another types its unit or round.
OFFERED = 20


def number(text: str) -> int | None:
    """The id in an address; None where there is none. 404 for what is no id."""
    if not text:
        return None
    found = record_id(text)
    if found is None:
        raise Http404
    return found


def visit_of(request: UserRequest, pk: int | None) -> Visit | None:
    """The visit that the address names: 404 out of reach, 403 for whoever may only read it.

    `/visits/5/findings/create/` or `?visit=5`; None where the address names none.
    """
    pk = pk or number(request.GET.get("visit", ""))
    if pk is None:
        return None
    visits = Visit.objects.visible_to(request.user).select_related("unit", "round__body")
    visit = get_object_or_404(visits.prefetch_related("unit__former_names"), pk=pk)
    visit.require_editable(request.user)
    return visit


def choose_visit(request: UserRequest, title: str, list_name: str) -> HttpResponse:
    """A page of the latest visits that the person may write to, each a link to the form."""
    visits = Visit.objects.editable_by(request.user)
    query = request.GET.get("q", "")
    for condition in units_with(query, "unit", "round__folded"):
        visits = visits.filter(condition)
    found = visits.select_related("unit", "round").prefetch_related("unit__former_names")
    latest = list(found.order_by("-visited_on", "-pk")[: OFFERED + 1])
    context = {
        "title": title,
        "list_name": list_name,
        "query": query,
        "visits": latest[:OFFERED],
        "more": len(latest) > OFFERED,
    }
    return render(request, "findings/visit_choice.html", context)
