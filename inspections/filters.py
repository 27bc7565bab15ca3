"""Filters of the lists of plans, teams and rounds.

Their parameters stand in addresses that people send each other and that summaries link to:
`/rounds/?body=19&on=2023-12-31&from=2023-01-01&to=2023-12-31&status=COMPLETED&form=SURPRISE`.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q, QuerySet, Value
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
    Round,
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
from inspections.overlap_year import Clash, Key, left_bare
from inspections.plan_overlaps import items_in_reach
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
    # The list shows the choice's label in the chip.
    bound: Any = filters.form
    bound.fields[name].choices = [(text, str(record or "không tìm thấy"))]
    return record


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
        self.asked_plan = named(
            self, Plan.objects.visible_to(self.request.user).select_related("issuer"), name
        )
        rows = items_in_reach(self.request.user, self.asked_plan).order_by()
        pairs = dict(rows.values_list("pk", "unit"))
        self.own = frozenset(pairs)
        return Unit.objects.filter(pk__in=set(pairs.values()))

    def kept(self, groups: list[list[Clash]]) -> list[list[Clash]]:
        """The groups that plan, body and reason leave; one query for the body."""
        if not self.is_valid():
            return groups
        asked, own = self.form.cleaned_data, self.own
        if own is not None:
            groups = [g for g in groups if any(each.items & own for each in g)]
        if told := asked.get("body"):
            conductor = self.filters["body"]
            assert isinstance(conductor, _Conductor)  # noqa: S101  # declared above
            theirs = _those(groups, conductor.condition(told))
            groups = [g for g in groups if any(_key(each) in theirs for each in g)]
        if asked.get("reason"):
            # Of a plan, those in which an item of it is what lacks the reason.
            groups = [g for g in groups if any(own is None or e.items & own for e in left_bare(g))]
        return groups


def _key(clash: Clash) -> Key:
    return clash.met.is_round, clash.met.pk


def _those(groups: list[list[Clash]], condition: Q) -> set[Key]:
    """The rounds and items among them that fit."""
    keys = {_key(each) for group in groups for each in group}
    found: Any = None
    for is_round, records in ((True, Round.objects), (False, PlanItem.objects)):
        rows: Any = records
        ids = [pk for kind, pk in keys if kind == is_round]
        fitting = (
            rows.filter(condition, pk__in=ids).order_by().values_list(Value(int(is_round)), "pk")
        )
        found = fitting if found is None else found.union(fitting)
    return {(bool(is_round), pk) for is_round, pk in found}
