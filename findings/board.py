"""The board of remedies: how many stand where, by unit, by kind and by who follows them.

Every figure leads to the list of exactly the records that it counts: both ask the same conditions
(`Pile.which` here, `Pile.query` by `RemedyFilter`), within what the person may read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import Count, Q
from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode
from django_filters.filters import CharFilter

from accounts.models import User
from congvu.dates import format_day
from congvu.filters import ListFilter, YearFilter
from findings.columns import NEAR
from findings.filters import LEFT, NOBODY
from findings.models import (
    RemedyKind,
    RemedyQuerySet,
    RemedyState,
    is_claimed,
    is_returned,
    stands,
)
from units.filters import AloneFilter, UnitFilter
from units.kin import last_heirs
from units.models import Unit

# What the board may be taken apart by, and how that is said.
BY_UNIT, BY_KIND, BY_KEEPER = "unit", "kind", "keeper"
_TABS = {BY_UNIT: "Theo đơn vị", BY_KIND: "Theo loại", BY_KEEPER: "Theo người theo dõi"}
_HEADINGS = {BY_UNIT: "Đơn vị", BY_KIND: "Loại kiến nghị", BY_KEEPER: "Người theo dõi"}


class BoardFilter(ListFilter):
    """Which remedies the board looks at; the list takes the same parameters."""

    year = YearFilter(label="Năm kết thúc cuộc", field_name="round_ends_on", lookup_expr="year")
    unit = UnitFilter("visit_unit__", label="Đơn vị được kiểm tra")
    body = UnitFilter("round_body__", label="Cơ quan kiểm tra")
    # The filters of units read these; whoever comes from a summary brings them.
    on = CharFilter(method="leave", widget=forms.HiddenInput)
    alone = AloneFilter()


@dataclass(frozen=True)
class Pile:
    """Remedies that stand in one way: a column of the board."""

    key: str
    label: str
    which: Q
    # The same in the address of the list.
    query: Mapping[str, str]
    tone: str = ""


def piles(now: date) -> tuple[Pile, ...]:
    """The columns, the worst first. A remedy may stand in several: overdue, and said to be done."""
    limit = now + timedelta(days=NEAR)
    soon = stands(RemedyState.OPEN, now) & Q(due_in_force__lte=limit)
    near = {"state": RemedyState.OPEN.value, "due_to": format_day(limit)}
    overdue, open_ = RemedyState.OVERDUE, RemedyState.OPEN
    return (
        Pile("overdue", "Quá hạn", stands(overdue, now), {"state": overdue.value}, "danger"),
        Pile("returned", "Bị trả lại", is_returned(), {"claimed": "returned"}, "danger"),
        Pile("claimed", "Chờ xác nhận", is_claimed(), {"claimed": "true"}, "warning"),
        Pile("soon", f"Đến hạn trong {NEAR} ngày", soon, near, "warning"),
        Pile("open", "Còn trong hạn", stands(open_, now), {"state": open_.value}),
        Pile("left", "Tất cả chưa xong", Q(), {"state": LEFT}),
    )


@dataclass(frozen=True)
class Shown:
    """One figure ready to be drawn; without an address there is nothing behind it."""

    label: str
    number: int
    url: str
    tone: str


@dataclass(frozen=True)
class Line:
    """One row of the board."""

    name: str
    # The record that the row is about, where it has a page.
    url: str
    figures: tuple[Shown, ...]
    note: str = ""


@dataclass(frozen=True)
class Tab:
    """One way to take the board apart."""

    label: str
    url: str
    is_chosen: bool


@dataclass(frozen=True)
class Board:
    """The board as one person sees it today."""

    by: str
    heading: str
    columns: tuple[str, ...]
    lines: list[Line]
    total: Line


def ways_of(user: User) -> list[str]:
    """How the person may take the board apart: who follows remedies is the inspecting side's."""
    inside = user.may("remedies.settle") or user.may("summary.view")
    return [BY_UNIT, BY_KIND, *([BY_KEEPER] if inside else [])]


