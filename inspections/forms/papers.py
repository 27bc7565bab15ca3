"""The document by which a plan or an adjustment is issued: number, day, signer, file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction

from accounts.models import User
from congvu.deeds import still_sealed, tell
from congvu.forms import BlockInput
from congvu.rules import ConflictError
from directives.forms import DocumentForm
from directives.models import Document, DocumentType
from units.models import Unit

# By which types of document plans are issued and adjusted.
TYPES = (DocumentType.PLAN, DocumentType.DECISION, DocumentType.LETTER)


class PaperForm(DocumentForm):
    """Registers the document and does what it is about: `deed` takes the person and the document.

    `seal` tells what the page showed, which must not have changed since.
    """

    seal = forms.CharField(widget=forms.HiddenInput)
    groups: ClassVar[tuple[tuple[str, tuple[str, ...]], ...]] = (
        ("Văn bản ban hành", ("number", "issued_on", "type", "signer", "subject", "file")),
    )

    class Meta(DocumentForm.Meta):
        fields = ("number", "issued_on", "type", "signer", "subject", "file")

    def __init__(
        self,
        *args: Any,
        user: User,
        issuer: Unit,
        seal: str,
        deed: Callable[[User, Document], None],
        **kwargs: Any,
    ) -> None:
        self._seal, self._deed = seal, deed
        kwargs["initial"] = {"type": DocumentType.PLAN, "seal": seal, **kwargs.get("initial", {})}
        super().__init__(*args, user=user, **kwargs)
        self.instance.issuer = issuer
        # Given, not asked.
        del self.fields["issuer"]
        kind = self.fields["type"]
        assert isinstance(kind, forms.ChoiceField)  # noqa: S101  # the model's column has choices
        kind.choices = [(each.value, each.label) for each in TYPES]

    def clean_seal(self) -> str:
        """What was shown must still be so."""
        return still_sealed(self, "seal", self._seal)

    def save_as(self, by: Any) -> bool:
        """Register the document and do the deed; where a rule forbids either, nothing stays."""
        try:
            with transaction.atomic():
                if not super().save_as(by):
                    return False
                self._deed(by, self.instance)
        except ValidationError as refusal:
            tell(self, refusal)
        except ConflictError:
            self.add_error(
                None, "Hồ sơ này vừa được người khác sửa; hãy tải lại trang rồi làm lại."
            )
        except IntegrityError:
            self.add_error("number", "Số ký hiệu này vừa được dùng cho một kế hoạch khác.")
        else:
            return True
        file = self.instance.file
        if file and isinstance(self.cleaned_data.get("file"), UploadedFile):
            file.storage.delete(file.name)
        self.instance.pk = None
        return False


class AdjustmentPaperForm(PaperForm):
    """Also why the plan is adjusted."""

    reason = BlockInput(
        label="Lý do điều chỉnh",
        max_length=2000,
        help_text="Ví dụ: Sắp xếp đơn vị hành chính từ ngày 1/7/2025; trùng với đoàn của Thanh tra "
        "tỉnh.",
    )
    groups: ClassVar[tuple[tuple[str, tuple[str, ...]], ...]] = (
        ("Lý do", ("reason",)),
        *PaperForm.groups,
    )

    class Meta(PaperForm.Meta):
        help_texts = {**PaperForm.Meta.help_texts, "number": "Ví dụ: 60/QĐ-UBND."}
