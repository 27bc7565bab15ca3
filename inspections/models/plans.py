"""Yearly inspection plans."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Self

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from accounts.models import User
from congvu.access import Person
from congvu.dates import format_day
from congvu.fields import BlockField, FoldedField, LineField
from congvu.rules import Fault, Ruled
from congvu.trail import mark
from directives.models import Document
from units.models import Unit, under


def why_not_year(year: int) -> str:
    """Why no plan can be for that year; empty when one can."""
    if 1945 <= year <= 2200:
        return ""
    return f"Năm {year} không hợp lệ; hãy ghi bốn chữ số như 2023."


class PlanQuerySet(models.QuerySet["Plan"]):
    """Plans, by who asks."""

    def visible_to(self, person: Person) -> Self:
        """Plans issued by units in scope, and those that rounds conducted in scope carry out."""
        if not person.may("plans.view"):
            return self.none()
        carried_out = Plan.objects.filter(under(person.scope_paths, "rounds__body__"))
        return self.filter(
            under(person.scope_paths, "issuer__") | Q(pk__in=carried_out.values("pk"))
        )

    def editable_by(self, person: Person) -> Self:
        """Plans that the person may change: of issuers in scope."""
        if not person.may("plans.change"):
            return self.none()
        return self.filter(under(person.scope_paths, "issuer__"))

    def counting(self, rounds: models.QuerySet[Any]) -> Self:
        """Adds how many of those rounds carry out the plan, and how many of them are completed.

        Takes the rounds in reach of whoever asks: a count must not tell of others.
        """
        own = rounds.order_by().filter(plan=OuterRef("pk"))

        def number(found: models.QuerySet[Any]) -> Coalesce:
            counted = found.values("plan").annotate(number=Count("pk")).values("number")
            return Coalesce(Subquery(counted), 0)

        return self.annotate(
            rounds_seen=number(own), rounds_completed=number(own.filter(status="COMPLETED"))
        )


class Plan(Ruled):
    """A yearly inspection plan, issued under a number and date (domain notes)."""

    number = LineField("số ký hiệu", max_length=60)
    issued_on = models.DateField("ngày ban hành")
    issuer = models.ForeignKey(
        Unit, models.PROTECT, verbose_name="cơ quan ban hành", related_name="plans"
    )
    year = models.PositiveSmallIntegerField("năm")
    subject = LineField("trích yếu", max_length=500, blank=True, default="")
    legal_basis = BlockField("căn cứ pháp lý", blank=True, default="")
    documents = models.ManyToManyField(
        Document, verbose_name="văn bản", blank=True, related_name="plans"
    )
    folded = FoldedField(source=("number", "subject"))

    # Filled by `counting`.
    rounds_seen: int
    rounds_completed: int

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = "kế hoạch"
        verbose_name_plural = "kế hoạch"
        ordering = ("-year", "-issued_on", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=["issuer", "number", "year"],
                name="inspections_plan_identity",
                violation_error_message="Cơ quan này đã có kế hoạch mang số ký hiệu đó của năm "
                "này.",
            ),
            models.CheckConstraint(
                condition=Q(year__gte=1945, year__lte=2200), name="inspections_plan_year"
            ),
        )

    def __str__(self) -> str:
        return f"Kế hoạch {self.number} năm {self.year}"

    def get_absolute_url(self) -> str:
        """The plan's page."""
        return reverse("inspections:plan_detail", args=[self.pk])

    def faults(self) -> Iterator[Fault]:
        """The issuer existed on the day of issue; the year is a year."""
        if self.knows("issuer", "issued_on") and not self.issuer.exists_on(self.issued_on):
            yield Fault(
                "issuer",
                f"{self.issuer.name} không có hiệu lực vào ngày {format_day(self.issued_on)}.",
            )
        if self.knows("year") and (refusal := why_not_year(self.year)):
            yield Fault("year", refusal)

    def is_editable_by(self, user: User) -> bool:
        """Whether the user may change this plan: its issuer is in scope."""
        return user.may("plans.change") and user.in_scope(self.issuer)

    def require_editable(self, user: User) -> None:
        """Raise `PermissionDenied` (403) for whoever may only read."""
        if not self.is_editable_by(user):
            raise PermissionDenied(
                "Kế hoạch này do cơ quan khác ban hành, hoặc vai trò của bạn chỉ được xem."
            )

    def why_not_removed(self) -> str:
        """Why the plan cannot be taken away; empty when it can.

        No word of what carries it out: that may be a round of a superior that is still to come.
        """
        if self.rounds.exists():
            return (
                f"Kế hoạch {self.number} đang được gắn với hồ sơ khác nên không xóa được; hãy bỏ "
                "kế hoạch khỏi hồ sơ đó trước."
            )
        return ""

    def remove(self, by: User) -> None:
        """Take away a plan entered by mistake; the trail keeps a mark.

        Raises `ValidationError` while a round carries it out.
        """
        with transaction.atomic():
            if refusal := self.hold().why_not_removed():
                raise ValidationError(refusal)
            note = f"{self.issuer.name}, ban hành {format_day(self.issued_on)}"
            mark(by, self, "removed", note=note)
            self.delete()
