"""Contract §3: an absent column leaves what the database has, a blank cell clears it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given

from tests.oracle.naive import (
    CATEGORIES,
    FORMS,
    KINDS,
    REMEDY_KINDS,
    SEVERITIES,
    STATUSES,
    Unit,
    World,
    is_under,
)
from tests.oracle.reading import FIGURE_HEADINGS, PlanUntoldError, plan_meant
from tests.oracle.running import LINE, check_questions, oracle_settings, run, taken_back
from tests.oracle.stored import fetch, lines, store
from tests.oracle.workbook import KINDS_OF_COLUMN, Tables, tables, write
from tests.oracle.worlds import DAY, LAST_DAY_OF_FORMER_FORMS, describe, random_world, seeds

# Columns that may change freely: sheet → heading → attribute of the record, and other values.
FREE: dict[str, dict[str, tuple[str, tuple[Any, ...]]]] = {
    "Kế hoạch": {"Trích yếu": ("subject", ("", "Kế hoạch khung"))},
    "Cuộc kiểm tra": {
        "Đoàn kiểm tra": ("team", ("", "Đoàn kiểm tra số 2")),
        "Nội dung": ("content", ("", "Văn hóa công sở")),
    },
    "Lượt kiểm tra": {
        "Số biên bản": ("minutes", ("", "02/BB-ĐKT")),
        "Số kết luận": ("conclusion", ("", "06/KL-SNV")),
        "Ngày kết luận": ("concluded", (None, date(2026, 2, 3))),
        "Ưu điểm": ("merits", ("", "Nghiêm túc")),
    },
    "Tồn tại": {"Đối tượng": ("subject", ("", "COLLECTIVE", "INDIVIDUAL"))},
    "Kiến nghị": {
        "Chức vụ": ("post", ("", "Trưởng phòng")),
        "Hạn thực hiện": ("due", (None, date(2026, 2, 3))),
        "Ngày hoàn thành": ("completed", (None, date(2026, 3, 4))),
        "Văn bản báo cáo": ("report", ("", "09/BC-SNV")),
        "Nội dung": ("content", ("", "Báo cáo trước ngày 10")),
    },
    "Gia hạn": {"Văn bản": ("document", ("", "13/CV-SNV"))},
    "Số liệu báo cáo": {"Ngày gửi": ("sent", (None, date(2026, 2, 3)))},
}


def whole(world: World) -> Tables:
    """The world's tables with every column: here a blank column says something."""
    found = tables(world)
    found.kept_columns = {
        (sheet, heading) for sheet, columns in KINDS_OF_COLUMN.items() for heading in columns
    }
    return found


def change_some(rng: Random, world: World) -> Tables:
    """Changes records of the world, and gives a file that says no more than what changed."""
    found = whole(world)
    for sheet, rows in found.lines.items():
        found.lines[sheet] = rows = [line for line in rows if rng.random() < 0.5]
        columns = FREE.get(sheet, {})
        for heading in columns:
            if rng.random() < 0.4:
                found.absent_columns.add((sheet, heading))
        for line in rows:
            for heading, (attribute, values) in columns.items():
                if (sheet, heading) not in found.absent_columns and rng.random() < 0.5:
                    value = rng.choice(values)
                    setattr(line.record, attribute, value)
                    line.cells[heading] = value or None
    change_figures(rng, found)
    return found


def change_figures(rng: Random, found: Tables) -> None:
    """Figures of returns: columns absent, cells changed or blank."""
    sheet = "Số liệu báo cáo"
    for heading, figure in FIGURE_HEADINGS.items():
        if rng.random() < 0.4:
            found.absent_columns.add((sheet, heading))
            continue
        for line in found.lines[sheet]:
            if rng.random() < 0.5:
                count = rng.choice((None, 0, 17))
                line.record.figures[figure] = count  # type: ignore[attr-defined]
                line.cells[heading] = count


