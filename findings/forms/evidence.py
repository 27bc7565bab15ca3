"""The form by which evidence is handed in, and the field of files that others share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload

from congvu.forms import LineInput
from findings.evidence_files import ACCEPTED, ALLOWED_TEXT, Kept, take
from findings.forms.on_visit import no_citizen_id
from findings.models import MOST_BYTES

# In one form: with a script, each file goes by itself.
MOST_FILES = 10
# What one form may weigh altogether, in bytes; more is refused before it is read.
MOST_IN_FORM = 5 * MOST_BYTES + 1024 * 1024


class FilesInput(forms.FileInput):
    """Any number of files at once."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Every file that was chosen."""
        return files.getlist(name) if hasattr(files, "getlist") else files.get(name)


class FilesField(forms.Field):
    """Files to be kept as evidence: gives a list of `Kept`, or says what is wrong with which."""

    widget = FilesInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", "Ảnh, tài liệu")
        kwargs.setdefault("help_text", f"Nhận {ALLOWED_TEXT}; mỗi tệp tối đa 20 MB.")
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """What the browser offers to choose."""
        return {"accept": ACCEPTED, "class": "form-control"}

    def clean(self, value: Any) -> list[Kept]:
        """Each file vetted; raises `ValidationError` with a sentence for each that is refused."""
        uploads: Iterable[UploadedFile] = [each for each in value or [] if each]
        kept, faults = [], []
        for upload in uploads:
            try:
                kept.append(take(upload))
            except ValidationError as fault:
                faults += [f"“{upload.name}”: {said}" for said in fault.messages]
        if faults:
            raise ValidationError(faults)
        if self.required and not kept:
            raise ValidationError("Hãy chọn ít nhất một tệp.")
        if len(kept) > MOST_FILES:
            raise ValidationError(f"Mỗi lần gửi tối đa {MOST_FILES} tệp; hãy chia thành nhiều lần.")
        return kept


class EvidenceForm(forms.Form):
    """Files with a note."""

    uploads = FilesField()
    note = LineInput(
        label="Ghi chú",
        max_length=300,
        required=False,
        validators=[no_citizen_id],
        help_text="Ví dụ: Bộ phận một cửa lúc 8 giờ 15. Không ghi họ tên, số căn cước cá nhân.",
    )


class Bounded(FileUploadHandler):
    """Stops taking in a form as soon as one of its files is too large."""

    too_large = False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Pass the piece on, or stop."""
        if start + len(raw_data) > MOST_BYTES:
            self.too_large = True
            raise StopUpload(connection_reset=False)
        return raw_data

    def file_complete(self, file_size: int) -> UploadedFile | None:
        """The next handler keeps the file."""
        return None
