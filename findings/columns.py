"""Columns of the lists of findings and remedies, and the words and tones of their states."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Prefetch, QuerySet, Subquery, Value
from django.utils import timezone

from accounts.models import User
from congvu.dates import days_phrase, format_day
from congvu.tables import Badge, Column, label_of
from findings.models import (
    Category,
    DisciplineForm,
    Extension,
    Finding,
    FindingQuerySet,
    OfficialKind,
    Progress,
    Remedy,
    RemedyKind,
    RemedyQuerySet,
    RemedyState,
    Severity,
    Subject,
)
from findings.models.codes import STATE_TONES
from inspections.models import RoundStatus

# Days before the due day from which it is called near.
NEAR = 7
# So much of a text stands in a cell; the page of the record has all of it.
SHORT = 110

# Said in place of a name: who may not read it must not think that none was written.
HIDDEN = "họ tên được che"

_SEVERITY_TONES: dict[str, str] = {
    Severity.SHORTCOMING: "secondary",
    Severity.LIMITATION: "warning",
    Severity.VIOLATION: "danger",
}


def short(text: str) -> str:
    """The beginning of a text, cut at a word."""
    line = " ".join(text.split())
    return line if len(line) <= SHORT else f"{line[:SHORT].rsplit(' ', 1)[0]} …"


_subject = label_of(Subject, "subject")
_round_status = label_of(RoundStatus, "visit.round.status")

# --- findings --------------------------------------------------------------------------------


_severity = label_of(Severity, "severity")


def severity_badge(finding: Finding) -> Badge:
    """How grave the finding is, as a word in a tone."""
    return Badge(_severity(finding), _SEVERITY_TONES[finding.severity])


_NAMES_OF_UNITS = ("visit__unit__former_names", "visit__round__body__former_names")


def _joined(for_export: bool) -> tuple[str, ...]:
    """What is joined to a row; the rest of what it reads is fetched by itself.

    A page of fifty rows joins the units too, which spares statements. An export does not: so a unit
    is built once for all the rows that name it, and building records is what an export waits for.
    """
    return ("visit__round",) if for_export else ("visit__unit", "visit__round__body")


def with_visit(findings: FindingQuerySet, *, for_export: bool = False) -> FindingQuerySet:
    """What the columns of findings read, in a fixed number of queries for the rows of one page."""
    rows = findings.select_related(*_joined(for_export)).prefetch_related(*_NAMES_OF_UNITS)
    if for_export:
        remedies = Remedy.objects.filter(finding=OuterRef("pk"))
        return rows.annotate(
            remedies_count=_number(remedies),
            remedies_left=_number(remedies.filter(completed_on=None)),
        )
    remedies = Remedy.objects.only("pk", "finding_id", "completed_on")
    return rows.prefetch_related(Prefetch("remedies", queryset=remedies, to_attr="seen_remedies"))


def _number(rows: QuerySet[Any]) -> Subquery:
    """How many there are of those rows, counted for each row that they hang on."""
    # All in one group: what is grouped by is the same for every row.
    whole = rows.order_by().values(all=Value(1)).annotate(count=Count("pk"))
    return Subquery(whole.values("count"))


def remedies_text(finding: Any) -> str:
    """How many remedies answer the finding and how many of them are not done; on a page."""
    remedies: list[Remedy] = finding.seen_remedies
    left = sum(each.completed_on is None for each in remedies)
    if not remedies:
        return "–"
    return f"còn {left}/{len(remedies)}" if left else f"xong {len(remedies)}"


FINDING_COLUMNS = (
    Column("Mã tồn tại", lambda each: each.code, sort="code", link=True, width=16),
    Column("Đơn vị", lambda each: each.visit.unit_name, sort="visit__unit__sort_key", width=30),
    Column("Mã đơn vị", lambda each: each.visit.unit.code, on_screen=False, width=12),
    Column("Nhóm", label_of(Category, "category"), sort="category", width=28),
    Column("Mức độ", severity_badge, sort="severity", width=12),
    Column("Đối tượng", _subject, width=12),
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
    Column("Trạng thái cuộc", _round_status, on_screen=False),
    Column("Kiến nghị", remedies_text, in_export=False, align="end"),
    Column("Số kiến nghị", lambda each: each.remedies_count, on_screen=False, width=10),
    Column("Kiến nghị chưa xong", lambda each: each.remedies_left, on_screen=False, width=10),
)


# --- remedies --------------------------------------------------------------------------------


_discipline_form = label_of(DisciplineForm, "discipline_form")


def state_badge(
    remedy: Remedy, state: str, due: date | None, as_of: date, *, claimed: bool
) -> Badge:
    """Where the remedy stands, as words in a tone; nowhere while its round is not completed.

    `claimed`: the asked side says it is done, and nobody has settled that.
    """
    if uncounted := remedy.visit.round.why_not_counted:
        return Badge(uncounted, "secondary")
    more = " – đã báo, chờ xác nhận" if claimed else ""
    if state == RemedyState.OPEN and due is not None and (due - as_of).days <= NEAR:
        return Badge(f"Sắp đến hạn{more}", "warning")
    return Badge(f"{RemedyState(state).label}{more}", STATE_TONES[state])


def due_phrase(remedy: Remedy, state: str, due: date | None, as_of: date) -> str:
    """How far the due day is: "còn 3 ngày", "quá hạn 12 ngày"; nothing for what is done."""
    if due is None or state not in (RemedyState.OPEN, RemedyState.OVERDUE):
        return ""
    return days_phrase(due, as_of) if remedy.is_followed else ""


def with_story(remedies: RemedyQuerySet, *, for_export: bool = False) -> RemedyQuerySet:
    """What the columns of remedies read, in a fixed number of queries for the rows of one page."""
    rows = remedies.select_related(*_joined(for_export)).prefetch_related(*_NAMES_OF_UNITS)
    if for_export:
        extensions = Extension.objects.filter(remedy=OuterRef("pk"))
        waiting = Progress.objects.waiting()
        return rows.prefetch_related("verified_by", "keeper").annotate(
            finding_code=F("finding__code"),
            extensions_count=_number(extensions),
            claims=Exists(waiting.filter(remedy=OuterRef("pk"))),
        )
    claims = Prefetch("progress", queryset=Progress.objects.waiting(), to_attr="claims")
    return rows.prefetch_related("extensions", claims)


def whom(remedy: Remedy, user: User) -> str:
    """Whom the remedy asks: the person's name for whoever may see it, else that there is one."""
    if not remedy.person_name:
        return remedy.get_subject_display()
    return remedy.person_name if user.sees_names else f"{remedy.get_subject_display()} ({HIDDEN})"


