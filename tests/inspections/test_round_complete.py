"""Completing a round: what is said before, what counts after."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from congvu.dates import today
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


def shown_at(client: Client, round_: Round) -> str:
    """What the page has the person confirm: the round's version and the figures it names."""
    form = client.get(f"/rounds/{round_.pk}/complete/").context["form"]
    return str(form["version"].value())


def test_completed_round_is_seen_by_the_unit_that_was_visited(
    staff: Client, inspector: Client, running: Round
) -> None:
    assert inspector.get(f"/rounds/{running.pk}/").status_code == 404
    staff.post(f"/rounds/{running.pk}/complete/", {"version": shown_at(staff, running)})
    running.refresh_from_db()
    assert running.status == "COMPLETED"
    assert Event.objects.of(running).get().deed == "completed"
    assert inspector.get(f"/rounds/{running.pk}/").status_code == 200


def test_round_without_a_visit_is_not_completed(staff: Client, world: World) -> None:
    round_ = make_round(world.province, status="IN_PROGRESS")
    url = f"/rounds/{round_.pk}/complete/"
    page = staff.get(url).content.decode()
    assert "chưa có lượt kiểm tra nào" in page
    assert 'name="version"' not in page  # nothing to confirm
    answer = staff.post(url, {"version": shown_at(staff, round_)})
    assert "chưa có lượt kiểm tra nào" in answer.content.decode()
    round_.refresh_from_db()
    assert round_.status == "IN_PROGRESS"


def test_round_changed_since_the_page_was_opened_is_confirmed_anew(
    staff: Client, running: Round
) -> None:
    url = f"/rounds/{running.pk}/complete/"
    visit = running.visits.get()
    for change in (lambda: running.write("scope_note"), lambda: make_finding(visit)):
        shown = shown_at(staff, running)
        change()
        text = staff.post(url, {"version": shown}).content.decode()
        assert "vừa được người khác sửa" in text
        assert f'name="version" value="{shown_at(staff, running)}"' in text
    assert staff.post(url, {"version": shown_at(staff, running)}).status_code == 302


def test_visits_without_minutes_are_told(staff: Client, running: Round) -> None:
    url = f"/rounds/{running.pk}/complete/"
    assert "1 lượt chưa ghi số biên bản" in staff.get(url).content.decode()
    running.visits.update(minutes_number="12/BB-ĐKT")
    assert "biên bản" not in staff.get(url).context["consequences"][0]


def test_inspected_side_cannot_complete(inspector: Client, leader: Client, running: Round) -> None:
    url = f"/rounds/{running.pk}/complete/"
    assert inspector.post(url, {"version": running.version}).status_code == 404
    assert leader.post(url, {"version": running.version}).status_code == 403


def test_round_that_has_not_begun_is_not_completed(staff: Client, world: World) -> None:
    """One that ended early is: only its last day is still to come."""
    now = today()
    round_ = make_round(world.province, now, status="IN_PROGRESS", ends_on=now + timedelta(days=3))
    make_visit(round_, world.dai_tu, visited_on=now)
    url = f"/rounds/{round_.pk}/complete/"
    text = staff.get(url).content.decode()
    assert "chưa đến. Hãy sửa ngày trước nếu sai" in text
    assert 'name="version"' in text
    Round.objects.update(starts_on=now + timedelta(days=1))
    text = staff.get(url).content.decode()
    assert "hãy sửa ngày của cuộc trước" in text
    assert 'name="version"' not in text
    staff.post(url, {"version": shown_at(staff, round_)})
    round_.refresh_from_db()
    assert round_.status == "IN_PROGRESS"
