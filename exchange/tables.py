"""A sheet as a table: headings found in its first row, then lines of values by field."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from congvu.text import clean, fold
from exchange.analysis import Analysis
from exchange.cells import Row, SheetPart, WorkbookReader, column_letters
from exchange.layout import Column, Sheet, columns_by_heading
from exchange.shared import Bad
from exchange.values import Reader, reader_of

CHUNK = 1_000


@dataclass(slots=True)
class Line:
    """A row's values by field: one for each column present, None where the cell is blank.

    `bad` holds the fields whose cell has a fault already.
    """

    number: int
    values: dict[str, Any]
    bad: set[str]

    def get(self, field: str) -> Any:
        """The field's value, or None where there is no column, no value or a bad one."""
        return self.values.get(field)


class Table:
    """One sheet of the uploaded workbook, by the layout's columns."""

    def __init__(
        self, book: WorkbookReader, part: SheetPart, sheet: Sheet, analysis: Analysis
    ) -> None:
        self.sheet, self.title = sheet, clean(part.title)
        self._analysis = analysis
        self._rows = book.rows(part)
        self._columns: list[tuple[int, Column, Reader]] = []
        self.places: dict[str, int] = {}
        # A table that lacks a required column: its rows are judged, but what it names is not known.
        self.is_broken = False
        self._waiting: Row | None = None
        self._read_headings()

    def fault(self, row: int, field: str, message: str) -> None:
        """Note a fault at a field's cell; at the record's first own cell where there is none."""
        place = self.places.get(field)
        if place is None:
            places = (self.places.get(each) for each in self.sheet.identity)
            place = next((each for each in places if each is not None), 0)
        self._analysis.fault(self.title, row, place, message)

    def has(self, field: str) -> bool:
        """Whether the field's column is present."""
        return field in self.places

    def _read_headings(self) -> None:
        known = columns_by_heading(self.sheet)
        first = next(self._rows, None)
        if first is not None and first.number != 1:
            self._waiting, first = first, None
        for place, cell in sorted(first.cells.items()) if first else []:
            heading = "" if isinstance(cell, Bad) else clean(str(cell))
            if not heading:
                continue
            column = known.get(fold(heading))
            if column is None:
                self._analysis.warnings.append(
                    f"{self.title}!{column_letters(place)}1: Mẫu không có cột “{heading[:60]}”; "
                    "cột này được bỏ qua."
                )
            elif column.field in self.places:
                self._analysis.fault(
                    self.title, 1, place, f"Cột “{column.heading}” có hai lần; hãy bỏ một cột."
                )
                self.is_broken = True
            else:
                self._columns.append((place, column, reader_of(column)))
                self.places[column.field] = place
        for column in self.sheet.columns:
            if column.required and column.field not in self.places:
                self._analysis.fault(
                    self.title, 1, 0, f"Thiếu cột bắt buộc “{column.heading}” ở dòng 1."
                )
                self.is_broken = True

    def chunks(self) -> Iterator[list[Line]]:
        """The lines, some at a time, so that each lot costs a fixed number of queries."""
        lines = self._lines()
        while chunk := list(islice(lines, CHUNK)):
            yield chunk

    def _lines(self) -> Iterator[Line]:
        if self._waiting is not None:
            yield from self._line(self._waiting)
        for row in self._rows:
            yield from self._line(row)

    def _line(self, row: Row) -> Iterator[Line]:
        """The row's line; none for a row without a value in any known column."""
        cells = row.cells
        values: dict[str, Any] = {}
        bad: set[str] = set()
        faults: list[tuple[str, str]] = []
        is_blank = True
        for place, column, reader in self._columns:
            value = reader(cells[place], column) if place in cells else None
            if value is None:
                if column.required:
                    faults.append((column.field, f"Chưa ghi “{column.heading}”."))
                    bad.add(column.field)
            else:
                is_blank = False
                if isinstance(value, Bad):
                    faults.append((column.field, value.reason))
                    bad.add(column.field)
                    value = None
            values[column.field] = value
        if is_blank:
            return
        for field, message in faults:
            self.fault(row.number, field, message)
        yield Line(row.number, values, bad)
