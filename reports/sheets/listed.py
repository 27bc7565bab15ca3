"""Biểu 02 and Biểu 04, the visits and remedies behind a summary, however many."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from congvu.dates import format_day
from congvu.workbook import height_of
from reports.listed import CHUNK, Body, FollowedTable, Line, Listed, VisitedTable
from reports.sheets.page import Layout, Page, workbook_of
from reports.sheets.results import period_line

_WIDTHS: dict[str, tuple[int, ...]] = {
    VisitedTable.number: (5, 28, 13, 12, 13, 24, 28, 24, 14, 18, 14),
    FollowedTable.number: (5, 26, 32, 38, 20, 12, 18, 15, 14, 20),
}
# Small letters are narrower than the figures by which widths are told.
_NARROW = 1.1
# More lines than these would take a whole page: the record itself has all of the text.
_MOST = 600


def line_of(table: Listed) -> str:
    """What stands under the title: the period, and the day as of which remedies are seen."""
    question = table.question
    return f"{period_line(question)}; kiến nghị tính đến ngày {format_day(question.as_of)}"


def listed_workbook(table: Listed) -> bytes:
    """The table as an `.xlsx` file; its rows are read and written in parts."""
    name = f"Biểu {table.number}"
    rows = table.rows().order_by(*table.order.split(",")).iterator(chunk_size=CHUNK)
    return workbook_of(
        f"{name} – {table.question.unit_name}",
        {name: lambda page: _sheet(page, table, table.bodies(rows))},
        is_long=True,
    )


def _sheet(sheet: Page, table: Listed, bodies: Iterable[Body]) -> None:
    widths = _WIDTHS[table.number]
    last = len(widths) - 1
    layout = Layout(
        f"BIỂU {table.number}. {table.title.upper()}",
        tuple(zip(table.headings, widths, strict=True)),
        left=(0, 2),
        right=(last - 4, last),
        heading_height=34,
    )
    question = table.question
    row = layout.open(sheet, question.unit, question.unit_name, line_of(table))
    for body in bodies:
        row = _group(sheet, row, widths, body.numeral, f"{body.name}: {body.text}")
        for line in body.lines:
            row = _line(sheet, row, widths, line)
    row = _group(sheet, row, widths, "", f"Tổng số: {table.total_text}")
    layout.close(sheet, row, [])


def _group(sheet: Page, row: int, widths: tuple[int, ...], numeral: str, text: str) -> int:
    """A row for an inspecting body, or the total; returns the next row."""
    style: dict[str, Any] = {"border": 1, "bold": True}
    sheet.page.set_row(row, height_of([(text, sum(widths[1:]))]) + 4)
    sheet.text(row, 0, numeral, align="center", **style)
    sheet.across(row, (1, len(widths) - 1), text, align="left", **style)
    return row + 1


def _line(sheet: Page, row: int, widths: tuple[int, ...], line: Line) -> int:
    """One record; returns the next row."""
    texts = [each if isinstance(each, str) else "" for each in line.cells]
    texts = [text if len(text) <= _MOST else f"{text[:_MOST]} …" for text in texts]
    wide = zip(texts, (width * _NARROW for width in widths[1:]), strict=True)
    sheet.page.set_row(row, min(height_of(wide) + 4, 400))
    sheet.number(row, 0, line.number, border=1, align="center", indent=0)
    for place, (cell, text) in enumerate(zip(line.cells, texts, strict=True), start=1):
        if isinstance(cell, date):
            sheet.day(row, place, cell, align="center", border=1)
        else:
            sheet.text(row, place, text, border=1, text_wrap=True, font_size=11)
    return row + 1
