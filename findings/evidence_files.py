"""Files handed in as evidence: told by their content, and made harmless before they are kept.

A picture is never kept as it came: it is decoded and encoded anew, upright, without position and
anything else that was hidden in it. Documents are kept to the byte, after vetting.
"""

from __future__ import annotations

import hashlib
import io
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePosixPath
from typing import IO, Any

import pillow_heif
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.utils import timezone
from PIL import ExifTags, Image

from congvu.office import DAMAGED, office_ending
from congvu.text import clean
from directives.uploads import MAX_BYTES, TYPES

ALLOWED_TEXT = "ảnh JPG, PNG, HEIC, tệp PDF, Word (.docx), Excel (.xlsx)"
# For the browser's choice of files; what counts is the content.
ACCEPTED = ".jpg,.jpeg,.png,.heic,.heif,.pdf,.docx,.xlsx,image/jpeg,image/png,image/heic"
PICTURE_ENDING = ".jpg"

NAME_LENGTH = 200
THUMBNAIL_SIDE = 320
_QUALITY = 85
# A progressive photograph has about ten scans. Each costs the whole picture's time, however few
# bytes it takes, so a small file could keep a processor busy for hours: no more than twenty, and of
# a picture up to twelve megapixels no more than take as long.
_MOST_SCANS = 100
_SCANS_OF_LARGE = 20
_LARGE_PIXELS = 12_000_000

_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"mif1"}
_OLD_OFFICE = bytes.fromhex("d0cf11e0a1b11ae1")

pillow_heif.register_heif_opener()


@dataclass(frozen=True)
class Kept:
    """What is kept of a file: its bytes, with what they are; a picture has a small one besides."""

    name: str
    ending: str
    content: bytes = field(repr=False)
    thumbnail: bytes = field(default=b"", repr=False)
    # When it was taken by the clock of the camera, which may be wrong.
    taken_at: datetime | None = None

    @property
    def is_picture(self) -> bool:
        """Whether it can be shown, and has a small one."""
        return bool(self.thumbnail)

    @property
    def sha256(self) -> str:
        """Of the bytes as kept, in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()


def content_type(name: str) -> str:
    """What is told to the browser of a file that was kept under that name."""
    return TYPES.get(PurePosixPath(name).suffix, "application/octet-stream")


def take(upload: File[bytes], name: str = "") -> Kept:
    """What is to be kept of an uploaded file; `name` is what people call it, the file's by default.

    Raises `ValidationError` with a sentence for a file that is empty, of more than 20 MB, cut off,
    of another kind than jpg, png, heic, pdf, docx, xlsx, or hostile. Time and memory are bounded.
    """
    size = upload.size or 0
    if size > MAX_BYTES:
        raise ValidationError(
            f"Tệp nặng {size / 1024 / 1024:.0f} MB, quá giới hạn 20 MB. Hãy giảm độ phân giải hoặc "
            "tách tệp rồi gửi lại."
        )
    upload.seek(0)
    content = upload.read(MAX_BYTES + 1)
    if not content:
        raise ValidationError("Tệp không có nội dung; hãy chọn tệp khác.")
    if len(content) > MAX_BYTES:
        raise ValidationError("Tệp quá giới hạn 20 MB; hãy tách tệp rồi gửi lại.")
    name = name or upload.name or ""
    if picture := _picture_format(content[:64]):
        return _take_picture(content, picture, name)
    ending = _document_ending(content)
    return Kept(line_of(name, ending), ending, content)


def line_of(name: str, ending: str) -> str:
    """The name for people: one line without path, control and direction marks, and that ending."""
    # Whoever sees "ảnh\u202egpj.exe" reads another ending than there is: `clean` removes such.
    last = clean(name.replace("\\", "/").rpartition("/")[2])
    stem = re.sub(r"(?i)(\.(jpe?g|png|hei[cf]|pdf|docx|xlsx))+$", "", last).strip(". ")
    stem = stem or ("Ảnh" if ending == PICTURE_ENDING else "Tài liệu")
    return stem[: NAME_LENGTH - len(ending)].rstrip(". ") + ending


# --- pictures --------------------------------------------------------------------------------


def _picture_format(head: bytes) -> str:
    """What Pillow calls the kind of picture that begins so; empty for anything else."""
    if head.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if head[4:8] == b"ftyp" and {head[8:12], *_brands(head)} & _HEIC_BRANDS:
        return "HEIF"
    return ""


def _brands(head: bytes) -> Iterator[bytes]:
    """The kinds with which a file of that family says to be compatible."""
    end = min(int.from_bytes(head[:4], "big"), len(head))
    return (head[place : place + 4] for place in range(16, end, 4))


@contextmanager
def _decoding() -> Iterator[None]:
    """Whatever goes wrong with a picture from outside is told as a picture that cannot be read."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # odd metadata of a picture that is encoded anew anyway
            # Pillow's own limit, on which it only warns at first.
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            yield
    except ValidationError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as fault:
        raise ValidationError(_too_many_pixels()) from fault
    except Exception as fault:
        # Decoders meet a hostile file with any error at all; none of them is ours.
        raise ValidationError(
            "Ảnh bị hỏng hoặc bị cắt ngắn, không đọc được; hãy chụp hoặc chọn lại."
        ) from fault


