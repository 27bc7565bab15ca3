"""Home and search: every count is the count of the list that it leads to."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from congvu.dates import today
from congvu.rules import ConflictError
from findings.models import Remedy
from inspections.models import Round
from tests.conftest import World, client_of
from tests.factories import (
    make_draft,
    make_finding,
    make_item,
    make_plan,
    make_remedy,
    make_return,
    make_round,
    make_unit,
    make_user,
    make_visit,
)


@pytest.fixture
def busy(world: World) -> World:
    """Of each kind of work some that waits, and some beside it that does not."""
    now = today()
    reporter = make_user("REPORTER", world.dai_tu)
    done = make_visit(make_round(world.province, date(2023, 5, 22)), world.dai_tu)
    make_finding(done, content="Sở Tư pháp nhắc việc")
    for due in (now - timedelta(days=3), now + timedelta(days=3), now + timedelta(days=40)):
        make_remedy(done, due_on=due)
    make_remedy(done, due_on=now - timedelta(days=9), completed_on=date(2023, 6, 1))
    claimed, answered = make_remedy(done, due_on=None), make_remedy(done, due_on=None)
    for remedy in (claimed, answered):
        remedy.report(by=reporter, text="Đã xong", completed_on=date(2023, 7, 1))
    answered.send_back(by=make_user("STAFF", world.province), reason="Chưa đủ")
    # What hangs on a round that is not completed counts nowhere.
    ahead = make_round(world.province, now + timedelta(days=2), status="SCHEDULED")
    make_remedy(make_visit(ahead, world.justice), due_on=now - timedelta(days=1))
    make_visit(
        make_round(world.province, now - timedelta(days=2), status="SCHEDULED"), world.dai_tu
    )
    make_round(world.province, now + timedelta(days=20), status="SCHEDULED")
    make_round(world.province, now - timedelta(days=2), status="CANCELLED")
    for year, status in ((2020, "SUBMITTED"), (2021, "DRAFT"), (2022, "SENT_BACK")):
        make_return(
            world.dai_tu, date(year, 1, 1), date(year, 12, 31), status=status,
            reason="Sai" if status == "SENT_BACK" else "",
        )  # fmt: skip
    make_user("REPORTER", world.dai_tu, is_active=False)
    return world


def counts(client: Client, url: str, key: str) -> dict[str, tuple[int, int]]:
    """By card: the count on it, and the count of the list that its title leads to."""
    cards = client.get(url).context[key]
    return {
        card.title: (card.count, client.get(card.url).context["listing"].count) for card in cards
    }


@pytest.mark.parametrize("role", ["STAFF", "INSPECTOR", "REPORTER", "LEADER", "ADMIN"])
def test_every_card_counts_what_its_list_holds(busy: World, role: str) -> None:
    unit = busy.province if role in ("STAFF", "LEADER", "ADMIN") else busy.dai_tu
    found = counts(client_of(make_user(role, unit)), "/", "cards")
    assert found
    assert {title: pair[0] for title, pair in found.items()} == {
        title: pair[1] for title, pair in found.items()
    }


def test_staff_find_what_waits(busy: World, staff: Client) -> None:
    found = {card.title: card.count for card in staff.get("/").context["cards"]}
    assert found == {
        "Số liệu báo cáo chờ duyệt": 1,
        "Đơn vị báo đã hoàn thành, chờ xác nhận": 1,
        "Kiến nghị quá hạn": 1,
        "Kiến nghị đến hạn trong 14 ngày tới": 1,
        "Cuộc đã qua ngày nhưng chưa hoàn thành": 1,
        "Cuộc kiểm tra hôm nay và bảy ngày tới": 1,
    }


def test_reporter_sees_no_round_that_is_ahead(busy: World, reporter: Client) -> None:
    page = reporter.get("/").content.decode()
    for round_ in Round.objects.exclude(status="COMPLETED"):
        assert round_.code not in page


def test_reporter_finds_what_it_has_still_to_report(busy: World, reporter: Client) -> None:
    now = today()
    overdue = Remedy.objects.get(due_on=now - timedelta(days=3))
    overdue.report(by=reporter.user, text="Xong", completed_on=date(2023, 7, 1))  # type: ignore[attr-defined]
    found = {card.title: card.count for card in reporter.get("/").context["cards"]}
    assert found == {
        "Số liệu báo cáo chưa gửi hoặc bị trả lại": 2,
        "Báo cáo hoàn thành bị trả lại": 1,
        # Whoever reports knows of the demand: that leaves those due soon and later.
        "Kiến nghị chờ tiếp nhận": 2,
        "Kiến nghị quá hạn": 0,
        "Kiến nghị đến hạn trong 14 ngày tới": 1,
    }
    assert all(count == listed for count, listed in counts(reporter, "/", "cards").values())


@pytest.mark.parametrize("role", ["STAFF", "INSPECTOR", "REPORTER", "LEADER", "ADMIN"])
def test_home_costs_few_queries(busy: World, role: str) -> None:
    unit = busy.province if role in ("STAFF", "LEADER", "ADMIN") else busy.dai_tu
    client = client_of(make_user(role, unit))
    with CaptureQueriesContext(connection) as queries:
        client.get("/")
    assert len(queries) <= 15


@pytest.mark.parametrize("words", ["so tu phap", "dai tu", "tu phap nhac"])
def test_search_counts_what_its_lists_hold(busy: World, staff: Client, words: str) -> None:
    found = counts(staff, f"/search/?q={words}", "hits")
    assert found
    assert all(count == listed for count, listed in found.values()), found


def test_search_of_an_inspected_unit_does_not_find_what_is_ahead(
    busy: World, inspector: Client
) -> None:
    ahead = Round.objects.get(status="SCHEDULED", ends_on=today() - timedelta(days=2))
    assert inspector.get(f"/search/?q={ahead.code}").context["hits"] == []


def test_figures_of_the_year_lead_to_their_lists(world: World, staff: Client) -> None:
    now = today()
    make_visit(make_round(world.province, now), world.dai_tu)
    make_visit(make_round(world.province, now + timedelta(days=1)), world.dai_tu)
    make_round(world.province, date(now.year - 1, 1, 1))
    figure = staff.get("/").context["figures"][0]
    assert (figure.text, figure.change[-3:]) == ("1", ": 1")
    assert staff.get(figure.url).context["listing"].count == 1


@pytest.mark.parametrize("role", ["STAFF", "LEADER"])
def test_home_tells_how_far_this_years_plan_has_come(
    busy: World, role: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    year = today().year
    # In the middle of the year, when some items may be late and others not.
    monkeypatch.setattr("congvu.home.today", lambda: date(year, 7, 1))
    client = client_of(make_user(role, busy.province))
    assert len(client.get("/").context["figures"]) == 2
    plan = make_plan(busy.province, year=year, issued_on=date(year, 1, 10))
    for month in (6, 7, 5):
        item = make_item(plan, busy.justice, month=month)
    done = make_round(busy.province, date(year, 1, 1))
    done.items.add(item)
    make_visit(done, busy.justice)
    make_item(make_draft(busy.province, year=year), busy.dai_tu)
    with CaptureQueriesContext(connection) as queries:
        figure = client.get("/").context["figures"][-1]
    assert len(queries) <= 15
    assert (figure.text, figure.change) == ("1/3", "33,3 %; 1 mục chậm")
    assert figure.url == f"/plans/{plan.pk}/progress/"
    make_item(make_plan(busy.province, year=year), busy.dai_tu)
    assert client.get("/").context["figures"][-1].url == f"/plans/?year={year}"


def test_cards_name_the_most_pressing_first(world: World, staff: Client) -> None:
    now = today()
    visit = make_visit(make_round(world.province, date(2023, 5, 22)), world.dai_tu)
    for days in (-3, -30, 9, -5, 2, -8, -1, -12, 5):
        make_remedy(visit, due_on=now + timedelta(days=days))
    cards = {card.title: card for card in staff.get("/").context["cards"]}
    overdue, near = (
        cards[title] for title in ("Kiến nghị quá hạn", "Kiến nghị đến hạn trong 14 ngày tới")
    )
    assert overdue.count == 6
    assert [each.when for each in overdue.entries] == [
        f"quá hạn {days} ngày" for days in (30, 12, 8, 5, 3)
    ]
    assert [each.when for each in near.entries] == [f"còn {days} ngày" for days in (2, 5, 9)]


def test_health_says_when_the_database_does_not_answer(client: Client, monkeypatch: Any) -> None:
    def fail(*_: object) -> None:
        raise OperationalError

    monkeypatch.setattr("congvu.health.connection.cursor", fail)
    assert client.get("/healthz").status_code == 503


def test_health_answers_the_machine_itself(db: Any, client: Client, settings: Any) -> None:
    """By its bare address, over plain HTTP, and without reading whose session it is."""
    settings.ALLOWED_HOSTS = ["congvu.example.vn"]
    client.cookies["sessionid"] = "x" * 32
    with CaptureQueriesContext(connection) as queries:
        answer = client.get("/healthz", HTTP_HOST="127.0.0.1:8000")
    assert (answer.status_code, answer.content) == (200, b"ok")
    assert len(queries) == 1


def test_second_writer_without_a_form_is_told(
    world: World, staff: Client, monkeypatch: Any
) -> None:
    def clash(*_: object, **__: object) -> None:
        raise ConflictError

    monkeypatch.setattr("congvu.home.starts", clash)
    answer = staff.get("/")
    assert answer.status_code == 409
    assert "vừa lưu" in answer.content.decode()


@pytest.mark.parametrize("role", ["INSPECTOR", "REPORTER", "ADMIN", "STAFF"])
def test_home_of_a_unit_that_is_no_more_leads_to_its_last_year(world: World, role: str) -> None:
    last = date(2025, 6, 30)
    unit = make_unit("164", "Huyện Đồng Hỷ", world.province, valid_to=last)
    client = client_of(make_user(role, unit))
    answer = client.get("/")
    page = answer.content.decode()
    assert "Huyện Đồng Hỷ kết thúc ngày 30/06/2025; hồ sơ đến ngày đó vẫn xem được." in page
    link = answer.context["ended_link"]
    starts = {start.label: start.url for start in answer.context["starts"]}
    if role == "ADMIN":
        assert link is None
        return
    assert "2025" in link.label
    links = [link.url, *(url for label, url in starts.items() if label.startswith("Tổng hợp"))]
    for url in links:
        shown = client.get(url)
        assert shown.status_code == 200
        assert "không có đơn vị nào" not in shown.content.decode()
    if role == "REPORTER":
        assert link.url.startswith("/rounds/")
        return
    assert {"Tổng hợp năm 2025", "Tổng hợp năm 2024"} <= starts.keys()
    assert list(starts)[-1] == "Ghi một cuộc kiểm tra"


def test_home_of_a_unit_in_force_says_nothing_of_an_end(world: World, staff: Client) -> None:
    answer = staff.get("/")
    assert answer.context["ended"] is None
    starts = [start.label for start in answer.context["starts"]]
    assert starts[0] == "Ghi một cuộc kiểm tra"
    assert f"Tổng hợp năm {today().year}" in starts


def test_administrator_finds_accounts_of_units_that_are_no_more(
    world: World, admin: Client
) -> None:
    ended = make_unit("164", "Huyện Đồng Hỷ", world.province, valid_to=date(2025, 6, 30))
    make_user("REPORTER", ended)
    found = counts(admin, "/", "cards")
    assert found["Tài khoản thuộc đơn vị đã kết thúc"] == (1, 1)
