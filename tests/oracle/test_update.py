"""Contract §3: an absent column leaves what the database has, a blank cell clears it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given

from tests.oracle.naive import World
from tests.oracle.reading import FIGURE_HEADINGS
from tests.oracle.running import oracle_settings, run, taken_back
from tests.oracle.stored import fetch, lines, store
from tests.oracle.workbook import KINDS_OF_COLUMN, Tables, tables, write
from tests.oracle.worlds import describe, random_world, seeds

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


def change_some(rng: Random, world: World) -> Tables:
    """Changes records of the world, and gives a file that says no more than what changed."""
    found = tables(world)
    # A blank column says something here: it may be left out only where that is meant.
    found.kept_columns = {
        (sheet, heading) for sheet, columns in KINDS_OF_COLUMN.items() for heading in columns
    }
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
