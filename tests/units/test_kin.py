"""Units that are the same by lineage, looking back and ahead."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import make_succession, make_unit
from units import kin
from units.kin import kin_around, kin_of
from units.models import Unit

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["few", "many"])
def size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways of reading the successions."""
    if request.param == "many":
        monkeypatch.setattr(kin, "MANY", 0)


def units(*names: str) -> list[Unit]:
    return [make_unit(name) for name in names]


@pytest.mark.usefixtures("size")
def test_what_a_unit_stands_for_and_what_stands_for_it() -> None:
    first, second, merged, later = units("1", "2", "12", "123")
    make_succession(first, merged, date(2020, 1, 1))
    make_succession(second, merged, date(2020, 1, 1))
    make_succession(merged, later, kind="CONTINUE")
    found = kin_of([first.pk, merged.pk, later.pk])
    assert found[first.pk] == {first.pk, merged.pk, later.pk}
    assert found[merged.pk] == {first.pk, second.pk, merged.pk, later.pk}
    assert found[later.pk] == {first.pk, second.pk, merged.pk, later.pk}


@pytest.mark.usefixtures("size")
def test_only_the_main_heir_of_a_split_is_the_same() -> None:
    old, main, part = units("1", "2", "3")
    make_succession(old, main, kind="SPLIT", is_main=True)
    make_succession(old, part, kind="SPLIT", is_main=False)
    found = kin_of([old.pk, main.pk, part.pk])
    assert found == {
        old.pk: {old.pk, main.pk},
        main.pk: {old.pk, main.pk},
        part.pk: {part.pk},
    }


def test_one_query_however_many_units() -> None:
    made = units(*map(str, range(30)))
    for old, new in pairwise(made):
        make_succession(old, new)
    with CaptureQueriesContext(connection) as queries:
        found = kin_of([unit.pk for unit in made])
    assert len(queries) == 1
    assert found[made[0].pk] == {unit.pk for unit in made}
    assert kin_of([]) == {}


@pytest.mark.usefixtures("size")
def test_kin_of_units_and_of_their_kin_among_all_of_them() -> None:
    """Who is not asked about, nor kin to one asked about, is left out."""
    first, second, merged, later = units("1", "2", "12", "123")
    make_succession(first, merged, date(2020, 1, 1))
    make_succession(second, merged, date(2020, 1, 1))
    make_succession(merged, later, kind="CONTINUE")
    own = {first.pk, merged.pk, later.pk}
    assert kin_around([first.pk]) == dict.fromkeys(own, own)
    both = kin_around([first.pk, second.pk])
    assert both[first.pk] == own
    assert both[merged.pk] == {*own, second.pk}
    assert kin_around([]) == {}
