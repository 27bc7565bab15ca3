"""One's own notices: unseen first, put aside one by one or all, and the choice about e-mail."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from congvu.models import Event
from notices.models import Digest, Notice
from tests.conftest import World, client_of
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def make_notice(person: User, text: str, **fields: object) -> Notice:
    """A notice told to the person as the account now is."""
    values = {"day": date(2026, 6, 23), "url": "/remedies/", "key": text, **fields}
    return Notice.objects.create(
        person=person, role=person.role, unit=person.unit, text=text, **values
    )


@pytest.fixture
def me(reporter: Client) -> User:
    person: User = reporter.user  # type: ignore[attr-defined]  # see client_of
    return person


def places(page: str, *texts: str) -> list[str]:
    """The texts in the order in which the page has them."""
    return sorted((each for each in texts if each in page), key=page.index)


def test_unseen_come_first_then_the_latest(reporter: Client, me: User) -> None:
    make_notice(me, "Mot", day=date(2026, 6, 1))
    make_notice(me, "Hai", seen_at=timezone.now())
    make_notice(me, "Ba", day=date(2026, 6, 20))
    page = reporter.get("/notices/").content.decode()
    assert places(page, "Mot", "Hai", "Ba") == ["Ba", "Mot", "Hai"]
    assert "2 nhắc việc chưa xem" in page
    assert page.count('class="unseen"') == 2


def test_opening_leads_on_and_counts_as_seen(reporter: Client, me: User) -> None:
    notice = make_notice(me, "Mot")
    assert reporter.head(f"/notices/{notice.pk}/").status_code == 302
    notice.refresh_from_db()
    assert notice.seen_at is None
    assert reporter.get(f"/notices/{notice.pk}/").headers["Location"] == "/remedies/"
    notice.refresh_from_db()
    assert notice.seen_at is not None


def test_put_aside_one_and_back_to_where_one_was(reporter: Client, me: User) -> None:
    first, second = make_notice(me, "Mot"), make_notice(me, "Hai")
    answer = reporter.post(f"/notices/{first.pk}/seen/", {"next": "/notices/?seen=no"})
    assert answer.headers["Location"] == "/notices/?seen=no"
    assert list(Notice.objects.unseen()) == [second]
    answer = reporter.post(f"/notices/{first.pk}/seen/", {"next": "https://example.com/"})
    assert answer.headers["Location"] == "/notices/"


def test_put_aside_all_touches_nobody_else_s(reporter: Client, me: User, world: World) -> None:
    make_notice(me, "Mot")
    other = make_notice(make_user("REPORTER", world.dai_tu), "Hai")
    page = reporter.post("/notices/seen/", follow=True).content.decode()
    assert "Đã đánh dấu 1 nhắc việc là đã xem." in page
    assert list(Notice.objects.unseen()) == [other]
    assert "Hai" not in page


def test_filters(reporter: Client, me: User) -> None:
    make_notice(me, "Kiến nghị KN-1 đối với Xã Tiên Hội", tone="danger")
    make_notice(me, "Kiến nghị KN-2", seen_at=timezone.now(), day=date(2026, 7, 1))
    for query, found in (
        ("q=tien+hoi", ["KN-1"]),
        ("seen=yes", ["KN-2"]),
        ("seen=no", ["KN-1"]),
        ("tone=danger", ["KN-1"]),
        ("from=30/6/2026", ["KN-2"]),
        ("to=30/6/2026", ["KN-1"]),
    ):
        page = reporter.get(f"/notices/?{query}").content.decode()
        assert places(page, "KN-1", "KN-2") == found, query


def test_fifty_a_page_and_as_many_queries_as_one(reporter: Client, me: User) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert reporter.get("/notices/").status_code == 200
        return len(found)

    make_notice(me, "Mot")
    few = queries()
    for number in range(60):
        make_notice(me, f"Việc {number}")
    assert queries() == few <= 6
    page = reporter.get("/notices/").content.decode()
    assert page.count('class="unseen"') == 50
    assert "Trang 1/2" in page
    assert '<span class="bell-count">61<' in page


def test_the_bell_costs_no_query(reporter: Client, me: User) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            page = reporter.get("/help/").content.decode()
        assert 'href="/notices/"' in page
        return len(found)

    none = queries()
    make_notice(me, "Mot")
    assert queries() == none == 2  # the session, and the account with its unit and the count


def test_nothing_yet_says_when_there_will_be(reporter: Client) -> None:
    page = reporter.get("/notices/").content.decode()
    assert "Chưa có nhắc việc nào" in page
    assert "Không có nhắc việc nào chưa xem." in page


def test_the_choice_about_mail_is_kept_and_leaves_a_mark(reporter: Client, me: User) -> None:
    page = reporter.get("/notices/settings/").content.decode()
    assert "chưa có địa chỉ thư điện tử" in page
    answer = reporter.post("/notices/settings/", {"_once": ""}, follow=True)
    assert "Bạn sẽ không nhận thư nhắc việc nữa." in answer.content.decode()
    me.refresh_from_db()
    assert me.wants_email is False
    [mark] = Event.objects.of(me).filter(deed="changed")
    assert mark.changes == {"wants_email": [True, False]}
    reporter.post("/notices/settings/", {"_once": "", "wants_email": "on"})
    me.refresh_from_db()
    assert me.wants_email is True


def test_the_outbox_shows_accounts_in_scope_alone(admin: Client, world: World, me: User) -> None:
    Digest.objects.create(person=me, day=date(2026, 6, 23), state="FAILED", error="hỏng")
    far = make_user("REPORTER", world.elsewhere_district)
    Digest.objects.create(person=far, day=date(2026, 6, 23), state="FAILED")
    page = admin.get("/notices/outbox/").content.decode()
    assert me.full_name in page
    assert far.full_name not in page
    assert "send_reminders chưa chạy lần nào" in page
    page = admin.post("/notices/outbox/resend/", {"_once": ""}, follow=True).content.decode()
    assert "1 thư sẽ được gửi lại" in page
    assert Digest.objects.get(person=far).state == "FAILED"


def test_tidy_removes_what_is_past_its_keeping_time(me: User) -> None:
    old, new = make_notice(me, "Mot"), make_notice(me, "Hai")
    digests = {
        each: Digest.objects.create(person=me, day=day)
        for each, day in ((old, date(2025, 1, 1)), (new, date(2026, 1, 1)))
    }
    past = timezone.now() - timedelta(days=400)
    Notice.objects.filter(pk=old.pk).update(made_at=past, digest=digests[old])
    Notice.objects.filter(pk=new.pk).update(digest=digests[new])
    Digest.objects.filter(pk=digests[old].pk).update(made_at=past)
    call_command("tidy", verbosity=0)
    assert list(Notice.objects.all()) == [new]
    assert list(Digest.objects.all()) == [digests[new]]


def test_two_persons_are_told_apart(world: World) -> None:
    one, two = make_user("REPORTER", world.dai_tu), make_user("REPORTER", world.dai_tu)
    notice = make_notice(one, "Của một người")
    client = client_of(two)
    assert "Của một người" not in client.get("/notices/").content.decode()
    assert client.get(f"/notices/{notice.pk}/").status_code == 404
    assert client.post(f"/notices/{notice.pk}/seen/").status_code == 404
