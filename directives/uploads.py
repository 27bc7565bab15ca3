"""What kind of file was sent: told by its content, never by its name alone."""

from __future__ import annotations

import zipfile
from pathlib import PurePath
from typing import IO

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from congvu.archives import CONTENTS_LIMIT, contents_size

MAX_BYTES = 20 * 1024 * 1024

# Ending of the stored name, and the type told to the browser.
TYPES: dict[str, str] = {
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".jpg": "image/jpeg",
    ".png": "image/png",
}
ALLOWED_TEXT = "PDF, Word (.docx), Excel (.xlsx), ảnh JPG hoặc PNG"

_OLD_OFFICE = bytes.fromhex("d0cf11e0a1b11ae1")


def ending_of(upload: UploadedFile) -> str:
    """The ending that fits the content, such as `.pdf`.

    Raises `ValidationError` with a sentence for a file that is too large, empty, of another kind,
    or that says in its name to be something else.
    """
    size = upload.size or 0
    if size > MAX_BYTES:
        raise ValidationError(
            f"Tệp nặng {size / 1024 / 1024:.0f} MB, quá giới hạn 20 MB. Hãy giảm độ phân giải bản "
            "quét hoặc tách tệp rồi gửi lại."
        )
    if not size:
        raise ValidationError("Tệp không có nội dung; hãy chọn tệp khác.")
    upload.seek(0)
    found = _by_content(upload)
    upload.seek(0)
    named = PurePath(upload.name or "").suffix.lower().replace(".jpeg", ".jpg")
    if named != found:
        raise ValidationError(
            f"Tên tệp ghi là “{named or 'không có đuôi'}” nhưng nội dung là “{found}”; hãy gửi tệp "
            "gốc, không đổi tên."
        )
    return found


def _by_content(file: IO[bytes] | UploadedFile) -> str:
    head = file.read(1024)
    if b"%PDF-" in head:
        return ".pdf"
    if head.startswith(b"\xff\xd8\xff"):
        return ".jpg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return ".png"
    if head.startswith(b"PK\x03\x04"):
        return _of_archive(file)
    if head.startswith(_OLD_OFFICE):
        raise ValidationError(
            "Tệp có mật khẩu hoặc thuộc định dạng cũ (.doc, .xls); hãy bỏ mật khẩu, lưu thành "
            ".docx, .xlsx hoặc PDF rồi gửi lại."
        )
    raise ValidationError(f"Chỉ nhận tệp {ALLOWED_TEXT}; tệp này thuộc loại khác.")


def _of_archive(file: IO[bytes] | UploadedFile) -> str:
    """Word and Excel files are archives: told by the part that each of them must have."""
    if (contents_size(file) or 0) > CONTENTS_LIMIT:
        raise ValidationError("Tệp bị hỏng, không mở được; hãy chọn lại tệp.")
    try:
        with zipfile.ZipFile(file) as archive:
            names = {name.lower() for name in archive.namelist()}
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as fault:
        raise ValidationError("Tệp bị hỏng, không mở được; hãy chọn lại tệp.") from fault
    if any(name.endswith("vbaproject.bin") for name in names):
        raise ValidationError("Tệp có macro nên không được nhận; hãy lưu lại không kèm macro.")
    if "word/document.xml" in names:
        return ".docx"
    if "xl/workbook.xml" in names:
        return ".xlsx"
    raise ValidationError(f"Chỉ nhận tệp {ALLOWED_TEXT}; tệp này thuộc loại khác.")
