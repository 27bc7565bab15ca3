"""Filters of the list of documents."""

from __future__ import annotations

from typing import ClassVar

from django_filters.filters import CharFilter

from congvu.filters import CodeFilter, DayFilter, ListFilter, YearFilter
from directives.models import DocumentQuerySet, DocumentType
from directives.papers import is_rested_on
from units.filters import UnitFilter


class DocumentFilter(ListFilter):
    """By words, year, type, issuer, days of issue, file, and whether anything rests on them."""

    ORDER: ClassVar[tuple[str, ...]] = ("q", "year", "type", "issuer", "used")

    q = CharFilter(label="Tìm", method="search")
    year = YearFilter(field_name="issued_on", lookup_expr="year")
    first = DayFilter(label="Ban hành từ ngày", field_name="issued_on", lookup_expr="gte")
    last = DayFilter(label="đến ngày", field_name="issued_on", lookup_expr="lte")
    type = CodeFilter(label="Loại văn bản", choices=DocumentType.choices)
    issuer = UnitFilter("issuer__", label="Cơ quan ban hành")
    used = CodeFilter(
        label="Hồ sơ gắn",
        choices=(("no", "Chưa gắn hồ sơ nào"), ("yes", "Đã gắn hồ sơ")),
        method="resting",
    )
    file = CodeFilter(
        label="Tệp", choices=(("yes", "Có tệp"), ("no", "Chưa có tệp")), method="with_file"
    )

    def search(self, documents: DocumentQuerySet, name: str, value: str) -> DocumentQuerySet:
        """Every word, the best first."""
        return documents.search(value)

    def resting(self, documents: DocumentQuerySet, name: str, value: str) -> DocumentQuerySet:
        """By what rests on them in the reach of whoever asks; of nothing else a word is told."""
        condition = is_rested_on(self.request.user)
        return documents.filter(condition if value == "yes" else ~condition)

    def with_file(self, documents: DocumentQuerySet, name: str, value: str) -> DocumentQuerySet:
        """Those with a file, or without."""
        return documents.exclude(file="") if value == "yes" else documents.filter(file="")
