"""The private calendar address: what it gives, to whom, and when it is no more."""

from __future__ import annotations

import logging
import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from icalendar import Calendar

from accounts.models import User
from congvu.dates import today
from congvu.logs import WithoutSecrets
from congvu.models import Event
from inspections.models import CalendarFeed, TeamMember
from tests.conftest import World
from tests.factories import make_round, make_team, make_user, make_visit

pytestmark = pytest.mark.django_db


def address(user: User) -> str:
    return f"/calendar/{CalendarFeed.of(user).token}.ics"


def events(user: User) -> dict[str, Any]:
    """The calendar as a calendar program without any cookie reads it: summary → event."""
    answer = Client().get(address(user))
    assert answer.status_code == 200
    read = Calendar.from_ical(answer.content)
    return {str(each["SUMMARY"]): each for each in read.walk("VEVENT")}


@pytest.fixture
def person(world: World) -> User:
    """STAFF of the province."""
    return make_user("STAFF", world.province)


def test_events_are_whole_days_that_a_calendar_program_can_read(world: World, person: User) -> None:
    first = today() + timedelta(days=3)
    team = make_team(world.province, name="Đoàn số 1")
    round_ = make_round(
        world.province,
        first,
        ends_on=first + timedelta(days=2),
        status="SCHEDULED",
        code="KH, 1;2",
        team=team,
        team_group="Tổ 1",
    )
    TeamMember.objects.create(team=team, name="Nguyễn Văn Riêng")
    make_visit(round_, world.dai_tu)
    make_visit(round_, world.justice)
    found = events(person)
    event = found["Kiểm tra Huyện Đại Từ và 1 đơn vị khác (dự kiến)"]
    assert event["DTSTART"].dt == first
    assert event["DTEND"].dt == first + timedelta(days=3), "the end is the day after the last"
    assert event["DTSTART"].params["VALUE"] == "DATE"
    assert event["UID"] == f"cuoc-{round_.pk}@congvu"
    assert event["STATUS"] == "TENTATIVE"
    assert event["CLASS"] == "PRIVATE"
    assert "Mã cuộc: KH, 1;2" in event["DESCRIPTION"]
    assert "Đoàn: Đoàn số 1, Tổ 1" in event["DESCRIPTION"]
    assert event["URL"] == f"http://testserver/rounds/{round_.pk}/"
    answer = Client().get(address(person))
    assert "Riêng" not in answer.content.decode()
    assert all(len(line) <= 75 for line in answer.content.split(b"\r\n")), "folded as RFC 5545 asks"


