"""What was imported can be exported and imported again; a file sent twice changes nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given

from inspections.models import Plan, Round, Team
from tests.oracle.reading import read_workbook
from tests.oracle.running import (
    check_questions,
    difference,
    oracle_settings,
    run,
    save,
    taken_back,
)
from tests.oracle.stored import empty, fetch, lines, snapshot, store
from tests.oracle.worlds import MERGER, describe, random_question, random_world, seeds


@pytest.mark.django_db
@oracle_settings(few=8)
@given(seed=seeds())
def test_export_into_an_empty_installation_gives_the_same(seed: int, tmp_path: Path, db: Any):
    rng = Random(seed)
    world = random_world(rng, rng.choice((3, 6, 10)))
    path = tmp_path / "export.xlsx"
    for each in world.returns:
        each.accepted = rng.random() < 0.85
    with taken_back():
        store(world)
        # What a file holds counts as accepted: a return that was not accepted stays out of it.
        world.returns = [each for each in world.returns if each.accepted]
        outcome = run("export_workbook", str(path))
        assert outcome.code == 0, outcome.printed
        # What the file says, read without the importer.
        assert lines(read_workbook(path)) == lines(world), describe(world)
        empty()
        outcome = run("import_workbook", str(path))
        assert outcome.code == 0, f"{outcome.printed}\n{describe(world)}"
        assert lines(fetch()) == lines(world), describe(world)
        check_questions(world, rng, 2, store)


def entangle(rng: Random) -> None:
    """Plans and teams as people may choose them in the pages, whether or not a file tells them."""
    plans, teams = list(Plan.objects.all()), list(Team.objects.all())
    for team in rng.sample(teams, len(teams) // 2):
        again = Team(body=team.body, name=team.name, decision_number="9/QĐ")
        again.decided_on = date(2026, 1, 1)
        again.save()
        teams.append(again)
    for round_ in Round.objects.all():
        round_.plan = rng.choice([*plans, round_.plan])
        round_.team = rng.choice([*teams, round_.team])
        round_.save()


@pytest.mark.django_db
@oracle_settings(few=8)
@given(seed=seeds())
def test_export_into_where_it_came_from_changes_nothing(seed: int, tmp_path: Path, db: Any):
    rng = Random(seed)
    world = random_world(rng, rng.choice((3, 6)))
    for plan in world.plans[::2]:
        plan.number = "45/KH-UBND"
    world.plans = list({(e.issuer, e.number, e.year): e for e in world.plans}.values())
    for round_ in world.rounds:
        round_.plan = None
    for each in world.returns:
        each.accepted = rng.random() < 0.85
    path = tmp_path / "export.xlsx"
    with taken_back():
        store(world)
        entangle(rng)
        before = snapshot()
        assert run("export_workbook", str(path)).code == 0
        outcome = run("import_workbook", str(path))
        assert outcome.code == 0, f"{outcome.printed}\n{describe(world)}"
        assert snapshot() == before, f"{outcome.printed}\n{describe(world)}"


@pytest.mark.django_db
@oracle_settings(few=6)
@given(seed=seeds())
def test_export_of_one_lineage_gives_its_summaries(seed: int, tmp_path: Path, db: Any):
    """The file of one unit is whole: an empty installation takes it, and counts the same."""
    rng = Random(seed)
    world = random_world(rng, rng.choice((3, 8)))
    code = rng.choice(world.units).code
    # Of those that bore the code, the export takes the last.
    last = max(
        (unit for unit in world.units if unit.code == code),
        key=lambda unit: unit.valid_from or date.min,
    )
    day = last.valid_to or last.valid_from or MERGER
    path = tmp_path / "export.xlsx"
    with taken_back():
        store(world)
        outcome = run("export_workbook", str(path), "--unit", code)
        assert outcome.code == 0, f"{outcome.printed}\n{describe(world)}"
        empty()
        outcome = run("import_workbook", str(path))
        assert outcome.code == 0, f"{outcome.printed}\n{describe(world)}"
        for _ in range(4):
            question = replace(random_question(rng, world), code=code, boundaries_on=day)
            assert not difference(world, question), f"{question}\n{describe(world)}"


@pytest.mark.django_db
@oracle_settings(few=8)
@given(seed=seeds())
def test_file_sent_twice_changes_nothing(seed: int, tmp_path: Path, db: Any):
    rng = Random(seed)
    world = random_world(rng, 6)
    with taken_back():
        # Dressed in two ways: the same records, whatever the spelling.
        for path in (tmp_path / "first.xlsx", tmp_path / "second.xlsx"):
            before = snapshot()
            save(world, path, rng)
            outcome = run("import_workbook", str(path))
            assert outcome.code == 0, f"{outcome.printed}\n{describe(world)}"
        assert snapshot() == before


@pytest.mark.django_db
@oracle_settings(few=8)
@given(seed=seeds())
def test_dry_run_changes_nothing(seed: int, tmp_path: Path, db: Any):
    rng = Random(seed)
    world = random_world(rng, 4)
    path = tmp_path / "world.xlsx"
    save(world, path, rng)
    with taken_back():
        before = snapshot()
        outcome = run("import_workbook", str(path), "--dry-run")
        assert outcome.code == 0, f"{outcome.printed}\n{describe(world)}"
        assert snapshot() == before
