"""Checklists (bảng kiểm): the questions of a content, by version, and a visit's answers."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import Q

from accounts.models import User
from congvu.access import Person
from congvu.fields import BlockField, LineField
from congvu.rules import Fault, Ruled, one_of
from findings.models.codes import Category, Severity
from inspections.models import Content, Visit
from units.models import Unit, under


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


class Reply(models.TextChoices):
    """Answers to a question of yes and no."""

    YES = "YES", "Có"
    NO = "NO", "Không"
    NOT_APPLICABLE = "NA", "Không áp dụng"


class ChecklistQuerySet(models.QuerySet["Checklist"]):
    """Checklists, by who asks."""

    def visible_to(self, person: Person) -> Self:
        """Checklists that a unit in scope or one above it keeps."""
        if not person.may("rounds.view"):
            return self.none()
        parts = [path.strip("/").split("/") for path in person.scope_paths]
        above = {"/".join(each[:depth]) + "/" for each in parts for depth in range(1, len(each))}
        return self.filter(under(person.scope_paths, "owner__") | Q(owner__path__in=above))


class Checklist(Ruled):
    """One version of the questions on one content, as its owner, mostly a province, asks them.

    Once in force it is never edited: a change is a new version, and visits keep the questions as
    they stood when they began.
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
        )

    def __str__(self) -> str:
        return self.text


class VisitChecklist(models.Model):
    """The version of a checklist that a visit began with."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="checklists")
    checklist = models.ForeignKey(Checklist, models.PROTECT, related_name="visits")

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=["visit", "checklist"], name="findings_visitchecklist_identity"
            ),
        )

    def __str__(self) -> str:
        return str(self.checklist)


class Answer(Ruled):
    """What was answered to one question in one visit; exactly one of the three is filled."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="answers")
    question = models.ForeignKey(Question, models.PROTECT, related_name="answers")
    reply = models.CharField("trả lời", max_length=3, choices=Reply.choices, blank=True, default="")
    number = models.DecimalField("số", max_digits=12, decimal_places=2, null=True, blank=True)
    text = BlockField("chữ", blank=True, default="")
    note = LineField("ghi chú", max_length=500, blank=True, default="")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "câu trả lời"
        verbose_name_plural = "câu trả lời"
        ordering = ("question__position", "pk")
        constraints = (
            models.UniqueConstraint(fields=["visit", "question"], name="findings_answer_identity"),
            one_of("reply", Reply, blank=True),
        )

    def __str__(self) -> str:
        return f"{self.question}: {self.told}"

    @property
    def told(self) -> str:
        """The answer in words."""
        if self.reply:
            return str(Reply(self.reply).label)
        if self.number is not None:
            return f"{self.number.normalize() if self.number else Decimal(0):f}".replace(".", ",")
        return self.text

    def faults(self) -> Iterator[Fault]:
        """The answer is of the question's kind."""
        wanted = {
            QuestionKind.YES_NO: bool(self.reply) and self.number is None and not self.text,
            QuestionKind.NUMBER: self.number is not None and not self.reply and not self.text,
            QuestionKind.TEXT: bool(self.text) and not self.reply and self.number is None,
        }
        if not wanted[QuestionKind(self.question.kind)]:
            yield Fault(
                "reply",
                f"“{self.question.text}” cần được trả lời bằng "
                f"{self.question.get_kind_display().lower()}.",
            )
