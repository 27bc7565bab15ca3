"""Parts of pages that templates draw from one place. Built in: no `{% load %}` is needed."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django import forms, template
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import QuerySet
from django.forms.boundfield import BoundField
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from congvu.dates import format_day
from congvu.icons import ICONS
from congvu.models import Event
from congvu.tables import Cell, Row
from congvu.trail import DEEDS

register = template.Library()

TONES = ("danger", "warning", "success", "info", "secondary")
# A name or code shorter than this does not break into lines.
_BRIEF = 20
# Only the first cell of a row is its main one.
_FIRST = (" main", *("" for _ in range(50)))
# What stands where a record has nothing.
NOTHING = "(trống)"


def _svg(name: str) -> SafeString:
    path = ICONS[name]
    return mark_safe(  # noqa: S308  # paths come from our own table
        '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">'
        f'<path d="{path}"/></svg>'
    )


_ICONS = {name: _svg(name) for name in ICONS}


@register.simple_tag
def icon(name: str) -> SafeString:
    """A sign from `congvu/icons.py`, of the size and colour of the text around it."""
    return _ICONS[name]


@register.simple_tag
def status_badge(tone: str, text: str) -> SafeString:
    """A state: sign + word + colour, never colour alone. `tone` is one of `TONES`."""
    known = tone if tone in TONES else "secondary"
    return mark_safe(  # noqa: S308  # the text is escaped, the rest is our own
        f'<span class="state state-{known}">{_ICONS[known]}{escape(text)}</span>'
    )


@register.simple_tag
def table_row(row: Row) -> SafeString:
    """The cells of a list's row. In Python: fifty rows as a template take half of a page's time."""
    return mark_safe("".join(map(_cell, row.cells, _FIRST)))  # noqa: S308  # _cell escapes


def _cell(cell: Cell, main: str) -> str:
    """A cell: state, link or text, and the smaller line under it."""
    shown: str
    look = f"text-{cell.align}{main}"
    if main and len(cell.text) < _BRIEF:
        look += " brief"
    if cell.tone:
        shown = status_badge(cell.tone, cell.text)
    elif cell.url:
        shown = f'<a href="{escape(cell.url)}">{escape(cell.text)}</a>'
    else:
        shown = escape(cell.text)
        if not cell.text and not cell.small:
            look += " void"
    if cell.small:
        shown = f'{shown}<span class="small-line">{escape(cell.small)}</span>'
    return f'<td role="cell" data-label="{escape(cell.label)}" class="{look}">{shown}</td>'


@register.simple_tag
def crumb(url: str, text: Any) -> SafeString:
    """One step of the breadcrumb; without an address it is where one stands."""
    if not url:
        return format_html('<li class="breadcrumb-item active" aria-current="page">{}</li>', text)
    return format_html('<li class="breadcrumb-item"><a href="{}">{}</a></li>', url, text)


@register.simple_block_tag
def breadcrumb(content: str) -> str | SafeString:
    """The steps above this page, after the home page; nothing when there are none."""
    if not content.strip():
        return ""
    return format_html(
        '<nav class="crumbs" aria-label="Vị trí của trang"><ol class="breadcrumb">{}{}</ol></nav>',
        crumb(reverse("home"), "Trang chủ"),
        content,
    )


# --- forms -----------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def once_key(context: template.Context) -> str:
    """The key by which a form is taken once (`congvu.once`); a form sent back keeps its own."""
    request = context.get("request")
    sent = request.POST.get("_once", "") if request is not None else ""
    try:
        return str(uuid.UUID(sent))
    except ValueError:
        return str(uuid.uuid4())


# So many filters stand in the row; the others wait behind "Thêm điều kiện".
_FILTERS_IN_ROW = 5


@dataclass(frozen=True)
class FilterRow:
    """The filters of a list: those always seen, the others, and whether one of these works."""

    first: list[BoundField]
    more: list[BoundField]
    more_at_work: bool


@register.simple_tag
def filter_row(form: forms.BaseForm) -> FilterRow:
    """The filters in the order of the form; one more than fits is shown rather than hidden."""
    fields = form.visible_fields()
    cut = len(fields) if len(fields) <= _FILTERS_IN_ROW + 1 else _FILTERS_IN_ROW
    more = fields[cut:]
    return FilterRow(fields[:cut], more, any(field.value() or field.errors for field in more))


@dataclass(frozen=True)
class FieldGroup:
    """Fields under one heading; the heading may be empty."""

    title: str
    fields: list[BoundField]


@register.simple_tag
def form_groups(form: forms.BaseForm | str) -> list[FieldGroup]:
    """The visible fields by the form's `groups`; those in no group come last, without heading.

    Those that a part of the form draws itself (`apart`) are left out.
    """
    if not isinstance(form, forms.BaseForm):
        return []  # a page that only asks for agreement has none
    apart = getattr(form, "apart", ())
    left = {field.name: field for field in form.visible_fields() if field.name not in apart}
    groups = []
    for title, names in getattr(form, "groups", ()):
        fields = [left.pop(name) for name in names if name in left]
        if fields:
            groups.append(FieldGroup(title, fields))
    if left:
        groups.append(FieldGroup("", list(left.values())))
    return groups


@register.simple_tag
def form_faults(form: forms.BaseForm) -> list[tuple[str, str, list[str]]]:
    """For the summary: id of the field, its label, and its faults; visible fields in their order.

    The id is that of the first control, so that the link leads to something that takes focus.
    Faults in the form's rows come last, named after the row: "Thành viên 2, họ và tên".
    """
    found = []
    for group in form_groups(form):
        for field in group.fields:
            if told := [*map(str, field.errors), *([FILE_LOST] if is_lost_file(field) else [])]:
                found.append((_target(field), str(field.label), told))
    for name in getattr(form, "apart", ()):
        if name in form.fields and form[name].errors:
            told = [str(each) for each in form[name].errors]
            found.append((_target(form[name]), str(form[name].label), told))
    for title, rows in getattr(form, "row_sets", ()):
        for place, row in enumerate(rows, start=1):
            found += _row_faults(f"{title} {place}", row)
    return found


def _row_faults(name: str, row: forms.BaseForm) -> list[tuple[str, str, list[str]]]:
    """The faults of one row; those of no field of their own lead to its first."""
    fields = row.visible_fields()
    found = []
    if told := [str(each) for each in row.non_field_errors()]:
        found.append((_target(fields[0]), name, told))
    for field in fields:
        if field.errors:
            label = str(field.label)
            called = name if name.startswith(label) else f"{name}, {label[:1].lower()}{label[1:]}"
            found.append((_target(field), called, [str(each) for each in field.errors]))
    return found


def _target(field: BoundField) -> str:
    """The id of the field's first control."""
    return str(field.id_for_label or f"{field.auto_id}_0")


