"""Biểu 01, results by inspecting body; with it, on a second sheet, every figure of the summary."""

from __future__ import annotations

from collections.abc import Iterator

from congvu.dates import format_day
from congvu.numbers import number_text, roman
from congvu.workbook import height_of
from reports.rollups import ByBody, Question, Summary
from reports.rollups.bodies import Row
from reports.sheets.page import Layout, Page, workbook_of

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
_LAYOUT = Layout(
    "BIỂU 01. TỔNG HỢP KẾT QUẢ KIỂM TRA CÔNG VỤ",
    COLUMNS,
    left=(0, 5),
    right=(8, _LAST),
    heading_height=66,
)

NOT_ADDITIVE = (
    "Một đơn vị hoặc cá nhân do nhiều cơ quan kiểm tra được tính ở từng cơ quan nhưng chỉ tính một "
    "lần ở dòng Tổng số và dòng của cấp; vì vậy các dòng cộng lại có thể lớn hơn."
)
ONLY_REPORTED = (
    "“Theo báo cáo” là phần của từng cột do đơn vị gửi trong số liệu báo cáo, ngoài số đã ghi nhận "
    "từng cuộc; phần này đã nằm trong các số của dòng."
)


def summary_workbook(summary: Summary, table: ByBody) -> bytes:
    """Biểu 01 and the whole summary as an `.xlsx` file."""
    return workbook_of(
        f"Biểu 01 – {summary.question.unit_name}",
        {
            "Biểu 01": lambda page: _results_by_body(page, summary, table),
            "Chỉ tiêu": lambda page: _every_figure(page, summary),
        },
    )


# --- Biểu 01 -------------------------------------------------------------------------------


def _results_by_body(sheet: Page, summary: Summary, table: ByBody) -> None:
    question = summary.question
    row = _LAYOUT.open(sheet, question.unit, question.unit_name, period_line(question))
    for number, level in enumerate(table.levels, start=1):
        row = _line(sheet, row, roman(number), level.row, bold=True)
        for place, body in enumerate(level.bodies, start=1):
            row = _line(sheet, row, str(place), body)
    row = _line(sheet, row, "", table.total, bold=True)
    _LAYOUT.close(sheet, row, footnotes(table))


def period_line(question: Question) -> str:
    """The period in words and days, and the day whose boundaries hold."""
    first, last = format_day(question.period.first), format_day(question.period.last)
    days = f"từ {first} đến {last}"
    named = first not in question.period.label
    period = f"{question.period.label} ({days})" if named else question.period.label
    if question.boundaries_on == question.period.last:
        return period
    return f"{period}; địa giới ngày {format_day(question.boundaries_on)}"


def _line(sheet: Page, row: int, mark: str, line: Row, *, bold: bool = False) -> int:
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


def footnotes(table: ByBody) -> list[str]:
    """What a reader must know to add up the table; empty when it simply adds up."""
    notes = []
    if not table.adds_up:
        notes.append(NOT_ADDITIVE)
    if any(table.total.unlogged):
        notes.append(ONLY_REPORTED)
    return [f"Ghi chú: {note}" for note in notes]


# --- Every figure --------------------------------------------------------------------------


def _every_figure(sheet: Page, summary: Summary) -> None:
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
