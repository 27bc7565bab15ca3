"""The way that a province goes on its first day, in a browser: workbook in, summary out.

Sign in → import the sample → read 226 → open the 13 reviewed units → export → sign out.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.management import call_command
from django.test import Client

from tests.browsing import SIZES, signed_in
from tests.conftest import client_of
from tests.factories import PASSWORD, make_user
from units.models import Unit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SAMPLE = Path(__file__).resolve().parent.parent / "fixtures" / "samples" / "thai_nguyen_2023.xlsx"
# Main pages of staff, each of them looked at by axe at both sizes.
PAGES = (
    "/",
    "/search/?q=dai tu",
    "/rounds/",
    "/rounds/create/",
    "/calendar/?month=2023-05",
    "/calendar/?month=2023-05&view=agenda",
    "/calendar/feed/",
    "/plans/",
    "/teams/",
    "/findings/",
    "/remedies/",
    "/returns/",
    "/returns/create/",
    "/units/",
    "/documents/",
    "/import/",
    "/reports/summary/?unit=19&year=2023",
    "/reports/summary/rounds.total/?unit=19&year=2023",
    "/accounts/profile/",
)


@pytest.fixture
def thai_nguyen() -> Unit:
    """Today's province, with its predecessors and all under them."""
    call_command("load_divisions", "--province", "19", verbosity=0)
    return Unit.objects.at("19", date(2026, 1, 1))


@pytest.fixture
def loaded(thai_nguyen: Unit, settings: Any, tmp_path: Path) -> Client:
    """Staff of the province, whose sample is imported already."""
    call_command("import_workbook", str(SAMPLE), verbosity=0)
    return client_of(make_user("STAFF", thai_nguyen))


def test_from_workbook_to_summary(
    browser: Any, live_server: Any, thai_nguyen: Unit, tmp_path: Path
) -> None:
    make_user("STAFF", thai_nguyen, "sonoivu", full_name="Cán bộ Sở Nội vụ")
    window = browser.new_context(
        viewport={"width": 1440, "height": 900}, base_url=live_server.url, accept_downloads=True
    )
    page = window.new_page()
    elsewhere: list[str] = []
    page.on(
        "request",
        lambda request: None if request.url.startswith((live_server.url, "data:", "blob:"))
        else elsewhere.append(request.url),
    )  # fmt: skip
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)

    page.goto("/")
    page.get_by_label("Tên đăng nhập").fill("sonoivu")
    page.get_by_label("Mật khẩu", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    page.get_by_role("heading", name="Xin chào, Cán bộ Sở Nội vụ").wait_for()

    page.get_by_role("link", name="Nhập dữ liệu").first.click()
    page.locator("input[type=file]").set_input_files(SAMPLE)
    page.get_by_role("button", name="Kiểm tra tệp").click()
    page.get_by_role("button", name="Ghi vào hệ thống").click(timeout=60_000)
    page.get_by_text("Đã ghi xong").wait_for(timeout=60_000)

    page.goto("/reports/summary/?unit=19&year=2023")
    total = page.locator(".board-figures div", has_text="Tổng số cuộc kiểm tra").get_by_role("link")
    assert total.inner_text() == "226"
    page.get_by_role("row", name="Kiểm điểm trách nhiệm").get_by_role(
        "link", name="13", exact=True
    ).click()
    page.locator("h1").wait_for()
    assert page.locator(".list-table tbody tr").count() == 13

    page.go_back()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Xuất Excel").first.click()
    target = tmp_path / "bieu-01.xlsx"
    waiting.value.save_as(target)
    cells = [cell for row in openpyxl.load_workbook(target).active.iter_rows() for cell in row]  # type: ignore[union-attr]  # it has a sheet
    total_row = next(cell.row for cell in cells if cell.value == "Tổng số")
    assert 226 in [cell.value for cell in cells if cell.row == total_row]

    page.locator(".account-menu summary").click()
    page.get_by_role("button", name="Đăng xuất").click()
    page.goto("/rounds/")
    assert "/accounts/login/" in page.url
    assert elsewhere == [], "no page asks another host for anything"
    assert complaints == []
    window.close()


@pytest.mark.parametrize("size", SIZES)
def test_main_pages_are_accessible_and_fit_the_window(
    browser: Any, live_server: Any, loaded: Client, size: str
) -> None:
    window = signed_in(browser, live_server, loaded, SIZES[size])
    page = window.new_page()
    faults: dict[str, list[str]] = {}
    for address in PAGES:
        answer = page.goto(address)
        assert answer.status == 200, address
        found = [
            f"{each['id']}: {each['nodes'][0]['html'][:160]}"
            for each in Axe().run(page).response["violations"]
            if each["impact"] in ("serious", "critical")
        ]
        width = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if width > 0:
            found.append(f"wider than the window by {width} px")
        if found:
            faults[address] = found
    assert faults == {}
    window.close()


def test_a_page_works_by_keyboard_alone(browser: Any, live_server: Any, loaded: Client) -> None:
    """The first stop leads past the frame; a heading sorts by Enter; focus is always visible."""
    window = signed_in(browser, live_server, loaded, SIZES["desktop"])
    page = window.new_page()
    page.goto("/rounds/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent").strip() == "Đến nội dung chính"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.get_by_role("columnheader", name="Mã cuộc").get_by_role("link").focus()
    outline = page.evaluate(
        "(s => s.outlineStyle + s.boxShadow)(getComputedStyle(document.activeElement))"
    )
    assert outline != "nonenone"
    page.keyboard.press("Enter")
    page.wait_for_url("**/rounds/?*sort=ma-cuoc*")
    assert page.locator(".list-table tbody tr").first.inner_text().startswith("TN23-C001")
    window.close()
