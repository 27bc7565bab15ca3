"""A file from outside, before anything in it is believed (contract §3, the last of "Refused").

What is refused is refused from the first bytes and the table of contents, before anything is
unpacked; what is unpacked is read as a stream. So a hostile file costs neither time nor memory.
"""

from __future__ import annotations

import posixpath
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import IO, NoReturn
from xml.parsers import expat

from congvu.archives import CONTENTS_LIMIT, contents_size

UNPACKED_LIMIT = 200 * 1024 * 1024
# A workbook has some dozens of parts.
PARTS_LIMIT = 5_000
# Parts that only tell where things are: a few kilobytes in any real workbook.
SMALL_PART_LIMIT = 8 * 1024 * 1024
_CHUNK = 256 * 1024
# A single tag or attribute of this size stands in no real workbook.
_TOKEN_LIMIT = 4 * 1024 * 1024
DEPTH_LIMIT = 64
_NAMES_KEPT = 1_000

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

NOT_A_WORKBOOK = (
    "Tệp này không phải bảng tính Excel (.xlsx); hãy mở bằng Excel và lưu lại dạng .xlsx."
)
DAMAGED = "Tệp .xlsx bị hỏng hoặc bị cắt ngắn; hãy mở bằng Excel, lưu lại rồi gửi lại."
ENCRYPTED = "Tệp có mật khẩu nên không đọc được; hãy bỏ mật khẩu rồi gửi lại."
OLD_FORMAT = "Tệp ở định dạng cũ (.xls, .doc …); hãy mở bằng Excel và lưu lại dạng .xlsx."
OPEN_DOCUMENT = "Tệp ở định dạng OpenDocument (.ods …); hãy lưu lại dạng .xlsx."
BINARY = "Tệp ở định dạng .xlsb; hãy mở bằng Excel và lưu lại dạng .xlsx."
MACROS = "Tệp có chứa macro nên không được nhận; hãy lưu lại dạng .xlsx (không macro)."
EXTERNAL = (
    "Tệp có liên kết ra ngoài (bảng tính hoặc nguồn dữ liệu khác) nên không được nhận; hãy ngắt "
    "các liên kết (Dữ liệu → Sửa liên kết) rồi lưu lại."
)
TOO_LARGE = "Tệp quá lớn: giải nén ra hơn 200 MB; hãy chia thành nhiều tệp nhỏ hơn."
UNSAFE_XML = "Tệp có khai báo XML không an toàn (DOCTYPE) nên không được nhận."


class RefusedError(Exception):
    """The whole file is refused; the text is one sentence for the person who sent it."""


def refuse(sentence: str) -> NoReturn:
    """Raise `RefusedError`."""
    raise RefusedError(sentence)


