"""In Chromium: the summary on a phone, on a desk and on paper."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.browsing import SIZES, signed_in
from tests.conftest import World
from tests.factories import make_round, make_unit, make_visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGE = "/reports/summary/?unit=19&year=2023"


@pytest.fixture
def opened(
    browser: Any, live_server: Any, staff: Client, world: World, request: pytest.FixtureRequest
) -> Any:
    """The summary of a year, with a body of a long name, in a window of the size asked for."""
    long = make_unit("19.NN", "Sở Nông nghiệp và Phát triển nông thôn", world.province)
    for body in (world.dai_tu, long):
        make_visit(make_round(body), world.tien_hoi)
    window = signed_in(browser, live_server, staff, SIZES[request.param])
    page = window.new_page()
    page.goto(PAGE)
    yield page
    window.close()


@pytest.mark.parametrize("opened", ["phone"], indirect=True)
def test_figures_come_first_on_a_phone(opened: Any) -> None:
    first = opened.locator(".board-figures dd").first
    assert first.bounding_box()["y"] < SIZES["phone"][1]
    assert not opened.locator("[name=unit]").is_visible()
    opened.click("summary:has-text('Chọn đơn vị, kỳ báo cáo')")
    assert opened.locator("[name=unit]").is_visible()
    opened.click("nav >> text='2021'")
    opened.wait_for_selector("text=Năm 2021 (từ 01/01/2021 đến 31/12/2021)")


@pytest.mark.parametrize("opened", ["desktop"], indirect=True)
def test_the_sheet_fits_on_a_desk(opened: Any) -> None:
    assert opened.evaluate("(s => s.scrollWidth <= s.clientWidth)(document.querySelector('.wide'))")
    assert not opened.locator(".sheet-moves").is_visible()
    opened.set_viewport_size({"width": 1280, "height": 800})
    assert opened.locator(".sheet-moves").is_visible()


@pytest.mark.parametrize("opened", ["desktop"], indirect=True)
def test_on_paper_the_total_stands_once_and_names_have_room(opened: Any) -> None:
    opened.emulate_media(media="print")
    # 267 mm: A4 on its side without the margins.
    opened.set_viewport_size({"width": 1009, "height": 640})
    foot = "getComputedStyle(document.querySelector('.results-by-body tfoot')).display"
    assert opened.evaluate(foot) == "table-row-group"
    assert opened.evaluate("getComputedStyle(document.querySelector('.sheet-part')).page") == "wide"
    table = opened.locator(".results-by-body")
    assert table.bounding_box()["x"] + table.bounding_box()["width"] < 1009
    assert table.locator("tbody th").first.bounding_box()["width"] > 180
