"""The outbox: each e-mail once, tried again when the server fails, given up and told."""

from __future__ import annotations

import smtplib
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from accounts.models import User
from findings.models import Remedy
from notices.making import make
from notices.models import PAUSES, Digest, DigestState
from notices.outbox import send_due
from tests.conftest import World, client_of
from tests.factories import make_user
from tests.notices.helpers import run, told

pytestmark = pytest.mark.django_db

SOON = "2026-06-23"


class Server(EmailBackend):
    """A mail server that fails as it is told to: when reached, or with the mail in its hands."""

    on_open: Callable[[], Exception] | None = None
    on_send: Callable[[], Exception] | None = None
    opened = 0

    def open(self) -> bool:
        type(self).opened += 1
        if Server.on_open is not None:
            raise Server.on_open()
        return True

    def send_messages(self, messages: Any) -> int:
        if Server.on_send is not None:
            raise Server.on_send()
        return super().send_messages(messages)


@pytest.fixture(autouse=True)
def server(settings: Any) -> Iterator[type[Server]]:
    """The mail server of these tests; it works until told otherwise."""
    Server.on_open = Server.on_send = None
    Server.opened = 0
    settings.EMAIL_BACKEND = "tests.notices.test_outbox.Server"
    yield Server
    Server.on_open = Server.on_send = None


def later(minutes: int) -> time_machine.travel:
    return time_machine.travel(timezone.now() + timedelta(minutes=minutes), tick=False)


REFUSALS = [
    lambda: ConnectionRefusedError("Connection refused"),
    lambda: smtplib.SMTPAuthenticationError(535, b"no"),
    lambda: TimeoutError("timed out"),
]


@pytest.mark.parametrize("fault", REFUSALS)
def test_a_server_that_cannot_be_reached_gets_the_mail_later(
    remedy: Remedy, contact: User, server: type[Server], fault: Callable[[], Exception]
) -> None:
    server.on_open = fault
    assert "1 sẽ gửi lại" in run(SOON)
    digest = Digest.objects.get()
    assert digest.state == DigestState.WAITING
    assert "Không kết nối được máy chủ thư" in digest.error
    server.on_open = None
    run(SOON)
    assert mail.outbox == []  # its pause is not over
    with later(PAUSES[0] + 1):
        run(SOON)
        run(SOON)
    assert len(mail.outbox) == 1
    digest.refresh_from_db()
    assert digest.state == DigestState.SENT
    assert digest.sent_at is not None


def test_a_server_that_does_not_answer_is_asked_once_a_run(
    remedy: Remedy, world: World, server: type[Server]
) -> None:
    for number in range(5):
        make_user("REPORTER", world.tien_hoi, email=f"n{number}@example.vn")
    server.on_open = lambda: TimeoutError("timed out")
    run(SOON)
    assert server.opened == 1
    assert set(Digest.objects.values_list("state", "tries")) == {("WAITING", 1)}


