"""One run: what the days since the last one brought becomes notices, and these the day's e-mails.

Safe to repeat and to run from two machines at once: a notice is told by person and occasion, an
e-mail by person and day, and the database keeps both once.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import OuterRef, Subquery

from congvu.dates import today
from notices.models import Digest, LastRun, Notice
from notices.people import People
from notices.sources import Reminder, Window, sources

# Rows a statement.
_BATCH = 900


class Made(NamedTuple):
    """What a run made."""

    notices: int
    digests: int


def window_of(day: date) -> Window:
    """The days that a run for that day makes up for.

    After the same day's run it is that day alone, which changes nothing but for what came since.
    """
    last = LastRun.last()
    after = last.day if last is not None and last.day < day else day - timedelta(days=1)
    return Window(after, day, People.now())


def make(day: date) -> Made:
    """Make the notices of all days since the last run, and one e-mail for each person told."""
    window = window_of(day)
    reminders = [each for source in sources for each in source(window)]
    with transaction.atomic():
        # The row is held: a second machine waits here, and then finds everything made.
        LastRun.objects.select_for_update().first()
        made = tell(reminders, day)
        digests = _put_into_digests(day)
        # A trial of days to come must not keep back what these days will bring.
        LastRun.reached(min(day, today()))
    return Made(made, digests)


def tell(reminders: Iterable[Reminder], day: date) -> int:
    """Make notices of what nobody was told yet; returns how many."""
    wanted = {
        (user.pk, reminder.key): (user, reminder)
        for reminder in reminders
        for user in reminder.people
    }
    keys = sorted({key for _, key in wanted})
    for start in range(0, len(keys), _BATCH):
        told = Notice.objects.filter(key__in=keys[start : start + _BATCH])
        for pair in told.values_list("person_id", "key"):
            wanted.pop(pair, None)
    # Always in the same order: two that write at once never wait for each other.
    rows = [
        Notice(
            person=user, role=user.role, unit_id=user.unit_id, key=reminder.key,
            text=reminder.text, url=reminder.url, tone=reminder.tone, day=day,
        )
        for user, reminder in (wanted[pair] for pair in sorted(wanted))
    ]  # fmt: skip
    Notice.objects.bulk_create(rows, batch_size=_BATCH, ignore_conflicts=True)
    return len(rows)


def _put_into_digests(day: date) -> int:
    """One e-mail a person for what no e-mail told yet; who has the day's already waits a day."""
    left = Notice.objects.filter(digest__isnull=True)
    people = left.order_by("person").values_list("person", flat=True).distinct()
    batch = secrets.token_hex(16)
    fresh = [Digest(person_id=pk, day=day, lease=batch) for pk in people]
    Digest.objects.bulk_create(fresh, batch_size=_BATCH, ignore_conflicts=True)
    own = Digest.objects.filter(lease=batch)
    its = own.filter(person=OuterRef("person")).values("pk")[:1]
    left.filter(person__in=own.values("person")).update(digest=Subquery(its))
    return own.count()
