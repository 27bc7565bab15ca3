"""From a workbook's XML to values: rows as a stream, with dates, texts and numbers told apart.

openpyxl is not used for reading. It cannot tell a formula that was never calculated from a blank
cell, it builds all styles and shared strings as objects (a 200 MB part needs gigabytes), and it
takes four times as long (`bench/import_export.py`).
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import IO, NamedTuple, NoReturn

from exchange.package import DAMAGED, NOT_A_WORKBOOK, Package, refuse

ROW_LIMIT = 200_000
COLUMN_LIMIT = 16_384
# Excel itself keeps 65,490 at most.
STYLES_LIMIT = 70_000
_STYLES_SIZE_LIMIT = 48 * 1024 * 1024
_TOO_MANY_STYLES = (
    "Tệp có quá nhiều kiểu định dạng ô; hãy chép dữ liệu (chỉ giá trị) sang tệp mẫu rồi gửi lại."
)
# What one cell can hold in Excel.
TEXT_LIMIT = 32_767


class Bad(NamedTuple):
    """A cell that holds no value that could be used, and why."""

    reason: str


NO_CACHED_VALUE = Bad(
    "Ô có công thức nhưng chưa có kết quả; hãy mở bằng Excel, lưu lại, hoặc thay bằng giá trị."
)
TEXT_TOO_LONG = Bad(f"Ô chứa hơn {TEXT_LIMIT} ký tự; hãy rút ngắn.")

# What a cell holds. A number shown with leading zeros is text (contract §3: 05569).
Cell = str | int | float | bool | date | Bad


@dataclass(slots=True)
class Row:
    """A row with something in it: its number, and its cells by column, from 0."""

    number: int
    cells: dict[int, Cell]


# --- letters, formats ------------------------------------------------------------------------


def column_letters(place: int) -> str:
    """A for 0, Z for 25, AA for 26."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _column_place(letters: str) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - 64
    return place - 1


# Numbers of built-in formats that show days (ECMA-376 part 1, 18.8.30, with those of East Asia).
_BUILT_IN_DAYS = frozenset([*range(14, 18), 22, *range(27, 32), 36, *range(50, 55), 57, 58])
_NOT_SHOWN = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.')
_ZEROS = re.compile(r"0{2,}")


def _shows_day(code: str) -> bool:
    """Whether a number format shows a day, not only a time: has years, days or months in it."""
    bare = _NOT_SHOWN.sub("", code.split(";")[0]).lower()
    if bare in ("general", "standard"):
        return False
    return "y" in bare or "d" in bare or ("m" in bare and "h" not in bare and "s" not in bare)


def _zeros(code: str) -> int:
    """How many digits a format such as 00000 shows at least; 0 for any other format."""
    bare = _NOT_SHOWN.sub("", code.split(";")[0])
    return len(bare) if _ZEROS.fullmatch(bare) else 0


class _Styles:
    """What a cell's style says of its number: a day, or leading zeros."""

    def __init__(self, package: Package, path: str | None) -> None:
        # Per style: -1 a day, 0 plain, n digits at least.
        self.kinds: list[int] = []
        formats: dict[int, str] = {}
        inside = False
        if path is None:
            return

        def start(name: str, given: dict[str, str]) -> None:
            nonlocal inside
            if name == "numFmt":
                formats[int(given.get("numFmtId", "0"))] = given.get("formatCode", "")[:300]
            elif name == "cellXfs":
                inside = True
            elif name == "xf" and inside:
                self.kinds.append(self._kind(int(given.get("numFmtId", "0")), formats))
            if len(self.kinds) > STYLES_LIMIT or len(formats) > STYLES_LIMIT:
                refuse(_TOO_MANY_STYLES)

        def end(name: str) -> None:
            nonlocal inside
            if name == "cellXfs":
                inside = False

        if package.size_of(path) > _STYLES_SIZE_LIMIT:
            refuse(_TOO_MANY_STYLES)
        for _ in package.parse(path, start, end):
            pass

    @staticmethod
    def _kind(number: int, formats: dict[int, str]) -> int:
        if number in formats:
            code = formats[number]
            return -1 if _shows_day(code) else _zeros(code)
        return -1 if number in _BUILT_IN_DAYS else 0

    def of(self, style: str | None) -> int:
        """-1 for a style that shows days, n for one that shows n digits at least, else 0."""
        place = int(style) if style else 0
        return self.kinds[place] if 0 <= place < len(self.kinds) else 0


