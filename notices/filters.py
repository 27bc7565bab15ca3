"""Filters of one's notices, and of the outbox."""

from __future__ import annotations

from typing import Any

from django_filters.filters import ChoiceFilter

from congvu.filters import CodeFilter, DayFilter, ListFilter, SearchFilter
from notices.models import Digest, DigestState, Notice

_SEEN = (("no", "Chưa xem"), ("yes", "Đã xem"))
_TONES = (("danger", "Quá hạn"), ("warning", "Cần làm"))


class NoticeFilter(ListFilter):
    """By words, whether seen, how pressing, and the day."""

    q = SearchFilter(label="Tìm")
    seen = ChoiceFilter(label="Đã xem chưa", choices=_SEEN, method="as_seen", empty_label="Tất cả")
    tone = CodeFilter(label="Mức độ", choices=_TONES)
    first = DayFilter(label="Từ ngày", field_name="day", lookup_expr="gte")
    last = DayFilter(label="Đến ngày", field_name="day", lookup_expr="lte")

    class Meta:
        model = Notice
        fields: list[str] = []

    def as_seen(self, rows: Any, name: str, value: str) -> Any:
        """Those that were seen, or not."""
        return rows.filter(seen_at__isnull=value == "no")


class DigestFilter(ListFilter):
    """By person, state and day."""

    q = SearchFilter("person__folded", label="Người nhận")
    state = CodeFilter(label="Trạng thái", choices=DigestState.choices)
    first = DayFilter(label="Từ ngày", field_name="day", lookup_expr="gte")
    last = DayFilter(label="Đến ngày", field_name="day", lookup_expr="lte")

    class Meta:
        model = Digest
        fields: list[str] = []
