"""Adjustments: numbered documents that add, move or drop items of an issued plan."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from congvu.dates import format_day
from congvu.fields import BlockField, LineField
from congvu.rules import Fault, one_of
from congvu.trail import mark
from directives.models import Document
from inspections.models.codes import AdjustmentStatus, PlanStatus
from inspections.models.issued import IssuedByPaper
from inspections.models.plans import Plan
from units.models import Unit


class Adjustment(IssuedByPaper):
    """One adjustment of a plan; what it changes are the items that it adds and drops."""

    issuer_path = "plan__issuer"

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="adjustments")
    # Counted from 1 within the plan.
    position = models.PositiveSmallIntegerField("lần")
    status = models.CharField(
        "trạng thái",
        max_length=10,
        choices=AdjustmentStatus.choices,
        default=AdjustmentStatus.DRAFT,
    )
    number = LineField("số ký hiệu", max_length=60, blank=True, default="")
    issued_on = models.DateField("ngày ban hành", null=True, blank=True)
    reason = BlockField("lý do điều chỉnh", blank=True, default="")
    paper = models.ForeignKey(
        Document,
        models.PROTECT,
        verbose_name="văn bản ban hành",
        null=True,
        blank=True,
        related_name="adjustments_issued",
    )

    class Meta:
        verbose_name = "điều chỉnh kế hoạch"
        verbose_name_plural = "điều chỉnh kế hoạch"
        ordering = ("position",)
        constraints = (
            one_of("status", AdjustmentStatus),
            models.UniqueConstraint(
                fields=["plan", "position"], name="inspections_adjustment_identity"
            ),
            # Two planners work on one adjustment, never on two that do not know of each other.
            models.UniqueConstraint(
                fields=["plan"],
                condition=Q(status="DRAFT"),
                name="inspections_adjustment_one_draft",
            ),
            # A document issues one plan, or one adjustment.
            models.UniqueConstraint(
                fields=["paper"],
                condition=Q(paper__isnull=False),
                name="inspections_adjustment_paper",
            ),
            models.CheckConstraint(
                condition=(Q(status="ISSUED", issued_on__isnull=False) & ~Q(number=""))
                | Q(status="DRAFT", number="", issued_on__isnull=True),
                name="inspections_adjustment_issued",
            ),
        )

    def __str__(self) -> str:
        return f"Điều chỉnh lần {self.position} của {self.plan}"

    def get_absolute_url(self) -> str:
        """The adjustment's page."""
        return reverse("inspections:adjustment_detail", args=[self.pk])

    @property
    def is_draft(self) -> bool:
        """Whether it is still being prepared: nothing of it is in force."""
        return self.status == AdjustmentStatus.DRAFT

    @classmethod
    def open_for(cls, plan: Plan, by: User) -> Adjustment:
        """The plan's adjustment being prepared; a new one where there is none.

        Raises `ValidationError` for a plan that is not in force.
        """
        with transaction.atomic():
            held = plan.hold()
            if held.status != PlanStatus.ISSUED:
                raise ValidationError(
                    f"{held.name} đang ở trạng thái “{held.get_status_display()}”; chỉ kế hoạch đã "
                    "ban hành mới điều chỉnh được."
                )
            found = cls.objects.filter(plan=plan, status=AdjustmentStatus.DRAFT).first()
            if found is None:
                last = cls.objects.filter(plan=plan).order_by("-position").first()
                found = cls.objects.create(plan=plan, position=last.position + 1 if last else 1)
                mark(by, found, "added")
            return found

    def faults(self) -> Iterator[Fault]:
        """Not issued before the plan; `issue` looks at the earlier adjustments."""
        if self.issued_on is None or self.plan.issued_on is None:
            return
        if self.issued_on < self.plan.issued_on:
            yield Fault(
                "issued_on",
                f"Ngày ban hành điều chỉnh {format_day(self.issued_on)} trước ngày ban hành kế "
                f"hoạch ({format_day(self.plan.issued_on)}).",
            )

    def why_not_issued(self) -> str:
        """Why it cannot be issued now; empty when it can."""
        if not self.is_draft:
            return f"Điều chỉnh lần {self.position} đã được ban hành."
        if not self.added.exists() and not self.dropped.exists():
            return "Lần điều chỉnh này chưa thay đổi mục nào; hãy thêm, dời hoặc bỏ mục trước."
        if self.plan.is_framework and (bare := self.added.filter(programmes__isnull=True)).exists():
            lines = ", ".join(str(line) for line in bare.values_list("line", flat=True)[:5])
            return f"Kế hoạch khung: mục {lines} chưa ghi chương trình kiểm tra; hãy bổ sung trước."
        gone = self.added.stale().select_related("unit", "body", "team", "plan")
        # The units may have ended since the items were written.
        return " ".join(f"Mục {i.line}: {fault.message}" for i in gone[:5] for fault in i.faults())

    @property
    def changes_text(self) -> str:
        """How many items it adds, moves and drops, in words; empty for none. Three queries."""
        added = self.added.filter(replaces__isnull=True).count()
        moved = self.added.filter(replaces__isnull=False).count()
        # An item that was moved is dropped for what stands in its place.
        dropped = self.dropped.count() - moved
        if not (added or moved or dropped):
            return ""
        return f"thêm {added}, dời {moved}, bỏ {dropped} mục"

    @property
    def issued_by(self) -> Unit:
        """The issuer of its plan."""
        return self.plan.issuer

    def follow_paper(self, paper: Document, by: Any) -> None:
        """Also: adjustments stay in the order of their days."""
        super().follow_paper(paper, by)
        self._refuse_disorder()

    def _refuse_disorder(self) -> None:
        """Raise `ValidationError` when another adjustment's day does not go with this one's."""
        for other in Adjustment.objects.filter(plan=self.plan).exclude(pk=self.pk):
            day, own = other.issued_on, self.issued_on
            if day is None or own is None or day == own:
                continue
            earlier = other.position < self.position
            if (day < own) != earlier:
                raise ValidationError(
                    {
                        "issued_on": f"Điều chỉnh lần {other.position} đã ban hành ngày "
                        f"{format_day(day)}; lần {self.position} không thể "
                        f"{'trước' if earlier else 'sau'} ngày đó."
                    }
                )

    def issue(self, by: User, paper: Document, reason: str) -> None:
        """Put the changes in force by that document; rounds follow the items that were moved.

        Raises `ValidationError` where a rule does not allow it.
        """
        with transaction.atomic():
            self.plan = self.plan.hold()
            if refusal := self.hold().why_not_issued():
                raise ValidationError(refusal)
            self.take_paper(paper)
            self.reason = reason
            self._refuse_disorder()
            self.status = AdjustmentStatus.ISSUED
            self.clean()
            self.write("status", "number", "issued_on", "paper", "reason")
            for item in self.added.filter(replaces__isnull=False).select_related("replaces"):
                item.take_rounds_of(item.replaces, by)
            mark(by, self.plan, "adjusted", note=f"{self.number}: {self.changes_text}. {reason}")

    def discard(self, by: User) -> None:
        """Give up an adjustment being prepared; the plan stays as it is."""
        with transaction.atomic():
            self.plan.hold()
            if not self.hold().is_draft:
                raise ValidationError(f"Điều chỉnh lần {self.position} đã được ban hành.")
            mark(by, self.plan, "changed", note=f"Bỏ điều chỉnh lần {self.position} đang soạn.")
            self.dropped.update(dropped_in=None, drop_reason="")
            self.added.all().delete()
            self.delete()
