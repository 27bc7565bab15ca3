"""Columns of the lists of findings and remedies, and the words and tones of their states."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Prefetch

from accounts.models import User
from congvu.dates import days_phrase, format_day
from congvu.tables import Badge, Column
from findings.models import (
    Finding,
    FindingQuerySet,
    Progress,
    Remedy,
    RemedyQuerySet,
    RemedyState,
    Severity,
)
from findings.models.codes import STATE_TONES

# Days before the due day from which it is called near.
NEAR = 7
# So much of a text stands in a cell; the page of the record has all of it.
SHORT = 110

_SEVERITY_TONES: dict[str, str] = {
    Severity.SHORTCOMING: "secondary",
    Severity.LIMITATION: "warning",
    Severity.VIOLATION: "danger",
}


def short(text: str) -> str:
    """The beginning of a text, cut at a word."""
    line = " ".join(text.split())
    return line if len(line) <= SHORT else f"{line[:SHORT].rsplit(' ', 1)[0]} …"


# --- findings --------------------------------------------------------------------------------


def severity_badge(finding: Finding) -> Badge:
    """How grave the finding is, as a word in a tone."""
    return Badge(finding.get_severity_display(), _SEVERITY_TONES[finding.severity])


def with_visit(findings: FindingQuerySet) -> FindingQuerySet:
    """What the columns of findings read, in a fixed number of queries."""
    rows = findings.select_related("visit__unit", "visit__round__body")
    remedies = Remedy.objects.only("pk", "finding_id", "completed_on")
    return rows.prefetch_related(
        "visit__unit__former_names",
        "visit__round__body__former_names",
        Prefetch("remedies", queryset=remedies),
    )


def remedies_text(finding: Finding) -> str:
    """How many remedies answer the finding and how many of them are not done."""
    remedies = finding.remedies.all()
    left = sum(each.completed_on is None for each in remedies)
    if not remedies:
        return "–"
    return f"còn {left}/{len(remedies)}" if left else f"xong {len(remedies)}"


FINDING_COLUMNS = (
    Column("Mã tồn tại", lambda each: each.code, sort="code", link=True, width=16),
    Column("Đơn vị", lambda each: each.visit.unit_name, sort="visit__unit__sort_key", width=30),
    Column("Mã đơn vị", lambda each: each.visit.unit.code, on_screen=False, width=12),
    Column("Nhóm", lambda each: each.get_category_display(), sort="category", width=28),
    Column("Mức độ", severity_badge, sort="severity", width=12),
    Column("Đối tượng", lambda each: each.get_subject_display(), width=12),
    Column("Nội dung", lambda each: short(each.content), in_export=False),
    Column("Nội dung đầy đủ", lambda each: each.content, on_screen=False, width=60),
    Column(
        "Ngày kiểm tra",
        lambda each: each.visit.visited_on,
        sort="visit__visited_on",
        small=lambda each: f"Cuộc {each.visit.round.code}",
    ),
    Column("Mã cuộc", lambda each: each.visit.round.code, on_screen=False),
    Column("Cơ quan kiểm tra", lambda each: each.visit.round.body_name, on_screen=False, width=30),
    Column("Trạng thái cuộc", lambda each: each.visit.round.get_status_display(), on_screen=False),
    Column("Kiến nghị", remedies_text, in_export=False, align="end"),
    Column("Số kiến nghị", lambda each: len(each.remedies.all()), on_screen=False, width=10),
    Column(
        "Kiến nghị chưa xong",
        lambda each: sum(one.completed_on is None for one in each.remedies.all()),
        on_screen=False,
        width=10,
    ),
)


# --- remedies --------------------------------------------------------------------------------


def state_badge(remedy: Remedy, state: str, due: date | None, as_of: date) -> Badge:
    """Where the remedy stands, as a word in a tone; nowhere while its round is not completed."""
    if uncounted := remedy.visit.round.why_not_counted:
        return Badge(uncounted, "secondary")
    if state == RemedyState.OPEN and due is not None and (due - as_of).days <= NEAR:
        return Badge("Sắp đến hạn", "warning")
    return Badge(RemedyState(state).label, STATE_TONES[state])


def due_phrase(remedy: Remedy, state: str, due: date | None, as_of: date) -> str:
    """How far the due day is: "còn 3 ngày", "quá hạn 12 ngày"; nothing for what is done."""
    if due is None or state not in (RemedyState.OPEN, RemedyState.OVERDUE):
        return ""
    return days_phrase(due, as_of) if remedy.is_followed else ""


def with_story(remedies: RemedyQuerySet) -> RemedyQuerySet:
    """What the columns of remedies read, in a fixed number of queries."""
    rows = remedies.select_related("visit__unit", "visit__round__body", "finding")
    return rows.prefetch_related(
        "visit__unit__former_names",
        "visit__round__body__former_names",
        "extensions",
        Prefetch("progress", queryset=Progress.objects.waiting(), to_attr="claims"),
    )


def whom(remedy: Remedy, user: User) -> str:
    """Whom the remedy asks: the person's name only for whoever may see it."""
    if user.sees_names and remedy.person_name:
        return remedy.person_name
    return remedy.get_subject_display()


