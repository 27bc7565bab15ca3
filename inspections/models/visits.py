"""Visits (lượt): one unit in one round."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import Count, F, ProtectedError, Q
from django.urls import reverse

from accounts.models import User
from congvu.access import Person
from congvu.dates import format_day
from congvu.fields import BlockField, LineField
from congvu.rules import Fault, Ruled
from congvu.trail import mark
from directives.models import Document
from inspections.models.codes import RoundStatus
from inspections.models.rounds import Round
from inspections.models.teams import own_teams
from units.models import Unit, under

# Rounds that are no secret to anybody.
TOLD = Q(round__status=RoundStatus.COMPLETED) | Q(round__announced=True)


class VisitQuerySet(models.QuerySet["Visit"]):
    """Visits, by who asks."""

    def visible_to(self, person: Person) -> Self:
        """Visits by bodies in scope or by an own team; completed ones to units in scope."""
        return self.filter(in_reach(person, "round__", "unit__", "pk"))

    def told_to(self, person: Person) -> Self:
        """Visits, not cancelled, of which the person may be told that, when and by whom they are.

        Those in reach; of others, those completed, and those announced to the unit.
        """
        if not person.may("rounds.view"):
            return self.none()
        return self.filter(TOLD | in_reach(person, "round__", "unit__", "pk")).exclude(
            round__status=RoundStatus.CANCELLED
        )

    def editable_by(self, person: Person) -> Self:
        """Visits that the person may change: of rounds conducted by a body in scope."""
        if not person.may("rounds.change"):
            return self.none()
        return self.filter(under(person.scope_paths, "round__body__"))

    def with_figures(self) -> Self:
        """Adds how many findings and remedies a visit has, and how many remedies are not done."""
        return self.annotate(
            findings_count=Count("findings", distinct=True),
            remedies_count=Count("remedies", distinct=True),
            remedies_left=Count(
                "remedies", filter=Q(remedies__completed_on__isnull=True), distinct=True
            ),
        )


def in_reach(person: Person, to_round: str, to_unit: str, to_visit: str) -> Q:
    """The condition for a visit, or what hangs on one, that the person may read (contract §5).

    The paths lead from the record to its round's facts, to the visited unit and to the visit. In a
    joint round each unit sees its own visit and not those to others; the team sees all.
    """
    if not person.may("rounds.view"):
        return Q(pk__in=[])
    completed = Q(**{f"{to_round}status": RoundStatus.COMPLETED})
    to_us = completed & under(person.scope_paths, to_unit)
    by_us = Visit.objects.filter(round__team__in=own_teams(person)).order_by()
    to_us |= Q(**{f"{to_visit}__in": by_us.values("pk")})
    if not (person.may("rounds.change") or person.may("summary.view")):
        return to_us
    return under(person.scope_paths, f"{to_round}body__") | to_us


class Visit(Ruled):
    """A visit (lượt): one unit in one round."""

    round = models.ForeignKey(
        Round, models.PROTECT, verbose_name="cuộc kiểm tra", related_name="visits"
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, verbose_name="đơn vị được kiểm tra", related_name="visits"
    )
    visited_on = models.DateField("ngày kiểm tra")
    minutes_number = LineField("số biên bản", max_length=60, blank=True, default="")
    conclusion_number = LineField("số kết luận", max_length=60, blank=True, default="")
    concluded_on = models.DateField("ngày kết luận", null=True, blank=True)
    strengths = BlockField("ưu điểm", blank=True, default="")
    documents = models.ManyToManyField(
        Document, verbose_name="văn bản", blank=True, related_name="visits"
    )

    # Filled by `with_figures`.
    findings_count: int
    remedies_count: int
    remedies_left: int

    objects = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = "lượt kiểm tra"
        verbose_name_plural = "lượt kiểm tra"
        ordering = ("visited_on", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["round", "unit"],
                name="inspections_visit_identity",
                violation_error_message="Đơn vị này đã có trong cuộc kiểm tra.",
            ),
        )
        indexes = (models.Index(F("unit"), F("visited_on").desc(), name="inspections_visit_unit"),)

    def __str__(self) -> str:
        return f"{self.round.code} – {self.unit.name}"

    def get_absolute_url(self) -> str:
        """The visit's page."""
        return reverse("inspections:visit_detail", args=[self.pk])

    def faults(self) -> Iterator[Fault]:
        """The day lies in the round's days; the unit exists on it."""
        if (
            self.knows("round", "visited_on")
            and not self.round.starts_on <= self.visited_on <= self.round.ends_on
        ):
            yield Fault(
                "visited_on",
                f"Ngày kiểm tra {format_day(self.visited_on)} nằm ngoài cuộc {self.round.code} "
                f"({format_day(self.round.starts_on)} – {format_day(self.round.ends_on)}).",
            )
        if self.knows("unit", "visited_on") and not self.unit.exists_on(self.visited_on):
            yield Fault(
                "unit",
                f"{self.unit.name} không có hiệu lực vào ngày {format_day(self.visited_on)}: đơn "
                f"vị này có hiệu lực {self.unit.span_text}.",
            )

    @property
    def unit_name(self) -> str:
        """The visited unit's name on the day of the visit (reads `former_names`)."""
        return self.unit.name_on(self.visited_on)

    def clean(self) -> None:
        """Also: no other unit of the same code in the round (contract §3, "Refused")."""
        super().clean()
        if not self.is_filled or self.round._state.adding:
            return
        # Whose work it is decides who may settle it: that does not change under what was asked.
        if self.pk and self.remedies.exclude(visit__unit=self.unit_id).exists():
            raise ValidationError(
                {
                    "unit": "Lượt này đã có kiến nghị giao cho đơn vị đang ghi; hãy xóa các kiến "
                    "nghị đó trước khi đổi đơn vị."
                }
            )
        same = self.round.visits.filter(unit__code=self.unit.code).exclude(pk=self.pk)
        if same.exists():
            raise ValidationError(
                {"unit": f"Cuộc {self.round.code} đã kiểm tra đơn vị mang mã {self.unit.code}."}
            )

    def is_editable_by(self, user: User) -> bool:
        """Whether the user may change this visit: whoever may change its round."""
        return self.round.is_editable_by(user)

    def require_editable(self, user: User) -> None:
        """Raise `PermissionDenied` (403) for whoever may only read."""
        if not self.is_editable_by(user):
            raise PermissionDenied(
                "Lượt kiểm tra này do cơ quan khác tiến hành; bạn chỉ được xem, không được sửa."
            )

    def why_not_removed(self) -> str:
        """Why the visit cannot be taken away; empty when it can."""
        alone = not self.round.visits.exclude(pk=self.pk).exists()
        if self.round.status == RoundStatus.COMPLETED and alone:
            return (
                "Cuộc đã hoàn thành phải còn ít nhất một lượt kiểm tra; hãy mở lại cuộc này trước."
            )
        if self.findings.exists() or self.remedies.exists():
            return (
                f"Lượt kiểm tra {self.unit.name} đã có tồn tại hoặc kiến nghị nên không xóa được; "
                "hãy xóa hoặc chuyển các nội dung đó trước."
            )
        return ""

    def remove(self, by: User) -> None:
        """Take away a visit on which nothing hangs; the round's trail keeps the mark.

        Raises `ValidationError` when something hangs on it.
        """
        with transaction.atomic():
            # Judged by the round as it stands now: another person may just have completed it.
            self.round = Round.objects.held(self.round_id)
            if refusal := self.why_not_removed():
                raise ValidationError(refusal)
            note = f"{self.unit.name}, ngày {format_day(self.visited_on)}"
            mark(by, self.round, "removed", note=f"Lượt kiểm tra {note}")
            try:
                self.delete()
            except ProtectedError as fault:
                raise ValidationError(
                    f"Lượt kiểm tra {self.unit.name} đã có hồ sơ đi kèm nên không xóa được."
                ) from fault
