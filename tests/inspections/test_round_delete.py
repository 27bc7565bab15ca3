"""Deleting a round that was entered by mistake."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from congvu.models import Event
from inspections.models import Round
from tests.conftest import World
from tests.factories import make_round, make_user, make_visit

pytestmark = pytest.mark.django_db


def test_round_without_visits_goes_and_leaves_a_mark(staff: Client, world: World) -> None:
    round_ = make_round(world.province, status="SCHEDULED", code="NHAM")
    answer = staff.post(f"/rounds/{round_.pk}/delete/", {"version": round_.version})
    assert answer.url == "/rounds/"  # type: ignore[attr-defined]
    assert not Round.objects.exists()
    event = Event.objects.get(deed="removed")
    assert (event.record_id, event.label) == (round_.pk, "Cuộc NHAM")


def test_round_with_visits_is_cancelled_instead(staff: Client, world: World) -> None:
    round_ = make_round(world.province, status="SCHEDULED")
    make_visit(round_, world.dai_tu)
    answer = staff.post(f"/rounds/{round_.pk}/delete/", {"version": round_.version})
    assert "hãy hủy cuộc này" in answer.content.decode()
    assert Round.objects.exists()
    assert not Event.objects.filter(deed="removed").exists()


def test_outsider_gets_404_and_reader_403(outsider: Client, leader: Client, world: World) -> None:
    round_ = make_round(world.province, status="SCHEDULED")
    assert outsider.post(f"/rounds/{round_.pk}/delete/").status_code == 404
    assert leader.post(f"/rounds/{round_.pk}/delete/").status_code == 403
    assert Round.objects.exists()


def test_completed_round_is_not_deleted_though_it_has_no_visits(
    staff: Client, world: World
) -> None:
    round_ = make_round(world.province)
    url = f"/rounds/{round_.pk}/delete/"
    page = staff.get(url).content.decode()
    assert "đã hoàn thành nên không xóa được" in page
    assert "Xóa cuộc này" not in page
    answer = staff.post(url, {"version": round_.version})
    assert "đã hoàn thành nên không xóa được" in answer.content.decode()
    assert Round.objects.exists()


def test_round_completed_meanwhile_is_not_deleted(world: World) -> None:
    round_ = make_round(world.province, status="IN_PROGRESS")
    Round.objects.update(status="COMPLETED")
    with pytest.raises(ValidationError, match="đã hoàn thành"):
        round_.remove(by=make_user("STAFF", world.province))
    assert Round.objects.exists()
