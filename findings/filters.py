"""Filters of the lists of findings and remedies.

Their parameters stand in addresses that people send each other and that summaries link to:
`/remedies/?body=19&on=2023-12-31&from=2023-01-01&to=2023-12-31&status=COMPLETED&state=overdue`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, QueryDict
from django_filters.filters import CharFilter, ChoiceFilter

from accounts.models import User
from congvu.access import record_id
from congvu.dates import parse_day, today
from congvu.filters import CodeFilter, DayFilter, ListFilter, YearFilter
from congvu.text import search_words
from findings.models import (
    CaseQuerySet,
    CaseState,
    Category,
    FindingQuerySet,
    Remedy,
    RemedyKind,
    RemedyQuerySet,
    RemedyState,
    Severity,
    Subject,
    is_claimed,
    is_returned,
)
from inspections.filters import StatusFilter
from inspections.models import RoundStatus
from units.filters import AloneFilter, UnitFilter
from units.kin import kin_of
from units.models import Unit

# Stands in addresses for remedies that nobody was given to follow, and for those not done.
NOBODY, LEFT = "none", "left"


def day_of(request: HttpRequest) -> date:
    """The day on which the list is seen: `as_of`; today where there is none or it is no day."""
    try:
        return parse_day(request.GET.get("as_of", ""))
    except ValueError:
        return today()


def units_with(text: str, unit: str, *columns: str) -> Iterator[Q]:
    """For each word of the text: it stands in a column, or in a name or code of the unit.

    Without tone marks, in any order; `unit` leads to the unit. Former names count: a document of
    2023 shows the name of 2023.
    """
    for word in search_words(text):
        units = Unit.objects.filter(
            Q(folded__contains=word) | Q(former_names__folded__contains=word)
        )
        found = Q(**{f"{unit}__in": units})
        for column in columns:
            found |= Q(**{f"{column}__contains": word})
        yield found


class OnVisitFilter(StatusFilter):
    """What the lists of findings and of remedies have in common: visit, unit, body and round."""

    first = DayFilter(label="Cuộc kết thúc từ", field_name="round_ends_on", lookup_expr="gte")
    last = DayFilter(label="đến ngày", field_name="round_ends_on", lookup_expr="lte")
    year = YearFilter(field_name="round_ends_on", lookup_expr="year")
    unit = UnitFilter("visit_unit__", label="Đơn vị được kiểm tra")
    body = UnitFilter("round_body__", label="Cơ quan kiểm tra")
    status = CodeFilter(
        label="Trạng thái cuộc", field_name="round_status", choices=RoundStatus.choices
    )
    # Set by links from summaries: the day on which codes of units are read.
    on = CharFilter(label="Đơn vị mang mã vào ngày", method="leave", widget=forms.HiddenInput)
    alone = AloneFilter()


class FindingFilter(OnVisitFilter):
    """Filters of the list of findings."""

    q = CharFilter(label="Tìm", method="search")
    category = CodeFilter(label="Nhóm", choices=Category.choices)
    severity = CodeFilter(label="Mức độ", choices=Severity.choices)
    subject = CodeFilter(label="Đối tượng", choices=Subject.choices)

    ORDER = ("q", "category", "severity", "subject", "unit", "body", "from", "to", "year", "status")

    def search(self, findings: FindingQuerySet, name: str, value: str) -> FindingQuerySet:
        """Words in any order, without tone marks, in code, content and the unit's names."""
        for condition in units_with(value, "visit_unit", "folded"):
            findings = findings.filter(condition)
        return findings


