"""The one safe workbook writer: every list that leaves as a file goes through here.

Rows are written to the file as they come, so that memory does not grow with their number. Text is
written as text whatever it begins with, and marked so that a later edit does not make it a formula;
codes stay text, figures are numbers and days are days (domain notes, "Excel").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from textwrap import wrap
from typing import IO, Any
from xml.sax.saxutils import escape

import xlsxwriter
from django.utils import timezone
from xlsxwriter.worksheet import Worksheet

Value = str | int | float | Decimal | date | bool | None

# Excel takes no more than this in one cell, or in one sheet.
CELL_LIMIT = 32_767
ROW_LIMIT = 1_048_576
# A cell that begins so would be read as a formula when somebody edits it.
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Heading:
    """A column's heading, its width in characters, and what its numbers look like.

    `blank_format` is how cells are formatted that nobody has filled yet: "@" keeps 05569 as typed.
    """

    text: str
    width: int = 16
    number_format: str = "#,##0"
    blank_format: str = ""


# What is written otherwise than it stands: signs that XML cannot hold, and text that looks like the
# way in which these are written.
_ESCAPED = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_x[0-9a-fA-F]{4}_")


class _Sheet(Worksheet):
    """A sheet of XlsxWriter whose text is nothing but text, and takes a quarter less time.

    Its inner loop looks at each text for what hardly any has: quotes in the cell's address, signs
    that XML cannot hold, runs of rich text. Rich text it takes to be whatever begins with `<r>` and
    ends with `</r>`, and writes it as it stands: what somebody typed so would break the file.
    Should a later version name these methods otherwise, `tests/congvu/test_workbook.py` says so.
    """

    @staticmethod
    def _escape_control_characters(data: str) -> Any:
        if not _ESCAPED.search(data):
            return data
        return Worksheet._escape_control_characters(data)

    def _xml_inline_string(self, string: str, preserve: object, attributes: Any = ()) -> None:
        # Every cell of text has a format here, so these are its address and its format's number.
        (_, address), (_, format_) = attributes
        space = ' xml:space="preserve"' if preserve else ""
        file: Any = self.fh
        file.write(
            f'<c r="{address}" s="{format_}" t="inlineStr">'
            f"<is><t{space}>{escape(string)}</t></is></c>"
        )

    def _xml_rich_inline_string(self, string: str, attributes: Any = ()) -> None:
        self._xml_inline_string(string, None, attributes)


# Points that a line of text of 12 points takes.
LINE_HEIGHT = 16


def height_of(cells: Iterable[tuple[str, float]]) -> int:
    """The height of a row, in points, in which each text stands whole in its width of characters.

    For rows whose text wraps: not every program that opens a workbook makes rows as high as they
    need, and none does for cells that are merged.
    """
    lines = (len(wrap(text, max(1, int(width)))) for text, width in cells)
    return LINE_HEIGHT * max([1, *lines])


class Book:
    """A workbook being written; leave its `with` block to finish the file."""

    def __init__(self, target: str | Path | IO[bytes]) -> None:
        self._book = xlsxwriter.Workbook(
            str(target) if isinstance(target, Path) else target,
            {"constant_memory": True, "default_date_format": "dd/mm/yyyy"},
        )
        self._book.set_size(2400, 1200)
        font = {"font_name": "Times New Roman", "font_size": 12, "valign": "top"}
        self._font = font
        self._head = self._format(
            bold=True, text_wrap=True, align="center", border=1, bg_color="#E9ECEF"
        )
        self._text = self._format(num_format="@")
        # The mark of Excel's own apostrophe: what follows is text.
        self._quoted = self._format(num_format="@", quote_prefix=True)
        self._day = self._format(num_format="dd/mm/yyyy", align="left")
        self._moment = self._format(num_format="dd/mm/yyyy hh:mm", align="left")
        self._numbers: dict[str, Any] = {}

    def __enter__(self) -> Book:
        return self

    def __exit__(self, *failure: object) -> None:
        self._book.close()

    def _format(self, **properties: Any) -> Any:
        return self._book.add_format({**self._font, **properties})

    def _number(self, number_format: str) -> Any:
        if number_format not in self._numbers:
            self._numbers[number_format] = self._format(num_format=number_format)
        return self._numbers[number_format]

    def sheet(
        self,
        title: str,
        headings: Sequence[Heading],
        rows: Iterable[Sequence[Value]],
        *,
        choices: dict[int, Sequence[str] | str] | None = None,
    ) -> int:
        """Add a sheet of headings and rows; returns the number of rows written.

        `choices` gives columns (from 0) a list to pick from, or the range of cells that hold it (a
        list longer than 255 characters must stand in cells). Raises `ValueError` when the rows are
        more than a sheet can hold, or a text longer than a cell: nothing is cut silently.
        """
        page = self._book.add_worksheet(title[:31], worksheet_class=_Sheet)
        page.set_landscape()
        page.set_paper(9)  # A4
        page.fit_to_pages(1, 0)
        page.repeat_rows(0)
        page.freeze_panes(1, 0)
        # Bold letters are wider than the ones by which widths are told.
        page.set_row(0, height_of((heading.text, heading.width * 0.9) for heading in headings))
        for place, heading in enumerate(headings):
            blank = self._number(heading.blank_format) if heading.blank_format else None
            page.set_column(place, place, heading.width, blank)
            page.write_string(0, place, heading.text, self._head)
            if choices and place in choices:
                given = choices[place]
                source = given if isinstance(given, str) else list(given)
                page.data_validation(
                    1, place, 100_000, place, {"validate": "list", "source": source}
                )
        count = 0
        for count, row in enumerate(rows, start=1):
            if count >= ROW_LIMIT:
                raise ValueError(f"Một trang tính không chứa quá {ROW_LIMIT - 1} dòng.")
            for place, value in enumerate(row):
                if value is not None and value != "":
                    self._write(page, count, place, value, headings[place].number_format)
        if count:
            page.autofilter(0, 0, count, len(headings) - 1)
        return count

    def _write(self, page: Any, row: int, place: int, value: Value, number_format: str) -> None:
        if isinstance(value, str):
            if len(value) > CELL_LIMIT:
                raise ValueError(f"Một ô không chứa quá {CELL_LIMIT} ký tự.")
            format_ = self._quoted if value.startswith(_FORMULA_SIGNS) else self._text
            page.write_string(row, place, value, format_)
        elif isinstance(value, bool):
            page.write_string(row, place, "x" if value else "", self._text)
        elif isinstance(value, datetime):
            local = timezone.localtime(value) if timezone.is_aware(value) else value
            # Whole seconds: parts of them another program would round in its own way.
            moment = local.replace(tzinfo=None, microsecond=0)
            page.write_datetime(row, place, moment, self._moment)
        elif isinstance(value, date):
            if value.year < 1900:
                # Excel knows no day before 1900.
                page.write_string(row, place, value.strftime("%d/%m/%Y"), self._text)
            else:
                page.write_datetime(row, place, value, self._day)
        elif isinstance(value, int | float | Decimal):
            page.write_number(row, place, float(value), self._number(number_format))
        else:
            raise TypeError(f"A cell cannot hold {type(value).__name__}")
