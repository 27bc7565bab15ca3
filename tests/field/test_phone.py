"""In Chromium, at a telephone's size: a visit logged without a network is there once."""

from __future__ import annotations

import gzip
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.staticfiles import finders
from django.test import Client
from PIL import Image

from congvu.dates import today
from field.models import Entry
from field.views import api
from field.views.pages import PARTS
from findings.models import Evidence, Finding
from inspections.models import RollCall, Visit
from tests.browsing import SIZES, signed_in
from tests.conftest import World, client_of
from tests.factories import make_finding, make_round, make_user, make_visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE = SIZES["phone"]


@pytest.fixture
def visit(world: World) -> Visit:
    """Under way at xã Tiên Hội today; an earlier finding of the same kind is on record."""
    earlier = make_visit(make_round(world.province, today() - timedelta(days=90)), world.justice)
    make_finding(earlier, content="Chưa đeo thẻ khi làm việc", category="CARD_NAMEPLATE")
    return make_visit(make_round(world.province, today(), status="IN_PROGRESS"), world.tien_hoi)


@pytest.fixture
def phone(browser: Any, live_server: Any, staff: Client) -> Any:
    """A telephone on which staff are signed in."""
    return signed_in(browser, live_server, staff, PHONE)


def opened(phone: Any, visit: Visit) -> Any:
    """Today's page, and from it the visit's; both are then on the telephone."""
    page = phone.new_page()
    page.goto("/field/")
    page.locator("body[data-carried]").wait_for()
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.get_by_role("link", name="Xã Tiên Hội").click()
    ready(page)
    return page


def ready(page: Any) -> None:
    """Until the visit's page is drawn."""
    page.locator("body[data-ready]").wait_for()


def write_roll_call(page: Any, department: str = "Văn phòng") -> None:
    page.get_by_text("Thêm phòng, bộ phận").click()
    page.get_by_label("Phòng, bộ phận").fill(department)
    for label, figure in (("Tổng số", "12"), ("Có mặt", "9"), ("Vắng có lý do", "2"),
                          ("Vắng không lý do", "1")):  # fmt: skip
        page.get_by_label(label).fill(figure)
    page.get_by_role("button", name="Ghi điểm danh").click()
    page.locator('[data-list="roll"]').get_by_text(department).wait_for()


def write_finding(
    page: Any, content: str, category: str = "WORK_TIME", *, hidden: bool = False
) -> None:
    page.get_by_text("Thêm tồn tại", exact=True).click()
    page.get_by_label("Nhóm").select_option(category)
    page.get_by_label("Hạn chế", exact=True).check()
    page.get_by_label("Nội dung", exact=True).fill(content)
    page.get_by_role("button", name="Ghi tồn tại", exact=True).click()
    # On the telephone's disk, and not before.
    row = page.locator('[data-list="finding"]').get_by_text(content)
    row.wait_for(state="attached" if hidden else "visible")


def photograph(colour: str) -> Any:
    """A file as the camera gives it."""
    made = io.BytesIO()
    Image.new("RGB", (1600, 1200), colour).save(made, "JPEG")
    return {"name": f"{colour}.jpg", "mimeType": "image/jpeg", "buffer": made.getvalue()}


def all_saved(page: Any) -> None:
    """Until nothing waits on the telephone."""
    page.locator("[data-network]", has_text="Đã lưu hết lên máy chủ.").wait_for(timeout=30_000)


