"""Contract §3, "Reading": what a cell may hold and how it is understood."""

from __future__ import annotations

import gc
import unicodedata
import zipfile
from datetime import date
from io import BytesIO
from typing import Any

import pytest
import xlsxwriter
from openpyxl import Workbook, load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from exchange import values
from exchange.cells import Cell, WorkbookReader, column_letters
from exchange.layout import SHEETS, Column, Type
from exchange.package import RefusedError
from exchange.reading import read
from exchange.shared import Bad, day_of
from exchange.values import label_codes, reader_of
from reports.models import Return
from tests.exchange.helpers import HEADINGS, book_of, counts, faults_of, load, saved
from units.models import Unit


def cells_of(fill: Any) -> dict[str, Cell]:
    """What is read from a sheet that `fill` has written: address → cell."""
    book = Workbook()
    fill(book.active)
    reader = WorkbookReader(saved(book))
    return {
        f"{column_letters(place)}{row.number}": cell
        for row in reader.rows(reader.sheets[0])
        for place, cell in row.cells.items()
    }


def one(value: Any, number_format: str = "General") -> Cell:
    """What is read from one cell."""

    def fill(page: Any) -> None:
        page["B3"] = value
        page["B3"].number_format = number_format

    return cells_of(fill)["B3"]


@pytest.mark.parametrize(
    ("value", "number_format", "expected"),
    [
        ("Đại Từ", "General", "Đại Từ"),
        (5569, "General", 5569),
        (5569, "00000", "05569"),
        (5569, "00000;@", "05569"),
        (5569, "#,##0", 5569),
        (3.5, "General", 3.5),
        (3.0, "0", 3),
        (True, "General", True),
        (45002, "General", 45002),
        (45002, "dd/mm/yyyy", date(2023, 3, 17)),
        (45002, "[$-42A]dd/mm/yyyy;@", date(2023, 3, 17)),
        (45002, "yyyy\\-mm\\-dd", date(2023, 3, 17)),
        (45002.75, "dd/mm/yyyy hh:mm", date(2023, 3, 17)),
        (45002, 'm"tháng"', date(2023, 3, 17)),
        (0.5, "hh:mm", 0.5),
        (0.5, "mm:ss", 0.5),
        (45002, '#,##0 "đồng"', 45002),
        (45002, "[Red]#,##0", 45002),
        (1, "dd/mm/yyyy", date(1900, 1, 1)),
        (59, "dd/mm/yyyy", date(1900, 2, 28)),
        (61, "dd/mm/yyyy", date(1900, 3, 1)),
        ("_x0041_", "General", "A"),
    ],
)
def test_a_cell_is_what_excel_shows(value: Any, number_format: str, expected: Cell) -> None:
    found = one(value, number_format)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("serial", "from_1904", "expected"),
    [
        (60, False, None),  # 29 February 1900, which never was
        (0, False, None),
        (-1, False, None),
        (0, True, date(1904, 1, 1)),
        (43540, True, date(2023, 3, 17)),
        (1e12, False, None),
    ],
)
def test_days_of_both_date_systems(serial: float, from_1904: bool, expected: date | None) -> None:
    assert day_of(serial, from_1904=from_1904) == expected


def test_the_workbooks_own_date_system_is_used() -> None:
    book = Workbook()
    book.epoch = CALENDAR_MAC_1904
    page = book.active
    assert page is not None
    page["A1"] = date(2023, 3, 17)
    reader = WorkbookReader(saved(book))
    assert [row.cells for row in reader.rows(reader.sheets[0])] == [{0: date(2023, 3, 17)}]


def test_rich_text_is_its_text() -> None:
    rich = CellRichText("Xã ", TextBlock(InlineFont(b=True), "Tiên"), " Hội")
    assert one(rich) == "Xã Tiên Hội"


def test_shared_texts_are_found_by_their_place() -> None:
    """openpyxl writes each text into its cell; Excel keeps them in one list."""
    target = BytesIO()
    with xlsxwriter.Workbook(target) as book:
        bold = book.add_format({"bold": True})
        page = book.add_worksheet()
        page.write_row(0, 0, ["Đại Từ", "Xã Tiên Hội", "Đại Từ", "a\r\nb", "_x0041_"])
        page.write_rich_string(1, 0, "Xã ", bold, "Tiên", " Hội")
    reader = WorkbookReader(target)
    first, second = reader.rows(reader.sheets[0])
    assert list(first.cells.values()) == [
        "Đại Từ", "Xã Tiên Hội", "Đại Từ", "a\r\nb", "_x0041_",
    ]  # fmt: skip
    assert second.cells == {0: "Xã Tiên Hội"}


