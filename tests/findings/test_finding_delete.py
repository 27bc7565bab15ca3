"""Taking a finding away: only where no remedy hangs on it; the visit keeps the mark."""

from __future__ import annotations

import pytest
from django.test import Client

from congvu.models import Event
from findings.models import Finding
from tests.conftest import World
from tests.factories import make_finding, make_remedy, make_round, make_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def finding(world: World) -> Finding:
    return make_finding(make_visit(make_round(world.province), world.dai_tu), code="F1")


def test_deleted_with_a_mark_on_the_visit(staff: Client, finding: Finding) -> None:
    answer = staff.post(f"/findings/{finding.pk}/delete/", {"version": 1})
    assert answer["Location"] == finding.visit.get_absolute_url()
    assert not Finding.objects.exists()
    mark = Event.objects.of(finding.visit).get()
    assert mark.deed == "removed"
    assert "F1" in mark.note


def test_refused_while_a_remedy_hangs_on_it(staff: Client, finding: Finding) -> None:
    make_remedy(finding.visit, finding=finding)
    answer = staff.post(f"/findings/{finding.pk}/delete/", {"version": 1})
    assert "đã có kiến nghị" in answer.content.decode()
    assert Finding.objects.exists()


def test_what_was_changed_meanwhile_is_not_deleted_unseen(staff: Client, finding: Finding) -> None:
    Finding.objects.update(version=2)
    answer = staff.post(f"/findings/{finding.pk}/delete/", {"version": 1})
    assert "vừa được người khác sửa" in answer.content.decode()
    assert Finding.objects.exists()


def test_page_says_what_will_happen_and_deletes_nothing(staff: Client, finding: Finding) -> None:
    assert "không khôi phục được" in staff.get(f"/findings/{finding.pk}/delete/").content.decode()
    assert Finding.objects.exists()
