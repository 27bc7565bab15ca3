"""Citizens' cases (vụ việc công dân): met on the spot, promised by a day, followed to the end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Self

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import Case, F, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce
from django.urls import reverse

from accounts.models import User
from congvu.access import Person
from congvu.dates import format_day, today
from congvu.fields import BlockField, FoldedField, LineField
from congvu.rules import Fault, Ruled
from congvu.trail import mark
from findings.models.codes import CaseState, RemedyKind, Subject
from findings.models.follow_up import Extension
from findings.models.remedies import Remedy
from inspections.models import RoundStatus, Visit, in_reach


class CaseQuerySet(models.QuerySet["CitizenCase"]):
    """Cases, by who asks."""

    def visible_to(self, person: Person) -> Self:
        """Cases of visits in reach."""
        if not person.may("remedies.view"):
            return self.none()
        return self.filter(in_reach(person, "visit__round__", "visit__unit__", "visit"))

    def standing(self, as_of: date) -> Self:
        """Adds `done_on` and `due_in_force` as they are on that day, to filter and order by.

        Say the same as the properties of a case: `settled_day`, `due_on_at`.
        """
        latest = Extension.objects.filter(remedy=OuterRef("remedy"), decided_on__lte=as_of)
        extended = Subquery(latest.order_by("-decided_on").values("due_on")[:1])
        own = When(remedy__isnull=True, then=F("promised_by"))
        return self.alias(
            done_on=Coalesce("settled_on", "remedy__completed_on"),
            due_in_force=Case(own, default=Coalesce(extended, F("remedy__due_on"))),
        )

    def in_state(self, state: str, as_of: date) -> Self:
        """Those of `standing(as_of)` that stand so on that day."""
        rows = self.filter(done_on__isnull=state != CaseState.SETTLED)
        if state == CaseState.OVERDUE:
            return rows.filter(due_in_force__lt=as_of)
        if state == CaseState.OPEN:
            return rows.filter(Q(due_in_force__isnull=True) | Q(due_in_force__gte=as_of))
        return rows


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

    def get_absolute_url(self) -> str:
        """The case's page."""
        return reverse("findings:case_detail", args=[self.pk])

    @property
    def settled_day(self) -> date | None:
        """When it was settled: on the spot, or when its remedy was done (reads `remedy`)."""
        return self.settled_on or (self.remedy.completed_on if self.remedy else None)

    def due_on_at(self, as_of: date) -> date | None:
        """By when it is to be settled: as promised, or as its remedy now stands.

        Reads `remedy` with its `extensions`.
        """
        return self.remedy.due_on_at(as_of) if self.remedy else self.promised_by

    def state_at(self, as_of: date) -> CaseState:
        """Where the case stands on that day."""
        if self.settled_day is not None:
            return CaseState.SETTLED
        due = self.due_on_at(as_of)
        return CaseState.OVERDUE if due is not None and due < as_of else CaseState.OPEN

    def is_editable_by(self, user: User) -> bool:
        """Whether the user may change the case: the side that inspected."""
        return user.may("remedies.change") and user.in_scope(self.visit.round.body)

    def require_editable(self, user: User) -> None:
        """Raise `PermissionDenied` (403) for whoever may only read."""
        if not self.is_editable_by(user):
            raise PermissionDenied("Chỉ cơ quan đã kiểm tra mới được sửa vụ việc này.")

    def why_not_handed_over(self) -> str:
        """Why the unit cannot be asked to settle it; empty when it can."""
        if self.remedy is not None:
            return f"Đã giao giải quyết bằng kiến nghị {self.remedy.code}."
        if self.settled_on is not None:
            return f"Vụ việc đã giải quyết xong ngày {format_day(self.settled_on)}."
        if self.visit.round.status == RoundStatus.CANCELLED:
            return "Cuộc kiểm tra đã hủy nên không giao giải quyết được."
        return ""

    def why_not_removed(self) -> str:
        """Why the case cannot be taken away; empty when it can."""
        if self.remedy is not None:
            return "Vụ việc này đã có kiến nghị nên không xóa được; hãy xóa kiến nghị trước."
        return self.visit.why_not_logged()

    def hand_over(
        self, *, by: User, content: str, due_on: date | None = None, answerer: str = ""
    ) -> Remedy:
        """Ask the visited unit to settle it: a remedy, by which it is followed from then on.

        It goes on after the visit was locked: what was seen is not changed. `content` must not name
        the citizen. Raises `ValidationError`.
        """
        with transaction.atomic():
            # Whoever adds a remedy holds the round; then nobody else takes the code.
            self.visit = self.visit.held()
            held = self.hold()
            held.visit = self.visit
            if refusal := held.why_not_handed_over():
                raise ValidationError(refusal)
            remedy = Remedy(
                visit=self.visit,
                code=Remedy.objects.next_code(self.visit.round),
                kind=RemedyKind.SETTLE_CASE,
                subject=Subject.COLLECTIVE,
                content=content,
                due_on=due_on,
                answerer=answerer,
            )
            remedy.full_clean()
            remedy.save()
            mark(by, remedy, "added")
            held.remedy = remedy
            held.write("remedy")
            self.remedy, self.version = remedy, held.version
            mark(by, self, "handed_over", note=str(remedy))
        return remedy

    def remove(self, by: User) -> None:
        """Take away a case entered by mistake; the visit's trail keeps the mark, without the name.

        Raises `ValidationError` when a remedy follows it, or the visit is locked.
        """
        with transaction.atomic():
            self.visit = self.visit.held()
            held = self.hold()
            held.visit = self.visit
            if refusal := held.why_not_removed():
                raise ValidationError(refusal)
            mark(by, self.visit, "removed", note=f"Vụ việc công dân: {self}")
            self.delete()

    def faults(self) -> Iterator[Fault]:
        """Begun before it was met, promised and settled after it began.

        A promise may be broken already when the team comes: that is why it is written down.
        """
        day = self.visit.visited_on
        if self.since and self.since > day:
            yield Fault("since", f"Vụ việc bắt đầu sau ngày kiểm tra ({format_day(day)}).")
        if self.promised_by and self.since and self.promised_by < self.since:
            yield Fault("promised_by", "Ngày hẹn giải quyết trước ngày vụ việc bắt đầu.")
        if self.settled_on and self.settled_on > today():
            yield Fault("settled_on", "Ngày giải quyết xong không thể sau hôm nay.")
        if self.settled_on and self.since and self.settled_on < self.since:
            yield Fault("settled_on", "Ngày giải quyết xong trước ngày vụ việc bắt đầu.")
        if self.remedy is not None and self.remedy.visit_id != self.visit_id:
            yield Fault("remedy", f"{self.remedy} không thuộc lượt kiểm tra này.")
