"""Zip archives from outside, before they are opened: workbooks and documents are such archives."""

from __future__ import annotations

import re
import struct
from typing import IO

# A workbook or document has some dozens of parts; their list may not fill the memory.
CONTENTS_LIMIT = 2 * 1024 * 1024


def contents_size(file: IO[bytes]) -> int | None:
    """How many bytes the archive's table of contents takes, as it says itself; None: there is none.

    `zipfile` reads that table at once. Every place that could be taken for the end record is looked
    at, so that no decoy helps.
    """
    size = file.seek(0, 2)
    file.seek(max(0, size - 65_557 - 76))
    tail = file.read()
    sizes = [
        struct.unpack_from("<I", tail, found.start() + 12)[0]
        for found in re.finditer(rb"PK\x05\x06", tail)
        if found.start() + 22 <= len(tail)
    ]
    if not sizes:
        return None
    sizes = [each for each in sizes if each != 0xFFFFFFFF]  # then the longer record holds it
    sizes += [
        struct.unpack_from("<Q", tail, found.start() + 40)[0]
        for found in re.finditer(rb"PK\x06\x06", tail)
        if found.start() + 56 <= len(tail)
    ]
    return max(sizes, default=0)
