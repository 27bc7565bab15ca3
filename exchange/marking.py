"""The faulty workbook handed back: each bad cell coloured, with what is wrong as its comment.

Everything else stays as it was uploaded, as far as openpyxl can keep it; a first sheet lists all
faults. The file can be mended and uploaded again: its added sheet is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from io import BytesIO
from typing import IO, Any

import openpyxl
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils.exceptions import InvalidFileException

from congvu.text import clean
from congvu.workbook import Book, Heading
from exchange.analysis import CellFault
from exchange.cells import WorkbookReader
from exchange.layout import FAULTS_TITLE
from exchange.package import RefusedError

# openpyxl builds an object for each cell and mark: beyond these only the list is handed back.
SIZE_LIMIT = 8 * 1024 * 1024
MARKED_LIMIT = 5_000
_AUTHOR = "Công vụ"
_COLOUR = "FFF4C7C3"
_FILL = PatternFill("solid", start_color=_COLOUR, end_color=_COLOUR)
# A sheet's name or a text that XML cannot hold.
_UNFIT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def mark_faults(file: IO[bytes], faults: Sequence[CellFault]) -> bytes:
    """The workbook with its faulty cells marked; the list alone where there is too much of it."""
    try:
        reader = WorkbookReader(file)
        is_small = reader.package.unpacked_size <= SIZE_LIMIT and len(faults) <= MARKED_LIMIT
    except RefusedError:
        is_small = False
    if is_small:
        try:
            return _marked(file, faults)
        except (InvalidFileException, KeyError, ValueError, TypeError, AttributeError, IndexError):
            # openpyxl refuses some files that Excel and we read; then the list must do.
            pass
    return list_faults(faults)


def list_faults(faults: Sequence[CellFault]) -> bytes:
    """A workbook with the list of faults and nothing else."""
    target = BytesIO()
    with Book(target) as book:
        book.sheet(
            FAULTS_TITLE,
            [Heading("Trang", 24), Heading("Ô", 10), Heading("Cần sửa", 110)],
            ((fault.title, fault.cell, fault.message) for fault in faults),
        )
    return target.getvalue()


def _marked(file: IO[bytes], faults: Sequence[CellFault]) -> bytes:
    file.seek(0)
    book: Any = openpyxl.load_workbook(file)
    if FAULTS_TITLE in book.sheetnames:
        del book[FAULTS_TITLE]
    pages = {clean(page.title): page for page in book.worksheets}
    for page in book.worksheets:
        _take_old_marks(page)
    for fault in faults:
        page = pages.get(fault.title)
        if page is not None:
            _mark(page.cell(fault.row, fault.place + 1), fault.message)
    _list(book, faults)
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def _take_old_marks(page: Any) -> None:
    """Marks of an earlier round go, so that only what is still wrong is coloured."""
    # Not `iter_rows`, which makes every cell of the sheet's rectangle: one far corner fills memory.
    for cell in page._cells.values():
        if cell.comment is not None and cell.comment.author == _AUTHOR:
            cell.comment = None
            if cell.fill.start_color.rgb == _COLOUR:
                cell.fill = PatternFill()


def _mark(cell: Any, message: str) -> None:
    said = _UNFIT.sub("", message)
    if cell.comment is not None:
        said = f"{cell.comment.text}\n{said}"
    comment = Comment(said, _AUTHOR)
    comment.width, comment.height = 340, 120
    cell.comment = comment
    cell.fill = _FILL


def _list(book: Any, faults: Sequence[CellFault]) -> None:
    page = book.create_sheet(FAULTS_TITLE, 0)
    page.append(["Trang", "Ô", "Cần sửa"])
    for row, fault in enumerate(faults, start=2):
        page.append([_UNFIT.sub("", each) for each in (fault.title, fault.cell, fault.message)])
        link = page.cell(row, 2)
        link.hyperlink = f"#'{fault.title.replace(chr(39), chr(39) * 2)}'!{fault.cell}"
        for place in (1, 2, 3):
            # What was typed must not become a formula here.
            page.cell(row, place).data_type = "s"
    for cell in page[1]:
        cell.font = Font(name="Times New Roman", size=12, bold=True)
    for letters, width in (("A", 24), ("B", 10), ("C", 110)):
        page.column_dimensions[letters].width = width
    page.freeze_panes = "A2"
    book.active = 0
