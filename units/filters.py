"""Filters of the list of units."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet
from django_filters.filters import CharFilter

from congvu.dates import today
from congvu.filters import CodeFilter, DayFilter, ListFilter
from units.models import Kind, Unit, UnitQuerySet


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
