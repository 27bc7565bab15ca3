"""`send_reminders`: who is told of which remedy, on which day, once."""

from __future__ import annotations

from datetime import date
from io import StringIO

import pytest
from django.core import mail
from django.core.management import call_command

from accounts.models import User
from findings.models import Remedy
from notices.models import Notice
from tests.conftest import World, client_of
from tests.factories import (
    make_remedy,
    make_round,
    make_user,
    make_visit,
)

pytestmark = pytest.mark.django_db

DUE = date(2026, 6, 30)


def run(day: date | str) -> str:
    """The command for a day; what it printed."""
    told = StringIO()
    call_command("send_reminders", day=str(day), stdout=told)
    return told.getvalue()


def told(person: User) -> list[str]:
    """Texts of the person's notices, oldest first."""
    return list(Notice.objects.filter(person=person).order_by("pk").values_list("text", flat=True))


@pytest.fixture
def remedy(world: World) -> Remedy:
    """What the province asked of xã Tiên Hội, due on 30/6/2026."""
    visit = make_visit(make_round(world.province, date(2026, 5, 22)), world.tien_hoi)
    return make_remedy(visit, code="KN-1", due_on=DUE)


@pytest.fixture
def contact(world: World) -> User:
    """REPORTER of xã Tiên Hội."""
    return make_user("REPORTER", world.tien_hoi, "xa", email="xa@example.vn")


def test_a_remedy_due_in_seven_days_makes_a_notice_and_one_mail(
    remedy: Remedy, contact: User
) -> None:
    run("2026-06-23")
    text = "Kiến nghị KN-1 (Nhắc nhở, rút kinh nghiệm) đối với Xã Tiên Hội: còn 7 ngày, hạn "
    assert told(contact) == [f"{text}30/06/2026."]
    [letter] = mail.outbox
    assert letter.to == ["xa@example.vn"]
    assert letter.subject == "Công vụ: 1 việc cần chú ý ngày 23/06/2026"
    assert f"- {text}30/06/2026." in letter.body
    page = client_of(contact).get("/notices/").content.decode()
    assert f"{text}30/06/2026." in page
    assert '<span class="bell-count">1<' in page