def change_deeply(rng: Random, world: World) -> None:
    """Changes what is no identity, so that the world stays valid: superiors, days, kinds."""
    for unit in world.units:
        if rng.random() < 0.15:
            unit.name = f"{unit.name} (đổi tên)"
            unit.kind = rng.choice(KINDS)
        if unit.parent is not None and rng.random() < 0.3:
            others = [other for other in world.units if may_stand_under(world, unit, other)]
            unit.parent = rng.choice([unit.parent, *others])
    for step in world.successions:
        if step.kind != "SPLIT" and rng.random() < 0.3:
            step.kind = rng.choice(("MERGE", "CONTINUE"))
    for round_ in world.rounds:
        if rng.random() < 0.4:
            round_.form, round_.status = rng.choice(FORMS), rng.choice(STATUSES)
            round_.last += rng.choice((0, 1)) * DAY
    for visit in world.visits:
        day = visit.round.first + rng.randint(0, 3) * DAY
        if day <= visit.round.last and visit.unit.in_force(day):
            visit.day = day
    for finding in world.findings:
        if rng.random() < 0.4:
            finding.category, finding.severity = rng.choice(CATEGORIES), rng.choice(SEVERITIES)
    for remedy in world.remedies:
        if remedy.form and remedy.visit.round.last > LAST_DAY_OF_FORMER_FORMS:
            remedy.form = "REPRIMAND"
        if rng.random() < 0.4:
            remedy.kind, remedy.subject = rng.choice(REMEDY_KINDS[2:]), "COLLECTIVE"
            remedy.name = remedy.form = ""
        elif rng.random() < 0.4:
            remedy.kind, remedy.subject, remedy.name = "DISCIPLINE", "INDIVIDUAL", "Lê Văn Mới"
    for extension in world.extensions:
        extension.due += rng.choice((0, 5)) * DAY


def may_stand_under(world: World, unit: Unit, other: Unit) -> bool:
    """Whether the unit may have the other one as superior: in its days, under its code, no ring."""
    if is_under(other, unit):
        return False
    if unit.valid_from is None:
        if other.valid_from is not None:
            return False
    elif not other.in_force(unit.valid_from):
        return False
    return other.valid_to is None or (unit.valid_to is not None and unit.valid_to <= other.valid_to)


@pytest.mark.django_db
@oracle_settings(few=8)
@given(seed=seeds())
def test_what_is_there_is_updated(seed: int, tmp_path: Path, db: Any):
    rng = Random(seed)
    world = random_world(rng, 6)
    # A change of superior or body may make another plan the one meant: these have a test of theirs.
    world.plans = []
    for round_ in world.rounds:
        round_.plan = None
    for each in world.returns:
        each.accepted = rng.random() < 0.7
    path = tmp_path / "changes.xlsx"
    with taken_back():
        store(world)
        # "Returns from this sheet count as accepted."
        for each in world.returns:
            each.accepted = True
        change_deeply(rng, world)
        write(whole(world), path, rng)
        outcome = run("import_workbook", str(path))
        assert outcome.code == 0, f"{outcome.printed}\n{describe(world)}"
        assert lines(fetch()) == lines(world), f"{outcome.printed}\n{describe(world)}"
        check_questions(world, rng, 2, store)


@pytest.mark.django_db
@oracle_settings(few=8)
@given(seed=seeds())
def test_plan_is_told_as_the_contract_says(seed: int, tmp_path: Path, db: Any):
    """Rounds whose plan cannot be told are faults, the others get the plan that is meant."""
    rng = Random(seed)
    world = random_world(rng, 6)
    for plan in world.plans:
        plan.number = "45/KH-UBND"
    world.plans = list({(e.issuer, e.year): e for e in world.plans}.values())
    world.visits, world.findings, world.remedies, world.extensions = [], [], [], []
    untold = set()
    for round_ in world.rounds:
        try:
            round_.plan = plan_meant(world, "45/KH-UBND", round_.first.year, round_.body)
        except PlanUntoldError:
            untold.add(round_)
    path = tmp_path / "plans.xlsx"
    found = tables(world)
    for line in found.lines["Cuộc kiểm tra"]:
        line.cells["Số kế hoạch"] = "45/KH-UBND"
    written = write(found, path, rng)
    expected = {
        written.rows[line] for line in found.lines["Cuộc kiểm tra"] if line.record in untold
    }
    with taken_back():
        outcome = run("import_workbook", str(path))
        matches = [match for match in map(LINE.fullmatch, outcome.printed.splitlines()) if match]
        rows = {int(match["row"]) for match in matches if "Lưu ý" not in match["sheet"]}
        assert rows == expected, f"{outcome.printed}\n{describe(world)}"
        if not expected:
            assert lines(fetch()) == lines(world), f"{outcome.printed}\n{describe(world)}"


@pytest.mark.django_db
@oracle_settings(few=10)
@given(seed=seeds())
def test_absent_column_leaves_and_blank_cell_clears(seed: int, tmp_path: Path, db: Any):
    rng = Random(seed)
    world = random_world(rng, 6)
    with taken_back():
        store(world)
        found = change_some(rng, world)
        path = tmp_path / "changes.xlsx"
        write(found, path, rng)
        outcome = run("import_workbook", str(path))
        assert outcome.code == 0, f"{outcome.printed}\n{describe(world)}"
        assert lines(fetch()) == lines(world), f"{outcome.printed}\n{describe(world)}"
