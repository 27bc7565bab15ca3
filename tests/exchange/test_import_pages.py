"""The pages of `/import/`: upload, look, confirm; what goes wrong on the way."""

from __future__ import annotations

import fcntl
import time
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from congvu.models import Event
from exchange import jobs
from exchange.models import ImportJob, JobState
from exchange.reading import read
from tests.exchange.helpers import book_of, saved
from units.models import Unit

pytestmark = pytest.mark.django_db

ROOM = ["19.X", "Phòng X", "Phòng, bộ phận", "171", None, None]


def upload(client: Client, content: bytes, name: str = "nhap.xlsx") -> ImportJob:
    """Send a file; the job that it became."""
    answer = client.post("/import/", {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 302
    return ImportJob.objects.latest("pk")


def page(client: Client, job: ImportJob) -> str:
    """The job's page."""
    answer = client.get(f"/import/{job.pk}/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_upload_look_confirm(staff: Client) -> None:
    job = upload(staff, book_of({"Đơn vị": [ROOM]}).getvalue())
    assert job.state == JobState.READY
    text = page(staff, job)
    assert "Ghi vào hệ thống" in text
    assert "19.X" in text
    assert not Unit.objects.filter(code="19.X").exists()
    assert staff.post(f"/import/{job.pk}/apply/").status_code == 302
    job.refresh_from_db()
    assert job.state == JobState.DONE
    unit = Unit.objects.get(code="19.X")
    assert Event.objects.of(unit).get().by == staff.user  # type: ignore[attr-defined]
    assert "Đã ghi xong" in page(staff, job)


def test_a_double_click_writes_once(staff: Client) -> None:
    job = upload(staff, book_of({"Đơn vị": [ROOM]}).getvalue())
    for _ in range(2):
        assert staff.post(f"/import/{job.pk}/apply/").status_code == 302
    assert Event.objects.of(Unit.objects.get(code="19.X")).count() == 1
    assert Event.objects.of(job).count() == 1


def test_changes_are_shown_old_and_new(staff: Client) -> None:
    row = ["171", "Huyện Đại Từ mới", "Cấp huyện", "19", None, None]
    text = page(staff, upload(staff, book_of({"Đơn vị": [row]}).getvalue()))
    assert "<del>Huyện Đại Từ</del> → <ins>Huyện Đại Từ mới</ins>" in text


def test_faults_are_shown_and_marked_in_the_file(staff: Client) -> None:
    bad = [["19.X", None, "?", "171", None, None], ["19.Y", "=1", "Cấp xã", "999", None, None]]
    job = upload(staff, book_of({"Đơn vị": bad}).getvalue())
    assert job.state == JobState.FAULTY
    text = page(staff, job)
    assert "Có 4 ô cần sửa" in text
    assert "Ghi vào hệ thống" not in text
    answer = staff.get(f"/import/{job.pk}/faults.xlsx")
    book = load_workbook(BytesIO(answer.content))
    assert book.sheetnames[0] == "Danh sách lỗi"
    sheet = book["Đơn vị"]
    marked = {cell.coordinate for row in sheet for cell in row if cell.comment}
    assert marked == {"B2", "C2", "B3", "D3"}
    assert "Cấp tỉnh" in sheet["C2"].comment.text
    # Mended, it is taken again; marks that no longer hold go.
    sheet["B2"], sheet["C2"], sheet["B3"] = "Phòng X", "Phòng, bộ phận", "Xã Y"
    again = upload(staff, saved(book).getvalue())
    assert again.fault_count == 1
    assert again.warnings == []
    mended = load_workbook(BytesIO(staff.get(f"/import/{again.pk}/faults.xlsx").content))["Đơn vị"]
    assert [cell.coordinate for row in mended for cell in row if cell.comment] == ["D3"]


def test_a_file_of_another_province_is_told_in_one_sentence(
    staff: Client, outsider: Client
) -> None:
    rounds = [
        [f"C{n}", None, "Đột xuất", "171", "1/2/2023", "1/2/2023", "Hoàn thành", None, None]
        for n in range(3)
    ]
    heading = "Bạn chỉ phụ trách Tỉnh Lạng Sơn; có lẽ đây là tệp của nơi khác"
    job = upload(outsider, book_of({"Cuộc kiểm tra": rounds}).getvalue())
    assert job.state == JobState.FAULTY
    assert heading in page(outsider, job)
    # Of one's own province, with faults of other kinds, it is not said.
    bad = ["171.A", "Phòng A", "Phòng ban lạ", "171", "32/1/2023", None]
    job = upload(staff, book_of({"Đơn vị": [bad]}).getvalue())
    assert job.fault_count == 2
    assert "Bạn chỉ phụ trách" not in page(staff, job)


def test_many_faults_come_page_by_page(staff: Client) -> None:
    rows = [[f"19.{i}", None, "Cấp xã", "171", None, None] for i in range(250)]
    job = upload(staff, book_of({"Đơn vị": rows}).getvalue())
    assert "Trang 1/3" in page(staff, job)
    assert "B251" in staff.get(f"/import/{job.pk}/?page=3").content.decode()


def test_a_refused_file_is_told_in_one_sentence(staff: Client) -> None:
    job = upload(staff, b"not a workbook")
    assert job.state == JobState.REFUSED
    assert "không phải bảng tính Excel" in page(staff, job)


def test_a_missing_or_empty_file_is_told_at_the_field(staff: Client) -> None:
    assert "Hãy chọn tệp cần nhập." in staff.post("/import/").content.decode()
    answer = staff.post("/import/", {"file": SimpleUploadedFile("a.xlsx", b"")})
    assert "Tệp rỗng" in answer.content.decode()


def test_nothing_is_written_when_it_is_no_longer_what_was_confirmed(staff: Client) -> None:
    job = upload(staff, book_of({"Đơn vị": [ROOM]}).getvalue())
    parent = Unit.objects.get(code="171")
    made = Unit.objects.create(code="19.X", name="Khác", kind="DIVISION", parent=parent)
    Unit.objects.filter(pk=made.pk).place()
    staff.post(f"/import/{job.pk}/apply/")
    job.refresh_from_db()
    assert job.state == JobState.READY
    text = page(staff, job)
    assert "đã thay đổi từ lúc kiểm tra" in text
    made.refresh_from_db()
    assert made.name == "Khác"
    staff.post(f"/import/{job.pk}/apply/")
    made.refresh_from_db()
    assert made.name == "Phòng X"


def test_a_file_that_changes_nothing_has_nothing_to_confirm(staff: Client) -> None:
    row = ["171", "Huyện Đại Từ", "Cấp huyện", "19", None, None]
    job = upload(staff, book_of({"Đơn vị": [row]}).getvalue())
    assert job.state == JobState.NOTHING
    text = page(staff, job)
    assert "Không có gì để ghi" in text
    assert "đều đã có trong hệ thống" in text
    assert "Bỏ tệp này" not in text
    staff.post(f"/import/{job.pk}/apply/")
    staff.post(f"/import/{job.pk}/cancel/")
    job.refresh_from_db()
    assert job.state == JobState.NOTHING


def test_a_file_of_which_no_row_was_read_says_so_and_what_was_passed_over(staff: Client) -> None:
    rows = [["Một dòng", "ở trang khác"]]
    book = book_of({"Danh sách": rows, "Đơn vị": []}, {"Danh sách": ["A", "B"]})
    job = upload(staff, book.getvalue())
    assert job.state == JobState.NOTHING
    text = page(staff, job)
    assert "đều đã có" not in text
    assert text.index("trang “Danh sách”") < text.index("Không đọc được dòng nào")


def test_sheets_passed_over_are_told_above_what_will_change(staff: Client) -> None:
    sheets: dict[str, Any] = {"Đơn vị": [ROOM], "Danh sách": [["Một dòng"]]}
    job = upload(staff, book_of(sheets, {"Danh sách": ["A"]}).getvalue())
    text = page(staff, job)
    assert text.index("trang “Danh sách”") < text.index("Sẽ thay đổi")


@pytest.fixture
def running(staff: Client, monkeypatch: pytest.MonkeyPatch) -> ImportJob:
    """An upload whose process was started and has not come to anything yet."""
    monkeypatch.setattr(jobs, "start", lambda *_args, **_named: None)
    job = upload(staff, book_of({"Đơn vị": [ROOM]}).getvalue())
    monkeypatch.undo()
    assert job.state == JobState.CHECKING
    return job


def test_progress_is_shown_while_it_runs(staff: Client, running: ImportJob) -> None:
    running.tell("Đơn vị", 3_000, 12_000)
    text = page(staff, running)
    assert "Đơn vị: 25 %." in text
    assert 'http-equiv="refresh"' in text
    assert 'hx-trigger="every 2s"' in text


def test_how_much_is_left_is_told(running: ImportJob, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = timezone.now()
    for seconds, done in ((0, 1_000), (20, 5_000)):
        now = begun + timedelta(seconds=seconds)
        monkeypatch.setattr(timezone, "now", lambda now=now: now)
        running.tell("Đơn vị", done, 15_000)
    assert running.progress_text == "Đơn vị: 33 %, còn khoảng 40 giây."


def test_an_interrupted_run_is_told_and_can_be_retried(staff: Client, running: ImportJob) -> None:
    earlier = timezone.now() - timedelta(minutes=2)
    ImportJob.objects.filter(pk=running.pk).update(started_at=earlier)
    with running.hold_path.open("wb") as hold:
        fcntl.flock(hold, fcntl.LOCK_EX)
        assert "Bị ngắt giữa chừng" not in page(staff, running)
        staff.post(f"/import/{running.pk}/retry/")  # a run at work is not begun again
        running.refresh_from_db()
        assert running.run == 0
    assert "Bị ngắt giữa chừng, chưa có gì được ghi" in page(staff, running)
    staff.post(f"/import/{running.pk}/retry/")
    running.refresh_from_db()
    assert running.state == JobState.READY


def test_an_upload_can_be_dropped(staff: Client) -> None:
    job = upload(staff, book_of({"Đơn vị": [ROOM]}).getvalue())
    path = job.file.path
    staff.post(f"/import/{job.pk}/cancel/")
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED
    assert not job.file
    with pytest.raises(FileNotFoundError):
        open(path, "rb")  # noqa: SIM115, PTH123  # it is not there
    staff.post(f"/import/{job.pk}/apply/")
    assert not Unit.objects.filter(code="19.X").exists()


def test_files_are_removed_after_some_days(staff: Client) -> None:
    job = upload(staff, book_of({"Đơn vị": [ROOM]}).getvalue())
    ImportJob.objects.filter(pk=job.pk).update(created_at=timezone.now() - timedelta(days=8))
    upload(staff, b"another")
    job.refresh_from_db()
    assert not job.file
    assert job.sheets[0]["added"] == 1
    assert job.sheets[0]["examples"] == []


def test_an_upload_is_its_senders_alone(staff: Client, outsider: Client, leader: Client) -> None:
    job = upload(staff, book_of({"Đơn vị": [ROOM]}).getvalue())
    for path in ("", "faults.xlsx"):
        assert outsider.get(f"/import/{job.pk}/{path}").status_code == 404
        assert leader.get(f"/import/{job.pk}/{path}").status_code == 403
    assert outsider.post(f"/import/{job.pk}/apply/").status_code == 404


def test_the_import_keeps_to_the_senders_scope(outsider: Client) -> None:
    job = upload(outsider, book_of({"Đơn vị": [ROOM]}).getvalue())
    assert job.state == JobState.FAULTY


def test_template_and_export(staff: Client, outsider: Client, leader: Client) -> None:
    assert read(BytesIO(staff.get("/import/template.xlsx").content)).is_sound
    answer = staff.get("/import/export.xlsx")
    codes = {row[0].value for row in load_workbook(BytesIO(answer.content))["Đơn vị"]}
    assert codes == {"Mã đơn vị", "19", "19.STP", "171", "05809"}
    staff_unit = staff.user.unit  # type: ignore[attr-defined]
    assert Event.objects.of(staff_unit).latest("pk").deed == "exported"
    assert leader.get("/import/export.xlsx").status_code == 403
    job = upload(staff, answer.content)
    assert not any(sheet["added"] or sheet["changed"] for sheet in job.sheets)


@pytest.mark.django_db(transaction=True)
def test_the_work_is_done_by_a_process_of_its_own(staff: Client, settings: Any) -> None:
    """With a database that a second process can open."""
    if connection.vendor == "sqlite":
        pytest.skip("cần PostgreSQL: đặt DATABASE_URL=postgres://… rồi chạy lại")
    settings.IMPORT_RUNNER = "process"
    job = upload(staff, book_of({"Đơn vị": [ROOM]}).getvalue())
    _wait_for(job, JobState.READY)
    staff.post(f"/import/{job.pk}/apply/")
    _wait_for(job, JobState.DONE)
    assert Unit.objects.filter(code="19.X").exists()


def _wait_for(job: ImportJob, state: JobState) -> None:
    for _ in range(300):
        job.refresh_from_db()
        if job.state == state:
            return
        time.sleep(0.2)
    raise AssertionError(job.state)