def remedy_columns(
    user: User, as_of: date, *, with_names: bool, for_export: bool = False
) -> tuple[Column, ...]:
    """The columns as this person sees them on that day; `with_names`: the export was asked so.

    They read rows of `with_story`; for an export these carry `standing(as_of)` besides.
    """

    # Several columns of one row ask for it; the row just worked out is kept.
    @lru_cache(maxsize=1)
    def standing(each: Any) -> tuple[RemedyState, date | None]:
        if for_export:
            return RemedyState(each.state), each.due_in_force
        return each.state_at(as_of), each.due_on_at(as_of)

    def state(each: Any) -> Badge:
        return state_badge(each, *standing(each), as_of, claimed=bool(each.claims))

    def due(each: Any) -> str:
        return due_phrase(each, *standing(each), as_of)

    return (
        Column("Mã kiến nghị", lambda each: each.code, sort="code", link=True, width=16),
        Column("Đơn vị", lambda each: each.visit.unit_name, sort="visit__unit__sort_key", width=30),
        Column("Mã đơn vị", lambda each: each.visit.unit.code, on_screen=False, width=12),
        Column("Loại", label_of(RemedyKind, "kind"), sort="kind", width=24, small=_discipline_form),
        Column("Hình thức kỷ luật", _discipline_form, on_screen=False),
        Column("Đối tượng", lambda each: whom(each, user), in_export=False),
        Column("Tập thể hay cá nhân", _subject, on_screen=False),
        *(_NAMES if with_names else ()),
        Column("Nội dung", lambda each: short(each.content), in_export=False),
        Column("Nội dung đầy đủ", lambda each: each.content, on_screen=False, width=60),
        Column("Mã tồn tại", lambda each: each.finding_code, on_screen=False),
        Column("Hạn ban đầu", lambda each: each.due_on, on_screen=False),
        Column("Số lần gia hạn", lambda each: each.extensions_count, on_screen=False),
        Column("Thời hạn", lambda each: standing(each)[1], sort="due_in_force", small=due),
        Column("Tình trạng", state, width=36),
        Column(
            "Hoàn thành",
            lambda each: each.completed_on,
            sort="completed_on",
            small=lambda each: each.report_document,
        ),
        Column("Người xác nhận", lambda each: each.verified_by, on_screen=False, width=26),
        Column("Người theo dõi", lambda each: each.keeper, on_screen=False, width=26),
        Column("Ngày tiếp nhận", _acknowledged_on, on_screen=False),
        Column("Văn bản báo cáo", lambda each: each.report_document, on_screen=False, width=20),
        Column("Mã cuộc", lambda each: each.visit.round.code, on_screen=False),
        Column("Ngày kiểm tra", lambda each: each.visit.visited_on, on_screen=False),
        Column(
            "Cơ quan kiểm tra", lambda each: each.visit.round.body_name, on_screen=False, width=30
        ),
        Column("Trạng thái cuộc", _round_status, on_screen=False),
    )


def _acknowledged_on(remedy: Remedy) -> date | None:
    return timezone.localdate(remedy.acknowledged_at) if remedy.acknowledged_at else None


_NAMES = (
    Column("Họ tên", lambda each: each.person_name, on_screen=False, width=26),
    Column("Chức vụ", lambda each: each.person_post, on_screen=False, width=26),
    Column("Loại cán bộ", label_of(OfficialKind, "official_kind"), on_screen=False, width=26),
    Column("Người, đơn vị trả lời", lambda each: each.answerer, on_screen=False, width=26),
    Column("Số quyết định kỷ luật", lambda each: each.decision_number, on_screen=False, width=20),
    Column("Ngày quyết định", lambda each: each.decision_on, on_screen=False),
)


def as_of_text(as_of: date) -> str:
    """The day on which the list is seen, in words."""
    return f"tính đến ngày {format_day(as_of)}"
