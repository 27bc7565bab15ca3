"""Members of a team: drawn from accounts or typed, in sub-groups; the days on which it works."""

from __future__ import annotations

import re
import uuid
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from congvu.models import Event
from inspections.models import Round, Team, TeamMember
from tests.conftest import World, client_of
from tests.factories import make_round, make_team, make_user, make_visit

pytestmark = pytest.mark.django_db

NAMES = ("role", "account", "name", "post", "unit", "group")


def typed(*members: dict[str, str], team: Team | None = None, **fields: Any) -> dict[str, Any]:
    """The form of a team: each member's fields; those stored already come first."""
    stored = list(team.members.all()) if team else []
    data: dict[str, Any] = {
        "name": team.name if team else "Đoàn số 1",
        "body": "19",
        "members-TOTAL_FORMS": str(len(members)),
        "members-INITIAL_FORMS": str(len(stored)),
        "_once": str(uuid.uuid4()),
        **({"version": team.version} if team else {}),
        **fields,
    }
    for place, member in enumerate(members):
        data |= {f"members-{place}-{name}": member.get(name, "") for name in NAMES}
        data[f"members-{place}-role"] = member.get("role", "MEMBER")
        if "DELETE" in member:
            data[f"members-{place}-DELETE"] = "on"
        if place < len(stored):
            data[f"members-{place}-id"] = stored[place].pk
    return data


@pytest.fixture
def binh(world: World) -> User:
    """An inspector of a department, who sees nothing of the province's rounds by role."""
    return make_user("INSPECTOR", world.justice, full_name="Đặng Thị Bình", post="Chuyên viên")


def test_account_brings_name_post_and_unit_and_sees_the_teams_rounds(
    staff: Client, world: World, binh: User
) -> None:
    answer = staff.post("/teams/create/", typed({"account": "dang thi binh"}))
    assert answer.status_code == 302
    member = TeamMember.objects.get()
    assert (member.account, member.name, member.post, member.unit) == (
        binh, "Đặng Thị Bình", "Chuyên viên", world.justice,
    )  # fmt: skip
    round_ = make_round(world.province, team=member.team, status="SCHEDULED")
    make_visit(round_, world.dai_tu)
    assert client_of(binh).get(f"/rounds/{round_.pk}/").status_code == 200


def test_what_was_typed_beside_an_account_stays_but_the_name_is_the_accounts(
    staff: Client, binh: User, world: World
) -> None:
    label = "Đặng Thị Bình – Chuyên viên, Sở Tư pháp"
    row = {"account": label, "name": "Ai Đó", "post": "Thư ký đoàn", "unit": "19"}
    staff.post("/teams/create/", typed(row))
    member = TeamMember.objects.get()
    assert (member.name, member.post, member.unit) == (
        "Đặng Thị Bình", "Thư ký đoàn", world.province,
    )  # fmt: skip


def test_unknown_account_is_told_at_the_row_with_what_comes_near(staff: Client, binh: User) -> None:
    page = staff.post("/teams/create/", typed({"account": "Thị Bình"})).content.decode()
    assert "Có phải là: Đặng Thị Bình – Chuyên viên, Sở Tư pháp?" in page
    page = staff.post("/teams/create/", typed({"account": "Khong Ai"})).content.decode()
    assert "Không tìm thấy tài khoản “Khong Ai” trong tỉnh" in page
    assert not Team.objects.exists()


def test_account_of_another_province_is_like_one_that_does_not_exist(
    staff: Client, world: World
) -> None:
    stranger = make_user("INSPECTOR", world.elsewhere, full_name="Lạ Mặt")
    for text in ("Lạ Mặt", f"#{stranger.pk}"):
        page = staff.post("/teams/create/", typed({"account": text})).content.decode()
        assert f"Không tìm thấy tài khoản “{text}”" in page


def test_two_of_one_name_must_be_told_by_number(staff: Client, world: World, binh: User) -> None:
    other = make_user("INSPECTOR", world.dai_tu, full_name="Đặng Thị Bình")
    page = staff.post("/teams/create/", typed({"account": "Đặng Thị Bình"})).content.decode()
    assert "Có 2 tài khoản khớp" in page
    staff.post("/teams/create/", typed({"account": f"Đặng Thị Bình #{other.pk}"}))
    assert TeamMember.objects.get().account == other


def test_nobody_stands_in_a_team_twice_by_account(staff: Client, binh: User) -> None:
    rows = {"account": "Đặng Thị Bình"}, {"account": "Đặng Thị Bình"}
    page = staff.post("/teams/create/", typed(*rows)).content.decode()
    assert "Đặng Thị Bình đã có ở dòng trên." in page
    assert not Team.objects.exists()