def test_a_visit_without_a_network_is_there_once(phone: Any, visit: Visit) -> None:
    page = opened(phone, visit)
    phone.set_offline(True)
    write_roll_call(page)
    for number in (1, 2, 3):
        write_finding(page, f"Tồn tại thứ {number}")
    page.get_by_label("Ưu điểm của đơn vị").fill("Niêm yết đủ thủ tục")
    page.get_by_label("Ưu điểm của đơn vị").blur()
    page.get_by_label("Ảnh của").select_option(label="Tồn tại thứ 1")
    page.get_by_label("Ghi chú cho ảnh").fill("Bàn trống")
    page.locator("#photo").set_input_files([photograph("red"), photograph("blue")])
    page.locator('[data-list="photo"] [data-state="waiting"]').nth(1).wait_for()
    assert page.locator('[data-list="finding"] [data-state="waiting"]').count() == 3
    assert "Không có mạng" in page.locator("[data-network]").inner_text()
    # What is only begun is kept too, and the page comes from the telephone itself.
    page.get_by_text("Thêm tồn tại", exact=True).click()
    page.get_by_label("Nội dung", exact=True).fill("Đang ghi dở")
    page.close()
    page = phone.new_page()
    page.goto(f"/field/visit/#{visit.pk}")
    ready(page)
    assert page.locator('[data-list="finding"] [data-state="waiting"]').count() == 3
    assert page.get_by_label("Nội dung", exact=True).input_value() == "Đang ghi dở"
    assert not Finding.objects.filter(visit=visit).exists()
    phone.set_offline(False)
    all_saved(page)
    contents = Finding.objects.filter(visit=visit).order_by("pk").values_list("content", flat=True)
    assert list(contents) == ["Tồn tại thứ 1", "Tồn tại thứ 2", "Tồn tại thứ 3"]
    assert RollCall.objects.get().present == 9
    visit.refresh_from_db()
    assert visit.strengths == "Niêm yết đủ thủ tục"
    assert set(Entry.objects.values_list("state", flat=True)) == {"saved"}
    pictures = Evidence.objects.filter(visit=visit)
    assert [each.finding.content for each in pictures if each.finding] == ["Tồn tại thứ 1"] * 2
    assert {each.note for each in pictures} == {"Bàn trống"}
    # The small copies are the server's now.
    page.locator('[data-list="photo"] img[src^="/evidence/"]').nth(1).wait_for()


