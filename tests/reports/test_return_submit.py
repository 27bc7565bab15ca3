"""Sending figures: from then on the unit cannot change them."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from django.test import Client

from congvu.models import Event
from reports.models import Return
from tests.conftest import World
from tests.factories import make_return

pytestmark = pytest.mark.django_db


@pytest.fixture
def source(world: World) -> Return:
    return make_return(world.dai_tu, date(2023, 1, 1), date(2023, 12, 31), status="DRAFT")


@time_machine.travel("2024-01-05 23:30+07:00", tick=False)
def test_sent_with_the_day_and_a_mark(reporter: Client, source: Return) -> None:
    assert reporter.post(f"/returns/{source.pk}/submit/", {"version": 1}).status_code == 302
    source.refresh_from_db()
    assert (source.status, source.sent_on) == ("SUBMITTED", date(2024, 1, 5))
    assert Event.objects.of(source).get().deed == "submitted"
    assert reporter.get(f"/returns/{source.pk}/edit/").status_code == 403


def test_page_says_what_will_happen_and_sends_nothing(reporter: Client, source: Return) -> None:
    page = reporter.get(f"/returns/{source.pk}/submit/").content.decode()
    assert "không sửa được số liệu này nữa" in page
    source.refresh_from_db()
    assert source.status == "DRAFT"


def test_figures_changed_meanwhile_are_looked_at_again(reporter: Client, source: Return) -> None:
    Return.objects.update(version=2)
    answer = reporter.post(f"/returns/{source.pk}/submit/", {"version": 1})
    assert "vừa được người khác sửa" in answer.content.decode()
    source.refresh_from_db()
    assert source.status == "DRAFT"


def test_accepted_return_is_not_sent_again(staff: Client, source: Return) -> None:
    Return.objects.update(status="ACCEPTED")
    answer = staff.post(f"/returns/{source.pk}/submit/", {"version": 1})
    assert "“Đã chấp nhận”" in answer.content.decode()


def test_inspector_may_not(inspector: Client, source: Return) -> None:
    assert inspector.post(f"/returns/{source.pk}/submit/", {"version": 1}).status_code == 403
