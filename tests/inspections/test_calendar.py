"""The calendar: what stands on which day, for whom, and the ways through the months."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from inspections.calendar import Month
from inspections.models import Round, TeamMember
from tests.conftest import World, client_of
from tests.factories import (
    make_item,
    make_plan,
    make_round,
    make_team,
    make_user,
    make_visit,
)
from units.models import Unit

pytestmark = pytest.mark.django_db


def ahead(body: Unit, day: int, *units: Unit, **fields: Any) -> Round:
    """A planned round in November 2026 that visits the units on its first day."""
    first = date(2026, 11, day)
    round_ = make_round(body, first, **{"status": "SCHEDULED", **fields})
    for unit in units:
        make_visit(round_, unit, visited_on=first)
    return round_


def grid(client: Client, query: str = "month=2026-11") -> dict[date, list[str]]:
    """Day of the grid → codes of the rounds that stand on it."""
    sheet = client.get(f"/calendar/?{query}").context["sheet"]
    return {
        day.day: [each.round.code for each in day.entries]
        for week in sheet.weeks for day in week if day.entries
    }  # fmt: skip


def agenda(client: Client, query: str = "month=2026-11") -> dict[date, list[tuple[str, str]]]:
    """Day of the agenda → codes and units."""
    sheet = client.get(f"/calendar/?{query}").context["sheet"]
    return {
        day.day: [(each.round.code, each.units) for each in day.entries] for day in sheet.agenda
    }


# --- months ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("2026-11", "2026-11"), ("11/2026", "2026-11"), (" 3/2024 ", "2024-03"), ("2026-13", None),
        ("abc", None), ("0000-01", None), ("9999-12", None), ("", None),
    ],
)  # fmt: skip
def test_month_is_read_as_it_stands_in_addresses_or_as_it_is_typed(
    text: str, key: str | None
) -> None:
    found = Month.of(text)
    assert (found.key if found else None) == key


def test_weeks_begin_on_monday_and_hold_the_whole_month() -> None:
    weeks = Month(date(2026, 11, 1)).weeks
    assert weeks[0][0] == date(2026, 10, 26)
    assert weeks[-1][-1] == date(2026, 12, 6)
    assert {day.weekday() for day in (week[0] for week in weeks)} == {0}


@pytest.fixture
def november(monkeypatch: pytest.MonkeyPatch) -> None:
    """Today is 25 November 2026."""
    for module in ("inspections.calendar", "inspections.views.calendar"):
        monkeypatch.setattr(f"{module}.today", lambda: date(2026, 11, 25))


def test_ways_to_the_neighbouring_months_carry_the_filters(
    staff: Client, world: World, november: None
) -> None:
    context = staff.get("/calendar/?month=2027-01&view=agenda&body=19").context
    assert context["ways"] == {
        "month": "/calendar/?view=month&body=19&month=2027-01",
        "agenda": "/calendar/?view=agenda&body=19&month=2027-01",
        "today": "/calendar/?view=agenda&body=19&month=2026-11",
        "previous": "/calendar/?view=agenda&body=19&month=2026-12",
        "next": "/calendar/?view=agenda&body=19&month=2027-02",
    }


def test_month_that_cannot_be_read_is_told_and_this_month_shown(
    staff: Client, november: None
) -> None:
    answer = staff.get("/calendar/?month=thang")
    assert "Không đọc được tháng “thang”" in answer.content.decode()
    assert answer.context["month"].key == "2026-11"
    assert staff.get("/calendar/?month=1900-01").context["ways"]["previous"] == ""
    assert staff.get("/calendar/?month=2999-12").context["ways"]["next"] == ""


# --- what stands on which day ----------------------------------------------------------------


def test_round_stands_on_each_of_its_days_in_grid_and_agenda(staff: Client, world: World) -> None:
    round_ = ahead(world.province, 9, world.dai_tu, ends_on=date(2026, 11, 12), code="DAI")
    make_visit(round_, world.justice, visited_on=date(2026, 11, 11))
    assert grid(staff) == {date(2026, 11, day): ["DAI"] for day in (9, 10, 11, 12)}
    assert agenda(staff) == {
        date(2026, 11, 9): [("DAI", "Huyện Đại Từ")],
        date(2026, 11, 10): [("DAI", "Huyện Đại Từ và 1 đơn vị khác")],
        date(2026, 11, 11): [("DAI", "Sở Tư pháp")],
        date(2026, 11, 12): [("DAI", "Huyện Đại Từ và 1 đơn vị khác")],
    }


def test_round_that_began_before_stands_from_the_months_first_day_on(
    staff: Client, world: World
) -> None:
    make_round(
        world.province, date(2026, 10, 20), ends_on=date(2026, 11, 2), status="SCHEDULED", code="CU"
    )
    assert agenda(staff) == {date(2026, 11, day): [("CU", "Chưa ghi đơn vị")] for day in (1, 2)}
    assert grid(staff)[date(2026, 10, 26)] == ["CU"], "days of the neighbours are filled too"


def test_cancelled_rounds_are_left_out(staff: Client, world: World) -> None:
    ahead(world.province, 9, world.dai_tu, status="CANCELLED")
    assert grid(staff) == {}
    assert "Tháng này chưa có cuộc kiểm tra nào." in staff.get(
        "/calendar/?month=2026-11"
    ).content.decode()  # fmt: skip


def test_status_is_a_word_beside_its_sign(staff: Client, world: World) -> None:
    for day, status in ((3, "SCHEDULED"), (4, "IN_PROGRESS"), (5, "COMPLETED")):
        ahead(world.province, day, world.dai_tu, status=status)
    page = staff.get("/calendar/?month=2026-11&view=agenda").content.decode()
    for word in ("Dự kiến", "Đang kiểm tra", "Hoàn thành"):
        assert f"</svg>{word}</span>" in page


def test_full_day_leads_to_the_agenda_of_that_day(staff: Client, world: World) -> None:
    for _ in range(7):
        ahead(world.province, 9, world.dai_tu)
    page = staff.get("/calendar/?month=2026-11&view=month").content.decode()
    assert "Còn 3 cuộc" in page
    assert 'href="/calendar/?view=agenda&amp;month=2026-11#ngay-2026-11-09"' in page
    page = staff.get("/calendar/?view=agenda&month=2026-11").content.decode()
    assert 'id="ngay-2026-11-09"' in page


# --- filters ---------------------------------------------------------------------------------


def test_filters_by_body_team_and_person(staff: Client, world: World) -> None:
    an = make_user("INSPECTOR", world.justice, full_name="Trần Hoà")
    one, two, three = (make_team(world.province) for _ in range(3))
    TeamMember.objects.create(team=one, name="Trần Hoà", account=an)
    TeamMember.objects.create(team=two, name="Ông Hòa", account=an)
    TeamMember.objects.create(team=three, name="Bình", group="Tổ 1")
    ahead(world.province, 2, team=one, code="MOT")
    ahead(world.province, 3, team=two, code="HAI")
    ahead(world.province, 4, team=three, team_group="Tổ 1", code="TO1")
    ahead(world.province, 5, team=three, team_group="Tổ 2", code="TO2")
    ahead(world.province, 6, team=three, code="CADOAN")
    ahead(world.dai_tu, 7, code="HUYEN")

    def shown(query: str) -> list[str]:
        found = grid(staff, f"month=2026-11&{query}")
        return sorted({code for codes in found.values() for code in codes})

    assert shown("body=171") == ["HUYEN"]
    assert shown(f"team={two.pk}") == ["HAI"]
    assert shown("person=tran hoa") == ["HAI", "MOT"], "the other by his account"
    assert shown("person=binh") == ["CADOAN", "TO1"], "not the round of the other group"
    assert shown(f"team={three.pk}&body=171") == []


def test_filter_that_cannot_be_read_filters_nothing_and_says_so(
    staff: Client, world: World
) -> None:
    ahead(world.province, 2, code="MOT")
    for query in ("team=99999999999999999999", "team=x", "body=khong-co"):
        answer = staff.get(f"/calendar/?month=2026-11&{query}")
        assert "<b>chưa được lọc</b>" in answer.content.decode(), query
        assert answer.context["sheet"].count == 1


def test_reporter_is_offered_no_filter_by_team_or_person(reporter: Client, world: World) -> None:
    team = make_team(world.province)
    TeamMember.objects.create(team=team, name="An")
    ahead(world.province, 2, world.dai_tu, team=team, status="COMPLETED", code="XONG")
    for query in (f"team={team.pk}", "person=an", "person=khong-ai"):
        assert grid(reporter, f"month=2026-11&{query}") == {date(2026, 11, 2): ["XONG"]}
    page = reporter.get("/calendar/?month=2026-11").content.decode()
    assert 'name="person"' not in page


# --- secrecy ---------------------------------------------------------------------------------


def test_unit_to_be_visited_finds_nothing_in_its_calendar(
    inspector: Client, reporter: Client, staff: Client, world: World
) -> None:
    team = make_team(world.province, name="Đoàn Bí Mật")
    for day, status in ((2, "SCHEDULED"), (3, "IN_PROGRESS"), (4, "CANCELLED")):
        ahead(
            world.province,
            day,
            world.dai_tu,
            world.tien_hoi,
            status=status,
            team=team,
            code=f"BIMAT-{day}",
        )
    ahead(world.province, 5, world.dai_tu, status="COMPLETED", code="XONG")
    plan = make_plan(world.province, year=2026, issued_on=date(2026, 1, 5))
    make_item(plan, world.dai_tu, 11, announced=False)
    for client in (inspector, reporter):
        for view in ("", "month", "agenda"):
            answer = client.get(f"/calendar/?month=2026-11&view={view}")
            text = answer.content.decode()
            assert answer.context["sheet"].count == 1
            for secret in ("BIMAT", "Đoàn Bí Mật", "Mục kế hoạch của tháng"):
                assert secret not in text
    assert grid(staff)[date(2026, 11, 2)] == ["BIMAT-2"]


def test_member_by_account_finds_the_teams_rounds(world: World) -> None:
    an = make_user("INSPECTOR", world.justice)
    team = make_team(world.province)
    TeamMember.objects.create(team=team, name="An", account=an)
    ahead(world.province, 2, world.dai_tu, team=team, code="CUADOAN")
    ahead(world.province, 3, world.dai_tu, code="KHAC")
    assert grid(client_of(an)) == {date(2026, 11, 2): ["CUADOAN"]}


# --- items of plans --------------------------------------------------------------------------


@pytest.fixture
def plan(world: World) -> Any:
    """The province's plan of 2026."""
    return make_plan(world.province, year=2026, issued_on=date(2026, 1, 5))