def _megapixels(kind: str) -> int:
    """How many a picture of that kind may have; a PNG is always unpacked as a whole."""
    most: int = settings.EVIDENCE_MEGAPIXELS
    return min(most, settings.EVIDENCE_PNG_MEGAPIXELS) if kind == "PNG" else most


def _too_many_pixels(size: tuple[int, int] | None = None, kind: str = "") -> str:
    told = f" ({size[0] * size[1] / 1e6:.0f} megapixel)" if size else ""
    way = "lưu ảnh thành JPG hoặc " if kind == "PNG" else ""
    return (
        f"Ảnh{' PNG' if kind == 'PNG' else ''} có quá nhiều điểm ảnh{told}: chỉ nhận đến "
        f"{_megapixels(kind)} megapixel. Hãy {way}chọn độ phân giải thấp hơn trong máy ảnh."
    )


def _refuse_costly_scans(scans: int, pixels: int) -> None:
    """Raise for a JPEG that goes over its picture more often than any camera writes it."""
    if scans > _MOST_SCANS or (scans > _SCANS_OF_LARGE and pixels > _LARGE_PIXELS):
        raise ValidationError(
            f"Ảnh được ghi thành {scans} lượt, quá nhiều để xử lý; hãy chụp lại, hoặc lưu lại ảnh "
            "thành JPG thường rồi gửi."
        )


def _take_picture(content: bytes, kind: str, name: str) -> Kept:
    with _decoding(), Image.open(io.BytesIO(content), formats=(kind,)) as image:
        # Known from the first bytes: nothing has been decoded yet.
        width, height = image.size
        if width * height > _megapixels(kind) * 1_000_000:
            raise ValidationError(_too_many_pixels(image.size, kind))
        if kind == "JPEG":
            _refuse_costly_scans(content.count(b"\xff\xda"), width * height)
        taken_at = _harmless(lambda: _taken_at(image))
        orientation = _harmless(lambda: image.getexif().get(ExifTags.Base.Orientation))
        side = settings.EVIDENCE_LONGEST_SIDE
        # A JPEG is decoded at a half or a quarter at once where that is still large enough.
        image.draft(None, (side, side))
        upright = _plain(image, side)
        if orientation in _TURNS:
            upright = upright.transpose(_TURNS[orientation])
        large = _encoded(upright)
        upright.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
        small = _encoded(upright)
    return Kept(line_of(name, PICTURE_ENDING), PICTURE_ENDING, large, small, taken_at)


