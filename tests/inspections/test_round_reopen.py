"""Opening a round again to put it right."""

from __future__ import annotations

import pytest
from django.test import Client

from congvu.models import Event
from tests.conftest import World
from tests.factories import make_round, make_visit

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("was", "now"), [("COMPLETED", "IN_PROGRESS"), ("CANCELLED", "SCHEDULED")])
def test_round_goes_back_one_step_and_says_why(
    staff: Client, world: World, was: str, now: str
) -> None:
    round_ = make_round(world.province, status=was, cancel_reason="x" if was == "CANCELLED" else "")
    data = {"version": round_.version, "reason": "Ghi nhầm đơn vị"}
    assert staff.post(f"/rounds/{round_.pk}/reopen/", data).status_code == 302
    round_.refresh_from_db()
    assert (round_.status, round_.cancel_reason) == (now, "")
    event = Event.objects.of(round_).get()
    assert (event.deed, event.note) == ("reopened", "Ghi nhầm đơn vị")


def test_reopened_round_is_hidden_from_the_visited_unit_again(
    staff: Client, inspector: Client, world: World
) -> None:
    round_ = make_round(world.province)
    make_visit(round_, world.dai_tu)
    assert inspector.get(f"/rounds/{round_.pk}/").status_code == 200
    data = {"version": round_.version, "reason": "Sửa số liệu"}
    staff.post(f"/rounds/{round_.pk}/reopen/", data)
    assert inspector.get(f"/rounds/{round_.pk}/").status_code == 404


def test_running_round_cannot_be_reopened(staff: Client, world: World) -> None:
    round_ = make_round(world.province, status="IN_PROGRESS")
    data = {"version": round_.version, "reason": "Nhầm"}
    assert staff.post(f"/rounds/{round_.pk}/reopen/", data).status_code == 200
    round_.refresh_from_db()
    assert round_.status == "IN_PROGRESS"
