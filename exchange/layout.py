"""The workbook's sheets and columns as data (contract §3): one line a column.

Reading, template, export and the marking of faults all go by these lines, so that a heading and
what it means cannot drift apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from django.db import models

from congvu.fields import BLOCK_LIMIT
from congvu.text import fold
from findings.models import (
    Category,
    DisciplineForm,
    Extension,
    Finding,
    Remedy,
    RemedyKind,
    Severity,
    Subject,
)
from inspections.models import Plan, Round, RoundForm, RoundStatus, Visit
from reports.models import FIGURES, Return
from units.models import Kind, Succession, SuccessionKind, Unit


class Type(Enum):
    """What a column's cells hold."""

    CODE = "code"  # told exactly as it stands, once cleaned
    LINE = "line"
    BLOCK = "block"  # several lines
    DAY = "day"
    COUNT = "count"
    LABEL = "label"  # one of a set of codes
    MARK = "mark"  # x or nothing


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading and the field it fills, which is also where model rules point to."""

    heading: str
    field: str
    holds: Type
    required: bool = False
    choices: type[models.TextChoices] | None = None
    # How long the text may be.
    max_length: int | None = None
    width: int = 16


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its title and columns; `identity` are the fields that tell a record."""

    key: str
    title: str
    model: type[models.Model]
    columns: tuple[Column, ...]
    identity: tuple[str, ...]

    def column(self, field: str) -> Column:
        """The column that fills a field."""
        return next(column for column in self.columns if column.field == field)


def _code(heading: str, field: str, *, required: bool = True, max_length: int = 50) -> Column:
    return Column(heading, field, Type.CODE, required, max_length=max_length)


def _line(heading: str, field: str, max_length: int, *, required: bool = False) -> Column:
    return Column(heading, field, Type.LINE, required, max_length=max_length, width=28)


def _block(heading: str, field: str, *, required: bool = False) -> Column:
    return Column(heading, field, Type.BLOCK, required, max_length=BLOCK_LIMIT, width=50)


def _day(heading: str, field: str, *, required: bool = False) -> Column:
    return Column(heading, field, Type.DAY, required, width=14)


def _label(
    heading: str, field: str, choices: type[models.TextChoices], *, required: bool = True
) -> Column:
    return Column(heading, field, Type.LABEL, required, choices=choices, width=24)


# Any sheet with `Mã đơn vị` may have it; it is only compared, never stored.
UNIT_NAME = _line("Tên đơn vị", "unit_name", 300)