# What the camera noted of how it was held, and the turn that makes the picture upright.
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def _plain(image: Image.Image, side: int) -> Image.Image:
    """The picture in colours or greys that a JPEG has, its longest side at most that; on white."""
    see_through = image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info
    if image.mode in ("P", "PA", "1") or (see_through and image.mode not in ("RGBA", "LA")):
        image = image.convert("RGBA" if see_through else "RGB")
    if max(image.size) > side:
        # Bicubic takes two thirds longer, for a difference that nobody sees.
        image.thumbnail((side, side), Image.Resampling.BILINEAR, reducing_gap=2.0)
    if see_through:
        ground = Image.new("RGB", image.size, "white")
        ground.paste(image.convert("RGB"), mask=image.getchannel("A"))
        return ground
    if image.mode.startswith("I"):
        # Sixteen bits a point, of which a JPEG keeps the upper eight.
        image = image.convert("I").point(lambda value: value / 256)
        return image.convert("L")
    image = image if image.mode in ("RGB", "L") else image.convert("RGB")
    image.load()
    return image


def _encoded(image: Image.Image) -> bytes:
    target = io.BytesIO()
    bare = image.copy()
    bare.info = {}  # comments, profiles, position: what would otherwise be written along
    bare.save(target, "JPEG", quality=_QUALITY)
    return target.getvalue()


def _harmless(read: Callable[[], Any]) -> Any:
    """What is read from metadata, which may be anything: spoilt metadata spoils no picture."""
    try:
        return read()
    except Exception:
        return None


def _taken_at(image: Image.Image) -> datetime | None:
    """When the camera says that it took the picture; without a zone it means ours."""
    told = image.getexif().get_ifd(ExifTags.IFD.Exif)
    day, hour = str(told[ExifTags.Base.DateTimeOriginal]).strip("\0 ").split()
    zone = str(told.get(ExifTags.Base.OffsetTimeOriginal, "")).strip("\0 ")
    moment = datetime.fromisoformat(f"{day.replace(':', '-')}T{hour}{zone}")
    return moment if zone else timezone.make_aware(moment)


# --- documents -------------------------------------------------------------------------------


def _pdf_name(word: str) -> str:
    """The pattern of a name in a PDF, in which each letter may be written by its number."""
    return "".join(f"(?:{letter}|#{ord(letter):02x}|#{ord(letter):02X})" for letter in word)


# Actions that a reader program carries out when the file is opened. Those within packed objects
# stay unseen; the file is handed out as a download only.
_ACTIVE = re.compile(f"/(?:{_pdf_name('JavaScript')}|{_pdf_name('Launch')})".encode())


_WEB_PAGE = re.compile(rb"(?i)<\s*(!doctype\s+html|html|script)")


def _document_ending(content: bytes) -> str:
    if content.startswith(b"%PDF-"):
        return _vetted_pdf(content)
    if content.startswith(b"PK\x03\x04"):
        file: IO[bytes] = io.BytesIO(content)
        if ending := office_ending(file):
            return ending
    if content.startswith(_OLD_OFFICE):
        raise ValidationError(
            "Tệp có mật khẩu hoặc thuộc định dạng cũ (.doc, .xls); hãy bỏ mật khẩu, lưu thành "
            ".docx, .xlsx hoặc PDF rồi gửi lại."
        )
    raise ValidationError(f"Chỉ nhận {ALLOWED_TEXT}; tệp này thuộc loại khác.")


def _vetted_pdf(content: bytes) -> str:
    tail = content[-2048:]
    # Where the list of its parts stands, and the dictionary that leads to them, however written.
    whole = b"%%EOF" in tail and b"startxref" in tail
    if not whole or (b"trailer" not in content and b"/XRef" not in content):
        raise ValidationError(DAMAGED)
    # Some programs take a file for a page of the web that has such words at its beginning.
    if _WEB_PAGE.search(content[:1024]):
        raise ValidationError(
            "Tệp mang đuôi PDF nhưng bên trong là trang web nên không được nhận; hãy in lại thành "
            "PDF rồi gửi."
        )
    if _ACTIVE.search(content):
        raise ValidationError(
            "Tệp PDF có mã lệnh chạy khi mở nên không được nhận; hãy in lại thành PDF rồi gửi."
        )
    return ".pdf"
