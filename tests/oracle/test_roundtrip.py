"""What was imported can be exported and imported again; a file sent twice changes nothing."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given

from tests.oracle.reading import read_workbook
from tests.oracle.running import check_questions, oracle_settings, run, save, taken_back
from tests.oracle.stored import empty, fetch, lines, snapshot, store
from tests.oracle.worlds import describe, random_world, seeds


@pytest.mark.django_db
@oracle_settings(few=8)
@given(seed=seeds())
def test_export_into_an_empty_installation_gives_the_same(seed: int, tmp_path: Path, db: Any):
    rng = Random(seed)
    world = random_world(rng, rng.choice((3, 6, 10)))
    path = tmp_path / "export.xlsx"
    with taken_back():
        store(world)
        outcome = run("export_workbook", str(path))
        assert outcome.code == 0, outcome.printed
        # What the file says, read without the importer.
        assert lines(read_workbook(path)) == lines(world), describe(world)
        empty()
        outcome = run("import_workbook", str(path))
        assert outcome.code == 0, f"{outcome.printed}\n{describe(world)}"
        assert lines(fetch()) == lines(world), describe(world)
        check_questions(world, rng, 2, store)


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
