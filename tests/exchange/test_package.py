"""Files that are refused as a whole: in one clear sentence, quickly and in little memory."""

from __future__ import annotations

import random
import struct
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pytest

from exchange import package
from exchange.cells import WorkbookReader
from exchange.package import RefusedError
from tests.exchange.helpers import book_of

MEGABYTE = 1024 * 1024
ROOT = Path(__file__).resolve().parents[2]


def plain() -> bytes:
    """A sound workbook."""
    return book_of({"Gia hạn": [["R1", "1/1/2023", "1/2/2023", None]]}).getvalue()


def repacked(
    *,
    replace: dict[str, bytes] | None = None,
    add: dict[str, bytes] | None = None,
    edit: Callable[[str, bytes], bytes] = lambda _name, content: content,
) -> bytes:
    """The sound workbook with parts replaced, added or edited."""
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(plain())) as old, zipfile.ZipFile(
        target, "w", zipfile.ZIP_DEFLATED
    ) as new:  # fmt: skip
        for name in old.namelist():
            new.writestr(name, (replace or {}).get(name) or edit(name, old.read(name)))
        for name, content in (add or {}).items():
            new.writestr(name, content)
    return target.getvalue()


def with_type(kind: str) -> bytes:
    """The sound workbook with one more content type."""
    entry = f'<Override PartName="/xl/x.bin" ContentType="{kind}"/></Types>'.encode()
    return repacked(
        edit=lambda name, content: (
            content.replace(b"</Types>", entry) if name == "[Content_Types].xml" else content
        )
    )


def with_relation(entry: str) -> bytes:
    """The sound workbook with one more relation of its sheet."""
    rels = (
        '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/'
        f'2006/relationships">{entry}</Relationships>'
    )
    return repacked(add={"xl/worksheets/_rels/sheet1.xml.rels": rels.encode()})


def with_doctype() -> bytes:
    """Entities that would grow without end."""
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    return repacked(
        edit=lambda name, content: (
            content.replace(b"<worksheet", bomb + b"<worksheet", 1) if "sheet1" in name else content
        )
    )


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

