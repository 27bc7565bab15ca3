"""Days as people here write them, deadlines as they say them, and reporting periods."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from congvu.text import clean

_DAY_FIRST = re.compile(r"([0-9]{1,2})\s?([/.-])\s?([0-9]{1,2})\s?\2\s?([0-9]{4})")
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_TWO_DIGIT_YEAR = re.compile(r"[0-9]{1,2}\s?([/.-])\s?[0-9]{1,2}\s?\1\s?[0-9]{2}")


def today() -> date:
    """Today where the application is used (`TIME_ZONE`), whatever zone the server keeps."""
    return timezone.localdate(timezone=timezone.get_default_timezone())


def parse_day(text: str) -> date:
    """The day that a text names, day first: "1/3/2023" is 1 March.

    Parted by stroke, hyphen or full stop; or ISO, 2023-03-17. The year has four digits: what
    "1/3/23" means is not for us to guess. Raises ValueError with a sentence for the person who
    typed it.
    """
    written = clean(text)
    if match := _DAY_FIRST.fullmatch(written):
        day, month, year = int(match[1]), int(match[3]), int(match[4])
    elif match := _ISO.fullmatch(written):
        year, month, day = int(match[1]), int(match[2]), int(match[3])
    elif not written:
        raise ValueError("Chưa ghi ngày; hãy ghi như 17/03/2023.")
    elif _TWO_DIGIT_YEAR.fullmatch(written):
        raise ValueError(
            f"Ngày {written} chưa rõ năm; hãy ghi đủ bốn chữ số của năm, như 17/03/2023."
        )
    else:
        shown = written if len(written) <= 40 else f"{written[:40]}…"
        raise ValueError(f"“{shown}” không phải ngày; hãy ghi như 17/03/2023.")
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError(f"Ngày {written} không có trong lịch.") from None


def format_day(day: date) -> str:
    """17/03/2023, whatever language is active."""
    # Not strftime: its %Y gives years before 1000 fewer than four digits on Linux.
    return f"{day.day:02}/{day.month:02}/{day.year:04}"


def days_phrase(due: date, today: date) -> str:
    """How far a deadline is, as people say it: còn 3 ngày, hôm nay là hạn, quá hạn 12 ngày.

    A deadline is kept up to and including its own day (rule 6 of the counting rules).
    """
    days = (due - today).days
    if days > 0:
        return f"còn {days} ngày"
    if days == 0:
        return "hôm nay là hạn"
    return f"quá hạn {-days} ngày"


# Years in which somebody may have kept records; also keeps the arithmetic inside the calendar.
FIRST_YEAR, LAST_YEAR = 1900, 2999


def why_not_day(day: date) -> str:
    """Why no record can be of that day; empty when one can."""
    if FIRST_YEAR <= day.year <= LAST_YEAR:
        return ""
    return f"Năm phải từ {FIRST_YEAR} đến {LAST_YEAR}."


def day_typed(text: object) -> date | None:
    """The day that somebody typed; None where there is none, or none that a record can have."""
    try:
        day = parse_day(str(text or ""))
    except ValueError:
        return None
    return None if why_not_day(day) else day


def days_later(day: date, days: int) -> date:
    """The day so many days later, or earlier; at the ends of the calendar its last or first."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.max if days > 0 else date.min


# --- Reporting periods ---------------------------------------------------------------------

_QUARTERS = ("I", "II", "III", "IV")


@dataclass(frozen=True)
class Period:
    """Days from `first` to `last`, both included, and what people call them."""

    first: date
    last: date
    label: str

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(
                f"Kỳ báo cáo kết thúc ({format_day(self.last)}) trước khi bắt đầu"
                f" ({format_day(self.first)})."
            )

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True)
class NamedPeriod(Period):
    """A period that can be chosen by `key` and `year`, which stand in addresses and never change.

    `official` ones run from the 15th to the 14th, as Nghị định 09/2019/NĐ-CP sets for periodic
    reports: the year 2023 from 15/12/2022 to 14/12/2023. The others follow the calendar.
    """

    key: str
    year: int
    official: bool


def _named(year: int, key: str, name: str, months: tuple[int, int]) -> list[NamedPeriod]:
    """The calendar period of these months (first and last), and the official one beside it."""
    first_month, last_month = months
    after = date(year + last_month // 12, last_month % 12 + 1, 1)
    before = date(year - 1, 12, 1) if first_month == 1 else date(year, first_month - 1, 1)
    official_first, official_last = before.replace(day=15), date(year, last_month, 14)
    days = f"{format_day(official_first)}–{format_day(official_last)}"
    return [
        NamedPeriod(
            date(year, first_month, 1), after - timedelta(days=1), name, key, year, official=False
        ),
        NamedPeriod(
            official_first, official_last, f"{name} ({days})", f"{key}-bc", year, official=True
        ),
    ]


def periods_for(year: int) -> list[NamedPeriod]:
    """Every period of a year that bodies report for: year, 9 and 6 months, quarters, months.

    Six and nine months are cumulative: they begin where the year begins. Each calendar period
    (key "nam", "6-thang", "9-thang", "quy-1" …, "thang-1" …) is followed by the official one
    (the same key with "-bc").
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"Năm phải từ {FIRST_YEAR} đến {LAST_YEAR}.")
    periods = _named(year, "nam", f"Năm {year}", (1, 12))
    periods += _named(year, "6-thang", f"6 tháng đầu năm {year}", (1, 6))
    periods += _named(year, "9-thang", f"9 tháng đầu năm {year}", (1, 9))
    for number, roman in enumerate(_QUARTERS, start=1):
        months = (3 * number - 2, 3 * number)
        periods += _named(year, f"quy-{number}", f"Quý {roman} năm {year}", months)
    for month in range(1, 13):
        periods += _named(year, f"thang-{month}", f"Tháng {month} năm {year}", (month, month))
    return periods


def period(key: str, year: int) -> NamedPeriod:
    """The period of that key in that year; ValueError with a sentence where there is none."""
    for candidate in periods_for(year):
        if candidate.key == key:
            return candidate
    raise ValueError(f"Không có kỳ báo cáo “{key}”.")


def period_between(first: date, last: date) -> Period:
    """The period of exactly these days: by its name where it has one, else called by its days.

    A named period belongs to the year in which it ends.
    """
    if FIRST_YEAR <= last.year <= LAST_YEAR:
        for candidate in periods_for(last.year):
            if (candidate.first, candidate.last) == (first, last):
                return candidate
    return Period(first, last, f"Từ {format_day(first)} đến {format_day(last)}")