def test_a_server_that_fails_every_second_time(
    phone: Any, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It saves and its answer is lost: sent again, everything is there once."""
    page = opened(phone, visit)
    calls = []
    whole = api._answer

    def lossy(entry: Entry) -> Any:
        calls.append(entry.pk)
        if len(calls) % 2:
            raise ConnectionResetError
        return whole(entry)

    monkeypatch.setattr(api, "_answer", lossy)
    for number in (1, 2, 3):
        write_finding(page, f"Tồn tại thứ {number}")
    write_roll_call(page)
    all_saved(page)
    assert Finding.objects.filter(visit=visit).count() == 3
    assert RollCall.objects.count() == 1
    assert len(calls) == 8


def test_session_expired_hides_and_keeps_what_was_written(
    phone: Any, visit: Visit, staff: Client
) -> None:
    page = opened(phone, visit)
    cookies = phone.cookies()
    phone.clear_cookies(name="sessionid")
    write_finding(page, "Ghi khi phiên đã hết", hidden=True)
    page.get_by_role("link", name="Đăng nhập lại").wait_for()
    assert "1 mục đang được giữ" in page.locator("[data-kept]").inner_text()
    assert not page.locator('[data-list="finding"]').is_visible()
    # Signed in again.
    phone.add_cookies([each for each in cookies if each["name"] == "sessionid"])
    page.goto(f"/field/visit/#{visit.pk}")
    ready(page)
    all_saved(page)
    assert Finding.objects.get(visit=visit).content == "Ghi khi phiên đã hết"


def test_two_phones_on_one_visit(
    browser: Any, live_server: Any, phone: Any, visit: Visit, world: World
) -> None:
    other = signed_in(
        browser, live_server, client_of(make_user("INSPECTOR", world.province)), PHONE
    )
    one, two = opened(phone, visit), opened(other, visit)
    phone.set_offline(True)
    other.set_offline(True)
    for page, text in ((one, "Máy một"), (two, "Máy hai")):
        write_finding(page, text)
        page.get_by_label("Ưu điểm của đơn vị").fill(text)
        page.get_by_label("Ưu điểm của đơn vị").blur()
    phone.set_offline(False)
    all_saved(one)
    other.set_offline(False)
    all_saved(two)
    contents = Finding.objects.filter(visit=visit).values_list("content", flat=True)
    assert sorted(contents) == ["Máy hai", "Máy một"]
    visit.refresh_from_db()
    assert visit.strengths == "Máy một"
    assert Entry.objects.get(state="clash").value == {"text": "Máy hai"}
    two.get_by_role("link", name="1 chỗ hai người ghi khác nhau").click()
    two.get_by_role("link", name="Ưu điểm").click()
    two.get_by_role("link", name="Dùng bản này").click()
    two.get_by_role("button", name="Dùng bản này").click()
    two.wait_for_url("**/field/entries/*/")
    visit.refresh_from_db()
    assert visit.strengths == "Máy hai"


def test_two_users_on_one_phone(phone: Any, visit: Visit, world: World, live_server: Any) -> None:
    """The second sees nothing of what the first left unsent; it goes out as the first's."""
    page = opened(phone, visit)
    mine = phone.cookies()
    phone.set_offline(True)
    write_finding(page, "Của người thứ nhất")
    page.close()
    second = make_user("INSPECTOR", world.province)
    cookie = client_of(second).cookies["sessionid"]
    phone.set_offline(False)
    phone.add_cookies([{"name": "sessionid", "value": cookie.value, "url": live_server.url}])
    page = phone.new_page()
    page.goto("/")  # as after signing in
    page.goto(f"/field/visit/#{visit.pk}")
    ready(page)
    page.wait_for_timeout(1000)
    assert page.get_by_text("Của người thứ nhất").count() == 0
    assert not Finding.objects.filter(visit=visit).exists()
    phone.add_cookies([each for each in mine if each["name"] == "sessionid"])
    page.goto("/")
    page.goto(f"/field/visit/#{visit.pk}")
    ready(page)
    all_saved(page)
    assert Entry.objects.get().by.username == "canbo"


def test_round_cancelled_meanwhile_is_told_and_nothing_is_dropped(
    phone: Any, visit: Visit, staff: Client
) -> None:
    page = opened(phone, visit)
    phone.set_offline(True)
    write_finding(page, "Ghi khi cuộc đã hủy")
    visit.round.cancel(by=staff.user, reason="Hoãn")  # type: ignore[attr-defined]  # see client_of
    phone.set_offline(False)
    page.locator('[data-list="finding"] [data-state="refused"]').wait_for(timeout=20_000)
    assert "đã hủy" in page.locator('[data-list="finding"]').inner_text()
    assert Entry.objects.get().state == "refused"


def test_page_of_a_visit_weighs_less_than_150_kilobytes(staff: Client, visit: Visit) -> None:
    """Compressed, as it travels; without pictures."""
    parts = [Path(str(finders.find(part))).read_bytes() for part in PARTS]
    for path in ("/field/visit/", f"/field/visits/{visit.pk}/state.json", "/field/worker.js"):
        parts.append(staff.get(path).content)
    assert sum(len(gzip.compress(part)) for part in parts) < 150_000


def test_texts_of_earlier_findings_are_offered(phone: Any, visit: Visit) -> None:
    page = opened(phone, visit)
    page.get_by_text("Thêm tồn tại", exact=True).click()
    page.get_by_label("Nhóm").select_option("CARD_NAMEPLATE")
    page.get_by_role("button", name="Chưa đeo thẻ khi làm việc").click()
    assert page.get_by_label("Nội dung", exact=True).input_value() == "Chưa đeo thẻ khi làm việc"


def test_a_sum_that_is_wrong_is_told_before_it_is_sent(phone: Any, visit: Visit) -> None:
    page = opened(phone, visit)
    page.get_by_text("Thêm phòng, bộ phận").click()
    page.get_by_label("Phòng, bộ phận").fill("Văn phòng")
    page.get_by_label("Tổng số").fill("12")
    page.get_by_label("Có mặt").fill("9")
    assert "còn thiếu 3 người" in page.locator("[data-sum]").inner_text()
    page.get_by_role("button", name="Ghi điểm danh").click()
    assert "= 9, khác tổng số 12" in page.get_by_role("alert").first.inner_text()
    assert page.get_by_label("Tổng số").input_value() == "12"


@pytest.mark.parametrize("size", SIZES)
def test_pages_fit_and_have_no_fault_that_axe_finds(
    browser: Any, live_server: Any, staff: Client, visit: Visit, size: str
) -> None:
    window = signed_in(browser, live_server, staff, SIZES[size])
    page = window.new_page()
    page.goto("/field/")
    page.locator("body[data-carried]").wait_for()
    faults = _faults(page)
    page.screenshot(path=f"tests/screenshots/field-today-{size}.png", full_page=True)
    page.goto(f"/field/visit/#{visit.pk}")
    ready(page)
    write_roll_call(page)
    write_finding(page, "Đi muộn")
    for summary in page.locator(".field-add > summary").all():
        summary.click()
    faults += _faults(page)
    page.screenshot(path=f"tests/screenshots/field-visit-{size}.png", full_page=True)
    assert faults == []


def _faults(page: Any) -> list[str]:
    found = [each["id"] for each in Axe().run(page).response["violations"]]
    width = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return [*found, *([f"wider than the window by {width} px"] if width > 0 else [])]
