"""Accounts that an administrator keeps: scope, rules, passwords shown once, marks."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.passwords import FourClassesValidator, new_seed, temporary_password
from congvu.dates import today
from congvu.models import Event
from tests.conftest import World, client_of
from tests.factories import PASSWORD, make_unit, make_user


def url(name: str, user: User | None = None) -> str:
    return reverse(f"accounts:{name}", args=[user.pk] if user else [])


def filled(**changes: Any) -> dict[str, Any]:
    return {
        "full_name": "Nguyễn Thị Hòa",
        "username": "hoa.nguyen",
        "role": "REPORTER",
        "unit": "171",
        "email": "",
        "post": "",
        **changes,
    }


def deeds(user: User) -> list[str]:
    return [event.deed for event in Event.objects.of(user)]


def test_create_shows_the_password_until_it_is_noted_down(admin: Client, world: World) -> None:
    answer = admin.post(url("account_create"), filled(), follow=True)
    user = User.objects.get(username="hoa.nguyen")
    found = re.search(r'class="secret-once">([^<]+)<', answer.content.decode())
    assert found
    assert user.check_password(found[1])
    assert user.must_change_password
    assert user.unit == world.dai_tu
    mark = Event.objects.of(user).get()
    assert mark.deed == "added"
    assert found[1] not in f"{mark.changes}{mark.note}"
    assert found[1] not in admin.get(url("account_detail", user)).content.decode()
    # A reload shows it again; nothing that is stored tells it.
    assert found[1] in admin.get(url("account_password", user)).content.decode()
    assert found[1] not in str(dict(admin.session))
    admin.post(url("account_password", user))
    answer = admin.get(url("account_password", user), follow=True)
    assert found[1] not in answer.content.decode()


def test_password_is_shown_to_nobody_else(admin: Client, world: World) -> None:
    admin.post(url("account_create"), filled())
    user = User.objects.get(username="hoa.nguyen")
    other = client_of(make_user("ADMIN", world.province))
    assert other.get(url("account_password", user)).status_code == 302
    user.change_password(PASSWORD)
    assert admin.get(url("account_password", user)).status_code == 302


def test_temporary_passwords_satisfy_the_rule() -> None:
    for _ in range(50):
        FourClassesValidator().validate(temporary_password(new_seed()))


def test_only_units_in_scope_can_be_chosen(admin: Client, world: World) -> None:
    answer = admin.post(url("account_create"), filled(unit="180"))
    assert "unit" in answer.context["form"].errors
    assert not User.objects.filter(username="hoa.nguyen").exists()


def test_one_address_one_person(admin: Client, world: World) -> None:
    make_user("STAFF", world.province, email="hoa@thainguyen.gov.vn")
    answer = admin.post(url("account_create"), filled(email="Hoa@thainguyen.gov.vn"))
    assert "email" in answer.context["form"].errors


def test_edit_marks_what_changed(admin: Client, world: World) -> None:
    user = make_user("REPORTER", world.dai_tu, "hoa.nguyen", full_name="Nguyễn Thị Hòa")
    answer = admin.post(url("account_edit", user), filled(role="INSPECTOR", version="1"))
    assert answer.status_code == 302
    page = admin.get(url("account_detail", user)).content.decode()
    assert "<del>Đầu mối đơn vị</del>" in page
    assert "<ins>Kiểm tra viên</ins>" in page


def test_second_writer_is_told(admin: Client, world: World) -> None:
    user = make_user("REPORTER", world.dai_tu, "hoa.nguyen", full_name="Nguyễn Thị Hòa")
    admin.post(url("account_edit", user), filled(post="Chuyên viên", version="1"))
    answer = admin.post(url("account_edit", user), filled(post="Trưởng phòng", version="1"))
    page = answer.content.decode()
    assert "đã lưu hồ sơ này" in page
    assert "Trưởng phòng" in page
    assert User.objects.get(pk=user.pk).post == "Chuyên viên"


def test_names_only_for_leaders(admin: Client, world: World) -> None:
    user = make_user("LEADER", world.dai_tu, "hoa.nguyen", full_name="Nguyễn Thị Hòa")
    admin.post(url("account_edit", user), filled(role="LEADER", sees_names="on", version="1"))
    user = User.objects.get(pk=user.pk)
    assert user.sees_names
    admin.post(
        url("account_edit", user),
        filled(role="REPORTER", sees_names="on", version=str(user.version)),
    )
    assert not User.objects.get(pk=user.pk).names_granted
    assert deeds(user).count("changed") == 3


def test_nobody_raises_the_own_role(admin: Client) -> None:
    me: User = admin.user  # type: ignore[attr-defined]  # set by conftest
    data = filled(username=me.username, full_name=me.full_name, role="STAFF", unit="19")
    admin.post(url("account_edit", me), {**data, "version": "1"})
    assert User.objects.get(pk=me.pk).role == "ADMIN"


def test_nobody_disables_the_own_account(admin: Client) -> None:
    me: User = admin.user  # type: ignore[attr-defined]  # set by conftest
    answer = admin.post(url("account_disable", me), {"reason": "thử", "version": me.version})
    assert "không thể tự khóa" in answer.content.decode()
    assert User.objects.get(pk=me.pk).is_active


def test_disable_ends_the_session_and_enable_opens_again(admin: Client, reporter: Client) -> None:
    user: User = reporter.user  # type: ignore[attr-defined]  # set by conftest
    assert admin.post(url("account_disable", user), {}).status_code == 200  # without a reason
    admin.post(
        url("account_disable", user),
        {"reason": "Nghỉ hưu", "version": user.version},
    )
    assert reporter.get("/accounts/profile/").status_code == 302
    assert "Nghỉ hưu" in admin.get(url("account_detail", user)).content.decode()
    admin.post(url("account_enable", user))
    assert User.objects.get(pk=user.pk).is_active
    assert deeds(user) == ["disabled", "enabled"]


def test_enable_wakes_an_idle_account(admin: Client, world: World, client: Client) -> None:
    user = make_user("STAFF", world.province)
    then = timezone.now() - timedelta(days=60)
    User.objects.filter(pk=user.pk).update(last_login=then, enabled_at=then)
    page = admin.get(url("account_list") + "?state=idle").content.decode()
    assert user.full_name in page
    admin.post(url("account_enable", user))
    answer = client.post("/accounts/login/", {"username": user.username, "password": PASSWORD})
    assert answer.status_code == 302


def test_reset_gives_a_new_password_and_lifts_the_lock(
    admin: Client, world: World, client: Client
) -> None:
    user = make_user("STAFF", world.province)
    for _ in range(5):
        client.post("/accounts/login/", {"username": user.username, "password": "sai"})
    answer = admin.post(url("account_reset_password", user), follow=True)
    found = re.search(r'class="secret-once">([^<]+)<', answer.content.decode())
    assert found
    entry = client.post("/accounts/login/", {"username": user.username, "password": found[1]})
    assert entry.status_code == 302
    assert User.objects.get(pk=user.pk).must_change_password
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("name", ["detail", "edit", "disable", "enable", "reset_password"])
def test_out_of_scope_does_not_exist(name: str, admin: Client, world: World) -> None:
    far = make_user("STAFF", world.elsewhere)
    assert admin.get(url(f"account_{name}", far)).status_code == 404


@pytest.mark.parametrize("name", ["list", "create"])
def test_others_keep_no_accounts(name: str, staff: Client, leader: Client) -> None:
    assert staff.get(url(f"account_{name}")).status_code == 403
    assert leader.get(url(f"account_{name}")).status_code == 403


def test_list_costs_the_same_for_more(admin: Client, world: World) -> None:
    costs = []
    for _ in range(2):
        for _ in range(15):
            make_user("REPORTER", world.dai_tu)
        with CaptureQueriesContext(connection) as queries:
            page = admin.get(url("account_list") + "?role=REPORTER&q=nguoi dung").content.decode()
        costs.append(len(queries))
    assert "30 tài khoản" in page
    assert costs[0] == costs[1]


def test_list_filters_by_state_and_unit(admin: Client, world: World) -> None:
    shut = make_user("REPORTER", world.dai_tu, is_active=False)
    page = admin.get(url("account_list") + "?state=disabled&unit=dai tu").content.decode()
    assert shut.full_name in page
    assert "1 tài khoản" in page
    page = admin.get(url("account_list") + "?state=active&unit=dai tu").content.decode()
    assert shut.full_name not in page
    page = admin.get(url("account_list") + "?state=never").content.decode()
    assert shut.full_name not in page


def test_profile_tells_the_last_sign_ins(client: Client, world: World) -> None:
    user = make_user("STAFF", world.province)
    client.post("/accounts/login/", {"username": user.username, "password": PASSWORD})
    page = client.get("/accounts/profile/").content.decode()
    assert "từ địa chỉ 127.0.0.1" in page


def test_lock_after_wrong_passwords_is_shown_and_lifted(
    admin: Client, world: World, client: Client
) -> None:
    user = make_user("STAFF", world.province)
    for _ in range(5):
        client.post("/accounts/login/", {"username": user.username, "password": "sai"})
    for page in (url("account_list") + "?state=locked", url("account_detail", user)):
        text = admin.get(page).content.decode()
        assert "Tạm khóa</span>" in text
        assert user.full_name in text
    assert url("account_unlock", user) in text
    admin.post(url("account_unlock", user), {"version": user.version})
    assert deeds(user) == ["unlocked"]
    entry = client.post("/accounts/login/", {"username": user.username, "password": PASSWORD})
    assert entry.status_code == 302
    # Nothing is left to lift.
    text = admin.get(url("account_detail", user)).content.decode()
    assert url("account_unlock", user) not in text
    assert "không bị tạm khóa" in admin.get(url("account_unlock", user)).content.decode()
    admin.post(url("account_unlock", user), {"version": user.version})
    assert deeds(user).count("unlocked") == 1


def test_lock_whose_time_is_up_is_none(admin: Client, world: World, client: Client) -> None:
    user = make_user("STAFF", world.province)
    for _ in range(5):
        client.post("/accounts/login/", {"username": user.username, "password": "sai"})
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=31))
    assert admin.get(url("account_list") + "?state=locked").context["listing"].count == 0


def test_accounts_of_units_that_are_no_more_are_found(admin: Client, world: World) -> None:
    ended = make_unit("E1", "Huyện Cũ", world.province, valid_to=today() - timedelta(days=1))
    last_day = make_unit("E2", "Huyện Sắp Cũ", world.province, valid_to=today())
    left = make_user("REPORTER", ended)
    make_user("REPORTER", ended, is_active=False)
    make_user("REPORTER", last_day)
    rows = admin.get(url("account_list") + "?state=ended").context["listing"].rows
    assert [row.record for row in rows] == [left]
