"""The summary of random worlds is what the naive reading of contract §4 gives."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given

from tests.oracle.naive import World
from tests.oracle.running import (
    check_questions,
    oracle_settings,
    run,
    taken_back,
)
from tests.oracle.stored import fetch, lines, store
from tests.oracle.workbook import SHEETS, tables, write
from tests.oracle.worlds import describe, random_world, seeds


@pytest.mark.django_db
@oracle_settings(few=25)
@given(seed=seeds())
def test_summary_of_stored_records(seed: int, db: Any):
    rng = Random(seed)
    world = random_world(rng, rng.choice((3, 8, 8, 14)))
    for each in world.returns:
        each.accepted = rng.random() < 0.9
    with taken_back():
        store(world)
        check_questions(world, rng, 6, store)


@pytest.mark.django_db
@oracle_settings(few=16)
@given(seed=seeds())
def test_summary_of_imported_workbook(seed: int, tmp_path: Path, db: Any):
    rng = Random(seed)
    world = random_world(rng, rng.choice((3, 6, 10)))
    path = tmp_path / "world.xlsx"

    # Now and then in two files: what the second names, the database has from the first.
    parts = [SHEETS]
    if rng.random() < 0.3:
        cut = rng.randint(1, len(SHEETS) - 1)
        parts = [SHEETS[:cut], SHEETS[cut:]]

    def bring_in(candidate: World) -> None:
        for part in parts:
            found = tables(candidate)
            found.lines = {sheet: found.lines[sheet] for sheet in part}
            write(found, path, Random(seed))
            outcome = run("import_workbook", str(path))
            assert outcome.code == 0, f"{outcome.printed}\n{describe(candidate)}"

    with taken_back():
        bring_in(world)
        assert lines(fetch()) == lines(world), describe(world)
        check_questions(world, rng, 3, bring_in)
