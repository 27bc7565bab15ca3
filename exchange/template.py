"""The empty workbook with headings, lists to choose from, and a guide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from congvu.workbook import Book, Heading
from exchange.export import Target
from exchange.layout import GUIDE_TITLE, LISTS_TITLE, SHEETS, Column, Sheet, Type

_HOW = {
    Type.CODE: "Mã hoặc số ký hiệu, ghi dạng chữ để giữ số 0 ở đầu (05569).",
    Type.LINE: "Chữ, một dòng.",
    Type.BLOCK: "Chữ, có thể nhiều dòng.",
    Type.DAY: "Ngày, như 17/03/2023.",
    Type.COUNT: "Số nguyên từ 0 trở lên.",
    Type.LABEL: f"Chọn trong danh sách (xem trang “{LISTS_TITLE}”); ghi nhãn hoặc mã đều được.",
    Type.MARK: "Ghi x hoặc để trống.",
}
_BLANK_FORMATS = {Type.CODE: "@", Type.LINE: "@", Type.DAY: "dd/mm/yyyy", Type.COUNT: "0"}

_NOTES = (
    "Mỗi trang có thể bỏ trống hoặc xóa đi; thứ tự các trang và các cột không quan trọng.",
    "Dòng 1 của mỗi trang là tiêu đề cột, xin giữ nguyên chữ.",
    "Cột không có trong tệp thì dữ liệu đang có được giữ nguyên; cột có mà ô để trống thì dữ liệu "
    "đang có bị xóa.",
    "Hồ sơ đã có (cùng mã, cùng kỳ …) được cập nhật; hồ sơ chưa có được thêm. Gửi một tệp hai lần "
    "không làm thay đổi gì.",
    "Mã đơn vị được hiểu là đơn vị mang mã đó vào ngày ghi trên dòng: từ 01/7/2025 nhiều mã đã "
    "chuyển sang đơn vị mới. Có thể thêm cột “Tên đơn vị” cạnh “Mã đơn vị” để đối chiếu.",
    "Chỉ cần một ô sai là cả tệp chưa được ghi; hệ thống chỉ ra từng ô cần sửa.",
)


def _lists() -> dict[str, list[str]]:
    """Each coded column's labels, under “sheet: heading”."""
    return {
        f"{sheet.title}: {column.heading}": [str(label) for label in column.choices.labels]
        for sheet in SHEETS
        for column in sheet.columns
        if column.choices is not None
    }


def _range(place: int, length: int) -> str:
    letters = ("" if place < 26 else chr(64 + place // 26)) + chr(65 + place % 26)
    return f"='{LISTS_TITLE}'!${letters}$2:${letters}${length + 1}"


def _guide() -> Iterator[tuple[str, str, str, str]]:
    for note in _NOTES:
        yield "Chung", "", "", note
    for sheet in SHEETS:
        for column in sheet.columns:
            yield sheet.title, column.heading, "x" if column.required else "", how(column)


def how(column: Column) -> str:
    """How a column's cells are filled in."""
    return _HOW[column.holds]


def template(target: Target) -> None:
    """Write the empty workbook."""
    lists = _lists()
    ranges = ranges_of(lists)
    with Book(target) as book:
        for sheet in SHEETS:
            choices = {
                place: ranges[f"{sheet.title}: {column.heading}"]
                for place, column in enumerate(sheet.columns)
                if column.choices is not None
            }
            write_blank(book, sheet, choices)
        write_lists(book, lists)
        write_guide(book, _guide())


def ranges_of(lists: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """By each list's name the cells of the sheet of lists that hold it."""
    return {name: _range(place, len(each)) for place, (name, each) in enumerate(lists.items())}


def write_blank(book: Book, sheet: Sheet, choices: dict[int, str]) -> None:
    """A sheet with its headings alone; `choices` are the cells to pick from, by column."""
    headings = [
        Heading(column.heading, column.width, blank_format=_BLANK_FORMATS.get(column.holds, ""))
        for column in sheet.columns
    ]
    book.sheet(sheet.title, headings, [], choices=dict(choices))


def write_lists(book: Book, lists: Mapping[str, Sequence[str]]) -> None:
    """The sheet of lists, one beside the other."""
    longest = max(map(len, lists.values()))
    rows = [
        [each[row] if row < len(each) else "" for each in lists.values()] for row in range(longest)
    ]
    book.sheet(LISTS_TITLE, [Heading(name, 30) for name in lists], rows)


def write_guide(book: Book, rows: Iterable[tuple[str, str, str, str]]) -> None:
    """The sheet that says how each column is filled in."""
    headings = [
        Heading("Trang", 20),
        Heading("Cột", 30),
        Heading("Bắt buộc", 10),
        Heading("Cách ghi", 90),
    ]
    book.sheet(GUIDE_TITLE, headings, rows)
