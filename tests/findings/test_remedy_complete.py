"""Settling a remedy: never by the side that must act, and what waited is answered by it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from findings.models import Progress, Remedy, is_claimed
from tests.conftest import World
from tests.factories import make_remedy, make_round, make_user, make_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def remedy(world: World) -> Remedy:
    return make_remedy(make_visit(make_round(world.province), world.dai_tu))


def complete(client: Client, remedy: Remedy, **changes: Any) -> Any:
    fields = {"completed_on": "1/6/2023", "report_document": "05/BC-UBND"}
    fields["version"] = str(Remedy.objects.get(pk=remedy.pk).version)
    return client.post(f"/remedies/{remedy.pk}/complete/", {**fields, **changes})


def test_settled_by_the_side_that_inspected(staff: Client, remedy: Remedy) -> None:
    assert complete(staff, remedy).status_code == 302
    remedy.refresh_from_db()
    assert (remedy.completed_on, remedy.report_document) == (date(2023, 6, 1), "05/BC-UBND")


def test_side_that_must_act_never_settles_its_own_work(
    inspector: Client, reporter: Client, remedy: Remedy
) -> None:
    for client in (inspector, reporter):
        assert client.get(f"/remedies/{remedy.pk}/complete/").status_code == 403
        assert complete(client, remedy).status_code == 403
    remedy.refresh_from_db()
    assert remedy.completed_on is None


def test_superior_of_the_asked_unit_settles(inspector: Client, world: World) -> None:
    below = make_remedy(make_visit(make_round(world.province), world.tien_hoi))
    assert complete(inspector, below).status_code == 302


def test_waiting_claim_is_shown_filled_in_and_answered(
    staff: Client, reporter: Client, remedy: Remedy
) -> None:
    by = reporter.user  # type: ignore[attr-defined]
    remedy.report(by=by, text="Đã xong hết", completed_on=date(2023, 6, 2), document="7/BC")
    page = staff.get(f"/remedies/{remedy.pk}/complete/").content.decode()
    for text in ("Đã xong hết", "02/06/2023", "7/BC"):
        assert text in page
    complete(staff, remedy, completed_on="02/06/2023")
    assert not Progress.objects.waiting().exists()
    remedy.refresh_from_db()
    remedy.reopen(by=staff.user, reason="Nhầm")  # type: ignore[attr-defined]
    # An answered claim does not wait again.
    assert not Remedy.objects.filter(is_claimed()).exists()


@pytest.mark.parametrize("day", ["21/5/2023", "1/1/2999", ""])
def test_impossible_day_is_refused(staff: Client, remedy: Remedy, day: str) -> None:
    assert complete(staff, remedy, completed_on=day).context["form"].errors["completed_on"]
    remedy.refresh_from_db()
    assert remedy.completed_on is None


def test_what_is_done_is_not_done_again(staff: Client, remedy: Remedy) -> None:
    complete(staff, remedy)
    answer = complete(staff, remedy, completed_on="5/6/2023", version=2)
    assert "đã hoàn thành ngày 01/06/2023" in answer.content.decode()
    remedy.refresh_from_db()
    assert remedy.completed_on == date(2023, 6, 1)


def test_remedy_changed_meanwhile_is_looked_at_again(staff: Client, remedy: Remedy) -> None:
    answer = complete(staff, remedy, version=remedy.version + 1)
    assert "vừa được người khác sửa" in answer.content.decode()
    remedy.refresh_from_db()
    assert remedy.completed_on is None


def test_claim_that_was_not_shown_is_looked_at_first(staff: Client, remedy: Remedy) -> None:
    shown = remedy.version
    remedy.report(by=make_user("REPORTER", remedy.visit.unit), text="Xong")
    assert "vừa được người khác sửa" in complete(staff, remedy, version=shown).content.decode()
    remedy.refresh_from_db()
    assert remedy.completed_on is None


def test_remedy_of_a_cancelled_round_is_not_settled(staff: Client, remedy: Remedy) -> None:
    remedy.visit.round.reopen(staff.user, "Nhầm")  # type: ignore[attr-defined]
    remedy.visit.round.cancel(staff.user, "Hủy")  # type: ignore[attr-defined]
    assert "đã hủy" in complete(staff, remedy).content.decode()
    remedy.refresh_from_db()
    assert remedy.completed_on is None
