"""The calendar: rounds in reach on their days, and what the plans foresee but nobody has scheduled.

A round stands on each of its days, in the grid, in the agenda and on phones alike, and its members
are taken up on each (`members.py`).

Addresses: `/calendar/?month=2026-11&view=agenda&body=19&team=3&person=an`.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, prefetch_related_objects
from django.http import QueryDict
from django.urls import reverse
from django_filters.filters import CharFilter

from accounts.models import User
from congvu.access import record_id
from congvu.dates import FIRST_YEAR, LAST_YEAR, today
from congvu.filters import CodeFilter, ListFilter
from congvu.tables import Badge
from congvu.text import clean, search_words
from inspections.columns import status_badge, visits_of
from inspections.members import Caution, Going, cautions_of
from inspections.models import (
    PlanItem,
    PlanItemQuerySet,
    PlanStatus,
    Round,
    RoundQuerySet,
    RoundStatus,
    Team,
    TeamMember,
    Visit,
)
from units.filters import UnitFilter
from units.models import Unit

# Parameters that stay when one goes to another month.
KEPT = ("view", "body", "team", "person")
VIEWS = ("month", "agenda")
# So many rounds stand in one cell of the grid, the others in the agenda; and so many items below.
IN_CELL = 4
ITEMS_SHOWN = 40

_MONTH = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})")
_MONTH_FIRST = re.compile(r"(?P<month>[0-9]{1,2})\s?[/.-]\s?(?P<year>[0-9]{4})")
_ISSUED = PlanStatus.ISSUED


def kept(query: QueryDict) -> QueryDict:
    """The filters and the view of a calendar's address, without its month."""
    found = QueryDict(mutable=True)
    for name in KEPT:
        if text := query.get(name, ""):
            found[name] = text
    return found


@dataclass(frozen=True)
class Month:
    """A month of the calendar, told by its first day."""

    first: date

    @classmethod
    def of(cls, text: str) -> Month | None:
        """The month that a text names, 2026-11 or 11/2026; None for what names none."""
        written = clean(text)
        match = _MONTH.fullmatch(written) or _MONTH_FIRST.fullmatch(written)
        if match is None:
            return None
        year, month = int(match["year"]), int(match["month"])
        if not (FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12):
            return None
        return cls(date(year, month, 1))

    @classmethod
    def of_day(cls, day: date) -> Month:
        """The month in which that day lies."""
        return cls(day.replace(day=1))

    @property
    def key(self) -> str:
        """As it stands in addresses: 2026-11."""
        return f"{self.first.year}-{self.first.month:02}"

    @property
    def text(self) -> str:
        """As it is typed here: 11/2026."""
        return f"{self.first.month:02}/{self.first.year}"

    @property
    def last(self) -> date:
        """The month's last day."""
        return self.first.replace(day=calendar.monthrange(self.first.year, self.first.month)[1])

    @property
    def previous(self) -> Month:
        """The month before."""
        return Month((self.first - timedelta(days=1)).replace(day=1))

    @property
    def next(self) -> Month:
        """The month after."""
        return Month(self.last + timedelta(days=1))

    @property
    def weeks(self) -> list[list[date]]:
        """The month's weeks from Monday on, with the days of its neighbours at the ends."""
        return calendar.Calendar().monthdatescalendar(self.first.year, self.first.month)


