"""Changing a team and its members."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client

from congvu.models import Event
from inspections.models import Team, TeamMember
from tests.conftest import World
from tests.factories import make_team

pytestmark = pytest.mark.django_db


@pytest.fixture
def team(world: World) -> Team:
    """A team of two."""
    made = make_team(world.province, name="Đoàn số 1")
    for place, name in enumerate(("An", "Bình"), start=1):
        TeamMember.objects.create(team=made, name=name, role="MEMBER", position=place)
    return made


def typed(team: Team, *deleted: str, added: str = "", **fields: Any) -> dict[str, Any]:
    members = list(team.members.all())
    data: dict[str, Any] = {
        "name": team.name,
        "body": "19",
        "version": team.version,
        "members-TOTAL_FORMS": str(len(members) + 1),
        "members-INITIAL_FORMS": str(len(members)),
        f"members-{len(members)}-role": "MEMBER",
        f"members-{len(members)}-name": added,
        "_once": str(uuid.uuid4()),
        **fields,
    }
    for place, member in enumerate(members):
        data |= {
            f"members-{place}-id": member.pk,
            f"members-{place}-role": member.role,
            f"members-{place}-name": member.name,
        }
        if member.name in deleted:
            data[f"members-{place}-DELETE"] = "on"
    return data


def test_member_goes_another_comes_and_the_trail_names_both(staff: Client, team: Team) -> None:
    answer = staff.post(f"/teams/{team.pk}/edit/", typed(team, "An", added="Cường"))
    assert answer.status_code == 302
    members = [(each.name, each.position) for each in team.members.all()]
    assert members == [("Bình", 1), ("Cường", 2)]
    changes = Event.objects.of(team).get().changes
    assert changes == {
        "thành viên": [
            ["An (Thành viên)", "Bình (Thành viên)"],
            ["Bình (Thành viên)", "Cường (Thành viên)"],
        ]
    }


def test_second_writer_changes_no_member(staff: Client, team: Team) -> None:
    stale = typed(team, "An")
    staff.post(f"/teams/{team.pk}/edit/", typed(team, name="Đoàn số 2"))
    answer = staff.post(f"/teams/{team.pk}/edit/", stale)
    assert "đã lưu hồ sơ này" in answer.content.decode()
    assert team.members.count() == 2


def test_out_of_scope_404_reader_403(
    outsider: Client, inspector: Client, leader: Client, team: Team
) -> None:
    assert outsider.get(f"/teams/{team.pk}/edit/").status_code == 404
    assert inspector.get(f"/teams/{team.pk}/edit/").status_code == 404
    assert leader.get(f"/teams/{team.pk}/edit/").status_code == 403
