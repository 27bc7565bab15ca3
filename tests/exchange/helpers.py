"""Small workbooks made by hand, and the cells that an import finds fault with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

from openpyxl import Workbook

from congvu.access import Person
from exchange.analysis import Analysis
from exchange.reading import read
from exchange.writing import import_workbook

Rows = Sequence[Sequence[Any]]

HEADINGS: dict[str, list[str]] = {
    "Đơn vị": [
        "Mã đơn vị", "Tên đơn vị", "Loại", "Mã đơn vị cấp trên", "Hiệu lực từ", "Hiệu lực đến",
    ],
    "Kế thừa": ["Mã đơn vị cũ", "Mã đơn vị mới", "Ngày hiệu lực", "Loại", "Mặc định"],
    "Kế hoạch": ["Số ký hiệu", "Ngày ban hành", "Mã cơ quan ban hành", "Năm", "Trích yếu"],
    "Cuộc kiểm tra": [
        "Mã cuộc", "Số kế hoạch", "Hình thức", "Mã cơ quan kiểm tra", "Từ ngày", "Đến ngày",
        "Trạng thái", "Đoàn kiểm tra", "Nội dung",
    ],
    "Lượt kiểm tra": [
        "Mã cuộc", "Mã đơn vị", "Ngày kiểm tra", "Số biên bản", "Số kết luận", "Ngày kết luận",
        "Ưu điểm",
    ],
    "Tồn tại": ["Mã tồn tại", "Mã cuộc", "Mã đơn vị", "Nhóm", "Mức độ", "Đối tượng", "Nội dung"],
    "Kiến nghị": [
        "Mã kiến nghị", "Mã cuộc", "Mã đơn vị", "Mã tồn tại", "Loại", "Đối tượng", "Họ tên",
        "Chức vụ", "Hình thức kỷ luật", "Hạn thực hiện", "Ngày hoàn thành", "Văn bản báo cáo",
        "Nội dung",
    ],
    "Gia hạn": ["Mã kiến nghị", "Ngày cho phép", "Hạn mới", "Văn bản"],
    "Số liệu báo cáo": [
        "Mã đơn vị", "Từ ngày", "Đến ngày", "Số cuộc theo kế hoạch", "Số cuộc đột xuất",
        "Số lượt đơn vị", "Ngày gửi",
    ],
}  # fmt: skip


def book_of(sheets: Mapping[str, Rows], headings: dict[str, list[str]] | None = None) -> BytesIO:
    """A workbook with these rows under the usual headings, or under those given for a sheet."""
    book = Workbook()
    book.remove(book.active)  # type: ignore[arg-type]  # a new workbook has one
    for title, rows in sheets.items():
        page = book.create_sheet(title)
        page.append((headings or {}).get(title) or HEADINGS[title])
        for row in rows:
            page.append(list(row))
    return saved(book)


def saved(book: Workbook) -> BytesIO:
    """The workbook as a file."""
    target = BytesIO()
    book.save(target)
    target.seek(0)
    return target


def faults_of(
    sheets: Mapping[str, Rows],
    headings: dict[str, list[str]] | None = None,
    scope: Person | None = None,
) -> dict[str, str]:
    """The faults that reading finds: `Sheet!Cell` → message."""
    return told(read(book_of(sheets, headings), scope))


def told(analysis: Analysis) -> dict[str, str]:
    """Faults by `Sheet!Cell`."""
    return {f"{fault.title}!{fault.cell}": fault.message for fault in analysis.in_order()}


def load(
    sheets: Mapping[str, Rows],
    headings: dict[str, list[str]] | None = None,
    **options: Any,
) -> Analysis:
    """Import the workbook; the test stops here when it has faults."""
    analysis = import_workbook(book_of(sheets, headings), **options)
    assert told(analysis) == {}
    return analysis


def counts(analysis: Analysis) -> dict[str, tuple[int, int, int]]:
    """Added, changed, unchanged of each sheet that has rows."""
    return {
        key: (tally.added, tally.changed, tally.unchanged)
        for key, tally in analysis.tallies.items()
        if tally.total
    }
