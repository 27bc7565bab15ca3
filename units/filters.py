"""Filters by unit, which every list of records shares, and those of the list of units."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterable
from datetime import date
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django_filters.filters import CharFilter, ChoiceFilter

from congvu.dates import parse_day, today
from congvu.filters import CodeFilter, DayFilter, ListFilter
from congvu.text import clean, fold, search_words
from units.forms import LABEL, UnitInput
from units.kin import kin_of
from units.models import Kind, Unit, UnitQuerySet, topmost, under

# Words in the names of more units than this tell none of them; and each unit is a condition of its
# own, of which a database takes only so many.
MANY = 100


class UnitsField(forms.CharField):
    """Units told by code, suggestion, name or words of it; the cleaned value is a list or None."""

    widget = UnitInput
    # What the form's unit fields tell together.
    told: _Told

    def clean(self, value: Any) -> list[Unit] | None:
        """The units that the text tells; raises `ValidationError` where there is none."""
        text = clean(super().clean(value) or "")
        if not text:
            return None
        found = self.told.units[text]
        if not found:
            raise ValidationError(f"Không có đơn vị nào mang mã hoặc tên “{text}”.", code="unknown")
        if len(found) > MANY:
            raise ValidationError(
                f"“{text}” có trong tên của hơn {MANY} đơn vị; hãy ghi rõ hơn.", code="too_many"
            )
        return found


def units_told(texts: Collection[str]) -> dict[str, list[Unit]]:
    """For each text the units that it tells at any time: by code, else by name, else by words.

    One query for all of them, and one more for those that only words can tell.
    """
    labels = {text: label for text in texts if (label := LABEL.fullmatch(text))}
    # Who is chosen from suggestions is told by code and name.
    asked = {text: labels[text]["code"] if text in labels else text for text in texts}
    by_text = Unit.objects.told_by(set(asked.values()))
    found = {text: by_text[told] for text, told in asked.items()}
    for text, label in labels.items():
        bearers = [unit for unit in found[text] if fold(unit.code) == fold(label["code"])]
        named = [unit for unit in bearers if fold(unit.name) == fold(label["name"])]
        found[text] = named or bearers
    if left := [text for text in texts if not found[text] and text not in labels]:
        found |= _by_words(left)
    return found


def _by_words(texts: Iterable[str]) -> dict[str, list[Unit]]:
    """For each text the units in whose code, name or former names its words stand; one query."""
    near = Q(pk__in=[])
    for text in texts:
        near |= Q(pk__in=Unit.objects.search(text).values("pk")[: MANY + 1])
    units = [
        (unit, [unit.folded, *(former.folded for former in unit.former_names.all())])
        for unit in Unit.objects.filter(near).with_names()
    ]
    return {
        text: [
            unit
            for unit, folded in units
            if all(any(word in each for each in folded) for word in search_words(text))
        ]
        for text in texts
    }


class _Told:
    """What all unit filters of one form tell, looked up together."""

    def __init__(self, filters: ListFilter) -> None:
        names = [name for name, each in filters.filters.items() if isinstance(each, UnitFilter)]
        self._texts = {clean(filters.data.get(name, "")) for name in names} - {""}

    @cached_property
    def units(self) -> dict[str, list[Unit]]:
        """By text the units that it tells."""
        return units_told(self._texts)

    @cached_property
    def lineages(self) -> dict[int, list[Unit]]:
        """By id of each unit told its lineage; one query."""
        few = (found for found in self.units.values() if len(found) <= MANY)
        return UnitQuerySet.lineages_by(unit for found in few for unit in found)


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

    @property
    def field(self) -> Any:
        """The field, which looks its text up together with those of the form's other units."""
        field: Any = super().field
        field.told = self._told
        return field

    @property
    def _told(self) -> _Told:
        own: _Told = self.parent.__dict__.setdefault("_units_told", _Told(self.parent))
        return own

    def filter(self, qs: QuerySet[Any], value: list[Unit] | None) -> QuerySet[Any]:
        """Keep the records of those units and all under them."""
        return qs.filter(self.condition(value)) if value else qs

    def condition(self, told: list[Unit], prefix: str | None = None) -> Q:
        """The condition for what belongs to those units; `prefix` where another leads to them."""
        prefix = self.prefix if prefix is None else prefix
        # No day, or none that can be read, narrows nothing.
        with contextlib.suppress(ValueError):
            day = parse_day(self.parent.data.get("on", ""))
            told = [unit for unit in told if unit.exists_on(day)] or told
        if self.parent.data.get("alone") == "1":
            same = kin_of(unit.pk for unit in told).values()
            # Of a filter of units themselves the prefix is empty.
            return Q(**{f"{prefix or 'pk__'}in": frozenset().union(*same)})
        meant = topmost(unit for each in told for unit in self._told.lineages[each.pk])
        return under([unit.path for unit in meant], prefix)


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
