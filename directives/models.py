"""Documents by number, date, issuer and type: what plans, rounds and remedies rest on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Self

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import ExtractYear, Upper
from django.urls import reverse

from accounts.models import User
from congvu.access import Person
from congvu.dates import format_day, today
from congvu.fields import FoldedField, LineField
from congvu.rules import Fault, Ruled, one_of
from congvu.trail import mark
from units.models import Unit, under

# Domain notes, "Documents": 45/KH-UBND, 125/SNV-CCHC, 202/2025/QH15; and the Party's 35-CT/TU.
NUMBER_PATTERNS = (
    re.compile(r"^\d{1,5}[a-z]?/((19|20)\d{2}/)?[A-ZĐ][A-Za-zĐđ0-9]*(-[A-ZĐ&][A-Za-zĐđ0-9&]*)*$"),
    re.compile(r"^\d{1,5}-[A-ZĐ]+/[A-ZĐ][A-Za-zĐđ0-9]*$"),
)


def is_document_number(text: str) -> bool:
    """Whether the text is a number and symbol as NĐ 30/2020 and the Party write them."""
    return any(pattern.match(text) for pattern in NUMBER_PATTERNS)


class DocumentType(models.TextChoices):
    """Types of document with their letters (domain notes)."""

    PLAN = "KH", "Kế hoạch"
    DECISION = "QD", "Quyết định"
    NOTICE = "TB", "Thông báo"
    REPORT = "BC", "Báo cáo"
    MINUTES = "BB", "Biên bản"
    LETTER = "CV", "Công văn"
    SUBMISSION = "TTR", "Tờ trình"
    DIRECTIVE = "CT", "Chỉ thị"
    TELEGRAM = "CD", "Công điện"
    GUIDANCE = "HD", "Hướng dẫn"
    RESOLUTION = "NQ", "Nghị quyết"
    CONCLUSION = "KL", "Kết luận"
    LAW = "L", "Luật"
    DECREE = "ND", "Nghị định"


TAKEN = "Cơ quan này đã có văn bản mang số ký hiệu đó trong cùng năm."


class DocumentQuerySet(models.QuerySet["Document"]):
    """Documents, by who asks."""

    def visible_to(self, person: Person) -> Self:
        """Documents issued by units in scope or kept by them."""
        if not person.may("documents.view"):
            return self.none()
        return self.filter(
            under(person.scope_paths, "issuer__") | under(person.scope_paths, "kept_by__")
        )


def _file_path(document: Document, filename: str) -> str:
    """Where a document's file lies: a folder a year; storage makes the name unique."""
    return f"documents/{document.issued_on.year}/{filename}"


class Document(Ruled):
    """A document: number and symbol, day, issuer, type, subject, and the file if there is one."""

    Type = DocumentType

    number = LineField("số ký hiệu", max_length=60)
    issued_on = models.DateField("ngày ban hành")
    issuer = models.ForeignKey(
        Unit,
        models.PROTECT,
        verbose_name="cơ quan ban hành",
        null=True,
        blank=True,
        related_name="documents_issued",
    )
    # Ministries, the Government and the Party stand in no tree of units.
    issuer_name = LineField("cơ quan ban hành khác", max_length=200, blank=True, default="")
    # A unit registers documents of others too: they are in its scope by this.
    kept_by = models.ForeignKey(
        Unit, models.PROTECT, verbose_name="đơn vị lưu", related_name="documents_kept"
    )
    type = models.CharField("loại văn bản", max_length=3, choices=DocumentType.choices)
    subject = LineField("trích yếu", max_length=500)
    signer = LineField("người ký", max_length=150, blank=True, default="")
    file = models.FileField("tệp", upload_to=_file_path, blank=True, max_length=255)
    folded = FoldedField(source=("number", "subject", "issuer_name"))

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = "văn bản"
        verbose_name_plural = "văn bản"
        ordering = ("-issued_on", "-pk")
        constraints = (
            one_of("type", DocumentType),
            models.UniqueConstraint(
                "issuer",
                Upper("number"),
                ExtractYear("issued_on"),
                condition=Q(issuer__isnull=False),
                name="directives_document_identity",
                violation_error_message=TAKEN,
            ),
            models.UniqueConstraint(
                "kept_by",
                Upper("issuer_name"),
                Upper("number"),
                ExtractYear("issued_on"),
                condition=Q(issuer__isnull=True),
                name="directives_document_identity_outside",
                violation_error_message=TAKEN,
            ),
            models.CheckConstraint(
                condition=Q(issuer__isnull=True) ^ Q(issuer_name=""),
                name="directives_document_one_issuer",
            ),
        )

    def __str__(self) -> str:
        return f"{self.number} ngày {format_day(self.issued_on)}"

    def get_absolute_url(self) -> str:
        """The document's page."""
        return reverse("directives:document_detail", args=[self.pk])

    @property
    def issuer_text(self) -> str:
        """Who issued it, by the name of that day (reads `former_names`)."""
        return self.issuer.name_on(self.issued_on) if self.issuer else self.issuer_name

    def is_editable_by(self, user: User) -> bool:
        """Whether the user may put the record right: issued or kept by a unit in scope."""
        if not user.may("documents.change"):
            return False
        return user.in_scope(self.kept_by) or (
            self.issuer is not None and user.in_scope(self.issuer)
        )

    def require_editable(self, user: User) -> None:
        """Raise `PermissionDenied` (403) for whoever may only read."""
        if not self.is_editable_by(user):
            raise PermissionDenied("Vai trò của bạn chỉ được xem văn bản này.")

    def faults(self) -> Iterator[Fault]:
        """The number is written as documents are numbered; it was issued, by who existed then."""
        if not is_document_number(self.number):
            yield Fault(
                "number",
                f"“{self.number}” không đúng cách ghi số ký hiệu; hãy ghi như 45/KH-UBND, "
                "202/2025/QH15 hoặc 35-CT/TU.",
            )
        if self.issued_on > today():
            yield Fault(
                "issued_on",
                f"Ngày ban hành {format_day(self.issued_on)} chưa đến; chỉ đăng ký văn bản đã ban "
                "hành.",
            )
        if (self.issuer is None) == (self.issuer_name == ""):
            yield Fault(
                "issuer",
                "Hãy chọn cơ quan ban hành trong danh mục, hoặc ghi tên cơ quan khác: một trong "
                "hai.",
            )
        if self.issuer and not self.issuer.exists_on(self.issued_on):
            yield Fault(
                "issuer",
                f"{self.issuer.name} không có hiệu lực vào ngày {format_day(self.issued_on)}.",
            )

    def why_not_removed(self) -> str:
        """Why the document cannot be taken away; empty when it can.

        No word of what rests on it: that may be a round that is still to come.
        """
        if self.plans.exists() or self.rounds.exists() or self.remedies.exists():
            return (
                f"Văn bản {self.number} đang được gắn với hồ sơ khác nên không xóa được; hãy bỏ "
                "văn bản khỏi hồ sơ đó trước."
            )
        return ""

    def remove(self, by: User) -> None:
        """Take away a document entered by mistake, and its file; the trail keeps a mark.

        Raises `ValidationError` while something rests on it.
        """
        with transaction.atomic():
            if refusal := self.hold().why_not_removed():
                raise ValidationError(refusal)
            mark(by, self, "removed", note=f"{self.issuer_text}: {self.subject}")
            if name := self.file.name:
                storage = self.file.storage
                # Once it stands: the file of a document that stayed would be lost.
                transaction.on_commit(lambda: storage.delete(name), robust=True)
            self.delete()
