"""Files as evidence: what is kept of good ones, and what becomes of hostile ones.

No test needs the database. Time and memory of hostile files are bounded: `bounded` watches.
"""

from __future__ import annotations

import hashlib
import io
import os
import struct
import subprocess
import sys
import time
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from PIL import Image

from findings.evidence_files import Kept, line_of, take
from tests.findings.pictures import (
    PDF,
    SHEET,
    WORD,
    archive,
    encoded,
    heic,
    jpeg,
    office,
    photograph,
    relations,
    scene,
)


def kept(content: bytes, name: str = "Ảnh hiện trường.jpg") -> Kept:
    return take(ContentFile(content, name))


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


@contextmanager
def bounded(seconds: float = 3, megabytes: float = 120) -> Iterator[None]:
    """Fails when what is within takes longer, or Python holds more memory at its largest."""
    tracemalloc.start()
    begun = time.process_time()
    try:
        yield
        took, (_, most) = time.process_time() - begun, tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert took < seconds
    assert most < megabytes * 1024 * 1024


def refused(content: bytes, name: str = "tệp") -> str:
    with bounded(), pytest.raises(ValidationError) as fault:
        kept(content, name)
    return " ".join(fault.value.messages)


# --- good files ------------------------------------------------------------------------------


def is_red(pixel: Any) -> bool:
    return bool(pixel[0] > 150 and pixel[1] < 80)


