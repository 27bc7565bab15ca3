"""Inspection programmes that a plan carries out."""

from __future__ import annotations

from django.db import models

from congvu.fields import LineField
from inspections.models.plans import Plan
from units.models import Unit


class Programme(models.Model):
    """An inspection programme that a plan carries out; a framework plan joins those of several."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="programmes")
    name = LineField("chương trình kiểm tra", max_length=200)
    body = models.ForeignKey(Unit, models.PROTECT, verbose_name="cơ quan chủ trì", related_name="+")
    position = models.PositiveSmallIntegerField("thứ tự", default=0)

    class Meta:
        verbose_name = "chương trình kiểm tra"
        verbose_name_plural = "chương trình kiểm tra"
        ordering = ("position", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["plan", "name"],
                name="inspections_programme_identity",
                violation_error_message="Kế hoạch đã có chương trình mang tên này.",
            ),
        )

    def __str__(self) -> str:
        return self.name
