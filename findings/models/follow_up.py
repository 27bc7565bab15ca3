"""What happens to a remedy after it was demanded: permissions to finish later, and reports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from congvu.access import Person
from congvu.dates import format_day, today
from congvu.fields import BlockField, LineField
from congvu.rules import Fault
from directives.models import Document

# More time than to the end of so many years ahead is a slip of the pen.
LONGEST_YEARS = 3


def refuse(faults: Iterable[Fault]) -> None:
    """Raise every fault at its field; nothing when there is none."""
    found: dict[str, list[str]] = {}
    for fault in faults:
        found.setdefault(fault.field, []).append(fault.message)
    if found:
        raise ValidationError(found)


def named(person: User) -> str:
    """Somebody who did something in the story of a remedy, and for whom (reads `unit`)."""
    return f"{person} ({person.unit.name})" if person.unit else str(person)


class ExtensionQuerySet(models.QuerySet["Extension"]):
    """Extensions, by who asks."""

    def visible_to(self, person: Person) -> Self:
        """Those of remedies that the person may read."""
        remedy: Any = Extension._meta.get_field("remedy").related_model  # stands in a later file
        seen = remedy.objects.visible_to(person).order_by().values("pk")
        return self.filter(remedy__in=seen)


class Extension(models.Model):
    """A dated permission to finish later; the date it replaces is never overwritten."""

    remedy = models.ForeignKey(
        "findings.Remedy",
        models.PROTECT,
        verbose_name="kiến nghị",
        related_name="extensions",
    )
    decided_on = models.DateField("ngày cho phép")
    due_on = models.DateField("hạn mới")
    document = LineField("văn bản", max_length=200, blank=True, default="")
    documents = models.ManyToManyField(
        Document, verbose_name="văn bản", blank=True, related_name="extensions"
    )

    objects = ExtensionQuerySet.as_manager()

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

    def get_absolute_url(self) -> str:
        """The page of its remedy, which tells of it."""
        return self.remedy.get_absolute_url()

    @property
    def label(self) -> str:
        """What it is called within a sentence."""
        return f"gia hạn đến {format_day(self.due_on)}"

    def faults(self) -> Iterator[Fault]:
        """What makes no sense for a permission that is being given (reads `remedy.extensions`)."""
        if self.decided_on > today():
            yield Fault("decided_on", "Ngày cho phép không thể sau hôm nay.")
        visited_on = self.remedy.visit.visited_on
        if self.decided_on < visited_on:
            yield Fault(
                "decided_on",
                f"Ngày cho phép không thể trước ngày kiểm tra ({format_day(visited_on)}).",
            )
        earlier = [each.decided_on for each in self.remedy.extensions.all() if each.pk != self.pk]
        if earlier and self.decided_on <= max(earlier):
            yield Fault(
                "decided_on",
                f"Đã có lần gia hạn được cho phép ngày {format_day(max(earlier))}; lần này phải "
                "sau ngày đó.",
            )
        old = self.remedy.due_on_at(self.decided_on)
        if old is not None and self.due_on <= old:
            yield Fault("due_on", f"Hạn mới phải sau hạn đang có hiệu lực ({format_day(old)}).")
        elif self.due_on < self.decided_on:
            yield Fault("due_on", "Hạn mới không thể trước ngày cho phép.")


class ExtensionRequestQuerySet(models.QuerySet["ExtensionRequest"]):
    """Requests for more time."""

    def visible_to(self, person: Person) -> Self:
        """Those of remedies that the person may read."""
        remedy: Any = ExtensionRequest._meta.get_field("remedy").related_model
        seen = remedy.objects.visible_to(person).order_by().values("pk")
        return self.filter(remedy__in=seen)

    def waiting(self) -> Self:
        """Those that nobody has answered."""
        return self.filter(answered_at__isnull=True)


class ExtensionRequest(models.Model):
    """The asked side asks for more time; granted by an extension, or refused with a reason."""

    remedy = models.ForeignKey(
        "findings.Remedy", models.PROTECT, verbose_name="kiến nghị", related_name="requests"
    )
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    until = models.DateField("xin đến ngày")
    reason = BlockField("lý do xin gia hạn")
    document = LineField("văn bản xin gia hạn", max_length=200, blank=True, default="")
    answered_at = models.DateTimeField("ngày trả lời", null=True, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    # What granted it; empty for one that waits or was refused.
    extension = models.OneToOneField(
        Extension, models.PROTECT, null=True, blank=True, related_name="request"
    )
    # Why it was refused, and by which document.
    refusal = BlockField("lý do từ chối", blank=True, default="")
    refusal_document = LineField("văn bản từ chối", max_length=200, blank=True, default="")

    objects = ExtensionRequestQuerySet.as_manager()

    class Meta:
        verbose_name = "đề nghị gia hạn"
        verbose_name_plural = "đề nghị gia hạn"
        ordering = ("at", "pk")
        constraints = (
            # One question at a time.
            models.UniqueConstraint(
                fields=["remedy"],
                condition=Q(answered_at__isnull=True),
                name="findings_extensionrequest_one_waiting",
                violation_error_message="Kiến nghị này đã có một đề nghị gia hạn đang chờ trả lời.",
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, extension__isnull=True, refusal="")
                | Q(answered_at__isnull=False, extension__isnull=False, refusal="")
                | (Q(answered_at__isnull=False, extension__isnull=True) & ~Q(refusal="")),
                name="findings_extensionrequest_answer",
            ),
        )

    def __str__(self) -> str:
        return f"Xin gia hạn đến {format_day(self.until)}"

    def faults(self) -> Iterator[Fault]:
        """What makes no sense for a request that is being made (reads `remedy.extensions`)."""
        due = self.remedy.due_on_at(today())
        if due is not None and self.until <= due:
            yield Fault("until", f"Ngày xin phải sau hạn đang có hiệu lực ({format_day(due)}).")
        elif self.until < today():
            yield Fault("until", "Ngày xin gia hạn đến không thể trước hôm nay.")
        elif self.until.year > today().year + LONGEST_YEARS:
            yield Fault(
                "until",
                f"Ngày xin gia hạn đến ({format_day(self.until)}) xa quá {LONGEST_YEARS} năm; hãy "
                "xem lại năm.",
            )

    def answer(
        self,
        by: User,
        *,
        extension: Extension | None = None,
        refusal: str = "",
        refusal_document: str = "",
    ) -> None:
        """Note the answer: an extension, or why not. Whoever holds the remedy calls this."""
        self.answered_at, self.answered_by = timezone.now(), by
        self.extension, self.refusal = extension, refusal
        self.refusal_document = refusal_document
        self.save()

    @property
    def asker(self) -> str:
        """Who asked, and for whom (reads `by.unit`)."""
        return named(self.by)


class ProgressQuerySet(models.QuerySet["Progress"]):
    """Reports on remedies."""

    def waiting(self) -> Self:
        """Claims of completion that nobody has settled or sent back."""
        return self.filter(claimed_on__isnull=False, answered_at__isnull=True)

    def settle(self) -> None:
        """Answer claims that wait: their remedies are recorded as done."""
        self.waiting().update(answered_at=timezone.now())

    def refused(self) -> Self:
        """Claims of completion that were sent back with a reason."""
        return self.exclude(answer="")


class Progress(models.Model):
    """What the asked side reported on a remedy, in the order in which it came."""

    remedy = models.ForeignKey("findings.Remedy", models.PROTECT, related_name="progress")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    text = BlockField("nội dung báo cáo")
    # The day on which the unit says it was done; it counts only once settled.
    claimed_on = models.DateField("ngày hoàn thành theo đơn vị", null=True, blank=True)
    document = LineField("văn bản báo cáo", max_length=200, blank=True, default="")
    # When the claim was settled or sent back; until then it waits.
    answered_at = models.DateTimeField("ngày trả lời", null=True, blank=True)
    # Why the claim was sent back; empty for one that was settled.
    answer = BlockField("lý do chưa chấp nhận", blank=True, default="")

    objects = ProgressQuerySet.as_manager()

    class Meta:
        verbose_name = "báo cáo tiến độ"
        verbose_name_plural = "báo cáo tiến độ"
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return self.text[:80]

    @property
    def reporter(self) -> str:
        """Who reported, and for whom: staff do so for a unit too (reads `by.unit`)."""
        return named(self.by)

    @property
    def is_waiting(self) -> bool:
        """Whether the unit says it is done and nobody has answered."""
        return self.claimed_on is not None and self.answered_at is None
