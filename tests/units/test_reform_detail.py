"""The page of one change of units, with its documents."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from directives.models import Document
from tests.conftest import World
from tests.factories import make_unit, make_user
from units.actions import Below, merge
from units.models import Reform, Unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def reform(world: World) -> Reform:
    """Two communes of Đại Từ become one."""
    olds = [
        make_unit(code, name, world.dai_tu, kind=Unit.Kind.COMMUNE)
        for code, name in (("05800", "Xã Phú Lạc"), ("05803", "Xã Tân Linh"))
    ]
    new = Unit(code="05806", name="Xã Phú Tân", kind=Unit.Kind.COMMUNE, parent=world.dai_tu)
    change = merge(olds, new, date(2025, 3, 1), "NQ 12/2025", Below("move"))
    return change.apply(make_user("STAFF", world.province))


def test_page_tells_what_the_change_did_and_by_what_papers(
    staff: Client, world: World, reform: Reform
) -> None:
    document = Document.objects.create(
        number="12/NQ-HĐND", issued_on=date(2025, 2, 20), issuer=world.province, type="NQ",
        kept_by=world.province, subject="Sắp xếp đơn vị",
    )  # fmt: skip
    reform.documents.add(document)
    page = staff.get(reform.get_absolute_url()).content.decode()
    for words in ("Xã Phú Lạc", "Xã Tân Linh", "Xã Phú Tân", "NQ 12/2025", "01/03/2025"):
        assert words in page
    assert document.get_absolute_url() in page
    # The pages of the units lead there, with the papers.
    for unit in Unit.objects.filter(code__in=["05800", "05806"]):
        story = staff.get(unit.get_absolute_url()).content.decode()
        assert reform.get_absolute_url() in story
        assert "12/NQ-HĐND ngày 20/02/2025" in story


def test_change_is_seen_where_its_units_are_and_papered_by_whoever_may_change_all(
    inspector: Client, outsider: Client, admin: Client, world: World, reform: Reform
) -> None:
    assert inspector.get(reform.get_absolute_url()).status_code == 200
    assert "Gắn văn bản" not in inspector.get(reform.get_absolute_url()).content.decode()
    assert outsider.get(reform.get_absolute_url()).status_code == 404
    narrow = make_user("STAFF", Unit.objects.get(code="05806"))
    assert reform.is_editable_by(make_user("STAFF", world.province))
    assert reform.is_editable_by(make_user("STAFF", world.dai_tu))
    # A commune does not paper what was done above it: it stands for its predecessors, though.
    assert reform.is_editable_by(narrow)
    assert not reform.is_editable_by(make_user("STAFF", world.justice))
