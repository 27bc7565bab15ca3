"""What the tables that provinces report share: the sheet's writer, its head and its foot.

Layout as Nghị định 30/2020/NĐ-CP has it for wide tables (domain notes): A4 landscape, the issuing
body at the top left, the country's name at the top right, below the table the two signatures.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any

import xlsxwriter

from congvu.workbook import height_of
from units.models import Kind, Unit

# So much wider than small letters are bold capitals.
_CAPITALS = 1.5
_SEATS = {Kind.PROVINCE, Kind.DISTRICT, Kind.COMMUNE}


class Page:
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

    def day(self, row: int, place: int, day: date, **properties: Any) -> None:
        """A cell with a real day."""
        format_ = self._format(num_format="dd/mm/yyyy", **properties)
        self.page.write_datetime(row, place, day, format_)

    def across(self, row: int, places: tuple[int, int], text: str, **properties: Any) -> None:
        """Text over several columns, in the middle unless told otherwise."""
        properties = {"align": "center", "text_wrap": True, **properties}
        first, last = places
        self.page.merge_range(row, first, row, last, "", self._format(**properties))
        self.text(row, first, text, **properties)


def workbook_of(
    title: str, sheets: dict[str, Callable[[Page], None]], *, is_long: bool = False
) -> bytes:
    """An `.xlsx` file: each sheet by its name, written by the function beside it.

    `is_long`: rows leave the memory as soon as a later one is written.
    """
    target = BytesIO()
    book = xlsxwriter.Workbook(target, {"constant_memory" if is_long else "in_memory": True})
    book.set_properties({"title": title})
    for name, write in sheets.items():
        write(Page(book, name))
    book.close()
    return target.getvalue()


@dataclass(frozen=True)
class Layout:
    """The frame of one official table: its columns, its title, and what stands left and right."""

    title: str
    # Headings with their widths in characters.
    columns: tuple[tuple[str, int], ...]
    # First and last column of the blocks above and below the table.
    left: tuple[int, int]
    right: tuple[int, int]
    # Points that the headings take.
    heading_height: int

    @property
    def last(self) -> int:
        """The place of the last column."""
        return len(self.columns) - 1

    def open(self, sheet: Page, unit: Unit, name: str, line: str) -> int:
        """Paper, blocks above, headings and column numbers; returns the first row of the table.

        `unit` issues the table under `name`; `line` stands under the title.
        """
        page = sheet.page
        page.set_landscape()
        page.set_paper(9)  # A4
        page.set_margins(left=0.8, right=0.6, top=0.8, bottom=0.8)
        page.fit_to_pages(1, 0)
        page.set_footer('&C&"Times New Roman"&P')
        for place, (_, width) in enumerate(self.columns):
            page.set_column(place, place, width)
        head = self._above(sheet, unit, name, line)
        page.repeat_rows(head, head + 1)
        page.freeze_panes(head + 2, 2)
        box = {"border": 1, "align": "center", "text_wrap": True}
        page.set_row(head, self.heading_height)
        for place, (heading, _) in enumerate(self.columns):
            sheet.text(head, place, heading, bold=True, **box)
        for place in range(len(self.columns)):
            sheet.text(head + 1, place, f"({place + 1})", italic=True, **box)
        return head + 2

    def _above(self, sheet: Page, unit: Unit, name: str, line: str) -> int:
        """Issuing body, the country's name, title and the line under it, row by row."""
        above, issuer = letterhead(unit, name)
        first, last = self.left
        width = sum(width for _, width in self.columns[first : last + 1]) / _CAPITALS
        sheet.page.set_row(0, height_of([(above, width)]))
        sheet.across(0, self.left, above.upper(), bold=unit.kind in _SEATS)
        sheet.across(0, self.right, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", bold=True)
        sheet.page.set_row(1, height_of([(issuer, width)]))
        sheet.across(1, self.left, issuer.upper(), bold=True)
        sheet.across(1, self.right, "Độc lập - Tự do - Hạnh phúc", bold=True, underline=1)
        sheet.across(2, self.left, "─────────")
        date_line = "…………, ngày …… tháng …… năm ………"
        sheet.across(2, self.right, date_line, italic=True)
        whole = (0, self.last)
        sheet.across(4, whole, self.title, bold=True, font_size=14)
        sheet.page.set_row(5, height_of([(line, sum(width for _, width in self.columns))]))
        sheet.across(5, whole, line, italic=True)
        return 7

    def close(self, sheet: Page, row: int, notes: list[str]) -> None:
        """Footnotes and the two signatures below the table, which ends before `row`."""
        for note in notes:
            sheet.page.set_row(row, 32)
            sheet.across(row, (0, self.last), note, italic=True, align="left", font_size=11)
            row += 1
        row += 1
        sheet.across(row, self.left, "NGƯỜI LẬP BIỂU", bold=True)
        sheet.across(row, self.right, "THỦ TRƯỞNG ĐƠN VỊ", bold=True)
        sheet.across(row + 1, self.left, "(Ký, ghi rõ họ tên)", italic=True)
        sheet.across(row + 1, self.right, "(Ký, đóng dấu, ghi rõ họ tên)", italic=True)
        sheet.page.print_area(0, 0, row + 6, self.last)


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
