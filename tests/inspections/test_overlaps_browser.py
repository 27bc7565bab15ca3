"""In Chromium: overlaps are told while the form is filled in, and what was typed stays."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from inspections.models import Round
from tests.browsing import SIZES, signed_in
from tests.conftest import World
from tests.factories import make_draft, make_round, make_visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TOLD = "#overlaps :text('cách 12 ngày')"


def faults_of(page: Any) -> list[str]:
    """What axe finds wrong."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    return [each["id"] for each in axe.run(page).response["violations"]]


@pytest.mark.parametrize("size", SIZES)
def test_the_part_follows_unit_and_day_of_a_round(
    browser: Any, live_server: Any, staff: Client, world: World, size: str
) -> None:
    there = make_round(world.justice, date(2023, 5, 10), status="SCHEDULED", code="CO-SAN")
    make_visit(there, world.tien_hoi)
    page = signed_in(browser, live_server, staff, SIZES[size]).new_page()
    page.goto("/rounds/create/")
    page.fill("[name=scope_note]", "Giữ lại")
    page.fill("[name=starts_on]", "22/5/2023")
    page.fill("[name=visits-0-unit]", "05809")
    page.press("[name=visits-0-unit]", "Tab")
    page.wait_for_selector(TOLD)
    assert faults_of(page) == []
    page.fill("[name=starts_on]", "22/5/2024")
    page.press("[name=starts_on]", "Tab")
    page.wait_for_selector("#overlaps .overlap-clear")
    page.fill("[name=starts_on]", "22/5/2023")
    page.press("[name=starts_on]", "Tab")
    page.wait_for_selector(TOLD)
    page.check("[name=overlap_way][value=JOIN]")
    assert page.input_value("[name=scope_note]") == "Giữ lại"
    page.select_option("[name=form]", "SURPRISE")
    page.click("button:has-text('Tạo cuộc kiểm tra')")
    page.wait_for_selector("text=Đã ghép vào cuộc CO-SAN")
    assert Round.objects.get().scope_note == "Giữ lại"


@pytest.mark.parametrize(("before", "after"), [("2024", "2023"), ("2023", "2024")])
def test_button_stays_under_the_hand_while_the_part_grows_or_shrinks(
    browser: Any, live_server: Any, staff: Client, world: World, before: str, after: str
) -> None:
    there = make_round(world.justice, date(2023, 5, 10), status="SCHEDULED", code="CO-SAN")
    make_visit(there, world.tien_hoi)
    page = signed_in(browser, live_server, staff, SIZES["desktop"]).new_page()
    page.goto("/rounds/create/")
    told = {"2023": TOLD, "2024": "#overlaps .overlap-clear"}
    page.fill("[name=visits-0-unit]", "05809")
    page.fill("[name=starts_on]", f"22/5/{before}")
    page.press("[name=starts_on]", "Tab")
    page.wait_for_selector(told[before])
    page.fill("[name=starts_on]", f"22/5/{after}")
    # Straight to the button: the press itself makes the part be drawn anew.
    button = page.locator(".form-actions button")
    button.scroll_into_view_if_needed()
    button.hover()
    place = button.bounding_box()
    page.mouse.down()
    page.wait_for_selector(told[after])
    assert button.bounding_box()["y"] == pytest.approx(place["y"], abs=1)
    page.mouse.up()
    page.wait_for_selector("#error-summary")


def test_the_part_that_says_the_same_is_not_drawn_anew(
    browser: Any, live_server: Any, staff: Client, world: World
) -> None:
    make_visit(make_round(world.justice, date(2023, 5, 10)), world.tien_hoi)
    page = signed_in(browser, live_server, staff, SIZES["desktop"]).new_page()
    page.goto("/rounds/create/")
    page.fill("[name=starts_on]", "22/5/2023")
    page.fill("[name=visits-0-unit]", "05809")
    page.press("[name=visits-0-unit]", "Tab")
    page.wait_for_selector(TOLD)
    page.check("[name=overlap_way][value=KEEP]")
    page.evaluate("document.querySelector('#overlaps').dataset.same = 'yes'")
    with page.expect_response("**/rounds/create/"):
        page.fill("[name=ends_on]", "23/5/2023")
        page.press("[name=ends_on]", "Tab")
    page.wait_for_timeout(200)
    assert page.locator("#overlaps[data-same=yes]").count() == 1
    assert page.is_checked("[name=overlap_way][value=KEEP]")
    page.fill("[name=starts_on]", "23/5/2023")
    page.press("[name=starts_on]", "Tab")
    page.wait_for_selector("#overlaps:not([data-same]) :text('cách 13 ngày')")


def test_the_part_follows_the_month_of_an_item(
    browser: Any, live_server: Any, staff: Client, world: World
) -> None:
    make_visit(make_round(world.justice, date(2023, 4, 19)), world.tien_hoi)
    plan = make_draft(world.province)
    page = signed_in(browser, live_server, staff, SIZES["desktop"]).new_page()
    page.goto(f"/plans/{plan.pk}/items/create/")
    page.fill("[name=unit]", "05809")
    page.check("[name=schedule][value=MONTH]")
    page.select_option("[name=month]", "5")
    page.wait_for_selector(TOLD)
    page.check("[name=overlap_way][value=KEEP]")
    page.fill("[name=overlap_reason]", "Hai chuyên đề khác nhau")
    page.click("button:has-text('Thêm mục') >> nth=0")
    page.wait_for_selector("text=Đã thêm mục 1")
    assert plan.items.get().overlap_reason == "Hai chuyên đề khác nhau"


@pytest.mark.parametrize("size", SIZES)
def test_the_list_has_no_fault(
    browser: Any, live_server: Any, staff: Client, world: World, size: str
) -> None:
    for day in (3, 9):
        make_visit(make_round(world.justice, date(2023, 4, day)), world.tien_hoi)
    page = signed_in(browser, live_server, staff, SIZES[size]).new_page()
    page.goto("/overlaps/?year=2023")
    assert page.locator("tbody tr").count() == 2
    assert faults_of(page) == []
