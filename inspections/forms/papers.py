"""Documents that do something: a plan, an adjustment or a conclusion is issued by them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction

from accounts.models import User
from congvu.dates import day_typed
from congvu.deeds import still_sealed, tell
from congvu.forms import BlockInput
from congvu.rules import ConflictError
from congvu.text import clean
from directives.forms import DocumentForm
from directives.models import Document, DocumentType
from directives.numbers import type_told
from inspections.models import IssuedByPaper, holder_of
from units.models import Unit

# By which types of document plans are issued and adjusted.
TYPES = (DocumentType.PLAN, DocumentType.DECISION, DocumentType.LETTER)


class DeedPaperForm(DocumentForm):
    """Registers the document and does what it is about: `deed` takes the person and the document.

    `seal` tells what the page showed, which must not have changed since. `types` are those that
    such a document may have; left open, the number's letters tell it.
    """

    types: ClassVar[tuple[DocumentType, ...]]
    seal = forms.CharField(widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        user: User,
        seal: str,
        deed: Callable[[User, Document], None],
        **kwargs: Any,
    ) -> None:
        self._seal, self._deed = seal, deed
        kwargs["initial"] = {"seal": seal, **kwargs.get("initial", {})}
        super().__init__(*args, user=user, **kwargs)
        kind = self.fields["type"]
        assert isinstance(kind, forms.ChoiceField)  # noqa: S101  # the model's column has choices
        offered = [(each.value, each.label) for each in self.types]
        kind.choices = [("", "Theo số ký hiệu"), *offered]
        kind.required = False

    def clean_seal(self) -> str:
        """What was shown must still be so."""
        return still_sealed(self, "seal", self._seal)

    def clean_type(self) -> str:
        """Left open, it is the one that the number's letters tell."""
        kind: str = self.cleaned_data["type"]
        if kind:
            return kind
        if (number := self.cleaned_data.get("number")) is None:
            return ""
        told = type_told(number)
        if told not in self.types:
            raise ValidationError("Số ký hiệu không cho biết loại văn bản; hãy chọn loại.")
        return told

    def _registers(self, by: Any) -> Document | None:
        """The document that does it, registered now; None where that cannot be, with the fault."""
        return self.instance if super().save_as(by) else None

    def save_as(self, by: Any) -> bool:
        """Register the document and do the deed; where a rule forbids either, nothing stays."""
        try:
            with transaction.atomic():
                if (paper := self._registers(by)) is None:
                    return False
                self._deed(by, paper)
        except ValidationError as refusal:
            tell(self, refusal)
        except ConflictError:
            self.add_error(
                None, "Hồ sơ này vừa được người khác sửa; hãy tải lại trang rồi làm lại."
            )
        except IntegrityError:
            self.add_error("number", "Số ký hiệu này vừa được dùng cho một hồ sơ khác.")
        else:
            return True
        file = self.instance.file
        if file and isinstance(self.cleaned_data.get("file"), UploadedFile):
            file.storage.delete(file.name)
        self.instance.pk = None
        return False


class PaperForm(DeedPaperForm):
    """The document by which a plan or an adjustment is issued; by whom is given, not asked.

    Where the document is registered already and issued nothing yet, the form offers it (`offered`),
    and takes it in the place of what was typed when `registered` names it.
    """

    types = TYPES
    _registered: Document | None = None
    groups: ClassVar[tuple[tuple[str, tuple[str, ...]], ...]] = (
        ("Văn bản ban hành", ("number", "issued_on", "type", "signer", "subject", "file")),
    )

    class Meta(DocumentForm.Meta):
        fields = ("number", "issued_on", "type", "signer", "subject", "file")

    def __init__(self, *args: Any, issuer: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._issuer = issuer
        self.instance.issuer = issuer
        del self.fields["issuer"]

    # --- a document that is registered already -------------------------------------------------

    @property
    def offered(self) -> Document | None:
        """The registered document that has the number, where it may issue this."""
        paper = self.taken
        if paper is None or paper.issuer_id != self._issuer.pk or paper.type not in self.types:
            return None
        return None if self.number_holder else paper

    @cached_property
    def number_holder(self) -> IssuedByPaper | None:
        """What the issuer issued under the number already; for the page, which leads there."""
        if "number" not in self.errors:
            return None
        number, day = clean(self["number"].value() or ""), day_typed(self["issued_on"].value())
        return holder_of(self._issuer, number, day) if number and day else None

    def _post_clean(self) -> None:
        """Where the registered document is taken, nothing of what was typed for it is asked."""
        super()._post_clean()  # type: ignore[misc]  # Django's own, which its stubs leave out
        typed, paper = self.data.get("registered"), self.offered
        self._registered = paper if paper and typed == str(paper.pk) else None
        if self._registered:
            for name in self._meta.fields or ():
                self.errors.pop(name, None)

    def _registers(self, by: Any) -> Document | None:
        """The document that issues: the registered one, or else the new one; None: a fault."""
        if self._registered is not None:
            return self._registered.hold()
        return super()._registers(by)


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
