"""Every part of the pages in every state, photographed at phone and desktop size, and by axe.

The pictures lie in `tests/screenshots/`: look at them after every change of the look.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from tests.browsing import SIZES, signed_in

PICTURES = Path(__file__).resolve().parent.parent / "screenshots"


@pytest.fixture
def shown(settings: LazySettings) -> None:
    """The page is there only where `DEBUG` is on."""
    settings.DEBUG = True


def test_not_there_without_debug(staff: Client) -> None:
    assert staff.get(reverse("components")).status_code == 404


@pytest.mark.usefixtures("shown")
def test_no_style_or_script_stands_in_the_page(staff: Client) -> None:
    page = staff.get(reverse("components")).content.decode()
    assert "<style" not in page
    assert " style=" not in page
    assert " onclick=" not in page
    assert "<script>" not in page


@pytest.mark.browser
@pytest.mark.usefixtures("shown")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("size", SIZES)
def test_components_are_sound(size: str, browser: Any, live_server: Any, inspector: Client) -> None:
    window = signed_in(browser, live_server, inspector, SIZES[size])
    page = window.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda fault: complaints.append(str(fault)))
    page.goto(reverse("components"))
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"components-{size}.png", full_page=True)

    # Nothing sticks out at the side, and the strict content policy was not offended.
    wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wider) == 0
    assert complaints == []

    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    window.close()


@pytest.mark.browser
@pytest.mark.usefixtures("shown")
@pytest.mark.django_db(transaction=True)
def test_menus_work_by_keyboard(browser: Any, live_server: Any, staff: Client) -> None:
    window = signed_in(browser, live_server, staff, SIZES["desktop"])
    page = window.new_page()
    page.goto(reverse("components"))
    summary = page.locator(".page-head .menu > summary")
    summary.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.textContent.trim()") == "Sửa cuộc"
    page.screenshot(path=PICTURES / "components-menu.png")
    page.keyboard.press("Escape")
    assert page.locator(".page-head .menu").get_attribute("open") is None
    assert summary.evaluate("each => each === document.activeElement")
    window.close()