def test_a_refused_mail_is_tried_again_and_the_others_are_sent(
    remedy: Remedy, contact: User, world: World, server: type[Server], monkeypatch: Any
) -> None:
    make_user("REPORTER", world.tien_hoi, email="dung@example.vn")
    send = EmailBackend.send_messages

    def refuse(self: Any, messages: Any) -> int:
        if messages[0].to == ["xa@example.vn"]:
            raise smtplib.SMTPRecipientsRefused({"xa@example.vn": (550, b"unknown")})
        return send(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    run(SOON)
    assert [each.to for each in mail.outbox] == [["dung@example.vn"]]
    assert Digest.objects.get(person=contact).state == DigestState.WAITING


def test_after_the_last_try_it_is_given_up_and_administrators_are_told(
    remedy: Remedy, contact: User, world: World, server: type[Server], settings: Any
) -> None:
    settings.MAIL_TRIES = 3
    admin = make_user("ADMIN", world.province)
    elsewhere = make_user("ADMIN", world.elsewhere)
    server.on_open = lambda: ConnectionRefusedError("Connection refused")
    run(SOON)
    passed = 0
    for pause in PAUSES[:2]:
        passed += pause + 1
        with later(passed):
            run(SOON)
    digest = Digest.objects.get(person=contact)
    assert (digest.state, digest.tries) == (DigestState.FAILED, 3)
    [text] = told(admin)
    assert text.startswith("Có thư nhắc việc không gửi được trong ngày ")
    assert told(elsewhere) == []
    page = client_of(admin).get("/notices/outbox/?state=FAILED").content.decode()
    assert "xa@example.vn" in page
    assert "Connection refused" in page
    server.on_open = None
    with later(passed + 10_000):
        run(SOON)
    assert mail.outbox == []  # given up is given up
    client_of(admin).post("/notices/outbox/resend/", {"_once": ""})
    run(SOON)
    assert len(mail.outbox) == 1


CUTS = [
    lambda: smtplib.SMTPServerDisconnected("Connection unexpectedly closed"),
    lambda: TimeoutError("timed out"),
    lambda: ConnectionResetError("reset"),
]


@pytest.mark.parametrize("fault", CUTS)
def test_cut_off_while_the_server_had_it_is_never_sent_again_by_itself(
    remedy: Remedy, contact: User, world: World, server: type[Server],
    fault: Callable[[], Exception],
) -> None:  # fmt: skip
    admin = make_user("ADMIN", world.province)
    server.on_send = fault
    run(SOON)
    server.on_send = None
    with later(100_000):
        run(SOON)
    assert mail.outbox == []
    digest = Digest.objects.get(person=contact)
    assert digest.state == DigestState.FAILED
    assert "không rõ thư đã đi hay chưa" in digest.error
    assert len(told(admin)) == 1
    # Sent again by hand only where that is asked for.
    client = client_of(admin)
    client.post("/notices/outbox/resend/", {"_once": ""})
    run(SOON)
    assert mail.outbox == []
    client.post("/notices/outbox/resend/", {"_once": "", "unclear": "on"})
    run(SOON)
    assert len(mail.outbox) == 1


def test_killed_between_sending_and_noting_it_is_not_sent_twice(
    remedy: Remedy, contact: User, server: type[Server], monkeypatch: Any
) -> None:
    class Killed(BaseException):
        """What nothing catches."""

    def die(self: Digest, *args: Any) -> bool:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(Digest, "note", die)
        with pytest.raises(Killed):
            run(SOON)
    assert len(mail.outbox) == 1
    assert Digest.objects.get().state == DigestState.SENDING
    run(SOON)
    with later(60):
        run(SOON)
    assert len(mail.outbox) == 1
    assert Digest.objects.get().state == DigestState.FAILED


def test_what_one_machine_has_another_does_not_take(remedy: Remedy, contact: User) -> None:
    make(date(2026, 6, 23))
    taken = Digest.objects.take(timezone.now())
    assert taken is not None
    assert Digest.objects.take(timezone.now()) is None
    send_due()
    assert mail.outbox == []
    # A machine that lost its lease notes the truth all the same.
    with later(60):
        send_due()
        assert taken.note(DigestState.SENT)
    assert Digest.objects.get().state == DigestState.SENT


@pytest.mark.parametrize("change", [{"wants_email": False}, {"email": ""}])
def test_without_mail_the_list_is_complete_and_nothing_is_made_up_for_later(
    remedy: Remedy, contact: User, change: dict[str, object]
) -> None:
    User.objects.filter(pk=contact.pk).update(**change)
    run(SOON)
    assert len(told(contact)) == 1
    assert Digest.objects.get().state == DigestState.OFF
    assert "KN-1" in client_of(contact).get("/notices/").content.decode()
    User.objects.filter(pk=contact.pk).update(wants_email=True, email="xa@example.vn")
    run(SOON)
    run("2026-06-24")
    assert mail.outbox == []


def test_without_a_mail_server_everything_is_told_in_the_application(
    remedy: Remedy, contact: User, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    assert "Chưa đặt EMAIL_URL" in run(SOON)
    assert len(told(contact)) == 1


def test_closed_while_the_mail_waited(remedy: Remedy, contact: User, server: type[Server]) -> None:
    server.on_open = lambda: ConnectionRefusedError("x")
    run(SOON)
    server.on_open = None
    User.objects.filter(pk=contact.pk).update(is_active=False)
    with later(60):
        run(SOON)
    assert mail.outbox == []
    assert Digest.objects.get().state == DigestState.OFF


def test_a_mail_sent_again_has_the_same_message_id(remedy: Remedy, contact: User) -> None:
    run(SOON)
    Digest.objects.update(state=DigestState.FAILED)
    Digest.objects.resend()
    run(SOON)
    first, second = mail.outbox
    assert first.message()["Message-ID"] == second.message()["Message-ID"]
    assert first.message()["Auto-Submitted"] == "auto-generated"