def test_errors_and_formulas_without_a_result_are_told() -> None:
    assert isinstance(one("#N/A"), Bad)
    assert isinstance(one("=A1+1"), Bad)


def test_a_formula_is_its_last_result() -> None:
    """openpyxl writes no results, so the sheet is made by hand."""
    book = BytesIO(book_of({"Gia hạn": []}).getvalue())
    changed = _replace_in_sheet(
        book, '<c r="A2"><f>1+1</f><v>2</v></c><c r="B2" t="str"><f>A1</f><v>R1</v></c>'
        '<c r="C2" t="str"><f>IF(1,"")</f><v></v></c><c r="D2" t="e"><f>NA()</f><v>#N/A</v></c>'
    )  # fmt: skip
    reader = WorkbookReader(changed)
    cells = list(reader.rows(reader.sheets[0]))[1].cells
    assert cells[0] == 2
    assert cells[1] == "R1"
    assert 2 not in cells
    assert isinstance(cells[3], Bad)


def _replace_in_sheet(book: BytesIO, cells: str) -> BytesIO:
    """The workbook with a second row of these cells in its first sheet."""
    target = BytesIO()
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                row = f'<row r="2">{cells}</row></sheetData>'.encode()
                content = content.replace(b"</sheetData>", row)
            new.writestr(name, content)
    target.seek(0)
    return target


# --- values ------------------------------------------------------------------------------------

DAY = Column("Ngày", "day", Type.DAY)
COUNT = Column("Số", "count", Type.COUNT)
CODE = Column("Mã", "code", Type.CODE, max_length=50)
BLOCK = Column("Nội dung", "content", Type.BLOCK)
KIND = Column("Loại", "kind", Type.LABEL, choices=Unit.Kind)
MARK = Column("Mặc định", "is_main", Type.MARK)


@pytest.mark.parametrize(
    ("cell", "column", "expected"),
    [
        ("17/03/2023", DAY, date(2023, 3, 17)),
        ("1/3/2023", DAY, date(2023, 3, 1)),
        ("2023-03-17", DAY, date(2023, 3, 17)),
        ("  ", DAY, None),
        (0, COUNT, 0),
        ("12", COUNT, 12),
        (" 007 ", COUNT, 7),
        (5569, CODE, "5569"),
        ("  a \u00a0 b\u200b ", CODE, "a b"),
        (19.1, CODE, "19.1"),
        (unicodedata.normalize("NFD", "Xã Tiên Hội"), CODE, "Xã Tiên Hội"),
        ("một\r\n  hai   ba \n", BLOCK, "một\nhai ba"),
        ("Cấp xã", KIND, "COMMUNE"),
        ("CAP XA", KIND, "COMMUNE"),
        ("commune", KIND, "COMMUNE"),
        ("so, ban, nganh", KIND, "DEPARTMENT"),
        ("x", MARK, True),
        ("X", MARK, True),
        (True, MARK, True),
        ("", MARK, None),
        (False, MARK, None),
    ],
)
def test_a_value_is_understood(cell: Cell, column: Column, expected: Any) -> None:
    assert reader_of(column)(cell, column) == expected


@pytest.mark.parametrize(
    ("cell", "column"),
    [
        ("03/17/2023", DAY),
        ("17/3/23", DAY),
        (45002, DAY),
        (True, DAY),
        ("3.5", COUNT),
        ("1.500", COUNT),
        ("-1", COUNT),
        (-1, COUNT),
        (0.5, COUNT),
        (True, COUNT),
        (date(2023, 1, 1), COUNT),
        (2**31, COUNT),
        ("٣", COUNT),
        (True, CODE),
        ("a" * 51, CODE),
        ("xã", KIND),
        ("có lẽ", MARK),
    ],
)
def test_a_value_that_cannot_be_is_told(cell: Cell, column: Column) -> None:
    assert isinstance(reader_of(column)(cell, column), Bad)