def test_same_round_keeps_its_name_and_counts_its_changes(world: World, person: User) -> None:
    round_ = make_round(world.province, today(), status="SCHEDULED")
    (before,) = events(person).values()
    round_.move(person, today() + timedelta(days=1))
    (after,) = events(person).values()
    assert before["UID"] == after["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after["DTSTART"].dt == today() + timedelta(days=1)


def test_what_did_not_change_reads_the_same(world: World, person: User) -> None:
    make_visit(make_round(world.province, today(), status="SCHEDULED"), world.dai_tu)
    one, other = (
        re.sub(rb"DTSTAMP:\w+", b"", Client().get(address(person)).content) for _ in range(2)
    )
    assert one == other


def test_cancelled_and_long_past_rounds_are_left_out(world: World, person: User) -> None:
    make_round(world.province, today(), status="CANCELLED")
    make_round(world.province, today() - timedelta(days=61))
    make_visit(make_round(world.province, today() - timedelta(days=60)), world.justice)
    assert list(events(person)) == ["Kiểm tra Sở Tư pháp (hoàn thành)"]


@pytest.mark.parametrize("role", ["STAFF", "INSPECTOR", "REPORTER", "LEADER"])
def test_unit_to_be_visited_reads_only_what_was_completed(world: World, role: str) -> None:
    for status in ("SCHEDULED", "IN_PROGRESS", "COMPLETED"):
        round_ = make_round(world.province, today(), status=status)
        make_visit(round_, world.dai_tu)
        make_visit(round_, world.justice)
    assert list(events(make_user(role, world.dai_tu))) == ["Kiểm tra Huyện Đại Từ (hoàn thành)"]


def test_administrator_and_stranger_read_nothing(world: World) -> None:
    make_visit(make_round(world.province, today(), status="SCHEDULED"), world.dai_tu)
    assert events(make_user("ADMIN", world.province)) == {}
    assert events(make_user("STAFF", world.elsewhere)) == {}


# --- when the address is no more -------------------------------------------------------------


def code(path: str) -> int:
    return Client().get(path).status_code


def test_renewed_address_answers_404_and_the_new_one_works(staff: Client) -> None:
    user: User = staff.user  # type: ignore[attr-defined]  # see client_of
    page = staff.get("/calendar/feed/")
    old = page.context["address"]
    assert old in page.content.decode()
    assert code(old) == 200
    asked = staff.get("/calendar/renew/").content.decode()
    assert "Địa chỉ hiện nay ngừng hoạt động ngay" in asked
    assert code(old) == 200, "nothing happens before it is confirmed"
    answer = staff.post("/calendar/renew/", {"serial": 1, "_once": str(uuid.uuid4())})
    assert answer.headers["Location"] == "/calendar/feed/"
    assert code(old) == 404
    new = staff.get("/calendar/feed/").context["address"]
    assert new != old
    assert code(new) == 200
    event = Event.objects.of(user).get(note="Đổi địa chỉ lịch riêng.")
    assert CalendarFeed.of(user).token not in f"{event.label}{event.changes}{event.note}"


def test_address_renewed_in_another_window_is_not_renewed_again(staff: Client) -> None:
    staff.get("/calendar/feed/")
    for _ in range(2):
        answer = staff.post("/calendar/renew/", {"serial": 1, "_once": str(uuid.uuid4())})
    assert "vừa được người khác sửa" in answer.content.decode()
    assert CalendarFeed.objects.get().serial == 2


def test_forged_addresses_answer_404(person: User) -> None:
    good = CalendarFeed.of(person).token
    _, _, seal = good.partition("~")
    other = make_user("STAFF", person.unit)  # type: ignore[arg-type]  # it has one
    CalendarFeed.of(other)
    for token in (
        "x", "1.1", f"{person.pk}.1~", f"{other.pk}.1~{seal}", f"{person.pk}.2~{seal}", good[:-1],
        f"{good}~{seal}", "a.b~c",
    ):  # fmt: skip
        assert code(f"/calendar/{token}.ics") == 404, token


@pytest.mark.parametrize(
    "state",
    [
        {"is_active": False},
        {"must_change_password": True},
        {
            "last_login": timezone.now() - timedelta(days=46),
            "enabled_at": timezone.now() - timedelta(days=90),
        },
    ],
)
def test_account_that_may_not_sign_in_has_no_address(person: User, state: dict[str, Any]) -> None:
    path = address(person)
    assert code(path) == 200
    User.objects.filter(pk=person.pk).update(**state)
    assert code(path) == 404


# --- what leaves, and what stays ---------------------------------------------------------------


def test_answer_is_kept_nowhere_and_sets_no_cookie(person: User) -> None:
    answer = Client().get(address(person))
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert not answer.cookies
    assert not Event.objects.exists(), "reading leaves no mark, least of all with the address"


def test_address_does_not_reach_the_log(
    person: User, caplog: pytest.LogCaptureFixture, settings: Any
) -> None:
    path = address(person)
    User.objects.filter(pk=person.pk).update(is_active=False)
    caplog.handler.addFilter(WithoutSecrets())
    with caplog.at_level(logging.DEBUG):
        assert code(path) == 404
    assert "/calendar/….ics" in caplog.text
    assert path not in caplog.text
    assert settings.LOGGING["handlers"]["console"]["filters"] == ["secrets"]


def test_ten_times_the_rounds_cost_no_more_queries(world: World, person: User) -> None:
    def fill(number: int) -> None:
        for _ in range(number):
            team = make_team(world.province)
            round_ = make_round(world.province, today(), status="SCHEDULED", team=team)
            make_visit(round_, world.dai_tu)
            make_visit(round_, world.justice)

    counts, path = [], address(person)
    for number in (2, 18):
        fill(number)
        with CaptureQueriesContext(connection) as queries:
            Client().get(path)
        counts.append(len(queries))
    assert counts == [5, 5]


def test_first_visit_makes_the_address_and_the_next_keeps_it(leader: Client) -> None:
    first = leader.get("/calendar/feed/").context["address"]
    assert leader.get("/calendar/feed/").context["address"] == first
    assert first.startswith("http://testserver/calendar/")
