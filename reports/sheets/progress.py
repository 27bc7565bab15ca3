"""Biểu 07, how far a plan has come."""

from __future__ import annotations

from typing import Any

from congvu.workbook import height_of
from inspections.progress import Standing
from reports.progress_table import HEADINGS, ProgressTable, totals_text
from reports.sheets.page import Layout, Page, workbook_of

_WIDTHS = (5, 36, 18, 22, 18, 50)
_LAYOUT = Layout(
    "BIỂU 07. TIẾN ĐỘ THỰC HIỆN KẾ HOẠCH KIỂM TRA",
    tuple(zip(HEADINGS, _WIDTHS, strict=True)),
    left=(0, 1),
    right=(3, 5),
    heading_height=34,
)
_LAST = _LAYOUT.last
# Small letters are narrower than the figures by which widths are told.
_NARROW = 1.1


def progress_workbook(table: ProgressTable) -> bytes:
    """Biểu 07 as an `.xlsx` file."""
    return workbook_of(f"Biểu 07 – {table.plan}", {"Biểu 07": lambda page: _progress(page, table)})


def _progress(sheet: Page, table: ProgressTable) -> None:
    plan = table.plan
    row = _LAYOUT.open(sheet, plan.issuer, plan.issuer_name, table.line)
    for body in table.bodies:
        row = _group(sheet, row, body.numeral, body.name, totals_text(body.counts))
        for number, each in enumerate(body.rows, start=1):
            row = _line(sheet, row, number, each)
    row = _group(sheet, row, "", "Tổng số", table.total_text)
    _LAYOUT.close(sheet, row, [])


def _group(sheet: Page, row: int, numeral: str, name: str, text: str) -> int:
    """A row for an inspecting body, or the total; returns the next row."""
    style: dict[str, Any] = {"border": 1, "bold": True}
    sheet.text(row, 0, numeral, align="center", **style)
    sheet.text(row, 1, name, text_wrap=True, **style)
    sheet.across(row, (2, _LAST), text, align="left", **style)
    rest = sum(_WIDTHS[2:])
    sheet.page.set_row(row, height_of([(name, _WIDTHS[1] / _NARROW), (text, rest)]) + 4)
    return row + 1


def _line(sheet: Page, row: int, number: int, standing: Standing) -> int:
    """One item; returns the next row."""
    style: dict[str, Any] = {"border": 1, "text_wrap": True}
    item, reason = standing.item, "; ".join(standing.reasons)
    sheet.number(row, 0, number, border=1, align="center", indent=0)
    sheet.text(row, 1, item.unit_name, **style)
    sheet.text(row, 2, item.when_text, align="center", **style)
    if standing.first and standing.first == standing.last:
        sheet.day(row, 3, standing.first, align="center", border=1)
    else:
        sheet.text(row, 3, standing.actual_text, align="center", **style)
    sheet.text(row, 4, str(standing.state.label), align="center", **style)
    sheet.text(row, 5, reason, font_size=11, **style)
    texts = [(item.unit_name, _WIDTHS[1] * _NARROW), (reason, _WIDTHS[5] * 1.2)]
    sheet.page.set_row(row, height_of(texts) + 4)
    return row + 1
