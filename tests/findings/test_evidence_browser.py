"""Evidence sent from a page in a real browser: several files, a cut-off and another try."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client

from findings.models import Evidence
from inspections.models import Visit
from tests.browsing import SIZES, signed_in
from tests.conftest import World
from tests.factories import make_round, make_visit
from tests.findings.pictures import PDF, jpeg

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def visit(world: World) -> Visit:
    """The province at huyện Đại Từ."""
    return make_visit(make_round(world.province), world.dai_tu)


def file(name: str, content: bytes) -> dict[str, Any]:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


@pytest.mark.parametrize("size", SIZES)
def test_files_are_sent_one_by_one_and_a_cut_off_one_again(
    size: str, browser: Any, live_server: Any, staff: Client, visit: Visit
) -> None:
    window = signed_in(browser, live_server, staff, SIZES[size])
    page = window.new_page()
    page.goto(visit.get_absolute_url())
    # With a script the form stands on the page itself.
    assert page.get_by_role("link", name="Gửi bằng chứng").count() == 0
    queue = page.locator(".evidence-queue")
    cut: list[str] = []

    def once_cut(route: Any) -> None:
        # The second file meets a dead network, once.
        if len(cut) == 1:
            cut.append("dead")
            route.abort("connectionreset")
        else:
            cut.append("sent")
            route.continue_()

    page.route("**/evidence/", once_cut)
    page.set_input_files(
        "input[name=chosen]",
        [file("một.jpg", jpeg((640, 480))), file("hai.pdf", PDF), file("ba.png", b"<svg/>")],
    )
    queue.get_by_text("Chỉ nhận ảnh JPG").wait_for()
    queue.get_by_text("Mất kết nối nên chưa gửi được tệp").wait_for()
    assert page.locator(".evidence-tile").count() == 1
    found = Axe().run(page, context="#evidence")
    assert found.violations_count == 0, found.generate_report()
    folder = Path("tests/screenshots")
    folder.mkdir(exist_ok=True)
    page.locator("#evidence").screenshot(path=folder / f"evidence-{size}.png")

    page.get_by_role("button", name="Thử lại hai.pdf").click()
    page.get_by_role("heading", name="Bằng chứng (2)").wait_for()
    page.get_by_role("button", name="Bỏ qua ba.png").click()
    assert page.locator(".evidence-queue li").count() == 0
    # The same picture again, from the camera this time: it is there already.
    page.set_input_files("input[name=camera]", [file("một.jpg", jpeg((640, 480)))])
    page.get_by_text("Đã lưu một.jpg").wait_for(state="attached")
    assert page.locator(".evidence-tile").count() == 2
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.reload()
    assert page.locator(".evidence-tile").count() == 2
    assert page.locator(".evidence-tile img").evaluate("image => image.decode().then(() => true)")
    assert sorted(Evidence.objects.values_list("name", flat=True)) == ["hai.pdf", "một.jpg"]
    window.close()


def test_session_that_ended_is_told_and_the_file_waits(
    browser: Any, live_server: Any, staff: Client, visit: Visit
) -> None:
    window = signed_in(browser, live_server, staff, SIZES["phone"])
    page = window.new_page()
    page.goto(visit.get_absolute_url())
    cookies = window.cookies()
    window.clear_cookies(name="sessionid")
    page.set_input_files("input[name=chosen]", [file("một.jpg", jpeg())])
    page.locator(".evidence-queue").get_by_text("Phiên làm việc đã hết").wait_for()
    window.add_cookies(cookies)
    page.get_by_role("button", name="Thử lại một.jpg").click()
    page.get_by_role("heading", name="Bằng chứng (1)").wait_for()
    window.close()
