"""Files of documents: what is taken in, by content, and to whom it is handed out."""

from __future__ import annotations

import io
import uuid
import zipfile
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from directives import uploads
from directives.models import Document
from tests.conftest import World

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
JPG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00"


def office(*parts: str) -> bytes:
    """An archive with these parts, such as Word and Excel write."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for part in parts:
            archive.writestr(part, "x")
    return target.getvalue()


def send(client: Client, name: str, content: bytes) -> Any:
    data = {
        "number": "45/KH-UBND",
        "issued_on": "17/3/2023",
        "type": "KH",
        "issuer": "19",
        "subject": "Kiểm tra",
        "_once": str(uuid.uuid4()),
        "file": SimpleUploadedFile(name, content),
    }
    return client.post("/documents/create/", data)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("Kế hoạch.pdf", PDF),
        ("Kế hoạch.DOCX", office("[Content_Types].xml", "word/document.xml")),
        ("bảng.xlsx", office("[Content_Types].xml", "xl/workbook.xml")),
        ("ảnh.jpeg", JPG),
        ("ảnh.png", PNG),
    ],
)
def test_file_is_kept_and_handed_out_as_a_download(
    staff: Client, world: World, name: str, content: bytes
) -> None:
    assert send(staff, name, content).status_code == 302
    document = Document.objects.get()
    assert "hoạch" not in document.file.name
    answer = staff.get(f"/documents/{document.pk}/file/")
    assert b"".join(answer.streaming_content) == content  # type: ignore[attr-defined]
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="45-KH-UBND.')
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.pdf", b"<html><script>alert(1)</script>", "thuộc loại khác"),
        ("a.pdf", PNG, "nội dung là “.png”"),
        ("a.html", PDF, "nội dung là “.pdf”"),
        ("a.docx", office("word/document.xml", "word/vbaProject.bin"), "có macro"),
        ("a.docx", office("khac.txt"), "thuộc loại khác"),
        ("a.docx", b"PK\x03\x04hong", "bị hỏng"),
        ("a.doc", bytes.fromhex("d0cf11e0a1b11ae1"), "định dạng cũ"),
        ("a.svg", b"<svg xmlns='x'/>", "thuộc loại khác"),
    ],
)
def test_other_files_are_refused_with_a_sentence(
    staff: Client, world: World, name: str, content: bytes, said: str
) -> None:
    assert said in send(staff, name, content).content.decode()
    assert not Document.objects.exists()


def test_file_too_large_is_refused(
    staff: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "MAX_BYTES", 10)
    assert "quá giới hạn 20 MB" in send(staff, "a.pdf", PDF).content.decode()
    assert not Document.objects.exists()


def test_file_follows_the_scope_of_its_document(
    staff: Client, outsider: Client, inspector: Client, admin: Client, world: World
) -> None:
    send(staff, "a.pdf", PDF)
    url = f"/documents/{Document.objects.get().pk}/file/"
    for client in (outsider, inspector, admin):
        assert client.get(url).status_code == 404
    assert "/accounts/login/" in Client().get(url).url  # type: ignore[attr-defined]


def test_document_without_a_file_answers_404(staff: Client, world: World) -> None:
    data = {
        "number": "45/KH-UBND", "issued_on": "17/3/2023", "type": "KH", "issuer": "19",
        "subject": "x", "_once": str(uuid.uuid4()),
    }  # fmt: skip
    staff.post("/documents/create/", data)
    url = f"/documents/{Document.objects.get().pk}/file/"
    assert staff.get(url).status_code == 404


@pytest.mark.parametrize("cleared", [True, False])
def test_replaced_or_cleared_file_goes_once_the_change_stands(
    staff: Client,
    world: World,
    django_capture_on_commit_callbacks: Any,
    cleared: bool,
) -> None:
    send(staff, "a.pdf", PDF)
    document = Document.objects.get()
    storage, old = document.file.storage, document.file.name
    data: dict[str, Any] = {
        "number": "45/KH-UBND",
        "issued_on": "17/3/2023",
        "type": "KH",
        "issuer": "19",
        "subject": "Kiểm tra",
        "version": document.version,
        "_once": str(uuid.uuid4()),
    }
    if cleared:
        data["file-clear"] = "on"
    else:
        data["file"] = SimpleUploadedFile("b.png", PNG)
    with django_capture_on_commit_callbacks() as callbacks:
        assert staff.post(f"/documents/{document.pk}/edit/", data).status_code == 302
    assert storage.exists(old)
    for callback in callbacks:
        callback()
    assert not storage.exists(old)
    document.refresh_from_db()
    assert bool(document.file) is not cleared
    assert cleared or storage.exists(document.file.name)


def test_archive_with_a_monstrous_table_of_contents_is_refused_unopened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Reading the table alone would take seconds and hundreds of megabytes."""
    end = b"PK\x05\x06" + bytes(8) + (3_000_000).to_bytes(4, "little") + bytes(6)
    monkeypatch.setattr("zipfile.ZipFile", lambda *_: pytest.fail("was opened"))
    with pytest.raises(ValidationError):
        uploads.ending_of(SimpleUploadedFile("a.docx", b"PK\x03\x04" + bytes(2000) + end))


def test_a_file_lost_by_a_fault_elsewhere_is_told_at_its_field(staff: Client, world: World) -> None:
    data: dict[str, Any] = {"number": "45/KH-UBND", "issuer": "19", "_once": str(uuid.uuid4())}
    lost = "Trình duyệt không giữ được tệp đã chọn; hãy chọn lại."
    assert lost not in staff.post("/documents/create/", data).content.decode()
    data |= {"file": SimpleUploadedFile("a.pdf", PDF), "_once": str(uuid.uuid4())}
    page = staff.post("/documents/create/", data).content.decode()
    assert page.count(lost) == 2  # at the field, and above as a link to it
