"""`send_reminders`: which remedy is told, on which day, once."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.core.management import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from congvu.dates import today
from congvu.trail import mark
from findings.models import Extension, ExtensionRequest, Progress, Remedy
from findings.reminders import by_hand
from notices.making import tell
from notices.models import Digest, LastRun, Notice
from notices.people import People
from tests.conftest import World, client_of
from tests.factories import make_remedy, make_round, make_user, make_visit
from tests.notices.helpers import run, told, when

pytestmark = pytest.mark.django_db

DUE = date(2026, 6, 30)


def test_a_remedy_due_in_seven_days_makes_a_notice_and_one_mail(
    remedy: Remedy, contact: User
) -> None:
    run("2026-06-23")
    text = (
        "Kiến nghị KN-1 (Nhắc nhở, rút kinh nghiệm) đối với Xã Tiên Hội: còn 7 ngày (hạn "
        "30/06/2026)."
    )
    assert told(contact) == [text]
    [letter] = mail.outbox
    assert letter.to == ["xa@example.vn"]
    assert letter.subject == "Công vụ: 1 việc cần chú ý ngày 23/06/2026"
    assert f"- {text}" in letter.body
    page = client_of(contact).get("/notices/").content.decode()
    assert text in page
    assert '<span class="bell-count">1<' in page


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2026-06-22", []),
        ("2026-06-23", ["còn 7 ngày"]),
        ("2026-06-24", []),
        ("2026-06-26", []),
        ("2026-06-27", ["còn 3 ngày"]),
        ("2026-06-28", []),
        ("2026-06-29", ["còn 1 ngày"]),
        ("2026-06-30", []),
        ("2026-07-01", []),
        ("2026-07-06", []),
        ("2026-07-07", ["quá hạn 7 ngày"]),
        ("2026-07-08", []),
        ("2026-07-14", ["quá hạn 14 ngày"]),
        ("2027-06-29", ["quá hạn 364 ngày"]),
    ],
)
def test_the_days_on_which_a_remedy_is_told(
    remedy: Remedy, contact: User, day: str, said: list[str]
) -> None:
    run(day)
    assert when(contact) == said


def test_every_day_from_before_to_after(remedy: Remedy, contact: User) -> None:
    for number in range(40):
        run(DUE + timedelta(days=number - 12))
    assert when(contact) == [
        "còn 7 ngày", "còn 3 ngày", "còn 1 ngày",
        "quá hạn 7 ngày", "quá hạn 14 ngày", "quá hạn 21 ngày",
    ]  # fmt: skip
    assert [each.subject[-10:] for each in mail.outbox] == [
        "23/06/2026", "27/06/2026", "29/06/2026", "07/07/2026", "14/07/2026", "21/07/2026",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2026-06-23", []),  # seven days before the first due day, but more time was given
        ("2026-07-07", []),  # a week after it
        ("2026-07-13", ["còn 7 ngày"]),
        ("2026-07-19", ["còn 1 ngày"]),
        ("2026-07-27", ["quá hạn 7 ngày"]),
    ],
)
def test_the_due_day_in_force_counts(
    remedy: Remedy, contact: User, day: str, said: list[str]
) -> None:
    Extension.objects.create(remedy=remedy, decided_on="2026-06-20", due_on="2026-07-20")
    run(day)
    assert when(contact) == said


def test_an_extension_decided_later_counts_from_its_day_on(remedy: Remedy, contact: User) -> None:
    Extension.objects.create(remedy=remedy, decided_on="2026-06-25", due_on="2026-07-04")
    run("2026-06-23")
    run("2026-06-27")  # seven days before the new day, three before the old one
    assert told(contact)[0].endswith("còn 7 ngày (hạn 30/06/2026).")
    assert told(contact)[1].endswith("còn 7 ngày (hạn 04/07/2026).")
    assert len(told(contact)) == 2


def test_five_missed_days_tell_the_last_threshold_alone(remedy: Remedy, contact: User) -> None:
    run("2026-06-22")
    run("2026-06-28")  # seven and three days before went by
    assert when(contact) == ["còn 2 ngày"]
    run("2026-06-29")
    assert when(contact) == ["còn 2 ngày", "còn 1 ngày"]
    assert len(mail.outbox) == 2


def test_missed_days_lead_on_to_what_came_after(remedy: Remedy, contact: User) -> None:
    other = make_remedy(remedy.visit, code="KN-2", due_on=DUE + timedelta(days=4))
    run("2026-06-24")
    run("2026-06-30")
    texts = told(contact)
    assert len(texts) == 2
    # One day before went by, and seven days before.
    assert re.search("KN-1 .*: hôm nay là hạn", texts[0])
    assert re.search(f"{other.code} .*: còn 4 ngày", texts[1])
    assert len(mail.outbox) == 1


def test_after_weeks_without_a_run_each_remedy_is_told_once(remedy: Remedy, contact: User) -> None:
    run("2026-06-22")
    run("2026-08-01")
    assert when(contact) == ["quá hạn 32 ngày"]
    run("2026-08-04")  # five weeks
    assert when(contact)[1:] == ["quá hạn 35 ngày"]


def test_the_first_run_tells_its_own_day_alone(remedy: Remedy, contact: User) -> None:
    run("2026-06-24")
    assert told(contact) == []


def test_twice_on_one_day_changes_nothing(remedy: Remedy, contact: User) -> None:
    run("2026-06-23")
    run("2026-06-23")
    assert len(told(contact)) == Digest.objects.count() == len(mail.outbox) == 1


def test_what_is_done_is_not_told(remedy: Remedy, contact: User) -> None:
    Remedy.objects.filter(pk=remedy.pk).update(completed_on="2026-06-20")
    run("2026-06-23")
    assert Notice.objects.count() == 0


def test_what_is_done_waits_unseen_no_more(remedy: Remedy, contact: User, world: World) -> None:
    make_remedy(remedy.visit, code="KN-2", due_on=DUE)
    run("2026-07-07")
    with time_machine.travel("2026-07-08 08:00+07:00", tick=False):
        remedy.complete(by=make_user("STAFF", world.province), completed_on=date(2026, 7, 7))
    [waiting] = Notice.objects.filter(person=contact).unseen()
    assert "KN-2" in waiting.text


def test_a_new_demand_is_told_once_to_the_unit(remedy: Remedy, contact: User, world: World) -> None:
    """Whether it was added after the round was completed or came to count with it."""
    staff = make_user("STAFF", world.province)
    with time_machine.travel("2026-05-25 18:00+07:00", tick=False):
        mark(staff, remedy, "added")
        open_round = make_round(world.province, date(2026, 5, 22), status="IN_PROGRESS")
        make_remedy(make_visit(open_round, world.tien_hoi), code="KN-2", due_on=None)
        run("2026-05-25")
        text = (
            "Kiến nghị mới KN-1 (Nhắc nhở, rút kinh nghiệm) đối với Xã Tiên Hội, hạn 30/06/2026: "
            "hãy mở xem và bấm “Tiếp nhận kiến nghị”."
        )
        assert told(contact) == [text]
    with time_machine.travel("2026-05-26 18:00+07:00", tick=False):
        open_round.complete(staff)
        for _ in range(2):
            run("2026-05-26")
    assert [each.split()[3] for each in told(contact)] == ["KN-1", "KN-2"]
    # The inspecting side made it and is not told.
    assert told(staff) == []


def test_what_the_unit_knows_of_is_not_new(remedy: Remedy, contact: User, world: World) -> None:
    with time_machine.travel("2026-05-25 18:00+07:00", tick=False):
        mark(make_user("STAFF", world.province), remedy, "added")
        remedy.acknowledge(contact)
        run("2026-05-25")
    assert told(contact) == []


@pytest.mark.parametrize("status", ["SCHEDULED", "IN_PROGRESS", "CANCELLED"])
def test_only_completed_rounds_are_told_of(
    remedy: Remedy, contact: User, world: World, status: str
) -> None:
    """A surprise inspection above all: its remedies are known to nobody of the unit."""
    make_user("STAFF", world.province)
    type(remedy.visit.round).objects.filter(pk=remedy.visit.round_id).update(status=status)
    Progress.objects.create(remedy=remedy, by=contact, text="Xong", claimed_on="2026-06-01")
    run("2026-06-23")
    assert Notice.objects.count() == 0
    assert mail.outbox == []


def test_no_due_day_is_never_told(remedy: Remedy, contact: User) -> None:
    Remedy.objects.filter(pk=remedy.pk).update(due_on=None)
    run("2026-06-23")
    assert told(contact) == []


def test_thresholds_are_settings(remedy: Remedy, contact: User, settings: object) -> None:
    settings.REMIND_DAYS_BEFORE = [10]  # type: ignore[attr-defined]  # pytest-django's own
    run("2026-06-20")
    run("2026-06-23")
    assert when(contact) == ["còn 10 ngày"]


def test_one_mail_a_day_for_all_that_waits(remedy: Remedy, contact: User) -> None:
    for number in range(50):
        make_remedy(remedy.visit, code=f"X{number:02}", due_on=DUE)
    run("2026-06-23")
    [letter] = mail.outbox
    assert letter.subject.startswith("Công vụ: 51 việc")
    assert letter.body.count("\n- ") == 40
    assert "… và 11 việc khác" in letter.body
    # What came after the day's mail waits for the next day's.
    make_remedy(remedy.visit, code="SAU", due_on=DUE)
    run("2026-06-23")
    assert len(mail.outbox) == 1
    run("2026-06-24")
    assert "SAU" in mail.outbox[1].body
    assert mail.outbox[1].subject.startswith("Công vụ: 1 việc")


def test_links_begin_with_the_address_of_the_site(
    remedy: Remedy, contact: User, settings: object
) -> None:
    settings.SITE_URL = "https://congvu.example"  # type: ignore[attr-defined]  # pytest-django's own
    run("2026-06-23")
    assert f"https://congvu.example/remedies/{remedy.pk}/" in mail.outbox[0].body
    assert "https://congvu.example/notices/settings/" in mail.outbox[0].body


def test_a_trial_of_days_ahead_keeps_nothing_back(remedy: Remedy, contact: User) -> None:
    run(today() + timedelta(days=300))
    last = LastRun.last()
    assert last is not None
    assert last.day == today()


def test_a_day_that_is_none(db: None) -> None:
    with pytest.raises(CommandError, match="không phải ngày"):
        run("hôm qua")


# --- what waits for an answer, and answers ---------------------------------------------------


@pytest.fixture
def staff_user(world: World) -> User:
    return make_user("STAFF", world.province, "canbo", email="canbo@example.vn")


def test_a_claim_is_told_to_the_inspecting_side_once(
    remedy: Remedy, contact: User, staff_user: User, world: World
) -> None:
    leader = make_user("LEADER", world.province)
    remedy.report(by=contact, text="Đã làm xong", completed_on=date(2026, 6, 1))
    run("2026-06-10")
    run("2026-06-11")
    assert told(staff_user) == [
        "Đơn vị báo đã hoàn thành kiến nghị KN-1 (Xã Tiên Hội); chờ xác nhận."
    ]
    assert told(contact) == told(leader) == []


def test_the_asked_side_is_never_told_to_accept_its_own_work(world: World) -> None:
    """The district inspected itself: its inspector may not settle, the province's staff may."""
    visit = make_visit(make_round(world.dai_tu, date(2026, 5, 22)), world.dai_tu)
    own = make_remedy(visit, code="KN-9", due_on=None)
    inspector = make_user("INSPECTOR", world.dai_tu)
    above = make_user("STAFF", world.province)
    own.report(by=make_user("REPORTER", world.dai_tu), text="x", completed_on=date(2026, 6, 1))
    run("2026-06-10")
    assert told(inspector) == []
    assert len(told(above)) == 1


