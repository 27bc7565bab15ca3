"""Visits (lượt): one unit in one round."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import Count, F, ProtectedError, Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from congvu.access import Person
from congvu.dates import format_day, today
from congvu.fields import BlockField, LineField
from congvu.rules import Fault
from congvu.trail import changes_since, mark, snapshot
from directives.models import Document
from inspections import beginnings
from inspections.models.codes import RoundStatus
from inspections.models.conclusions import Concluded
from inspections.models.rounds import Round
from inspections.models.teams import own_teams
from units.models import Unit, under

# What the team saw and who signs for it: locked with the visit.
SEEN = ("unit", "visited_on", "strengths", "unit_person", "unit_post")
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


class Visit(Concluded):
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
    # Who signs the minutes for the visited unit.
    unit_person = LineField("người ký của đơn vị", max_length=150, blank=True, default="")
    unit_post = LineField("chức vụ", max_length=200, blank=True, default="")
    # The document that concludes the visit and makes the demands.
    conclusion = models.ForeignKey(
        Document,
        models.PROTECT,
        verbose_name="văn bản kết luận",
        null=True,
        blank=True,
        related_name="visits_concluded",
    )
    # When the team began at the unit: the questions of its checklists then stand.
    begun_at = models.DateTimeField("bắt đầu", null=True, blank=True, editable=False)
    # When the visit was completed on the spot; from then on only addenda correct it.
    closed_at = models.DateTimeField("hoàn thành lúc", null=True, blank=True, editable=False)
    closed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
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
        """Also: nothing seen changes once it is locked; no code twice in the round (contract §3).

        Not among `faults()`: a workbook may still put right what it brought.
        """
        super().clean()
        if not self.is_filled or self.round._state.adding:
            return
        self._keep_what_is_locked()
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

    def _keep_what_is_locked(self) -> None:
        """Raise where a column changes that is locked in the visit as it is stored."""
        stored = Visit.objects.select_related("round").filter(pk=self.pk).first()
        refusal = stored.why_not_logged() if stored else ""
        if stored is None or not refusal:
            return
        # The days of a cancelled round can be put right, to hold it after all.
        locked = SEEN if stored.is_closed else SEEN[2:]
        attnames = [self._meta.get_field(name).attname for name in locked]  # type: ignore[union-attr]  # only concrete columns are named
        changed = [
            name
            for name, attname in zip(locked, attnames, strict=True)
            if getattr(stored, attname) != getattr(self, attname)
        ]
        if changed:
            raise ValidationError(dict.fromkeys(changed, refusal))

    def is_editable_by(self, user: User) -> bool:
        """Whether the user may change this visit: whoever may change its round."""
        return self.round.is_editable_by(user)

    def require_editable(self, user: User) -> None:
        """Raise `PermissionDenied` (403) for whoever may only read."""
        if not self.is_editable_by(user):
            raise PermissionDenied(
                "Lượt kiểm tra này do cơ quan khác tiến hành; bạn chỉ được xem, không được sửa."
            )

    @property
    def is_closed(self) -> bool:
        """Whether the visit was completed on the spot: what was seen is then locked."""
        return self.closed_at is not None

    def why_not_logged(self) -> str:
        """Why nothing seen on the spot can be added or changed now; empty when it can."""
        if self.closed_at is not None:
            day = format_day(timezone.localdate(self.closed_at))
            return (
                f"Lượt kiểm tra đã hoàn thành và khóa ngày {day}; muốn sửa hãy ghi bổ sung, đính "
                "chính."
            )
        if self.round.status == RoundStatus.CANCELLED:
            return "Cuộc kiểm tra đã hủy nên không ghi thêm được."
        return ""

    def begin(self, by: User) -> None:
        """Note when the team began at the unit, with its checklists as they then stand.

        Later arrivals change nothing. Raises `ValidationError` for a visit that is locked or whose
        round is cancelled.
        """
        with transaction.atomic():
            held = self.held()
            if held.begun_at is not None:
                self.begun_at, self.version = held.begun_at, held.version
                return
            if refusal := held.why_not_logged():
                raise ValidationError(refusal)
            self.begun_at = timezone.now()
            self.version = held.version
            self.write("begun_at")
            mark(by, self, "begun")
            beginnings.run_steps(self, by)

    def held(self) -> Visit:
        """The visit as it now stands, held together with its round, which is held first.

        Raises `ConflictError` when somebody has just taken it away.
        """
        round_ = Round.objects.held(self.round_id)
        held = self.hold()
        held.round = round_
        return held

    def held_open(self) -> Visit:
        """The visit held as by `held`, to log what is seen in it.

        Whatever is seen on the spot is written through this, in the same transaction: whoever
        completes the visit holds it too. Raises `ValidationError` where nothing more can be logged
        (`why_not_logged`).
        """
        held = self.held()
        if refusal := held.why_not_logged():
            raise ValidationError(refusal)
        return held

    def why_not_closed(self) -> str:
        """Why the visit cannot be completed now; empty when it can."""
        if refusal := self.why_not_logged():
            return refusal
        if self.visited_on > today():
            return (
                f"Ngày kiểm tra {format_day(self.visited_on)} chưa đến nên lượt này chưa hoàn "
                "thành được; nếu ngày ghi sai, hãy sửa ngày của lượt trước."
            )
        return ""

    def close(self, by: User, unit_person: str = "", unit_post: str = "") -> None:
        """Complete the visit on the spot and lock what was seen.

        `unit_person` and `unit_post` tell who signs the minutes for the unit; what was noted before
        stays where they are empty. Raises `ValidationError` for a visit that is locked already,
        whose round is cancelled or whose day is ahead, and where nobody signs for the unit.
        """
        with transaction.atomic():
            held = self.held_open()
            if refusal := held.why_not_closed():
                raise ValidationError(refusal)
            signs = ("unit_person", "unit_post")
            before = snapshot(held, signs)
            self.unit_person = unit_person or held.unit_person
            self.unit_post = unit_post or held.unit_post
            if not self.unit_person:
                raise ValidationError(
                    {
                        "unit_person": "Hãy ghi người ký biên bản của đơn vị được kiểm tra trước "
                        "khi hoàn thành lượt."
                    }
                )
            self.closed_at, self.closed_by = timezone.now(), by
            self.write(*signs, "closed_at", "closed_by")
            mark(by, self, "locked", changes_since(before, self))

    def why_not_removed(self) -> str:
        """Why the visit cannot be taken away; empty when it can."""
        if self.is_closed:
            return (
                f"Lượt kiểm tra {self.unit.name} đã hoàn thành và khóa nên không xóa được; nếu "
                "không còn tính, hãy hủy cuộc kiểm tra."
            )
        if self.findings.exists() or self.remedies.exists():
            return (
                f"Lượt kiểm tra {self.unit.name} đã có tồn tại hoặc kiến nghị nên không xóa được; "
                "hãy xóa hoặc chuyển các nội dung đó trước."
            )
        others = self.round.visits.exclude(pk=self.pk)
        if self.round.status == RoundStatus.COMPLETED and not others.exists():
            return (
                "Cuộc đã hoàn thành phải còn ít nhất một lượt kiểm tra; hãy mở lại cuộc này trước."
            )
        return ""

    def remove(self, by: User) -> None:
        """Take away a visit on which nothing hangs; the round's trail keeps the mark.

        Raises `ValidationError` when something hangs on it.
        """
        with transaction.atomic():
            # Judged by the round as it stands now: another person may just have completed it.
            self.round = Round.objects.held(self.round_id)
            self.closed_at = self.hold().closed_at
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
