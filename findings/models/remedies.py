"""Remedies: what the unit or a person must do, by when, followed until it is done."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Self

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import Case, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse

from accounts.models import User
from congvu.access import Person
from congvu.dates import format_day
from congvu.fields import BlockField, FoldedField, LineField
from congvu.rules import Fault, Ruled, one_of
from congvu.trail import mark
from directives.models import Document
from findings.models.findings import Finding, Subject
from inspections.models import Visit, visits_in_reach
from units.models import under


class RemedyKind(models.TextChoices):
    """What is demanded (contract §3, "Loại kiến nghị")."""

    REVIEW = "REVIEW", "Kiểm điểm trách nhiệm"
    DISCIPLINE = "DISCIPLINE", "Xử lý kỷ luật"
    EXPLAIN_RECTIFY = "EXPLAIN_RECTIFY", "Giải trình và khắc phục"
    REMIND = "REMIND", "Nhắc nhở, rút kinh nghiệm"
    RECTIFY_ON_SITE = "RECTIFY_ON_SITE", "Khắc phục tại chỗ"
    CRITICIZE = "CRITICIZE", "Phê bình"
    APOLOGIZE = "APOLOGIZE", "Xin lỗi công khai"
    REASSIGN = "REASSIGN", "Điều động, chuyển vị trí"
    TRAIN = "TRAIN", "Đào tạo, bồi dưỡng"
    SETTLE_CASE = "SETTLE_CASE", "Giải quyết vụ việc công dân"
    AMEND_RULES = "AMEND_RULES", "Ban hành, sửa nội quy"
    RECOMMEND = "RECOMMEND", "Kiến nghị cấp có thẩm quyền"
    TRANSFER = "TRANSFER", "Chuyển cơ quan khác"


class DisciplineForm(models.TextChoices):
    """Forms of discipline (contract §3); some only until a day, see `LAST_DAYS`."""

    REPRIMAND = "REPRIMAND", "Khiển trách"
    WARNING = "WARNING", "Cảnh cáo"
    SALARY_DOWNGRADE = "SALARY_DOWNGRADE", "Hạ bậc lương"
    DEMOTION = "DEMOTION", "Giáng chức"
    REMOVAL = "REMOVAL", "Cách chức"
    DISMISSAL = "DISMISSAL", "Bãi nhiệm"
    FORCED_RESIGNATION = "FORCED_RESIGNATION", "Buộc thôi việc"


# The last day on which a form that was abolished could be taken (domain notes).
LAST_DAYS: dict[str, date] = {
    DisciplineForm.SALARY_DOWNGRADE: date(2025, 6, 30),
    DisciplineForm.DEMOTION: date(2025, 6, 30),
}


def discipline_forms_on(day: date) -> list[DisciplineForm]:
    """The forms of discipline in force on that day."""
    return [form for form in DisciplineForm if day <= LAST_DAYS.get(form, day)]


class RemedyState(models.TextChoices):
    """Where a remedy stands on a day (contract §4 rule 6): derived, never stored."""

    DONE_ON_TIME = "done_on_time", "Xong đúng hạn"
    DONE_LATE = "done_late", "Xong quá hạn"
    OPEN = "open", "Đang thực hiện"
    OVERDUE = "overdue", "Quá hạn"


class RemedyQuerySet(models.QuerySet["Remedy"]):
    """Remedies, by who asks and by where they stand on a day."""

    def visible_to(self, person: Person) -> Self:
        """Remedies of visits in reach."""
        if not person.may("remedies.view"):
            return self.none()
        return self.filter(visits_in_reach(person, "visit__"))

    def editable_by(self, person: Person) -> Self:
        """Remedies of rounds conducted by a body in scope."""
        if not person.may("remedies.change"):
            return self.none()
        return self.filter(under(person.scope_paths, "visit__round__body__"))

    def standing(self, as_of: date) -> Self:
        """Adds `due_in_force` and `state` as they are on that day (contract §4 rule 6)."""
        done = Q(completed_on__isnull=False, completed_on__lte=as_of)
        # What counts is the latest extension decided by the completion, or by `as_of` if not done.
        until = Case(When(done, then=F("completed_on")), default=Value(as_of))
        latest = (
            Extension.objects.filter(remedy=OuterRef("pk"), decided_on__lte=OuterRef("due_until"))
            .order_by("-decided_on")
            .values("due_on")[:1]
        )
        return (
            self.annotate(due_until=until)
            .annotate(due_in_force=Coalesce(Subquery(latest), F("due_on")))
            .annotate(
                state=Case(
                    When(done & Q(completed_on__gt=F("due_in_force")), then=Value("done_late")),
                    When(done, then=Value("done_on_time")),
                    When(due_in_force__lt=as_of, then=Value("overdue")),
                    default=Value("open"),
                )
            )
        )


class Remedy(Ruled):
    """What the visited unit or a person must do, by when (kiến nghị)."""

    Kind = RemedyKind
    State = RemedyState

    code = LineField("mã kiến nghị", max_length=50, unique=True)
    visit = models.ForeignKey(
        Visit, models.PROTECT, verbose_name="lượt kiểm tra", related_name="remedies"
    )
    finding = models.ForeignKey(
        Finding,
        models.PROTECT,
        verbose_name="tồn tại",
        null=True,
        blank=True,
        related_name="remedies",
    )
    kind = models.CharField("loại kiến nghị", max_length=20, choices=RemedyKind.choices)
    subject = models.CharField("đối tượng", max_length=10, choices=Subject.choices)
    person_name = LineField("họ tên", max_length=150, blank=True, default="")
    person_post = LineField("chức vụ", max_length=200, blank=True, default="")
    discipline_form = models.CharField(
        "hình thức kỷ luật", max_length=20, choices=DisciplineForm.choices, blank=True, default=""
    )
    due_on = models.DateField("hạn thực hiện", null=True, blank=True)
    completed_on = models.DateField("ngày hoàn thành", null=True, blank=True)
    report_document = LineField("văn bản báo cáo", max_length=200, blank=True, default="")
    content = BlockField("nội dung", blank=True, default="")
    documents = models.ManyToManyField(
        Document, verbose_name="văn bản", blank=True, related_name="remedies"
    )
    # Two spellings of one name are one person (contract §4 rule 5): compared by this.
    person_folded = FoldedField(source=("person_name",))
    folded = FoldedField(source=("code", "content"))

    objects = RemedyQuerySet.as_manager()

    class Meta:
        verbose_name = "kiến nghị"
        verbose_name_plural = "kiến nghị"
        ordering = ("-pk",)
        constraints = (
            one_of("kind", RemedyKind),
            one_of("subject", Subject),
            one_of("discipline_form", DisciplineForm, blank=True),
            models.CheckConstraint(
                condition=Q(subject="INDIVIDUAL") | Q(person_name=""),
                name="findings_remedy_collective_has_no_name",
            ),
            models.CheckConstraint(
                condition=~Q(kind="DISCIPLINE") | Q(subject="INDIVIDUAL"),
                name="findings_remedy_discipline_is_individual",
            ),
            models.CheckConstraint(
                condition=Q(kind="DISCIPLINE") | Q(discipline_form=""),
                name="findings_remedy_form_needs_discipline",
            ),
        )
        indexes = (
            models.Index(fields=["completed_on", "due_on"], name="findings_remedy_due"),
            models.Index(fields=["kind", "visit"], name="findings_remedy_kind"),
        )

    def __str__(self) -> str:
        return f"Kiến nghị {self.code}"

    def get_absolute_url(self) -> str:
        """The remedy's page."""
        return reverse("findings:remedy_detail", args=[self.pk])

    def faults(self) -> Iterator[Fault]:
        """Contract §3, "Refused": names, discipline, and the finding of another visit."""
        if self.finding is not None and self.finding.visit_id != self.visit_id:
            yield Fault(
                "finding",
                f"Tồn tại {self.finding.code} không thuộc lượt kiểm tra này nên không thể là căn "
                "cứ của kiến nghị.",
            )
        if self.subject == Subject.COLLECTIVE and self.person_name:
            yield Fault("person_name", "Kiến nghị đối với tập thể thì không ghi họ tên cá nhân.")
        if self.kind == RemedyKind.DISCIPLINE and self.subject != Subject.INDIVIDUAL:
            yield Fault("subject", "Xử lý kỷ luật chỉ áp dụng với cá nhân.")
        if self.discipline_form and self.kind != RemedyKind.DISCIPLINE:
            yield Fault(
                "discipline_form",
                "Hình thức kỷ luật chỉ ghi khi loại kiến nghị là “Xử lý kỷ luật”.",
            )
        last = LAST_DAYS.get(self.discipline_form)
        if last and self.visit.round.ends_on > last:
            yield Fault(
                "discipline_form",
                f"Hình thức “{DisciplineForm(self.discipline_form).label}” chỉ áp dụng đến hết "
                f"ngày {format_day(last)}; cuộc kiểm tra kết thúc ngày "
                f"{format_day(self.visit.round.ends_on)}.",
            )

    def due_on_at(self, as_of: date) -> date | None:
        """The due day in force on that day (contract §4 rule 6); reads `extensions`."""
        done = self.completed_on is not None and self.completed_on <= as_of
        until = self.completed_on if done and self.completed_on else as_of
        granted = [each for each in self.extensions.all() if each.decided_on <= until]
        if granted:
            return max(granted, key=lambda each: each.decided_on).due_on
        return self.due_on

    def state_at(self, as_of: date) -> RemedyState:
        """Where the remedy stands on that day (contract §4 rule 6); reads `extensions`."""
        due = self.due_on_at(as_of)
        if self.completed_on is not None and self.completed_on <= as_of:
            late = due is not None and self.completed_on > due
            return RemedyState.DONE_LATE if late else RemedyState.DONE_ON_TIME
        return RemedyState.OVERDUE if due is not None and due < as_of else RemedyState.OPEN

    def is_editable_by(self, user: User) -> bool:
        """Whether the user may change the demand itself: the side that inspected."""
        return user.may("remedies.change") and user.in_scope(self.visit.round.body)

    def is_settled_by(self, user: User) -> bool:
        """Whether the user may record that the remedy is done.

        The side that inspected, or who follows up units under its own; never the side that must act
        for its own work.
        """
        if not user.may("remedies.settle"):
            return False
        if user.in_scope(self.visit.round.body):
            return True
        return user.in_scope(self.visit.unit) and self.visit.unit_id not in user.lineage_ids

    def is_reported_by(self, user: User) -> bool:
        """Whether the user may report progress: the asked unit's side, or whoever may settle."""
        return self.is_settled_by(user) or (
            user.may("remedies.report") and user.in_scope(self.visit.unit)
        )

    def require_editable(self, user: User) -> None:
        """Raise `PermissionDenied` (403) for whoever may only read."""
        if not self.is_editable_by(user):
            raise PermissionDenied("Chỉ cơ quan đã kiểm tra mới được sửa kiến nghị này.")

    def require_settled(self, user: User) -> None:
        """Raise `PermissionDenied` (403) for whoever may not record completion."""
        if not self.is_settled_by(user):
            raise PermissionDenied(
                "Đơn vị được kiến nghị không tự xác nhận hoàn thành; hãy báo cáo tiến độ để cơ "
                "quan kiểm tra xác nhận."
            )

    def require_reported(self, user: User) -> None:
        """Raise `PermissionDenied` (403) for whoever may not report on this remedy."""
        if not self.is_reported_by(user):
            raise PermissionDenied("Bạn không được báo cáo về kiến nghị này.")

    def extend(self, *, by: User, decided_on: date, due_on: date, document: str = "") -> Extension:
        """Permit a later due day by a dated document; the old day stays on record."""
        with transaction.atomic():
            old = self.due_on_at(decided_on)
            extension = Extension(
                remedy=self, decided_on=decided_on, due_on=due_on, document=document
            )
            extension.full_clean()
            extension.save()
            mark(by, self, "extended", {"due_on": (old, due_on)}, note=document)
        return extension

    def report(
        self, *, by: User, text: str, completed_on: date | None = None, document: str = ""
    ) -> Progress:
        """Say how far the remedy is; a claimed completion waits until it is settled."""
        with transaction.atomic():
            progress = Progress.objects.create(
                remedy=self, by=by, text=text, claimed_on=completed_on, document=document
            )
            mark(by, self, "reported", note=text[:200])
        return progress

    def complete(self, *, by: User, completed_on: date, report_document: str = "") -> None:
        """Record that the remedy was done on that day."""
        if completed_on < self.visit.visited_on:
            raise ValidationError(
                {
                    "completed_on": "Ngày hoàn thành không thể trước ngày kiểm tra "
                    f"({format_day(self.visit.visited_on)})."
                }
            )
        with transaction.atomic():
            old = self.completed_on
            self.completed_on = completed_on
            self.report_document = report_document or self.report_document
            self.write("completed_on", "report_document")
            mark(by, self, "completed", {"completed_on": (old, completed_on)})

    def reopen(self, *, by: User, reason: str) -> None:
        """Take a recorded completion back, with the reason."""
        with transaction.atomic():
            old = self.completed_on
            self.completed_on = None
            self.write("completed_on")
            mark(by, self, "reopened", {"completed_on": (old, None)}, note=reason)


