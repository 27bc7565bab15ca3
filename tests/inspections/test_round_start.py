"""Beginning a round."""

from __future__ import annotations

import pytest
from django.test import Client

from congvu.models import Event
from tests.conftest import World
from tests.factories import make_round

pytestmark = pytest.mark.django_db


def test_scheduled_round_runs_and_the_trail_says_who_began(staff: Client, world: World) -> None:
    round_ = make_round(world.province, status="SCHEDULED")
    assert staff.get(f"/rounds/{round_.pk}/start/").status_code == 200
    answer = staff.post(f"/rounds/{round_.pk}/start/", {"version": round_.version})
    assert answer.status_code == 302
    round_.refresh_from_db()
    assert round_.status == "IN_PROGRESS"
    event = Event.objects.of(round_).get()
    assert (event.deed, event.by) == ("started", staff.user)  # type: ignore[attr-defined]


@pytest.mark.parametrize("status", ["IN_PROGRESS", "COMPLETED", "CANCELLED"])
def test_round_that_ran_already_is_not_begun_again(
    staff: Client, world: World, status: str
) -> None:
    round_ = make_round(world.province, status=status)
    answer = staff.post(f"/rounds/{round_.pk}/start/", {"version": round_.version})
    assert "đang ở trạng thái" in answer.content.decode()
    round_.refresh_from_db()
    assert round_.status == status
    assert not Event.objects.of(round_).exists()
