"""Columns of the lists behind figures: rounds, visits, units, findings, remedies, people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, QuerySet

from congvu.dates import format_day
from congvu.tables import Badge, Column, label_of
from findings.models import Category, Remedy, RemedyKind, RemedyState, Severity, Subject
from findings.models.codes import STATE_TONES
from inspections.models import RoundForm, Visit
from reports.rollups import Figure, Question
from units.models import Kind


def what_of(figure: Figure) -> str:
    """What the rows behind a figure are: rounds, visits, units, findings, remedies or people."""
    head, *rest = figure.key.split(".")
    return rest[-1] if rest[-1] in ("units", "people") else head


def noun_of(figure: Figure) -> str:
    """What is counted, in Vietnamese."""
    nouns = {
        "rounds": "cuộc",
        "visits": "lượt",
        "units": "đơn vị",
        "findings": "tồn tại",
        "remedies": "kiến nghị",
        "people": "người",
    }
    return nouns[what_of(figure)]


def rows_of(figure: Figure, *, for_export: bool = False) -> QuerySet[Any]:
    """The logged records with what their columns read, in a fixed number of queries per page.

    For an export units are not joined but fetched by themselves: so a unit is built once for all
    the rows that name it.
    """
    rows: Any = figure.records()
    joined: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    match what_of(figure):
        case "rounds":
            rows = rows.annotate(visit_count=Count("visits"))
            units = ("body",)
        case "visits":
            joined, units = ("round",), ("unit", "round__body")
        case "units":
            rows = rows.prefetch_related("former_names")
        case _:
            if rows.model is Remedy:
                rows = rows.standing(figure.behind.as_of)
            joined, units = ("visit__round",), ("visit__unit",)
    joined += () if for_export else units
    rows = rows.prefetch_related(*(f"{unit}__former_names" for unit in units))
    found: QuerySet[Any] = rows.select_related(*joined) if joined else rows
    return found


def has_names(figure: Figure) -> bool:
    """Whether the rows behind a figure may name persons."""
    return what_of(figure) in ("people", "remedies")


def columns_of(figure: Figure, question: Question, *, with_names: bool) -> Sequence[Column]:
    """The columns of the list; personal names only where they are wanted and may be seen."""
    names = _NAMES if with_names else ()
    match what_of(figure):
        case "rounds":
            return _ROUNDS
        case "visits":
            return _VISITS
        case "units":
            on = question.boundaries_on
            name = Column("Đơn vị", lambda each: each.name_on(on), "sort_key", link=True, width=40)
            return (name, *_UNITS)
        case "findings":
            return _FINDINGS
        case "people":
            return (_REMEDIES[0], *names, *_REMEDIES[1:])
    return (*_REMEDIES[:3], *names, *_REMEDIES[3:])


def _visited(visit: Visit) -> str:
    """The visited unit by the name of that day."""
    return visit.unit.name_on(visit.visited_on)


def _body(visit: Visit) -> str:
    return visit.round.body.name_on(visit.round.starts_on)


_ROUNDS = (
    Column("Mã cuộc", lambda each: each.code, "code", link=True),
    Column("Cơ quan kiểm tra", lambda each: each.body.name_on(each.starts_on), "body__sort_key"),
    Column("Cấp", label_of(Kind, "body.kind"), "body__kind"),
    Column("Hình thức", label_of(RoundForm, "form"), "form"),
    Column("Từ ngày", lambda each: each.starts_on, "starts_on"),
    Column("Đến ngày", lambda each: each.ends_on, "ends_on"),
    Column("Số lượt", lambda each: each.visit_count, "visit_count", align="end", width=10),
)

_VISITS = (
    Column("Đơn vị được kiểm tra", _visited, "unit__sort_key", link=True, width=40),
    Column("Cấp", label_of(Kind, "unit.kind"), "unit__kind"),
    Column("Ngày kiểm tra", lambda each: each.visited_on, "visited_on"),
    Column("Mã cuộc", lambda each: each.round.code, "round__code"),
    Column("Hình thức", label_of(RoundForm, "round.form"), "round__form"),
    Column("Cơ quan kiểm tra", _body, "round__body__sort_key", width=30),
    Column("Biên bản", lambda each: each.minutes_number, "minutes_number"),
    Column("Kết luận", lambda each: each.conclusion_number, "conclusion_number"),
)

_UNITS = (
    Column("Mã đơn vị", lambda each: each.code, "code"),
    Column("Loại", label_of(Kind, "kind"), "kind"),
    Column("Hiệu lực", lambda each: each.span_text, width=30),
)

_FINDINGS = (
    Column("Mã tồn tại", lambda each: each.code, "code", link=True),
    Column("Đơn vị", lambda each: _visited(each.visit), "visit__unit__sort_key", width=30),
    Column("Nhóm", label_of(Category, "category"), "category", width=30),
    Column("Mức độ", label_of(Severity, "severity"), "severity"),
    Column("Nội dung", lambda each: each.content, width=50),
    Column("Mã cuộc", lambda each: each.visit.round.code, "visit__round__code"),
    Column("Ngày kiểm tra", lambda each: each.visit.visited_on, "visit__visited_on"),
)


def _state(remedy: Any) -> Badge:
    state = RemedyState(remedy.state)
    return Badge(str(state.label), STATE_TONES[state])


_REMEDIES = (
    Column("Mã kiến nghị", lambda each: each.code, "code", link=True),
    Column("Đơn vị", lambda each: _visited(each.visit), "visit__unit__sort_key", width=30),
    Column("Loại kiến nghị", label_of(RemedyKind, "kind"), "kind", width=24),
    Column("Đối tượng", label_of(Subject, "subject"), "subject"),
    Column("Hạn", lambda each: each.due_in_force, "due_in_force"),
    Column("Hoàn thành", lambda each: each.completed_on, "completed_on"),
    Column("Tình trạng", _state, "state"),
    Column("Mã cuộc", lambda each: each.visit.round.code, "visit__round__code"),
)

_NAMES = (
    Column(
        "Họ tên", lambda each: each.person_name or "(không ghi tên)", "person_sort_key", width=26
    ),
    Column("Chức vụ", lambda each: each.person_post, "person_post", width=26),
)

CONTRIBUTION_COLUMNS = (
    Column(
        "Đơn vị báo cáo",
        lambda each: each.unit_name,
        link=lambda each: each.source.get_absolute_url(),
        width=40,
    ),
    Column("Mã đơn vị", lambda each: each.source.unit.code),
    Column(
        "Kỳ báo cáo",
        lambda each: f"{format_day(each.source.first_day)}–{format_day(each.source.last_day)}",
        width=26,
    ),
    Column("Phần cộng thêm", lambda each: each.amount, align="end"),
)
