"""Deleting a team that was entered by mistake; what a team's page says to a reader."""

from __future__ import annotations

import pytest
from django.test import Client

from congvu.models import Event
from inspections.models import Team, TeamMember
from tests.conftest import World
from tests.factories import make_plan, make_round, make_team

pytestmark = pytest.mark.django_db


def test_team_without_rounds_goes_with_its_members(staff: Client, world: World) -> None:
    team = make_team(world.province, name="Đoàn nhầm")
    TeamMember.objects.create(team=team, name="Trần Bình")
    answer = staff.post(f"/teams/{team.pk}/delete/", {"version": team.version})
    assert answer.url == "/teams/"  # type: ignore[attr-defined]
    assert not TeamMember.objects.exists()
    event = Event.objects.get(deed="removed")
    assert (event.record_id, event.label) == (team.pk, "Đoàn nhầm")


def test_team_that_a_round_names_stays(staff: Client, world: World) -> None:
    team = make_team(world.province)
    make_round(world.province, team=team)
    answer = staff.post(f"/teams/{team.pk}/delete/", {"version": team.version})
    assert "đang được gắn với hồ sơ khác nên không xóa được" in answer.content.decode()
    assert "đang được gắn với hồ sơ khác" in staff.get(f"/teams/{team.pk}/").content.decode()
    assert Team.objects.exists()


def test_reader_is_offered_no_deed_that_is_not_for_reading(leader: Client, world: World) -> None:
    for record in (make_team(world.province), make_plan(world.province)):
        page = leader.get(record.get_absolute_url()).content.decode()
        assert "Khi tạo" not in page
        assert "/delete/" not in page
