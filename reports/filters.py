"""Filters of the list of returns."""

from __future__ import annotations

from django import forms
from django_filters.filters import CharFilter

from congvu.filters import CodeFilter, DayFilter, ListFilter, YearFilter
from reports.models import UNSENT, ReturnQuerySet, ReturnStatus
from units.filters import UnitFilter


class ReturnFilter(ListFilter):
    """By unit, status, and a period with which the return shares a day."""

    unit = UnitFilter("unit__", label="Đơn vị báo cáo")
    status = CodeFilter(
        label="Trạng thái",
        choices=(*ReturnStatus.choices, ("UNSENT", "Chưa gửi hoặc bị trả lại")),
        method="in_status",
    )
    year = YearFilter(field_name="last_day", lookup_expr="year")
    # A return shares a day with the period when it ends after its start and begins before its end.
    first = DayFilter(label="Kỳ có ngày từ", field_name="last_day", lookup_expr="gte")
    last = DayFilter(label="đến ngày", field_name="first_day", lookup_expr="lte")
    # Set by links from summaries: the day on which codes of units are read.
    on = CharFilter(label="Đơn vị mang mã vào ngày", method="leave", widget=forms.HiddenInput)

    def in_status(self, returns: ReturnQuerySet, name: str, value: str) -> ReturnQuerySet:
        """One status, or what still waits for the unit."""
        return returns.filter(status__in=UNSENT if value == "UNSENT" else [value])
