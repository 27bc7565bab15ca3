"""The filters and the tag of congvu_text."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from django.template import Context, Template


def render(source: str, **context: object) -> str:
    return Template("{% load congvu_text %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("number", "text"),
    [(1586, "1.586"), (0, "0"), (None, "–"), ("", "–"), (Decimal("91.7"), "91,7")],
)
def test_so_writes_figures(number: object, text: str) -> None:
    assert render("{{ number|so }}", number=number) == text


def test_so_writes_a_dash_for_a_missing_variable() -> None:
    assert render("{{ nothing|so }}") == "–"


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [(44, 48, "91,7 %"), (0, 48, "0,0 %"), (0, 0, "–"), (3, None, "–"), (None, 48, "–")],
)
def test_percent_writes_a_share(part: int | None, whole: int | None, text: str) -> None:
    assert render("{% percent part whole %}", part=part, whole=whole) == text
    assert render("{{ part|phan_tram:whole }}", part=part, whole=whole) == text


def test_percent_can_be_kept_for_a_title() -> None:
    source = "{% percent 44 48 as share %}[{{ share }}]"
    assert render(source) == "[91,7 %]"


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (date(2023, 3, 7), "07/03/2023"),
        # half past midnight in Vietnam
        (datetime(2023, 3, 6, 17, 30, tzinfo=UTC), "07/03/2023"),
        # as Excel has it, without a zone
        (datetime(2023, 3, 7, 23, 30), "07/03/2023"),  # noqa: DTZ001
        (None, "–"),
        ("", "–"),
    ],
)
def test_ngay_writes_days(day: object, text: str) -> None:
    assert render("{{ day|ngay }}", day=day) == text


@pytest.mark.parametrize(
    ("due", "text"),
    [
        (date(2023, 3, 20), "còn 3 ngày"),
        (date(2023, 3, 17), "hôm nay là hạn"),
        (date(2023, 3, 5), "quá hạn 12 ngày"),
        (datetime(2023, 3, 17, 17, 0, tzinfo=UTC), "còn 1 ngày"),
        (None, "–"),
    ],
)
def test_han_counts_from_today_in_vietnam(due: object, text: str) -> None:
    # still the 16th in UTC
    with time_machine.travel(datetime(2023, 3, 16, 17, 30, tzinfo=UTC), tick=False):
        assert render("{{ due|han }}", due=due) == text


def test_han_can_look_from_another_day() -> None:
    found = render("{{ due|han:as_of }}", due=date(2023, 3, 20), as_of=date(2023, 3, 25))
    assert found == "quá hạn 5 ngày"
