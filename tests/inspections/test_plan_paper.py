"""A plan issued by a document has its number and day, also when the document is mended."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from accounts.models import User
from congvu.models import Event
from directives.models import Document
from inspections.models import Adjustment, Plan
from tests.conftest import World
from tests.factories import make_draft, make_item

pytestmark = pytest.mark.django_db


def _paper(world: World, number: str, day: date) -> Document:
    return Document.objects.create(
        number=number, issued_on=day, issuer=world.province, kept_by=world.province, type="KH",
        subject="Kiểm tra công vụ",
    )  # fmt: skip


@pytest.fixture
def by(staff: Client) -> User:
    return staff.user  # type: ignore[attr-defined,no-any-return]  # see client_of


@pytest.fixture
def plan(by: User, world: World) -> Plan:
    """Issued on 17/3/2023, and adjusted on 5/6 and 4/9/2023."""
    plan = make_draft(world.province)
    items = [make_item(plan, world.dai_tu) for _ in range(3)]
    plan.submit(by)
    plan.issue(by, _paper(world, "45/KH-UBND", date(2023, 3, 17)))
    for number, month, item in ((60, 6, items[0]), (90, 9, items[1])):
        item.drop(by=by, reason="Thử")
        adjustment = Adjustment.objects.get(status="DRAFT")
        paper = _paper(world, f"{number}/KH-UBND", date(2023, month, 5))
        adjustment.issue(by, paper, "Trùng lịch")
    return plan


def _mend(staff: Client, of: str, /, **fields: str) -> Any:
    document = Document.objects.get(number=of)
    data = {
        "number": of, "issued_on": f"{document.issued_on:%d/%m/%Y}", "type": "KH",
        "issuer": "19", "subject": document.subject, "version": document.version,
        "_once": str(uuid.uuid4()),
    }  # fmt: skip
    return staff.post(f"/documents/{document.pk}/edit/", {**data, **fields})


def _faults(answer: HttpResponse) -> str:
    form: Any = answer.context["form"]  # type: ignore[attr-defined]  # the test client's answer
    return str(form.errors)


def test_number_and_day_follow_the_document_with_a_mark(staff: Client, plan: Plan) -> None:
    assert _mend(staff, "45/KH-UBND", number="46/KH-UBND", issued_on="20/3/2023").status_code == 302
    plan.refresh_from_db()
    assert (plan.number, plan.issued_on) == ("46/KH-UBND", date(2023, 3, 20))
    mark = Event.objects.of(plan).last()
    assert mark is not None
    assert mark.changes == {
        "number": ["45/KH-UBND", "46/KH-UBND"], "issued_on": ["2023-03-17", "2023-03-20"],
    }  # fmt: skip


def test_other_words_of_the_document_leave_the_plan_alone(staff: Client, plan: Plan) -> None:
    plan.refresh_from_db()
    assert _mend(staff, "45/KH-UBND", signer="Người ký (minh họa)").status_code == 302
    assert Plan.objects.get().version == plan.version


def test_adjustment_follows_its_document(staff: Client, plan: Plan) -> None:
    assert _mend(staff, "60/KH-UBND", number="61/KH-UBND", issued_on="6/6/2023").status_code == 302
    first = plan.adjustments.get(position=1)
    assert (first.number, first.issued_on) == ("61/KH-UBND", date(2023, 6, 6))


def test_days_stay_in_order(staff: Client, plan: Plan) -> None:
    """The plan, its first adjustment, its second: and nothing of a refused mend stays."""
    said = _faults(_mend(staff, "45/KH-UBND", issued_on="6/6/2023"))
    assert "05/06/2023 trước ngày ban hành kế hoạch (06/06/2023)" in said
    said = _faults(_mend(staff, "60/KH-UBND", issued_on="16/3/2023"))
    assert "trước ngày ban hành kế hoạch (17/03/2023)" in said
    said = _faults(_mend(staff, "60/KH-UBND", issued_on="6/9/2023"))
    assert "Điều chỉnh lần 2 đã ban hành ngày 05/09/2023; lần 1 không thể sau ngày đó" in said
    said = _faults(_mend(staff, "90/KH-UBND", issued_on="4/6/2023"))
    assert "Điều chỉnh lần 1 đã ban hành ngày 05/06/2023; lần 2 không thể trước ngày đó" in said
    days = [date(2023, 3, 17), date(2023, 6, 5), date(2023, 9, 5)]
    assert sorted(Document.objects.values_list("issued_on", flat=True)) == days
    assert [plan.issued_on, *plan.adjustments.values_list("issued_on", flat=True)] == days


def test_document_of_a_plan_stays_with_its_issuer(staff: Client, plan: Plan, world: World) -> None:
    said = _faults(_mend(staff, "45/KH-UBND", issuer=world.justice.code))
    assert "cơ quan ban hành phải là Tỉnh Thái Nguyên" in said


def test_form_of_the_plan_leads_to_the_document(staff: Client, plan: Plan) -> None:
    """Number, day and issuer are not asked there, and not taken."""
    page = staff.get(f"/plans/{plan.pk}/edit/")
    assert not {"number", "issued_on", "issuer"} & page.context["form"].fields.keys()
    assert plan.paper is not None
    assert f'href="{plan.paper.get_absolute_url()}"' in page.content.decode()
    plan.refresh_from_db()
    data = {
        "number": "99/KH-UBND", "subject": "Kiểm tra công vụ năm 2023", "overlap_days": "90",
        "version": plan.version, "_once": str(uuid.uuid4()),
    }  # fmt: skip
    assert staff.post(f"/plans/{plan.pk}/edit/", data).status_code == 302
    plan.refresh_from_db()
    assert (plan.number, plan.subject) == ("45/KH-UBND", "Kiểm tra công vụ năm 2023")
