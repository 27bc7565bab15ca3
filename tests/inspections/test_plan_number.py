"""A number is used once by an issuer in a year; a registered document may issue a plan."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import User
from directives.models import Document, DocumentType
from directives.numbers import type_told
from inspections.models import Adjustment, Plan, seal_of
from tests.conftest import World
from tests.factories import make_draft, make_item, make_plan

pytestmark = pytest.mark.django_db

NUMBER = "15/KH-UBND"


def user_of(client: Client) -> User:
    return client.user  # type: ignore[attr-defined,no-any-return]  # see client_of


def paper(world: World, number: str = NUMBER, **fields: Any) -> Document:
    return Document.objects.create(
        **{
            "number": number, "issued_on": date(2023, 1, 15), "issuer": world.province,
            "kept_by": world.province, "type": "KH", "subject": "Kiểm tra công vụ", **fields,
        }
    )  # fmt: skip


@pytest.fixture
def submitted(staff: Client, world: World) -> Plan:
    plan = make_draft(world.province)
    make_item(plan, world.dai_tu)
    plan.submit(by=user_of(staff))
    return plan


def issue(client: Client, plan: Plan, **fields: str) -> Any:
    plan.refresh_from_db()
    data = {
        "number": NUMBER, "issued_on": "16/1/2023", "type": "", "subject": "Kiểm tra",
        "_once": str(uuid.uuid4()), "seal": f"{plan.version}.{seal_of(plan.items.all())}",
    }  # fmt: skip
    return client.post(f"/plans/{plan.pk}/issue/", {**data, **fields})


# --- one number -------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [NUMBER, "15/kh-ubnd"])
def test_number_of_a_plan_without_a_document_is_refused_and_that_plan_is_led_to(
    staff: Client, submitted: Plan, world: World, number: str
) -> None:
    """The other plan is of another year, but was issued in this one."""
    other = make_plan(world.province, number=number, issued_on=date(2023, 1, 15), year=2024)
    answer = issue(staff, submitted)
    said = f"đã dùng số {NUMBER} trong năm 2023: Kế hoạch {number} năm 2024"
    assert said in str(answer.context["form"].errors["number"])
    assert f'href="{other.get_absolute_url()}"' in answer.content.decode()
    submitted.refresh_from_db()
    assert submitted.status == "SUBMITTED"
    assert not Document.objects.exists()


def test_number_is_free_for_other_issuers_and_in_other_years(
    staff: Client, submitted: Plan, world: World
) -> None:
    make_plan(world.justice, number=NUMBER, issued_on=date(2023, 1, 15))
    make_plan(world.province, number=NUMBER, issued_on=date(2022, 1, 15), year=2022)
    assert issue(staff, submitted).status_code == 302


def test_number_of_an_adjustment_is_refused_too(
    staff: Client, submitted: Plan, world: World
) -> None:
    Adjustment.objects.create(
        plan=make_plan(world.province), position=1, status="ISSUED", number=NUMBER,
        issued_on=date(2023, 6, 1),
    )  # fmt: skip
    said = str(issue(staff, submitted).context["form"].errors["number"])
    assert "Điều chỉnh lần 1 của Kế hoạch" in said
    assert "ban hành ngày 01/06/2023" in said


def test_adjustment_takes_no_number_of_a_plan(staff: Client, world: World) -> None:
    plan = make_plan(world.province, number=NUMBER, issued_on=date(2023, 1, 10))
    make_item(plan, world.dai_tu).drop(by=user_of(staff), reason="Thử")
    adjustment = Adjustment.objects.get()
    with pytest.raises(ValidationError, match="đã dùng số 15/KH-UBND"):
        adjustment.issue(user_of(staff), paper(world), "Thử")
    assert Plan.objects.get().items.in_force().count() == 1


def test_plan_recorded_or_mended_takes_no_number_of_another(staff: Client, world: World) -> None:
    make_plan(world.province, number=NUMBER, issued_on=date(2023, 1, 15))
    mine = make_plan(world.province, number="16/KH-UBND", year=2024)
    data = {
        "number": NUMBER, "issued_on": "20/12/2023", "issuer": "19", "year": "2024",
        "overlap_days": "90", "version": mine.version, "_once": str(uuid.uuid4()),
    }  # fmt: skip
    for url in ("/plans/record/", f"/plans/{mine.pk}/edit/"):
        assert "number" in staff.post(url, data).context["form"].errors
    free = {**data, "issued_on": "2/1/2024"}
    assert staff.post(f"/plans/{mine.pk}/edit/", free).status_code == 302


# --- a document that is registered already ----------------------------------------------------


def test_plan_taken_back_is_issued_again_by_its_document(
    staff: Client, submitted: Plan, world: World
) -> None:
    assert issue(staff, submitted, signer="Người ký (minh họa)").status_code == 302
    document = Document.objects.get()
    submitted.refresh_from_db()
    submitted.withdraw(by=user_of(staff), reason="Nhầm ngày")
    submitted.submit(by=user_of(staff))
    page = issue(staff, submitted, subject="")
    assert f'name="registered" value="{document.pk}"' in page.content.decode()
    assert issue(staff, submitted, subject="", registered=str(document.pk)).status_code == 302
    submitted.refresh_from_db()
    assert (submitted.status, submitted.paper) == ("ISSUED", document)
    assert (submitted.number, submitted.issued_on) == (NUMBER, date(2023, 1, 16))
    assert Document.objects.get().signer == "Người ký (minh họa)"


def test_day_of_the_registered_document_holds(staff: Client, submitted: Plan, world: World) -> None:
    document = paper(world)
    answer = issue(staff, submitted, issued_on="3/4/2023", registered=str(document.pk))
    assert answer.status_code == 302, answer.context["form"].errors
    submitted.refresh_from_db()
    assert submitted.issued_on == date(2023, 1, 15)


@pytest.mark.parametrize("other", ["issuer", "type", "issued"])
def test_document_that_cannot_issue_it_is_neither_offered_nor_taken(
    staff: Client, submitted: Plan, world: World, other: str
) -> None:
    """One of another body, a record of minutes, and one that issued another plan."""
    cases: dict[str, dict[str, Any]] = {
        "issuer": {"issuer": world.justice}, "type": {"type": "BB"}, "issued": {},
    }  # fmt: skip
    document = paper(world, **cases[other])
    if other == "issued":
        make_plan(world.province, number=NUMBER, issued_on=document.issued_on, paper=document)
    answer = issue(staff, submitted, registered=str(document.pk))
    submitted.refresh_from_db()
    assert submitted.paper != document
    if other != "issuer":
        assert "number" in answer.context["form"].errors
        assert 'name="registered"' not in answer.content.decode()


def test_what_the_seal_and_the_reason_say_still_counts(
    staff: Client, submitted: Plan, world: World
) -> None:
    document = paper(world)
    answer = issue(staff, submitted, registered=str(document.pk), seal="0.x")
    assert "vừa được người khác sửa" in answer.content.decode()
    submitted.refresh_from_db()
    assert submitted.status == "SUBMITTED"


def test_database_lets_a_document_issue_one_plan(world: World) -> None:
    document = paper(world)
    make_plan(world.province, paper=document)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_plan(world.province, paper=document)


# --- what the number and the document tell ----------------------------------------------------


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("45/KH-UBND", DocumentType.PLAN), ("60/QĐ-UBND", DocumentType.DECISION),
        ("202/2025/QĐ-UBND", DocumentType.DECISION), ("125/SNV-CCHC", DocumentType.LETTER),
        ("9/TTr-SNV", DocumentType.SUBMISSION), ("35-CT/TU", DocumentType.DIRECTIVE),
    ],
)  # fmt: skip
def test_number_tells_the_type(number: str, kind: str) -> None:
    assert type_told(number) == kind


def test_type_follows_the_number_unless_it_is_chosen(staff: Client, submitted: Plan) -> None:
    answer = issue(staff, submitted, number="9/TTr-UBND")
    assert "hãy chọn loại" in str(answer.context["form"].errors["type"])
    assert issue(staff, submitted, number="15/QĐ-UBND").status_code == 302
    assert Document.objects.get().type == "QD"


def test_plan_that_says_nothing_of_itself_takes_the_subject(staff: Client, submitted: Plan) -> None:
    assert issue(staff, submitted, subject="Kiểm tra công vụ năm 2023").status_code == 302
    submitted.refresh_from_db()
    assert submitted.subject == "Kiểm tra công vụ năm 2023"
    assert "kiem tra cong vu" in submitted.folded


def test_plan_keeps_its_own_subject(staff: Client, submitted: Plan) -> None:
    Plan.objects.update(subject="Của kế hoạch")
    assert issue(staff, submitted, subject="Của văn bản").status_code == 302
    submitted.refresh_from_db()
    assert submitted.subject == "Của kế hoạch"
