"""The own password: changed with the old one, other than it, and marked without its text."""

from __future__ import annotations

from typing import Any

from django.test import Client

from accounts.models import User
from congvu.models import Event
from tests.conftest import World, client_of
from tests.factories import PASSWORD, make_user

URL = "/accounts/password/change/"
NEW = "Hoàn-toan@Khac-2027"


def change(client: Client, old: str = PASSWORD, new: str = NEW, again: str = "") -> Any:
    return client.post(
        URL, {"old_password": old, "new_password1": new, "new_password2": again or new}
    )


def test_changes_and_keeps_the_session(world: World) -> None:
    user = make_user("STAFF", world.province, must_change_password=True)
    client = client_of(user)
    assert change(client).status_code == 302
    user = User.objects.get(pk=user.pk)
    assert user.check_password(NEW)
    assert not user.must_change_password
    assert client.get("/accounts/profile/").status_code == 200
    mark = Event.objects.of(user).get()
    assert mark.deed == "password_changed"
    assert NEW not in f"{mark.changes}{mark.note}"


def test_refuses_the_old_one_again(staff: Client) -> None:
    answer = change(staff, new=PASSWORD)
    assert "phải khác mật khẩu hiện tại" in answer.content.decode()


def test_refuses_a_weak_one(staff: Client) -> None:
    assert "còn thiếu" in change(staff, new="chuthuongthoidayma").content.decode()


def test_refuses_without_the_old_one(staff: Client) -> None:
    assert change(staff, old="khong-dung").status_code == 200