def test_member_whose_account_was_closed_stays_when_the_team_is_edited(
    staff: Client, world: World, binh: User
) -> None:
    team = make_team(world.province)
    TeamMember.objects.create(team=team, name=binh.full_name, account=binh)
    User.objects.filter(pk=binh.pk).update(is_active=False)
    form = staff.get(f"/teams/{team.pk}/edit/").context["form"].rows.forms[0]
    row = {"account": form["account"].value(), "name": binh.full_name, "post": "Mới"}
    row["account"] = form["account"].field.prepare_value(row["account"])
    assert staff.post(f"/teams/{team.pk}/edit/", typed(row, team=team)).status_code == 302
    assert [(m.account, m.post) for m in team.members.all()] == [(binh, "Mới")]


def test_another_account_brings_its_own_post_and_unit(
    staff: Client, world: World, binh: User
) -> None:
    team = make_team(world.province)
    an = make_user("INSPECTOR", world.dai_tu, full_name="Trần An", post="Thanh tra viên")
    TeamMember.objects.create(team=team, name="Trần An", account=an, post=an.post, unit=an.unit)
    row = {
        "account": "Đặng Thị Bình",
        "name": "Trần An",
        "post": an.post,
        "unit": "Huyện Đại Từ (171)",
    }
    staff.post(f"/teams/{team.pk}/edit/", typed(row, team=team))
    member = team.members.get()
    assert (member.account, member.name, member.post, member.unit) == (
        binh, "Đặng Thị Bình", "Chuyên viên", world.justice,
    )  # fmt: skip


def test_trail_tells_who_came_by_account_and_in_which_group(
    staff: Client, world: World, binh: User
) -> None:
    team = make_team(world.province)
    staff.post(
        f"/teams/{team.pk}/edit/", typed({"account": "Đặng Thị Bình", "group": "Tổ 1"}, team=team)
    )
    assert Event.objects.of(team).get().changes == {
        "thành viên": [[], ["Đặng Thị Bình (Thành viên, Tổ 1, có tài khoản)"]]
    }


# --- sub-groups ------------------------------------------------------------------------------


def test_a_sub_group_has_one_spelling(staff: Client) -> None:
    rows = {"name": "An", "group": "Tổ Một"}, {"name": "Bình", "group": "tổ  một"}
    staff.post("/teams/create/", typed(*rows))
    assert Team.objects.get().groups == ["Tổ Một"]
    assert set(TeamMember.objects.values_list("group", flat=True)) == {"Tổ Một"}


def test_page_tells_members_by_sub_group_and_on_which_days_the_team_works(
    staff: Client, world: World
) -> None:
    rows = (
        {"name": "An", "role": "LEADER"},
        {"name": "Bình", "group": "Tổ 2"},
        {"name": "Cường", "group": "Tổ 1"},
    )
    staff.post("/teams/create/", typed(*rows, valid_from="1/4/2023", valid_to="31/12/2023"))
    answer = staff.get(Team.objects.get().get_absolute_url())
    groups = [(name, [each.name for each in those]) for name, those in answer.context["groups"]]
    assert groups == [("", ["An"]), ("Tổ 2", ["Bình"]), ("Tổ 1", ["Cường"])]
    assert "Từ 01/04/2023 đến 31/12/2023" in answer.content.decode()


def test_days_of_a_team_are_in_order(staff: Client) -> None:
    data = typed({"name": "An"}, valid_from="1/4/2023", valid_to="31/3/2023")
    page = staff.post("/teams/create/", data).content.decode()
    assert "Ngày cuối của đoàn không được trước ngày đầu." in page
    assert not Team.objects.exists()


@pytest.mark.parametrize(("status", "code"), [("SCHEDULED", 200), ("COMPLETED", 302)])
def test_sub_group_of_a_round_ahead_stays(
    staff: Client, world: World, status: str, code: int
) -> None:
    team = make_team(world.province)
    TeamMember.objects.create(team=team, name="An", group="Tổ 1")
    make_round(world.province, team=team, team_group="Tổ 1", status=status, code="BIMAT")
    answer = staff.post(
        f"/teams/{team.pk}/edit/", typed({"name": "An", "group": "Tổ 2"}, team=team)
    )
    assert answer.status_code == code
    if code == 200:
        text = answer.content.decode()
        assert "“Tổ 1” đang được gắn với hồ sơ khác" in text
        assert "BIMAT" not in text


# --- the round of a team ---------------------------------------------------------------------


@pytest.fixture
def team(world: World) -> Team:
    """A team of two groups that works from April to December of 2023."""
    made = make_team(
        world.province, name="Đoàn Hai Tổ", valid_from=date(2023, 4, 1), valid_to=date(2023, 12, 31)
    )
    for place, (name, group) in enumerate([("An", ""), ("Bình", "Tổ 1"), ("Cường", "Tổ 2")]):
        TeamMember.objects.create(team=made, name=name, group=group, position=place)
    return made


def round_typed(team: Team | str, **fields: Any) -> dict[str, Any]:
    return {
        "starts_on": "22/5/2023",
        "ends_on": "22/5/2023",
        "body": "19",
        "form": "SURPRISE",
        "method": "ON_SITE",
        "team": team.pk if isinstance(team, Team) else "",
        "visits-TOTAL_FORMS": "0",
        "visits-INITIAL_FORMS": "0",
        "_once": str(uuid.uuid4()),
        **fields,
    }


