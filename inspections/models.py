"""Plans, teams, rounds and visits.

A round (cuộc) is one inspection by one body; a visit (lượt) is one unit in one round. They are
counted apart, everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Self

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import User
from congvu.access import Person
from congvu.dates import format_day
from congvu.fields import BlockField, FoldedField, LineField
from congvu.rules import Fault, Ruled, one_of, ordered
from congvu.trail import mark
from directives.models import Document
from units.models import Unit, under


class PlanQuerySet(models.QuerySet["Plan"]):
    """Plans, by who asks."""

    def visible_to(self, person: Person) -> Self:
        """Plans issued by units in scope, and those that rounds conducted in scope carry out."""
        if not person.may("plans.view"):
            return self.none()
        rounds = Round.objects.filter(under(person.scope_paths, "body__"))
        return self.filter(
            under(person.scope_paths, "issuer__") | Q(pk__in=rounds.values("plan_id"))
        )

    def editable_by(self, person: Person) -> Self:
        """Plans that the person may change: of issuers in scope."""
        if not person.may("plans.change"):
            return self.none()
        return self.filter(under(person.scope_paths, "issuer__"))


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

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = "kế hoạch"
        verbose_name_plural = "kế hoạch"
        ordering = ("-year", "-issued_on", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=["issuer", "number", "year"],
                name="inspections_plan_identity",
                violation_error_message="Cơ quan này đã có kế hoạch mang số ký hiệu đó của năm này.",
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
        """The issuer existed on the day of issue."""
        if not self.issuer.exists_on(self.issued_on):
            yield Fault(
                "issuer",
                f"{self.issuer.name} không có hiệu lực vào ngày {format_day(self.issued_on)}.",
            )
        if not 1945 <= self.year <= 2200:
            yield Fault("year", f"Năm {self.year} không hợp lệ; hãy ghi bốn chữ số như 2023.")


class TeamQuerySet(models.QuerySet["Team"]):
    """Teams, by who asks."""

    def visible_to(self, person: Person) -> Self:
        """Teams set up by units in scope."""
        if not person.may("teams.view"):
            return self.none()
        return self.filter(under(person.scope_paths, "body__"))

    def editable_by(self, person: Person) -> Self:
        """Teams that the person may change."""
        return self.visible_to(person) if person.may("teams.change") else self.none()


class Team(Ruled):
    """An inspection team, set up by decision for an inspecting body."""

    name = LineField("tên đoàn", max_length=200)
    body = models.ForeignKey(
        Unit, models.PROTECT, verbose_name="cơ quan kiểm tra", related_name="teams"
    )
    decision_number = LineField("số quyết định", max_length=60, blank=True, default="")
    decided_on = models.DateField("ngày quyết định", null=True, blank=True)
    folded = FoldedField(source=("name", "decision_number"))

    objects = TeamQuerySet.as_manager()

    class Meta:
        verbose_name = "đoàn kiểm tra"
        verbose_name_plural = "đoàn kiểm tra"
        ordering = ("name", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["body", "name", "decision_number"],
                name="inspections_team_identity",
                violation_error_message="Cơ quan này đã có đoàn mang tên và số quyết định đó.",
            ),
        )

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The team's page."""
        return reverse("inspections:team_detail", args=[self.pk])

    def faults(self) -> Iterator[Fault]:
        """A decision has a number and a day, or neither; the body existed on that day."""
        if self.decided_on and not self.decision_number:
            yield Fault("decision_number", "Đã ghi ngày quyết định thì hãy ghi cả số quyết định.")
        if self.decided_on and not self.body.exists_on(self.decided_on):
            yield Fault(
                "body",
                f"{self.body.name} không có hiệu lực vào ngày {format_day(self.decided_on)}.",
            )


class TeamRole(models.TextChoices):
    """Places in a team (domain notes), in order of rank."""

    LEADER = "LEADER", "Trưởng đoàn"
    DEPUTY = "DEPUTY", "Phó trưởng đoàn"
    SECRETARY = "SECRETARY", "Thư ký"
    MEMBER = "MEMBER", "Thành viên"


