"""In Chromium: a unit chosen by keyboard alone, the tree opened in place, on a phone and a desk."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from tests.browsing import SIZES, signed_in
from tests.conftest import World
from tests.factories import make_unit
from units.models import Kind

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def faults_of(page: Any) -> list[str]:
    """What axe finds wrong."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    return [each["id"] for each in axe.run(page).response["violations"]]


@pytest.mark.parametrize("size", SIZES)
def test_choose_a_unit_and_confirm(
    browser: Any, live_server: Any, staff: Client, world: World, size: str
) -> None:
    make_unit("05901", "Xã Phú Đình", world.dai_tu, kind=Kind.COMMUNE)
    window = signed_in(browser, live_server, staff, SIZES[size])
    page = window.new_page()
    page.goto(f"/units/{world.tien_hoi.pk}/merge/")
    page.fill("[name=on]", "1/1/2026")
    page.fill("[name=legal_basis]", "NQ 1")
    field = page.locator("[name=other_1]")
    field.press_sequentially("phu dinh", delay=10)
    page.wait_for_selector(".unit-options.show [role=option]")
    page.keyboard.press("ArrowDown")
    assert faults_of(page) == []
    page.keyboard.press("Enter")
    assert field.input_value() == "Xã Phú Đình (05901)"
    page.fill("[name=name]", "Xã Mới")
    page.fill("[name=code]", "05901")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Điều gì sẽ xảy ra")
    assert faults_of(page) == []
    page.click("button:has-text('Xác nhận nhập đơn vị')")
    page.wait_for_selector("h1:has-text('Xã Mới')")
    assert type(world.tien_hoi).objects.get(pk=world.tien_hoi.pk).valid_to == date(2025, 12, 31)
    window.close()


@pytest.mark.parametrize("size", SIZES)
def test_tree_opens_in_place_by_keyboard(
    browser: Any, live_server: Any, staff: Client, world: World, size: str
) -> None:
    window = signed_in(browser, live_server, staff, SIZES[size])
    page = window.new_page()
    page.goto("/units/")
    page.locator("a[aria-label='Mở Huyện Đại Từ']").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Xã Tiên Hội")
    assert page.evaluate("document.activeElement.ariaLabel") == "Thu gọn Huyện Đại Từ"
    assert str(world.dai_tu.pk) in page.url
    assert faults_of(page) == []
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert not page.evaluate(wide)
    window.close()