class _SharedStrings:
    """The texts that cells share, as bytes in one block: ten million short ones stay small."""

    def __init__(self, package: Package, path: str | None) -> None:
        self._bytes = bytearray()
        self._ends = array("I")
        self._known: dict[int, str] = {}
        if path is None:
            return
        taking = skipping = False

        def start(name: str, _: dict[str, str]) -> None:
            nonlocal taking, skipping
            if name == "t":
                taking = not skipping
            elif name == "rPh":  # how a Japanese text is pronounced is not part of it
                skipping = True

        def end(name: str) -> None:
            nonlocal taking, skipping
            if name == "t":
                taking = False
            elif name == "rPh":
                skipping = False
            elif name == "si":
                self._ends.append(len(self._bytes))

        def text(piece: str) -> None:
            if taking:
                self._bytes += piece.encode("utf-8", "surrogatepass")

        for _ in package.parse(path, start, end, text):
            pass

    def __getitem__(self, place: int) -> str | Bad:
        known = self._known.get(place)
        if known is not None:
            return known
        if not 0 <= place < len(self._ends):
            refuse(DAMAGED)
        first = self._ends[place - 1] if place else 0
        size = self._ends[place] - first
        if size > 4 * TEXT_LIMIT:
            return TEXT_TOO_LONG
        raw = self._bytes[first : first + size].decode("utf-8", "surrogatepass")
        found = _unescape(raw)
        if len(found) > TEXT_LIMIT:
            return TEXT_TOO_LONG
        if size < 200:
            if len(self._known) > 20_000:
                self._known.clear()
            self._known[place] = found
        return found


_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


def _unescape(text: str) -> str:
    """Excel writes characters that XML lacks as _x000D_, and a real "_x000D_" as _x005F_x000D_."""
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


def day_of(serial: float, *, from_1904: bool) -> date | None:
    """The day of Excel's number, or None when it names none."""
    whole = int(serial)
    if from_1904:
        origin = date(1904, 1, 1)
    else:
        # Excel believes in 29 February 1900: numbers before it are one day off.
        origin = date(1899, 12, 30) if whole > 60 else date(1899, 12, 31)
    if whole < (0 if from_1904 else 1) or (whole == 60 and not from_1904):
        return None
    try:
        return origin + timedelta(days=whole)
    except OverflowError:
        return None


# --- the workbook ----------------------------------------------------------------------------


# As bytes, ten times as fast as parsing; a tag cut in two by the end of a chunk counts once.
_ROW_TAG = re.compile(rb"[<:]row[\s/>]")


class SheetPart(NamedTuple):
    """A sheet as the workbook lists it."""

    title: str
    path: str


def _too_many_rows(part: SheetPart) -> NoReturn:
    limit = f"{ROW_LIMIT:,}".replace(",", ".")
    refuse(
        f"Trang “{part.title}” có hơn {limit} dòng (kể cả dòng trống có định dạng); hãy xóa dòng "
        "thừa hoặc chia thành nhiều tệp."
    )


class WorkbookReader:
    """A vetted workbook: its sheets, and each one's rows as a stream."""

    def __init__(self, file: IO[bytes]) -> None:
        self.package = Package(file)
        self.from_1904 = False
        self.sheets = self._sheets()
        kinds = dict(self.package.relations(self.package.workbook_path).values())
        strings, styles = kinds.get("sharedStrings"), kinds.get("styles")
        self._strings_path = strings if strings and strings in self.package else None
        self._strings: _SharedStrings | None = None
        self._styles = _Styles(self.package, styles if styles and styles in self.package else None)

    def _sheets(self) -> list[SheetPart]:
        path = self.package.workbook_path
        relations = self.package.relations(path)
        found: list[SheetPart] = []
        is_workbook = False
        for name, given in self.package.attributes(path):
            if name == "workbook":
                is_workbook = True
            elif name == "workbookPr":
                self.from_1904 = given.get("date1904", "") in ("1", "true")
            elif name == "sheet" and is_workbook:
                reference = next((each for key, each in given.items() if key.endswith(":id")), "")
                kind, target = relations.get(reference, ("", ""))
                if kind == "worksheet" and target in self.package:
                    found.append(SheetPart(given.get("name", ""), target))
        if not is_workbook or not found:
            refuse(NOT_A_WORKBOOK)
        return found

    def vet_rows(self, part: SheetPart) -> int:
        """Refuse a sheet of more rows than allowed before any is read: by counting their tags."""
        count, tail = 0, b""
        for chunk in self.package.chunks(part.path):
            count += len(_ROW_TAG.findall(tail + chunk))
            if count > ROW_LIMIT:
                _too_many_rows(part)
            tail = chunk[-4:]
        return count

    def rows(self, part: SheetPart) -> Iterator[Row]:
        """The rows that hold something, from the first down."""
        return _RowScanner(self, part).rows()

    @property
    def strings(self) -> _SharedStrings:
        """The shared texts, read when the first is wanted."""
        if self._strings is None:
            self._strings = _SharedStrings(self.package, self._strings_path)
        return self._strings

    def style_kind(self, style: str | None) -> int:
        """See `_Styles.of`."""
        return self._styles.of(style)