# Browsers hand a file over once and fill no field with it again.
FILE_LOST = "Trình duyệt không giữ được tệp đã chọn; hãy chọn lại."


@register.filter
def is_lost_file(field: BoundField) -> bool:
    """Whether a file was chosen here, is right, and went because of a fault elsewhere."""
    chosen = isinstance(field.field, forms.FileField) and bool(field.data)
    return chosen and bool(field.form.errors) and not field.errors


@register.simple_tag
def file_lost() -> str:
    """What to do about such a file."""
    return FILE_LOST


@register.simple_tag
def conflict_rows(form: forms.BaseForm, conflict: Any) -> list[tuple[str, str, str]]:
    """What another writer saved beside what was typed: label, mine, theirs; codes by labels."""
    choices = {
        str(field.label): {str(code): str(word) for code, word in field.widget.choices}
        for field in form.fields.values()
        if isinstance(field.widget, forms.Select) and not hasattr(field, "queryset")
    }

    def words(label: str, value: Any) -> str:
        word = choices.get(label, {}).get(str(value)) if value else None
        return word or in_words(value)

    return [
        (label, words(label, mine), words(label, theirs))
        for label, mine, theirs in conflict.changes
    ]


@register.filter
def minutes(span: timedelta | None) -> int:
    """A span of time in whole minutes, rounded up."""
    return -int(-span.total_seconds() // 60) if span else 0


@register.filter
def is_checkbox(field: BoundField) -> bool:
    """Whether the field is one box to tick, whose label stands beside it."""
    return isinstance(field.field.widget, forms.CheckboxInput)


@register.filter
def optional_text(field: BoundField) -> str:
    """What stands beside a label that may be left empty: that, or when the form needs it.

    A form tells the latter by field name in `needed`.
    """
    needed: dict[str, str] = getattr(field.form, "needed", {})
    return needed.get(field.name, "không bắt buộc")


# --- the trail -------------------------------------------------------------------------------


@dataclass(frozen=True)
class TrailRow:
    """One mark as a person reads it."""

    at: datetime
    who: str
    deed: str
    address: str
    changes: list[tuple[str, str, str]]
    note: str


@register.simple_tag
def trail_rows(record: models.Model, events: Iterable[Event]) -> list[TrailRow]:
    """The marks of a record with the names of its fields, old and new value in words."""
    if isinstance(events, QuerySet):
        events = events.select_related("by")
    return [
        TrailRow(
            at=timezone.localtime(event.at),
            who=str(event.by) if event.by_id else "Hệ thống",
            deed=deed_label(event.deed),
            address=event.address or "",
            changes=[
                (
                    _field_label(record, name),
                    _in_words(record, name, old),
                    _in_words(record, name, new),
                )
                for name, (old, new) in event.changes.items()
            ],
            note=event.note,
        )
        for event in events
    ]


@register.filter
def deed_label(deed: str) -> str:
    """`completed` or `round.completed` → Hoàn thành."""
    return DEEDS.get(deed) or DEEDS.get(deed.rpartition(".")[2], deed)


def _field_label(record: models.Model, name: str) -> str:
    try:
        field = record._meta.get_field(name)
    except FieldDoesNotExist:
        return name
    label = str(getattr(field, "verbose_name", name))
    return label[:1].upper() + label[1:]


def _in_words(record: models.Model, name: str, value: Any) -> str:
    """A value of the trail as people read it: days day first, codes by their labels."""
    if not isinstance(value, str) or not value:
        return in_words(value)
    try:
        field = record._meta.get_field(name)
    except FieldDoesNotExist:
        return str(value)
    if choices := getattr(field, "choices", None):
        return str(dict(choices).get(value, value))
    if isinstance(field, models.DateTimeField):
        moment = parse_datetime(str(value))
        return f"{timezone.localtime(moment):%d/%m/%Y %H:%M}" if moment else str(value)
    if isinstance(field, models.DateField):
        day = _day(str(value))
        return format_day(day) if day else str(value)
    return str(value)


@register.filter
def in_words(value: Any) -> str:
    """A value that stands alone, such as one of a conflict: days day first, nothing as such."""
    if value is None or value in ("", []):
        return NOTHING
    if isinstance(value, bool):
        return "Có" if value else "Không"
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%d/%m/%Y %H:%M}"
    return format_day(value) if isinstance(value, date) else str(value)


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None
