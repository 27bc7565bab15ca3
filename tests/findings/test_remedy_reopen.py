"""Opening a remedy again, with a reason that stays on record."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from congvu.models import Event
from findings.models import Remedy
from tests.conftest import World
from tests.factories import make_remedy, make_round, make_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def remedy(world: World) -> Remedy:
    visit = make_visit(make_round(world.province), world.dai_tu)
    return make_remedy(visit, completed_on=date(2023, 6, 1))


def test_reopened_with_reason_and_mark(staff: Client, remedy: Remedy) -> None:
    data = {"version": 1, "reason": "Xác nhận nhầm"}
    assert staff.post(f"/remedies/{remedy.pk}/reopen/", data).status_code == 302
    remedy.refresh_from_db()
    assert remedy.completed_on is None
    mark = Event.objects.of(remedy).get()
    assert (mark.deed, mark.note) == ("reopened", "Xác nhận nhầm")
    assert mark.changes == {"completed_on": ["2023-06-01", None]}


def test_reason_is_needed(staff: Client, remedy: Remedy) -> None:
    answer = staff.post(f"/remedies/{remedy.pk}/reopen/", {"version": 1, "reason": "  "})
    assert answer.context["form"].errors["reason"]
    remedy.refresh_from_db()
    assert remedy.completed_on is not None


def test_what_is_open_is_not_opened(staff: Client, remedy: Remedy) -> None:
    Remedy.objects.update(completed_on=None)
    assert "chưa hoàn thành" in staff.get(f"/remedies/{remedy.pk}/reopen/").content.decode()


def test_asked_side_may_not(inspector: Client, remedy: Remedy) -> None:
    data = {"version": 1, "reason": "X"}
    assert inspector.post(f"/remedies/{remedy.pk}/reopen/", data).status_code == 403
