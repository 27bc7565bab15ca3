"""Rounds in reach as an iCalendar (RFC 5545), for a person's own calendar program.

Whoever has the address reads it: no names of persons stand in it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event
from icalendar.enums import CLASS, STATUS, TRANSP

from accounts.models import User
from congvu.dates import days_later, format_day, today
from inspections.calendar import name_units, units_of, with_visits
from inspections.columns import units_text, visits_of
from inspections.models import Round, RoundStatus

# Rounds that ended longer ago than these days are left out.
DAYS_BACK = 60
# More units than these are told by number.
UNITS_NAMED = 20


def feed_of(user: User, absolute: Callable[[str], str]) -> bytes:
    """The calendar of what that person may see; `absolute` makes a whole address of a path.

    A fixed number of queries.
    """
    since = today() - timedelta(days=DAYS_BACK)
    rounds = with_visits(Round.objects.visible_to(user).filter(ends_on__gte=since), user)
    made = Calendar.new(
        prodid="-//Cong vu//Lich kiem tra//VI",
        # The same at each reading: a program takes it for the calendar that it has.
        uid=f"lich-{user.pk}@congvu",
        name="Lịch kiểm tra công vụ",
        language="vi",
        refresh_interval=timedelta(hours=1),
    )
    now = datetime.now(UTC)
    found = list(rounds.order_by("starts_on", "pk"))
    name_units(units_of(found))
    for round_ in found:
        made.add_component(_event(round_, now, absolute))
    return bytes(made.to_ical())


def _event(round_: Round, now: datetime, absolute: Callable[[str], str]) -> Event:
    """A round as an event of whole days; its end is the day after the last."""
    status = round_.get_status_display()
    who = round_.team.name if round_.team else round_.body_name
    lines = [
        f"Mã cuộc: {round_.code}",
        f"Cơ quan kiểm tra: {round_.body_name}",
        f"Đoàn: {', '.join(filter(None, [who, round_.team_group]))}" if round_.team else "",
        f"Trạng thái: {status}",
        *(f"{format_day(v.visited_on)}: {v.unit_name}" for v in visits_of(round_)[:UNITS_NAMED]),
    ]
    if (more := len(visits_of(round_)) - UNITS_NAMED) > 0:
        lines.append(f"và {more} đơn vị khác")
    return Event.new(
        uid=f"cuoc-{round_.pk}@congvu",
        stamp=now,
        sequence=round_.version,
        start=round_.starts_on,
        end=days_later(round_.ends_on, 1),
        summary=f"Kiểm tra {units_text(round_) or 'chưa ghi đơn vị'} ({status.lower()})",
        description="\n".join(filter(None, lines)),
        url=absolute(round_.get_absolute_url()),
        status=STATUS.TENTATIVE if round_.status == RoundStatus.SCHEDULED else STATUS.CONFIRMED,
        # A colleague who shares one's calendar must not read of a surprise inspection.
        classification=CLASS.PRIVATE,
        transparency=TRANSP.TRANSPARENT,
    )
