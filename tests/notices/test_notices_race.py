"""Two machines run `send_reminders` at the same moment: each notice and each e-mail once."""

from __future__ import annotations

import threading
import time
from datetime import date
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection

from notices.models import Digest, Notice
from tests.conftest import World
from tests.factories import make_remedy, make_round, make_user, make_visit
from tests.notices.helpers import run

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        "connection.vendor != 'postgresql'",
        reason="SQLite lets one write at a time: đặt DATABASE_URL=postgres://… rồi chạy lại",
    ),
]


class Slow(EmailBackend):
    """A server that takes its time, so that the machines send beside each other."""

    def send_messages(self, messages: Any) -> int:
        time.sleep(0.01)
        return super().send_messages(messages)


@pytest.mark.parametrize("machines", [2, 4])
def test_machines_at_once_tell_and_send_everything_once(
    world: World, settings: Any, machines: int
) -> None:
    settings.EMAIL_BACKEND = "tests.notices.test_notices_race.Slow"
    visit = make_visit(make_round(world.province, date(2026, 5, 22)), world.tien_hoi)
    for number in range(5):
        make_remedy(visit, code=f"K{number}", due_on=date(2026, 6, 30))
    for number in range(20):
        make_user("REPORTER", world.tien_hoi, email=f"n{number}@example.vn")
    start = threading.Barrier(machines)
    faults: list[BaseException] = []

    def machine() -> None:
        try:
            start.wait()
            run("2026-06-23")
        except BaseException as fault:
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=machine) for _ in range(machines)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert faults == []
    assert Notice.objects.count() == 100
    assert sorted(each.to[0] for each in mail.outbox) == sorted(
        f"n{number}@example.vn" for number in range(20)
    )
    assert set(Digest.objects.values_list("state", "tries")) == {("SENT", 1)}
    assert not Notice.objects.filter(digest=None).exists()
