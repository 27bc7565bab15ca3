"""Who is told of a remedy and who is not: by role, unit, scope and weeks overdue."""

from __future__ import annotations

from datetime import date

import pytest

from accounts.models import User
from findings.models import Remedy
from inspections.models import TeamMember
from notices.models import Notice
from tests.conftest import World, client_of
from tests.factories import (
    make_remedy,
    make_round,
    make_succession,
    make_team,
    make_unit,
    make_user,
    make_visit,
)
from tests.notices.helpers import run, told

pytestmark = pytest.mark.django_db

SOON, ONE_WEEK, TWO_WEEKS, FOUR_WEEKS = "2026-06-23", "2026-07-07", "2026-07-14", "2026-07-28"


def people() -> set[str]:
    """Sign-in names of whoever was told."""
    return set(Notice.objects.values_list("person__username", flat=True))


@pytest.fixture
def everybody(world: World) -> None:
    """Somebody of each role in each of the units around the visited commune, and elsewhere."""
    neighbour = make_unit("05810", "Xã Cát Nê", world.dai_tu, kind="COMMUNE")
    for unit, name in (
        (world.province, "tinh"),
        (world.justice, "so"),
        (world.dai_tu, "huyen"),
        (world.tien_hoi, "xa"),
        (neighbour, "xabencanh"),
        (world.elsewhere, "tinhkhac"),
    ):
        for role in ("STAFF", "INSPECTOR", "REPORTER", "LEADER", "ADMIN"):
            make_user(role, unit, f"{role.lower()}.{name}")


CONTACTS = {"reporter.xa", "reporter.huyen", "reporter.tinh"}
BODY = {"staff.tinh", "inspector.tinh"}


@pytest.mark.parametrize(
    ("day", "more"),
    [
        (SOON, set()),
        (ONE_WEEK, set()),
        (TWO_WEEKS, {"leader.xa"}),
        (FOUR_WEEKS, {"leader.xa", "leader.tinh"}),
    ],
)
def test_contacts_and_the_inspecting_body_then_the_head_then_its_leaders(
    remedy: Remedy, everybody: None, day: str, more: set[str]
) -> None:
    run(day)
    assert people() == CONTACTS | BODY | more
    # Everybody who was told may read it, at the address that the notice has.
    for notice in Notice.objects.select_related("person"):
        assert Remedy.objects.visible_to(notice.person).filter(pk=remedy.pk).exists()


def test_with_a_keeper_staff_are_told_in_the_fourth_week_only(
    remedy: Remedy, everybody: None
) -> None:
    keeper = User.objects.get(username="inspector.huyen")
    Remedy.objects.filter(pk=remedy.pk).update(keeper=keeper)
    run(SOON)
    assert people() == CONTACTS | {"inspector.huyen"}
    run(FOUR_WEEKS)
    assert people() == CONTACTS | {"inspector.huyen", "leader.xa", "staff.tinh", "leader.tinh"}


@pytest.mark.parametrize("change", [{"is_active": False}, {"role": "ADMIN"}])
def test_a_keeper_who_may_not_read_it_any_more_is_no_keeper(
    remedy: Remedy, everybody: None, change: dict[str, object]
) -> None:
    User.objects.filter(username="staff.so").update(**change)
    Remedy.objects.filter(pk=remedy.pk).update(keeper=User.objects.get(username="staff.so"))
    run(SOON)
    assert people() == CONTACTS | BODY


def test_a_keeper_of_another_department_by_the_round_s_team(
    remedy: Remedy, everybody: None, world: World
) -> None:
    keeper = User.objects.get(username="inspector.so")
    Remedy.objects.filter(pk=remedy.pk).update(keeper=keeper)
    run(SOON)
    assert "inspector.so" not in people()  # out of its scope
    Notice.objects.all().delete()
    team = make_team(world.province)
    TeamMember.objects.create(team=team, name="Người của sở", account=keeper)
    type(remedy.visit.round).objects.filter(pk=remedy.visit.round_id).update(team=team)
    run(SOON)
    assert people() == CONTACTS | {"inspector.so"}


def test_closed_accounts_are_told_nothing(remedy: Remedy, contact: User) -> None:
    User.objects.filter(pk=contact.pk).update(is_active=False)
    run(SOON)
    assert told(contact) == []


def test_the_closest_of_the_inspecting_side(world: World) -> None:
    """A district without accounts of its own any more: the province's staff follow up."""
    visit = make_visit(make_round(world.dai_tu, date(2026, 5, 22)), world.tien_hoi)
    make_remedy(visit, due_on=date(2026, 6, 30))
    staff = make_user("STAFF", world.province, "tinh")
    inspector = make_user("INSPECTOR", world.province, "ktv")
    run(SOON)
    assert len(told(staff)) == len(told(inspector)) == 1
    Notice.objects.all().delete()
    make_user("INSPECTOR", world.dai_tu, "huyen")
    run(SOON)
    assert people() == {"huyen"}


def test_a_unit_that_was_merged_is_told_by_its_heir(world: World, remedy: Remedy) -> None:
    heir = make_unit("05999", "Xã Mới", world.province, kind="COMMUNE")
    make_succession(world.tien_hoi, heir, date(2026, 6, 1))
    reporter = make_user("REPORTER", heir, "moi")
    leader = make_user("LEADER", heir, "lanhdaomoi")
    run(TWO_WEEKS)
    assert len(told(reporter)) == len(told(leader)) == 1


def test_weeks_are_settings(remedy: Remedy, everybody: None, settings: object) -> None:
    settings.REMIND_HEAD_FROM_WEEK = 1  # type: ignore[attr-defined]  # pytest-django's own
    settings.REMIND_BODY_FROM_WEEK = 2  # type: ignore[attr-defined]  # pytest-django's own
    run(ONE_WEEK)
    assert people() == CONTACTS | BODY | {"leader.xa"}
    run(TWO_WEEKS)
    assert people() == CONTACTS | BODY | {"leader.xa", "leader.tinh"}


def test_no_name_of_a_person_is_told(world: World, contact: User, mailoutbox: list[object]) -> None:
    visit = make_visit(make_round(world.province, date(2026, 5, 22)), world.tien_hoi)
    make_remedy(
        visit, kind="DISCIPLINE", subject="INDIVIDUAL", person_name="Nguyễn Văn Kín",
        person_post="Công chức Kín", answerer="Ông Kín", content="Kín", due_on=date(2026, 6, 30),
    )  # fmt: skip
    run(SOON)
    [letter] = mailoutbox
    page = client_of(contact).get("/notices/").content.decode()
    for text in (letter.body, letter.subject, *told(contact), page):  # type: ignore[attr-defined]  # an EmailMessage
        assert "Kín" not in text
    assert contact.full_name not in letter.body  # type: ignore[attr-defined]  # an EmailMessage


def test_whoever_moved_to_another_unit_reads_no_more_of_the_former_one(
    remedy: Remedy, contact: User, world: World
) -> None:
    run(SOON)
    notice = Notice.objects.get(person=contact)
    User.objects.filter(pk=contact.pk).update(unit=world.justice)
    client = client_of(User.objects.get(pk=contact.pk))
    page = client.get("/notices/").content.decode()
    assert "KN-1" not in page
    assert "bell-count" not in page
    assert client.get(notice.get_absolute_url()).status_code == 404
