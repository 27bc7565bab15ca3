"""The form of a document."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction

from accounts.models import User
from congvu import trail
from congvu.deeds import tell
from congvu.forms import RecordForm
from directives.models import TAKEN, Document
from directives.numbers import taken_by
from directives.papers import carry_over
from directives.uploads import ALLOWED_TEXT, TYPES, ending_of
from units.forms import UnitField, offer
from units.models import Unit


class DocumentForm(RecordForm):
    """A document as it was issued, and its file."""

    issuer = UnitField(
        label="Cơ quan ban hành",
        day_field="issued_on",
        required=False,
        help_text="Cơ quan trong tỉnh: ghi mã hoặc tên, ví dụ: Tỉnh Thái Nguyên.",
    )
    # The document in reach that has the number already.
    taken: Document | None = None
    groups: ClassVar[tuple[tuple[str, tuple[str, ...]], ...]] = (
        ("Số và ngày", ("number", "issued_on", "type")),
        ("Cơ quan ban hành", ("issuer", "issuer_name", "signer")),
        ("Nội dung", ("subject", "file")),
    )

    class Meta(RecordForm.Meta):
        model = Document
        fields: tuple[str, ...] = (
            "number",
            "issued_on",
            "type",
            "issuer",
            "issuer_name",
            "signer",
            "subject",
            "file",
        )
        help_texts = {
            "number": "Ví dụ: 45/KH-UBND, 202/2025/QH15 hoặc 35-CT/TU.",
            "issued_on": "Ví dụ: 17/3/2023.",
            "issuer_name": "Chỉ ghi khi cơ quan không có trong danh mục, ví dụ: Bộ Nội vụ.",
            "subject": "Ví dụ: Kiểm tra công vụ năm 2023.",
            "file": f"Nhận {ALLOWED_TEXT}, tối đa 20 MB.",
        }
        widgets = {
            "file": forms.ClearableFileInput(attrs={"accept": ",".join([*TYPES, ".jpeg"])}),
            "subject": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        offer(self, Unit.objects.around(user), "issuer")
        if self.instance.pk is None and user.unit is not None:
            self.instance.kept_by = user.unit
            self.initial.setdefault("issuer", user.unit)

    def clean_file(self) -> Any:
        """The file under a name of our own: what people call it goes into no path."""
        file = self.cleaned_data.get("file")
        if isinstance(file, UploadedFile):
            file.name = f"{uuid.uuid4().hex}{ending_of(file)}"
        return file

    def save_as(self, by: Any) -> bool:
        """Save the document; the file of one that was not saved does not stay behind."""
        try:
            if super().save_as(by):
                return True
        except ValidationError as refusal:
            # Of a record that follows the document.
            tell(self, refusal)
        file = self.instance.file
        if file and isinstance(self.cleaned_data.get("file"), UploadedFile) and file._committed:
            file.storage.delete(file.name)
        return False

    def _change(self, by: Any) -> None:
        """Also: what tells its number and day follows; a file that was replaced or cleared goes.

        The file goes once the change stands.
        """
        super()._change(by)
        changed = trail.changes_since(self._before, self.instance)
        if {"number", "issued_on", "issuer"} & changed.keys():
            carry_over(self.instance, by)
        old = self.initial.get("file")
        if old and old.name != self.instance.file.name:
            name = old.name
            transaction.on_commit(lambda: old.storage.delete(name), robust=True)

    def _get_validation_exclusions(self) -> set[str]:
        """Who keeps it, and who issued it, make a document one of its kind even where given."""
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]  # Django's own
        return excluded - {"kept_by", "issuer"}

    def _update_errors(self, errors: ValidationError) -> None:
        """A number that is taken is told at the number, with the document that has it."""
        told = getattr(errors, "error_dict", {})
        above = told.pop(NON_FIELD_ERRORS, [])
        others = [each for each in above if each.message != TAKEN]
        if others:
            told[NON_FIELD_ERRORS] = others
        if len(others) < len(above):
            said, self.taken = taken_by(self.instance, self.user)
            told.setdefault("number", []).append(ValidationError(said or TAKEN))
        super()._update_errors(errors)

    def taken_message(self, fault: IntegrityError) -> str:
        """Somebody was faster: only number, year and issuer make a document one of its kind."""
        said, self.taken = taken_by(self.instance, self.user)
        return said or TAKEN