def test_items_of_the_month_without_a_round_are_listed_with_their_links(
    staff: Client, world: World, plan: Any
) -> None:
    lacking = make_item(plan, world.dai_tu, 11)
    done, cancelled = make_item(plan, world.tien_hoi, 11), make_item(plan, world.justice, 11)
    make_item(plan, world.justice, 12)
    ahead(world.province, 2, world.tien_hoi).items.add(done)
    ahead(world.province, 3, world.justice, status="CANCELLED").items.add(cancelled)
    quarter = make_item(
        plan, world.tien_hoi, schedule="QUARTER", first_day=date(2026, 10, 1),
        last_day=date(2026, 12, 31),
    )  # fmt: skip
    draft = make_plan(world.province, year=2026, status="DRAFT", number="", issued_on=None)
    make_item(draft, world.dai_tu, 11)
    answer = staff.get("/calendar/?month=2026-11")
    found = [(each.item, each.can_make) for each in answer.context["items"]]
    assert found == [(quarter, True), (lacking, True), (cancelled, True)]
    page = answer.content.decode()
    assert f'href="/items/{lacking.pk}/"' in page
    assert f'href="/rounds/create/?item={lacking.pk}"' in page


def test_items_follow_the_filters_and_leaders_are_offered_no_deed(
    staff: Client, leader: Client, world: World, plan: Any
) -> None:
    team = make_team(world.province)
    TeamMember.objects.create(team=team, name="An")
    with_team = make_item(plan, world.dai_tu, 11, team=team)
    make_item(plan, world.tien_hoi, 11)
    for query in (f"team={team.pk}", "person=an"):
        answer = staff.get(f"/calendar/?month=2026-11&{query}")
        assert [each.item for each in answer.context["items"]] == [with_team]
    answer = staff.get("/calendar/?month=2026-11&body=171")
    assert answer.context["items"] == []
    assert [each.can_make for each in leader.get("/calendar/?month=2026-11").context["items"]] == [
        False, False,
    ]  # fmt: skip


