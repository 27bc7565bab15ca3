"""The list of units, as a tree or as what a search finds, and the page of one unit."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from congvu.access import AuthedRequest, require
from congvu.dates import today
from congvu.models import Event
from congvu.tables import Badge, Column, Listing
from units.filters import UnitListFilter
from units.models import Unit
from units.story import day_in_life, story
from units.tree import Tree

# Levels above a unit that a row of a list names; they are read with the row.
_ABOVE = "parent__parent__parent__parent"


def above_text(unit: Unit) -> str:
    """The units above, from the nearest up, as far as they were read with the row."""
    names = []
    parent = unit.parent
    for _ in _ABOVE.split("__"):
        if parent is None:
            break
        names.append(parent.name)
        parent = parent.parent if len(names) < len(_ABOVE.split("__")) else None
    return ", ".join(names)


def _former(unit: Unit) -> str:
    names = [former.name for former in unit.former_names.all()]
    return f"tên cũ: {', '.join(names)}" if names else ""


def _state(unit: Unit) -> Badge | str:
    text = unit.span_text
    return Badge(text, "secondary") if unit.valid_to else text


COLUMNS = (
    Column(
        "Tên đơn vị", lambda unit: unit.name, sort="sort_key", link=True, width=36, small=_former
    ),
    Column("Mã", lambda unit: unit.code, sort="code", width=12),
    Column("Loại", lambda unit: unit.get_kind_display(), sort="kind", width=18),
    Column("Thuộc", above_text, width=44),
    Column("Hiệu lực", _state, sort="valid_from", in_export=False),
    Column(
        "Mã đơn vị cấp trên", lambda unit: unit.parent.code if unit.parent else "", on_screen=False
    ),
    Column("Hiệu lực từ", lambda unit: unit.valid_from, on_screen=False),
    Column("Hiệu lực đến", lambda unit: unit.valid_to, on_screen=False),
    Column("Mã định danh điện tử", lambda unit: unit.identifier, on_screen=False, width=20),
    Column("Tên cũ", _former, on_screen=False, width=30),
)


@require_safe
def unit_list(request: AuthedRequest) -> HttpResponseBase:
    """Units in scope: the tree on a day, or a flat list of what a search finds."""
    require(request.user, "units.view")
    rows = Unit.objects.visible_to(request.user).select_related(_ABOVE)
    searched = UnitListFilter(request.GET, rows, request)
    # Filters that cannot be read leave the list unfiltered, and then nothing has a rank.
    has_rank = bool(request.GET.get("q", "").strip()) and searched.form.is_valid()
    listing = Listing(
        request,
        "Đơn vị",
        rows.prefetch_related("former_names"),
        COLUMNS,
        UnitListFilter,
        order="rank,sort_key,code,pk" if has_rank else "sort_key,code,pk",
        count_noun="đơn vị",
        empty_title="Không có đơn vị nào trong phạm vi của bạn vào ngày này.",
        file_name="don-vi",
    )
    filters = listing.filters
    assert isinstance(filters, UnitListFilter)  # noqa: S101  # named three lines above
    context: dict[str, Any] = {"on": filters.day, "is_search": filters.is_search}
    context["may_change"] = request.user.may("units.change")
    if not filters.is_search and "export" not in request.GET:
        tree = Tree(request.user, filters.day, request.GET.get("open"), request.path)
        context["tree"] = tree
        if not tree.roots:
            context |= _own(request)
    return listing.respond("units/unit_list.html", context)


def _own(request: AuthedRequest) -> dict[str, Any]:
    """Where a person whose unit is not in force on the day finds it."""
    own = Unit.objects.filter(pk=request.user.unit_id or 0).first()
    return {"own_unit": own, "own_day": day_in_life(own, today()) if own else None}


@require_safe
def unit_detail(request: AuthedRequest, pk: int) -> HttpResponse:
    """One unit: its names, what it came from and passed into, what stands under it."""
    units = Unit.objects.visible_to(request.user).select_related(_ABOVE, "opened_in", "closed_in")
    unit = get_object_or_404(units.prefetch_related("former_names"), pk=pk)
    context = story(request, unit)
    may_change = request.user.may("units.change")
    context["events"] = Event.objects.of(unit) if may_change else None
    context["title"] = f"{context['name']} ({unit.code})"
    return render(request, "units/unit_detail.html", context)