class Extension(models.Model):
    """A dated permission to finish later; the date it replaces is never overwritten."""

    remedy = models.ForeignKey(
        Remedy, models.PROTECT, verbose_name="kiến nghị", related_name="extensions"
    )
    decided_on = models.DateField("ngày cho phép")
    due_on = models.DateField("hạn mới")
    document = LineField("văn bản", max_length=200, blank=True, default="")

    class Meta:
        verbose_name = "gia hạn"
        verbose_name_plural = "gia hạn"
        ordering = ("decided_on",)
        constraints = (
            models.UniqueConstraint(
                fields=["remedy", "decided_on"],
                name="findings_extension_identity",
                violation_error_message="Kiến nghị này đã có một lần gia hạn vào ngày đó.",
            ),
        )

    def __str__(self) -> str:
        return f"Gia hạn đến {format_day(self.due_on)}"


class Progress(models.Model):
    """What the asked side reported on a remedy, in the order in which it came."""

    remedy = models.ForeignKey(Remedy, models.PROTECT, related_name="progress")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    text = BlockField("nội dung báo cáo")
    # The day on which the unit says it was done; it counts only once settled.
    claimed_on = models.DateField("ngày hoàn thành theo đơn vị", null=True, blank=True)
    document = LineField("văn bản báo cáo", max_length=200, blank=True, default="")

    class Meta:
        verbose_name = "báo cáo tiến độ"
        verbose_name_plural = "báo cáo tiến độ"
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return self.text[:80]
