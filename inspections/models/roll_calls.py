"""Roll-calls (điểm danh): who of a department was there when the team came."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from congvu.fields import BlockField, FoldedField, LineField
from congvu.rules import Fault, Ruled
from inspections.models.visits import Visit


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
