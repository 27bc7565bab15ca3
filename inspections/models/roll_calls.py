"""Roll-calls (điểm danh): who of a department was there when the team came."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from congvu.fields import BlockField, FoldedField, LineField
from congvu.rules import Fault, Ruled
from congvu.text import clean, fold
from congvu.trail import mark
from inspections.models.visits import Visit

# The word by which the trail of a visit tells its roll-call.
TOLD = "điểm danh"
FIGURES = ("headcount", "present", "excused", "unexcused")


@dataclass(frozen=True)
class Attendance:
    """Persons of all departments together."""

    headcount: int = 0
    present: int = 0
    excused: int = 0
    unexcused: int = 0

    @classmethod
    def of(cls, rows: Iterable[RollCall]) -> Self:
        """The sum of the rows."""
        found = list(rows)
        return cls(**{name: sum(getattr(row, name) for row in found) for name in FIGURES})


class RollCall(Ruled):
    """One department of the visited unit, counted on the spot; all figures are persons."""

    visit = models.ForeignKey(
        Visit, models.PROTECT, verbose_name="lượt kiểm tra", related_name="roll_calls"
    )
    department = LineField("phòng, bộ phận", max_length=150)
    headcount = models.PositiveSmallIntegerField("tổng số")
    present = models.PositiveSmallIntegerField("có mặt")
    excused = models.PositiveSmallIntegerField("vắng có lý do", default=0)
    unexcused = models.PositiveSmallIntegerField("vắng không lý do", default=0)
    reasons = BlockField("lý do vắng", blank=True, default="")
    taken_at = models.DateTimeField("giờ điểm danh", default=timezone.now)
    # A department is told by this: typed with other marks it is the same.
    folded = FoldedField(source=("department",))

    class Meta:
        verbose_name = "điểm danh"
        verbose_name_plural = "điểm danh"
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=["visit", "folded"],
                name="inspections_rollcall_identity",
                violation_error_message="Phòng, bộ phận này đã được điểm danh trong lượt này.",
            ),
            models.CheckConstraint(
                condition=Q(headcount=F("present") + F("excused") + F("unexcused")),
                name="inspections_rollcall_sum",
                violation_error_message="Tổng số phải bằng có mặt cộng vắng.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.department}: {self.present}/{self.headcount} có mặt"

    def faults(self) -> Iterator[Fault]:
        """Present and absent add up to the headcount."""
        there = self.present + self.excused + self.unexcused
        if there != self.headcount:
            yield Fault(
                "headcount",
                f"{self.department}: có mặt {self.present}, vắng có lý do {self.excused}, vắng "
                f"không lý do {self.unexcused} cộng lại là {there}, khác tổng số {self.headcount}.",
            )

    @property
    def told(self) -> str:
        """The row as the trail of its visit tells it."""
        absent = f"vắng có lý do {self.excused}, không lý do {self.unexcused}"
        reasons = f" ({self.reasons})" if self.reasons else ""
        return (
            f"{self.department}: {self.present}/{self.headcount} có mặt, {absent}{reasons}, lúc "
            f"{timezone.localtime(self.taken_at):%H:%M}"
        )

    @classmethod
    def record(
        cls,
        visit: Visit,
        by: User,
        department: str,
        headcount: int,
        present: int,
        excused: int = 0,
        unexcused: int = 0,
        reasons: str = "",
        taken_at: datetime | None = None,
    ) -> RollCall:
        """Add the department to the visit's roll-call, or change what it has of that department.

        All figures are persons. Departments that differ in case and tone marks alone are one.
        Recording the same again changes nothing. Raises `ValidationError` for figures that do not
        add up, and on a visit where nothing more can be logged.
        """
        with transaction.atomic():
            held = visit.held_open()
            found = cls.objects.filter(visit=held, folded=fold(clean(department))).first()
            row = found or cls(visit=held)
            before = row.told if found else ""
            row.department, row.reasons = department, reasons
            row.headcount, row.present = headcount, present
            row.excused, row.unexcused = excused, unexcused
            row.taken_at = taken_at or row.taken_at
            row.full_clean()
            if found is None:
                row.save()
            elif row.told != before:
                row.write("department", *FIGURES, "reasons", "taken_at")
            if row.told != before:
                mark(by, visit, "changed", {TOLD: (before, row.told)})
        return row