class CalendarFilter(ListFilter):
    """Filters of the calendar: inspecting body, team, and member of a team."""

    body = UnitFilter("body__", label="Cơ quan kiểm tra")
    team = CodeFilter(label="Đoàn kiểm tra", choices=(), method="of_team")
    person = CharFilter(label="Thành viên đoàn", method="of_person")

    def __init__(self, data: QueryDict, queryset: Any, request: Any) -> None:
        super().__init__(data, queryset, request)
        form: Any = self.form
        if not request.user.may("teams.view"):
            # Who is in a team that inspected us is no business of ours.
            del form.fields["team"], form.fields["person"]
            return
        form.fields["person"].widget.attrs["placeholder"] = "Họ tên, không cần dấu"
        teams = Team.objects.visible_to(request.user)
        offered = [
            (str(pk), f"{name} ({number})" if number else name)
            for pk, name, number in teams.values_list("pk", "name", "decision_number")
        ]
        form.fields["team"].choices = offered
        form.fields["team"].widget.attrs["data-search-select"] = ""

    def of_team(self, rounds: Any, name: str, value: str) -> Any:
        """Rounds, or items, of that team."""
        return rounds.filter(team=record_id(value))

    def of_person(self, rounds: RoundQuerySet, name: str, value: str) -> RoundQuerySet:
        """Rounds to which whoever is called so goes, by account or by the name that was typed."""
        theirs = self._members(value).filter(team=OuterRef("team"))
        with_group = theirs.filter(Q(group="") | Q(group=OuterRef("team_group")))
        return rounds.filter(Exists(with_group) | Q(team_group="") & Exists(theirs))

    def _members(self, text: str) -> Any:
        teams = Team.objects.visible_to(self.request.user).order_by()
        members = TeamMember.objects.filter(team__in=teams.values("pk")).order_by()
        named = members
        for word in search_words(text):
            named = named.filter(folded__contains=word)
        accounts = named.filter(account__isnull=False).values("account")
        return members.filter(Q(pk__in=named.values("pk")) | Q(account__in=accounts))

    def of_items(self, items: PlanItemQuerySet) -> PlanItemQuerySet:
        """The same filters for items of plans; where one cannot be read, none works."""
        if not self.is_valid():
            return items
        chosen = self.form.cleaned_data
        if units := chosen.get("body"):
            items = items.filter(self.filters["body"].condition(units))
        if team := chosen.get("team"):
            items = self.of_team(items, "team", team)
        if person := chosen.get("person"):
            items = items.filter(team__in=self._members(person).values("team"))
        return items


@dataclass(frozen=True)
class Entry:
    """A round on one of its days, as the calendar shows it."""

    round: Round
    units: str
    state: Badge
    # Where the round is moved, and from which first day; empty when it cannot be.
    move_url: str
    # Why whoever moves rounds cannot move this one; empty for who moves none.
    why_not_moved: str
    has_cautions: bool

    @property
    def who(self) -> str:
        """The team that goes, else the inspecting body."""
        team = self.round.team
        return ", ".join(filter(None, [team.name, self.round.team_group])) if team else ""


@dataclass(frozen=True)
class Day:
    """A day of the grid or the agenda."""

    day: date
    entries: list[Entry]
    in_month: bool = True
    is_today: bool = False

    @property
    def shown(self) -> list[Entry]:
        """Those that a cell has room for."""
        return self.entries if len(self.entries) <= IN_CELL + 1 else self.entries[:IN_CELL]

    @property
    def left(self) -> int:
        """How many more there are."""
        return len(self.entries) - len(self.shown)


@dataclass(frozen=True)
class Waiting:
    """An item of a plan without a round, and whether the person may make one."""

    item: PlanItem
    can_make: bool


