"""Findings: what a visit saw to be wanting, with severity rising from shortcoming to violation."""

from __future__ import annotations

from typing import Self

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import ProtectedError
from django.urls import reverse

from accounts.models import User
from congvu.access import Person
from congvu.fields import BlockField, FoldedField, LineField
from congvu.rules import Ruled, one_of
from congvu.trail import mark
from findings.copies import CopiedFromRound
from findings.models.codes import Category, Severity, Subject, next_code
from inspections.models import Round, Visit, in_reach
from units.models import under


class FindingQuerySet(models.QuerySet["Finding"]):
    """Findings, by who asks."""

    def visible_to(self, person: Person) -> Self:
        """Findings of visits in reach."""
        if not person.may("findings.view"):
            return self.none()
        return self.filter(in_reach(person, "round_", "visit_unit__", "visit"))

    def editable_by(self, person: Person) -> Self:
        """Findings of rounds conducted by a body in scope."""
        if not person.may("findings.change"):
            return self.none()
        return self.filter(under(person.scope_paths, "round_body__"))

    def next_code(self, round_: Round) -> str:
        """A code not yet in use: the round's code and the next running number."""
        return next_code(self, f"{round_.code[:40]}-TT")


class Finding(CopiedFromRound, Ruled):
    """A shortcoming, limitation or violation that a visit found."""

    Category = Category
    Severity = Severity

    code = LineField("mã tồn tại", max_length=50, unique=True)
    visit = models.ForeignKey(
        Visit, models.PROTECT, verbose_name="lượt kiểm tra", related_name="findings"
    )
    category = models.CharField("nhóm", max_length=20, choices=Category.choices)
    severity = models.CharField("mức độ", max_length=15, choices=Severity.choices)
    subject = models.CharField(
        "đối tượng", max_length=10, choices=Subject.choices, blank=True, default=""
    )
    content = BlockField("nội dung")
    folded = FoldedField(source=("code", "content"))

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = "tồn tại, hạn chế, vi phạm"
        verbose_name_plural = "tồn tại, hạn chế, vi phạm"
        ordering = ("-pk",)
        permissions = (("view_personal_data", "Xem tên cá nhân bị xử lý"),)
        constraints = (
            one_of("category", Category),
            one_of("severity", Severity),
            one_of("subject", Subject, blank=True),
        )
        indexes = (
            models.Index(fields=["round_status", "round_ends_on"], name="findings_finding_counted"),
        )

    def __str__(self) -> str:
        return f"Tồn tại {self.code}"

    def get_absolute_url(self) -> str:
        """The finding's page."""
        return reverse("findings:finding_detail", args=[self.pk])

    def is_editable_by(self, user: User) -> bool:
        """Whether the user may change the finding: the side that inspected."""
        return user.may("findings.change") and user.in_scope(self.visit.round.body)

    def require_editable(self, user: User) -> None:
        """Raise `PermissionDenied` (403) for whoever may only read."""
        if not self.is_editable_by(user):
            raise PermissionDenied("Chỉ cơ quan đã kiểm tra mới được sửa tồn tại này.")

    def why_not_removed(self) -> str:
        """Why the finding cannot be taken away; empty when it can (reads `visit.round`)."""
        if self.visit.is_closed:
            return self.visit.why_not_logged()
        if self.remedies.exists():
            return (
                f"Tồn tại {self.code} đã có kiến nghị nên không xóa được; hãy xóa các kiến nghị "
                "ghi nhầm trước."
            )
        return ""

    def remove(self, by: User) -> None:
        """Take away a finding entered by mistake; the visit's trail keeps the mark.

        Raises `ValidationError` when a remedy hangs on it.
        """
        with transaction.atomic():
            # Whoever adds a remedy, or completes the visit, holds the round too.
            self.visit = self.visit.held()
            if refusal := self.why_not_removed():
                raise ValidationError(refusal)
            note = f"{self}: {self.get_category_display()}, {self.get_severity_display().lower()}"
            mark(by, self.visit, "removed", note=f"{note}. {self.content[:200]}")
            try:
                self.delete()
            except ProtectedError as fault:
                raise ValidationError(
                    f"Tồn tại {self.code} đã có hồ sơ đi kèm nên không xóa được."
                ) from fault
