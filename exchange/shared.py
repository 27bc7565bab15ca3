"""What the cells of a workbook share: number formats, texts, and the origin of days."""

from __future__ import annotations

import re
from array import array
from datetime import date, timedelta
from typing import NamedTuple

from exchange.package import DAMAGED, Package, refuse

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


TEXT_TOO_LONG = Bad(f"Ô chứa hơn {TEXT_LIMIT} ký tự; hãy rút ngắn.")

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


class Styles:
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


class SharedStrings:
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
        found = unescape(raw)
        if len(found) > TEXT_LIMIT:
            return TEXT_TOO_LONG
        if size < 200:
            if len(self._known) > 20_000:
                self._known.clear()
            self._known[place] = found
        return found


_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


def unescape(text: str) -> str:
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
