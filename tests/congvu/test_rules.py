"""What keeps records right: their rules, their version, and the database's own constraints."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from congvu.rules import ConflictError
from findings.models import Remedy
from inspections.models import Plan, Round
from reports.models import Draw, Proposal, Return
from tests.conftest import World
from tests.factories import (
    make_draft,
    make_remedy,
    make_return,
    make_round,
    make_succession,
    make_unit,
    make_user,
    make_visit,
)
from units.models import Succession, Unit


def test_second_writer_is_noticed_and_writes_nothing(world: World) -> None:
    make_round(world.province, code="A")
    mine, theirs = Round.objects.get(code="A"), Round.objects.get(code="A")
    theirs.scope_note = "của người kia"
    theirs.write("scope_note")
    mine.scope_note = "của tôi"
    with pytest.raises(ConflictError):
        mine.write("scope_note")
    assert Round.objects.get(code="A").scope_note == "của người kia"


def test_writing_one_field_leaves_the_others_as_they_are_in_the_database(world: World) -> None:
    round_ = make_round(world.province, scope_note="cũ")
    Round.objects.filter(pk=round_.pk).update(scope_note="mới")
    round_.code = "B"
    round_.write("code")
    round_.refresh_from_db()
    assert (round_.code, round_.scope_note, round_.folded) == ("B", "mới", "b cu")


def test_text_is_stored_composed_and_without_stray_spaces(world: World) -> None:
    unit = make_unit("X", "  Huye\u0323\u0302n\u00a0 Đại  Từ\u200b ")
    unit.refresh_from_db()
    assert unit.name == "Huyện Đại Từ"
    assert unit.folded == "x huyen dai tu"


def make_draw(unit: Unit, **fields: Any) -> Draw:
    """The first draw of a draft of the unit."""
    draft = Plan.objects.filter(issuer=unit).first() or make_draft(unit)
    proposal, _ = Proposal.objects.get_or_create(plan=draft)
    told = {"position": 1, "number": 1, "seed": "x", "pool": [[unit.pk, unit.code]], **fields}
    by = make_user("STAFF", unit)
    return Draw.objects.create(proposal=proposal, by=by, **told)


# Each breaks one rule that the database itself must hold, whoever writes.
BROKEN: dict[str, Any] = {
    "round ends before it starts": lambda w: make_round(
        w.province, starts_on=date(2023, 5, 2), ends_on=date(2023, 5, 1)
    ),
    "unknown status": lambda w: make_round(w.province, status="DONE"),
    "unknown form": lambda w: make_round(w.province, form="X"),
    "one code twice": lambda w: [make_round(w.province, code="A") for _ in range(2)],
    "one unit twice in a round": lambda w: [
        make_visit(r, w.dai_tu) for r in [make_round(w.province)] * 2
    ],
    "name on a collective": lambda w: make_remedy(
        make_visit(make_round(w.province), w.dai_tu), person_name="A"
    ),
    "discipline of a collective": lambda w: make_remedy(
        make_visit(make_round(w.province), w.dai_tu), kind="DISCIPLINE"
    ),
    "discipline form without discipline": lambda w: make_remedy(
        make_visit(make_round(w.province), w.dai_tu), discipline_form="WARNING"
    ),
    "two units bear one code on one day": lambda w: make_unit(
        "171", valid_from=date(2020, 1, 1), valid_to=date(2020, 1, 2)
    ),
    "unit ends before it begins": lambda w: make_unit(
        valid_from=date(2020, 1, 2), valid_to=date(2020, 1, 1)
    ),
    "two returns share a day": lambda w: [
        make_return(w.dai_tu, date(2023, 1, 1), date(2023, 6, 30)),
        make_return(w.dai_tu, date(2023, 6, 30), date(2023, 12, 31)),
    ],
    "negative figure": lambda w: make_return(
        w.dai_tu, date(2023, 1, 1), date(2023, 1, 2), visits=-1
    ),
    "two main heirs": lambda w: [
        make_succession(w.dai_tu, w.tien_hoi),
        make_succession(w.dai_tu, w.justice),
    ],
    "a unit that follows itself": lambda w: make_succession(w.dai_tu, w.dai_tu),
    "a weight over a hundred": lambda w: Proposal.objects.create(
        plan=make_draft(w.province), weight_time=101
    ),
    "two draws of one number": lambda w: [make_draw(w.dai_tu) for _ in range(2)],
    "a draw without a seed": lambda w: make_draw(w.dai_tu, seed=""),
    "a draw of nothing": lambda w: make_draw(w.dai_tu, number=0),
}


@pytest.mark.parametrize("name", BROKEN)
def test_database_refuses(world: World, name: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        BROKEN[name](world)


def test_code_may_pass_to_another_unit_on_the_next_day(world: World) -> None:
    old = make_unit("05569", "Thị trấn Chợ Chu", valid_to=date(2025, 6, 30))
    new = make_unit("05569", "Xã Định Hóa", valid_from=date(2025, 7, 1))
    assert Unit.objects.at("05569", date(2025, 6, 30)) == old
    assert Unit.objects.at("05569", date(2025, 7, 1)) == new


def test_returns_of_two_units_or_of_adjoining_periods_do_not_clash(world: World) -> None:
    make_return(world.dai_tu, date(2023, 1, 1), date(2023, 6, 30))
    make_return(world.dai_tu, date(2023, 7, 1), date(2023, 12, 31))
    make_return(world.tien_hoi, date(2023, 1, 1), date(2023, 12, 31))
    assert Return.objects.count() == 3


# Each breaks one rule that only the model can tell; the field is where it must be shown.
TOLD: dict[str, tuple[str, Any]] = {
    "visit outside the round": (
        "visited_on",
        lambda w: make_visit(make_round(w.province), w.dai_tu, visited_on=date(2023, 5, 23)),
    ),
    "visited unit not in force": (
        "unit",
        lambda w: make_visit(make_round(w.province), make_unit(valid_to=date(2023, 5, 21))),
    ),
    "inspecting body not in force": (
        "body",
        lambda w: make_round(make_unit(valid_from=date(2023, 5, 23))),
    ),
    "abolished form of discipline": (
        "discipline_form",
        lambda w: make_remedy(
            make_visit(make_round(w.province, date(2025, 7, 1)), w.dai_tu),
            kind="DISCIPLINE",
            subject="INDIVIDUAL",
            discipline_form="DEMOTION",
        ),
    ),
    "return outside the unit's life": (
        "last_day",
        lambda w: make_return(
            make_unit(valid_to=date(2023, 6, 30)), date(2023, 1, 1), date(2023, 12, 31)
        ),
    ),
    "unit outlives its parent": (
        "valid_to",
        lambda w: make_unit(parent=make_unit(valid_to=date(2025, 6, 30))),
    ),
}


@pytest.mark.parametrize("name", TOLD)
def test_model_tells_the_fault_at_its_field(world: World, name: str) -> None:
    field, make = TOLD[name]
    with pytest.raises(ValidationError) as told:
        make(world).full_clean()
    assert field in told.value.message_dict


def test_discipline_form_was_still_in_force_on_its_last_day(world: World) -> None:
    remedy: Remedy = make_remedy(
        make_visit(make_round(world.province, date(2025, 6, 30)), world.dai_tu),
        kind="DISCIPLINE",
        subject="INDIVIDUAL",
        discipline_form="DEMOTION",
    )
    remedy.full_clean()


def test_split_needs_no_second_main_heir(world: World) -> None:
    old = make_unit(valid_to=date(2025, 6, 30))
    make_succession(old, world.tien_hoi, kind="SPLIT", is_main=True)
    make_succession(old, world.justice, kind="SPLIT", is_main=False)
    assert Succession.objects.count() == 2