UNITS = Sheet(
    "units",
    "Đơn vị",
    Unit,
    (
        _code("Mã đơn vị", "code"),
        _line("Tên đơn vị", "name", 300, required=True),
        _label("Loại", "kind", Kind),
        _code("Mã đơn vị cấp trên", "parent", required=False),
        _day("Hiệu lực từ", "valid_from"),
        _day("Hiệu lực đến", "valid_to"),
    ),
    ("code", "valid_from"),
)
SUCCESSIONS = Sheet(
    "successions",
    "Kế thừa",
    Succession,
    (
        _code("Mã đơn vị cũ", "predecessor"),
        _code("Mã đơn vị mới", "successor"),
        _day("Ngày hiệu lực", "effective_on", required=True),
        _label("Loại", "kind", SuccessionKind),
        Column("Mặc định", "is_main", Type.MARK, width=10),
    ),
    ("predecessor", "successor", "effective_on"),
)
PLANS = Sheet(
    "plans",
    "Kế hoạch",
    Plan,
    (
        _code("Số ký hiệu", "number", max_length=60),
        _day("Ngày ban hành", "issued_on", required=True),
        _code("Mã cơ quan ban hành", "issuer"),
        Column("Năm", "year", Type.COUNT, required=True, width=8),
        _line("Trích yếu", "subject", 500),
    ),
    ("issuer", "number", "year"),
)
ROUNDS = Sheet(
    "rounds",
    "Cuộc kiểm tra",
    Round,
    (
        _code("Mã cuộc", "code"),
        _code("Số kế hoạch", "plan", required=False, max_length=60),
        _label("Hình thức", "form", RoundForm),
        _code("Mã cơ quan kiểm tra", "body"),
        _day("Từ ngày", "starts_on", required=True),
        _day("Đến ngày", "ends_on", required=True),
        _label("Trạng thái", "status", RoundStatus),
        _line("Đoàn kiểm tra", "team", 200),
        _block("Nội dung", "scope_note"),
    ),
    ("code",),
)
VISITS = Sheet(
    "visits",
    "Lượt kiểm tra",
    Visit,
    (
        _code("Mã cuộc", "round"),
        _code("Mã đơn vị", "unit"),
        _day("Ngày kiểm tra", "visited_on", required=True),
        _line("Số biên bản", "minutes_number", 60),
        _line("Số kết luận", "conclusion_number", 60),
        _day("Ngày kết luận", "concluded_on"),
        _block("Ưu điểm", "strengths"),
    ),
    ("round", "unit"),
)
FINDINGS = Sheet(
    "findings",
    "Tồn tại",
    Finding,
    (
        _code("Mã tồn tại", "code"),
        _code("Mã cuộc", "round"),
        _code("Mã đơn vị", "unit"),
        _label("Nhóm", "category", Category),
        _label("Mức độ", "severity", Severity),
        _label("Đối tượng", "subject", Subject, required=False),
        _block("Nội dung", "content", required=True),
    ),
    ("code",),
)
REMEDIES = Sheet(
    "remedies",
    "Kiến nghị",
    Remedy,
    (
        _code("Mã kiến nghị", "code"),
        _code("Mã cuộc", "round"),
        _code("Mã đơn vị", "unit"),
        _code("Mã tồn tại", "finding", required=False),
        _label("Loại", "kind", RemedyKind),
        _label("Đối tượng", "subject", Subject),
        _line("Họ tên", "person_name", 150),
        _line("Chức vụ", "person_post", 200),
        _label("Hình thức kỷ luật", "discipline_form", DisciplineForm, required=False),
        _day("Hạn thực hiện", "due_on"),
        _day("Ngày hoàn thành", "completed_on"),
        _line("Văn bản báo cáo", "report_document", 200),
        _block("Nội dung", "content"),
    ),
    ("code",),
)
EXTENSIONS = Sheet(
    "extensions",
    "Gia hạn",
    Extension,
    (
        _code("Mã kiến nghị", "remedy"),
        _day("Ngày cho phép", "decided_on", required=True),
        _day("Hạn mới", "due_on", required=True),
        _line("Văn bản", "document", 200),
    ),
    ("remedy", "decided_on"),
)
RETURNS = Sheet(
    "returns",
    "Số liệu báo cáo",
    Return,
    (
        _code("Mã đơn vị", "unit"),
        _day("Từ ngày", "first_day", required=True),
        _day("Đến ngày", "last_day", required=True),
        *(Column(heading, key, Type.COUNT, width=12) for key, heading in FIGURES.items()),
        _day("Ngày gửi", "sent_on"),
    ),
    ("unit", "first_day", "last_day"),
)

# In the order in which records can be made: each sheet names only records of earlier ones.
SHEETS = (
    UNITS,
    SUCCESSIONS,
    PLANS,
    ROUNDS,
    VISITS,
    FINDINGS,
    REMEDIES,
    EXTENSIONS,
    RETURNS,
)
SHEET_BY_KEY = {sheet.key: sheet for sheet in SHEETS}

# Sheets that the application itself adds for the reader; they are passed over without a word.
GUIDE_TITLE = "Hướng dẫn"
FAULTS_TITLE = "Danh sách lỗi"
LISTS_TITLE = "Danh mục"
OWN_TITLES = frozenset(fold(title) for title in (GUIDE_TITLE, LISTS_TITLE, FAULTS_TITLE))


def columns_by_heading(sheet: Sheet) -> dict[str, Column]:
    """The sheet's columns by their folded headings, with `Tên đơn vị` where it may stand too."""
    found = {fold(column.heading): column for column in sheet.columns}
    if fold("Mã đơn vị") in found:
        found.setdefault(fold(UNIT_NAME.heading), UNIT_NAME)
    return found