def test_round_takes_a_sub_group_of_its_team_however_it_is_written(
    staff: Client, team: Team
) -> None:
    staff.post("/rounds/create/", round_typed(team, team_group="to 1"))
    round_ = Round.objects.get()
    assert round_.team_group == "Tổ 1"
    assert "Tổ 1" in staff.get(round_.get_absolute_url()).content.decode()


@pytest.mark.parametrize("status", ["SCHEDULED", "COMPLETED"])
def test_round_leads_whoever_may_see_its_team_to_it(
    staff: Client, inspector: Client, world: World, team: Team, status: str
) -> None:
    round_ = make_round(world.province, team=team, status=status)
    make_visit(round_, world.dai_tu)
    link = f'href="{team.get_absolute_url()}"'
    assert link in staff.get(round_.get_absolute_url()).content.decode()
    # Of the inspected unit, which sees the round once it is completed, and not the team.
    assert link not in inspector.get(round_.get_absolute_url()).content.decode()
    member = make_user("INSPECTOR", world.elsewhere_district)
    TeamMember.objects.create(team=team, name="Dung", account=member)
    client = client_of(member)
    assert link in client.get(round_.get_absolute_url()).content.decode()
    assert client.get(team.get_absolute_url()).status_code == 200


def test_only_the_sub_groups_of_the_rounds_own_team_are_suggested(
    staff: Client, world: World, team: Team
) -> None:
    other = make_team(world.province)
    TeamMember.objects.create(team=other, name="Dung", group="Tổ Khác")
    round_ = make_round(world.province, team=team)

    def suggested(page: str) -> list[str]:
        listed = page.partition('<datalist id="round-groups">')[2].partition("</datalist>")[0]
        return re.findall(r'value="([^"]*)"', listed)

    page = staff.get(f"/rounds/{round_.pk}/edit/").content.decode()
    assert suggested(page) == ["Tổ 1", "Tổ 2"]
    # Another team chosen: the form that comes back follows it; none chosen, none suggested.
    for chosen, names in ((other, ["Tổ Khác"]), ("", [])):
        data = round_typed(chosen, starts_on="")
        assert suggested(staff.post("/rounds/create/", data).content.decode()) == names
    assert suggested(staff.get("/rounds/create/").content.decode()) == []


def test_group_that_is_not_the_teams_or_without_a_team_is_refused(
    staff: Client, team: Team
) -> None:
    page = staff.post("/rounds/create/", round_typed(team, team_group="Tổ 3")).content.decode()
    assert "Đoàn Hai Tổ không có tổ “Tổ 3”; các tổ của đoàn: Tổ 1, Tổ 2." in page
    page = staff.post("/rounds/create/", round_typed("", team_group="Tổ 1")).content.decode()
    assert "Hãy chọn đoàn kiểm tra trước khi ghi tổ của đoàn." in page
    assert not Round.objects.exists()


def test_round_on_days_on_which_its_team_does_not_work_is_refused(
    staff: Client, team: Team
) -> None:
    data = round_typed(team, starts_on="30/12/2023", ends_on="2/1/2024")
    page = staff.post("/rounds/create/", data).content.decode()
    assert "Đoàn Hai Tổ hoạt động từ 01/04/2023 đến 31/12/2023" in page
    assert "không phải trong cả thời gian của cuộc (30/12/2023 – 02/01/2024)" in page
    assert not Round.objects.exists()


def test_completed_round_can_be_put_right_though_the_teams_days_were_set_later(
    staff: Client, world: World, team: Team
) -> None:
    old = make_round(world.province, date(2023, 2, 1), team=team)
    days = {"starts_on": "1/2/2023", "ends_on": "1/2/2023"}
    data = round_typed(team, **days, code=old.code, version=old.version, scope_note="Sửa")
    assert staff.post(f"/rounds/{old.pk}/edit/", data).status_code == 302
    page = staff.get(f"/teams/{team.pk}/").content.decode()
    assert "không phải trong cả thời gian" not in page


def test_page_tells_of_a_round_ahead_on_days_on_which_the_team_no_longer_works(
    staff: Client, world: World, team: Team
) -> None:
    make_round(world.province, date(2024, 2, 1), team=team, status="SCHEDULED")
    page = staff.get(f"/teams/{team.pk}/").content.decode()
    assert "không phải trong cả thời gian của cuộc (01/02/2024)" in page


def test_ten_times_the_members_cost_the_form_no_more_queries(staff: Client, world: World) -> None:
    team = make_team(world.province)

    def fill(number: int) -> None:
        for _ in range(number):
            user = make_user("INSPECTOR", world.justice)
            TeamMember.objects.create(team=team, name="An", account=user, unit=world.justice)

    counts = []
    for number in (2, 18):
        fill(number)
        with CaptureQueriesContext(connection) as queries:
            assert staff.get(f"/teams/{team.pk}/edit/").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 15
