"""The session's end is announced in time, and what was typed outlives it."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import LazySettings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.browsing import SIZES, signed_in
from tests.factories import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_end_is_announced_and_can_be_put_off(
    browser: Any, live_server: Any, staff: Client, settings: LazySettings
) -> None:
    window = signed_in(browser, live_server, staff, SIZES["desktop"])
    page = window.new_page()
    page.clock.install()
    page.goto(reverse("accounts:profile"))
    page.clock.fast_forward((settings.SESSION_IDLE_MINUTES * 60 - 90) * 1000)
    notice = page.locator("#idle-notice")
    notice.wait_for()
    assert "2 phút" in notice.inner_text()
    notice.get_by_role("button", name="Tiếp tục làm việc").click()
    notice.wait_for(state="hidden")

    page.clock.fast_forward((settings.SESSION_IDLE_MINUTES * 60 + 10) * 1000)
    page.locator("#idle-ended").wait_for()
    link = page.get_by_role("link", name="Đăng nhập lại")
    assert link.get_attribute("href") == "/accounts/login/?next=%2Faccounts%2Fprofile%2F"
    window.close()


def test_what_was_typed_outlives_the_session(browser: Any, live_server: Any, admin: Client) -> None:
    window = signed_in(browser, live_server, admin, SIZES["phone"])
    page = window.new_page()
    page.goto(reverse("accounts:account_create"))
    page.fill("#id_full_name", "Nguyễn Thị Hòa")
    page.fill("#id_username", "hoa.nguyen")
    page.fill("#id_unit", "171")
    page.select_option("#id_role", "REPORTER")
    Session.objects.all().delete()  # the session ends while the form is open
    page.get_by_role("button", name="Thêm tài khoản").click()

    page.fill("#id_username", admin.user.username)  # type: ignore[attr-defined]  # set by conftest
    page.fill("#id_password", PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    page.get_by_role("button", name="Lấy lại nội dung đó").click()
    assert page.input_value("#id_full_name") == "Nguyễn Thị Hòa"
    page.get_by_role("button", name="Thêm tài khoản").click()
    page.locator(".secret-once").wait_for()
    assert User.objects.get(username="hoa.nguyen").role == "REPORTER"

    # Saved: nothing is offered any more.
    page.goto(reverse("accounts:account_create"))
    assert page.get_by_role("button", name="Lấy lại nội dung đó").count() == 0
    assert page.input_value("#id_full_name") == ""
    window.close()