# --- moving, and cost ------------------------------------------------------------------------


def test_only_planned_rounds_of_own_bodies_can_be_moved_from_here(
    staff: Client, leader: Client, world: World
) -> None:
    planned = ahead(world.province, 2, world.dai_tu)
    ahead(world.province, 3, world.dai_tu, status="IN_PROGRESS")
    path = "/calendar/?month=2026-11&view=agenda&body=19"
    page = staff.get(path).content.decode()
    assert page.count("data-move-url") == 1
    move = f"/rounds/{planned.pk}/move/?back=view%3Dagenda%26body%3D19"
    assert f'data-move-url="{move}" data-start="2026-11-02"' in page
    assert "Dời cuộc dự kiến bằng bàn phím" in page
    page = leader.get(path).content.decode()
    assert "data-move-url" not in page
    assert "bằng bàn phím" not in page


def test_round_that_cannot_be_moved_says_why_to_whoever_moves_rounds(
    staff: Client, leader: Client, world: World
) -> None:
    ahead(world.province, 3, world.dai_tu, status="COMPLETED", code="XONG")
    ahead(world.elsewhere, 4, world.dai_tu, status="COMPLETED", code="KHAC")
    path = "/calendar/?month=2026-11&view=agenda"
    page = staff.get(path).content.decode()
    assert page.count("data-why-not-moved") == 2
    assert 'data-why-not-moved="Cuộc XONG đang ở trạng thái “Hoàn thành”' in page
    assert 'data-why-not-moved="Cuộc KHAC do cơ quan khác tiến hành' in page
    assert "data-why-not-moved" not in leader.get(path).content.decode()