def test_a_refused_claim_is_told_to_the_unit(
    remedy: Remedy, contact: User, staff_user: User
) -> None:
    remedy.report(by=contact, text="Đã làm xong", completed_on=date(2026, 6, 1))
    run("2026-06-10")
    remedy.refresh_from_db()
    remedy.send_back(by=staff_user, reason="Chưa có ảnh")
    run("2026-06-11")
    assert told(contact) == [
        "Báo cáo hoàn thành kiến nghị KN-1 (Xã Tiên Hội) bị trả lại; hãy xem lý do, làm tiếp rồi "
        "báo cáo lại."
    ]
    assert len(told(staff_user)) == 1


def test_a_request_for_more_time_and_its_answer(
    remedy: Remedy, contact: User, staff_user: User
) -> None:
    asked = ExtensionRequest.objects.create(
        remedy=remedy, by=contact, until=date(2026, 7, 15), reason="Mưa lũ"
    )
    run(today())
    assert told(staff_user) == [
        "Đơn vị xin gia hạn kiến nghị KN-1 (Xã Tiên Hội) đến 15/07/2026; chờ trả lời."
    ]
    Notice.objects.filter(person=contact).delete()  # of its due day, on whichever day this is run
    ExtensionRequest.objects.filter(pk=asked.pk).update(
        answered_at=timezone.now(), answered_by=staff_user, refusal="Đã gia hạn hai lần"
    )
    run(today())
    answer = "Đề nghị gia hạn kiến nghị KN-1 (Xã Tiên Hội) không được chấp nhận; hạn giữ nguyên."
    assert answer in told(contact)
    assert answer not in told(staff_user)