def remedy_columns(user: User, as_of: date, *, with_names: bool) -> tuple[Column, ...]:
    """The columns as this person sees them on that day; `with_names`: the export was asked so."""

    def state(each: Any) -> Badge:
        return state_badge(each, each.state_at(as_of), each.due_on_at(as_of), as_of)

    def due(each: Any) -> str:
        return due_phrase(each, each.state_at(as_of), each.due_on_at(as_of), as_of)

    def waits(each: Any) -> str:
        return "đơn vị báo đã xong, chờ xác nhận" if each.claims else ""

    return (
        Column("Mã kiến nghị", lambda each: each.code, sort="code", link=True, width=16),
        Column("Đơn vị", lambda each: each.visit.unit_name, sort="visit__unit__sort_key", width=30),
        Column("Mã đơn vị", lambda each: each.visit.unit.code, on_screen=False, width=12),
        Column(
            "Loại",
            lambda each: each.get_kind_display(),
            sort="kind",
            width=24,
            small=lambda each: each.get_discipline_form_display(),
        ),
        Column(
            "Hình thức kỷ luật", lambda each: each.get_discipline_form_display(), on_screen=False
        ),
        Column("Đối tượng", lambda each: whom(each, user), in_export=False),
        Column("Tập thể hay cá nhân", lambda each: each.get_subject_display(), on_screen=False),
        *(_NAMES if with_names else ()),
        Column("Nội dung", lambda each: short(each.content), in_export=False),
        Column("Nội dung đầy đủ", lambda each: each.content, on_screen=False, width=60),
        Column("Mã tồn tại", lambda each: each.finding and each.finding.code, on_screen=False),
        Column("Hạn ban đầu", lambda each: each.due_on, on_screen=False),
        Column("Số lần gia hạn", lambda each: len(each.extensions.all()), on_screen=False),
        Column("Thời hạn", lambda each: each.due_on_at(as_of), sort="due_in_force", small=due),
        Column("Tình trạng", state, small=waits, width=22),
        Column(
            "Hoàn thành",
            lambda each: each.completed_on,
            sort="completed_on",
            small=lambda each: each.report_document,
        ),
        Column("Văn bản báo cáo", lambda each: each.report_document, on_screen=False, width=20),
        Column("Mã cuộc", lambda each: each.visit.round.code, on_screen=False),
        Column("Ngày kiểm tra", lambda each: each.visit.visited_on, on_screen=False),
        Column(
            "Cơ quan kiểm tra", lambda each: each.visit.round.body_name, on_screen=False, width=30
        ),
        Column(
            "Trạng thái cuộc", lambda each: each.visit.round.get_status_display(), on_screen=False
        ),
    )


_NAMES = (
    Column("Họ tên", lambda each: each.person_name, on_screen=False, width=26),
    Column("Chức vụ", lambda each: each.person_post, on_screen=False, width=26),
)


def as_of_text(as_of: date) -> str:
    """The day on which the list is seen, in words."""
    return f"tính đến ngày {format_day(as_of)}"
