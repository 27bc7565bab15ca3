"""Filters of the list of what came from the spot."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django_filters.filters import CharFilter, ChoiceFilter

from congvu.access import record_id
from congvu.filters import CodeFilter, ListFilter
from field.models import EntryKind, EntryQuerySet, EntryState
from inspections.models import Visit
from units.filters import UnitFilter


class EntryFilter(ListFilter):
    """Filters of the list of entries."""

    waiting = ChoiceFilter(
        label="Xử lý",
        choices=(("1", "Đang chờ xem"), ("0", "Đã xem hoặc đã lưu")),
        empty_label="Tất cả",
        method="by_waiting",
    )
    state = CodeFilter(label="Kết quả", choices=EntryState.choices)
    kind = CodeFilter(label="Loại", choices=EntryKind.choices)
    unit = UnitFilter("visit__unit__", label="Đơn vị được kiểm tra")
    # Set by links from a visit: the chip tells which.
    visit = CharFilter(label="Lượt kiểm tra", method="of_visit", widget=forms.HiddenInput)

    def by_waiting(self, entries: EntryQuerySet, name: str, value: str) -> QuerySet[Any]:
        """Those that nobody has looked at, or the others."""
        waiting = entries.waiting()
        return waiting if value == "1" else entries.exclude(pk__in=waiting.order_by().values("pk"))

    def of_visit(self, entries: EntryQuerySet, name: str, value: str) -> QuerySet[Any]:
        """Those of one visit."""
        pk = record_id(value)
        return entries.filter(visit=pk) if pk is not None else entries.none()

    def visit_label(self, value: str) -> str:
        """What the chip of the visit says."""
        pk = record_id(value)
        visits = Visit.objects.visible_to(self.request.user).select_related("unit", "round")
        found = visits.filter(pk=pk).first() if pk is not None else None
        return str(found) if found else "không rõ"
