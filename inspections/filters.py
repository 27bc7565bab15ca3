"""Filters of the lists of plans, teams and rounds.

Their parameters stand in addresses that people send each other and that summaries link to:
`/rounds/?body=19&on=2023-12-31&from=2023-01-01&to=2023-12-31&status=COMPLETED&form=SURPRISE`.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django_filters.filters import CharFilter, ChoiceFilter

from congvu.access import record_id
from congvu.dates import today
from congvu.filters import CodeFilter, DayFilter, ListFilter, SearchFilter, YearFilter
from congvu.text import search_words
from inspections.models import (
    Plan,
    PlanItem,
    PlanStatus,
    RoundForm,
    RoundQuerySet,
    RoundStatus,
    Team,
    TeamMember,
    TeamQuerySet,
    Trigger,
    Visit,
    is_behind,
    is_near,
    outside_plans,
    statuses_seen_by,
)
from inspections.overlap_year import Clash, left_bare
from inspections.overlaps import Conductors
from units.filters import AloneFilter, UnitFilter
from units.models import Unit


class PlanFilter(ListFilter):
    """Filters of the list of plans."""

    q = SearchFilter("folded", "issuer__folded")
    year = YearFilter()
    status = CodeFilter(label="Trạng thái", choices=PlanStatus.choices)
    issuer = UnitFilter("issuer__", label="Cơ quan ban hành")


class TeamFilter(ListFilter):
    """Filters of the list of teams."""

    q = CharFilter(label="Tìm", method="search")
    body = UnitFilter("body__", label="Cơ quan kiểm tra")

    def search(self, teams: TeamQuerySet, name: str, value: str) -> TeamQuerySet:
        """Words in any order, without tone marks, in the team, its body and its members."""
        for word in search_words(value):
            members = TeamMember.objects.filter(folded__contains=word)
            teams = teams.filter(
                Q(folded__contains=word)
                | Q(body__folded__contains=word)
                | Q(pk__in=members.values("team_id"))
            )
        return teams


class StatusFilter(ListFilter):
    """Filters that have a round's `status`, among those that the person can meet."""

    def __init__(self, data: QueryDict, queryset: QuerySet[Any], request: Any) -> None:
        super().__init__(data, queryset, request)
        self.seen = statuses_seen_by(request.user)
        bound: Any = self.form
        bound.fields["status"].choices = [(each.value, each.label) for each in self.seen]


class VisitedFilter(UnitFilter):
    """Rounds with a visit, in reach of the person, to such a unit."""

    def filter(self, qs: QuerySet[Any], value: list[Unit] | None) -> QuerySet[Any]:
        """Keep the rounds that visited one of those units or one under them."""
        if not value:
            return qs
        visits = Visit.objects.visible_to(self.parent.request.user).filter(self.condition(value))
        return qs.filter(pk__in=visits.values("round_id"))


class RoundFilter(StatusFilter):
    """Filters of the list of rounds. Whatever looks at visits looks only at those in reach."""

    q = CharFilter(label="Tìm", method="search")
    year = YearFilter(field_name="ends_on", lookup_expr="year")
    first = DayFilter(label="Kết thúc từ ngày", field_name="ends_on", lookup_expr="gte")
    last = DayFilter(label="đến ngày", field_name="ends_on", lookup_expr="lte")
    status = CodeFilter(label="Trạng thái", choices=RoundStatus.choices)
    form = CodeFilter(label="Hình thức", choices=RoundForm.choices)
    body = UnitFilter("body__", label="Cơ quan kiểm tra")
    unit = VisitedFilter("unit__", label="Đơn vị được kiểm tra")
    trigger = CodeFilter(label="Lý do", choices=Trigger.choices)
    announced = ChoiceFilter(
        label="Báo trước",
        choices=(("1", "Có báo trước"), ("0", "Không báo trước")),
        empty_label="Tất cả",
        method="by_notice",
    )
    due = ChoiceFilter(
        label="Thời điểm",
        choices=(
            ("now", "Hôm nay và bảy ngày tới"),
            ("behind", "Đã qua ngày mà chưa hoàn thành"),
        ),
        empty_label="Tất cả",
        method="by_due",
    )
    # Set by links from a plan's or team's page, and by summaries: the chip tells their name.
    plan = CharFilter(label="Kế hoạch", method="of_plan", widget=forms.HiddenInput)
    team = CharFilter(label="Đoàn", method="of_team", widget=forms.HiddenInput)
    on = CharFilter(label="Đơn vị mang mã vào ngày", method="leave", widget=forms.HiddenInput)
    alone = AloneFilter()

    def __init__(self, data: QueryDict, queryset: QuerySet[Any], request: Any) -> None:
        super().__init__(data, queryset, request)
        if self.seen == [RoundStatus.COMPLETED]:
            # Nothing near and nothing left behind is ever in this person's reach.
            bound: Any = self.form
            del bound.fields["due"]

    def search(self, rounds: RoundQuerySet, name: str, value: str) -> RoundQuerySet:
        """Words in any order, without tone marks, in the round, its body, team, plan and visits."""
        for word in search_words(value):
            units = Unit.objects.filter(
                Q(folded__contains=word) | Q(former_names__folded__contains=word)
            )
            visited = Visit.objects.visible_to(self.request.user).filter(unit__in=units)
            rounds = rounds.filter(
                Q(folded__contains=word)
                | Q(body__in=units)
                | Q(team__folded__contains=word)
                | Q(plan__folded__contains=word)
                | Q(pk__in=visited.values("round_id"))
            )
        return rounds

    def by_due(self, rounds: RoundQuerySet, name: str, value: str) -> RoundQuerySet:
        """What is near, or has stayed behind, counted from today."""
        return rounds.filter(is_near(today()) if value == "now" else is_behind(today()))

    def by_notice(self, rounds: RoundQuerySet, name: str, value: str) -> RoundQuerySet:
        """Announced to the units, or not."""
        return rounds.filter(announced=value == "1")

    def of_plan(self, rounds: RoundQuerySet, name: str, value: str) -> RoundQuerySet:
        """Rounds that carry out that plan; `none`: those outside every plan."""
        if value == "none":
            bound: Any = self.form
            bound.fields[name].choices = [(value, "ngoài kế hoạch")]
            return rounds.filter(outside_plans())
        plan = named(self, Plan.objects.visible_to(self.request.user), name)
        return rounds.filter(plan=plan.pk if plan else 0)

    def of_team(self, rounds: RoundQuerySet, name: str, value: str) -> RoundQuerySet:
        """Rounds of that team."""
        team = named(self, Team.objects.visible_to(self.request.user), name)
        return rounds.filter(team=team.pk if team else 0)


