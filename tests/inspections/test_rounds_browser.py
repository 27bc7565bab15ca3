"""In Chromium: a round made with several units, completed and read, on a phone and at a desk."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from inspections.models import Round
from tests.browsing import SIZES, signed_in
from tests.conftest import World
from tests.factories import make_finding, make_remedy, make_round, make_visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def faults_of(page: Any) -> list[str]:
    """What axe finds wrong."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    return [each["id"] for each in axe.run(page).response["violations"]]


@pytest.mark.parametrize("size", SIZES)
def test_round_with_more_units_than_rows_is_made_and_begun(
    browser: Any, live_server: Any, staff: Client, world: World, size: str
) -> None:
    window = signed_in(browser, live_server, staff, SIZES[size])
    page = window.new_page()
    page.goto("/rounds/create/")
    page.fill("[name=starts_on]", "22/5/2023")
    page.select_option("[name=form]", "SURPRISE")
    page.fill("[name=visits-0-unit]", "171")
    page.click("button:has-text('Thêm dòng đơn vị')")
    assert faults_of(page) == []
    field = page.locator("[name=visits-3-unit]")
    field.press_sequentially("tien hoi", delay=10)
    page.wait_for_selector(".unit-options.show [role=option]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.click("button:has-text('Tạo cuộc kiểm tra')")
    page.wait_for_selector("h1:has-text('Cuộc 19-2023-001')")
    assert faults_of(page) == []
    round_ = Round.objects.get()
    assert {visit.unit for visit in round_.visits.all()} == {world.dai_tu, world.tien_hoi}
    page.click("a:has-text('Bắt đầu kiểm tra')")
    page.click("button:has-text('Bắt đầu kiểm tra')")
    page.wait_for_selector("text=Đang kiểm tra")
    round_.refresh_from_db()
    assert round_.status == "IN_PROGRESS"
    window.close()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    "path", ["/rounds/", "/rounds/{pk}/", "/visits/{visit}/", "/teams/create/"]
)
def test_pages_fit_the_screen_and_have_no_fault_that_axe_finds(
    browser: Any, live_server: Any, staff: Client, world: World, size: str, path: str
) -> None:
    visit = make_visit(make_round(world.province), world.tien_hoi)
    make_remedy(visit, finding=make_finding(visit))
    window = signed_in(browser, live_server, staff, SIZES[size])
    page = window.new_page()
    page.goto(path.format(pk=visit.round_id, visit=visit.pk))
    assert faults_of(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    window.close()


@pytest.mark.parametrize("size", SIZES)
def test_filter_of_a_day_shows_how_to_write_it_beside_a_small_button(
    browser: Any, live_server: Any, staff: Client, world: World, size: str
) -> None:
    window = signed_in(browser, live_server, staff, SIZES[size])
    page = window.new_page()
    page.goto("/rounds/")
    page.evaluate("document.querySelector('details.filters').open = true")
    day, button = page.locator("[name=from]"), page.locator(".day-pick .btn").first
    assert button.bounding_box()["width"] < 60
    # What is written in the field, or would be, is as wide as it needs.
    day.evaluate("each => { each.value = each.placeholder }")
    assert day.evaluate("each => each.scrollWidth <= each.clientWidth")
    window.close()
