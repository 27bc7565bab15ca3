"""How far a plan has come: Biểu 07 as a page and as a workbook."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from accounts.requests import UserRequest
from congvu.dates import format_day
from inspections.models import Plan, PlanItem, Round, RoundStatus
from inspections.progress import ItemState, progress_of, told
from reports.progress_table import (
    HEADINGS,
    Outside,
    ProgressForm,
    ProgressTable,
    chart_of,
    rounds_outside,
    table_of,
)
from reports.sheets import progress_workbook

_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# So many rounds outside the plan are named; the rest stand behind the link.
NAMED = 10


def _plan(request: UserRequest, pk: int) -> Plan:
    plans = Plan.objects.visible_to(request.user).select_related("issuer__parent")
    return get_object_or_404(plans.prefetch_related("issuer__former_names"), pk=pk)


def _table(request: UserRequest, plan: Plan, form: ProgressForm) -> ProgressTable:
    items = told(PlanItem.objects.visible_to(request.user).filter(plan=plan))
    return table_of(plan, progress_of(items, request.user, form.on), form)


def _first(rounds: QuerySet[Round]) -> QuerySet[Round]:
    """The latest few, as the page names them."""
    named = rounds.select_related("body").prefetch_related("body__former_names")
    return named.order_by("-ends_on", "-pk")[:NAMED]


def _told_outside(outside: Outside) -> dict[str, Any]:
    count = outside.rounds.count()
    return {
        "outside": outside, "outside_count": count, "outside_named": _first(outside.rounds),
    }  # fmt: skip


def _without_items(request: UserRequest, plan: Plan, outside: Outside) -> HttpResponse:
    """A plan known by its number alone, or one of whose items none is in reach: its rounds."""
    rounds = Round.objects.visible_to(request.user).filter(plan=plan)
    context = {
        "plan": plan,
        "title": f"Tiến độ {plan.name_inside} năm {plan.year}",
        # Whoever carries out a part is not told whether there are other items.
        "is_whole": request.user.in_scope(plan.issuer),
        "rounds_count": rounds.count(),
        "completed_count": rounds.filter(status=RoundStatus.COMPLETED).count(),
        "rounds_named": _first(rounds),
        **_told_outside(outside),
    }
    return render(request, "reports/plan_progress_bare.html", context)


@require_safe
def plan_progress(request: UserRequest, pk: int) -> HttpResponse:
    """Where each item of the plan stands, by month as a chart, and rounds outside of it."""
    plan = _plan(request, pk)
    form = ProgressForm(request.GET)
    table = _table(request, plan, form)
    day = {"as_of": format_day(form.on)} if request.GET.get("as_of") and form.is_valid() else {}
    outside = rounds_outside(plan, request.user)
    query = request.GET.urlencode() if form.is_valid() else ""
    if not table.progress.standings:
        return _without_items(request, plan, outside)
    counts = table.progress.counts
    context = {
        "plan": plan,
        "title": f"Tiến độ {plan.name_inside} năm {plan.year}",
        "form": form,
        "table": table,
        "headings": HEADINGS,
        "counts": counts,
        "choices": [("", "Tất cả", len(table.progress.standings), f"?{urlencode(day)}")]
        + [
            (state, state.label, counts.of(state), f"?{urlencode({'state': state, **day})}")
            for state in ItemState
        ],
        "chart": chart_of(plan, table.progress, f"&{urlencode(day)}" if day else ""),
        **_told_outside(outside),
        "workbook_url": f"{reverse('reports:plan_progress_xlsx', args=[plan.pk])}?{query}",
    }
    return render(request, "reports/plan_progress.html", context)


@require_safe
def plan_progress_xlsx(request: UserRequest, pk: int) -> HttpResponse:
    """Biểu 07 of exactly what the page shows."""
    plan = _plan(request, pk)
    form = ProgressForm(request.GET)
    if not form.is_valid():
        # What cannot be read filters nothing: the page says so, a file could not.
        page = reverse("reports:plan_progress", args=[plan.pk])
        return redirect(f"{page}?{request.GET.urlencode()}")
    table = _table(request, plan, form)
    response = HttpResponse(progress_workbook(table), content_type=_WORKBOOK)
    name = f"tien-do-ke-hoach-{plan.pk}-{form.on.isoformat()}.xlsx"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