def tabs(ways: Iterable[str], chosen: str, query: QueryDict) -> list[Tab]:
    """The ways as addresses; the filters stay."""
    found = []
    for way in ways:
        address = query.copy()
        address["by"] = way
        found.append(Tab(_TABS[way], f"?{address.urlencode()}", way == chosen))
    return found


def board(remedies: RemedyQuerySet, by: str, now: date, query: Mapping[str, str]) -> Board:
    """Remedies of `standing(now)` that are followed and not done, by unit, kind or keeper.

    `query` are the filters at work, for the addresses. At most four queries. Former units stand
    with the unit that they became: it is the one that has to act now.
    """
    columns = piles(now)
    key = {BY_UNIT: "visit_unit", BY_KIND: "kind", BY_KEEPER: "keeper"}[by]
    counts = {each.key: Count("pk", filter=each.which) for each in columns if each.key != LEFT}
    rows: Any = remedies.order_by().values_list(key).annotate(**counts, left=Count("pk"))
    numbers: dict[Any, list[int]] = {found: list(figures) for found, *figures in rows}
    if by == BY_UNIT:
        numbers = _joined(numbers, last_heirs(numbers))
    named = _NAMES[by](numbers, now)

    def line(name: str, url: str, figures: Iterable[int], narrowed: Mapping[str, str]) -> Line:
        shown = tuple(
            Shown(each.label, number, _list({**query, **narrowed, **each.query}), each.tone)
            for each, number in zip(columns, figures, strict=True)
        )
        return Line(name, url, shown)

    lines = []
    # The most overdue first, then the most returned, and so on; then by name.
    worst = sorted(numbers, key=lambda row: ([-each for each in numbers[row]], named[row][1]))
    for row in worst:
        name, _, url = named[row]
        lines.append(line(name, url, numbers[row], _narrowed(by, row)))
    whole = [sum(column) for column in zip(*numbers.values(), strict=True)] or [0] * len(columns)
    total = line("Tổng số", "", whole, {})
    return Board(by, _HEADINGS[by], tuple(each.label for each in columns), lines, total)


def _joined(numbers: Mapping[int, list[int]], heirs: Mapping[int, int]) -> dict[Any, list[int]]:
    """The figures of units added up at the unit that each became in the end."""
    found: dict[Any, list[int]] = {}
    for unit, figures in numbers.items():
        before = found.get(heirs[unit], [0] * len(figures))
        found[heirs[unit]] = [a + b for a, b in zip(before, figures, strict=True)]
    return found


def _narrowed(by: str, row: Any) -> dict[str, str]:
    """The row in the address of the list."""
    match by:
        case "unit":
            return {"became": str(row)}
        case "keeper":
            return {"keeper": str(row or NOBODY)}
    return {"kind": row}


def _list(query: Mapping[str, str]) -> str:
    return f"{reverse('findings:remedy_list')}?{urlencode(query)}"


# --- what rows are called: name, what they are sorted by, and their page -----------------------

_Named = dict[Any, tuple[str, Any, str]]


def _units(rows: Iterable[Any], now: date) -> _Named:
    units = Unit.objects.filter(pk__in=list(rows)).prefetch_related("former_names")
    return {
        each.pk: (each.name_on(now), (each.sort_key, each.pk), each.get_absolute_url())
        for each in units
    }


def _kinds(rows: Iterable[Any], now: date) -> _Named:
    order = RemedyKind.values
    return {row: (str(RemedyKind(row).label), order.index(row), "") for row in rows}


def _keepers(rows: Iterable[Any], now: date) -> _Named:
    people = User.objects.filter(pk__in=[row for row in rows if row])
    found: _Named = {each.pk: (str(each), (each.sort_key, each.pk), "") for each in people}
    return {**found, None: ("Chưa giao người theo dõi", ("", 0), "")}


_NAMES: dict[str, Callable[[Iterable[Any], date], _Named]] = {
    BY_UNIT: _units,
    BY_KIND: _kinds,
    BY_KEEPER: _keepers,
}
