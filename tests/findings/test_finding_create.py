"""A new finding: on which visit, its code, and who may."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client

from congvu.models import Event
from congvu.rules import ConflictError
from findings.forms import FindingForm
from findings.models import Finding
from inspections.models import Visit
from tests.conftest import World
from tests.factories import make_finding, make_round, make_visit

pytestmark = pytest.mark.django_db


def typed(**changes: Any) -> dict[str, Any]:
    return {"category": "WORK_TIME", "severity": "LIMITATION", "content": "Đi muộn", **changes}


@pytest.mark.parametrize("address", ["/findings/create/?visit={}", "/visits/{}/findings/create/"])
def test_finding_is_added_to_the_visit_with_a_code_and_a_mark(
    staff: Client, world: World, address: str
) -> None:
    visit = make_visit(make_round(world.province, code="TN1"), world.dai_tu)
    answer = staff.post(address.format(visit.pk), typed())
    finding = Finding.objects.get()
    assert answer["Location"] == finding.get_absolute_url()
    assert (finding.code, finding.visit) == ("TN1-TT01", visit)
    assert [event.deed for event in Event.objects.of(finding)] == ["added"]


def test_codes_run_on(staff: Client, world: World) -> None:
    visit = make_visit(make_round(world.province, code="TN1"), world.dai_tu)
    make_finding(visit, code="TN1-TT09")
    staff.post(f"/findings/create/?visit={visit.pk}", typed())
    assert Finding.objects.filter(code="TN1-TT10").exists()


def test_code_in_use_is_told_and_what_was_typed_stays(staff: Client, world: World) -> None:
    visit = make_visit(make_round(world.province), world.dai_tu)
    make_finding(visit, code="TRUNG")
    answer = staff.post(f"/findings/create/?visit={visit.pk}", typed(code="TRUNG"))
    page = answer.content.decode()
    assert "Mã này đã được dùng" in page
    assert "Đi muộn" in page
    assert Finding.objects.count() == 1


def test_double_click_makes_one(staff: Client, world: World) -> None:
    visit = make_visit(make_round(world.province), world.dai_tu)
    data = typed(_once=str(uuid.uuid4()))
    first = staff.post(f"/findings/create/?visit={visit.pk}", data)
    second = staff.post(f"/findings/create/?visit={visit.pk}", data)
    assert second["Location"] == first["Location"]
    assert Finding.objects.count() == 1


def test_without_a_visit_one_is_chosen_first(inspector: Client, world: World) -> None:
    ours = make_visit(make_round(world.dai_tu), world.tien_hoi)
    of_others = make_visit(make_round(world.province), world.dai_tu)
    page = inspector.get("/findings/create/").content.decode()
    assert f'?visit={ours.pk}"' in page
    assert f'?visit={of_others.pk}"' not in page
    assert "Không có lượt" in inspector.get("/findings/create/?q=khong+co").content.decode()


def test_visit_of_others_is_403_and_out_of_reach_404(
    inspector: Client, outsider: Client, world: World
) -> None:
    visit = make_visit(make_round(world.province), world.dai_tu)
    assert inspector.post(f"/findings/create/?visit={visit.pk}", typed()).status_code == 403
    assert outsider.post(f"/findings/create/?visit={visit.pk}", typed()).status_code == 404
    assert outsider.get("/findings/create/?visit=abc").status_code == 404
    assert not Finding.objects.exists()


def test_visit_taken_away_meanwhile_is_told(staff: Client, world: World) -> None:
    """The page was open; now there is nothing that the finding could hang on."""
    visit = make_visit(make_round(world.province), world.dai_tu)
    form = FindingForm(
        {"category": "OTHER", "severity": "VIOLATION", "content": "Trễ hẹn", "code": "F1"},
        visit=visit,
    )
    assert form.is_valid()
    Visit.objects.filter(pk=visit.pk).delete()
    with pytest.raises(ConflictError):
        form.save_as(staff.user)  # type: ignore[attr-defined]
