"""The page of a finding: where it was made, what is demanded, and who sees what."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from tests.conftest import World
from tests.factories import make_finding, make_remedy, make_round, make_visit

pytestmark = pytest.mark.django_db


def test_story_has_the_visit_and_its_remedies(staff: Client, world: World) -> None:
    finding = make_finding(make_visit(make_round(world.province), world.dai_tu), content="Đi muộn")
    make_remedy(finding.visit, finding=finding, code="KN1", completed_on=date(2023, 6, 1))
    page = staff.get(finding.get_absolute_url()).content.decode()
    for text in ("Huyện Đại Từ", "22/05/2023", "Đi muộn", "KN1", "xong ngày 01/06/2023"):
        assert text in page


def test_without_remedy_the_page_says_what_to_do(staff: Client, world: World) -> None:
    finding = make_finding(make_visit(make_round(world.province), world.dai_tu))
    page = staff.get(finding.get_absolute_url())
    assert "Chưa có kiến nghị nào" in page.content.decode()
    url = f"/visits/{finding.visit.pk}/remedies/create/?finding={finding.pk}"
    assert page.context["actions"][0].url == url


def test_outsider_gets_404(outsider: Client, world: World) -> None:
    finding = make_finding(make_visit(make_round(world.province), world.dai_tu))
    assert outsider.get(finding.get_absolute_url()).status_code == 404


def test_inspected_side_reads_but_has_no_deeds_and_no_trail(
    inspector: Client, world: World
) -> None:
    finding = make_finding(make_visit(make_round(world.province), world.dai_tu))
    page = inspector.get(finding.get_absolute_url())
    assert page.context["actions"] == []
    assert page.context["events"] is None


def test_name_in_a_remedy_is_for_who_may_see_it(
    staff: Client, leader: Client, world: World
) -> None:
    finding = make_finding(make_visit(make_round(world.province), world.dai_tu))
    make_remedy(
        finding.visit, finding=finding, subject="INDIVIDUAL", person_name="Nguyễn Văn Khuất"
    )
    assert "Khuất" in staff.get(finding.get_absolute_url()).content.decode()
    assert "Khuất" not in leader.get(finding.get_absolute_url()).content.decode()
