"""The upload."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.core.exceptions import ValidationError

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

# Far above any workbook that unpacks to the 200 MB that are read.
UPLOAD_LIMIT_MB = 100


class UploadForm(forms.Form):
    """A workbook to look at; nothing is written before it is confirmed."""

    file = forms.FileField(
        label="Tệp Excel (.xlsx)",
        help_text=(
            "Tối đa 200.000 dòng mỗi trang. Tệp được kiểm tra trước; chưa có gì được ghi cho đến "
            "khi bạn xác nhận."
        ),
        widget=forms.ClearableFileInput(
            attrs={
                "accept": ".xlsx,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
            }
        ),
        error_messages={
            "required": "Hãy chọn tệp cần nhập.",
            "empty": "Tệp rỗng; hãy chọn lại tệp.",
        },
    )

    def clean_file(self) -> UploadedFile:
        """Only the size is looked at here: what is inside is read by a process of its own."""
        file: UploadedFile = self.cleaned_data["file"]
        if file.size and file.size > UPLOAD_LIMIT_MB * 1024 * 1024:
            raise ValidationError(f"Tệp lớn hơn {UPLOAD_LIMIT_MB} MB; hãy chia thành nhiều tệp.")
        return file
