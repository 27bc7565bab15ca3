"""Figures, days and deadlines in templates; built in, without `{% load %}`."""

from datetime import date, datetime
from decimal import Decimal

from django import template
from django.utils import timezone

from congvu import dates, numbers

register = template.Library()


def _as_day(value: date | datetime) -> date:
    """The day, in our time zone, of a day or a moment."""
    if not isinstance(value, datetime):
        return value
    if timezone.is_aware(value):
        value = value.astimezone(timezone.get_default_timezone())
    return value.date()


@register.filter
def so(number: int | float | Decimal | None) -> str:
    """1586 → 1.586; None → –. Whatever is no number (a missing variable) also gives the dash."""
    return numbers.number_text(number if isinstance(number, int | float | Decimal) else None)


@register.filter
def phan_tram(part: int | None, whole: int | None) -> str:
    """`{{ done|phan_tram:total }}` → 91,7 %; a dash when total is 0 or either is unknown."""
    return numbers.percent_text(part or 0, whole or 0) if part is not None else numbers.NO_FIGURE


@register.simple_tag
def percent(part: int | None, whole: int | None) -> str:
    """`{% percent done total %}` → 91,7 %; a dash when total is 0 or either is unknown."""
    return phan_tram(part, whole)


@register.filter
def ngay(day: date | datetime | None) -> str:
    """2023-03-17 → 17/03/2023; – where there is no day."""
    return dates.format_day(_as_day(day)) if isinstance(day, date) else numbers.NO_FIGURE


@register.filter
def han(due: date | datetime | None, on: date | None = None) -> str:
    """còn 3 ngày, hôm nay là hạn, quá hạn 12 ngày: seen from today, or from the day `on`."""
    if not isinstance(due, date):
        return numbers.NO_FIGURE
    return dates.days_phrase(_as_day(due), on or dates.today())