def named(filters: ListFilter, records: QuerySet[Any], name: str) -> Any:
    """The record whose id stands in the address if it is in reach, else None; the chip names it."""
    text = filters.data.get(name, "")
    pk = record_id(text)
    record = records.filter(pk=pk).first() if pk is not None else None
    label(filters, name, str(record or "không tìm thấy"))
    return record


def label(filters: ListFilter, name: str, text: str) -> None:
    """What the chip of a filter shows: the label of its one choice."""
    bound: Any = filters.form
    bound.fields[name].choices = [(filters.data.get(name, ""), text)]


class _Conductor(UnitFilter):
    """Groups in which one of those bodies, or one under it, conducts: read by `kept`."""

    def filter(self, qs: QuerySet[Any], value: list[Unit] | None) -> QuerySet[Any]:
        """The units that are met stay as they are."""
        return qs


class OverlapFilter(ListFilter):
    """Filters of the list of overlaps. They keep or leave out whole groups."""

    KEPT = ("plan",)

    # Set by links from a plan's pages: the first, because the units are then those of its items.
    plan = CharFilter(label="Kế hoạch", method="of_plan", widget=forms.HiddenInput)
    year = YearFilter(method="leave")
    unit = UnitFilter("", label="Đơn vị được kiểm tra")
    body = _Conductor("body__", label="Cơ quan kiểm tra")
    reason = ChoiceFilter(
        label="Lý do vẫn kiểm tra",
        choices=(("none", "Chưa có lý do"),),
        empty_label="Tất cả",
        method="leave",
    )

    # The plan asked for, where it is in reach, and its items by their ids; None: all of the year.
    asked_plan: Plan | None = None
    own: frozenset[int] | None = None

    def of_plan(self, units: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """The units that the plan's items in reach name, wherever they stand."""
        plans = Plan.objects.visible_to(self.request.user)
        items = PlanItem.objects.visible_to(self.request.user).in_force()
        rows = items.filter(plan=record_id(value), plan__in=plans).order_by()
        # The plan comes with its items; one without any is looked for by itself.
        own = list(rows.select_related("plan__issuer"))
        if own:
            self.asked_plan = own[0].plan
            label(self, name, str(self.asked_plan))
        else:
            self.asked_plan = named(self, plans.select_related("issuer"), name)
        self.own = frozenset(item.pk for item in own)
        return Unit.objects.filter(pk__in={item.unit_id for item in own})

    @property
    def conductors(self) -> Conductors | None:
        """The bodies asked for, for `clashes_of`; None for all, and where one cannot be read."""
        told = self.form.cleaned_data.get("body") if self.is_valid() else None
        if not told:
            return None
        conductor = self.filters["body"]
        assert isinstance(conductor, _Conductor)  # noqa: S101  # declared above
        return lambda prefix: conductor.condition(told, prefix)

    def kept(self, groups: list[list[Clash]]) -> list[list[Clash]]:
        """The groups that plan, body and reason leave."""
        if not self.is_valid():
            return groups
        asked, own = self.form.cleaned_data, self.own
        if own is not None:
            groups = [g for g in groups if any(each.items & own for each in g)]
        if asked.get("body"):
            groups = [g for g in groups if any(each.is_theirs for each in g)]
        if asked.get("reason"):
            # Of a plan, those in which an item of it is what lacks the reason.
            groups = [g for g in groups if any(own is None or e.items & own for e in left_bare(g))]
        return groups
