"""Figures: grouped, rounded half up, read as people type them."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from congvu.numbers import number_text, parse_count, percent, percent_text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (None, "–"),
        (0, "0"),
        (999, "999"),
        (1586, "1.586"),
        (-1586, "-1.586"),
        (1234567, "1.234.567"),
        (Decimal("91.7"), "91,7"),
        (Decimal("1250.0"), "1.250,0"),
        (91.5, "91,5"),
    ],
)
def test_number_text_groups_by_three(number: int | float | Decimal | None, text: str) -> None:
    assert number_text(number) == text


@pytest.mark.parametrize(
    ("part", "whole", "share", "text"),
    [
        (44, 48, Decimal("91.7"), "91,7 %"),
        (0, 48, Decimal("0.0"), "0,0 %"),
        (48, 48, Decimal("100.0"), "100,0 %"),
        # 12,25 and 12,35 exactly: half goes up, to the odd and to the even digit alike
        (49, 400, Decimal("12.3"), "12,3 %"),
        (247, 2000, Decimal("12.4"), "12,4 %"),
        # half of a tenth, and just below it
        (1, 2000, Decimal("0.1"), "0,1 %"),
        (1, 2001, Decimal("0.0"), "0,0 %"),
        (-49, 400, Decimal("-12.3"), "-12,3 %"),
        (-1, 10_000, Decimal("0.0"), "0,0 %"),
        (125, 10, Decimal("1250.0"), "1.250,0 %"),
        (0, 0, None, "–"),
        (5, 0, None, "–"),
    ],
)
def test_percent_has_one_decimal_half_up(
    part: int, whole: int, share: Decimal | None, text: str
) -> None:
    assert percent(part, whole) == share
    assert percent_text(part, whole) == text


@given(st.integers(0, 10**40), st.integers(1, 10**40))
def test_percent_is_never_off_by_more_than_half_a_tenth(part: int, whole: int) -> None:
    share = percent(part, whole)
    assert share is not None
    assert -Fraction(1, 20) < Fraction(share) - Fraction(100 * part, whole) <= Fraction(1, 20)


@pytest.mark.parametrize(
    ("text", "count"),
    [("0", 0), (" 12 ", 12), ("1586", 1586), ("1.586", 1586), ("1.000", 1000), ("1 586", 1586),
     ("1.234.567", 1234567), ("1\u00a0586", 1586), ("007", 7)],
)  # fmt: skip
def test_parse_count_reads_what_people_type(text: str, count: int) -> None:
    assert parse_count(text) == count


@pytest.mark.parametrize(
    "text", ["", "-1", "1.5", "1,5", "1,586", "12.34.567", "1586.", "một", "²"]
)
def test_parse_count_refuses_what_is_no_count(text: str) -> None:
    with pytest.raises(ValueError, match="số nguyên từ 0 trở lên"):
        parse_count(text)


@given(st.integers(0, 10**12))
def test_a_printed_count_is_read_back(count: int) -> None:
    assert parse_count(number_text(count)) == count
