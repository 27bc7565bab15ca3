"""Opening a round again to put it right."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from congvu.models import Event
from tests.conftest import World
from tests.factories import make_round, make_visit
from units.models import Unit

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


def test_round_of_a_body_that_is_no_more_is_not_opened_again(staff: Client, world: World) -> None:
    round_ = make_round(world.dai_tu, date(2025, 8, 1), status="CANCELLED", cancel_reason="x")
    Unit.objects.filter(pk=world.dai_tu.pk).update(valid_to=date(2025, 6, 30))
    data = {"version": round_.version, "reason": "Nhầm"}
    answer = staff.post(f"/rounds/{round_.pk}/reopen/", data)
    assert "không có hiệu lực vào ngày 01/08/2025" in answer.content.decode()
    round_.refresh_from_db()
    assert round_.status == "CANCELLED"


def test_running_round_cannot_be_reopened(staff: Client, world: World) -> None:
    round_ = make_round(world.province, status="IN_PROGRESS")
    data = {"version": round_.version, "reason": "Nhầm"}
    assert staff.post(f"/rounds/{round_.pk}/reopen/", data).status_code == 200
    round_.refresh_from_db()
    assert round_.status == "IN_PROGRESS"
