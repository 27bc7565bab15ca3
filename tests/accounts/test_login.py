"""Signing in: what is said to whom, where it leads, and what it leaves in the trail."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from congvu.models import Event
from tests.conftest import World
from tests.factories import PASSWORD, make_user

LOGIN = "/accounts/login/"


def sign_in(client: Client, username: str, password: str = PASSWORD, **data: str) -> Any:
    return client.post(LOGIN, {"username": username, "password": password, **data})


def test_leads_to_the_page_that_was_asked_for(client: Client, world: World) -> None:
    make_user("STAFF", world.province, "hoa")
    asked = client.get("/accounts/profile/")
    assert asked.headers["Location"] == f"{LOGIN}?next=/accounts/profile/"
    answer = sign_in(client, "hoa", next="/accounts/profile/")
    assert answer.headers["Location"] == "/accounts/profile/"


def test_leads_nowhere_else(client: Client, world: World) -> None:
    make_user("STAFF", world.province, "hoa")
    answer = sign_in(client, "hoa", next="https://example.com/")
    assert answer.headers["Location"] == "/"


def test_leaves_a_mark_with_the_address(client: Client, world: World) -> None:
    user = make_user("STAFF", world.province, "hoa")
    sign_in(client, "hoa")
    mark = Event.objects.of(user).get()
    assert (mark.deed, mark.by, mark.address) == ("signed_in", user, "127.0.0.1")


def test_wrong_name_and_wrong_password_sound_alike(client: Client, world: World) -> None:
    make_user("STAFF", world.province, "hoa")
    wrong = [
        sign_in(client, *tried).context["form"].non_field_errors().as_text()
        for tried in (("hoa", "khong-dung"), ("khong-co", PASSWORD))
    ]
    assert wrong[0] == wrong[1] != ""


def test_a_disabled_account_is_told_only_to_whoever_knows_its_password(
    client: Client, world: World
) -> None:
    make_user("STAFF", world.province, "hoa", is_active=False)
    assert "đang bị khóa" in sign_in(client, "hoa").content.decode()
    assert "đang bị khóa" not in sign_in(client, "hoa", "khong-dung").content.decode()


@pytest.mark.parametrize(("days", "allowed"), [(44, True), (46, False)])
def test_an_account_that_lay_idle_is_refused(
    days: int, allowed: bool, client: Client, world: World
) -> None:
    user = make_user("STAFF", world.province, "hoa")
    then = timezone.now() - timedelta(days=days)
    User.objects.filter(pk=user.pk).update(last_login=then, enabled_at=then)
    assert User.objects.get_queryset().idle().exists() is not allowed
    answer = sign_in(client, "hoa")
    assert answer.status_code == (302 if allowed else 200)
    if not allowed:
        assert "liên hệ người quản trị" in answer.content.decode()


def test_locks_after_five_failures_and_says_for_how_long(client: Client, world: World) -> None:
    make_user("STAFF", world.province, "hoa")
    answers = [sign_in(client, "hoa", "khong-dung") for _ in range(5)]
    assert [answer.status_code for answer in answers[:4]] == [200] * 4
    assert answers[-1].status_code == 429
    assert "30 phút" in answers[-1].content.decode()
    # Not with the right password either.
    assert sign_in(client, "hoa").status_code == 429


def test_password_set_by_somebody_else_is_changed_first(client: Client, world: World) -> None:
    make_user("STAFF", world.province, "hoa", must_change_password=True)
    sign_in(client, "hoa")
    change = reverse("accounts:password_change")
    assert client.get("/accounts/profile/").headers["Location"] == change
    assert client.get("/accounts/session/").status_code == 204


def test_sign_out_only_by_form(staff: Client) -> None:
    assert staff.get("/accounts/logout/").status_code == 405
    assert staff.post("/accounts/logout/").headers["Location"] == LOGIN
    assert staff.get("/accounts/profile/").status_code == 302


def test_whoever_is_signed_in_is_led_on(staff: Client) -> None:
    assert staff.get(LOGIN).headers["Location"] == "/"


def test_administrators_sessions_are_shorter(
    admin: Client, staff: Client, settings: LazySettings
) -> None:
    for client, minutes in (
        (admin, settings.ADMIN_SESSION_IDLE_MINUTES),
        (staff, settings.SESSION_IDLE_MINUTES),
    ):
        page = client.get("/accounts/profile/").content.decode()
        assert f'data-idle-minutes="{minutes}"' in page


@pytest.mark.parametrize("next_", ["abc", "accounts", "plan_list?x", "//example.com", "%0d%0a"])
def test_leads_home_where_next_is_no_address(next_: str, client: Client, world: World) -> None:
    make_user("STAFF", world.province, "hoa")
    assert sign_in(client, "hoa", next=next_).headers["Location"] == "/"
    # Signed in already, one is led on in the same way.
    assert client.get(LOGIN, {"next": next_}).headers["Location"] == "/"


def test_the_page_says_why_one_is_asked_to_sign_in(client: Client, db: Any) -> None:
    why = "phiên làm việc đã hết. Đăng nhập để tiếp tục"
    assert why in client.get("/accounts/login/?next=/rounds/").content.decode()
    assert why not in client.get("/accounts/login/").content.decode()
