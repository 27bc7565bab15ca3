"""A new remedy: contract §3's rules as sentences at the fields, and who may."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from findings.models import Remedy, discipline_forms_on
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
        (
            {"kind": "DISCIPLINE", "subject": "INDIVIDUAL", "content": ""},
            "content",
            "ghi họ tên cá nhân hoặc nội dung",
        ),
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


def test_due_day_of_discipline_is_proposed(staff: Client, visit: Visit) -> None:
    """90 days from the visit of 22/5/2023, 150 where complicated; a day that was typed stays."""
    for changes, due in (
        ({"due_on": ""}, date(2023, 8, 20)),
        ({"due_on": "", "is_complicated": "on"}, date(2023, 10, 19)),
        ({"due_on": "30/6/2023"}, date(2023, 6, 30)),
    ):
        fields = typed(kind="DISCIPLINE", subject="INDIVIDUAL", **changes)
        assert staff.post(f"/remedies/create/?visit={visit.pk}", fields).status_code == 302
        assert Remedy.objects.latest("pk").due_on == due
    assert staff.post(f"/remedies/create/?visit={visit.pk}", typed(due_on="")).status_code == 302
    assert Remedy.objects.latest("pk").due_on is None


# Domain notes, "Discipline forms in time".
MATRIX = {
    ("CADRE", date(2025, 6, 30)): "REPRIMAND WARNING REMOVAL DISMISSAL",
    ("CADRE", date(2025, 7, 1)): "REPRIMAND WARNING REMOVAL DISMISSAL",
    ("CIVIL_SERVANT", date(2025, 6, 30)): "REPRIMAND WARNING SALARY_DOWNGRADE FORCED_RESIGNATION",
    ("CIVIL_SERVANT", date(2025, 7, 1)): "REPRIMAND WARNING FORCED_RESIGNATION",
    ("LEADING", date(2025, 6, 30)): "REPRIMAND WARNING DEMOTION REMOVAL FORCED_RESIGNATION",
    ("LEADING", date(2025, 7, 1)): "REPRIMAND WARNING REMOVAL FORCED_RESIGNATION",
    ("PUBLIC_EMPLOYEE", date(2025, 6, 30)): "REPRIMAND WARNING FORCED_RESIGNATION",
    ("PUBLIC_EMPLOYEE", date(2025, 7, 1)): "REPRIMAND WARNING FORCED_RESIGNATION",
    ("MANAGER", date(2025, 6, 30)): "REPRIMAND WARNING REMOVAL FORCED_RESIGNATION",
    ("MANAGER", date(2025, 7, 1)): "REPRIMAND WARNING REMOVAL FORCED_RESIGNATION",
}


@pytest.mark.parametrize(("who", "day"), MATRIX)
def test_each_kind_of_official_knows_its_forms(who: str, day: date) -> None:
    assert discipline_forms_on(day, who) == MATRIX[who, day].split()


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"official_kind": "CADRE", "discipline_form": "FORCED_RESIGNATION"}, "official_kind",
         "Hình thức “Buộc thôi việc” không áp dụng với “Cán bộ”"),
        ({"decision_number": "45", "decision_on": "1/6/2023"}, "decision_number", "45/QĐ-UBND"),
        ({"decision_number": "45/QĐ-UBND"}, "decision_on", "Hãy ghi ngày"),
        ({"decision_on": "1/6/2023"}, "decision_number", "Hãy ghi số"),
        ({"decision_number": "45/QĐ-UBND", "decision_on": "21/5/2023"}, "decision_on",
         "trước ngày kiểm tra (22/05/2023)"),
        ({"decision_number": "45/QĐ-UBND", "decision_on": "1/1/2999"}, "decision_on",
         "sau hôm nay"),
        ({"discipline_form": "DEMOTION", "decision_number": "45/QĐ-UBND",
          "decision_on": "1/7/2025"}, "decision_on", "đến hết ngày 30/06/2025"),
        ({"kind": "REVIEW", "official_kind": "CADRE"}, "official_kind", "Xử lý kỷ luật"),
        ({"kind": "REVIEW", "is_complicated": "on"}, "is_complicated", "Xử lý kỷ luật"),
    ],
)  # fmt: skip
def test_what_makes_no_discipline_is_told_at_its_field(
    staff: Client, visit: Visit, changes: dict[str, str], field: str, sentence: str
) -> None:
    discipline = {"kind": "DISCIPLINE", "subject": "INDIVIDUAL", **changes}
    assert sentence in faults(staff, visit, **discipline)[field][0]


def test_decision_is_restricted_as_names_are(
    staff: Client, leader: Client, reporter: Client, visit: Visit
) -> None:
    fields = typed(
        kind="DISCIPLINE", subject="INDIVIDUAL", person_name="Nguyễn Văn Khuất",
        official_kind="LEADING", discipline_form="DEMOTION", decision_number="4567/QĐ-UBND",
        decision_on="1/6/2023", answerer="Bà Trần Thị Kín",
    )  # fmt: skip
    assert staff.post(f"/remedies/create/?visit={visit.pk}", fields).status_code == 302
    remedy = Remedy.objects.get()
    answer = staff.post(
        f"{remedy.get_absolute_url()}edit/",
        {**fields, "version": 1, "code": remedy.code, "decision_number": "4568/QĐ-UBND"},
    )
    assert answer.status_code == 302
    for client, told in ((staff, True), (reporter, True), (leader, False)):
        page = client.get(remedy.get_absolute_url()).content.decode()
        assert "Giáng chức" in page
        assert ("4568/QĐ-UBND" in page) is told
        assert ("Trần Thị Kín" in page) is told
        # The trail, which the inspected side does not read.
        assert ("4567/QĐ-UBND" in page) is (client is staff)


def test_inspected_side_may_not(inspector: Client, outsider: Client, visit: Visit) -> None:
    assert inspector.post(f"/remedies/create/?visit={visit.pk}", typed()).status_code == 403
    assert outsider.post(f"/remedies/create/?visit={visit.pk}", typed()).status_code == 404
