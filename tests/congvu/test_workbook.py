"""The workbook writer: what is written reads back as what it was, and nothing becomes a formula."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.escape import unescape

from congvu.workbook import Book, Heading, Value


def written(*values: Value) -> list[Any]:
    """The cells of one row, read back by another library."""
    target = io.BytesIO()
    with Book(target) as book:
        book.sheet("Danh sách", [Heading(f"Cột {n}") for n, _ in enumerate(values)], [values])
    return list(openpyxl.load_workbook(target)["Danh sách"][2])


def test_figures_are_numbers_days_are_days_and_codes_keep_their_zeros() -> None:
    count, day, code = written(1586, date(2023, 3, 17), "05569")
    assert (count.value, count.number_format) == (1586, "#,##0")
    assert (day.value.date(), day.number_format) == (date(2023, 3, 17), "dd/mm/yyyy")
    assert (code.value, code.data_type) == ("05569", "s")


@pytest.mark.parametrize("text", ["=1+1", "+84", "-5", "@SUM(A1)", '=HYPERLINK("x")', "\tx"])
def test_text_that_looks_like_a_formula_stays_text(text: str) -> None:
    (cell,) = written(text)
    assert cell.data_type == "s"
    assert cell.value == text
    assert cell.quotePrefix


@pytest.mark.parametrize(
    "text",
    [
        "<r>",
        "<r><t>x</t></r>",
        "<r>&</r>",
        "a\x0bb",
        "_x000D_",
        "\ufffe",
        ' "hai"\nba ',
        "&amp;<b>",
    ],
)
def test_text_that_looks_like_markup_stays_text(text: str) -> None:
    (cell,) = written(text)
    assert unescape(cell.value) == text


def test_the_longest_text_and_early_days_are_kept() -> None:
    text, day = written("đ" * 32_767, date(1899, 12, 31))
    assert len(text.value) == 32_767
    assert day.value == "31/12/1899"


def test_a_text_longer_than_a_cell_is_refused_and_not_cut() -> None:
    with pytest.raises(ValueError, match="32767"):
        written("đ" * 32_768)


def test_sheet_prints_on_one_page_width_with_its_headings_repeated() -> None:
    target = io.BytesIO()
    with Book(target) as book:
        book.sheet("A", [Heading("Một")], [["x"]])
    sheet = openpyxl.load_workbook(target)["A"]
    assert sheet.print_title_rows == "$1:$1"
    assert getattr(sheet.sheet_properties.pageSetUpPr, "fitToPage", None)
    # One page wide is what the format means where no width is written; 0 is as many as needed.
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.freeze_panes == "A2"
    assert sheet["A1"].font.name == "Times New Roman"
