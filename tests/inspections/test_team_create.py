"""Setting up a team with its members."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client

from inspections.models import Team
from tests.conftest import World
from tests.factories import make_team

pytestmark = pytest.mark.django_db


def typed(*members: tuple[str, str, str], **fields: Any) -> dict[str, Any]:
    data = {
        "name": "Đoàn số 1",
        "body": "19",
        "decision_number": "512/QĐ-UBND",
        "decided_on": "20/3/2023",
        "members-TOTAL_FORMS": str(len(members) + 2),
        "members-INITIAL_FORMS": "0",
        "_once": str(uuid.uuid4()),
        **fields,
    }
    blank = [("MEMBER", "", "")] * 2
    for place, (role, name, post) in enumerate([*members, *blank]):
        data |= {
            f"members-{place}-role": role,
            f"members-{place}-name": name,
            f"members-{place}-post": post,
        }
    return data


def test_members_keep_their_order_and_blank_rows_are_none(staff: Client, world: World) -> None:
    staff.post(
        "/teams/create/",
        typed(("LEADER", "Nguyễn Văn An", "Phó Giám đốc"), ("MEMBER", "Trần Bình", "")),
    )
    team = Team.objects.get()
    assert [(each.role, each.name, each.position) for each in team.members.all()] == [
        ("LEADER", "Nguyễn Văn An", 1),
        ("MEMBER", "Trần Bình", 2),
    ]


def test_member_without_a_name_is_told_at_the_row(staff: Client, world: World) -> None:
    answer = staff.post("/teams/create/", typed(("MEMBER", "", "Chuyên viên")))
    assert "Hãy sửa các dòng thành viên" in answer.content.decode()
    assert not Team.objects.exists()


def test_day_without_number_and_team_twice_are_refused(staff: Client, world: World) -> None:
    answer = staff.post("/teams/create/", typed(decision_number=""))
    assert "hãy ghi cả số quyết định" in answer.content.decode()
    make_team(world.province, name="Đoàn số 1", decision_number="512/QĐ-UBND")
    assert "đã có đoàn" in staff.post("/teams/create/", typed()).content.decode()
    assert Team.objects.count() == 1


def test_inspector_sets_up_a_team_of_its_own_unit_alone(inspector: Client, world: World) -> None:
    assert inspector.post("/teams/create/", typed()).status_code == 200
    assert inspector.post("/teams/create/", typed(body="171")).status_code == 302
    assert Team.objects.get().body == world.dai_tu


def test_leader_is_refused(leader: Client, world: World) -> None:
    assert leader.post("/teams/create/", typed()).status_code == 403


def test_number_of_rows_is_bounded(staff: Client) -> None:
    data = {"name": "Đoàn", "members-TOTAL_FORMS": str(2**31), "members-INITIAL_FORMS": "0"}
    assert len(staff.post("/teams/create/", data).context["form"].rows.forms) <= 64


def test_first_row_of_a_new_team_is_its_leader(staff: Client, world: World) -> None:
    rows = staff.get("/teams/create/").context["form"].rows.forms
    assert [row["role"].value() for row in rows[:2]] == ["LEADER", "MEMBER"]


def test_two_leaders_are_refused_at_the_second(staff: Client, world: World) -> None:
    answer = staff.post(
        "/teams/create/", typed(("LEADER", "Nguyễn Văn An", ""), ("LEADER", "Trần Bình", ""))
    )
    assert not Team.objects.exists()
    rows = answer.context["form"].rows.forms
    assert [bool(row.errors) for row in rows[:2]] == [False, True]
    assert "chỉ có một trưởng đoàn, đã ghi là Nguyễn Văn An" in answer.content.decode()


def test_faults_in_rows_are_listed_above_as_links(staff: Client, world: World) -> None:
    rows = ("LEADER", "An", ""), ("MEMBER", "", "Chuyên viên")
    page = staff.post("/teams/create/", typed(*rows)).content.decode()
    assert '<a href="#id_members-1-name">Thành viên 2, họ và tên: Hãy điền mục này.</a>' in page
    team = make_team(world.province)
    page = staff.post(f"/teams/{team.pk}/edit/", typed(*rows, version="1")).content.decode()
    assert '<a href="#id_members-1-name">Thành viên 2, họ và tên: ' in page
