"""The tables that provinces report, as workbooks in the official layout (domain notes).

Biểu 01, results by inspecting body; with it, on a second sheet, every figure of the summary.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import xlsxwriter

from congvu.dates import format_day
from congvu.numbers import number_text
from congvu.workbook import height_of
from reports.rollups import ByBody, Question, Summary
from reports.rollups.bodies import Row
from units.models import Kind, Unit

# Headings of Biểu 01 with their widths in characters.
COLUMNS: tuple[tuple[str, int], ...] = (
    ("STT", 5),
    ("Cấp/cơ quan tiến hành", 30),
    ("Tổng số cuộc", 9),
    ("Theo kế hoạch", 9),
    ("Đột xuất", 8),
    ("Xác minh", 8),
    ("Chuyên đề", 8),
    ("Phúc tra", 8),
    ("Số lượt đơn vị", 9),
    ("Đơn vị có tồn tại", 9),
    ("Đơn vị kiểm điểm", 9),
    ("Cá nhân kiểm điểm", 9),
    ("Người bị kỷ luật", 9),
    ("Đơn vị giải trình, khắc phục", 11),
    ("Đơn vị nhắc nhở", 9),
    ("Ghi chú", 26),
)
_LAST = len(COLUMNS) - 1
# So much wider than small letters are bold capitals.
_CAPITALS = 1.5
# The left and right halves of the blocks above and below the table.
_LEFT, _RIGHT = (0, 5), (8, _LAST)

NOT_ADDITIVE = (
    "Một đơn vị hoặc cá nhân do nhiều cơ quan kiểm tra được tính ở từng cơ quan nhưng chỉ tính một "
    "lần ở dòng Tổng số và dòng của cấp; vì vậy các dòng cộng lại có thể lớn hơn."
)
ONLY_REPORTED = (
    "“Theo báo cáo” là phần của từng cột do đơn vị gửi trong số liệu báo cáo, ngoài số đã ghi nhận "
    "từng cuộc; phần này đã nằm trong các số của dòng."
)

_ROMAN = ("I", "II", "III", "IV", "V", "VI")
_SEATS = {Kind.PROVINCE, Kind.DISTRICT, Kind.COMMUNE}


class _Page:
    """One sheet being written. Text is always written as text, marked so that it stays text."""

    def __init__(self, book: Any, title: str) -> None:
        self._book = book
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}
        self.page = book.add_worksheet(title)

    def _format(self, **properties: Any) -> Any:
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            font = {"font_name": "Times New Roman", "font_size": 12, "valign": "vcenter"}
            self._formats[key] = self._book.add_format({**font, **properties})
        return self._formats[key]

    def text(self, row: int, place: int, text: str, **properties: Any) -> None:
        """A cell of text."""
        format_ = self._format(num_format="@", quote_prefix=True, **properties)
        self.page.write_string(row, place, text, format_)

    def number(self, row: int, place: int, number: int, **properties: Any) -> None:
        """A cell with a real number, grouped by thousands, a little off the line beside it."""
        properties = {"num_format": "#,##0", "align": "right", "indent": 1, **properties}
        self.page.write_number(row, place, number, self._format(**properties))

    def across(self, row: int, places: tuple[int, int], text: str, **properties: Any) -> None:
        """Text over several columns, in the middle unless told otherwise."""
        properties = {"align": "center", "text_wrap": True, **properties}
        first, last = places
        self.page.merge_range(row, first, row, last, "", self._format(**properties))
        self.text(row, first, text, **properties)


def summary_workbook(summary: Summary, table: ByBody) -> bytes:
    """Biểu 01 and the whole summary as an `.xlsx` file."""
    target = BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    book.set_properties({"title": f"Biểu 01 – {summary.question.unit_name}"})
    _results_by_body(_Page(book, "Biểu 01"), summary, table)
    _every_figure(_Page(book, "Chỉ tiêu"), summary)
    book.close()
    return target.getvalue()


# --- Biểu 01 -------------------------------------------------------------------------------


def _results_by_body(sheet: _Page, summary: Summary, table: ByBody) -> None:
    page = sheet.page
    page.set_landscape()
    page.set_paper(9)  # A4
    page.set_margins(left=0.8, right=0.6, top=0.8, bottom=0.8)
    page.fit_to_pages(1, 0)
    page.set_footer('&C&"Times New Roman"&P')
    for place, (_, width) in enumerate(COLUMNS):
        page.set_column(place, place, width)
    head = _blocks_above(sheet, summary.question)
    page.repeat_rows(head, head + 1)
    page.freeze_panes(head + 2, 2)
    row = _table(sheet, table, head)
    page.print_area(0, 0, _below(sheet, table, row), _LAST)


def _blocks_above(sheet: _Page, question: Question) -> int:
    """Issuing body, the country's name, title and period; returns the row of the headings."""
    above, issuer = letterhead(question.unit, question.unit_name)
    sheet.across(0, _LEFT, above.upper(), bold=question.unit.kind in _SEATS)
    sheet.across(1, _LEFT, issuer.upper(), bold=True)
    first, last = _LEFT
    width = sum(width for _, width in COLUMNS[first : last + 1]) / _CAPITALS
    sheet.page.set_row(0, height_of([(above, width)]))
    sheet.page.set_row(1, height_of([(issuer, width)]))
    sheet.across(0, _RIGHT, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", bold=True)
    sheet.across(1, _RIGHT, "Độc lập - Tự do - Hạnh phúc", bold=True, underline=1)
    sheet.across(2, _LEFT, "─────────")
    date_line = "…………, ngày …… tháng …… năm ………"
    sheet.across(2, _RIGHT, date_line, italic=True)
    whole = (0, _LAST)
    sheet.across(4, whole, "BIỂU 01. TỔNG HỢP KẾT QUẢ KIỂM TRA CÔNG VỤ", bold=True, font_size=14)
    sheet.across(5, whole, period_line(question), italic=True)
    return 7


def letterhead(unit: Unit, name: str) -> tuple[str, str]:
    """The two lines at the top left: superior and issuing body (Nghị định 30/2020/NĐ-CP).

    A province, district or commune issues through its People's Committee, which names no superior.
    """
    if unit.kind in _SEATS:
        return "Ủy ban nhân dân", name
    parent = unit.parent
    if parent is None:
        return "", name
    return (f"Ủy ban nhân dân {parent.name}" if parent.kind in _SEATS else parent.name), name


def period_line(question: Question) -> str:
    """The period in words and days, and the day whose boundaries hold."""
    first, last = format_day(question.period.first), format_day(question.period.last)
    days = f"từ {first} đến {last}"
    named = first not in question.period.label
    period = f"{question.period.label} ({days})" if named else question.period.label
    if question.boundaries_on == question.period.last:
        return period
    return f"{period}; địa giới ngày {format_day(question.boundaries_on)}"


def _table(sheet: _Page, table: ByBody, head: int) -> int:
    """Headings, column numbers, groups and the total; returns the row after it."""
    box = {"border": 1, "align": "center", "text_wrap": True}
    for place, (heading, _) in enumerate(COLUMNS):
        sheet.text(head, place, heading, bold=True, **box)
        sheet.text(head + 1, place, f"({place + 1})", italic=True, **box)
    sheet.page.set_row(head, 66)
    row = head + 2
    for numeral, level in zip(_ROMAN, table.levels, strict=False):
        row = _line(sheet, row, numeral, level.row, bold=True)
        for place, body in enumerate(level.bodies, start=1):
            row = _line(sheet, row, str(place), body)
    return _line(sheet, row, "", table.total, bold=True)


def _line(sheet: _Page, row: int, mark: str, line: Row, *, bold: bool = False) -> int:
    """One row of the table; returns the next row."""
    style = {"border": 1, "bold": bold}
    sheet.text(row, 0, mark, align="center", **style)
    sheet.text(row, 1, line.name, text_wrap=True, **style)
    for place, number in enumerate([line.rounds, *line.values], start=2):
        sheet.number(row, place, number, **style)
    note = remark(line)
    sheet.text(row, _LAST, note, text_wrap=True, font_size=10, border=1)
    # Small letters are narrower than the figures by which widths are told.
    texts = [(line.name, COLUMNS[1][1] * 1.1), (note, COLUMNS[_LAST][1] * 1.4)]
    # A little air: figures are read along the row.
    sheet.page.set_row(row, height_of(texts) + 4)
    return row + 1


def remark(line: Row) -> str:
    """How much of each column is only reported, by the column's number; empty when nothing is."""
    numbers = enumerate([line.unlogged_rounds, *line.unlogged], start=3)
    # Columns 4 to 8 are the forms of column 3, and would only repeat it.
    parts = [
        f"({place}) {number_text(number)}"
        for place, number in numbers
        if number and not 4 <= place <= 8
    ]
    return f"Theo báo cáo: {', '.join(parts)}" if parts else ""


def _below(sheet: _Page, table: ByBody, row: int) -> int:
    """Footnotes and the two signatures; returns the last row."""
    for note in footnotes(table):
        sheet.across(row, (0, _LAST), note, italic=True, align="left", font_size=11)
        sheet.page.set_row(row, 32)
        row += 1
    row += 1
    sheet.across(row, _LEFT, "NGƯỜI LẬP BIỂU", bold=True)
    sheet.across(row, _RIGHT, "THỦ TRƯỞNG ĐƠN VỊ", bold=True)
    sheet.across(row + 1, _LEFT, "(Ký, ghi rõ họ tên)", italic=True)
    sheet.across(row + 1, _RIGHT, "(Ký, đóng dấu, ghi rõ họ tên)", italic=True)
    return row + 6


def footnotes(table: ByBody) -> list[str]:
    """What a reader must know to add up the table; empty when it simply adds up."""
    notes = []
    if not table.adds_up:
        notes.append(NOT_ADDITIVE)
    if any(table.total.unlogged):
        notes.append(ONLY_REPORTED)
    return [f"Ghi chú: {note}" for note in notes]


# --- Every figure --------------------------------------------------------------------------


def _every_figure(sheet: _Page, summary: Summary) -> None:
    """All figures of the summary: name, total, logged part, reported part."""
    page = sheet.page
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(2)
    page.set_column(0, 0, 58)
    page.set_column(1, 3, 14)
    sheet.text(0, 0, f"{summary.question.unit_name}, {period_line(summary.question)}", bold=True)
    sheet.text(1, 0, f"Kiến nghị tính đến ngày {format_day(summary.question.as_of)}", italic=True)
    box = {"border": 1, "text_wrap": True}
    headings = ("Chỉ tiêu", "Tổng số", "Đã ghi nhận", "Theo báo cáo")
    for place, heading in enumerate(headings):
        sheet.text(2, place, heading, bold=True, align="center", **box)
    for row, (label, numbers) in enumerate(_figure_rows(summary), start=3):
        sheet.text(row, 0, label, **box)
        for place, number in enumerate(numbers, start=1):
            sheet.number(row, place, number, border=1)


def _figure_rows(summary: Summary) -> Iterator[tuple[str, tuple[int, int, int]]]:
    for figure in summary.figures.values():
        yield figure.label, (figure.value, figure.logged, figure.unlogged)