class TeamMember(models.Model):
    """One person in a team, with the post and body that he or she comes from."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="members")
    role = models.CharField("vai trò", max_length=10, choices=TeamRole.choices, default="MEMBER")
    name = LineField("họ và tên", max_length=150)
    post = LineField("chức vụ, cơ quan", max_length=200, blank=True, default="")
    position = models.PositiveSmallIntegerField("thứ tự", default=0)

    class Meta:
        verbose_name = "thành viên đoàn"
        verbose_name_plural = "thành viên đoàn"
        ordering = ("position", "pk")
        constraints = (one_of("role", TeamRole),)

    def __str__(self) -> str:
        return self.name


class Content(models.Model):
    """What a round may cover; a catalogue that administrators keep (domain notes)."""

    code = models.SlugField("mã", max_length=40, unique=True)
    label = LineField("nội dung kiểm tra", max_length=200)
    position = models.PositiveSmallIntegerField("thứ tự", default=0)
    # A content no longer used stays readable on older rounds.
    is_offered = models.BooleanField("được chọn cho cuộc mới", default=True)

    class Meta:
        verbose_name = "nội dung kiểm tra"
        verbose_name_plural = "nội dung kiểm tra"
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return self.label


class RoundForm(models.TextChoices):
    """How a round was scheduled (contract §3, "Hình thức")."""

    PLANNED = "PLANNED", "Theo kế hoạch"
    SURPRISE = "SURPRISE", "Đột xuất"
    VERIFICATION = "VERIFICATION", "Xác minh"
    THEMATIC = "THEMATIC", "Chuyên đề"
    RECHECK = "RECHECK", "Phúc tra"


class RoundStatus(models.TextChoices):
    """Where a round stands (contract §3)."""

    SCHEDULED = "SCHEDULED", "Dự kiến"
    IN_PROGRESS = "IN_PROGRESS", "Đang kiểm tra"
    COMPLETED = "COMPLETED", "Hoàn thành"
    CANCELLED = "CANCELLED", "Hủy"


class Trigger(models.TextChoices):
    """Why a round is held (domain notes)."""

    PLAN = "PLAN", "Theo kế hoạch"
    DIRECTIVE = "DIRECTIVE", "Chỉ đạo của cấp trên"
    HOTLINE = "HOTLINE", "Đường dây nóng"
    PETITION = "PETITION", "Đơn thư, phản ánh"
    PRESS = "PRESS", "Báo chí"
    HOLIDAY = "HOLIDAY", "Sau kỳ nghỉ lễ"


class Method(models.TextChoices):
    """How a round is held (domain notes)."""

    ON_SITE = "ON_SITE", "Trực tiếp tại đơn vị"
    REPORT = "REPORT", "Qua báo cáo"


class RoundQuerySet(models.QuerySet["Round"]):
    """Rounds, by who asks and by who conducts."""

    def visible_to(self, person: Person) -> Self:
        """Rounds conducted in scope; completed ones of others that visited a unit in scope.

        Contract §5. A reporter reads only the completed. A round of another body that is not
        completed does not exist for whoever belongs to the unit to be inspected: a surprise
        inspection must not leak.
        """
        if not person.may("rounds.view"):
            return self.none()
        visited = Visit.objects.filter(under(person.scope_paths, "unit__"))
        of_others = Q(status=RoundStatus.COMPLETED) & Q(pk__in=visited.values("round_id"))
        if not (person.may("rounds.change") or person.may("summary.view")):
            return self.filter(of_others)
        return self.filter(under(person.scope_paths, "body__") | of_others)

    def editable_by(self, person: Person) -> Self:
        """Rounds that the person may change: conducted by a body in scope."""
        if not person.may("rounds.change"):
            return self.none()
        return self.filter(under(person.scope_paths, "body__"))


class Round(Ruled):
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
    starts_on = models.DateField("từ ngày")
    ends_on = models.DateField("đến ngày")
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
        if self.ends_on < self.starts_on:
            yield Fault(
                "ends_on",
                f"Ngày kết thúc {format_day(self.ends_on)} trước ngày bắt đầu "
                f"{format_day(self.starts_on)}.",
            )
        if not self.body.exists_on(self.starts_on):
            yield Fault(
                "body",
                f"{self.body.name} không có hiệu lực vào ngày {format_day(self.starts_on)}.",
            )

    def clean(self) -> None:
        """Also: the days still hold every visit, and the discipline forms of its remedies."""
        super().clean()
        if self._state.adding or not self.is_filled:
            return
        outside = self.visits.exclude(visited_on__range=(self.starts_on, self.ends_on)).first()
        if outside:
            raise ValidationError(
                {
                    "ends_on": f"Lượt kiểm tra {outside.unit} ngày "
                    f"{format_day(outside.visited_on)} sẽ nằm ngoài cuộc; hãy sửa ngày của lượt "
                    "đó trước."
                }
            )

    def is_editable_by(self, user: User) -> bool:
        """Whether the user may change this round and what hangs on it."""
        return user.may("rounds.change") and user.in_scope(self.body)

    def require_editable(self, user: User) -> None:
        """Raise `PermissionDenied` (403) for whoever may only read."""
        if not self.is_editable_by(user):
            raise PermissionDenied(
                "Cuộc kiểm tra này do cơ quan khác tiến hành; bạn chỉ được xem, không được sửa."
            )

    # Which statuses a round may pass to; a completed round may be opened again to be put right.
    STEPS: ClassVar[dict[str, tuple[str, ...]]] = {
        RoundStatus.SCHEDULED: (
            RoundStatus.IN_PROGRESS,
            RoundStatus.COMPLETED,
            RoundStatus.CANCELLED,
        ),
        RoundStatus.IN_PROGRESS: (RoundStatus.COMPLETED, RoundStatus.CANCELLED),
        RoundStatus.COMPLETED: (RoundStatus.IN_PROGRESS,),
        RoundStatus.CANCELLED: (RoundStatus.SCHEDULED,),
    }

    def _step(self, status: RoundStatus, deed: str, by: User, reason: str = "") -> None:
        old = RoundStatus(self.status)
        if status not in self.STEPS[old]:
            raise ValidationError(
                f"Cuộc {self.code} đang ở trạng thái “{old.label}” nên không chuyển sang "
                f"“{status.label}” được."
            )
        with transaction.atomic():
            self.status = status
            self.cancel_reason = reason if status == RoundStatus.CANCELLED else ""
            self.write("status", "cancel_reason")
            mark(by, self, deed, {"status": (old.label, status.label)}, note=reason)

    def start(self, by: User) -> None:
        """The team is on its way: from scheduled to running."""
        self._step(RoundStatus.IN_PROGRESS, "started", by)

    def complete(self, by: User) -> None:
        """The round is over and counts from now on; it needs a visit.

        Raises `ValidationError` when no unit was visited or the status does not allow it.
        """
        if not self.visits.exists():
            raise ValidationError(
                f"Cuộc {self.code} chưa có lượt kiểm tra nào; hãy thêm đơn vị đã kiểm tra trước "
                "khi hoàn thành."
            )
        self._step(RoundStatus.COMPLETED, "completed", by)

    def cancel(self, by: User, reason: str) -> None:
        """The round is not held; it and whatever hangs on it count nowhere."""
        self._step(RoundStatus.CANCELLED, "cancelled", by, reason)

    def reopen(self, by: User, reason: str) -> None:
        """Open a completed or cancelled round again, to put it right."""
        back = {
            RoundStatus.COMPLETED.value: RoundStatus.IN_PROGRESS,
            RoundStatus.CANCELLED.value: RoundStatus.SCHEDULED,
        }.get(self.status, RoundStatus.SCHEDULED)
        self._step(back, "reopened", by, reason)


class VisitQuerySet(models.QuerySet["Visit"]):
    """Visits, by who asks."""

    def visible_to(self, person: Person) -> Self:
        """Visits of rounds conducted in scope, and completed ones to units in scope."""
        return self.filter(visits_in_reach(person))

    def editable_by(self, person: Person) -> Self:
        """Visits that the person may change: of rounds conducted by a body in scope."""
        if not person.may("rounds.change"):
            return self.none()
        return self.filter(under(person.scope_paths, "round__body__"))


def visits_in_reach(person: Person, prefix: str = "") -> Q:
    """The condition for a visit that the person may read; `prefix` leads to the visit.

    In a joint round each unit sees its own visit and not those to others.
    """
    if not person.may("rounds.view"):
        return Q(**{f"{prefix}pk__in": []})
    to_us = Q(**{f"{prefix}round__status": RoundStatus.COMPLETED}) & under(
        person.scope_paths, f"{prefix}unit__"
    )
    if not (person.may("rounds.change") or person.may("summary.view")):
        return to_us
    return under(person.scope_paths, f"{prefix}round__body__") | to_us


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
        if not self.round.starts_on <= self.visited_on <= self.round.ends_on:
            yield Fault(
                "visited_on",
                f"Ngày kiểm tra {format_day(self.visited_on)} nằm ngoài cuộc {self.round.code} "
                f"({format_day(self.round.starts_on)} – {format_day(self.round.ends_on)}).",
            )
        if not self.unit.exists_on(self.visited_on):
            yield Fault(
                "unit",
                f"{self.unit.name} không có hiệu lực vào ngày {format_day(self.visited_on)}.",
            )

    def clean(self) -> None:
        """Also: no other unit of the same code in the round (contract §3, "Refused")."""
        super().clean()
        if not self.is_filled:
            return
        same = self.round.visits.filter(unit__code=self.unit.code).exclude(pk=self.pk).first()
        if same:
            raise ValidationError(
                {"unit": f"Cuộc {self.round.code} đã kiểm tra đơn vị mang mã {self.unit.code}."}
            )
