"""Checklists (bảng kiểm): the questions on a content, by version."""

from __future__ import annotations

from typing import Self

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Count, Q
from django.urls import reverse

from accounts.models import User
from congvu.access import Person
from congvu.fields import BlockField, LineField
from congvu.rules import Ruled, one_of
from congvu.trail import mark
from findings.models.codes import Category, Severity
from inspections.models import Content
from units.models import Unit, UnitQuerySet, under


class ChecklistStatus(models.TextChoices):
    """One version of a content's checklist is in force; a draft is edited, the old ones stay."""

    DRAFT = "DRAFT", "Dự thảo"
    IN_FORCE = "IN_FORCE", "Đang dùng"
    RETIRED = "RETIRED", "Thôi dùng"


class QuestionKind(models.TextChoices):
    """What an answer is."""

    YES_NO = "YES_NO", "Có / Không / Không áp dụng"
    NUMBER = "NUMBER", "Số"
    TEXT = "TEXT", "Chữ"


class ChecklistQuerySet(models.QuerySet["Checklist"]):
    """Checklists, by who asks."""

    def visible_to(self, person: Person) -> Self:
        """Checklists that a unit in scope, or one above it, keeps; or kept, along lineages."""
        if not person.may("checklists.view"):
            return self.none()
        parts = [path.strip("/").split("/") for path in person.scope_paths]
        above = {int(each) for ids in parts for each in ids[:-1]}
        kept = {each.pk for each in UnitQuerySet.lineages_of([Unit(pk=pk) for pk in above])}
        return self.filter(under(person.scope_paths, "owner__") | Q(owner__in=kept))

    def editable_by(self, person: Person) -> Self:
        """Checklists that the person may change: kept by a unit in scope."""
        if not person.may("checklists.change"):
            return self.none()
        return self.filter(under(person.scope_paths, "owner__"))

    def with_count(self) -> Self:
        """Adds how many questions a checklist has."""
        return self.annotate(questions_count=Count("questions", distinct=True))


class Checklist(Ruled):
    """One version of the questions on one content, as its owner, mostly a province, asks them.

    Once in force it is never edited: a change is a new version, and visits keep the questions as
    they stood when they began. The database holds that too (`findings/kept.py`).
    """

    Status = ChecklistStatus

    content = models.ForeignKey(
        Content, models.PROTECT, verbose_name="nội dung kiểm tra", related_name="checklists"
    )
    owner = models.ForeignKey(
        Unit, models.PROTECT, verbose_name="đơn vị ban hành", related_name="checklists"
    )
    version_number = models.PositiveSmallIntegerField("phiên bản", default=1)
    status = models.CharField(
        "trạng thái", max_length=10, choices=ChecklistStatus.choices, default=ChecklistStatus.DRAFT
    )
    title = LineField("tên bảng kiểm", max_length=200)

    # Filled by `with_count`.
    questions_count: int

    objects = ChecklistQuerySet.as_manager()

    class Meta:
        verbose_name = "bảng kiểm"
        verbose_name_plural = "bảng kiểm"
        ordering = ("content__position", "content", "-version_number")
        constraints = (
            one_of("status", ChecklistStatus),
            models.UniqueConstraint(
                fields=["owner", "content", "version_number"], name="findings_checklist_identity"
            ),
            models.UniqueConstraint(
                fields=["owner", "content"],
                condition=Q(status="IN_FORCE"),
                name="findings_checklist_one_in_force",
            ),
            models.UniqueConstraint(
                fields=["owner", "content"],
                condition=Q(status="DRAFT"),
                name="findings_checklist_one_draft",
            ),
        )

    def __str__(self) -> str:
        return f"{self.title} (phiên bản {self.version_number})"

    def get_absolute_url(self) -> str:
        """The checklist's page."""
        return reverse("findings:checklist_detail", args=[self.pk])

    @property
    def is_draft(self) -> bool:
        """Whether its questions may still be changed."""
        return self.status == ChecklistStatus.DRAFT

    def versions(self) -> ChecklistQuerySet:
        """All versions of the same owner on the same content, the newest first."""
        same = Checklist.objects.filter(owner=self.owner_id, content=self.content_id)
        return same.order_by("-version_number")

    def is_editable_by(self, user: User) -> bool:
        """Whether the user may change this checklist: its owner is in scope."""
        return user.may("checklists.change") and user.in_scope(self.owner)

    def require_editable(self, user: User) -> None:
        """Raise `PermissionDenied` (403) for whoever may only read."""
        if not self.is_editable_by(user):
            raise PermissionDenied(
                "Bảng kiểm này do đơn vị khác ban hành hoặc vai trò của bạn chỉ được xem; bạn "
                "không sửa được."
            )

    # --- its life ---------------------------------------------------------------------------

    def why_not(self, deed: str) -> str:
        """Why `edited`, `removed`, `put_in_force` or `retired` cannot be now; empty when it can."""
        wanted = ChecklistStatus.IN_FORCE if deed == "retired" else ChecklistStatus.DRAFT
        if self.status != wanted:
            way = {
                "edited": "nên không sửa được; hãy lập phiên bản mới",
                "removed": "nên không xóa được; chỉ dự thảo mới xóa được",
                "put_in_force": "nên không đưa vào sử dụng được nữa",
                "retired": "nên không có gì để thôi dùng",
            }[deed]
            return f"Phiên bản này ở trạng thái “{self.get_status_display()}” {way}."
        if deed == "put_in_force" and not self.questions.exists():
            return "Bảng kiểm chưa có câu hỏi nào; hãy ghi ít nhất một câu rồi đưa vào sử dụng."
        return ""

    def why_not_copied(self, owner: Unit) -> str:
        """Why no draft of this content can be made for the owner now; empty when it can."""
        drafts = Checklist.objects.filter(owner=owner, content=self.content_id, status="DRAFT")
        if draft := drafts.first():
            return (
                f"{owner.name} đã có dự thảo phiên bản {draft.version_number} cho nội dung này; "
                "hãy sửa tiếp dự thảo đó, hoặc xóa đi trước."
            )
        return ""

    def put_in_force(self, by: User | None) -> None:
        """Visits that begin from now on take this version; the former one is retired.

        Raises `ValidationError` for what is no draft or has no question, and `ConflictError`.
        """
        with transaction.atomic():
            # All versions are held in one order, so that two people cannot wait for each other.
            same = list(self.versions().order_by("pk").select_for_update())
            if refusal := self.hold().why_not("put_in_force"):
                raise ValidationError(refusal)
            for former in same:
                if former.status == ChecklistStatus.IN_FORCE:
                    former._move_to(ChecklistStatus.RETIRED, by, "retired", f"Thay bằng {self}")
            self._move_to(ChecklistStatus.IN_FORCE, by, "put_in_force")

    def retire(self, by: User) -> None:
        """No visit takes this checklist any more; those that began with it keep it.

        Raises `ValidationError` for what is not in force, and `ConflictError`.
        """
        with transaction.atomic():
            if refusal := self.hold().why_not("retired"):
                raise ValidationError(refusal)
            self._move_to(ChecklistStatus.RETIRED, by, "retired")

    def _move_to(self, status: ChecklistStatus, by: User | None, deed: str, note: str = "") -> None:
        before = ChecklistStatus(self.status)
        self.status = status
        self.write("status")
        mark(by, self, deed, {"status": (before.label, status.label)}, note)

    def new_version(self, by: User) -> Checklist:
        """A draft with the same questions, which takes this version's place when put in force.

        Raises `ValidationError` when the owner has a draft of this content already.
        """
        return self.copy_for(self.owner, by)

    def copy_for(self, owner: Unit, by: User | None) -> Checklist:
        """A draft of the same questions for the owner, as the next version of its own.

        Raises `ValidationError` when the owner has a draft of this content already.
        """
        taken = ValidationError(
            "Người khác vừa lập dự thảo cho nội dung này; hãy tải lại trang rồi sửa tiếp dự thảo "
            "đó."
        )
        try:
            with transaction.atomic():
                if refusal := self.why_not_copied(owner):
                    raise ValidationError(refusal)
                made = Checklist.objects.create(
                    content=self.content,
                    owner=owner,
                    title=self.title,
                    version_number=next_version(owner, self.content),
                )
                for question in self.questions.all():
                    question.pk, question.checklist = None, made
                    question._state.adding = True
                    question.save()
                mark(by, made, "added", note=f"Sao từ {self}, {self.owner.name}")
        except IntegrityError as fault:
            raise taken from fault
        return made

    def remove(self, by: User) -> None:
        """Take away a draft; versions that were in force stay. The trail keeps a mark.

        Raises `ValidationError` for what is no draft.
        """
        with transaction.atomic():
            if refusal := self.hold().why_not("removed"):
                raise ValidationError(refusal)
            mark(by, self, "removed", note=self.owner.name)
            self.delete()