def test_no_two_labels_or_codes_of_a_set_fold_into_one() -> None:
    for sheet in SHEETS:
        for column in sheet.columns:
            if column.choices is not None:
                labels = {*column.choices.labels, *column.choices.values}
                assert len(label_codes(column.choices)) == len(labels), column.heading


# --- sheets ------------------------------------------------------------------------------------

PROVINCE = ["19", "Tỉnh Thái Nguyên", "Cấp tỉnh", None, None, None]


@pytest.mark.django_db
def test_sheets_and_columns_stand_in_any_order_case_and_form() -> None:
    headings = {"don vi": ["LOẠI", unicodedata.normalize("NFD", "tên đơn vị"), "  Ma  don vi "]}
    analysis = load({"don vi": [["cap tinh", "Tỉnh Thái Nguyên", "19"]]}, headings)
    assert counts(analysis) == {"units": (1, 0, 0)}
    assert Unit.objects.get().kind == "PROVINCE"


@pytest.mark.django_db
def test_unknown_columns_and_sheets_are_passed_over_with_a_warning() -> None:
    headings = {"Đơn vị": [*HEADINGS["Đơn vị"], "Ghi chú"], "Nháp": ["a"], "Hướng dẫn": ["b"]}
    analysis = load({"Đơn vị": [[*PROVINCE, "=1/0"]], "Nháp": [], "Hướng dẫn": []}, headings)
    assert len(analysis.warnings) == 2
    assert any("G1" in warning and "Ghi chú" in warning for warning in analysis.warnings)
    assert any("Nháp" in warning for warning in analysis.warnings)


@pytest.mark.django_db
def test_blank_rows_are_passed_over_and_rows_keep_their_numbers() -> None:
    found = faults_of({"Đơn vị": [[None], ["  ", "\u00a0"], PROVINCE, ["20", None, "Cấp tỉnh"]]})
    assert list(found) == ["Đơn vị!B5"]


@pytest.mark.django_db
def test_a_code_keeps_its_zero_however_it_was_typed() -> None:
    book = load_workbook(book_of({"Đơn vị": [PROVINCE, [5569, "Xã A", "Cấp xã", 19]]}))
    book["Đơn vị"]["A3"].number_format = "00000"
    assert read(saved(book)).is_sound
    load({"Đơn vị": [PROVINCE, ["05569", "Xã A", "Cấp xã", "19"]]})
    assert counts(read(saved(book))) == {"units": (0, 0, 2)}


@pytest.mark.django_db
def test_figures_may_be_digits_as_text_and_blank_is_no_figure() -> None:
    row = ["19", "1/1/2023", "30/6/2023", "3", 2.0, None, None]
    load({"Đơn vị": [PROVINCE], "Số liệu báo cáo": [row]})
    source = Return.objects.get()
    assert (source.rounds_planned, source.rounds_surprise, source.visits) == (3, 2, None)
    assert source.status == "ACCEPTED"


@pytest.mark.django_db
def test_a_workbook_without_any_sheet_of_the_layout_is_refused() -> None:
    with pytest.raises(RefusedError, match="mẫu"):
        read(book_of({"Sheet1": []}, {"Sheet1": ["a"]}))


def test_a_day_without_end_is_damage_and_no_crash() -> None:
    book = Workbook()
    page = book.active
    assert page is not None
    page["A1"] = date(2023, 3, 17)
    target = BytesIO()
    with zipfile.ZipFile(saved(book)) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"<v>45002</v>", b"<v>1e999</v>"))
    reader = WorkbookReader(target)
    with pytest.raises(RefusedError, match="hỏng"):
        list(reader.rows(reader.sheets[0]))


@pytest.mark.parametrize("holds", [Type.DAY, Type.LABEL])
def test_long_text_is_no_day_and_no_label_and_is_not_kept(holds: Type) -> None:
    """Thousands of such cells would fill the memory that is meant for short ones."""
    column = next(each for sheet in SHEETS for each in sheet.columns if each.holds == holds)
    read_cell = reader_of(column)
    assert isinstance(read_cell("x" * 30_000, column), Bad)
    caches = (values._day_from_text, values._code_of_label, values._clean_short)
    kept = [key for each in caches for key in gc.get_referents(each) if isinstance(key, dict)]
    assert not [text for text in str(kept).split() if len(text) > 1_000]
