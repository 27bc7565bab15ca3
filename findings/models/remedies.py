"""Remedies: what the unit or a person must do, by when, followed until it is done."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import ProtectedError, Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from congvu.access import require
from congvu.dates import format_day, today
from congvu.fields import BlockField, FoldedField, LineField, NameSortKeyField
from congvu.rules import Fault, Ruled, one_of
from congvu.trail import mark
from directives.models import Document
from findings.copies import CopiedFromRound
from findings.models.codes import (
    LAST_DAYS,
    DisciplineForm,
    OfficialKind,
    RemedyKind,
    RemedyState,
    Subject,
)
from findings.models.findings import Finding
from findings.models.follow_up import Extension, Progress, refuse
from findings.models.standing import RemedyQuerySet
from inspections.models import RoundStatus, Visit

# Told to whoever may settle remedies, but not this one.
OWN_WORK = (
    "Đơn vị được kiến nghị không tự xác nhận hoàn thành; hãy báo cáo tiến độ để cơ quan kiểm tra "
    "xác nhận."
)


class Remedy(CopiedFromRound, Ruled):
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
    # Who of the asked side answers for it, where that is somebody else than the visited unit.
    answerer = LineField("người, đơn vị trả lời", max_length=200, blank=True, default="")
    # Who of the inspecting side follows it.
    keeper = models.ForeignKey(
        User,
        models.PROTECT,
        verbose_name="người theo dõi",
        null=True,
        blank=True,
        related_name="remedies_kept",
    )
    # When the asked side said that it knows of the demand, and who said so.
    acknowledged_at = models.DateTimeField("tiếp nhận lúc", null=True, blank=True, editable=False)
    acknowledged_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    # Who recorded that it is done; unknown for what came from a workbook.
    verified_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    # The visit of a re-check (phúc tra) that settled it on the spot.
    settled_in = models.ForeignKey(
        Visit,
        models.PROTECT,
        verbose_name="lượt phúc tra",
        null=True,
        blank=True,
        editable=False,
        related_name="remedies_settled",
    )
    # Discipline alone: which kind of official, whether the case is complicated, the decision.
    official_kind = models.CharField(
        "loại cán bộ", max_length=20, choices=OfficialKind.choices, blank=True, default=""
    )
    is_complicated = models.BooleanField("vụ việc phức tạp", default=False)
    decision_number = LineField("số quyết định kỷ luật", max_length=60, blank=True, default="")
    decision_on = models.DateField("ngày quyết định", null=True, blank=True)
    documents = models.ManyToManyField(
        Document, verbose_name="văn bản", blank=True, related_name="remedies"
    )
    # Two spellings of one name are one person (contract §4 rule 5): compared by this.
    person_folded = FoldedField(source=("person_name",))
    person_sort_key = NameSortKeyField(source=("person_name",))
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
            one_of("official_kind", OfficialKind, blank=True),
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
            models.Index(fields=["round_status", "round_ends_on"], name="findings_remedy_counted"),
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
        if self.kind == RemedyKind.DISCIPLINE and self.subject == Subject.COLLECTIVE:
            yield Fault("subject", "Xử lý kỷ luật chỉ áp dụng với cá nhân.")
        if self.discipline_form and self.kind and self.kind != RemedyKind.DISCIPLINE:
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

    def clean(self) -> None:
        """Also: a new due day is not before the conclusion.

        Not among `faults()`: a workbook may bring what was demanded on the spot.
        """
        super().clean()
        concluded_on = self.visit.concluded_on if self.knows("visit") else None
        if not (self.due_on and concluded_on and self.due_on < concluded_on):
            return
        stored = Remedy.objects.filter(pk=self.pk, due_on=self.due_on)
        if self._state.adding or not stored.exists():
            raise ValidationError(
                {
                    "due_on": f"Hạn thực hiện {format_day(self.due_on)} không thể trước ngày kết "
                    f"luận ({format_day(concluded_on)})."
                }
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
        for its own work, even where its own round asked for it. Only STAFF settle what a body in
        their scope asked of their own unit: above a province nobody else could.
        """
        if not user.may("remedies.settle"):
            return False
        if self.visit.unit_id in user.lineage_ids:
            return user.role == Role.STAFF and user.in_scope(self.visit.round.body)
        return user.in_scope(self.visit.round.body) or user.in_scope(self.visit.unit)

    def is_reported_by(self, user: User) -> bool:
        """Whether the user may report progress: the asked unit's side, or whoever may settle."""
        return self.is_settled_by(user) or (
            user.may("remedies.report") and user.in_scope(self.visit.unit)
        )

    def require_editable(self, user: User) -> None:
        """Raise `PermissionDenied` (403) for whoever may only read."""
        if not self.is_editable_by(user):
            raise PermissionDenied("Chỉ cơ quan đã kiểm tra mới được sửa kiến nghị này.")

    def is_extended_by(self, user: User) -> bool:
        """Whether the user may move the due day: never for work of the user's own unit."""
        return self.is_editable_by(user) and self.is_settled_by(user)

    def require_extended(self, user: User) -> None:
        """Raise `PermissionDenied` (403) for whoever may not move the due day."""
        self.require_editable(user)
        if not self.is_extended_by(user):
            raise PermissionDenied("Đơn vị được kiến nghị không tự gia hạn việc của mình.")

    def require_settled(self, user: User) -> None:
        """Raise `PermissionDenied` (403) for whoever may not record completion."""
        require(user, "remedies.settle")
        if not self.is_settled_by(user):
            raise PermissionDenied(OWN_WORK)

    def require_reported(self, user: User) -> None:
        """Raise `PermissionDenied` (403) for whoever may not report on this remedy."""
        if not self.is_reported_by(user):
            raise PermissionDenied("Bạn không được báo cáo về kiến nghị này.")

    @property
    def refusal(self) -> Progress | None:
        """The claim that was refused last, while it waits to be made anew (reads `progress`).

        Says the same as `is_returned`.
        """
        claims = [each for each in self.progress.all() if each.claimed_on]
        if self.completed_on is not None or not claims:
            return None
        last = max(claims, key=lambda each: each.pk)
        return last if last.answer else None

    @property
    def is_followed(self) -> bool:
        """Whether the round is completed: only then does the remedy count (rule 1)."""
        return self.visit.round.status == RoundStatus.COMPLETED

    @property
    def _why_not_followed(self) -> str:
        """Why nothing more is done with the remedy; empty while its round stands."""
        if self.visit.round.status == RoundStatus.CANCELLED:
            return "Cuộc kiểm tra đã hủy nên kiến nghị này không còn phải thực hiện."
        return ""

    def why_not_extended(self) -> str:
        """Why the remedy cannot be given more time; empty when it can."""
        if self.completed_on is not None:
            return "Kiến nghị đã hoàn thành; muốn gia hạn thì phải mở lại trước."
        return self._why_not_followed

    def why_not_reported(self) -> str:
        """Why nothing more can be reported; empty when it can."""
        if self.completed_on is not None:
            return "Kiến nghị đã được xác nhận hoàn thành."
        return self._why_not_followed

    def why_not_completed(self) -> str:
        """Why completion cannot be recorded; empty when it can."""
        if self.completed_on is not None:
            return f"Kiến nghị đã hoàn thành ngày {format_day(self.completed_on)}."
        return self._why_not_followed

    def why_not_reopened(self) -> str:
        """Why the remedy cannot be opened again; empty when it can."""
        return "" if self.completed_on is not None else "Kiến nghị chưa hoàn thành."

    def why_not_removed(self) -> str:
        """Why the remedy cannot be taken away; empty when it can."""
        if self.completed_on is not None:
            return "Kiến nghị đã hoàn thành nên không xóa được; nếu ghi nhầm, hãy mở lại trước."
        if self.extensions.exists() or self.progress.exists():
            return "Kiến nghị đã có gia hạn hoặc báo cáo tiến độ nên không xóa được."
        return ""

    def _day_faults(self, field: str, day: date) -> Iterator[Fault]:
        """A completion lies between the visit and today."""
        visited_on = self.visit.visited_on
        if day < visited_on:
            yield Fault(
                field,
                f"Ngày hoàn thành không thể trước ngày kiểm tra ({format_day(visited_on)}).",
            )
        if day > today():
            yield Fault(field, "Ngày hoàn thành không thể sau hôm nay.")

    def _hold(self, why_not: str) -> Remedy:
        """Hold the remedy as it stands now, and refuse what its state forbids."""
        held = Remedy.objects.held(self.pk)
        refusal: str = getattr(held, why_not)()
        if refusal:
            raise ValidationError(refusal)
        return held

    def _moved(self, held: Remedy) -> None:
        """What hangs on the remedy changed: nobody settles it by a page that did not show that."""
        held.write()
        self.version = held.version

    def extend(self, *, by: User, decided_on: date, due_on: date, document: str = "") -> Extension:
        """Permit a later due day by a dated document; the old day stays on record."""
        with transaction.atomic():
            held = self._hold("why_not_extended")
            extension = Extension(
                remedy=held, decided_on=decided_on, due_on=due_on, document=document
            )
            extension.full_clean()
            refuse(extension.faults())
            old = held.due_on_at(decided_on)
            extension.save()
            self._moved(held)
            mark(by, self, "extended", {"due_on": (old, due_on)}, note=document)
        return extension

    def report(
        self, *, by: User, text: str, completed_on: date | None = None, document: str = ""
    ) -> Progress:
        """Say how far the remedy is; a claimed completion waits until it is settled."""
        if completed_on is not None:
            refuse(self._day_faults("completed_on", completed_on))
        with transaction.atomic():
            self._moved(self._hold("why_not_reported"))
            progress = Progress.objects.create(
                remedy=self, by=by, text=text, claimed_on=completed_on, document=document
            )
            mark(by, self, "reported", note=text[:200])
        return progress

    def complete(self, *, by: User, completed_on: date, report_document: str = "") -> None:
        """Record that the remedy was done on that day; claims that waited are settled by it."""
        refuse(self._day_faults("completed_on", completed_on))
        with transaction.atomic():
            self._hold("why_not_completed")
            self.completed_on = completed_on
            self.report_document = report_document or self.report_document
            self.write("completed_on", "report_document")
            self.progress.settle()
            mark(by, self, "completed", {"completed_on": (None, completed_on)})

    def send_back(self, *, by: User, reason: str) -> None:
        """Answer claims of completion: not done yet, for this reason. The remedy stays open."""
        with transaction.atomic():
            self._moved(Remedy.objects.held(self.pk))
            claims = self.progress.waiting().update(answered_at=timezone.now(), answer=reason)
            if not claims:
                raise ValidationError("Không có báo cáo hoàn thành nào đang chờ xác nhận.")
            mark(by, self, "returned", note=reason)

    def reopen(self, *, by: User, reason: str) -> None:
        """Take a recorded completion back, with the reason."""
        with transaction.atomic():
            self._hold("why_not_reopened")
            old = self.completed_on
            self.completed_on = None
            self.write("completed_on")
            mark(by, self, "reopened", {"completed_on": (old, None)}, note=reason)

    def remove(self, by: User) -> None:
        """Take away a remedy entered by mistake; the visit's trail keeps the mark.

        Raises `ValidationError` when something hangs on it.
        """
        with transaction.atomic():
            self._hold("why_not_removed")
            # Without the person's name: the trail of a visit is read by more people.
            note = f"{self}: {self.get_kind_display()}, {self.get_subject_display().lower()}"
            mark(by, self.visit, "removed", note=note)
            try:
                self.delete()
            except ProtectedError as fault:
                raise ValidationError(f"{self} đã có hồ sơ đi kèm nên không xóa được.") from fault
