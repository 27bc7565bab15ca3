"""Rounds (cuộc): one inspection by one body, of one unit or several."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import ClassVar, Self

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from accounts.models import User
from congvu.access import Person
from congvu.dates import format_day, today
from congvu.fields import BlockField, FoldedField, LineField
from congvu.rules import ConflictError, Fault, one_of, ordered
from congvu.trail import mark
from directives.models import Document
from inspections import round_guards
from inspections.models.answers import AHEAD, Answering
from inspections.models.codes import Content, Method, RoundForm, RoundStatus, Trigger
from inspections.models.items import PlanItem
from inspections.models.moves import Movable
from inspections.models.plans import Plan
from inspections.models.settled import Settled
from inspections.models.teams import Team, own_teams
from units.models import Unit, under

_VERBS = {
    "started": "bắt đầu",
    "completed": "hoàn thành",
    "cancelled": "hủy",
    "reopened": "mở lại",
}


def is_near(on: date) -> Q:
    """The condition for rounds under way on that day, or that begin within seven days of it."""
    week = on + timedelta(days=7)
    return Q(status__in=AHEAD, starts_on__lte=week, ends_on__gte=on)


def is_behind(on: date) -> Q:
    """The condition for rounds whose last day is past, neither completed nor cancelled."""
    return Q(status__in=AHEAD, ends_on__lt=on)


def outside_plans() -> Q:
    """The condition for rounds that carry out no plan and no item of one."""
    items = Round.items.through.objects.filter(round=OuterRef("pk"))
    return Q(~Exists(items), plan__isnull=True)


def statuses_seen_by(person: Person) -> list[RoundStatus]:
    """In which statuses rounds can be in that person's reach (`RoundQuerySet.visible_to`)."""
    if person.may("rounds.change") or person.may("summary.view"):
        return list(RoundStatus)
    return [RoundStatus.COMPLETED]


class RoundQuerySet(models.QuerySet["Round"]):
    """Rounds, by who asks and by who conducts."""

    def visible_to(self, person: Person) -> Self:
        """Rounds conducted in scope or by an own team; completed ones of others on units in scope.

        Contract §5. A reporter reads only the completed. A round of another body that is not
        completed does not exist for whoever belongs to the unit to be inspected: a surprise
        inspection must not leak. Its own team knows of it.
        """
        if not person.may("rounds.view"):
            return self.none()
        # Asked of each row at hand: of the ways to put this, the fastest for a whole province and
        # for one commune alike.
        visiting_us = Round.objects.filter(
            under(person.scope_paths, "visits__unit__"), pk=OuterRef("pk")
        )
        of_others = (Q(status=RoundStatus.COMPLETED) & Exists(visiting_us)) | Q(
            team__in=own_teams(person)
        )
        if statuses_seen_by(person) == [RoundStatus.COMPLETED]:
            return self.filter(of_others)
        return self.filter(under(person.scope_paths, "body__") | of_others)

    def editable_by(self, person: Person) -> Self:
        """Rounds that the person may change: conducted by a body in scope."""
        if not person.may("rounds.change"):
            return self.none()
        return self.filter(under(person.scope_paths, "body__"))

    def held(self, pk: int) -> Round:
        """The round, which nobody else can change until the transaction ends.

        Whoever adds a visit, completes the round or moves its days holds it first; else two people
        could together leave a visit outside the round's days. Raises `ConflictError` when somebody
        has just taken it away.
        """
        if (held := self.select_for_update().filter(pk=pk).first()) is None:
            raise ConflictError(f"Cuộc {pk}")
        return held

    def next_code(self, body: Unit, year: int) -> str:
        """A code not yet in use: the body's code, the year and the next running number."""
        prefix = f"{body.code}-{year}-"
        taken = self.filter(code__startswith=prefix).values_list("code", flat=True)
        tails = (code[len(prefix) :] for code in taken)
        # A long tail is somebody's own numbering, not the next of ours.
        numbers = (int(t) for t in tails if t.isascii() and t.isdecimal() and len(t) <= 6)
        last = max(numbers, default=0)
        return f"{prefix}{last + 1:03}"


