"""The story of a visit."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from congvu.trail import mark
from inspections.models import Visit
from tests.conftest import World
from tests.factories import make_finding, make_remedy, make_round, make_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit(world: World) -> Visit:
    """A visit of the province to a commune of Đại Từ, with what was found."""
    round_ = make_round(world.province, date(2023, 5, 22), code="TN1")
    made = make_visit(round_, world.tien_hoi, strengths="Niêm yết đầy đủ")
    make_remedy(made, finding=make_finding(made, code="TT1"), code="KN1")
    return made


def test_both_sides_read_what_was_found_and_demanded(
    staff: Client, inspector: Client, reporter: Client, visit: Visit
) -> None:
    for client in (staff, inspector, reporter):
        text = client.get(f"/visits/{visit.pk}/").content.decode()
        for part in ("Xã Tiên Hội", "22/05/2023", "TT1", "KN1", "Niêm yết đầy đủ"):
            assert part in text


def test_only_the_inspecting_side_is_offered_to_write(
    staff: Client, inspector: Client, visit: Visit
) -> None:
    edit = f"/visits/{visit.pk}/edit/"
    mark(None, visit, "changed", {"strengths": ("", "Niêm yết đầy đủ")})
    ours, theirs = (
        client.get(f"/visits/{visit.pk}/").content.decode() for client in (staff, inspector)
    )
    assert edit in ours
    assert "Nhật ký" in ours
    assert edit not in theirs
    assert "Nhật ký" not in theirs


def test_visit_to_another_unit_in_a_joint_round_answers_404(
    inspector: Client, visit: Visit, world: World
) -> None:
    other = make_visit(visit.round, world.justice)
    assert inspector.get(f"/visits/{other.pk}/").status_code == 404


def test_visit_is_unknown_until_the_round_is_completed(inspector: Client, visit: Visit) -> None:
    type(visit.round).objects.update(status="IN_PROGRESS")
    assert inspector.get(f"/visits/{visit.pk}/").status_code == 404


def test_outsider_gets_404(outsider: Client, visit: Visit) -> None:
    assert outsider.get(f"/visits/{visit.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("status", "said"), [("IN_PROGRESS", "Cuộc chưa hoàn thành"), ("CANCELLED", "Cuộc đã hủy")]
)
def test_remedies_of_a_round_that_does_not_count_are_not_overdue(
    staff: Client, visit: Visit, status: str, said: str
) -> None:
    type(visit.round).objects.update(status=status)
    page = staff.get(f"/visits/{visit.pk}/").content.decode()
    assert said in page
    assert "Quá hạn" not in page
    assert "quá hạn" not in page
