"""Citizens' cases (vụ việc công dân): met on the spot, promised by a day, followed to the end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from django.db import models
from django.db.models import F, Q

from congvu.access import Person
from congvu.dates import format_day
from congvu.fields import BlockField, FoldedField, LineField
from congvu.rules import Fault, Ruled
from findings.models.remedies import Remedy
from inspections.models import Visit, in_reach


class CaseQuerySet(models.QuerySet["CitizenCase"]):
    """Cases, by who asks."""

    def visible_to(self, person: Person) -> Self:
        """Cases of visits in reach."""
        if not person.may("remedies.view"):
            return self.none()
        return self.filter(in_reach(person, "visit__round__", "visit__unit__", "visit"))


class CitizenCase(Ruled):
    """What a citizen waits for. Who it is stays restricted (`findings.view_personal_data`).

    It is followed by its remedy of the kind SETTLE_CASE; one settled on the spot has none.
    """

    visit = models.ForeignKey(
        Visit, models.PROTECT, verbose_name="lượt kiểm tra", related_name="cases"
    )
    person_name = LineField("họ tên công dân", max_length=150, blank=True, default="")
    subject = BlockField("nội dung vụ việc")
    since = models.DateField("từ ngày", null=True, blank=True)
    # The day by which the unit promised to settle it.
    promised_by = models.DateField("hẹn giải quyết trước ngày", null=True, blank=True)
    settled_on = models.DateField("giải quyết xong ngày", null=True, blank=True)
    remedy = models.OneToOneField(
        Remedy,
        models.PROTECT,
        verbose_name="kiến nghị",
        null=True,
        blank=True,
        related_name="case",
    )
    folded = FoldedField(source=("subject",))

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = "vụ việc công dân"
        verbose_name_plural = "vụ việc công dân"
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                condition=Q(since__isnull=True)
                | Q(settled_on__isnull=True)
                | Q(settled_on__gte=F("since")),
                name="findings_citizencase_order",
            ),
        )

    def __str__(self) -> str:
        return self.subject[:80]

    def faults(self) -> Iterator[Fault]:
        """Begun before it was met, promised for no earlier day, settled after it began."""
        day = self.visit.visited_on
        if self.since and self.since > day:
            yield Fault("since", f"Vụ việc bắt đầu sau ngày kiểm tra ({format_day(day)}).")
        if self.promised_by and self.promised_by < day:
            yield Fault(
                "promised_by", f"Ngày hẹn không thể trước ngày kiểm tra ({format_day(day)})."
            )
        if self.settled_on and self.since and self.settled_on < self.since:
            yield Fault("settled_on", "Ngày giải quyết xong trước ngày vụ việc bắt đầu.")
        if self.remedy is not None and self.remedy.visit_id != self.visit_id:
            yield Fault("remedy", f"{self.remedy} không thuộc lượt kiểm tra này.")
