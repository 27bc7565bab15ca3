"""The work on an upload, outside of the web worker: reading it, and writing it once confirmed.

A hostile or huge file costs only a process of its own, with bounded memory. Run by
`manage.py run_import_job`, or within the request where `IMPORT_RUNNER` is "inline".
"""

from __future__ import annotations

import fcntl
import logging
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import OperationalError, connection, transaction

from congvu import trail
from exchange.analysis import Analysis, Tally
from exchange.examples import sheet_summaries
from exchange.item_layout import ITEMS
from exchange.items import import_items, summary_of
from exchange.marking import mark_faults
from exchange.models import ImportJob, JobState
from exchange.package import RefusedError, refuse
from exchange.reading import read
from exchange.reading.items import read_items
from exchange.writing import ChangedSinceError, ClashError, import_workbook
from inspections.models import Plan

logger = logging.getLogger(__name__)

# Faults kept for the page; the marked workbook holds more.
FAULTS_KEPT = 2_000
# Address space and working seconds of a process: far above what a workbook within the limits needs.
_MEMORY_LIMIT = 1_024 * 1024 * 1024
_WORK_LIMIT = 30 * 60

# Processes that this worker has started.
_at_work: list[subprocess.Popen[bytes]] = []

_TOO_HUNGRY = "Tệp cần quá nhiều bộ nhớ để đọc; hãy chia thành nhiều tệp nhỏ hơn."
_UNFORESEEN = (
    "Có lỗi ngoài dự kiến khi đọc tệp nên chưa ghi gì; hãy báo người quản trị hệ thống kèm tệp này."
)
_BUSY = "Máy chủ dữ liệu đang bận nên chưa ghi được gì; hãy thử lại sau ít phút."
_CHANGED = (
    "Dữ liệu trong hệ thống đã thay đổi từ lúc kiểm tra tệp, nên chưa ghi gì. Dưới đây là kết quả "
    "kiểm tra lại; hãy xem và xác nhận lần nữa."
)


def start(job: ImportJob, *, origin: str | None = None) -> None:
    """Have the job's next step done; returns at once unless the runner is "inline"."""
    if settings.IMPORT_RUNNER == "inline":
        run(job.pk)
        return
    environment = {
        **os.environ,
        "DATABASE_URL": _database_url(),
        "MEDIA_ROOT": str(settings.MEDIA_ROOT),
        "SECRET_KEY": settings.SECRET_KEY,
    }
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "run_import_job", str(job.pk)]
    if origin:
        command += ["--origin", origin]
    # Those that have ended are let go, so that the system need not remember them.
    _at_work[:] = [each for each in _at_work if each.poll() is None]
    _at_work.append(
        subprocess.Popen(  # noqa: S603  # our own command, with a number
            command,
            env=environment,
            cwd=settings.BASE_DIR,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            # It outlives the request, and the worker that took it.
            start_new_session=True,
        )
    )


def _database_url() -> str:
    """The database of this very connection, which need not be the one in the environment."""
    given = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{given['NAME']}"
    person = quote(str(given["USER"]), safe="")
    if given["PASSWORD"]:
        person += ":" + quote(str(given["PASSWORD"]), safe="")
    host = quote(str(given["HOST"] or ""), safe="")
    port = f":{given['PORT']}" if given["PORT"] else ""
    # Such as sslmode: a child process must not connect less safely than this one.
    options = urlencode(given["OPTIONS"], quote_via=quote)
    name = quote(str(given["NAME"]), safe="")
    return f"postgres://{person}@{host}{port}/{name}" + (f"?{options}" if options else "")


def limit_process() -> None:
    """Bound this process, so that no file can take the machine's memory or keep it at work."""
    for what, limit in ((resource.RLIMIT_AS, _MEMORY_LIMIT), (resource.RLIMIT_CPU, _WORK_LIMIT)):
        _, most = resource.getrlimit(what)
        resource.setrlimit(what, (limit, most))


