"""Running the command, and what it left."""

from __future__ import annotations

from io import StringIO

from django.core.management import call_command

from accounts.models import User
from notices.models import Notice


def run(day: object = "") -> str:
    """The command for a day (today without one); returns what it printed."""
    printed = StringIO()
    call_command("send_reminders", day=str(day), stdout=printed)
    return printed.getvalue()


def told(person: User) -> list[str]:
    """Texts of the person's notices, oldest first."""
    return list(Notice.objects.filter(person=person).order_by("pk").values_list("text", flat=True))


def when(person: User) -> list[str]:
    """How far the remedies of these notices were: "còn 7 ngày"."""
    return [text.partition(": ")[2].partition(" (")[0] for text in told(person)]