class RemedyFilter(OnVisitFilter):
    """Filters of the list of remedies; the rows have `state` and `due_in_force` already."""

    q = CharFilter(label="Tìm", method="search")
    state = ChoiceFilter(
        label="Tình trạng",
        choices=(*RemedyState.choices, (LEFT, "Chưa xong")),
        empty_label="Tất cả",
        method="in_state",
    )
    kind = CodeFilter(label="Loại", choices=RemedyKind.choices)
    subject = CodeFilter(label="Đối tượng", choices=Subject.choices)
    claimed = ChoiceFilter(
        label="Báo đã xong",
        choices=(
            ("true", "Chờ xác nhận"),
            ("false", "Chưa báo xong"),
            ("returned", "Bị trả lại"),
        ),
        empty_label="Tất cả",
        method="by_claim",
    )
    acknowledged = ChoiceFilter(
        label="Tiếp nhận",
        choices=(("false", "Chưa tiếp nhận"), ("true", "Đã tiếp nhận")),
        empty_label="Tất cả",
        method="by_acknowledgement",
    )
    due_from = DayFilter(label="Hạn từ ngày", field_name="due_in_force", lookup_expr="gte")
    due_to = DayFilter(label="hạn đến ngày", field_name="due_in_force", lookup_expr="lte")
    as_of = DayFilter(label="Tình trạng vào ngày", method="leave")
    keeper = ChoiceFilter(label="Người theo dõi", empty_label="Tất cả", method="kept_by")
    # Set by links from the board: a unit of today with what became it, without what is under it.
    became = ChoiceFilter(label="Nay là đơn vị", method="of_unit", widget=forms.HiddenInput)

    ORDER = (
        *("q", "state", "kind", "subject", "unit", "body", "due_from", "due_to"),
        *("claimed", "acknowledged", "keeper", "from", "to", "year", "status", "as_of"),
    )

    def __init__(self, data: QueryDict, queryset: QuerySet[Any], request: Any) -> None:
        super().__init__(data, queryset, request)
        bound: Any = self.form
        bound.fields["keeper"].choices = _keepers(request.user)
        bound.fields["became"].choices = _named(data.get("became", ""))

    def search(self, remedies: RemedyQuerySet, name: str, value: str) -> RemedyQuerySet:
        """Words in any order, without tone marks, in code, content and the unit's names.

        In names of persons only for whoever may see them: a hit would tell the name.
        """
        columns = ["folded", "person_folded"] if self.request.user.sees_names else ["folded"]
        for condition in units_with(value, "visit_unit", *columns):
            remedies = remedies.filter(condition)
        return remedies

    def in_state(self, remedies: RemedyQuerySet, name: str, value: str) -> RemedyQuerySet:
        """Where they stand on the day; what hangs on a round not completed stands nowhere."""
        day = day_of(self.request)
        if value == LEFT:
            return remedies.followed().left_on(day)
        return remedies.followed().in_state(value, day)

    def kept_by(self, remedies: RemedyQuerySet, name: str, value: str) -> RemedyQuerySet:
        """Those that the person follows, or that nobody does."""
        return remedies.filter(keeper=None if value == NOBODY else int(value))

    def of_unit(self, remedies: RemedyQuerySet, name: str, value: str) -> RemedyQuerySet:
        """Those asked of the unit, or of one that became it: the row of a unit on the board."""
        return remedies.filter(visit_unit__in=kin_of([int(value)])[int(value)])

    def by_acknowledgement(self, remedies: RemedyQuerySet, name: str, value: str) -> RemedyQuerySet:
        """Of those not done: whether the asked side said that it knows of them."""
        return remedies.followed().left().filter(acknowledged_at__isnull=value == "false")

    def by_claim(self, remedies: RemedyQuerySet, name: str, value: str) -> RemedyQuerySet:
        """Of those not done: said to be done and not settled, not said to be, or refused last."""
        conditions = {"true": is_claimed(), "false": ~is_claimed(), "returned": is_returned()}
        return remedies.followed().left().filter(conditions[value])


def _keepers(user: User) -> list[tuple[str, str]]:
    """Whoever follows a remedy in reach, by name; and that nobody does. One query."""
    kept = Remedy.objects.visible_to(user).filter(keeper__isnull=False).order_by().values("keeper")
    people = User.objects.filter(pk__in=kept).order_by("sort_key", "pk")
    return [(NOBODY, "Chưa giao"), *((str(each.pk), str(each)) for each in people)]


def _named(text: str) -> list[tuple[str, str]]:
    """The unit of that id as the one choice; none for what is no unit."""
    pk = record_id(text)
    units = Unit.objects.filter(pk=pk) if pk is not None else ()
    return [(str(each.pk), each.label(today())) for each in units]


class CaseFilter(ListFilter):
    """Filters of the list of citizens' cases; the rows have `done_on` and `due_in_force`."""

    q = CharFilter(label="Tìm", method="search")
    state = ChoiceFilter(
        label="Tình trạng", choices=CaseState.choices, empty_label="Tất cả", method="in_state"
    )
    handed = ChoiceFilter(
        label="Giao giải quyết",
        choices=(("true", "Đã giao"), ("false", "Chưa giao")),
        empty_label="Tất cả",
        method="by_remedy",
    )
    unit = UnitFilter("visit__unit__", label="Đơn vị được kiểm tra")
    body = UnitFilter("visit__round__body__", label="Cơ quan kiểm tra")
    first = DayFilter(label="Kiểm tra từ", field_name="visit__visited_on", lookup_expr="gte")
    last = DayFilter(label="đến ngày", field_name="visit__visited_on", lookup_expr="lte")
    # Set by the links of visits.
    visit = CharFilter(label="Lượt kiểm tra", method="of_visit", widget=forms.HiddenInput)

    ORDER = ("q", "state", "handed", "unit", "body", "from", "to")

    def search(self, cases: CaseQuerySet, name: str, value: str) -> CaseQuerySet:
        """Words in any order, without tone marks, in the subject and the unit's names."""
        for condition in units_with(value, "visit__unit", "folded"):
            cases = cases.filter(condition)
        return cases

    def in_state(self, cases: CaseQuerySet, name: str, value: str) -> CaseQuerySet:
        """Where they stand today."""
        return cases.in_state(value, today())

    def by_remedy(self, cases: CaseQuerySet, name: str, value: str) -> CaseQuerySet:
        """Whether the unit was asked to settle them."""
        return cases.filter(remedy__isnull=value == "false")

    def of_visit(self, cases: CaseQuerySet, name: str, value: str) -> CaseQuerySet:
        """Those met at one visit; none where the address names no visit."""
        pk = record_id(value)
        return cases.none() if pk is None else cases.filter(visit=pk)
