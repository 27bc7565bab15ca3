"""Word and Excel files from outside, vetted without being unpacked to disk or believed.

What an office file can do beyond holding text and figures – run macros, fetch templates, pictures
or figures from elsewhere when it is opened, unpack to gigabytes – is refused here with a sentence.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO
from xml.parsers import expat

from django.core.exceptions import ValidationError

from congvu.archives import CONTENTS_LIMIT, contents_size

# Content type of the main part, without what distinguishes templates and macro-enabled kinds.
_MAIN = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": ".xlsx",
}
UNPACKED_LIMIT = 200 * 1024 * 1024
PARTS_LIMIT = 5_000
# The parts that only say what and where the others are: a few kilobytes in any real file.
_SMALL_PART = 2 * 1024 * 1024
_SMALL_PARTS = 500

DAMAGED = "Tệp bị hỏng hoặc bị cắt ngắn, không mở được; hãy chọn lại tệp."
MACROS = "Tệp có macro nên không được nhận; hãy lưu lại không kèm macro."
ENCRYPTED = "Tệp có mật khẩu nên không được nhận; hãy bỏ mật khẩu rồi gửi lại."
TOO_LARGE = "Tệp giải nén ra quá lớn nên không được nhận; hãy chia thành nhiều tệp nhỏ hơn."
EXTERNAL = (
    "Tệp lấy dữ liệu từ nơi khác khi mở (liên kết ngoài) nên không được nhận; hãy ngắt các liên "
    "kết rồi lưu lại."
)
# A template on the writer's own disk is named by every document that was made from it.
_OWN_DISK = re.compile(r"file:///[a-z](:|%3a)[/\\]", re.IGNORECASE)


def office_ending(file: IO[bytes]) -> str:
    """`.docx` or `.xlsx`, or nothing for an archive of another kind.

    Raises `ValidationError` with a sentence for a damaged file, one under a password, one that
    unpacks to more than 200 MB, and one with macros or links that fetch something when it is
    opened. Reads the table of contents and the small parts that tell what the others are; the
    others only as a stream, to notice what was cut off or spoilt on its way.
    """
    if (contents_size(file) or 0) > CONTENTS_LIMIT:
        raise ValidationError(DAMAGED)
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            return _vetted(archive)
    except (zipfile.BadZipFile, zlib.error, struct.error, expat.ExpatError) as fault:
        raise ValidationError(DAMAGED) from fault
    except (OSError, EOFError, ValueError, LookupError, NotImplementedError) as fault:
        raise ValidationError(DAMAGED) from fault
    except RuntimeError as fault:  # what zipfile says of a part under a password
        raise ValidationError(ENCRYPTED) from fault


def _vetted(archive: zipfile.ZipFile) -> str:
    infos = archive.infolist()
    if any(info.flag_bits & 0x1 for info in infos):
        raise ValidationError(ENCRYPTED)
    if sum(info.file_size for info in infos) > UNPACKED_LIMIT:
        raise ValidationError(TOO_LARGE)
    names = [info.filename.lower() for info in infos]
    if len(names) > PARTS_LIMIT or len(set(names)) != len(names) or any(map(_leads_out, names)):
        raise ValidationError(DAMAGED)
    # What office programs use; others may ask for any amount of memory.
    if any(info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for info in infos):
        raise ValidationError(DAMAGED)
    if "[content_types].xml" not in names:
        return ""
    if any(
        "vbaproject" in name or "/macrosheets/" in name or "/activex/" in name for name in names
    ):
        raise ValidationError(MACROS)
    ending = ""
    for given in _attributes(archive, infos[names.index("[content_types].xml")]):
        kind = given.get("ContentType", "").lower()
        if "macro" in kind or "vbaproject" in kind:
            raise ValidationError(MACROS)
        ending = _MAIN.get(kind, ending)
    if ending:
        _vet_links(archive, infos)
        _read_through(archive, infos)
    return ending


def _leads_out(name: str) -> bool:
    """Whether a name would be unpacked elsewhere than into the folder chosen for it."""
    return name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/")


def _vet_links(archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo]) -> None:
    """Refuse what is fetched when the file is opened; links that a reader clicks are no such."""
    relations = [info for info in infos if info.filename.lower().endswith(".rels")]
    if len(relations) > _SMALL_PARTS:
        raise ValidationError(DAMAGED)
    for info in relations:
        for given in _attributes(archive, info):
            if given.get("TargetMode", "").lower() != "external":
                continue
            kind, target = given.get("Type", "").rpartition("/")[2], given.get("Target", "")
            harmless = kind == "hyperlink" or (
                kind == "attachedTemplate" and _OWN_DISK.match(target)
            )
            if not harmless:
                raise ValidationError(EXTERNAL)


def _attributes(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[dict[str, str]]:
    """The attributes of each element of a small part; a doctype is refused."""
    if info.file_size > _SMALL_PART:
        raise ValidationError(DAMAGED)
    found: list[dict[str, str]] = []
    parser = expat.ParserCreate()

    def doctype(*_: object) -> None:
        raise ValueError("doctype")

    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = lambda _, given: found.append(given)
    with archive.open(info) as part:
        parser.Parse(part.read(_SMALL_PART), True)
    yield from found


def _read_through(archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo]) -> None:
    """Raise what `zipfile` raises at a part that is not what the table of contents says."""
    for info in infos:
        with archive.open(info) as part:
            while part.read(256 * 1024):
                pass
