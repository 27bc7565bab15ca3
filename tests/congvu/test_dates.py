"""Days as people write them, deadlines as they say them, reporting periods."""

import re
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from congvu.dates import (
    Period,
    days_phrase,
    format_day,
    parse_day,
    period,
    period_between,
    periods_for,
    today,
)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("17/3/2023", date(2023, 3, 17)),
        ("17/03/2023", date(2023, 3, 17)),
        ("17-3-2023", date(2023, 3, 17)),
        ("17.3.2023", date(2023, 3, 17)),
        ("2023-03-17", date(2023, 3, 17)),
        ("1/3/2023", date(2023, 3, 1)),
        ("29/2/2024", date(2024, 2, 29)),
        ("\u00a017 / 3 / 2023\u200b ", date(2023, 3, 17)),
    ],
)
def test_parse_day_reads_day_first(text: str, day: date) -> None:
    assert parse_day(text) == day


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("31/02/2023", "Ngày 31/02/2023 không có trong lịch."),
        ("29/2/2023", "Ngày 29/2/2023 không có trong lịch."),
        ("3/17/2023", "Ngày 3/17/2023 không có trong lịch."),
        ("2023-13-01", "Ngày 2023-13-01 không có trong lịch."),
        ("0/0/0000", "Ngày 0/0/0000 không có trong lịch."),
        ("hôm qua", "“hôm qua” không phải ngày; hãy ghi như 17/03/2023."),
        ("45002", "“45002” không phải ngày; hãy ghi như 17/03/2023."),
        ("17/3-2023", "“17/3-2023” không phải ngày; hãy ghi như 17/03/2023."),
        ("2023/03/17", "“2023/03/17” không phải ngày; hãy ghi như 17/03/2023."),
        ("17/3/2023 08:00", "“17/3/2023 08:00” không phải ngày; hãy ghi như 17/03/2023."),
        ("17/3/20233", "“17/3/20233” không phải ngày; hãy ghi như 17/03/2023."),
        (
            "17/3/23",
            "Ngày 17/3/23 chưa rõ năm; hãy ghi đủ bốn chữ số của năm, như 17/03/2023.",
        ),
        ("  ", "Chưa ghi ngày; hãy ghi như 17/03/2023."),
    ],
)
def test_parse_day_says_what_is_wrong(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        parse_day(text)


def test_parse_day_does_not_repeat_a_whole_page() -> None:
    with pytest.raises(ValueError, match=r"^.{1,120}$"):
        parse_day("x" * 10_000)


@given(st.dates())
def test_a_written_day_is_read_back(day: date) -> None:
    assert parse_day(format_day(day)) == day
    assert len(format_day(day)) == 10


@pytest.mark.parametrize(
    ("due", "phrase"),
    [
        (date(2023, 3, 20), "còn 3 ngày"),
        (date(2023, 3, 18), "còn 1 ngày"),
        (date(2023, 3, 17), "hôm nay là hạn"),
        (date(2023, 3, 16), "quá hạn 1 ngày"),
        (date(2023, 3, 5), "quá hạn 12 ngày"),
    ],
)
def test_days_phrase_is_what_people_say(due: date, phrase: str) -> None:
    assert days_phrase(due, date(2023, 3, 17)) == phrase


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2023, 3, 16, 16, 59, tzinfo=UTC), date(2023, 3, 16)),
        (datetime(2023, 3, 16, 17, 0, tzinfo=UTC), date(2023, 3, 17)),
    ],
)
def test_today_turns_at_midnight_in_vietnam(moment: datetime, day: date) -> None:
    with time_machine.travel(moment, tick=False):
        assert today() == day


@pytest.mark.parametrize(
    ("key", "first", "last", "label"),
    [
        ("nam", "01/01/2023", "31/12/2023", "Năm 2023"),
        ("nam-bc", "15/12/2022", "14/12/2023", "Năm 2023 (15/12/2022–14/12/2023)"),
        ("6-thang", "01/01/2023", "30/06/2023", "6 tháng đầu năm 2023"),
        ("6-thang-bc", "15/12/2022", "14/06/2023", None),
        ("9-thang", "01/01/2023", "30/09/2023", "9 tháng đầu năm 2023"),
        ("9-thang-bc", "15/12/2022", "14/09/2023", None),
        ("quy-1", "01/01/2023", "31/03/2023", "Quý I năm 2023"),
        ("quy-4", "01/10/2023", "31/12/2023", "Quý IV năm 2023"),
        ("quy-1-bc", "15/12/2022", "14/03/2023", None),
        ("quy-2-bc", "15/03/2023", "14/06/2023", None),
        ("thang-2", "01/02/2023", "28/02/2023", "Tháng 2 năm 2023"),
        ("thang-12", "01/12/2023", "31/12/2023", "Tháng 12 năm 2023"),
        ("thang-1-bc", "15/12/2022", "14/01/2023", None),
        ("thang-12-bc", "15/11/2023", "14/12/2023", None),
    ],
)
def test_period_has_the_days_of_the_regulation(
    key: str, first: str, last: str, label: str | None
) -> None:
    chosen = period(key, 2023)
    assert (format_day(chosen.first), format_day(chosen.last)) == (first, last)
    assert chosen.label == label or (label is None and f"({first}–{last})" in chosen.label)
    assert (chosen.key, chosen.year) == (key, 2023)
    assert chosen.official == key.endswith("-bc")
    assert chosen.first in chosen
    assert chosen.last in chosen
    assert chosen.first - timedelta(days=1) not in chosen
    assert chosen.last + timedelta(days=1) not in chosen


def test_period_february_has_29_days_in_a_leap_year() -> None:
    assert period("thang-2", 2024).last == date(2024, 2, 29)


@pytest.mark.parametrize("kind", ["", "-bc"])
@pytest.mark.parametrize(("part", "count"), [("quy", 4), ("thang", 12)])
def test_periods_fill_their_year_without_gap_or_overlap(part: str, count: int, kind: str) -> None:
    year = period(f"nam{kind}", 2024)
    parts = [period(f"{part}-{number}{kind}", 2024) for number in range(1, count + 1)]
    assert parts[0].first == year.first
    assert parts[-1].last == year.last
    for earlier, later in pairwise(parts):
        assert later.first == earlier.last + timedelta(days=1)


def test_periods_have_one_key_and_one_label_each() -> None:
    periods = periods_for(2023)
    assert len({found.key for found in periods}) == len(periods) == 2 * (3 + 4 + 12)
    assert len({found.label for found in periods}) == len(periods)
    assert [period(found.key, 2023) for found in periods] == periods


@pytest.mark.parametrize(("key", "year"), [("nam-2", 2023), ("", 2023), ("nam", 0), ("nam", 9999)])
def test_period_unknown_is_refused_with_a_sentence(key: str, year: int) -> None:
    with pytest.raises(ValueError, match=r"^(Không có kỳ báo cáo|Năm phải từ)"):
        period(key, year)


def test_period_between_finds_the_name() -> None:
    assert period_between(date(2022, 12, 15), date(2023, 12, 14)) == period("nam-bc", 2023)
    ad_hoc = period_between(date(2018, 1, 1), date(2020, 8, 31))
    assert ad_hoc == Period(date(2018, 1, 1), date(2020, 8, 31), "Từ 01/01/2018 đến 31/08/2020")


def test_period_cannot_end_before_it_begins() -> None:
    with pytest.raises(ValueError, match="trước khi bắt đầu"):
        period_between(date(2023, 2, 1), date(2023, 1, 31))
