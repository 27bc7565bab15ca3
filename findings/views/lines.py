"""The line from finding to proof, for a round and for a unit."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.requests import UserRequest
from congvu.access import require
from congvu.dates import today
from congvu.tables import Listing
from findings.lines import lines_of
from inspections.models import Round, Visit
from units.kin import kin_of
from units.models import Unit


@require_safe
def round_line(request: UserRequest, pk: int) -> HttpResponse:
    """What became of all that a round found, visit by visit."""
    rounds = Round.objects.visible_to(request.user).select_related("body")
    round_ = get_object_or_404(rounds.prefetch_related("body__former_names"), pk=pk)
    return _page(
        request,
        Visit.objects.filter(round=round_),
        "findings/round_line.html",
        title=f"Từ tồn tại đến kết quả – cuộc {round_.code}",
        round=round_,
    )


@require_safe
def unit_line(request: UserRequest, pk: int) -> HttpResponse:
    """What became of all that was found at a unit and at those that are the same by lineage."""
    require(request.user, "findings.view")
    unit = get_object_or_404(Unit.objects.visible_to(request.user), pk=pk)
    return _page(
        request,
        Visit.objects.filter(unit__in=kin_of([unit.pk])[unit.pk]),
        "findings/unit_line.html",
        title=f"Từ tồn tại đến kết quả – {unit.name}",
        unit=unit,
    )


def _page(
    request: UserRequest, visits: QuerySet[Visit], template: str, *, title: str, **context: Any
) -> HttpResponse:
    seen = visits.filter(pk__in=Visit.objects.visible_to(request.user).order_by().values("pk"))
    rows = seen.select_related("unit", "round").prefetch_related("unit__former_names")
    listing = Listing(request, title, rows, (), order="-visited_on,-pk", can_export=False)
    lines = lines_of(list(listing.records_of_page), request.user, today())
    only_stuck = request.GET.get("only") == "stuck"
    shown = []
    for line in lines:
        strands = [each for each in line.strands if each.is_stuck or not only_stuck]
        if strands or not only_stuck:
            shown.append((line, strands))
    threads = [each for line in lines for strand in line.strands for each in strand.threads]
    shared = {
        "title": title,
        "listing": listing,
        "lines": shown,
        "only_stuck": only_stuck,
        "all_url": request.path,
        "stuck_url": f"{request.path}?only=stuck",
        "findings_count": sum(each.finding is not None for line in lines for each in line.strands),
        "threads_count": len(threads),
        "done_count": sum(each.is_done for each in threads),
    }
    return render(request, template, {**shared, **context})
