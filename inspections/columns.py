"""Columns of the lists of rounds: on the page of all rounds, of a plan, of a team."""

from __future__ import annotations

from itertools import accumulate
from typing import Any

from django.db.models import Prefetch

from congvu.access import Person
from congvu.fields import BLOCK_LIMIT
from congvu.tables import Badge, Column, label_of
from inspections.models import (
    Method,
    Round,
    RoundForm,
    RoundQuerySet,
    RoundStatus,
    Trigger,
    Visit,
)

TONES: dict[str, str] = {
    RoundStatus.SCHEDULED: "secondary",
    RoundStatus.IN_PROGRESS: "info",
    RoundStatus.COMPLETED: "success",
    RoundStatus.CANCELLED: "secondary",
}


_status = label_of(RoundStatus, "status")


def status_badge(round_: Round) -> Badge:
    """Where the round stands, as a word in a tone."""
    return Badge(_status(round_), TONES.get(round_.status, "secondary"))


def with_rows(rounds: RoundQuerySet, person: Person, *, for_export: bool = False) -> RoundQuerySet:
    """What the columns read, in a fixed number of queries for the rows of one page.

    Of the visits only those in reach: in a joint round a district sees its own alone.
    """
    visits = Visit.objects.visible_to(person).with_figures().prefetch_related("unit__former_names")
    rows = rounds.select_related("plan", "team").prefetch_related("body__former_names")
    if for_export:
        # Not joined: fetched by itself, a unit is built once for all the rows that name it.
        contents = Prefetch("contents", to_attr="seen_contents")
        rows = rows.prefetch_related(contents)
    else:
        visits, rows = visits.select_related("unit"), rows.select_related("body")
    # `visits_of` reads them under this name.
    return rows.prefetch_related(Prefetch("visits", queryset=visits, to_attr="seen_visits"))


def visits_of(round_: Any) -> list[Visit]:
    """The round's visits in reach, as `with_rows` fetched them."""
    found: list[Visit] = round_.seen_visits
    return found


def units_text(round_: Round) -> str:
    """The first unit visited, and how many more."""
    visits = visits_of(round_)
    if not visits:
        return ""
    more = f" và {len(visits) - 1} đơn vị khác" if len(visits) > 1 else ""
    return visits[0].unit_name + more


def visited_text(round_: Round) -> str:
    """All units visited, as far as a workbook's cell can hold them, and how many more."""
    names = [f"{visit.unit_name} ({visit.unit.code})" for visit in visits_of(round_)]
    lengths = accumulate(len(name) + len("; ") for name in names)
    shown = sum(length <= BLOCK_LIMIT for length in lengths)
    more = len(names) - shown
    return "; ".join(names[:shown]) + (f" và {more} đơn vị khác" if more else "")


def remedies_text(round_: Round) -> str:
    """How many remedies there are and how many of them are not done."""
    whole = sum(visit.remedies_count for visit in visits_of(round_))
    left = sum(visit.remedies_left for visit in visits_of(round_))
    if not whole:
        return "–"
    return f"còn {left}/{whole}" if left else f"xong {whole}"


def contents_text(round_: Any) -> str:
    """What the round covered: from the catalogue, and in words; only in an export."""
    parts = [content.label for content in round_.seen_contents]
    return "; ".join([*parts, round_.scope_note] if round_.scope_note else parts)


ROUND_COLUMNS = (
    Column("Mã cuộc", lambda each: each.code, sort="code", link=True, width=16),
    Column("Cơ quan kiểm tra", lambda each: each.body_name, sort="body__sort_key", width=30),
    Column("Đơn vị được kiểm tra", units_text, in_export=False),
    Column("Thời gian", lambda each: each.days_text, sort="ends_on", in_export=False),
    Column("Từ ngày", lambda each: each.starts_on, on_screen=False),
    Column("Đến ngày", lambda each: each.ends_on, on_screen=False),
    Column("Hình thức", label_of(RoundForm, "form"), sort="form"),
    Column("Trạng thái", status_badge, sort="status"),
    Column("Số lượt", lambda each: len(visits_of(each)), align="end", width=10),
    Column(
        "Tồn tại",
        lambda each: sum(visit.findings_count for visit in visits_of(each)),
        align="end",
        width=10,
    ),
    Column("Kiến nghị", remedies_text, in_export=False, align="end"),
    Column(
        "Số kiến nghị",
        lambda each: sum(visit.remedies_count for visit in visits_of(each)),
        on_screen=False,
        width=12,
    ),
    Column(
        "Kiến nghị chưa xong",
        lambda each: sum(visit.remedies_left for visit in visits_of(each)),
        on_screen=False,
        width=12,
    ),
    Column(
        "Các đơn vị được kiểm tra",
        visited_text,
        on_screen=False,
        width=40,
    ),
    Column("Kế hoạch", lambda each: each.plan and each.plan.number, on_screen=False),
    Column("Đoàn kiểm tra", lambda each: each.team and each.team.name, on_screen=False, width=30),
    Column("Lý do", label_of(Trigger, "trigger"), on_screen=False),
    Column("Phương thức", label_of(Method, "method"), on_screen=False),
    Column(
        "Báo trước", lambda each: "Có" if each.announced else "Không", on_screen=False, width=10
    ),
    Column("Nội dung", contents_text, on_screen=False, width=50),
    Column("Lý do hủy", lambda each: each.cancel_reason, on_screen=False, width=30),
)