class Round(Answering, Movable, Settled):
    """A round (cuộc kiểm tra): one inspection by one body, of one unit or several."""

    Form = RoundForm
    Status = RoundStatus

    code = LineField("mã cuộc", max_length=50, unique=True)
    plan = models.ForeignKey(
        Plan,
        models.PROTECT,
        verbose_name="kế hoạch",
        null=True,
        blank=True,
        related_name="rounds",
    )
    form = models.CharField("hình thức", max_length=15, choices=RoundForm.choices)
    trigger = models.CharField(
        "lý do kiểm tra", max_length=15, choices=Trigger.choices, blank=True, default=""
    )
    method = models.CharField(
        "phương thức", max_length=10, choices=Method.choices, default=Method.ON_SITE
    )
    # Unknown for rounds read from a workbook, which has no column for it; treated as unannounced.
    announced = models.BooleanField("báo trước cho đơn vị", default=False)
    contents = models.ManyToManyField(
        Content, verbose_name="nội dung kiểm tra", blank=True, related_name="rounds"
    )
    scope_note = BlockField("nội dung", blank=True, default="")
    body = models.ForeignKey(
        Unit, models.PROTECT, verbose_name="cơ quan kiểm tra", related_name="rounds_conducted"
    )
    team = models.ForeignKey(
        Team,
        models.PROTECT,
        verbose_name="đoàn kiểm tra",
        null=True,
        blank=True,
        related_name="rounds",
    )
    # The sub-group of the team that goes; empty: the whole team.
    team_group = LineField("tổ", max_length=60, blank=True, default="")
    # Which items of plans it carries out: one round may answer several.
    items = models.ManyToManyField(
        PlanItem, verbose_name="mục kế hoạch", blank=True, related_name="rounds"
    )
    starts_on = models.DateField("từ ngày")
    ends_on = models.DateField("đến ngày")
    # Why it is held although a unit has another inspection near it.
    overlap_reason = BlockField("lý do vẫn kiểm tra", blank=True, default="")
    status = models.CharField(
        "trạng thái", max_length=15, choices=RoundStatus.choices, default=RoundStatus.SCHEDULED
    )
    cancel_reason = LineField("lý do hủy", max_length=300, blank=True, default="")
    documents = models.ManyToManyField(
        Document, verbose_name="văn bản", blank=True, related_name="rounds"
    )
    folded = FoldedField(source=("code", "scope_note"))

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = "cuộc kiểm tra"
        verbose_name_plural = "cuộc kiểm tra"
        ordering = ("-ends_on", "-pk")
        constraints = (
            one_of("form", RoundForm),
            one_of("status", RoundStatus),
            one_of("trigger", Trigger, blank=True),
            one_of("method", Method),
            ordered("starts_on", "ends_on"),
        )
        indexes = (
            models.Index(fields=["body", "status", "ends_on"], name="inspections_round_counted"),
            models.Index(fields=["ends_on", "id"], name="inspections_round_days"),
        )

    def __str__(self) -> str:
        return f"Cuộc {self.code}"

    def get_absolute_url(self) -> str:
        """The round's page."""
        return reverse("inspections:round_detail", args=[self.pk])

    def faults(self) -> Iterator[Fault]:
        """Days in order; the body existed on the first day."""
        if self.knows("starts_on", "ends_on") and self.ends_on < self.starts_on:
            yield Fault(
                "ends_on",
                f"Ngày kết thúc {format_day(self.ends_on)} trước ngày bắt đầu "
                f"{format_day(self.starts_on)}.",
            )
        if self.knows("body", "starts_on") and not self.body.exists_on(self.starts_on):
            yield Fault(
                "body",
                f"{self.body.name} không có hiệu lực vào ngày {format_day(self.starts_on)}: đơn vị "
                f"này có hiệu lực {self.body.span_text}.",
            )

    def clean(self) -> None:
        """Also: the team works then, the days hold every visit, what hangs on it still stands."""
        super().clean()
        if not self.is_filled:
            return
        if faults := list(self.team_objections()):
            raise ValidationError({each.field: each.message for each in faults})
        if self._state.adding:
            return
        self._keep_what_is_settled()
        outside = self.visits.exclude(visited_on__range=(self.starts_on, self.ends_on)).first()
        if outside:
            raise ValidationError(
                {
                    "ends_on": f"Lượt kiểm tra {outside.unit} ngày "
                    f"{format_day(outside.visited_on)} sẽ nằm ngoài cuộc; hãy sửa ngày của lượt "
                    "đó trước."
                }
            )
        found: dict[str, list[str]] = {}
        for fault in round_guards.objections(self):
            found.setdefault(fault.field, []).append(fault.message)
        if found:
            raise ValidationError(dict(found))

    @property
    def body_name(self) -> str:
        """The inspecting body's name on the round's last day (reads `former_names`)."""
        return self.body.name_on(self.ends_on)

    @property
    def days_text(self) -> str:
        """The round's days as people write them."""
        if self.starts_on == self.ends_on:
            return format_day(self.starts_on)
        return f"{format_day(self.starts_on)} – {format_day(self.ends_on)}"

    @property
    def why_not_counted(self) -> str:
        """Why the round, and whatever hangs on it, counts nowhere (rule 1); empty when it does."""
        if self.status == RoundStatus.COMPLETED:
            return ""
        cancelled = self.status == RoundStatus.CANCELLED
        return "Cuộc đã hủy" if cancelled else "Cuộc chưa hoàn thành"

    def is_editable_by(self, user: User) -> bool:
        """Whether the user may change this round and what hangs on it."""
        return user.may("rounds.change") and user.in_scope(self.body)

    def require_editable(self, user: User) -> None:
        """Raise `PermissionDenied` (403) for whoever may only read."""
        if not self.is_editable_by(user):
            raise PermissionDenied(
                "Cuộc kiểm tra này do cơ quan khác tiến hành; bạn chỉ được xem, không được sửa."
            )

    # From which statuses a deed leads where; a completed round may be opened again to be put right.
    STEPS: ClassVar[dict[str, dict[str, RoundStatus]]] = {
        "started": {RoundStatus.SCHEDULED: RoundStatus.IN_PROGRESS},
        "completed": {
            RoundStatus.SCHEDULED: RoundStatus.COMPLETED,
            RoundStatus.IN_PROGRESS: RoundStatus.COMPLETED,
        },
        "cancelled": {
            RoundStatus.SCHEDULED: RoundStatus.CANCELLED,
            RoundStatus.IN_PROGRESS: RoundStatus.CANCELLED,
        },
        "reopened": {
            RoundStatus.COMPLETED: RoundStatus.IN_PROGRESS,
            RoundStatus.CANCELLED: RoundStatus.SCHEDULED,
        },
    }

    def why_not(self, deed: str) -> str:
        """Why that step cannot be taken now; empty when it can."""
        if self.status not in self.STEPS[deed]:
            return (
                f"Cuộc {self.code} đang ở trạng thái “{self.get_status_display()}” nên không "
                f"{_VERBS[deed]} được."
            )
        if deed == "completed" and not self.visits.exists():
            return (
                f"Cuộc {self.code} chưa có lượt kiểm tra nào; hãy thêm đơn vị đã kiểm tra trước "
                "khi hoàn thành."
            )
        if deed == "reopened":
            # The units may have changed since: what is opened again must be right as it stands.
            return " ".join(fault.message for fault in self.faults())
        if deed == "completed" and self.starts_on > today():
            # One that ended early is another matter: it took place.
            return (
                f"Cuộc {self.code} bắt đầu ngày {format_day(self.starts_on)}, chưa đến nên chưa "
                "hoàn thành được; nếu ngày đó ghi sai, hãy sửa ngày của cuộc trước."
            )
        return ""

    def _step(self, deed: str, by: User, reason: str = "") -> None:
        with transaction.atomic():
            Round.objects.held(self.pk)
            if refusal := self.why_not(deed):
                raise ValidationError(refusal)
            old = RoundStatus(self.status)
            new = self.STEPS[deed][old]
            self.status = new
            self.cancel_reason = reason if new == RoundStatus.CANCELLED else ""
            self.write("status", "cancel_reason")
            mark(by, self, deed, {"status": (old.label, new.label)}, note=reason)

    def start(self, by: User) -> None:
        """The team is on its way: from scheduled to running."""
        self._step("started", by)

    def complete(self, by: User) -> None:
        """The round is over and counts from now on; it needs a visit.

        Raises `ValidationError` when no unit was visited or the status does not allow it.
        """
        self._step("completed", by)

    def cancel(self, by: User, reason: str) -> None:
        """The round is not held; it and whatever hangs on it count nowhere."""
        self._step("cancelled", by, reason)

    def reopen(self, by: User, reason: str) -> None:
        """Open a completed or cancelled round again, to put it right."""
        self._step("reopened", by, reason)

    def why_not_removed(self) -> str:
        """Why the round cannot be taken away; empty when it can."""
        if self.status == RoundStatus.COMPLETED:
            return (
                f"Cuộc {self.code} đã hoàn thành nên không xóa được; nếu ghi nhầm, hãy mở lại cuộc "
                "này trước."
            )
        if self.visits.exists():
            return f"Cuộc {self.code} đã có lượt kiểm tra nên không xóa được; hãy hủy cuộc này."
        return ""

    def remove(self, by: User) -> None:
        """Take away a round on which nothing hangs, entered by mistake; the trail keeps a mark.

        Raises `ValidationError` for a completed round, and for one with visits: such a round is
        cancelled instead.
        """
        with transaction.atomic():
            if refusal := Round.objects.held(self.pk).why_not_removed():
                raise ValidationError(refusal)
            mark(by, self, "removed", note=f"{self.body.name}, {self.days_text}")
            self.delete()
