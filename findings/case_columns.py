"""Columns of the list of citizens' cases, and the words and tones of their states."""

from __future__ import annotations

from datetime import date
from typing import Any

from accounts.models import User
from congvu.dates import days_phrase
from congvu.tables import Badge, Column
from findings.columns import HIDDEN, short
from findings.models import CaseQuerySet, CaseState, CitizenCase

_TONES: dict[str, str] = {
    CaseState.SETTLED: "success",
    CaseState.OPEN: "info",
    CaseState.OVERDUE: "danger",
}


def case_badge(case: CitizenCase, as_of: date) -> Badge:
    """Where the case stands, as words in a tone (reads `remedy` with its `extensions`)."""
    state = case.state_at(as_of)
    given = " – chưa giao giải quyết" if state != CaseState.SETTLED and not case.remedy else ""
    return Badge(f"{state.label}{given}", _TONES[state])


def case_phrase(case: CitizenCase, as_of: date) -> str:
    """How far the due day is; nothing for what is settled or has none."""
    due = case.due_on_at(as_of)
    if due is None or case.settled_day is not None:
        return ""
    return days_phrase(due, as_of)


def citizen(case: CitizenCase, user: User) -> str:
    """Who waits, for whoever may see names; else that a name was written."""
    if not case.person_name:
        return ""
    return case.person_name if user.sees_names else HIDDEN


def with_case(cases: CaseQuerySet) -> CaseQuerySet:
    """What the columns of cases read, in a fixed number of queries for the rows of one page."""
    rows = cases.select_related("visit__unit", "visit__round__body", "remedy")
    return rows.prefetch_related(
        "visit__unit__former_names", "visit__round__body__former_names", "remedy__extensions"
    )


def case_columns(user: User, as_of: date, *, with_names: bool) -> tuple[Column, ...]:
    """The columns as this person sees them on that day; `with_names`: the export was asked so."""

    def remedy_code(each: Any) -> str:
        return each.remedy.code if each.remedy else ""

    return (
        Column("Vụ việc", lambda each: short(each.subject), link=True, in_export=False),
        Column("Nội dung vụ việc", lambda each: each.subject, on_screen=False, width=60),
        Column("Công dân", lambda each: citizen(each, user), in_export=False),
        *((_NAME,) if with_names else ()),
        Column("Đơn vị", lambda each: each.visit.unit_name, sort="visit__unit__sort_key", width=30),
        Column("Mã đơn vị", lambda each: each.visit.unit.code, on_screen=False, width=12),
        Column("Từ ngày", lambda each: each.since, sort="since"),
        Column("Hẹn trước ngày", lambda each: each.promised_by, on_screen=False),
        Column(
            "Thời hạn",
            lambda each: each.due_on_at(as_of),
            sort="due_in_force",
            small=lambda each: case_phrase(each, as_of),
        ),
        Column("Tình trạng", lambda each: case_badge(each, as_of), width=36),
        Column("Giải quyết xong", lambda each: each.settled_day, sort="done_on"),
        Column("Kiến nghị", remedy_code),
        Column("Mã cuộc", lambda each: each.visit.round.code, on_screen=False),
        Column("Ngày kiểm tra", lambda each: each.visit.visited_on, on_screen=False),
        Column(
            "Cơ quan kiểm tra", lambda each: each.visit.round.body_name, on_screen=False, width=30
        ),
    )


_NAME = Column("Họ tên công dân", lambda each: each.person_name, on_screen=False, width=26)
