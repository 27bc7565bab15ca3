"""By when a demand is proposed to be met: days for each kind, from the conclusion's day."""

from __future__ import annotations

from datetime import date

from django.conf import settings

from congvu.dates import days_later
from findings.models import RemedyKind


def days_for(kind: str, *, is_complicated: bool = False) -> int | None:
    """The period of that kind in days (`REMEDY_DAYS`); None where none is set for it."""
    if kind == RemedyKind.DISCIPLINE and is_complicated:
        return int(settings.COMPLICATED_DISCIPLINE_DAYS)
    days = settings.REMEDY_DAYS.get(kind)
    return None if days is None else int(days)


def proposed_due(kind: str, concluded_on: date, *, is_complicated: bool = False) -> date | None:
    """The due day proposed for a demand of that kind; None where no period is set for it."""
    days = days_for(kind, is_complicated=is_complicated)
    return None if days is None else days_later(concluded_on, days)
