"""Units to choose from, as a field of a form asks for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from congvu.access import AuthedRequest
from congvu.dates import parse_day, today
from units.models import Unit

# Suggestions shown at once; whoever needs another types more.
SUGGESTIONS = 12


@dataclass(frozen=True)
class Choice:
    """A suggestion: what is put into the field, and where the unit stands."""

    label: str
    above: str


def day_asked(request: AuthedRequest, name: str = "on") -> date:
    """The day in the address; today where there is none or it cannot be read."""
    try:
        return parse_day(request.GET.get(name, ""))
    except ValueError:
        return today()


@require_safe
def unit_choices(request: AuthedRequest) -> HttpResponse:
    """Suggestions for a unit field: `q` what was typed, `on` the day on which it is read.

    Without a day the units of today come first and those that ended follow.
    """
    query = request.GET.get("q", "")
    on = day_asked(request)
    scope = Unit.objects.visible_to(request.user).prefetch_related("former_names")
    scope = scope.select_related("parent")
    current = scope.in_force(on)
    found = list(current.search(query)[: SUGGESTIONS + 1])
    if not request.GET.get("on") and len(found) <= SUGGESTIONS:
        ended = scope.exclude(pk__in=current.values("pk"))
        found += ended.search(query)[: SUGGESTIONS + 1 - len(found)]
    choices = [
        Choice(
            unit.label(on), f"thuộc {unit.parent.name}" if unit.parent else unit.get_kind_display()
        )
        for unit in found[:SUGGESTIONS]
    ]
    context = {"choices": choices, "query": query, "more": len(found) > SUGGESTIONS}
    return render(request, "units/unit_choices.html", context)