@contextmanager
def _held(job: ImportJob) -> Iterator[bool]:
    """Keep the job's lock while at work; False where another process has it."""
    with job.hold_path.open("wb") as hold:
        try:
            fcntl.flock(hold, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def run(pk: int) -> None:
    """Do the step in which the job stands: check the file, or write it."""
    job = ImportJob.objects.select_related("by", "plan__issuer").get(pk=pk)
    if not job.file:
        return
    with _held(job) as is_ours:
        if not is_ours:
            return
        try:
            if job.state == JobState.CHECKING:
                _check(job)
            elif job.state == JobState.WRITING:
                _write(job)
        except RefusedError as refusal:
            job.settle(JobState.REFUSED, message=str(refusal))
        except MemoryError:
            job.settle(JobState.REFUSED, message=_TOO_HUNGRY)
        except OperationalError:
            # Another writer kept SQLite locked for longer than we wait.
            was_confirmed = job.state == JobState.WRITING
            job.settle(JobState.READY if was_confirmed else JobState.REFUSED, message=_BUSY)
        except Exception:
            # A file that should have been refused in words, or our mistake: nothing is written.
            logger.exception("Import job %s failed", job.pk)
            job.settle(JobState.REFUSED, message=_UNFORESEEN)


def _check(job: ImportJob, *, message: str = "") -> None:
    with job.file.open("rb") as file:
        if job.is_for_plan:
            reading = read_items(file, _plan_of(job), job.by, progress=job.tell)
            analysis, sheets = reading.analysis, summary_of(reading, job.by)
        else:
            analysis = read(file, job.by, progress=job.tell)
            sheets = sheet_summaries(analysis)
    job.settle(
        JobState.READY if analysis.is_sound else JobState.FAULTY,
        message=message,
        **_told(job, analysis, sheets),
    )


def _plan_of(job: ImportJob) -> Plan:
    """The plan that the sheet is for; refused when somebody has taken it away meanwhile."""
    if job.plan is None:
        refuse("Kế hoạch này đã bị xóa nên không còn chỗ để thêm mục.")
    return job.plan


def _told(job: ImportJob, analysis: Analysis, sheets: list[dict[str, Any]]) -> dict[str, object]:
    """What the page shows of an analysis."""
    faults = list(analysis.in_order())
    if faults:
        with job.file.open("rb") as file:
            job.marked_path.write_bytes(mark_faults(file, faults))
    return {
        "sheets": sheets,
        "warnings": analysis.warnings[:FAULTS_KEPT],
        "faults": [[fault.title, fault.cell, fault.message] for fault in faults[:FAULTS_KEPT]],
        "fault_count": len(faults),
    }


def _write(job: ImportJob) -> None:
    """Write what was confirmed; the job is done in the very transaction that writes."""
    confirmed = {
        sheet["key"]: Tally(sheet["added"], sheet["changed"], sheet["unchanged"])
        for sheet in job.sheets
    }
    try:
        with transaction.atomic(), job.file.open("rb") as file:
            analysis, sheets = _import(job, file, confirmed)
            if analysis.is_sound:
                job.settle(JobState.DONE)
                trail.mark(job.by, job, "imported", note=_counts(job))
    except (ChangedSinceError, ClashError):
        _check(job, message=_CHANGED)
        return
    if not analysis.is_sound:
        job.settle(JobState.FAULTY, message=_CHANGED, **_told(job, analysis, sheets))


def _import(
    job: ImportJob, file: IO[bytes], confirmed: dict[str, Tally]
) -> tuple[Analysis, list[dict[str, Any]]]:
    """Write the file; what it came to, and what the page shows of it."""
    if job.is_for_plan:
        agreed = confirmed[ITEMS.key]
        plan = _plan_of(job)
        reading = import_items(file, plan, job.by, progress=job.tell, confirmed=agreed)
        return reading.analysis, summary_of(reading, job.by)
    analysis = import_workbook(file, job.by, job.by, progress=job.tell, confirmed=confirmed)
    return analysis, [] if analysis.is_sound else sheet_summaries(analysis)


def _counts(job: ImportJob) -> str:
    """What was written, for the trail."""
    written = (
        f"{each['title']}: thêm {each['added']}, sửa {each['changed']}"
        for each in job.sheets
        if each["added"] or each["changed"]
    )
    return "; ".join(written) or "không có gì thay đổi"
