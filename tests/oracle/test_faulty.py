"""Every fault of contract §3 is refused at its cell, and nothing of the file is kept."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any, TypeVar

import pytest
from openpyxl import Workbook

from tests.oracle.faulty import MUTATIONS, PAIRS, Expected, and_another, pair
from tests.oracle.naive import World, same_name
from tests.oracle.running import EXAMPLES, LINE, Outcome, run, taken_back
from tests.oracle.stored import snapshot, store
from tests.oracle.workbook import Tables, Written, tables, write
from tests.oracle.worlds import describe, random_world

T = TypeVar("T")

BY_NAME = {" + ".join(names): names for names in PAIRS}


def broken(
    name: str, seed: int, mutate: Callable[[Random, World, Tables], T | None]
) -> tuple[World, Tables, T, Random]:
    """The first world from that seed on that offers what the mutation breaks."""
    for more in range(500):
        rng = Random(f"{name} {seed} {more}")
        world = random_world(rng, 4)
        found = tables(world)
        expected = mutate(rng, world, found)
        if expected is not None:
            return world, found, expected, rng
    raise AssertionError(f"no world for {name}")


def told(outcome: Outcome, expected: Expected, written: Written) -> str:
    """What is wrong with what was printed; nothing if the fault is told where it should be."""
    rows = {written.rows[line] for line in expected.lines} or {1}
    if expected.second:
        rows = {max(rows)}
    places = (written.letters.get((expected.sheet, each)) for each in expected.headings)
    columns = {letters for letters in places if letters}
    matches = [match for match in map(LINE.fullmatch, outcome.printed.splitlines()) if match]
    fitting = [
        match
        for match in matches
        if same_name(match["sheet"]) == same_name(expected.sheet)
        and int(match["row"]) in rows
        and (not columns or match["column"] in columns)
    ]
    if not fitting:
        return f"expected {expected.sheet}!{columns or 'any column'}{sorted(rows)}"
    for name in expected.names:
        if not any(same_name(name) in same_name(match["message"]) for match in fitting):
            return f"the message does not name {name!r}"
    return ""


@pytest.mark.django_db
@pytest.mark.parametrize("name", MUTATIONS)
def test_fault_is_told_at_its_cell_and_nothing_is_kept(name: str, tmp_path: Path):
    path = tmp_path / "broken.xlsx"
    for seed in range(max(1, EXAMPLES // 50)):
        world, found, expected, rng = broken(name, seed, MUTATIONS[name])
        written = write(found, path, rng)
        with taken_back():
            # Into an empty installation, or into one that has it all as it was before the fault.
            if rng.random() < 0.3:
                store(world)
            before = snapshot()
            outcome = run("import_workbook", str(path))
            wrong = told(outcome, expected, written)
            assert (outcome.code, wrong) == (1, ""), (
                f"seed {seed}, {expected.sheet}, rows "
                f"{[(written.rows[line], line.cells) for line in expected.lines]}\n"
                f"{outcome.printed}\n{describe(world)}"
            )
            assert snapshot() == before


@pytest.mark.django_db
@pytest.mark.parametrize("name", [*MUTATIONS, *BY_NAME])
def test_two_faults_are_both_told(name: str, tmp_path: Path):
    """Neither hides the other; and no cell is told on two lines."""
    path = tmp_path / "broken.xlsx"
    mutate = and_another(name) if name in MUTATIONS else pair(BY_NAME[name])
    for seed in range(max(1, EXAMPLES // 50)):
        world, found, both, rng = broken(f"two: {name}", seed, mutate)
        written = write(found, path, rng)
        with taken_back():
            if rng.random() < 0.3:
                store(world)
            outcome = run("import_workbook", str(path))
            wrong = [told(outcome, expected, written) for expected in both]
            assert (outcome.code, wrong) == (1, ["", ""]), (
                f"seed {seed}, {both}\n{outcome.printed}\n{describe(world)}"
            )
            matches = [m for m in map(LINE.fullmatch, outcome.printed.splitlines()) if m]
            cells = [(m["sheet"], m["column"], m["row"]) for m in matches]
            assert len(cells) == len(set(cells)), outcome.printed


def no_workbook(path: Path) -> None:
    """Text under the name of a workbook."""
    path.write_text("Mã đơn vị;Tên đơn vị\n19;Tỉnh Thái Nguyên\n", encoding="utf-8")


def empty_file(path: Path) -> None:
    """No byte."""
    path.write_bytes(b"")


def another_archive(path: Path) -> None:
    """A zip that is no workbook."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "?")


def encrypted(path: Path) -> None:
    """What Excel saves under a password is no zip, but a compound file."""
    path.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(4096))


def cut_off(path: Path) -> None:
    """A download that broke off."""
    Workbook().save(path)
    path.write_bytes(path.read_bytes()[:-400])


def with_part(path: Path, part: str) -> None:
    """A sound workbook with one part more."""
    Workbook().save(path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(part, b"<externalLink/>")


def macros(path: Path) -> None:
    """Macros."""
    with_part(path, "xl/vbaProject.bin")


def external_links(path: Path) -> None:
    """Links to other workbooks."""
    with_part(path, "xl/externalLinks/externalLink1.xml")


def bomb(path: Path) -> None:
    """More than 200 MB when unpacked."""
    Workbook().save(path)
    with (
        zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/media/image1.png", "w") as part,
    ):
        for _ in range(201):
            part.write(bytes(1024 * 1024))


def too_many_rows(path: Path) -> None:
    """Over 200,000 rows in a sheet."""
    book = Workbook(write_only=True)
    page = book.create_sheet("Gia hạn")
    page.append(["Mã kiến nghị", "Ngày cho phép", "Hạn mới"])
    book.save(path)
    rows = "".join(f'<row r="{row}"><c r="A{row}"><v>1</v></c></row>' for row in range(2, 200_003))
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(
        "</sheetData>", f"{rows}</sheetData>"
    ).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "spoil",
    [
        no_workbook,
        empty_file,
        another_archive,
        encrypted,
        cut_off,
        macros,
        external_links,
        bomb,
        too_many_rows,
    ],
)
def test_file_is_refused_in_one_sentence(spoil: Any, tmp_path: Path):
    path = tmp_path / "spoilt.xlsx"
    spoil(path)
    before = snapshot()
    outcome = run("import_workbook", str(path))
    assert outcome.code == 1
    assert len(outcome.printed.strip().splitlines()) == 1, outcome.printed
    assert snapshot() == before


@pytest.mark.django_db
def test_file_that_is_not_there(tmp_path: Path):
    outcome = run("import_workbook", str(tmp_path / "absent.xlsx"))
    assert outcome.code == 1
    assert len(outcome.printed.strip().splitlines()) == 1, outcome.printed