def test_an_answer_of_before_the_last_run_is_not_told_again(
    remedy: Remedy, contact: User, staff_user: User
) -> None:
    given = Extension.objects.create(remedy=remedy, decided_on="2026-06-20", due_on="2026-09-01")
    ExtensionRequest.objects.create(
        remedy=remedy, by=contact, until=date(2026, 9, 1), reason="Mưa lũ", extension=given,
        answered_by=staff_user, answered_at=datetime(2026, 6, 20, 9, tzinfo=UTC),
    )  # fmt: skip
    run("2026-06-20")
    said = "Đề nghị gia hạn kiến nghị KN-1 (Xã Tiên Hội) được chấp nhận; hạn mới 01/09/2026."
    assert told(contact) == [said]
    run("2026-06-21")
    Notice.objects.all().delete()  # as `tidy` does
    run("2026-06-22")
    assert told(contact) == []


def test_a_thousand_remedies_ask_no_more_often_than_ten(remedy: Remedy, contact: User) -> None:
    def queries(day: str) -> int:
        with CaptureQueriesContext(connection) as found:
            run(day)
        return len(found)

    for number in range(9):
        make_remedy(remedy.visit, code=f"A{number}", due_on=DUE)
    few = queries("2026-06-23")
    round_ = make_round(remedy.visit.round.body, date(2026, 5, 23))
    visit = make_visit(round_, remedy.visit.unit)
    for number in range(300):
        make_remedy(visit, code=f"B{number}", due_on=DUE)
    assert Notice.objects.count() == 10
    many = queries("2026-06-27")
    assert Notice.objects.count() == 10 + 310
    assert many <= few


def test_by_hand_a_unit_s_contacts_are_told_once_a_day(
    remedy: Remedy, contact: User, staff_user: User
) -> None:
    Extension.objects.create(remedy=remedy, decided_on="2026-06-20", due_on="2026-07-20")
    for day in (date(2026, 6, 25), date(2026, 6, 25), date(2026, 7, 22)):
        tell([by_hand(remedy, People.now(), day)], day)
    said = "Cơ quan kiểm tra nhắc thực hiện kiến nghị KN-1 (Xã Tiên Hội): "
    assert told(contact) == [
        f"{said}còn 25 ngày (hạn 20/07/2026).",
        f"{said}quá hạn 2 ngày (hạn 20/07/2026).",
    ]
    assert told(staff_user) == []