@pytest.mark.parametrize(
    "content",
    [
        jpeg((640, 480)),
        encoded(scene((640, 480)), "JPEG", progressive=True),
        encoded(scene((640, 480), "CMYK"), "JPEG"),
        encoded(scene((640, 480)), "PNG"),
        encoded(scene((640, 480), "P"), "PNG"),
        encoded(scene((640, 480), "RGBA"), "PNG"),
        heic((640, 480)),
    ],
    ids=["jpeg", "progressive", "cmyk", "png", "palette", "rgba", "heic"],
)
def test_picture_of_each_kind_is_kept_as_a_jpeg_with_a_small_one(content: bytes) -> None:
    found = kept(content, "hiện trường.bin")
    assert (found.is_picture, found.ending) == (True, ".jpg")
    large, small = opened(found.content), opened(found.thumbnail)
    assert (large.format, large.size) == ("JPEG", (640, 480))
    assert (small.format, small.size) == ("JPEG", (320, 240))
    for picture in (large, small):
        width, height = picture.size
        assert is_red(picture.convert("RGB").getpixel((width // 4, height // 4)))
        assert not is_red(picture.convert("RGB").getpixel((width - 20, height - 20)))
    assert found.sha256 == hashlib.sha256(found.content).hexdigest()


@pytest.mark.parametrize("mode", ["L", "1", "I;16", "LA"])
def test_picture_of_greys_keeps_its_lights_and_darks(mode: str) -> None:
    grey = Image.new("L", (60, 40), 230)
    grey.paste(20, (0, 0, 30, 40))
    if mode == "I;16":
        wide = b"".join(struct.pack("<H", value * 256) for value in grey.tobytes())
        grey = Image.frombytes("I;16", grey.size, wide)
    else:
        grey = grey.convert(mode)
    shown = opened(kept(encoded(grey, "PNG")).content).convert("L")
    assert shown.getpixel((5, 20)) < 60  # type: ignore[operator]  # one number, of mode L
    assert shown.getpixel((55, 20)) > 190  # type: ignore[operator]


def test_transparent_parts_become_white() -> None:
    shown = opened(kept(encoded(Image.new("RGBA", (40, 40), (0, 0, 0, 0)), "PNG")).content)
    assert shown.getpixel((20, 20)) == (255, 255, 255)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_picture_is_kept_upright_however_the_telephone_was_held(orientation: int) -> None:
    """The red quarter lies where a viewer that knows orientations shows it."""
    turned = opened(kept(photograph((64, 48), orientation)).content)
    assert turned.size == ((64, 48) if orientation < 5 else (48, 64))
    right = orientation in (2, 3, 6, 7)
    low = orientation in (3, 4, 7, 8)
    width, height = turned.size
    place = (width - 8 if right else 8, height - 8 if low else 8)
    assert is_red(turned.getpixel(place))


def test_nothing_that_the_telephone_wrote_along_is_kept_but_the_moment() -> None:
    sent = photograph()
    assert b"CHU-MAY" in sent
    assert b"GHI-CHU-AN" in sent
    found = kept(sent)
    # 8:15 here is 1:15 UTC.
    assert found.taken_at == datetime(2023, 5, 22, 1, 15, tzinfo=UTC)
    for content in (found.content, found.thumbnail):
        assert b"Exif" not in content
        assert b"CHU-MAY" not in content
        assert b"GHI-CHU-AN" not in content
        assert not opened(content).getexif()


def test_large_photograph_is_made_smaller(settings: LazySettings) -> None:
    assert opened(kept(jpeg((4000, 3000))).content).size == (2560, 1920)
    settings.EVIDENCE_LONGEST_SIDE = 1000
    assert opened(kept(jpeg((4000, 3000))).content).size == (1000, 750)
    assert opened(kept(jpeg((64, 48))).content).size == (64, 48)


@pytest.mark.parametrize(
    ("content", "name", "ending"),
    [
        (PDF, "Báo cáo.pdf", ".pdf"),
        (office(), "Giải trình.docx", ".docx"),
        (office(SHEET), "Danh sách.xlsx", ".xlsx"),
        (office(word___rels__document=relations("hyperlink", "https://x.vn")), "a.docx", ".docx"),
    ],
    ids=["pdf", "docx", "xlsx", "clickable-link"],
)
def test_document_is_kept_to_the_byte(content: bytes, name: str, ending: str) -> None:
    found = kept(content, name)
    assert (found.content, found.ending, found.name) == (content, ending, name)
    assert not found.is_picture


# --- names -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("IMG_0001.HEIC", "IMG_0001.jpg"),
        ("", "Ảnh.jpg"),
        (".jpg", "Ảnh.jpg"),
        ("../../etc/passwd", "passwd.jpg"),
        ("C:\\Windows\\ảnh.png", "ảnh.jpg"),
        ("ảnh\u202egpj.exe", "ảnhgpj.exe.jpg"),
        ("một\r\nSet-Cookie: a=b.jpg", "một Set-Cookie: a=b.jpg"),
        ("a\0b.jpg", "ab.jpg"),
        ("hoa\u0300.jpg", "hoà.jpg"),
        ("x" * 500 + ".jpg", "x" * 196 + ".jpg"),
        ("ảnh.pdf.jpg", "ảnh.jpg"),
    ],
)
def test_name_is_one_line_with_the_ending_that_the_content_has(name: str, shown: str) -> None:
    assert line_of(name, ".jpg") == shown


# --- hostile files ---------------------------------------------------------------------------


def png_chunk(kind: bytes, content: bytes) -> bytes:
    sealed = kind + content
    return struct.pack(">I", len(content)) + sealed + struct.pack(">I", zlib.crc32(sealed))


def png_of(width: int, height: int, rows: int) -> bytes:
    """A picture of one colour that says to have that size, with as many rows as told."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    packer = zlib.compressobj(9)
    row = bytes(1 + 3 * width)
    data = b"".join([*(packer.compress(row) for _ in range(rows)), packer.flush()])
    chunks = (png_chunk(b"IHDR", head), png_chunk(b"IDAT", data), png_chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def many_scans(count: int, size: tuple[int, int] = (64, 48)) -> bytes:
    """A progressive photograph of ten scans whose last is there so many times again."""
    whole = encoded(scene(size), "JPEG", progressive=True)
    last = whole.rindex(b"\xff\xda")
    return whole[:-2] + whole[last:-2] * count + b"\xff\xd9"


def huge_exif() -> bytes:
    """Two hundred segments that call themselves Exif."""
    plain = jpeg()
    segment = b"\xff\xe1" + struct.pack(">H", 65_000) + b"Exif\0\0MM\0*" + b"\xff" * 64_988
    return plain[:2] + segment * 200 + plain[2:]


def zip_bomb(size: int) -> bytes:
    return archive(
        {
            "[Content_Types].xml": f'<Types><Override ContentType="{WORD}"/></Types>',
            "word/document.xml": bytes(size),
        }
    )


def lying_bomb() -> bytes:
    """A part that unpacks to 30 MB and says to have ten bytes."""
    whole = bytearray(zip_bomb(30 * 1024 * 1024))
    size = struct.pack("<I", 30 * 1024 * 1024)
    for _ in range(whole.count(size)):
        place = whole.index(size)
        whole[place : place + 4] = struct.pack("<I", 10)
    return bytes(whole)


def encrypted() -> bytes:
    whole = bytearray(office())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = 0
        while (place := whole.find(mark, place)) >= 0:
            whole[place + offset] |= 1
            place += 4
    return bytes(whole)


MACRO_TYPE = '<Override ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/>'
BILLION = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    "<Types>&b;</Types>"
)
HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "không có nội dung"),
    "21 MB": (lambda: b"\xff\xd8\xff" + bytes(21 * 1024 * 1024), "quá giới hạn 20 MB"),
    "60 megapixels": (lambda: png_of(10_000, 6_000, 6_000), "(60 megapixel)"),
    "png bomb": (lambda: png_of(65_000, 65_000, 1), "quá nhiều điểm ảnh"),
    "60 megapixels as heic": (lambda: heic((128, 64)).replace(
        struct.pack(">II", 128, 64), struct.pack(">II", 10_000, 6_000)), "ảnh"),
    "30 megapixels as png": (
        lambda: png_of(6_000, 5_000, 5_000), "(30 megapixel): chỉ nhận đến 25 megapixel"),
    "many scans": (lambda: many_scans(5_000), "lượt, quá nhiều để xử lý"),
    "21 scans of a large picture": (
        lambda: many_scans(11, (4_100, 3_000)), "21 lượt, quá nhiều để xử lý"),
    "cut jpeg": (lambda: jpeg((640, 480))[:-2000], "bị cắt ngắn"),
    "cut png": (lambda: encoded(scene((640, 480)), "PNG")[:-400], "bị cắt ngắn"),
    "cut heic": (lambda: heic((640, 480))[:-500], "bị cắt ngắn"),
    "cut pdf": (lambda: PDF[:-10], "bị cắt ngắn"),
    "cut docx": (lambda: office()[:-30], "bị cắt ngắn"),
    "jpeg of a head alone": (lambda: b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", "bị hỏng"),
    "noise that begins as a jpeg": (lambda: b"\xff\xd8\xff" + bytes(range(256)) * 99, "bị hỏng"),
    "html as pdf": (lambda: b"<html><script>alert(1)</script>", "thuộc loại khác"),
    "html in pdf": (
        lambda: b"%PDF-1.4\n<html><script>alert(1)</script></html>\n%%EOF", "bị cắt ngắn"),
    "html in whole pdf": (
        lambda: PDF.replace(b"1 0 obj", b"%<HTML><body>\n1 0 obj"), "trang web"),
    "script of the web in whole pdf": (
        lambda: PDF.replace(b"1 0 obj", b"%<script src=x>\n1 0 obj"), "trang web"),
    "pdf without list of parts": (lambda: PDF.replace(b"trailer", b"chung"), "bị cắt ngắn"),
    "pdf without way to it": (lambda: PDF.replace(b"startxref", b"chung"), "bị cắt ngắn"),
    "html before pdf": (lambda: b"<html>" + PDF, "thuộc loại khác"),
    "script in pdf": (lambda: PDF.replace(b"/Catalog", b"/Catalog /S /JavaScript"), "mã lệnh"),
    "hidden script in pdf": (lambda: PDF.replace(b"/Catalog", b"/S /J#61vaScr#69pt"), "mã lệnh"),
    "pdf that starts programs": (lambda: PDF.replace(b"/Catalog", b"/S /Launch"), "mã lệnh"),
    "svg as png": (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>", "thuộc loại khác"),
    "webp": (lambda: encoded(scene((8, 8)), "WEBP"), "thuộc loại khác"),
    "gif": (lambda: encoded(scene((8, 8)), "GIF"), "thuộc loại khác"),
    "program": (lambda: b"MZ" + bytes(500), "thuộc loại khác"),
    "old office": (lambda: bytes.fromhex("d0cf11e0a1b11ae1") + bytes(500), "định dạng cũ"),
    "zip": (lambda: archive({"a.txt": "x"}), "thuộc loại khác"),
    "zip bomb": (lambda: zip_bomb(201 * 1024 * 1024), "giải nén ra quá lớn"),
    "bomb that lies": (lying_bomb, "bị hỏng"),
    "bomb of names": (
        lambda: archive({f"word/{n}.xml": "" for n in range(5_001)}), "bị hỏng"),
    "macro": (lambda: office(word__vbaProject="x"), "macro"),
    "macro by its type": (lambda: office(types=MACRO_TYPE), "macro"),
    "activex": (lambda: office(word__activeX__activeX1="x"), "macro"),
    "linked workbook": (
        lambda: office(SHEET, **{
            "xl__externalLinks___rels__1.xml.rels":
            relations("externalLinkPath", "http://x.vn/a.xlsx"),
        }), "liên kết ngoài"),
    "template from elsewhere": (
        lambda: office(**{
            "word___rels__settings.xml.rels": relations("attachedTemplate", "http://x.vn/a.dotm"),
        }), "liên kết ngoài"),
    "template from a share": (
        lambda: office(**{
            "word___rels__settings.xml.rels":
            relations("attachedTemplate", "file:///\\\\may\\a.dotm"),
        }), "liên kết ngoài"),
    "way out of the folder": (lambda: office(**{"..__..__etc__passwd": "x"}), "bị hỏng"),
    "absolute way": (lambda: office(__etc__passwd="x"), "bị hỏng"),
    "password": (encrypted, "mật khẩu"),
    "entities": (lambda: archive({"[Content_Types].xml": BILLION, "word/d.xml": "x"}), "bị hỏng"),
}  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_file_is_refused_with_a_sentence_in_bounded_time_and_memory(kind: str) -> None:
    make, said = HOSTILE[kind]
    assert said.lower() in refused(make()).lower()


def test_template_on_the_own_disk_is_no_link_elsewhere() -> None:
    own = relations("attachedTemplate", "file:///C:\\Users\\x\\Normal.dotm")
    assert kept(office(**{"word___rels__settings.xml.rels": own}), "a.docx").ending == ".docx"


@pytest.mark.parametrize(
    "content",
    [
        jpeg() + b"<html><script>alert(1)</script></html>",
        jpeg(comment=b"<script>alert(1)</script>"),
        jpeg() + archive({"a.txt": "x"}),
        encoded(scene((64, 48)), "PNG") + b"<script>",
    ],
    ids=["html after", "script within", "zip after", "png with script"],
)
def test_file_of_two_kinds_is_only_a_picture_afterwards(content: bytes) -> None:
    found = kept(content)
    assert opened(found.content).size == (64, 48)
    assert b"script" not in found.content
    assert not zipfile.is_zipfile(io.BytesIO(found.content))


def test_progressive_photograph_of_twenty_scans_or_small_is_kept() -> None:
    assert kept(many_scans(10, (4_100, 3_000))).is_picture
    assert kept(many_scans(80)).is_picture


def test_pdf_whose_list_of_parts_is_a_stream_is_kept() -> None:
    packed = PDF.replace(b"trailer\n", b"2 0 obj\n").replace(b"/Root", b"/Type /XRef /Root")
    assert b"trailer" not in packed
    assert kept(packed, "a.pdf").ending == ".pdf"


def test_metadata_without_end_is_passed_over() -> None:
    with bounded():
        found = kept(huge_exif())
    assert (found.taken_at, opened(found.content).size) == (None, (64, 48))


def test_limit_of_pixels_is_a_setting(settings: LazySettings) -> None:
    settings.EVIDENCE_PNG_MEGAPIXELS = 1
    assert "JPG" in refused(encoded(scene((1200, 1000)), "PNG"))
    assert kept(jpeg((1200, 1000))).is_picture
    settings.EVIDENCE_MEGAPIXELS = 1
    assert "1 megapixel" in refused(jpeg((1200, 1000)))
    assert kept(jpeg((1000, 900))).is_picture


# In a process of its own: what decoders hold is not Python's, and only the system counts it.
_LARGEST = """
import io, resource, sys
import django
django.setup()
from django.core.files.base import ContentFile
from PIL import Image
from findings.evidence_files import take
target = io.BytesIO()
picture = Image.linear_gradient("L").resize(SIZE).convert(MODE)
picture.save(target, KIND, **OPTIONS)
del picture
before = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (before + 600 * 1024 * 1024,) * 2)
taken = take(ContentFile(target.getvalue(), "a"))
print(Image.open(io.BytesIO(taken.content)).size)
"""


@pytest.mark.parametrize(
    "what",
    [
        "SIZE, MODE, KIND, OPTIONS = (5632, 4224), 'RGBA', 'PNG', {'compress_level': 1}",
        "SIZE, MODE, KIND, OPTIONS = (8192, 6144), 'RGB', 'JPEG', {'progressive': True}",
    ],
    ids=["png", "progressive"],
)
def test_largest_picture_allowed_costs_no_more_than_600_megabytes(what: str) -> None:
    environ = {**os.environ, "DJANGO_SETTINGS_MODULE": "congvu.settings", "DEBUG": "on"}
    ran = subprocess.run(
        [sys.executable, "-c", f"{what}\n{_LARGEST}"],
        capture_output=True,
        text=True,
        env=environ,
        check=False,
    )
    assert ran.stdout.strip() == "(2560, 1920)", ran.stderr
