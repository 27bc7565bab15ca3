"""Filters of the list of documents."""

from __future__ import annotations

from congvu.filters import CodeFilter, DayFilter, ListFilter, SearchFilter, YearFilter
from directives.models import DocumentType
from units.filters import UnitFilter


class DocumentFilter(ListFilter):
    """By words, year, days of issue, type and issuer."""

    q = SearchFilter("folded", "issuer__folded")
    year = YearFilter(field_name="issued_on", lookup_expr="year")
    first = DayFilter(label="Ban hành từ ngày", field_name="issued_on", lookup_expr="gte")
    last = DayFilter(label="đến ngày", field_name="issued_on", lookup_expr="lte")
    type = CodeFilter(label="Loại văn bản", choices=DocumentType.choices)
    issuer = UnitFilter("issuer__", label="Cơ quan ban hành")
