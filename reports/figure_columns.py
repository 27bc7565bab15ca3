"""Columns of the lists behind figures: rounds, visits, units, findings, remedies, people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, QuerySet

from congvu.dates import format_day
from congvu.tables import Badge, Column
from findings.models import Remedy, RemedyState
from findings.models.codes import STATE_TONES
from inspections.models import Visit
from reports.rollups import Figure, Question
from units.models import Unit


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


def rows_of(figure: Figure) -> QuerySet[Any]:
    """The logged records with what their columns read, in a fixed number of queries per page."""
    records: Any = figure.records()
    match what_of(figure):
        case "rounds":
            rows = records.select_related("body").prefetch_related("body__former_names")
            rows = rows.annotate(visit_count=Count("visits"))
        case "visits":
            rows = records.select_related("round__body", "unit").prefetch_related(
                "unit__former_names", "round__body__former_names"
            )
        case "units":
            rows = records.prefetch_related("former_names")
        case _:
            if records.model is Remedy:
                records = records.standing(figure.behind.as_of)
            rows = records.select_related("visit__unit", "visit__round").prefetch_related(
                "visit__unit__former_names"
            )
    found: QuerySet[Any] = rows
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


def _unit_kind(unit: Unit) -> str:
    return unit.get_kind_display()


_ROUNDS = (
    Column("Mã cuộc", lambda each: each.code, "code", link=True),
    Column("Cơ quan kiểm tra", lambda each: each.body.name_on(each.starts_on), "body__sort_key"),
    Column("Cấp", lambda each: _unit_kind(each.body), "body__kind"),
    Column("Hình thức", lambda each: each.get_form_display(), "form"),
    Column("Từ ngày", lambda each: each.starts_on, "starts_on"),
    Column("Đến ngày", lambda each: each.ends_on, "ends_on"),
    Column("Số lượt", lambda each: each.visit_count, "visit_count", align="end", width=10),
)

_VISITS = (
    Column("Đơn vị được kiểm tra", _visited, "unit__sort_key", link=True, width=40),
    Column("Cấp", lambda each: _unit_kind(each.unit), "unit__kind"),
    Column("Ngày kiểm tra", lambda each: each.visited_on, "visited_on"),
    Column("Mã cuộc", lambda each: each.round.code, "round__code"),
    Column("Hình thức", lambda each: each.round.get_form_display(), "round__form"),
    Column("Cơ quan kiểm tra", _body, "round__body__sort_key", width=30),
    Column("Biên bản", lambda each: each.minutes_number, "minutes_number"),
    Column("Kết luận", lambda each: each.conclusion_number, "conclusion_number"),
)

_UNITS = (
    Column("Mã đơn vị", lambda each: each.code, "code"),
    Column("Loại", _unit_kind, "kind"),
    Column("Hiệu lực", lambda each: each.span_text, width=30),
)

_FINDINGS = (
    Column("Mã tồn tại", lambda each: each.code, "code", link=True),
    Column("Đơn vị", lambda each: _visited(each.visit), "visit__unit__sort_key", width=30),
    Column("Nhóm", lambda each: each.get_category_display(), "category", width=30),
    Column("Mức độ", lambda each: each.get_severity_display(), "severity"),
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
    Column("Loại kiến nghị", lambda each: each.get_kind_display(), "kind", width=24),
    Column("Đối tượng", lambda each: each.get_subject_display(), "subject"),
    Column("Hạn", lambda each: each.due_in_force, "due_in_force"),
    Column("Hoàn thành", lambda each: each.completed_on, "completed_on"),
    Column("Tình trạng", _state, "state"),
    Column("Mã cuộc", lambda each: each.visit.round.code, "visit__round__code"),
)

_NAMES = (
    Column("Họ tên", lambda each: each.person_name or "(không ghi tên)", "person_folded", width=26),
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
