"""From a cell to the value of its column (contract §3, "Reading"), or to what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache, lru_cache
from typing import Any

from django.db import models

from congvu.dates import format_day, parse_day
from congvu.text import clean, clean_block, fold
from exchange.cells import Cell
from exchange.layout import Column, Type
from exchange.shared import Bad

# A database's integer column holds no more.
COUNT_LIMIT = 2_147_483_647
_LISTED_CHOICES = 13


def _shown(cell: Cell) -> str:
    """A cell's value for a message, cut to a readable length."""
    text = _text(cell)
    text = clean(text) if isinstance(text, str) else ""
    return text if len(text) <= 60 else f"{text[:60]}…"


def _text(cell: Cell) -> str | Bad:
    """A cell as text: numbers without a needless decimal part, days as people write them."""
    match cell:
        case str() | Bad():
            return cell
        case bool():
            return "TRUE" if cell else "FALSE"
        case int():
            return str(cell)
        case float():
            # Excel keeps 15 digits; the rest is noise of the binary form.
            return f"{cell:.15g}"
        case date():
            return format_day(cell)
    raise TypeError(type(cell).__name__)


# Longer than any day or label: what is kept in memory is bounded by this.
_SHORT = 100


def _bound(text: str) -> str:
    """The text, or of a long one so much that it is still no day and no label."""
    return text if len(text) <= _SHORT else clean(text)[: _SHORT + 1]


# Posts and names of teams come again and again: each is kept in memory once.
@lru_cache(maxsize=20_000)
def _clean_short(text: str) -> str:
    return clean(text)


def _line(cell: Cell, column: Column) -> str | Bad | None:
    text = _text(cell)
    if isinstance(text, Bad):
        return text
    line = _clean_short(text) if len(text) <= _SHORT else clean(text)
    return _fitting(line, column)


def _code(cell: Cell, column: Column) -> str | Bad | None:
    if isinstance(cell, bool):
        return Bad("Ô chứa giá trị đúng/sai, không phải mã.")
    text = _text(cell)
    return text if isinstance(text, Bad) else _fitting(clean(text), column)


def _fitting(text: str, column: Column) -> str | Bad | None:
    """The text, unless it is longer than its column takes; None for no text."""
    if column.max_length and len(text) > column.max_length:
        return Bad(f"Nội dung dài quá {column.max_length} ký tự; hãy rút ngắn.")
    return text or None


def _block(cell: Cell, column: Column) -> str | Bad | None:
    text = _text(cell)
    return text if isinstance(text, Bad) else _fitting(clean_block(text), column)


@lru_cache(maxsize=20_000)
def _day_from_text(text: str) -> date | Bad | None:
    if not clean(text):
        return None
    try:
        return parse_day(text)
    except ValueError as fault:
        return Bad(str(fault))


def _day(cell: Cell, column: Column) -> date | Bad | None:
    match cell:
        case date() | Bad():
            return cell
        case str():
            return _day_from_text(_bound(cell))
        case bool():
            return Bad("Ô chứa giá trị đúng/sai, không phải ngày; hãy ghi như 17/03/2023.")
    return Bad(
        f"Số {_shown(cell)} không phải là ngày; hãy định dạng ô là ngày, hoặc ghi như 17/03/2023."
    )


def _count(cell: Cell, column: Column) -> int | Bad | None:
    match cell:
        case Bad():
            return cell
        case bool() | date():
            return Bad(f"“{_shown(cell)}” không phải là số; hãy ghi một số nguyên từ 0 trở lên.")
        case float():
            return Bad(f"Số {_shown(cell)} có phần lẻ; hãy ghi một số nguyên từ 0 trở lên.")
        case str():
            text = clean(cell)
            if not text:
                return None
            if not (text.isascii() and text.isdigit()) or len(text) > 15:
                return Bad(
                    f"“{_shown(text)}” không phải là số nguyên từ 0 trở lên, như 12 hoặc 1586."
                )
            number = int(text)
        case int():
            number = cell
    if number < 0:
        return Bad(f"Số {number} nhỏ hơn 0; hãy ghi một số nguyên từ 0 trở lên.")
    if number > COUNT_LIMIT:
        return Bad(f"Số {_shown(str(number))} quá lớn.")
    return number


@cache
def label_codes(choices: type[models.TextChoices]) -> dict[str, str]:
    """Folded labels and codes of a set, each with its code (contract §3, "Codes and labels")."""
    found = {fold(label): code for code, label in choices.choices}
    return found | {fold(code): code for code in choices.values}


# By what a column is made of: a column itself takes long to hash.
@lru_cache(maxsize=20_000)
def _code_of_label(
    text: str, heading: str, choices: type[models.TextChoices] | None
) -> str | Bad | None:
    folded = fold(text)
    if not folded:
        return None
    if choices is None:
        raise TypeError(heading)
    code = label_codes(choices).get(folded)
    if code is not None:
        return code
    labels = [str(label) for label in choices.labels]
    listed = (
        f"hãy ghi một trong: {', '.join(labels)}."
        if len(labels) <= _LISTED_CHOICES
        else "hãy chọn một giá trị trong danh mục ở tệp mẫu."
    )
    return Bad(f"“{_shown(text)}” không có trong danh mục “{heading}”; {listed}")


def _label(cell: Cell, column: Column) -> str | Bad | None:
    text = _text(cell)
    if isinstance(text, Bad):
        return text
    return _code_of_label(_bound(text), column.heading, column.choices)


_YES = frozenset({"x", "co", "1", "true"})
_NO = frozenset({"", "khong", "0", "false"})


def _mark(cell: Cell, column: Column) -> bool | Bad | None:
    text = _text(cell)
    if isinstance(text, Bad):
        return text
    folded = fold(text)
    if folded in _YES:
        return True
    return None if folded in _NO else Bad(f"“{_shown(cell)}”: hãy ghi x hoặc để trống.")


# Gives the column's value; None for a cell that holds nothing but spaces; or a `Bad`.
Reader = Callable[[Cell, Column], Any]

_READERS: dict[Type, Reader] = {
    Type.CODE: _code,
    Type.LINE: _line,
    Type.BLOCK: _block,
    Type.DAY: _day,
    Type.COUNT: _count,
    Type.LABEL: _label,
    Type.MARK: _mark,
}


def reader_of(column: Column) -> Reader:
    """What reads the column's cells: found once for a column, not for each cell."""
    return _READERS[column.holds]
