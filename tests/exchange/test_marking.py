"""The faulty workbook handed back: what it costs is bounded by what was sent."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook

from exchange import jobs, marking
from exchange.analysis import CellFault
from exchange.marking import mark_faults
from exchange.models import ImportJob, JobState
from tests.conftest import World
from tests.exchange.helpers import saved
from tests.factories import make_user


def units_book() -> Workbook:
    """A sheet with a far corner filled, as a slip of the hand leaves it."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Đơn vị"
    sheet["A2"] = "19.X"
    sheet["XFD9000"] = "x"
    return book


def test_a_far_corner_does_not_fill_the_sheet() -> None:
    marked = mark_faults(saved(units_book()), [CellFault("Đơn vị", 2, 0, "Sai mã.")])
    with zipfile.ZipFile(BytesIO(marked)) as archive:
        sheets = [archive.read(name) for name in archive.namelist() if "worksheets/sheet" in name]
    # Two cells and the list's five; not the 147 million between the corners.
    assert sum(sheet.count(b"<c ") for sheet in sheets) < 20
    comment = load_workbook(BytesIO(marked))["Đơn vị"]["A2"].comment
    assert comment is not None
    assert comment.text == "Sai mã."


def test_too_many_faults_come_as_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marking, "MARKED_LIMIT", 3)
    faults = [CellFault("Đơn vị", row, 0, f"Sai {row}") for row in range(2, 7)]
    book = load_workbook(BytesIO(mark_faults(saved(units_book()), faults)))
    assert book.sheetnames == ["Danh sách lỗi"]
    assert [cell.value for cell in book["Danh sách lỗi"]["C"]][1:] == [
        f"Sai {row}" for row in range(2, 7)
    ]


def test_every_fault_leads_to_its_cell() -> None:
    faults = [CellFault("Đơn vị", row, 1, "=1+1") for row in (2, 5)]
    sheet = load_workbook(BytesIO(mark_faults(saved(units_book()), faults)))["Danh sách lỗi"]
    links = [sheet.cell(row, 2).hyperlink for row in (2, 3)]
    assert [link and link.target for link in links] == ["#'Đơn vị'!B2", "#'Đơn vị'!B5"]
    assert {sheet.cell(row, 3).data_type for row in (2, 3)} == {"s"}


def test_what_nobody_foresaw_ends_the_job_in_words(
    world: World, monkeypatch: pytest.MonkeyPatch, settings: object
) -> None:
    job = ImportJob.objects.create(by=make_user("STAFF", world.province), name="a.xlsx")
    job.file.save("a.xlsx", saved(units_book()))

    def fail(*_: object, **__: object) -> None:
        raise OverflowError("date value out of range")

    monkeypatch.setattr(jobs, "read", fail)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.REFUSED
    assert "ngoài dự kiến" in job.message
