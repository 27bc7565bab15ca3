"""Writes a world as a workbook of contract §3, with the freedoms that it leaves to people.

First `tables` puts the world into plain rows; then `write` dresses them: dates as text or real,
labels or codes in any case and Unicode form, columns and sheets in any order, and so on. It tells
where each row and column went, so that a fault can be expected at its cell.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from random import Random

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from tests.oracle.labels import LABELS
from tests.oracle.naive import Unit, World
from tests.oracle.reading import FIGURE_HEADINGS

UNIT = "unit code"
DATE = "date"
COUNT = "count"
YEAR = "year"
TEXT = "text"
NAME = "name of the unit"  # may be left out anywhere
MARK = "x"

# Sheet → heading → what stands in the column: a set of labels, or one of the above. `*` = required.
COLUMNS: dict[str, dict[str, str]] = {
    "Đơn vị": {
        "Mã đơn vị*": UNIT,
        "Tên đơn vị*": TEXT,
        "Loại*": "unit kind",
        "Mã đơn vị cấp trên": UNIT,
        "Hiệu lực từ": DATE,
        "Hiệu lực đến": DATE,
    },
    "Kế thừa": {
        "Mã đơn vị cũ*": UNIT,
        "Mã đơn vị mới*": UNIT,
        "Ngày hiệu lực*": DATE,
        "Loại*": "succession",
        "Mặc định": MARK,
    },
    "Kế hoạch": {
        "Số ký hiệu*": TEXT,
        "Ngày ban hành*": DATE,
        "Mã cơ quan ban hành*": UNIT,
        "Năm*": YEAR,
        "Trích yếu": TEXT,
    },
    "Cuộc kiểm tra": {
        "Mã cuộc*": TEXT,
        "Số kế hoạch": TEXT,
        "Hình thức*": "round form",
        "Mã cơ quan kiểm tra*": UNIT,
        "Từ ngày*": DATE,
        "Đến ngày*": DATE,
        "Trạng thái*": "round status",
        "Đoàn kiểm tra": TEXT,
        "Nội dung": TEXT,
    },
    "Lượt kiểm tra": {
        "Mã cuộc*": TEXT,
        "Mã đơn vị*": UNIT,
        "Tên đơn vị": NAME,
        "Ngày kiểm tra*": DATE,
        "Số biên bản": TEXT,
        "Số kết luận": TEXT,
        "Ngày kết luận": DATE,
        "Ưu điểm": TEXT,
    },
    "Tồn tại": {
        "Mã tồn tại*": TEXT,
        "Mã cuộc*": TEXT,
        "Mã đơn vị*": UNIT,
        "Tên đơn vị": NAME,
        "Nhóm*": "finding category",
        "Mức độ*": "severity",
        "Đối tượng": "subject",
        "Nội dung*": TEXT,
    },
    "Kiến nghị": {
        "Mã kiến nghị*": TEXT,
        "Mã cuộc*": TEXT,
        "Mã đơn vị*": UNIT,
        "Tên đơn vị": NAME,
        "Mã tồn tại": TEXT,
        "Loại*": "remedy",
        "Đối tượng*": "subject",
        "Họ tên": TEXT,
        "Chức vụ": TEXT,
        "Hình thức kỷ luật": "discipline form",
        "Hạn thực hiện": DATE,
        "Ngày hoàn thành": DATE,
        "Văn bản báo cáo": TEXT,
        "Nội dung": TEXT,
    },
    "Gia hạn": {
        "Mã kiến nghị*": TEXT,
        "Ngày cho phép*": DATE,
        "Hạn mới*": DATE,
        "Văn bản": TEXT,
    },
    "Số liệu báo cáo": {
        "Mã đơn vị*": UNIT,
        "Tên đơn vị": NAME,
        "Từ ngày*": DATE,
        "Đến ngày*": DATE,
        **dict.fromkeys(FIGURE_HEADINGS, COUNT),
        "Ngày gửi": DATE,
    },
}
SHEETS = tuple(COLUMNS)
REQUIRED = {
    sheet: tuple(heading[:-1] for heading in columns if heading.endswith("*"))
    for sheet, columns in COLUMNS.items()
}
KINDS_OF_COLUMN = {
    sheet: {heading.rstrip("*"): kind for heading, kind in columns.items()}
    for sheet, columns in COLUMNS.items()
}


@dataclass(frozen=True)
class Raw:
    """A cell written as it stands, without any dressing."""

    value: object
    number_format: str = "General"


Value = str | int | date | Raw | None


@dataclass(eq=False)
class Line:
    """One row of a sheet before it is dressed."""

    cells: dict[str, Value]
    record: object = None


@dataclass
class Tables:
    """A workbook before it is dressed."""

    lines: dict[str, list[Line]] = field(default_factory=dict)
    absent_columns: set[tuple[str, str]] = field(default_factory=set)
    # Columns that must be written although they are blank.
    kept_columns: set[tuple[str, str]] = field(default_factory=set)

    def line_of(self, sheet: str, record: object) -> Line:
        """The row that a record was put into."""
        return next(line for line in self.lines[sheet] if line.record is record)


@dataclass
class Written:
    """Where everything went."""

    path: Path
    titles: dict[str, str] = field(default_factory=dict)
    rows: dict[Line, int] = field(default_factory=dict)
    letters: dict[tuple[str, str], str] = field(default_factory=dict)


def tables(world: World) -> Tables:
    """The world in the sheets of contract §3, every cell plain."""

    def line(record: object, *values: Value, sheet: str) -> Line:
        return Line(dict(zip(KINDS_OF_COLUMN[sheet], values, strict=True)), record)

    def code(unit: Unit | None) -> str | None:
        return unit.code if unit else None

    found = Tables()
    found.lines = {
        "Đơn vị": [
            line(
                unit,
                unit.code,
                unit.name,
                unit.kind,
                code(unit.parent),
                unit.valid_from,
                unit.valid_to,
                sheet="Đơn vị",
            )
            for unit in world.units
        ],
        "Kế thừa": [
            line(
                each,
                each.old.code,
                each.new.code,
                each.on,
                each.kind,
                "x" if each.main and each.kind == "SPLIT" else None,
                sheet="Kế thừa",
            )
            for each in world.successions
        ],
        "Kế hoạch": [
            line(
                each,
                each.number,
                each.issued_on,
                each.issuer.code,
                each.year,
                each.subject or None,
                sheet="Kế hoạch",
            )
            for each in world.plans
        ],
        "Cuộc kiểm tra": [
            line(
                each,
                each.code,
                each.plan.number if each.plan else None,
                each.form,
                each.body.code,
                each.first,
                each.last,
                each.status,
                each.team or None,
                each.content or None,
                sheet="Cuộc kiểm tra",
            )
            for each in world.rounds
        ],
        "Lượt kiểm tra": [
            line(
                each,
                each.round.code,
                each.unit.code,
                each.unit.name,
                each.day,
                each.minutes or None,
                each.conclusion or None,
                each.concluded,
                each.merits or None,
                sheet="Lượt kiểm tra",
            )
            for each in world.visits
        ],
        "Tồn tại": [
            line(
                each,
                each.code,
                each.visit.round.code,
                each.visit.unit.code,
                each.visit.unit.name,
                each.category,
                each.severity,
                each.subject or None,
                each.content,
                sheet="Tồn tại",
            )
            for each in world.findings
        ],
        "Kiến nghị": [
            line(
                each,
                each.code,
                each.visit.round.code,
                each.visit.unit.code,
                each.visit.unit.name,
                each.finding.code if each.finding else None,
                each.kind,
                each.subject,
                each.name or None,
                each.post or None,
                each.form or None,
                each.due,
                each.completed,
                each.report or None,
                each.content or None,
                sheet="Kiến nghị",
            )
            for each in world.remedies
        ],
        "Gia hạn": [
            line(
                each,
                each.remedy.code,
                each.decided,
                each.due,
                each.document or None,
                sheet="Gia hạn",
            )
            for each in world.extensions
        ],
        "Số liệu báo cáo": [
            line(
                each,
                each.unit.code,
                each.unit.name,
                each.first,
                each.last,
                *(each.figures[figure] for figure in FIGURE_HEADINGS.values()),
                each.sent,
                sheet="Số liệu báo cáo",
            )
            for each in world.returns
        ],
    }
    return found


# --- dressing --------------------------------------------------------------------------------


def without_marks(text: str) -> str:
    """The text without tone marks and đ."""
    plain = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(char for char in plain if not unicodedata.combining(char))


class Dresser:
    """Writes plain values as people write them. `plain` leaves them as they are."""

    def __init__(self, rng: Random, *, plain: bool = False) -> None:
        self.rng = rng
        self.plain = plain

    def chance(self, probability: float) -> bool:
        """Whether to take a freedom."""
        return not self.plain and self.rng.random() < probability

    def spaced(self, text: str) -> str:
        """Spaces at the ends, no-break spaces, runs of spaces."""
        if self.chance(0.15):
            text = text.replace(" ", self.rng.choice(("\u00a0", "  ", " \u00a0 ")))
        if self.chance(0.15):
            text = self.rng.choice((" ", "\u00a0", "  ")) + text
        if self.chance(0.15):
            text += self.rng.choice((" ", "\u00a0", "\u200b", "  "))
        return text

    def text(self, text: str) -> str:
        """What is kept: only its Unicode form and spaces may differ."""
        if "\n" in text:
            return text
        if self.chance(0.2):
            text = unicodedata.normalize("NFD", text)
        return self.spaced(text)

    def compared(self, text: str) -> str:
        """What is compared without case and marks: headings, sheet names, labels, unit names."""
        if self.chance(0.3):
            text = self.rng.choice((text.upper(), text.lower(), text.title(), text.swapcase()))
        if self.chance(0.3):
            text = without_marks(text)
        elif self.chance(0.3):
            text = unicodedata.normalize("NFD", text)
        return text

    def day(self, day: date) -> Raw:
        """A real date, or text day first or ISO."""
        pick = 0.0 if self.plain else self.rng.random()
        if pick < 0.4:
            number_format = "dd/mm/yyyy" if pick < 0.3 else "yyyy-mm-dd"
            return Raw(datetime(day.year, day.month, day.day), number_format)  # noqa: DTZ001
        if pick < 0.6:
            return Raw(self.spaced(f"{day:%d/%m/%Y}"))
        if pick < 0.8:
            return Raw(self.spaced(f"{day.day}/{day.month}/{day.year}"))
        return Raw(self.spaced(day.isoformat()))

    def code(self, code: str) -> Raw:
        """Text; or a number, with as many zeros in its format as the code has digits."""
        if code.isdecimal() and self.chance(0.3):
            if code.startswith("0") or self.chance(0.5):
                return Raw(int(code), "0" * len(code))
            return Raw(int(code))
        return Raw(self.text(code))

    def cell(self, value: Value, kind: str) -> Raw | None:
        """One cell."""
        if isinstance(value, Raw):
            return value
        if value is None:
            # Blank, or spaces that nobody sees.
            return Raw(self.rng.choice((" ", "\u00a0"))) if self.chance(0.03) else None
        if isinstance(value, date):
            return self.day(value)
        if isinstance(value, int):
            if self.chance(0.25):
                return Raw(self.spaced(str(value)))
            return Raw(float(value) if self.chance(0.1) else value)
        if kind == UNIT:
            return self.code(value)
        if kind == NAME:
            return Raw(self.spaced(self.compared(value)))
        if kind == MARK:
            return Raw(self.rng.choice(("x", "X", " x ")) if not self.plain else "x")
        if kind in LABELS:
            label = value if self.chance(0.3) else LABELS[kind].get(value, value)
            return Raw(self.spaced(self.compared(label)))
        return Raw(self.text(value))


def write(
    found: Tables, path: Path, rng: Random, *, plain: bool = False, blank_rows: bool = True
) -> Written:
    """Dresses the tables and saves them."""
    dresser = Dresser(rng, plain=plain)
    written = Written(path)
    book = Workbook()
    book.remove(book.worksheets[0])
    sheets = [sheet for sheet in SHEETS if found.lines.get(sheet) or not dresser.chance(0.5)]
    if not plain:
        rng.shuffle(sheets)
    for sheet in sheets:
        title = dresser.compared(sheet)
        written.titles[sheet] = title
        write_sheet(book.create_sheet(title), sheet, found, dresser, written, blank_rows)
    book.save(path)
    return written


def headings_of(sheet: str, found: Tables, dresser: Dresser) -> list[str | None]:
    """The headings to write, in some order; None is a column that nobody asked for."""
    lines = found.lines.get(sheet, [])
    headings: list[str | None] = []
    for heading, kind in KINDS_OF_COLUMN[sheet].items():
        if (sheet, heading) in found.absent_columns:
            continue
        needed = heading in REQUIRED[sheet] or any(
            line.cells.get(heading) is not None for line in lines
        )
        if kind == NAME and not any(isinstance(line.cells[heading], Raw) for line in lines):
            needed = dresser.plain or dresser.chance(0.5)
        if (sheet, heading) in found.kept_columns and kind != NAME:
            needed = True
        if needed or not dresser.chance(0.5):
            headings.append(heading)
    if dresser.chance(0.3):
        headings.append(None)
    if dresser.chance(0.6):
        dresser.rng.shuffle(headings)
    return headings


def write_sheet(
    page: Worksheet,
    sheet: str,
    found: Tables,
    dresser: Dresser,
    written: Written,
    blank_rows: bool,
) -> None:
    """One sheet: headings, then its rows, some blank ones among them."""
    headings = headings_of(sheet, found, dresser)
    for column, heading in enumerate(headings, start=1):
        if heading is None:
            page.cell(1, column, dresser.rng.choice(("Ghi chú", "STT", "Người nhập")))
            continue
        page.cell(1, column, dresser.spaced(dresser.compared(heading)))
        written.letters[sheet, heading] = get_column_letter(column)
    lines = list(found.lines.get(sheet, []))
    if dresser.chance(0.4):
        dresser.rng.shuffle(lines)
    row = 1
    for line in lines:
        row += 1
        if blank_rows and dresser.chance(0.02):
            row += 1
        written.rows[line] = row
        for column, heading in enumerate(headings, start=1):
            if heading is None:
                page.cell(row, column, dresser.rng.choice((None, "?", 7)))
                continue
            kind = KINDS_OF_COLUMN[sheet][heading]
            value = line.cells.get(heading)
            if kind == NAME and not isinstance(value, Raw) and dresser.chance(0.3):
                value = None
            raw = dresser.cell(value, kind)
            if raw is not None:
                cell = page.cell(row, column)
                cell.value = raw.value  # type: ignore[assignment]
                cell.number_format = raw.number_format
