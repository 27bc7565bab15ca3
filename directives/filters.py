"""Filters of the list of documents."""

from __future__ import annotations

from typing import Any, ClassVar

from congvu.filters import CodeFilter, DayFilter, ListFilter, SearchFilter, YearFilter
from directives.models import DocumentType
from directives.reach import UnitFilter


class DocumentFilter(ListFilter):
    """By words, year, days of issue, type and issuer."""

    q = SearchFilter("folded", "issuer__folded")
    year = YearFilter(field_name="issued_on", lookup_expr="year")
    first = DayFilter(label="Ban hành từ ngày", field_name="issued_on", lookup_expr="gte")
    last = DayFilter(label="đến ngày", field_name="issued_on", lookup_expr="lte")
    type = CodeFilter(label="Loại văn bản", choices=DocumentType.choices)
    issuer = UnitFilter("issuer__", label="Cơ quan ban hành")

    # Words of Python that the addresses use all the same.
    PARAMETERS: ClassVar[dict[str, str]] = {"first": "from", "last": "to"}

    @classmethod
    def get_filters(cls) -> dict[str, Any]:
        """The filters under the names that stand in addresses."""
        own = super().get_filters()
        return {cls.PARAMETERS.get(name, name): each for name, each in own.items()}
