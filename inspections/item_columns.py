"""Columns and filters of the items of a plan."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django_filters.filters import CharFilter, ChoiceFilter, NumberFilter

from congvu.filters import CodeFilter, ListFilter
from congvu.tables import Column, label_of
from congvu.text import search_words
from inspections.models import PlanItem, PlanItemQuerySet, RoundForm
from units.filters import UnitFilter
from units.models import Unit


def with_parts(items: PlanItemQuerySet) -> PlanItemQuerySet:
    """What the columns read, in a fixed number of queries."""
    return items.select_related(
        "unit", "body", "team", "plan", "added_in", "dropped_in", "replaced_by"
    ).prefetch_related("unit__former_names", "body__former_names", "programmes", "contents")


def _labels(records: Any) -> str:
    return "; ".join(str(each) for each in records.all())


def _conductor(item: PlanItem) -> str:
    return item.team.name if item.team else ""


PROGRAMMES = Column("Chương trình", lambda each: _labels(each.programmes), width=30)
OVERLAP_REASON = Column(
    "Lý do vẫn kiểm tra", lambda each: each.overlap_reason, on_screen=False, width=30
)
ITEM_COLUMNS = (
    Column(
        "Đơn vị được kiểm tra",
        lambda each: each.unit_name,
        sort="unit__sort_key",
        link=True,
        width=32,
    ),
    Column("Mục", lambda each: str(each.line), sort="line", width=8),
    Column("Mã đơn vị", lambda each: each.unit.code, on_screen=False, width=12),
    Column("Thời gian", lambda each: each.when_text, sort="first_day", width=22),
    Column(
        "Cơ quan kiểm tra",
        lambda each: each.body_name,
        sort="body__sort_key",
        small=_conductor,
        width=30,
    ),
    Column("Đoàn kiểm tra", _conductor, on_screen=False, width=26),
    Column("Hình thức", label_of(RoundForm, "form"), sort="form"),
    Column("Báo trước", lambda each: "Có" if each.announced else "Không", width=10),
    PROGRAMMES,
    Column("Nội dung", lambda each: _labels(each.contents), on_screen=False, width=50),
    Column("Ghi chú", lambda each: each.note, on_screen=False, width=40),
    Column("Lý do điều chỉnh", lambda each: each.reason, on_screen=False, width=30),
    OVERLAP_REASON,
)


def item_columns(*, with_programmes: bool, with_reasons: bool) -> tuple[Column, ...]:
    """Columns of a plan's items; programmes only where the plan names any.

    Reasons why a unit is inspected all the same are for whoever reads the whole plan.
    """
    left = {id(PROGRAMMES): with_programmes, id(OVERLAP_REASON): with_reasons}
    return tuple(each for each in ITEM_COLUMNS if left.get(id(each), True))


class ItemFilter(ListFilter):
    """Filters of a plan's items."""

    q = CharFilter(label="Tìm", method="search")
    month = NumberFilter(label="Tháng", method="in_month", min_value=1, max_value=12)
    unit = UnitFilter("unit__", label="Đơn vị được kiểm tra")
    body = UnitFilter("body__", label="Cơ quan kiểm tra")
    form = CodeFilter(label="Hình thức", choices=RoundForm.choices)
    announced = ChoiceFilter(
        label="Báo trước",
        choices=(("1", "Có báo trước"), ("0", "Không báo trước")),
        empty_label="Tất cả",
        method="by_notice",
    )

    def search(self, items: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Words in any order, without tone marks, in units and programmes."""
        for word in search_words(value):
            units = Unit.objects.filter(
                Q(folded__contains=word) | Q(former_names__folded__contains=word)
            ).order_by()
            items = items.filter(Q(unit__in=units.values("pk")) | Q(body__in=units.values("pk")))
        return items

    def in_month(self, items: QuerySet[Any], name: str, value: object) -> QuerySet[Any]:
        """Those whose days touch that month of the plan's year."""
        return items.filter(first_day__month__lte=value, last_day__month__gte=value)

    def by_notice(self, items: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Announced to the unit, or not."""
        return items.filter(announced=value == "1")
