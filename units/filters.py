"""Filters by unit, which every list of records shares, and those of the list of units."""

from __future__ import annotations

import contextlib
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django_filters.filters import CharFilter

from congvu.dates import parse_day, today
from congvu.filters import CodeFilter, DayFilter, ListFilter
from congvu.text import clean, fold
from units.forms import LABEL, UnitInput
from units.models import Kind, Unit, UnitQuerySet, topmost, under


def at_unit(text: str, prefix: str, on: str = "") -> Q:
    """The condition for records of the unit that the text tells, by code, suggestion or name.

    A code stands for every unit that bore it, with their lineages and all under them; with the day
    `on` only for the bearer of that day, as a summary reads it. A mere name stands for itself.
    """
    written = clean(text)
    label = LABEL.fullmatch(written)
    code = label["code"] if label else written
    bearers = Unit.objects.filter(code__iexact=code)
    if label:
        same = [unit.pk for unit in bearers if fold(unit.name) == fold(label["name"])]
        bearers = bearers.filter(pk__in=same) if same else bearers
    elif not bearers.exists():
        return Q(**{f"{prefix}in": Unit.objects.search(written).order_by().values("pk")})
    # No day, or none that can be read, narrows nothing.
    with contextlib.suppress(ValueError):
        bearers = bearers.in_force(parse_day(on))
    within = Unit.objects.filter(under([unit.path for unit in topmost(bearers.lineages())]))
    # By ids and not by a join: half the time on a list of 20,000 rounds.
    return Q(**{f"{prefix}in": within.order_by().values("pk")})


class UnitFilter(CharFilter):
    """Records of a unit, told by its code or name; `prefix` leads from the record to the unit."""

    # Set by django-filter.
    parent: ListFilter

    def __init__(self, prefix: str, **kwargs: Any) -> None:
        self.prefix = prefix
        kwargs.setdefault("widget", UnitInput(attrs={"placeholder": "Mã hoặc tên"}))
        super().__init__(**kwargs)

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Keep the records of that unit and all under it."""
        if not value:
            return qs
        return qs.filter(at_unit(value, self.prefix, self.parent.data.get("on", "")))


class UnitListFilter(ListFilter):
    """By words, kind and day.

    Words are looked for at all times unless a day is given: who looks for thị trấn Chợ Chu need not
    know that it is no more. Without words the day is today.
    """

    q = CharFilter(label="Mã, tên hoặc tên cũ", method="search")
    kind = CodeFilter(label="Loại", choices=Kind.choices)
    on = DayFilter(label="Trạng thái ngày", method="leave")

    class Meta:
        model = Unit
        fields: list[str] = []

    @property
    def day(self) -> date:
        """The day asked for; today where there is none or it cannot be read."""
        self.form.is_valid()
        day = self.form.cleaned_data.get("on")
        return day if isinstance(day, date) else today()

    @property
    def is_search(self) -> bool:
        """Whether a flat list is asked for rather than the tree."""
        return bool(self.data.get("q", "").strip() or self.data.get("kind"))

    def filter_queryset(self, queryset: UnitQuerySet) -> QuerySet[Unit]:
        """Also: the day, which other filters' presence decides upon."""
        rows: UnitQuerySet = super().filter_queryset(queryset)
        if self.data.get("on") or not self.data.get("q", "").strip():
            rows = rows.in_force(self.day)
        return rows

    def search(self, units: UnitQuerySet, name: str, value: str) -> UnitQuerySet:
        """Every word in code, name or former names, the best first."""
        return units.search(value)