SMALL: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "rỗng"),
    "csv": (lambda: "Mã đơn vị,Tên\n19,Thái Nguyên\n".encode(), "không phải bảng tính"),
    "picture": (lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 500, "không phải bảng tính"),
    "old xls": (lambda: OLE + b"\0" * 2000, r"\.xls"),
    "password": (
        lambda: OLE + b"\0" * 900 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 900,
        "mật khẩu",
    ),
    "other zip": (lambda: _zip({"readme.txt": b"hi"}), "không phải bảng tính"),
    "open document": (
        lambda: _zip({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}),
        "OpenDocument",
    ),
    "cut in the middle": (lambda: plain()[: len(plain()) // 2], "hỏng"),
    "last byte missing": (lambda: plain()[:-1], "hỏng"),
    "macros": (lambda: repacked(add={"xl/vbaProject.bin": OLE}), "macro"),
    "macros by type": (
        lambda: with_type("application/vnd.ms-excel.sheet.macroEnabled.main+xml"), "macro",
    ),
    "old macros": (lambda: repacked(add={"xl/macrosheets/sheet1.xml": b"<x/>"}), "macro"),
    "binary": (lambda: with_type("application/vnd.ms-excel.sheet.binary.main"), "xlsb"),
    "link to a workbook": (
        lambda: repacked(add={"xl/externalLinks/externalLink1.xml": b"<x/>"}), "liên kết",
    ),
    "link to a database": (lambda: repacked(add={"xl/connections.xml": b"<x/>"}), "liên kết"),
    "link by relation": (
        lambda: with_relation(
            '<Relationship Id="r9" Type="http://x/oleObject" Target="file:///c:/a.xlsx" '
            'TargetMode="External"/>'
        ),
        "liên kết",
    ),
    "doctype": (with_doctype, "DOCTYPE"),
    "unknown compression": (
        lambda: _zip({"[Content_Types].xml": b"<x/>"}, zipfile.ZIP_LZMA), "hỏng",
    ),
    "same part twice": (lambda: repacked(add={"XL/workbook.xml": b"<x/>"}), "hỏng"),
    "broken xml": (lambda: repacked(replace={"xl/workbook.xml": b"<workbook><sheets"}), "hỏng"),
}  # fmt: skip


def _zip(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w", method) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return target.getvalue()


def read_all(content: bytes) -> None:
    """Open the workbook and read every row of every sheet."""
    reader = WorkbookReader(BytesIO(content))
    for part in reader.sheets:
        reader.vet_rows(part)
        for _ in reader.rows(part):
            pass


def test_the_sound_workbook_is_read() -> None:
    read_all(plain())


@pytest.mark.parametrize("name", SMALL)
def test_a_file_is_refused_in_one_sentence(name: str) -> None:
    make, said = SMALL[name]
    with pytest.raises(RefusedError, match=said) as refusal:
        read_all(make())
    assert "\n" not in str(refusal.value)
    assert str(refusal.value).endswith(".")


def test_a_link_to_a_web_page_is_no_external_link() -> None:
    read_all(
        with_relation(
            '<Relationship Id="r9" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
            'relationships/hyperlink" Target="mailto:a@b.vn" TargetMode="External"/>'
        )
    )


def test_parts_with_prefixed_elements_are_read() -> None:
    """As some programs write them: <x:row> for <row>."""
    content = repacked(
        edit=lambda name, part: (
            part.replace(b"<", b"<x:")
            .replace(b"<x:/", b"</x:")
            .replace(b"<x:?", b"<?")
            .replace(b"xmlns=", b"xmlns:x=")
            if "sheet1" in name
            else part
        )
    )
    reader = WorkbookReader(BytesIO(content))
    assert [len(row.cells) for row in reader.rows(reader.sheets[0])] == [4, 3]


def test_any_damage_is_told_and_nothing_else_goes_wrong() -> None:
    """Bytes changed at random: either still readable, or refused."""
    chance = random.Random(5)
    sound = plain()
    for _ in range(300):
        content = bytearray(sound)
        for _ in range(chance.randint(1, 8)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        with suppress(RefusedError):
            read_all(bytes(content))


# --- time and memory -------------------------------------------------------------------------

_MEASURE = """
import sys, time
sys.path.insert(0, sys.argv[2])
from exchange.cells import WorkbookReader
from exchange.package import RefusedError
started = time.process_time()
try:
    with open(sys.argv[1], "rb") as file:
        reader = WorkbookReader(file)
        for part in reader.sheets:
            reader.vet_rows(part)
        for part in reader.sheets:
            for row in reader.rows(part):
                pass
    said = "read"
except RefusedError as refusal:
    said = str(refusal)
# Not getrusage: its figure counts what the parent had before the program began.
with open("/proc/self/status") as status:
    most = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
print(f"{time.process_time() - started:.1f}|{most / 1024:.0f}|{said}")
"""


def measured(path: Path) -> tuple[float, float, str]:
    """CPU seconds, megabytes at most, and what was said, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", _MEASURE, str(path), str(ROOT)],
        capture_output=True, text=True, check=True, timeout=300,
    )  # fmt: skip
    seconds, memory, said = done.stdout.strip().split("|")
    return float(seconds), float(memory), said


def streamed(path: Path, parts: dict[str, Iterable[bytes]]) -> Path:
    """The sound workbook with these parts written piece by piece."""
    with zipfile.ZipFile(BytesIO(plain())) as old, zipfile.ZipFile(
        path, "w", zipfile.ZIP_DEFLATED, compresslevel=1
    ) as new:  # fmt: skip
        for name in old.namelist():
            content = old.read(name)
            if name == "xl/_rels/workbook.xml.rels":
                content = content.replace(b"</Relationships>", SHARED + b"</Relationships>")
            if name not in parts:
                new.writestr(name, content)
        for name, pieces in parts.items():
            with new.open(name, "w", force_zip64=True) as part:
                for piece in pieces:
                    part.write(piece)
    return path


SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"
STYLES = "xl/styles.xml"
SHARED = b'<Relationship Id="s" Type="http://x/sharedStrings" Target="sharedStrings.xml"/>'
HEAD = b'<?xml version="1.0"?><worksheet><sheetData>'


def rows(count: int) -> Iterable[bytes]:
    """A sheet of so many rows."""
    yield HEAD
    for first in range(1, count + 1, 1000):
        yield b"".join(
            b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (row, row)
            for row in range(first, min(first + 1000, count + 1))
        )
    yield b"</sheetData></worksheet>"


def around(before: bytes, piece: bytes, times: int, after: bytes = b"") -> Iterable[bytes]:
    """A part made of one piece many times."""
    yield before
    for _ in range(times):
        yield piece
    yield after


# The part that is replaced, by what, and a word of what is said; "read" where it is only large.
HOSTILE: dict[str, tuple[str, Callable[[], Iterable[bytes]], str]] = {
    "zip bomb": (SHEET, lambda: around(b"", b" " * MEGABYTE, 300), "200 MB"),
    "too many rows": (SHEET, lambda: rows(200_001), "200.000"),
    "a row too far": (
        SHEET, lambda: around(HEAD, b'<row r="1048576"><c><v>1</v></c></row></sheetData>', 1),
        "200.000",
    ),
    "two million shared strings": (
        STRINGS, lambda: around(b"<sst>", b"<si><t>a</t></si>" * 10_000, 200, b"</sst>"), "read",
    ),
    "one endless string": (
        STRINGS, lambda: around(b"<sst><si><t>", b"a" * MEGABYTE, 150, b"</t></si></sst>"), "read",
    ),
    "one endless attribute": (
        SHEET, lambda: around(HEAD + b'<row r="', b"1" * MEGABYTE, 150, b'"/>'), "hỏng",
    ),
    "one endless column": (
        SHEET, lambda: around(HEAD + b'<row r="1"><c r="', b"A" * MEGABYTE, 3, b'1"/>'), "hỏng",
    ),
    "nested without end": (SHEET, lambda: around(HEAD, b"<a>" * 1000, 3_000), "hỏng"),
    "five million styles": (
        STYLES, lambda: around(b"<styleSheet><cellXfs>", b'<xf numFmtId="1"/>' * 1000, 5_000),
        "định dạng",
    ),
    "a wide row": (
        SHEET, lambda: around(HEAD + b'<row r="1">', b"<c><v>1</v></c>" * 1000, 20), "hỏng",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_costs_little(name: str, tmp_path: Path) -> None:
    part, pieces, said = HOSTILE[name]
    parts = {part: pieces()}
    if part == STRINGS:
        parts[SHEET] = [HEAD, b'<row r="1"><c t="s"><v>0</v></c></row></sheetData></worksheet>']
    seconds, memory, heard = measured(streamed(tmp_path / "hostile.xlsx", parts))
    assert said in heard
    assert memory < 300
    assert seconds < 60  # some seconds at most, on a machine that does nothing else


def test_a_monstrous_table_of_contents_is_not_even_read(tmp_path: Path) -> None:
    path = tmp_path / "hostile.xlsx"
    with path.open("wb") as file:
        file.write(plain())
        file.write(b"\0" * (100 * MEGABYTE))
        end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 9, 9, 100 * MEGABYTE, 1000, 0)
        file.write(end)
    seconds, memory, said = measured(path)
    assert said == package.DAMAGED
    assert memory < 100
    assert seconds < 5


def test_a_declared_size_is_believed_before_anything_is_unpacked() -> None:
    """The table of contents says 4 GB: refused at once, although the part is tiny."""
    content = bytearray(plain())
    place = content.index(b"PK\x01\x02")
    content[place + 24 : place + 28] = struct.pack("<I", 0xFFFF0000)
    started = time.monotonic()
    with pytest.raises(RefusedError, match="200 MB"):
        read_all(bytes(content))
    assert time.monotonic() - started < 2
