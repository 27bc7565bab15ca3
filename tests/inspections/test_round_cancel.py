"""Cancelling a round, with its reason on record."""

from __future__ import annotations

import pytest
from django.test import Client

from congvu.models import Event
from tests.conftest import World
from tests.factories import make_round, make_visit

pytestmark = pytest.mark.django_db


def test_reason_is_kept_and_shown(staff: Client, world: World) -> None:
    round_ = make_round(world.province, status="SCHEDULED")
    make_visit(round_, world.dai_tu)
    data = {"version": round_.version, "reason": "Trùng với đoàn thanh tra"}
    assert staff.post(f"/rounds/{round_.pk}/cancel/", data).status_code == 302
    round_.refresh_from_db()
    assert round_.status == "CANCELLED"
    assert Event.objects.of(round_).get().note == "Trùng với đoàn thanh tra"
    assert "Trùng với đoàn thanh tra" in staff.get(f"/rounds/{round_.pk}/").content.decode()


def test_no_reason_no_cancelling(staff: Client, world: World) -> None:
    round_ = make_round(world.province, status="SCHEDULED")
    answer = staff.post(f"/rounds/{round_.pk}/cancel/", {"version": round_.version})
    assert answer.status_code == 200
    round_.refresh_from_db()
    assert round_.status == "SCHEDULED"


def test_completed_round_is_opened_again_before_it_is_cancelled(
    staff: Client, world: World
) -> None:
    round_ = make_round(world.province)
    data = {"version": round_.version, "reason": "Nhầm"}
    answer = staff.post(f"/rounds/{round_.pk}/cancel/", data)
    assert "đang ở trạng thái" in answer.content.decode()
    round_.refresh_from_db()
    assert round_.status == "COMPLETED"
