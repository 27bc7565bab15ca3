"""The list of teams and a team's page."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from inspections.models import TeamMember
from tests.conftest import World
from tests.factories import make_round, make_team, make_visit

pytestmark = pytest.mark.django_db


def test_list_tells_leader_and_number(staff: Client, outsider: Client, world: World) -> None:
    team = make_team(world.province, name="Đoàn số 1", decision_number="512/QĐ-UBND")
    TeamMember.objects.create(team=team, name="Nguyễn Văn An", role="LEADER")
    text = staff.get("/teams/").content.decode()
    assert "Nguyễn Văn An" in text
    assert "512/QĐ-UBND" in text
    assert "Đoàn số 1" in staff.get("/teams/?q=doan+so").content.decode()
    assert "Đoàn số 1" not in outsider.get("/teams/").content.decode()


def test_page_tells_members_and_rounds(staff: Client, world: World) -> None:
    team = make_team(world.province, name="Đoàn số 1")
    TeamMember.objects.create(team=team, name="Nguyễn Văn An", role="LEADER", post="Phó Giám đốc")
    make_visit(make_round(world.province, team=team, code="CUAĐOAN"), world.dai_tu)
    make_round(world.province, code="KHAC")
    text = staff.get(f"/teams/{team.pk}/").content.decode()
    for part in ("Nguyễn Văn An", "Trưởng đoàn", "Phó Giám đốc", "CUAĐOAN"):
        assert part in text
    assert "KHAC" not in text


def test_ten_times_the_teams_cost_no_more_queries(staff: Client, world: World) -> None:
    def fill(number: int) -> None:
        for _ in range(number):
            TeamMember.objects.create(team=make_team(world.province), name="An", role="LEADER")

    fill(2)
    staff.get("/teams/")
    with CaptureQueriesContext(connection) as few:
        staff.get("/teams/")
    fill(18)
    with CaptureQueriesContext(connection) as many:
        staff.get("/teams/")
    assert len(many) == len(few) <= 15


def test_teams_stand_in_vietnamese_order(staff: Client, world: World) -> None:
    for name in ("Đoàn số 10", "Ấp An", "Đoàn số 2", "Dân vận", "Bình Minh"):
        make_team(world.province, name=name)
    listing = staff.get("/teams/?sort=ten-doan").context["listing"]
    assert [row.record.name for row in listing.rows] == [
        "Ấp An", "Bình Minh", "Dân vận", "Đoàn số 2", "Đoàn số 10",
    ]  # fmt: skip
