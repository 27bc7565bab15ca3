"""The page of one change of units."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from congvu.access import AuthedRequest, Person
from congvu.dates import format_day
from congvu.models import Event
from congvu.pages import Action, Fact
from units.models import Reform, Unit
from units.story import last_reform, why_not_undo


@require_safe
def reform_detail(request: AuthedRequest, pk: int) -> HttpResponse:
    """What a change did: units that ended, units that began, who followed whom, by what papers."""
    reform = get_object_or_404(Reform.objects.visible_to(request.user), pk=pk)
    scope = Unit.objects.visible_to(request.user)
    steps = reform.successions.select_related("predecessor", "successor")
    opened = list(scope.filter(opened_in=reform).order_by("sort_key"))
    closed = list(scope.filter(closed_in=reform).order_by("sort_key"))
    editable = reform.is_editable_by(request.user)
    context = {
        "reform": reform,
        "record": reform,
        "title": str(reform),
        "facts": _facts(reform),
        "opened": opened,
        "closed": closed,
        "steps": [
            step
            for step in steps.order_by("predecessor__sort_key", "-is_main")
            if step.predecessor in closed or step.successor in opened
        ],
        "documents": reform.documents.visible_to(request.user).select_related("issuer"),
        "editable": editable,
        "actions": _actions(reform, opened + closed, request.user) if editable else [],
        "events": Event.objects.of(reform) if editable else None,
    }
    return render(request, "units/reform_detail.html", context)


def _facts(reform: Reform) -> list[Fact]:
    return [
        Fact("Ngày hiệu lực", format_day(reform.effective_on)),
        Fact("Căn cứ", reform.legal_basis or "Chưa ghi"),
        Fact("Ghi vào hệ thống", format_day(timezone.localdate(reform.made_at))),
    ]


def _actions(reform: Reform, units: list[Unit], person: Person) -> list[Action]:
    """Put a document to it; take it back, by the page of a unit whose last change it was."""
    attach = reverse("directives:reform_attach", args=[reform.pk])
    actions = [Action("Gắn văn bản", attach)]
    unit = next((each for each in units if last_reform(each) == reform), None)
    if unit is not None:
        undo = reverse("units:unit_undo", args=[unit.pk])
        actions.append(Action("Hoàn tác", undo, why_not_undo(reform, person), danger=True))
    return actions