def next_version(owner: Unit, content: Content) -> int:
    """The number of the owner's next version on this content."""
    same = Checklist.objects.filter(owner=owner, content=content)
    return int(same.aggregate(last=models.Max("version_number"))["last"] or 0) + 1


class Question(models.Model):
    """One question; a “no” to it proposes a finding of its category."""

    Kind = QuestionKind

    checklist = models.ForeignKey(Checklist, models.CASCADE, related_name="questions")
    position = models.PositiveSmallIntegerField("thứ tự")
    text = LineField("câu hỏi", max_length=300)
    kind = models.CharField(
        "cách trả lời", max_length=10, choices=QuestionKind.choices, default=QuestionKind.YES_NO
    )
    guidance = BlockField("hướng dẫn", blank=True, default="")
    # Editable data, never in code: laws change.
    legal_basis = LineField("căn cứ", max_length=300, blank=True, default="")
    category = models.CharField(
        "nhóm tồn tại khi trả lời “Không”",
        max_length=20,
        choices=Category.choices,
        blank=True,
        default="",
    )
    severity = models.CharField(
        "mức độ", max_length=15, choices=Severity.choices, default=Severity.SHORTCOMING
    )

    class Meta:
        verbose_name = "câu hỏi"
        verbose_name_plural = "câu hỏi"
        ordering = ("checklist", "position", "pk")
        constraints = (
            one_of("kind", QuestionKind),
            one_of("category", Category, blank=True),
            one_of("severity", Severity),
            # Only a “no” proposes a finding.
            models.CheckConstraint(
                condition=Q(category="") | Q(kind="YES_NO"),
                name="findings_question_category_of_no",
                violation_error_message="Chỉ câu hỏi Có/Không mới đề xuất tồn tại; hãy để trống "
                "nhóm tồn tại.",
            ),
        )

    def __str__(self) -> str:
        return self.text

    def save(self, *args: object, **kwargs: object) -> None:
        """Save; refused (`ValidationError`) once the checklist is no draft any more."""
        self._require_draft()
        super().save(*args, **kwargs)  # type: ignore[arg-type]  # handed on as they came

    def delete(self, *args: object, **kwargs: object) -> tuple[int, dict[str, int]]:
        """Delete; refused (`ValidationError`) once the checklist is no draft any more."""
        self._require_draft()
        return super().delete(*args, **kwargs)  # type: ignore[arg-type]  # handed on as they came

    def _require_draft(self) -> None:
        if refusal := self.checklist.why_not("edited"):
            raise ValidationError(refusal)
