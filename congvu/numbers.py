"""Figures as Vietnamese reports print them: 1.586 and 91,7 %."""

import re
from decimal import Decimal

from congvu.text import clean

# What stands where there is no figure: not zero, not forgotten.
NO_FIGURE = "–"

_SWAP_MARKS = str.maketrans(",.", ".,")
_COUNT = re.compile(r"[0-9]+|[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]{1,3}(?: [0-9]{3})+")


def number_text(number: int | float | Decimal | None) -> str:
    """1.586, and 91,7 with its decimals as they are; a dash for None. For figures, not years."""
    return NO_FIGURE if number is None else f"{number:,}".translate(_SWAP_MARKS)


def parse_count(text: str) -> int:
    """The whole number that a person typed: 1586, 1.586 or 1 586, never below zero.

    Full stops and spaces part thousands and nothing else, so "1.5" is refused, and "1.000" is a
    thousand. Raises ValueError with a sentence for the person who typed it.
    """
    written = clean(text)
    if not _COUNT.fullmatch(written):
        raise ValueError("Hãy ghi một số nguyên từ 0 trở lên, như 12 hoặc 1.586.")
    return int(re.sub(r"[. ]", "", written))


def percent(part: int, whole: int) -> Decimal | None:
    """How many per cent `part` is of `whole`, one decimal, half up; None when whole is 0.

    Half goes away from zero, so that a fall is rounded as a rise is.
    """
    if whole == 0:
        return None
    # Whole tenths of a per cent by integers: exact, where a quotient of 28 digits may turn
    # what lies just below a half into the half.
    tenths = (2000 * abs(part) + abs(whole)) // (2 * abs(whole))
    sign = "-" if tenths and (part < 0) != (whole < 0) else ""
    # Made from its digits: arithmetic on Decimals would round to 28 of them.
    return Decimal(f"{sign}{tenths // 10}.{tenths % 10}")


def percent_text(part: int, whole: int) -> str:
    """91,7 % for 44 of 48; a dash when whole is 0."""
    share = percent(part, whole)
    return NO_FIGURE if share is None else f"{number_text(share)} %"


def roman(number: int) -> str:
    """I, II, III … as groups of official tables are numbered; from 1 to 3999."""
    signs = (
        (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"),
        (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
    )  # fmt: skip
    text = ""
    for value, sign in signs:
        text += sign * (number // value)
        number %= value
    return text
