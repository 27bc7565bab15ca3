"""A round does not move past the last day of a form of discipline that a remedy names."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from inspections.models import Round
from tests.conftest import World
from tests.factories import make_remedy, make_round, make_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def round_(world: World) -> Round:
    round_ = make_round(world.province, date(2025, 6, 30))
    make_remedy(
        make_visit(round_, world.dai_tu),
        kind="DISCIPLINE",
        subject="INDIVIDUAL",
        discipline_form="DEMOTION",
    )
    return round_


def test_round_stays_before_the_last_day(round_: Round) -> None:
    round_.ends_on = date(2025, 7, 1)
    with pytest.raises(ValidationError) as refusal:
        round_.full_clean()
    assert "Giáng chức" in refusal.value.message_dict["ends_on"][0]


def test_within_its_dates_the_round_moves(round_: Round) -> None:
    round_.starts_on = date(2025, 6, 1)
    round_.full_clean()


def test_form_that_is_still_in_force_holds_nothing(round_: Round) -> None:
    round_.visits.get().remedies.update(discipline_form="REMOVAL")
    round_.ends_on = date(2025, 7, 1)
    round_.full_clean()
