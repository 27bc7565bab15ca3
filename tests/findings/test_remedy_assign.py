"""Who follows a remedy: somebody active, of the side that may say that it is done."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from congvu.models import Event
from findings.models import Remedy
from tests.conftest import World
from tests.factories import make_remedy, make_round, make_user, make_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def remedy(world: World) -> Remedy:
    return make_remedy(make_visit(make_round(world.province), world.dai_tu))


def assign(client: Client, remedy: Remedy, keeper: User | None) -> Any:
    version = Remedy.objects.get(pk=remedy.pk).version
    data = {"version": version, "keeper": keeper.pk if keeper else ""}
    return client.post(f"{remedy.get_absolute_url()}assign/", data)


def test_keeper_is_named_to_both_sides_and_in_the_trail(
    staff: Client, reporter: Client, remedy: Remedy, world: World
) -> None:
    keeper = make_user("INSPECTOR", world.province, "theodoi")
    assert assign(staff, remedy, keeper).status_code == 302
    assert Remedy.objects.get().keeper == keeper
    assert Event.objects.of(remedy).get().deed == "assigned"
    for client in (staff, reporter):
        page = client.get(remedy.get_absolute_url()).content.decode()
        assert "Người dùng theodoi (Tỉnh Thái Nguyên)" in page
    assert assign(staff, remedy, None).status_code == 302
    assert Remedy.objects.get().keeper is None


def test_only_whoever_may_judge_it_is_offered_and_taken(
    staff: Client, inspector: Client, reporter: Client, outsider: Client, remedy: Remedy
) -> None:
    gone = make_user("STAFF", remedy.visit.round.body, "nghiviec", is_active=False)
    for client in (inspector, reporter, outsider):
        person = client.user  # type: ignore[attr-defined]  # see client_of
        assert "keeper" in assign(staff, remedy, person).context["form"].errors
        with pytest.raises(ValidationError, match="không theo dõi được"):
            remedy.assign(by=staff.user, keeper=person)  # type: ignore[attr-defined]
    with pytest.raises(ValidationError, match="tài khoản đang mở"):
        remedy.assign(by=staff.user, keeper=gone)  # type: ignore[attr-defined]
    page = staff.get(f"{remedy.get_absolute_url()}assign/").content.decode()
    assert "Người dùng canbo (Tỉnh Thái Nguyên)" in page
    assert "Người dùng kiemtra" not in page
    assert "nghiviec" not in page


def test_asked_side_assigns_nobody(inspector: Client, remedy: Remedy) -> None:
    assert assign(inspector, remedy, None).status_code == 403


def test_ten_times_the_accounts_cost_no_more_queries(
    staff: Client, remedy: Remedy, world: World
) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            staff.get(f"{remedy.get_absolute_url()}assign/")
        return len(captured)

    make_user("STAFF", world.province)
    few = cost()
    for unit in (world.province, world.dai_tu, world.justice) * 4:
        make_user("INSPECTOR", unit)
    assert cost() == few <= 15
