"""Completing a round: what is said before, what counts after."""

from __future__ import annotations

import pytest
from django.test import Client

from congvu.models import Event
from inspections.models import Round
from tests.conftest import World
from tests.factories import make_finding, make_remedy, make_round, make_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def running(world: World) -> Round:
    """A running round of the province with a visit, a finding and two remedies."""
    round_ = make_round(world.province, status="IN_PROGRESS", code="TN1")
    visit = make_visit(round_, world.tien_hoi)
    make_finding(visit)
    make_remedy(visit)
    make_remedy(visit)
    return round_


def test_page_says_what_will_count_and_where(staff: Client, running: Round) -> None:
    text = staff.get(f"/rounds/{running.pk}/complete/").content.decode()
    assert "1 lượt, 1 tồn tại và 2 kiến nghị" in text
    assert "22/05/2023" in text
    assert "Tỉnh Thái Nguyên" in text


def test_completed_round_is_seen_by_the_unit_that_was_visited(
    staff: Client, inspector: Client, running: Round
) -> None:
    assert inspector.get(f"/rounds/{running.pk}/").status_code == 404
    staff.post(f"/rounds/{running.pk}/complete/", {"version": running.version})
    running.refresh_from_db()
    assert running.status == "COMPLETED"
    assert Event.objects.of(running).get().deed == "completed"
    assert inspector.get(f"/rounds/{running.pk}/").status_code == 200


def test_round_without_a_visit_is_not_completed(staff: Client, world: World) -> None:
    round_ = make_round(world.province, status="IN_PROGRESS")
    answer = staff.post(f"/rounds/{round_.pk}/complete/", {"version": round_.version})
    assert "chưa có lượt kiểm tra nào" in answer.content.decode()
    round_.refresh_from_db()
    assert round_.status == "IN_PROGRESS"


def test_round_changed_since_the_page_was_opened_is_confirmed_anew(
    staff: Client, running: Round
) -> None:
    shown = running.version
    running.write("scope_note")
    url = f"/rounds/{running.pk}/complete/"
    answer = staff.post(url, {"version": shown})
    text = answer.content.decode()
    assert "vừa được người khác sửa" in text
    assert f'name="version" value="{running.version}"' in text
    assert staff.post(url, {"version": running.version}).status_code == 302


def test_inspected_side_cannot_complete(inspector: Client, leader: Client, running: Round) -> None:
    url = f"/rounds/{running.pk}/complete/"
    assert inspector.post(url, {"version": running.version}).status_code == 404
    assert leader.post(url, {"version": running.version}).status_code == 403