class Package:
    """An opened workbook file whose list of parts has been vetted."""

    def __init__(self, file: IO[bytes]) -> None:
        _vet_beginning(file)
        _vet_contents_size(file)
        try:
            file.seek(0)
            self._zip = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, OSError, ValueError, struct.error, NotImplementedError):
            refuse(DAMAGED)
        self._unpacked = 0
        self._parts = {
            info.filename.replace("\\", "/").lstrip("/").lower(): info
            for info in self._zip.infolist()
        }
        self._vet_parts()
        self._vet_types()
        self.workbook_path = self._vet_relations()

    # --- reading -----------------------------------------------------------------------------

    def __contains__(self, path: str) -> bool:
        return path.lower() in self._parts

    def size_of(self, path: str) -> int:
        """How many bytes the part unpacks to."""
        return self._parts[path.lower()].file_size

    def chunks(self, path: str) -> Iterator[bytes]:
        """The part's unpacked bytes as they come; counts what really unpacks."""
        info = self._parts.get(path.lower())
        if info is None:
            refuse(DAMAGED)
        try:
            with self._zip.open(info) as part:
                while chunk := part.read(_CHUNK):
                    self._unpacked += len(chunk)
                    # Sheets may be read more than once, but never without end.
                    if self._unpacked > 4 * UNPACKED_LIMIT:
                        refuse(TOO_LARGE)
                    yield chunk
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError):
            refuse(DAMAGED)
        except RuntimeError:  # what zipfile says of a part under a password
            refuse(ENCRYPTED)

    def parse(
        self,
        path: str,
        start: Callable[[str, dict[str, str]], object] | None = None,
        end: Callable[[str], object] | None = None,
        text: Callable[[str], object] | None = None,
        *,
        limit: int | None = None,
    ) -> Iterator[None]:
        """Read the part as XML and call back; yields after each chunk, so that a reader may stop.

        Without entities and doctypes, of bounded depth and tokens. Names come without prefix.
        """
        yield from self.feed(path, _parser(start, end, text), limit=limit)

    def feed(
        self, path: str, parser: expat.XMLParserType, *, limit: int | None = None
    ) -> Iterator[None]:
        """As `parse`, to a parser from `strict_parser` whose handlers bound the depth themselves.

        For a sheet's millions of cells: one call less for every tag.
        """
        fed = 0
        try:
            for chunk in self.chunks(path):
                fed += len(chunk)
                if limit is not None and fed > limit:
                    refuse(TOO_LARGE)
                parser.Parse(chunk, False)
                # Bytes that the parser holds back belong to one unfinished token.
                if fed - parser.CurrentByteIndex > _TOKEN_LIMIT:
                    refuse(DAMAGED)
                yield
            parser.Parse(b"", True)
        except (expat.ExpatError, UnicodeError, LookupError, ValueError):
            refuse(DAMAGED)
        yield

    def attributes(self, path: str) -> Iterator[tuple[str, dict[str, str]]]:
        """Name (without prefix) and attributes of each element of a small part."""
        found: list[tuple[str, dict[str, str]]] = []
        for _ in self.parse(
            path, lambda name, given: found.append((name, given)), limit=SMALL_PART_LIMIT
        ):
            yield from found
            found.clear()

    def relations(self, path: str) -> dict[str, tuple[str, str]]:
        """What the part at `path` points to: id → (kind, path of the part)."""
        folder, name = posixpath.split(path)
        source = posixpath.join(folder, "_rels", f"{name}.rels")
        if source not in self:
            return {}
        found: dict[str, tuple[str, str]] = {}
        for element, given in self.attributes(source):
            if element == "Relationship":
                target = given.get("Target", "").replace("\\", "/")
                full = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
                kind = given.get("Type", "").rpartition("/")[2]
                found[given.get("Id", "")] = (kind, full)
        return found

    # --- vetting -----------------------------------------------------------------------------

    def _vet_parts(self) -> None:
        infos = self._zip.infolist()
        if any(info.flag_bits & 0x1 for info in infos):
            refuse(ENCRYPTED)
        self.unpacked_size = sum(info.file_size for info in infos)
        if self.unpacked_size > UNPACKED_LIMIT:
            refuse(TOO_LARGE)
        if len(infos) > PARTS_LIMIT or len(self._parts) != len(infos):
            refuse(DAMAGED)
        # What spreadsheet programs use; others may ask for any amount of memory.
        if any(
            info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for info in infos
        ):
            refuse(DAMAGED)
        if "mimetype" in self and self._parts["mimetype"].file_size < 200:
            kind = b"".join(self.chunks("mimetype"))
            if b"opendocument" in kind:
                refuse(OPEN_DOCUMENT)
        if "[content_types].xml" not in self:
            refuse(NOT_A_WORKBOOK)
        for path in self._parts:
            name = posixpath.basename(path)
            if name.startswith("vbaproject") or "/macrosheets/" in path:
                refuse(MACROS)
            if "/externallinks/" in path or name == "connections.xml":
                refuse(EXTERNAL)

    def _vet_types(self) -> None:
        """Content types tell macros and formats, whatever the parts are named."""
        for _, given in self.attributes("[Content_Types].xml"):
            kind = given.get("ContentType", "").lower()
            if "macro" in kind or "vbaproject" in kind:
                refuse(MACROS)
            if "externallink" in kind:
                refuse(EXTERNAL)
            if "sheet.binary" in kind:
                refuse(BINARY)

    def _vet_relations(self) -> str:
        """No part may point outside, other than by a hyperlink; returns the workbook's path."""
        for path in self._parts:
            if not path.endswith(".rels"):
                continue
            for _, given in self.attributes(path):
                kind = given.get("Type", "").rpartition("/")[2].lower()
                outside = given.get("TargetMode", "").lower() == "external"
                if (outside and kind != "hyperlink") or kind.startswith("externallink"):
                    refuse(EXTERNAL)
                if kind in ("vbaproject", "xlmacrosheet", "xlintlmacrosheet"):
                    refuse(MACROS)
        for kind, target in self.relations("").values():
            if kind == "officeDocument" and target in self:
                return target
        refuse(NOT_A_WORKBOOK)


class _PlainNames(dict[str, str]):
    """Names of elements without their prefix: some programs write <x:row> for <row>."""

    def __missing__(self, name: str) -> str:
        plain = name[name.find(":") + 1 :]
        if len(self) < _NAMES_KEPT:
            self[name] = plain
        return plain


def strict_parser() -> expat.XMLParserType:
    """A parser that refuses doctypes and entities."""
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = lambda *_: refuse(UNSAFE_XML)
    parser.EntityDeclHandler = lambda *_: refuse(UNSAFE_XML)
    return parser


def _parser(
    start: Callable[[str, dict[str, str]], object] | None,
    end: Callable[[str], object] | None,
    text: Callable[[str], object] | None,
) -> expat.XMLParserType:
    parser = strict_parser()
    depth = 0
    plain = _PlainNames()

    def open_element(name: str, given: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEPTH_LIMIT:
            refuse(DAMAGED)
        if start is not None:
            start(plain[name], given)

    def close_element(name: str) -> None:
        nonlocal depth
        depth -= 1
        if end is not None:
            end(plain[name])

    parser.StartElementHandler = open_element
    parser.EndElementHandler = close_element
    if text is not None:
        parser.CharacterDataHandler = text
    return parser


def _vet_beginning(file: IO[bytes]) -> None:
    """A zip begins with PK; an old or encrypted file is told by its own beginning."""
    file.seek(0)
    first = file.read(8)
    if first.startswith(_OLE):
        refuse(ENCRYPTED if _names_encryption(file) else OLD_FORMAT)
    if not first.startswith(b"PK\x03\x04"):
        refuse("Tệp rỗng; hãy chọn lại tệp." if not first else NOT_A_WORKBOOK)


def _names_encryption(file: IO[bytes]) -> bool:
    """Whether an OLE file holds an encrypted package, told by the name of its stream."""
    wanted = "EncryptedPackage".encode("utf-16-le")
    file.seek(0)
    tail = b""
    while chunk := file.read(1024 * 1024):
        if wanted in tail + chunk:
            return True
        tail = chunk[-len(wanted) :]
    return False


def _vet_contents_size(file: IO[bytes]) -> None:
    """The zip's table of contents is read at once by `zipfile`: refuse a monstrous one before."""
    size = contents_size(file)
    if size is None or size > CONTENTS_LIMIT:
        refuse(DAMAGED)
