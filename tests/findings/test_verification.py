"""The side that must act never accepts its own work, by whatever way; whoever verified is named."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from exchange.writing import import_workbook
from findings.models import Remedy
from tests.conftest import World, client_of
from tests.exchange.helpers import book_of, load, told
from tests.factories import make_remedy, make_round, make_user, make_visit

pytestmark = pytest.mark.django_db

DONE = date(2023, 6, 1)


@pytest.fixture
def remedy(world: World) -> Remedy:
    visit = make_visit(make_round(world.province, code="TN1"), world.dai_tu)
    return make_remedy(visit, code="KN1")


def test_whoever_verified_is_named_to_both_sides_and_in_the_file(
    staff: Client, reporter: Client, remedy: Remedy
) -> None:
    remedy.complete(by=staff.user, completed_on=DONE)  # type: ignore[attr-defined]
    for client in (staff, reporter):
        page = client.get(remedy.get_absolute_url()).content.decode()
        assert "Người xác nhận hoàn thành" in page
        assert "Xác nhận: Người dùng canbo (Tỉnh Thái Nguyên)" in page
    remedy.reopen(by=staff.user, reason="Nhầm")  # type: ignore[attr-defined]
    assert Remedy.objects.get().verified_by is None


@pytest.mark.parametrize(
    ("role", "where"),
    [("INSPECTOR", "dai_tu"), ("REPORTER", "dai_tu"), ("STAFF", "dai_tu"), ("LEADER", "province")],
)
def test_model_itself_refuses_the_side_that_must_act(
    remedy: Remedy, world: World, staff: Client, role: str, where: str
) -> None:
    """So that no page, file or interface can forget to ask."""
    by = make_user(role, getattr(world, where))
    with pytest.raises(PermissionDenied):
        remedy.complete(by=by, completed_on=DONE)
    with pytest.raises(PermissionDenied):
        remedy.extend(by=by, decided_on=DONE, due_on=date(2023, 8, 1))
    remedy.report(by=by if role != "LEADER" else staff.user, text="Xong", completed_on=DONE)  # type: ignore[attr-defined]
    with pytest.raises(PermissionDenied):
        remedy.send_back(by=by, reason="Chưa")
    remedy.complete(by=staff.user, completed_on=DONE)  # type: ignore[attr-defined]
    with pytest.raises(PermissionDenied):
        remedy.reopen(by=by, reason="Nhầm")


def test_own_round_does_not_help(world: World) -> None:
    """A district that inspected itself: its inspector may not, nor may its reporter."""
    own = make_remedy(make_visit(make_round(world.dai_tu), world.dai_tu))
    for role in ("INSPECTOR", "REPORTER"):
        by = make_user(role, world.dai_tu)
        with pytest.raises(PermissionDenied):
            own.complete(by=by, completed_on=DONE)
        assert client_of(by).post(f"{own.get_absolute_url()}complete/").status_code == 403


ROW = ["KN1", "TN1", "171", "", "REMIND", "COLLECTIVE", "", "", "", date(2023, 6, 30)]


def test_workbook_of_the_asked_side_completes_nothing(remedy: Remedy, world: World) -> None:
    by = make_user("STAFF", world.dai_tu)
    book = book_of({"Kiến nghị": [[*ROW, DONE, "", ""]]})
    analysis = import_workbook(book, by=by, scope=by)
    assert told(analysis)
    assert Remedy.objects.get().completed_on is None


def test_workbook_that_moves_the_day_names_nobody(staff: Client, remedy: Remedy) -> None:
    """Whoever verified one day did not verify the other."""
    remedy.complete(by=staff.user, completed_on=DONE)  # type: ignore[attr-defined]
    load({"Kiến nghị": [[*ROW, DONE, "", "Nhắc nhở"]]}, by=staff.user)  # type: ignore[attr-defined]
    assert Remedy.objects.get().verified_by == staff.user  # type: ignore[attr-defined]
    load({"Kiến nghị": [[*ROW, date(2023, 6, 9), "", ""]]}, by=staff.user)  # type: ignore[attr-defined]
    assert Remedy.objects.get().verified_by is None