@dataclass
class Sheet:
    """One month of one person's calendar; a fixed number of queries, however full it is."""

    user: User
    month: Month
    filters: CalendarFilter
    # The query by which one comes back to this calendar.
    back: str
    rounds: list[Round] = field(init=False)
    items: list[Waiting] = field(init=False)

    def __post_init__(self) -> None:
        rounds = self.filters.qs if self.filters.is_valid() else self.filters.queryset
        weeks = self.month.weeks
        self.rounds = list(
            with_visits(rounds, self.user)
            .filter(starts_on__lte=weeks[-1][-1], ends_on__gte=weeks[0][0])
            .order_by("starts_on", "code", "pk")
        )
        self.items = items_waiting(self.user, self.month, self.filters)
        planned = [unit for each in self.items for unit in (each.item.unit, each.item.body)]
        name_units([*units_of(self.rounds), *planned])
        goings = [Going(each, visits_of(each)) for each in self.rounds]
        self._cautions = cautions_of(goings, self.user)
        self._now = today()

    @cached_property
    def weeks(self) -> list[list[Day]]:
        """The grid: a round stands on each of its days."""
        return [
            [
                Day(
                    day,
                    [self._entry(r, day) for r in self.rounds if r.starts_on <= day <= r.ends_on],
                    in_month=day.month == self.month.first.month,
                    is_today=day == self._now,
                )
                for day in week
            ]
            for week in self.month.weeks
        ]

    @property
    def agenda(self) -> list[Day]:
        """The month's days that have a round, one after another; it stands on each of its days."""
        days = (day for week in self.weeks for day in week)
        return [day for day in days if day.in_month and day.entries]

    @property
    def count(self) -> int:
        """How many rounds have a day in the month."""
        return len(self._of_month)

    @property
    def cautions(self) -> list[tuple[Round, Caution]]:
        """What there is to say of the members of the month's teams, each with its round."""
        return [(r, told) for r in self._of_month for told in self._cautions.get(r.pk, [])]

    @property
    def has_movable(self) -> bool:
        """Whether the person can move one of the rounds."""
        return any(self._move_url(each) for each in self.rounds)

    @property
    def _of_month(self) -> list[Round]:
        first, last = self.month.first, self.month.last
        return [each for each in self.rounds if each.starts_on <= last and each.ends_on >= first]

    def _entry(self, round_: Round, day: date) -> Entry:
        visits = visits_of(round_)
        on_day = [visit for visit in visits if visit.visited_on == day]
        return Entry(
            round_,
            _units(on_day or visits),
            status_badge(round_),
            self._move_url(round_),
            self._why_not_moved(round_),
            round_.pk in self._cautions,
        )

    def _why_not_moved(self, round_: Round) -> str:
        if not self.user.may("rounds.change"):
            return ""
        if not round_.is_editable_by(self.user):
            return f"Cuộc {round_.code} do cơ quan khác tiến hành nên bạn không dời được."
        return round_.why_not_moved()

    def _move_url(self, round_: Round) -> str:
        if round_.why_not_moved() or not round_.is_editable_by(self.user):
            return ""
        query = QueryDict(mutable=True)
        query["back"] = self.back
        return f"{reverse('inspections:round_move', args=[round_.pk])}?{query.urlencode()}"


def with_visits(rounds: RoundQuerySet, user: User) -> RoundQuerySet:
    """Rounds that are not cancelled, with the visits in reach (`visits_of`) and who goes.

    Their units are named by `name_units`, once for all that a page has.
    """
    visits = Visit.objects.visible_to(user).select_related("unit").order_by("visited_on", "pk")
    rows = rounds.exclude(status=RoundStatus.CANCELLED).select_related("body", "team")
    return rows.prefetch_related(Prefetch("visits", queryset=visits, to_attr="seen_visits"))


def units_of(rounds: Iterable[Round]) -> Iterator[Unit]:
    """The bodies and visited units of such rounds."""
    for round_ in rounds:
        yield round_.body
        yield from (visit.unit for visit in visits_of(round_))


def name_units(units: Iterable[Unit]) -> None:
    """Read the units' former names, in one query."""
    prefetch_related_objects(list(units), "former_names")


def items_waiting(user: User, month: Month, filters: CalendarFilter) -> list[Waiting]:
    """Items in force and in reach that touch the month, and that no round in reach carries out."""
    rounds = Round.objects.visible_to(user).exclude(status=RoundStatus.CANCELLED)
    items = (
        PlanItem.objects.visible_to(user)
        .in_force()
        .filter(plan__status=_ISSUED, first_day__lte=month.last, last_day__gte=month.first)
        .exclude(Exists(rounds.filter(items=OuterRef("pk")).order_by()))
    )
    found = filters.of_items(items).select_related("unit", "body", "plan", "team")
    makes = user.may("rounds.change")
    return [
        Waiting(each, makes and user.in_scope(each.body))
        for each in found.order_by("first_day", "last_day", "unit__sort_key", "pk")
    ]


def _units(visits: Iterable[Visit]) -> str:
    """The first unit's name of that day, and how many more there are."""
    names = [visit.unit_name for visit in visits]
    if not names:
        return "Chưa ghi đơn vị"
    return names[0] + (f" và {len(names) - 1} đơn vị khác" if len(names) > 1 else "")
