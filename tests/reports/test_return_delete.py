"""Taking a return away: a draft alone; the unit's trail keeps the mark."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from congvu.models import Event
from reports.models import Return
from tests.conftest import World
from tests.factories import make_return

pytestmark = pytest.mark.django_db


@pytest.fixture
def source(world: World) -> Return:
    return make_return(world.dai_tu, date(2023, 1, 1), date(2023, 12, 31), status="DRAFT")


def test_draft_is_deleted_with_a_mark_on_the_unit(
    reporter: Client, source: Return, world: World
) -> None:
    answer = reporter.post(f"/returns/{source.pk}/delete/", {"version": 1})
    assert answer["Location"] == "/returns/"
    assert not Return.objects.exists()
    mark = Event.objects.of(world.dai_tu).get()
    assert mark.deed == "removed"
    assert "01/01/2023" in mark.note


@pytest.mark.parametrize("status", ["SUBMITTED", "SENT_BACK", "ACCEPTED"])
def test_what_was_sent_is_not_deleted(staff: Client, source: Return, status: str) -> None:
    Return.objects.update(status=status, reason="Thiếu")
    answer = staff.post(f"/returns/{source.pk}/delete/", {"version": 1})
    assert "chưa gửi lần nào" in answer.content.decode()
    assert Return.objects.exists()


def test_sent_meanwhile_is_not_deleted_unseen(reporter: Client, source: Return) -> None:
    Return.objects.update(version=2)
    reporter.post(f"/returns/{source.pk}/delete/", {"version": 1})
    assert Return.objects.exists()
