"""Files for tests of evidence: good ones of each kind, made in code."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pillow_heif
from PIL import ExifTags, Image

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
PDF = (
    b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n"
    b"trailer\n<< /Root 1 0 R >>\nstartxref\n9\n%%EOF\n"
)


def scene(size: tuple[int, int], mode: str = "RGB") -> Image.Image:
    """A picture whose upper left quarter is red and whose rest is white."""
    image = Image.new("RGB", size, "white")
    image.paste((200, 0, 0), (0, 0, size[0] // 2, size[1] // 2))
    return image.convert(mode)


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    """The picture as a file of that kind."""
    target = io.BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


def jpeg(size: tuple[int, int] = (64, 48), **options: Any) -> bytes:
    """A small photograph."""
    return encoded(scene(size), "JPEG", **options)


def heic(size: tuple[int, int] = (64, 48)) -> bytes:
    """A photograph as telephones take it."""
    target = io.BytesIO()
    pillow_heif.from_pillow(scene(size)).save(target, quality=90)
    return target.getvalue()


def photograph(size: tuple[int, int] = (64, 48), orientation: int = 1) -> bytes:
    """A photograph with all that a telephone writes along: position, moment, owner, comment."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Artist] = "CHU-MAY"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2023:05:22 08:15:00"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] = "N"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (21.0, 35.0, 0.0)
    return jpeg(size, exif=exif, comment=b"GHI-CHU-AN")


def archive(parts: dict[str, bytes | str]) -> bytes:
    """A zip archive of these parts."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return target.getvalue()


def office(main: str = WORD, types: str = "", **parts: bytes | str) -> bytes:
    """A Word or Excel file of the least parts, and others besides (`__` stands for `/`)."""
    place = "word/document.xml" if main == WORD else "xl/workbook.xml"
    return archive(
        {
            "[Content_Types].xml": f'<Types><Override PartName="/{place}" ContentType="{main}"/>'
            f"{types}</Types>",
            place: "<document/>",
            **{name.replace("__", "/"): content for name, content in parts.items()},
        }
    )


def relations(kind: str, target: str, mode: str = "External") -> str:
    """A list of relations with one that leads out of the file."""
    return (
        f'<Relationships><Relationship Id="r1" Type="http://x/{kind}" Target="{target}" '
        f'TargetMode="{mode}"/></Relationships>'
    )
