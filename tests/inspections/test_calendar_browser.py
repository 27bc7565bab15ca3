"""In Chromium: a round moved by keys, the calendar at both sizes, an account chosen by typing."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client

from inspections.models import Round, TeamMember
from tests.browsing import SIZES, signed_in
from tests.conftest import World
from tests.factories import (
    make_item,
    make_plan,
    make_round,
    make_team,
    make_user,
    make_visit,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def busy(world: World) -> Round:
    """A planned round on Thursday 5 November 2026 with a warning, and much beside it."""
    team = make_team(world.province, name="Đoàn kiểm tra công vụ số 1")
    TeamMember.objects.create(team=team, name="An", unit=world.dai_tu, group="Tổ 1")
    planned = make_round(
        world.province, date(2026, 11, 5), status="SCHEDULED", team=team, code="KH1"
    )
    make_visit(planned, world.dai_tu)
    for status in ("IN_PROGRESS", "COMPLETED"):
        make_visit(make_round(world.province, date(2026, 11, 12), status=status), world.justice)
    for _ in range(7):
        make_visit(
            make_round(world.province, date(2026, 11, 19), ends_on=date(2026, 11, 21)),
            world.tien_hoi,
        )
    make_item(make_plan(world.province, year=2026, issued_on=date(2026, 1, 5)), world.justice, 11)
    return planned


def open_page(browser: Any, live_server: Any, client: Client, size: str, path: str) -> Any:
    page = signed_in(browser, live_server, client, SIZES[size]).new_page()
    page.goto(path)
    return page


def faults_of(page: Any) -> list[str]:
    """What axe finds wrong, and whether the page is wider than the window."""
    found = [each["id"] for each in Axe().run(page).response["violations"]]
    width = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return [*found, *([f"wider than the window by {width} px"] if width > 0 else [])]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    "path",
    [
        "/calendar/?month=2026-11",
        "/calendar/?month=2026-11&view=month",
        "/calendar/?month=2026-11&view=agenda",
        "/calendar/?month=2020-01",
        "/calendar/feed/",
        "/calendar/renew/",
        "/rounds/{pk}/move/",
        "/rounds/{pk}/move/?to=2026-11-06",
        "/rounds/{pk}/edit/",
        "/teams/{team}/",
        "/teams/{team}/edit/",
    ],
)
def test_pages_fit_the_window_and_have_no_fault_that_axe_finds(
    browser: Any, live_server: Any, staff: Client, busy: Round, size: str, path: str
) -> None:
    where = path.format(pk=busy.pk, team=busy.team_id)
    page = open_page(browser, live_server, staff, size, where)
    assert faults_of(page) == []
    page.context.close()


def test_phone_opens_at_the_agenda_and_a_wide_screen_at_the_month(
    browser: Any, live_server: Any, staff: Client, busy: Round
) -> None:
    for size, grid in (("phone", False), ("desktop", True)):
        page = open_page(browser, live_server, staff, size, "/calendar/?month=2026-11")
        assert page.locator(".calendar-month").is_visible() is grid
        assert page.locator(".calendar-agenda").is_visible() is not grid
        marked = page.locator("[aria-label='Cách xem'] [aria-current]")
        assert marked.all_inner_texts() == ["Lưới tháng" if grid else "Danh sách ngày"]
        page.goto("/calendar/?month=2026-11&view=month")
        assert page.locator(".calendar-month").is_visible()
        page.goto("/calendar/?month=2026-11&view=agenda")
        assert page.locator(".calendar-agenda").is_visible()
        page.context.close()


@pytest.mark.parametrize(
    ("key", "day"), [("ArrowLeft", 4), ("ArrowRight", 6), ("ArrowUp", 29), ("ArrowDown", 12)]
)
def test_alt_and_an_arrow_leads_to_the_move_and_enter_makes_it(
    browser: Any, live_server: Any, staff: Client, busy: Round, key: str, day: int
) -> None:
    page = open_page(browser, live_server, staff, "desktop", "/calendar/?month=2026-11&body=19")
    entry = page.locator(".calendar-month .entry", has_text="Huyện Đại Từ")
    # By keys alone: the skip link, then on until the entry has the focus.
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    for _ in range(40):
        page.keyboard.press("Tab")
        if entry.evaluate("each => each === document.activeElement"):
            break
    else:
        pytest.fail("the entry is not reached by the Tab key")
    page.keyboard.press(f"Alt+{key}")
    page.wait_for_url(f"**/rounds/{busy.pk}/move/**")
    page.get_by_role("heading", name="Lịch sau khi dời").wait_for()
    busy.refresh_from_db()
    assert busy.starts_on == date(2026, 11, 5), "nothing moves before it is confirmed"
    page.keyboard.press("Enter")
    page.wait_for_url("**/calendar/**")
    assert "body=19" in page.url
    page.get_by_text("Đã dời cuộc KH1").wait_for()
    busy.refresh_from_db()
    assert busy.starts_on == date(2026, 10 if key == "ArrowUp" else 11, day)
    assert busy.visits.get().visited_on == busy.starts_on
    page.context.close()


def test_other_keys_lead_nowhere_and_rounds_under_way_say_why(
    browser: Any, live_server: Any, staff: Client, busy: Round
) -> None:
    path = "/calendar/?month=2026-11&view=agenda"
    page = open_page(browser, live_server, staff, "desktop", path)
    page.locator(".entry", has_text="Huyện Đại Từ").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Alt+Shift+ArrowRight")
    for _ in range(2):
        page.locator(".entry", has_text="Đang kiểm tra").focus()
        page.keyboard.press("Alt+ArrowDown")
        said = "đang ở trạng thái “Đang kiểm tra”; chỉ dời được cuộc còn ở trạng thái “Dự kiến”."
        page.locator(".entry-why", has_text=said).wait_for()
        page.locator("#announce", has_text=said).wait_for(state="attached")
    assert page.locator(".entry-why").count() == 1
    assert faults_of(page) == []
    assert page.url.endswith(path)
    page.context.close()


def test_account_is_chosen_by_typing_and_fills_the_row(
    browser: Any, live_server: Any, staff: Client, world: World
) -> None:
    make_user("INSPECTOR", world.justice, full_name="Đặng Thị Bình", post="Chuyên viên")
    page = open_page(browser, live_server, staff, "desktop", "/teams/create/")
    page.fill("[name=name]", "Đoàn số 1")
    field = page.locator("[name=members-0-account]")
    field.press_sequentially("dang thi b", delay=10)
    page.wait_for_selector(".unit-options.show [role=option]")
    assert faults_of(page) == []
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert field.input_value() == "Đặng Thị Bình – Chuyên viên, Sở Tư pháp"
    filled = [page.input_value(f"[name=members-0-{name}]") for name in ("name", "post", "unit")]
    assert filled == ["Đặng Thị Bình", "Chuyên viên", "Sở Tư pháp (19.STP)"]
    page.fill("[name=members-0-group]", "Tổ 1")
    page.locator("[name=members-1-group]").focus()
    options = "[...document.querySelectorAll('#team-groups option')].map(each => each.value)"
    assert page.evaluate(options) == ["Tổ 1"]
    page.click("button:has-text('Lập đoàn')")
    page.wait_for_selector("h1:has-text('Đoàn số 1')")
    member = TeamMember.objects.get()
    assert (member.account and member.account.full_name, member.group) == ("Đặng Thị Bình", "Tổ 1")
    page.context.close()
