"""Filters by unit, which every list of records shares, and those of the list of units."""

from __future__ import annotations

import contextlib
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django_filters.filters import CharFilter, ChoiceFilter

from congvu.dates import parse_day, today
from congvu.filters import CodeFilter, DayFilter, ListFilter
from congvu.text import clean, fold
from units.forms import LABEL, UnitInput
from units.kin import kin_of
from units.models import Kind, Unit, UnitQuerySet, topmost, under

# Words in the names of more units than this tell none of them; and each unit is a condition of its
# own, of which a database takes only so many.
MANY = 100


class UnitsField(forms.CharField):
    """Units told by code, suggestion, name or words of it; the cleaned value is a list or None."""

    widget = UnitInput

    def clean(self, value: Any) -> list[Unit] | None:
        """The units that the text tells; raises `ValidationError` where there is none."""
        text = clean(super().clean(value) or "")
        if not text:
            return None
        found = _told(text)
        if not found:
            raise ValidationError(f"Không có đơn vị nào mang mã hoặc tên “{text}”.", code="unknown")
        if len(found) > MANY:
            raise ValidationError(
                f"“{text}” có trong tên của hơn {MANY} đơn vị; hãy ghi rõ hơn.", code="too_many"
            )
        return found


def _told(text: str) -> list[Unit]:
    """The units that the text tells at any time: by code, else by name, else by words of it."""
    if label := LABEL.fullmatch(text):
        bearers = list(Unit.objects.filter(code__iexact=label["code"]))
        return [unit for unit in bearers if fold(unit.name) == fold(label["name"])] or bearers
    return Unit.objects.told(text) or list(Unit.objects.search(text)[: MANY + 1])


class UnitFilter(CharFilter):
    """Records of the units that a text tells, their lineages and all under them.

    `prefix` leads from the record to the unit. Where the address has a day `on`, of several units
    the one of that day is meant, as a summary reads a code. With `alone=1` (`AloneFilter`) only
    what belongs to the units themselves is kept, and to those that are the same by lineage.
    """

    field_class = UnitsField
    # Set by django-filter.
    parent: ListFilter

    def __init__(self, prefix: str, **kwargs: Any) -> None:
        self.prefix = prefix
        kwargs.setdefault("widget", UnitInput(attrs={"placeholder": "Mã hoặc tên"}))
        kwargs.setdefault("help_text", "Gồm cả đơn vị trực thuộc.")
        super().__init__(**kwargs)

    def filter(self, qs: QuerySet[Any], value: list[Unit] | None) -> QuerySet[Any]:
        """Keep the records of those units and all under them."""
        return qs.filter(self.condition(value)) if value else qs

    def condition(self, told: list[Unit]) -> Q:
        """The condition for what belongs to those units."""
        # No day, or none that can be read, narrows nothing.
        with contextlib.suppress(ValueError):
            day = parse_day(self.parent.data.get("on", ""))
            told = [unit for unit in told if unit.exists_on(day)] or told
        if self.parent.data.get("alone") == "1":
            same = kin_of(unit.pk for unit in told).values()
            return Q(**{f"{self.prefix}in": frozenset().union(*same)})
        meant = topmost(UnitQuerySet.lineages_of(told))
        return under([unit.path for unit in meant], self.prefix)


class AloneFilter(ChoiceFilter):
    """Set by links whose figure counts a unit without what stands under it; the chip says so."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label="Phạm vi",
            choices=(("1", "không gồm đơn vị trực thuộc"),),
            widget=forms.HiddenInput,
            method="leave",
            **kwargs,
        )


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
