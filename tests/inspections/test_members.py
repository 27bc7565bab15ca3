"""Who of a team cannot well go, and to whom that is told."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from inspections.members import Going, cautions_of
from inspections.models import Round, Team, TeamMember
from tests.conftest import World, client_of
from tests.factories import (
    make_round,
    make_succession,
    make_team,
    make_unit,
    make_user,
    make_visit,
)
from units.models import Unit

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 5)


def team_of(body: Unit, *members: dict[str, Any], **fields: Any) -> Team:
    team = make_team(body, **fields)
    for place, member in enumerate(members):
        TeamMember.objects.create(team=team, position=place, **member)
    return team


def going(body: Unit, team: Team, *units: Unit, day: date = DAY, **fields: Any) -> Round:
    """A round ahead of the team that visits the units on its first day."""
    round_ = make_round(body, day, team=team, status=fields.pop("status", "SCHEDULED"), **fields)
    for unit in units:
        make_visit(round_, unit, visited_on=day)
    return round_


def told(round_: Round, person: User) -> list[str]:
    visits = list(round_.visits.select_related("unit"))
    return [each.text for each in cautions_of([Going(round_, visits)], person).get(round_.pk, [])]


@pytest.fixture
def person(world: World) -> User:
    """STAFF of the province."""
    return make_user("STAFF", world.province)


# --- two rounds on one day -------------------------------------------------------------------


def test_member_by_account_in_two_rounds_on_one_day_is_named_with_the_other_round(
    world: World, person: User
) -> None:
    an = make_user("INSPECTOR", world.justice, full_name="An")
    one = team_of(world.province, {"name": "An", "account": an}, {"name": "Bình"})
    two = team_of(world.province, {"name": "Ông An", "account": an}, name="Đoàn Hai")
    first = going(world.province, one, world.tien_hoi, code="MOT")
    going(world.province, two, world.dai_tu, code="HAI")
    assert told(first, person) == ["An cũng đi cuộc HAI (Đoàn Hai) ngày 05/11/2026."]


@pytest.mark.parametrize(
    ("mine", "theirs", "same"),
    [
        ({}, {}, True),
        ({"unit": "justice"}, {}, True),
        ({"unit": "justice"}, {"unit": "justice"}, True),
        ({"unit": "justice"}, {"unit": "dai_tu"}, False),
        ({"account": "justice"}, {"unit": "justice"}, True),
        ({"account": "justice"}, {"unit": "dai_tu"}, False),
        ({"account": "justice"}, {"account": "dai_tu"}, False),
    ],
)
def test_typed_members_are_one_person_by_name_and_what_unit_is_known(
    world: World, person: User, mine: dict[str, str], theirs: dict[str, str], same: bool
) -> None:
    def member(name: str, known: dict[str, str]) -> dict[str, Any]:
        found: dict[str, Any] = {"name": name}
        for key, where in known.items():
            unit = getattr(world, where)
            found[key] = unit if key == "unit" else make_user("INSPECTOR", unit)
        return found

    one = team_of(world.province, member("Trần Hoà", mine))
    two = team_of(world.province, member("TRẦN HÒA", theirs))
    first = going(world.province, one)
    going(world.province, two)
    assert bool(told(first, person)) is same


def test_members_are_taken_up_on_every_day_of_the_round(world: World, person: User) -> None:
    team = team_of(world.province, {"name": "An"})
    long = going(world.province, team, world.tien_hoi, ends_on=DAY + timedelta(days=9), code="DAI")
    on_third = going(world.province, team, day=DAY + timedelta(days=2))
    # With a visit on its first day alone, and without any.
    for _ in range(2):
        assert told(on_third, person) == [f"An cũng đi cuộc DAI ({team}) ngày 07/11/2026."]
        assert len(told(long, person)) == 1
        long.visits.all().delete()
    going(world.province, team, day=DAY + timedelta(days=10))
    assert len(told(long, person)) == 1, "the day after its last is free"
    two = going(world.province, team, day=DAY + timedelta(days=8), ends_on=DAY + timedelta(days=11))
    assert f"An cũng đi cuộc DAI ({team}) từ 13/11/2026 đến 14/11/2026." in told(two, person)


def test_cancelled_rounds_do_not_count_and_completed_ones_do_for_those_ahead(
    world: World, person: User
) -> None:
    team = team_of(world.province, {"name": "An"})
    first = going(world.province, team)
    other = going(world.province, team, status="CANCELLED")
    assert told(first, person) == []
    assert told(other, person) == []
    done = going(world.province, team, status="COMPLETED", code="XONG")
    assert [text.split(" (")[0] for text in told(first, person)] == ["An cũng đi cuộc XONG"]
    assert told(done, person) == [], "of what is over there is nothing to arrange"


def test_sub_groups_go_by_themselves_and_the_whole_team_with_each(
    world: World, person: User
) -> None:
    team = team_of(
        world.province, {"name": "An"}, {"name": "Bình", "group": "Tổ 1"},
        {"name": "Cường", "group": "Tổ 2"},
    )  # fmt: skip
    first = going(world.province, team, team_group="Tổ 1", code="MOT")
    second = going(world.province, team, team_group="Tổ 2", code="HAI")
    assert told(first, person) == [f"An cũng đi cuộc HAI ({team}, Tổ 2) ngày 05/11/2026."]
    whole = going(world.province, team, code="CA")
    assert told(whole, person) == [
        f"An, Bình cũng đi cuộc MOT ({team}, Tổ 1) ngày 05/11/2026.",
        f"An, Cường cũng đi cuộc HAI ({team}, Tổ 2) ngày 05/11/2026.",
    ]
    assert len(told(second, person)) == 2


# --- one's own unit --------------------------------------------------------------------------


def test_member_who_belongs_to_the_visited_unit_or_under_it_is_named(
    world: World, person: User
) -> None:
    team = team_of(
        world.province,
        {"name": "An", "unit": world.dai_tu},
        {"name": "Bình", "unit": world.tien_hoi},
        {"name": "Cường", "unit": world.justice},
        {"name": "Dũng"},
    )
    round_ = going(world.province, team, world.dai_tu)
    assert told(round_, person) == [
        "An công tác tại Huyện Đại Từ, đơn vị được kiểm tra ngày 05/11/2026.",
        "Bình công tác tại Xã Tiên Hội, trực thuộc Huyện Đại Từ là đơn vị được kiểm tra ngày "
        "05/11/2026.",
    ]
    # Whoever works in the district may well inspect its commune.
    above = going(world.province, team, world.tien_hoi, day=DAY + timedelta(days=1))
    assert [text.split()[0] for text in told(above, person)] == ["Bình"]


def test_unit_is_the_same_by_lineage(world: World, person: User) -> None:
    heir = make_unit("05810", "Xã Mới", world.province, kind="COMMUNE", valid_from=date(2025, 7, 1))
    make_succession(world.tien_hoi, heir)
    team = team_of(world.province, {"name": "Bình", "unit": world.tien_hoi})
    assert told(going(world.province, team, heir), person) == [
        "Bình công tác tại Xã Mới, đơn vị được kiểm tra ngày 05/11/2026."
    ]


def test_unit_of_the_account_counts_where_the_team_names_none(world: World, person: User) -> None:
    an = make_user("INSPECTOR", world.dai_tu, full_name="An")
    team = team_of(world.province, {"name": "An", "account": an})
    assert len(told(going(world.province, team, world.dai_tu), person)) == 1


# --- where it is told, and to whom -----------------------------------------------------------


@pytest.fixture
def clash(world: World) -> tuple[Round, Round]:
    """A round of huyện Đại Từ, and one of the province on the same day with the same member."""
    an = make_user("INSPECTOR", world.justice, full_name="Nguyễn Trùng Lịch")
    member = {"name": an.full_name, "account": an}
    own, other = (
        team_of(world.dai_tu, member, name="Đoàn huyện"),
        team_of(world.province, member, name="Đoàn tỉnh"),
    )
    ours = going(world.dai_tu, own, world.tien_hoi, code="CUAHUYEN")
    theirs = going(world.province, other, world.dai_tu, code="CUATINH")
    return ours, theirs


def test_pages_of_round_team_and_calendar_warn(staff: Client, clash: tuple[Round, Round]) -> None:
    _, theirs = clash
    sentence = "Nguyễn Trùng Lịch cũng đi cuộc CUAHUYEN (Đoàn huyện) ngày 05/11/2026."
    for path in (
        theirs.get_absolute_url(), theirs.team.get_absolute_url(), "/calendar/?month=2026-11",  # type: ignore[union-attr]  # it has a team
    ):  # fmt: skip
        assert sentence in staff.get(path).content.decode(), path


def test_clash_with_a_round_out_of_reach_says_nothing(
    inspector: Client, clash: tuple[Round, Round]
) -> None:
    """The province's round is to visit the inspector's own district."""
    ours, _ = clash
    for path in (
        ours.get_absolute_url(), ours.team.get_absolute_url(), "/calendar/?month=2026-11",  # type: ignore[union-attr]  # it has a team
    ):  # fmt: skip
        text = inspector.get(path).content.decode()
        assert "CUATINH" not in text
        assert "Đoàn tỉnh" not in text
        assert "Cần xem lại" not in text, path
        assert "Xem lại thành viên" not in text
    assert "CUAHUYEN" in inspector.get(ours.get_absolute_url()).content.decode()
    move = inspector.get(f"/rounds/{ours.pk}/move/?to=2026-11-05").content.decode()
    assert "Cần xem lại" not in move


def test_member_who_is_in_both_teams_is_told_of_both(clash: tuple[Round, Round]) -> None:
    ours, _ = clash
    own = client_of(User.objects.get(full_name="Nguyễn Trùng Lịch"))
    assert "CUATINH" in own.get(ours.get_absolute_url()).content.decode()


def test_unit_that_was_inspected_is_not_told_who_of_the_team_was_where(
    reporter: Client, world: World
) -> None:
    team = team_of(world.province, {"name": "Người Nhà", "unit": world.dai_tu})
    done = going(world.province, team, world.dai_tu, status="COMPLETED")
    text = reporter.get(done.get_absolute_url()).content.decode()
    assert "Người Nhà" not in text
    assert "Người Nhà" not in reporter.get("/calendar/?month=2026-11").content.decode()


def test_saving_a_round_warns_and_saves(staff: Client, world: World) -> None:
    team = team_of(world.province, {"name": "An", "unit": world.dai_tu})
    answer = staff.post(
        "/rounds/create/",
        {
            "starts_on": "5/11/2026", "ends_on": "", "body": "19", "form": "SURPRISE",
            "method": "ON_SITE", "team": team.pk, "visits-TOTAL_FORMS": "1",
            "visits-INITIAL_FORMS": "0", "visits-0-unit": "171", "_once": str(uuid.uuid4()),
        },
    )  # fmt: skip
    assert answer.status_code == 302
    said = [str(each) for each in get_messages(answer.wsgi_request)]
    assert "Có 1 điều cần xem lại về thành viên đoàn, ghi bên dưới." in said
    page = staff.get(Round.objects.get().get_absolute_url()).content.decode()
    assert "An công tác tại Huyện Đại Từ" in page


def test_form_of_a_round_warns_before_it_is_saved(staff: Client, world: World) -> None:
    team = team_of(world.province, {"name": "An", "unit": world.dai_tu})
    going(world.province, team, world.justice, code="MOT")
    data = {
        "starts_on": "4/11/2026", "ends_on": "6/11/2026", "body": "19", "form": "SURPRISE",
        "method": "ON_SITE", "team": team.pk, "visits-TOTAL_FORMS": "1",
        "visits-INITIAL_FORMS": "0", "visits-0-unit": "171", "check_overlaps": "1",
    }  # fmt: skip
    said = (
        f"An cũng đi cuộc MOT ({team}) ngày 05/11/2026.",
        "An công tác tại Huyện Đại Từ, đơn vị được kiểm tra ngày 04/11/2026.",
    )
    page = staff.post("/rounds/create/", data).content.decode()
    assert all(sentence in page for sentence in said)
    assert Round.objects.count() == 1
    # Nothing to say where the days or the team are others, or nothing is typed yet.
    other = {**data, "starts_on": "9/11/2026", "ends_on": "9/11/2026", "visits-0-unit": "05809"}
    for fields in (other, {**data, "team": ""}, {"check_overlaps": "1"}):
        page = staff.post("/rounds/create/", fields).content.decode()
        assert "Cần xem lại về thành viên" not in page
    # When the days of one that there is are changed.
    later = going(world.province, team, world.tien_hoi, day=DAY + timedelta(days=9))
    data |= {"code": later.code, "starts_on": "5/11/2026", "ends_on": "14/11/2026"}
    page = staff.post(f"/rounds/{later.pk}/edit/", data).content.decode()
    assert said[0] in page


def test_ten_times_the_rounds_cost_no_more_queries(world: World, person: User) -> None:
    def fill(number: int) -> list[Going]:
        found = []
        for _ in range(number):
            team = team_of(world.province, {"name": "An", "unit": world.dai_tu})
            round_ = going(world.province, team, world.dai_tu)
            visits = round_.visits.select_related("unit").prefetch_related("unit__former_names")
            found.append(Going(round_, list(visits)))
        return found

    assert person.scope_paths
    few = fill(2)
    with CaptureQueriesContext(connection) as some:
        assert len(cautions_of(few, person)) == 2
    many = fill(18)
    with CaptureQueriesContext(connection) as more:
        assert len(cautions_of([*few, *many], person)) == 20
    assert len(more) == len(some)
    assert len(some) <= 3


def test_pages_of_a_team_and_a_round_stay_within_fifteen_queries(
    staff: Client, clash: tuple[Round, Round]
) -> None:
    # Django reads the kinds of record once a process.
    ContentType.objects.get_for_models(*apps.get_models())
    for record in (clash[1], clash[1].team):
        with CaptureQueriesContext(connection) as queries:
            assert staff.get(record.get_absolute_url()).status_code == 200  # type: ignore[union-attr]  # it has a team
        assert len(queries) <= 15, "\n".join(each["sql"][:120] for each in queries)