class _RowScanner:
    """Reads one sheet; its methods are called back by the XML parser."""

    def __init__(self, book: WorkbookReader, part: SheetPart) -> None:
        self._book, self._part = book, part
        self._found: list[Row] = []
        self._count = 0
        self._number = 0
        self._place = -1
        self._cells: dict[int, Cell] = {}
        self._in_data = self._is_over = False
        self._kind = ""
        self._style: str | None = None
        self._formula = self._has_value = False
        self._taking = self._skipping = False
        self._pieces: list[str] = []
        self._size = 0

    def rows(self) -> Iterator[Row]:
        """Rows as they are met; stops at the end of the cells, whatever follows."""
        package = self._book.package
        for _ in package.parse(self._part.path, self._start, self._end, self._text):
            yield from self._found
            self._found = []
            if self._is_over:
                return

    def _start(self, name: str, given: dict[str, str]) -> None:
        if not self._in_data:
            self._in_data = name == "sheetData"
        elif name == "c":
            self._start_cell(given)
        elif name in ("v", "t"):
            self._has_value = self._has_value or name == "v"
            self._taking = not self._skipping
        elif name == "row":
            self._count += 1
            if self._count > ROW_LIMIT:
                _too_many_rows(self._part)
            number = int(given["r"]) if "r" in given else self._number + 1
            if number <= self._number:
                refuse(DAMAGED)
            self._number = number
            self._place = -1
            self._cells = {}
        elif name == "f":
            self._formula = True
        elif name == "rPh":
            self._skipping = True

    def _start_cell(self, given: dict[str, str]) -> None:
        reference = given.get("r")
        if reference is None:
            self._place += 1
        else:
            self._place = _column_place(reference.rstrip("0123456789").upper())
        if not 0 <= self._place < COLUMN_LIMIT:
            refuse(DAMAGED)
        self._kind = given.get("t", "n")
        self._style = given.get("s")
        self._formula = self._has_value = self._taking = False
        self._pieces = []
        self._size = 0

    def _text(self, piece: str) -> None:
        if self._taking:
            self._size += len(piece)
            if self._size <= 2 * TEXT_LIMIT:
                self._pieces.append(piece)

    def _end(self, name: str) -> None:
        if name == "c":
            cell = self._cell()
            if cell is not None and cell != "":
                self._cells[self._place] = cell
        elif name in ("v", "t", "is"):
            self._taking = False
        elif name == "rPh":
            self._skipping = False
        elif name == "row":
            if self._cells:
                if self._number > ROW_LIMIT:
                    _too_many_rows(self._part)
                self._found.append(Row(self._number, self._cells))
        elif name == "sheetData":
            self._is_over = True

    def _cell(self) -> Cell | None:
        text = "".join(self._pieces)
        if self._formula and not text and self._kind != "str":
            return NO_CACHED_VALUE
        if not text:
            return None
        if self._size > TEXT_LIMIT:
            return TEXT_TOO_LONG
        match self._kind:
            case "s":
                return self._book.strings[int(text)]
            case "inlineStr" | "str":
                return _unescape(text)
            case "b":
                return text.strip() in ("1", "true")
            case "e":
                return Bad(f"Ô báo lỗi {text.strip()[:20]}; hãy sửa công thức hoặc xóa giá trị.")
            case "d":
                return datetime.fromisoformat(text.strip()).date()
        return self._numeric(text)

    def _numeric(self, text: str) -> Cell:
        number = float(text)
        kind = self._book.style_kind(self._style)
        if kind < 0:
            day = day_of(number, from_1904=self._book.from_1904)
            return day or Bad(f"Số {text[:20]} không phải là ngày; hãy ghi như 17/03/2023.")
        if number != number or number in (float("inf"), float("-inf")):
            refuse(DAMAGED)
        if not number.is_integer():
            return number
        whole = int(number)
        if kind and whole >= 0:
            return f"{whole:0{kind}d}"
        return whole
