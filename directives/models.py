"""Documents by number, date, issuer and type: what plans, rounds and remedies rest on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Self

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import Case, Exists, OuterRef, Q, Value, When
from django.db.models.functions import ExtractYear, Upper
from django.urls import reverse

from accounts.models import User
from congvu.access import Person
from congvu.dates import format_day, today
from congvu.fields import FoldedField, LineField
from congvu.rules import Fault, Ruled, one_of
from congvu.text import fold, search_words
from congvu.trail import mark
from units.models import FormerName, Reform, Unit, under

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

    def search(self, text: str) -> Self:
        """Documents in whose number, subject, issuer, signer or type every word stands.

        Without case and tone marks. The best come first: that very number, numbers that begin with
        what was typed, then those in which it stands as it was typed; the latest of each. Spaces do
        for the signs of a number: `45 kh ubnd` finds 45/KH-UBND.
        """
        wanted, words = fold(text), search_words(text)
        found = self
        for word in words:
            found = found.filter(_says(word))
        starts = Q(folded__startswith=wanted)
        if words and words[0].isdecimal():
            # 45 is no beginning of 450.
            starts = Q(folded__startswith=f"{words[0]}/") | Q(folded__startswith=f"{words[0]}-")
        rank = Case(
            When(folded__startswith=f"{wanted} ", then=0),
            When(starts, then=1),
            When(folded__contains=wanted, then=2),
            default=3,
        )
        return found.annotate(rank=rank).order_by("rank", "-issued_on", "-pk")

    def same_as(self, document: Document) -> Self:
        """Other documents of its number by its issuer in its year: there may be none.

        Of an issuer that stands in no tree of units, those that the same unit keeps.
        """
        if document.issued_on is None or not document.number:
            return self.none()
        found = self.exclude(pk=document.pk).filter(issued_on__year=document.issued_on.year)
        found = found.annotate(as_number=Upper("number"))
        found = found.filter(as_number=Upper(Value(document.number)))
        if document.issuer_id is not None:
            return found.filter(issuer=document.issuer_id)
        found = found.annotate(as_issuer=Upper("issuer_name"))
        return found.filter(
            issuer=None,
            kept_by=document.kept_by_id,
            as_issuer=Upper(Value(document.issuer_name)),
        )


def _says(word: str) -> Q:
    """The condition for documents in which the folded word stands."""
    former = FormerName.objects.filter(folded__contains=word)
    types = [code for code, label in DocumentType.choices if word in fold(str(label))]
    return (
        Q(folded__contains=word)
        | Q(issuer__folded__contains=word)
        | Q(issuer__in=former.order_by().values("unit"))
        | Q(type__in=types)
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
    # Changes of units that rest on it: units cannot name documents.
    reforms = models.ManyToManyField(
        Reform, verbose_name="thay đổi đơn vị", blank=True, related_name="documents"
    )
    # The number comes first: a search tells by that how well a document fits.
    folded = FoldedField(source=("number", "subject", "issuer_name", "signer"))

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

    @property
    def is_rested_on(self) -> bool:
        """Whether any record names it, whosever it is. One query, however many kinds there are."""
        links = Q(reforms__isnull=False)
        for relation in self._meta.related_objects:
            model: Any = relation.related_model
            rows = model._base_manager.filter(**{relation.field.name: OuterRef("pk")})
            links |= Q(Exists(rows))
        return Document.objects.filter(links, pk=self.pk).exists()

    def why_not_removed(self, *, seen: bool = False) -> str:
        """Why the document cannot be taken away; empty when it can.

        No word of what rests on it: that may be a round that is still to come. Where something was
        `seen` resting on it, nothing more is asked.
        """
        if seen or self.is_rested_on:
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