def test_whoever_sees_completed_rounds_alone_is_not_told_of_others(
    reporter: Client, staff: Client, inspector: Client
) -> None:
    for client, sees_all in ((reporter, False), (staff, True), (inspector, True)):
        feed = client.get("/calendar/feed/").content.decode()
        assert ("kể cả cuộc không báo trước" in feed) is sees_all
        assert ("các cuộc kiểm tra đã hoàn thành mà bạn" in feed) is not sees_all
        empty = client.get("/calendar/?month=2020-01").content.decode()
        assert ("Cuộc đã lập hiện ở đây" in empty) is sees_all


def test_ten_times_the_rounds_cost_no_more_queries(staff: Client, world: World, plan: Any) -> None:
    an = make_user("INSPECTOR", world.dai_tu, full_name="An")

    def fill(number: int) -> None:
        for place in range(number):
            team = make_team(world.province)
            TeamMember.objects.create(team=team, name="An", account=an, unit=world.dai_tu)
            round_ = ahead(world.province, 2 + place, world.dai_tu, team=team)
            make_visit(round_, world.justice)
            make_item(plan, world.dai_tu, 11, team=team)

    path = "/calendar/?month=2026-11&body=19&person=an"
    fill(2)
    with CaptureQueriesContext(connection) as few:
        staff.get(path)
    fill(18)
    with CaptureQueriesContext(connection) as many:
        answer = staff.get(path)
    assert answer.context["sheet"].count == 20
    assert answer.context["sheet"].cautions
    assert len(many) == len(few) <= 15, "\n".join(each["sql"][:120] for each in few)


def test_today_is_marked_by_word(staff: Client, november: None) -> None:
    page = staff.get("/calendar/?month=2026-11&view=month").content.decode()
    assert page.count("<b>Hôm nay</b>") == 1
