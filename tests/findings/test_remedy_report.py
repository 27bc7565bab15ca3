"""Reporting progress: the asked side says how far it is; a claimed completion only waits."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from congvu.models import Event
from findings.forms import no_citizen_id
from findings.models import Progress, Remedy
from tests.conftest import World
from tests.factories import make_remedy, make_round, make_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def remedy(world: World) -> Remedy:
    return make_remedy(make_visit(make_round(world.province), world.dai_tu))


def report(client: Client, remedy: Remedy, **changes: Any) -> Any:
    fields = {"text": "Đã họp kiểm điểm", "document": "05/BC-UBND", "version": 1}
    return client.post(f"/remedies/{remedy.pk}/report/", {**fields, **changes})


@pytest.mark.parametrize("who", ["reporter", "inspector"])
def test_asked_side_reports_and_the_claim_waits(
    who: str, request: pytest.FixtureRequest, remedy: Remedy
) -> None:
    client = request.getfixturevalue(who)
    assert report(client, remedy, completed_on="1/6/2023").status_code == 302
    progress = Progress.objects.get()
    assert progress.is_waiting
    assert (progress.by, progress.claimed_on) == (client.user, date(2023, 6, 1))
    remedy.refresh_from_db()
    assert remedy.completed_on is None
    assert {event.deed for event in Event.objects.of(remedy)} == {"acknowledged", "reported"}


def test_report_without_a_day_claims_nothing(reporter: Client, remedy: Remedy) -> None:
    report(reporter, remedy)
    assert not Progress.objects.get().is_waiting


@pytest.mark.parametrize("day", ["21/5/2023", "1/1/2999"])
def test_day_of_completion_lies_between_visit_and_today(
    reporter: Client, remedy: Remedy, day: str
) -> None:
    answer = report(reporter, remedy, completed_on=day)
    assert answer.context["form"].errors["completed_on"]
    assert "Đã họp kiểm điểm" in answer.content.decode()
    assert not Progress.objects.exists()


def test_nothing_is_reported_on_what_is_done(
    staff: Client, reporter: Client, remedy: Remedy
) -> None:
    remedy.complete(by=staff.user, completed_on=date(2023, 6, 1))  # type: ignore[attr-defined]
    assert "đã được xác nhận" in report(reporter, remedy, version=2).content.decode()
    assert not Progress.objects.exists()


def test_reader_may_not(leader: Client, remedy: Remedy) -> None:
    assert report(leader, remedy).status_code == 403


def test_citizen_id_is_refused_at_the_field(
    staff: Client, reporter: Client, remedy: Remedy
) -> None:
    """In what is reported, asked for and found alike; other long numbers are nobody's."""
    visit = remedy.visit
    text = "Ông A, căn cước 019203001234, đi muộn"
    for form in (
        reporter.post(f"{remedy.get_absolute_url()}report/", {"text": text}).context["form"],
        staff.post(f"/visits/{visit.pk}/remedies/create/", {"content": text}).context["form"],
        staff.post(f"/visits/{visit.pk}/findings/create/", {"content": text}).context["form"],
    ):
        assert "Không ghi số căn cước" in str(form.errors)
        assert "019203001234" not in str(form.errors)
    for harmless in ("điện thoại 0912345678", "mã hồ sơ 0001203001234567"):
        no_citizen_id(harmless)
