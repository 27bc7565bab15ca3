"""A new remedy: contract §3's rules as sentences at the fields, and who may."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from findings.models import Remedy
from inspections.models import Visit
from tests.conftest import World
from tests.factories import make_finding, make_round, make_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit(world: World) -> Visit:
    return make_visit(make_round(world.province, code="TN1"), world.dai_tu)


def typed(**changes: Any) -> dict[str, Any]:
    fields = {"kind": "REMIND", "subject": "COLLECTIVE", "due_on": "30/6/2023", "content": "Nhắc"}
    return {**fields, **changes}


def faults(client: Client, visit: Visit, **changes: Any) -> dict[str, list[str]]:
    answer = client.post(f"/remedies/create/?visit={visit.pk}", typed(**changes))
    assert answer.status_code == 200
    assert not Remedy.objects.exists()
    found: dict[str, list[str]] = answer.context["form"].errors
    return found


def test_remedy_is_added_with_day_first_and_a_code(staff: Client, visit: Visit) -> None:
    answer = staff.post(f"/remedies/create/?visit={visit.pk}", typed(due_on="1/7/2023"))
    remedy = Remedy.objects.get()
    assert answer["Location"] == remedy.get_absolute_url()
    assert (remedy.code, remedy.due_on) == ("TN1-KN01", date(2023, 7, 1))


def test_finding_in_the_address_is_chosen(staff: Client, visit: Visit) -> None:
    finding = make_finding(visit)
    page = staff.get(f"/remedies/create/?visit={visit.pk}&finding={finding.pk}")
    assert page.context["form"]["finding"].value() == finding.pk


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"person_name": "Nguyễn Văn A"}, "person_name", "không ghi họ tên"),
        ({"kind": "DISCIPLINE"}, "subject", "chỉ áp dụng với cá nhân"),
        ({"discipline_form": "WARNING"}, "discipline_form", "chỉ ghi khi"),
        ({"due_on": "1/5/2023"}, "due_on", "trước ngày kiểm tra (22/05/2023)"),
        ({"due_on": "31/6/2023"}, "due_on", "không có trong lịch"),
        ({"kind": ""}, "kind", ""),
        ({"subject": ""}, "subject", ""),
    ],
)
def test_rule_is_told_at_its_field(
    staff: Client, visit: Visit, changes: dict[str, str], field: str, sentence: str
) -> None:
    assert sentence in faults(staff, visit, **changes)[field][0]


def test_finding_of_another_visit_is_no_choice(staff: Client, visit: Visit, world: World) -> None:
    other = make_finding(make_visit(make_round(world.province), world.dai_tu))
    assert "finding" in faults(staff, visit, finding=other.pk)


@pytest.mark.parametrize(
    ("last_day", "offered"), [(date(2025, 6, 30), True), (date(2025, 7, 1), False)]
)
def test_form_of_discipline_is_offered_only_within_its_dates(
    staff: Client, world: World, last_day: date, offered: bool
) -> None:
    visit = make_visit(make_round(world.province, last_day), world.dai_tu)
    page = staff.get(f"/remedies/create/?visit={visit.pk}").content.decode()
    assert ("Giáng chức" in page) is offered
    answer = staff.post(
        f"/remedies/create/?visit={visit.pk}",
        typed(kind="DISCIPLINE", subject="INDIVIDUAL", discipline_form="DEMOTION", due_on=""),
    )
    assert (answer.status_code == 302) is offered
    assert Remedy.objects.exists() is offered


def test_inspected_side_may_not(inspector: Client, outsider: Client, visit: Visit) -> None:
    assert inspector.post(f"/remedies/create/?visit={visit.pk}", typed()).status_code == 403
    assert outsider.post(f"/remedies/create/?visit={visit.pk}", typed()).status_code == 404
