"""An upload on its way: read by a process of its own, looked at by a person, written if agreed."""

from __future__ import annotations

import fcntl
import json
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from congvu.fields import LineField
from congvu.rules import one_of
from inspections.models import Plan

# Uploads hold names of persons: they are removed after this time, their counts are kept.
KEEP = timedelta(days=7)
# A process needs some seconds before it can tell that it is at work.
_GRACE = timedelta(seconds=20)


class JobState(models.TextChoices):
    """Where an upload stands."""

    CHECKING = "CHECKING", "Đang kiểm tra"
    REFUSED = "REFUSED", "Không nhận tệp"
    FAULTY = "FAULTY", "Có ô cần sửa"
    READY = "READY", "Chờ xác nhận"
    NOTHING = "NOTHING", "Không có gì để ghi"
    WRITING = "WRITING", "Đang ghi"
    DONE = "DONE", "Đã nhập xong"
    CANCELLED = "CANCELLED", "Đã bỏ"


# Nothing more is done with an upload that stands so.
CLOSED = (JobState.NOTHING, JobState.DONE, JobState.CANCELLED)


class ImportJobQuerySet(models.QuerySet["ImportJob"]):
    """Uploads: everybody sees their own."""

    def of(self, user: User) -> Self:
        """The user's own uploads; none for whoever may not import."""
        return self.filter(by=user) if user.may("workbook.import") else self.none()

    def sweep(self) -> int:
        """Remove files whose time is up; returns of how many uploads."""
        old = list(self.filter(created_at__lt=timezone.now() - KEEP).exclude(file=""))
        for job in old:
            job.remove_files()
        return len(old)


def _folder(job: ImportJob, filename: str) -> str:
    """Where the upload lies: under a name that nobody can guess, whatever it was called."""
    return f"imports/{uuid.uuid4().hex}.xlsx"


class ImportJob(models.Model):
    """One uploaded workbook and what became of it."""

    State = JobState

    by = models.ForeignKey(User, models.CASCADE, verbose_name="người nhập", related_name="+")
    name = LineField("tên tệp", max_length=200)
    # A sheet of items for the draft of a plan; the plan may have been taken away since.
    is_for_plan = models.BooleanField(default=False)
    plan = models.ForeignKey(
        Plan, models.SET_NULL, verbose_name="kế hoạch", null=True, blank=True, related_name="+"
    )
    file = models.FileField("tệp", upload_to=_folder, max_length=255)
    state = models.CharField(
        "trạng thái", max_length=10, choices=JobState.choices, default=JobState.CHECKING
    )
    created_at = models.DateTimeField("gửi lúc", auto_now_add=True)
    # When the process now or last at work was started; with `run` it tells one run from another.
    started_at = models.DateTimeField(null=True)
    run = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField("xong lúc", null=True)
    # The sentence for a file that is refused as a whole, or why a confirmed import was not written.
    message = models.TextField(default="")
    # By sheet: key, added, changed, unchanged, examples.
    sheets = models.JSONField(default=list)
    warnings = models.JSONField(default=list)
    # [sheet, cell, message] of the first faults; `fault_count` counts all.
    faults = models.JSONField(default=list)
    fault_count = models.PositiveIntegerField(default=0)

    objects = ImportJobQuerySet.as_manager()

    class Meta:
        verbose_name = "lần nhập"
        verbose_name_plural = "lần nhập"
        ordering = ("-pk",)
        constraints = (one_of("state", JobState),)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The upload's page."""
        return reverse("exchange:import_detail", args=[self.pk])

    @property
    def changes_something(self) -> bool:
        """Whether the file has a row that would be written."""
        return any(each["added"] or each["changed"] for each in self.sheets)

    @property
    def has_rows(self) -> bool:
        """Whether a row of the file was read at all."""
        return self.changes_something or any(each["unchanged"] for each in self.sheets)

    @property
    def is_running(self) -> bool:
        """Whether a process should be at work on it."""
        return self.state in (JobState.CHECKING, JobState.WRITING)

    @property
    def is_stalled(self) -> bool:
        """Whether it should be at work and no process is: it was interrupted."""
        if not self.is_running:
            return False
        if self.started_at and timezone.now() - self.started_at < _GRACE:
            return False
        return not self._is_held()

    def _path(self, suffix: str) -> Path:
        return Path(settings.MEDIA_ROOT) / f"{self.file.name}{suffix}"

    # --- what the process at work tells, in files: the database is busy with its transaction ---

    @property
    def hold_path(self) -> Path:
        """A file that the process at work keeps locked; the lock goes when it dies."""
        return self._path(".hold")

    def _is_held(self) -> bool:
        try:
            with self.hold_path.open("rb") as hold:
                fcntl.flock(hold, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except FileNotFoundError:
            return False
        except BlockingIOError:
            return True
        return False

    def tell(self, sheet: str, done: int, total: int) -> None:
        """Note how far the work is."""
        path = self._path(".progress")
        before = self.progress
        now = timezone.now().timestamp()
        # Reading and writing go at different speeds: each is measured by itself.
        since = before["since"] if before and before["total"] == total else now
        told = {"sheet": sheet, "done": done, "total": total, "since": since, "now": now}
        fresh = path.with_suffix(".fresh")
        fresh.write_text(json.dumps(told), encoding="utf-8")
        fresh.replace(path)

    @property
    def progress(self) -> dict[str, Any]:
        """What was told last; empty before anything was."""
        try:
            told: dict[str, Any] = json.loads(self._path(".progress").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return told

    @property
    def progress_text(self) -> str:
        """How far the work is and how much is left, in words."""
        told = self.progress
        if not told or not told["total"]:
            return "Đang mở tệp."
        done, total, passed = told["done"], told["total"], told["now"] - told["since"]
        text = f"{told['sheet']}: {100 * done // total} %"
        if done and passed > 5:
            left = round(passed * (total - done) / done)
            text += f", còn khoảng {left} giây" if left < 90 else f", còn khoảng {left // 60} phút"
        return f"{text}."

    @property
    def marked_path(self) -> Path:
        """The workbook with its faults marked."""
        return self._path(".marked.xlsx")

    def remove_files(self) -> None:
        """Remove the upload and what stands beside it; what became of it is kept."""
        for suffix in (".hold", ".progress", ".marked.xlsx"):
            self._path(suffix).unlink(missing_ok=True)
        self.file.delete(save=False)
        self.file = ""
        self.faults = []
        self.sheets = [{**sheet, "examples": []} for sheet in self.sheets]
        self.save(update_fields=["file", "faults", "sheets"])

    # --- steps -----------------------------------------------------------------------------------

    def pass_to(self, state: JobState, *, from_state: JobState) -> bool:
        """Begin a run in that state, unless somebody was faster: a double click begins one."""
        now = timezone.now()
        rows = ImportJob.objects.filter(pk=self.pk, state=from_state, run=self.run)
        if not rows.update(state=state, run=self.run + 1, started_at=now, message=""):
            return False
        self.state, self.run, self.started_at, self.message = state, self.run + 1, now, ""
        self._path(".progress").unlink(missing_ok=True)
        return True

    def settle(self, state: JobState, **values: Any) -> None:
        """Note what the run came to; nothing where another run has begun meanwhile.

        A file that would change nothing waits for nobody: it is closed.
        """
        values = {"state": state, "finished_at": timezone.now(), **values}
        for name, value in values.items():
            setattr(self, name, value)
        if state == JobState.READY and not self.changes_something:
            self.state = values["state"] = JobState.NOTHING
        ImportJob.objects.filter(pk=self.pk, run=self.run).update(**values)
