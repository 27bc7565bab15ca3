"""Putting a remedy right: old forms of discipline stay, extensions stay, two writers are told."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from findings.models import Remedy
from tests.conftest import World
from tests.factories import make_remedy, make_round, make_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def remedy(world: World) -> Remedy:
    return make_remedy(make_visit(make_round(world.province), world.dai_tu), code="KN1")


def typed(**changes: Any) -> dict[str, Any]:
    fields = {"code": "KN1", "kind": "REMIND", "subject": "COLLECTIVE", "due_on": "30/06/2023"}
    return {**fields, "version": 1, **changes}


def test_change_is_saved(staff: Client, remedy: Remedy) -> None:
    staff.post(f"/remedies/{remedy.pk}/edit/", typed(content="Nhắc nhở toàn đơn vị"))
    remedy.refresh_from_db()
    assert remedy.content == "Nhắc nhở toàn đơn vị"


def test_completion_is_not_touched(staff: Client, remedy: Remedy) -> None:
    remedy.complete(by=staff.user, completed_on=date(2023, 6, 1))  # type: ignore[attr-defined]
    staff.post(f"/remedies/{remedy.pk}/edit/", typed(version=2, completed_on=""))
    remedy.refresh_from_db()
    assert remedy.completed_on == date(2023, 6, 1)


def test_second_writer_is_told(staff: Client, remedy: Remedy) -> None:
    staff.post(f"/remedies/{remedy.pk}/edit/", typed(content="Một"))
    answer = staff.post(f"/remedies/{remedy.pk}/edit/", typed(content="Hai"))
    assert answer.context["form"].conflict is not None
    remedy.refresh_from_db()
    assert remedy.content == "Một"


def test_asked_side_may_not(inspector: Client, reporter: Client, remedy: Remedy) -> None:
    for client in (inspector, reporter):
        assert client.post(f"/remedies/{remedy.pk}/edit/", typed()).status_code == 403


def test_nobody_gives_the_own_unit_more_time(inspector: Client, world: World) -> None:
    """Neither by changing the day nor by an extension; staff of the province may do both."""
    own = make_remedy(make_visit(make_round(world.dai_tu), world.dai_tu), code="KN2")
    due = own.due_on
    fields = typed(code="KN2", due_on="30/06/2031", report_document="7/BC-UBND")
    assert inspector.post(f"/remedies/{own.pk}/edit/", fields).status_code == 302
    own.refresh_from_db()
    assert (own.due_on, own.report_document) == (due, "7/BC-UBND")
    data = {"decided_on": "20/6/2023", "due_on": "25/8/2030", "version": own.version}
    assert inspector.post(f"/remedies/{own.pk}/extend/", data).status_code == 403
    assert not own.extensions.exists()


@pytest.mark.parametrize(
    "softer",
    [
        {"kind": "REVIEW"},
        {"subject": "COLLECTIVE"},
        {"content": "Nhắc nhở"},
        {"discipline_form": "REPRIMAND"},
    ],
    ids=lambda softer: next(iter(softer)),
)
def test_asked_side_softens_no_demand_that_its_own_round_made(
    inspector: Client, staff: Client, world: World, softer: dict[str, str]
) -> None:
    asked = {"kind": "DISCIPLINE", "subject": "INDIVIDUAL", "discipline_form": "WARNING"}
    own = make_remedy(
        make_visit(make_round(world.dai_tu), world.dai_tu),
        code="KN2", content="Bồi hoàn 500 triệu", **asked,
    )  # fmt: skip
    url = f"/remedies/{own.pk}/edit/"
    assert "không tự đổi yêu cầu đối với mình" in inspector.get(url).content.decode()
    sent = typed(code="KN2", content="Bồi hoàn 500 triệu", **asked)
    assert inspector.post(url, {**sent, **softer}).status_code == 403
    own.refresh_from_db()
    assert (own.kind, own.content) == ("DISCIPLINE", "Bồi hoàn 500 triệu")
    assert (own.subject, own.discipline_form) == ("INDIVIDUAL", "WARNING")
    # What does not change what is asked stays possible, as a browser sends it: fields that may not
    # be changed are left out.
    rest = {name: value for name, value in sent.items() if name not in (*asked, "content")}
    assert inspector.post(url, {**rest, "answerer": "Chánh Văn phòng"}).status_code == 302
    own.refresh_from_db()
    assert (own.answerer, own.content) == ("Chánh Văn phòng", "Bồi hoàn 500 triệu")
    # The province's own staff may settle it, and so may change what is asked.
    sent = {**sent, "version": own.version}
    assert staff.post(url, {**sent, "content": "Bồi hoàn 400 triệu"}).status_code == 302
