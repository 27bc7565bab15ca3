"""Sending what waits in the outbox, each e-mail at most once.

The choice between at most once and at least once: a person who gets a mail twice stops reading
them, and what a lost mail said stands in the application's list all the same. So an e-mail is noted
as being sent before the server gets it. Where the sending is then cut off, nobody knows whether the
server took it: it is shown to administrators, who may send it again.
"""

from __future__ import annotations

import smtplib
import socket
from collections import Counter
from collections.abc import Iterable
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from congvu.dates import format_day, today
from notices.making import tell
from notices.models import UNCLEAR, Digest, DigestState, Notice
from notices.people import People
from notices.sources import Reminder

# More lines than these are not read by anybody: the rest stands in the application.
LINES = 40

# After these the server cannot have taken the e-mail; after any other break nobody knows.
_NOT_TAKEN = (ConnectionRefusedError, socket.gaierror)


def mail_is_on() -> bool:
    """Whether the installation has a mail server (`EMAIL_URL`)."""
    return not settings.EMAIL_BACKEND.endswith(".dummy.EmailBackend")


def send_due() -> Counter[str]:
    """Send every e-mail that is due; returns how many came to which state.

    Those given up are told to the administrators of the person's unit.
    """
    outbox = Digest.objects
    given_up = outbox.give_up()
    states = Counter({DigestState.FAILED.value: len(given_up)} if given_up else {})
    post = _Post()
    now = timezone.now()
    while (digest := outbox.take(now)) is not None:
        state = post.send(digest)
        states[state] += 1
        if state == DigestState.FAILED:
            given_up.append(digest)
    tell(_failures(given_up), today())
    return states


class _Post:
    """The mail server of one run. Once it does not answer, it is not asked again in this run."""

    def __init__(self) -> None:
        self.down = ""

    def send(self, digest: Digest) -> str:
        """Send the leased e-mail; returns the state to which it came."""
        message = message_of(digest)
        if message is None:
            digest.note(DigestState.OFF)
            return DigestState.OFF
        if self.down:
            return digest.failed(self.down)
        # One connection an e-mail: servers end those that last, in the middle of the next one.
        message.connection = get_connection()
        try:
            message.connection.open()
        except (OSError, smtplib.SMTPException) as fault:
            self.down = f"Không kết nối được máy chủ thư: {fault}"
            return digest.failed(self.down)
        try:
            message.send()
        except _NOT_TAKEN as fault:
            return digest.failed(f"Không kết nối được máy chủ thư: {fault}")
        except (smtplib.SMTPServerDisconnected, TimeoutError, ConnectionError) as fault:
            digest.note(DigestState.FAILED, f"{UNCLEAR} ({fault})")
            return DigestState.FAILED
        except Exception as fault:
            # Whatever it is, the others are still sent.
            return digest.failed(f"Máy chủ thư không nhận: {fault}")
        finally:
            message.connection.close()
        digest.note(DigestState.SENT)
        return DigestState.SENT


def message_of(digest: Digest) -> EmailMessage | None:
    """The e-mail; None for whoever gets none: closed, switched off, without address or news."""
    person = digest.person
    if not (mail_is_on() and person.is_active and person.wants_email and person.email):
        return None
    notices = list(Notice.objects.visible_to(person).filter(digest=digest))
    if not notices:
        return None
    site = settings.SITE_URL
    day = format_day(digest.day)
    body = render_to_string(
        "notices/digest.txt",
        {
            "day": day,
            "site": site,
            # The most pressing first, as in the list.
            "lines": [(each.text, site + each.url) for each in in_order(notices)[:LINES]],
            "more": max(len(notices) - LINES, 0),
            "list_url": site + reverse("notices:notice_list"),
            "settings_url": site + reverse("notices:notice_settings"),
        },
    )
    host = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return EmailMessage(
        subject=f"Công vụ: {len(notices)} việc cần chú ý ngày {day}",
        body=body,
        to=[person.email],
        headers={
            # The same when an administrator sends it again: mail programs then show one.
            "Message-ID": f"<nhac-viec-{digest.pk}-{digest.day:%Y%m%d}@{host}>",
            "Auto-Submitted": "auto-generated",
        },
    )


_TONES = ("danger", "warning", "info", "success", "secondary")


def in_order(notices: Iterable[Notice]) -> list[Notice]:
    """The most pressing first."""
    return sorted(notices, key=lambda each: (_TONES.index(each.tone), each.pk))


def _failures(given_up: list[Digest]) -> Iterable[Reminder]:
    """What administrators are told, once a day: that e-mails in their scope could not be sent."""
    if not given_up:
        return
    people = People.now()
    units = {digest.person.unit.path for digest in given_up if digest.person.unit}
    yield Reminder(
        f"digests:{today()}",
        f"Có thư nhắc việc không gửi được trong ngày {format_day(today())}; xem lỗi và gửi lại ở "
        "trang Thư nhắc việc.",
        reverse("notices:digest_list"),
        [admin for path in sorted(units) for admin in people.covering(path, Role.ADMIN)],
        "danger",
    )
