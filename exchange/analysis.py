"""What reading a workbook came to: faults and warnings by cell, and what would be written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from exchange.cells import column_letters
from exchange.layout import Sheet
from exchange.package import refuse

# How a fault ends that says no more than that the code is another's business.
NOT_YOURS = "không thuộc phạm vi của bạn."
# Beyond this many faults nobody reads on, and keeping them would fill the memory.
FAULT_LIMIT = 200_000


class CellFault(NamedTuple):
    """What is wrong at one cell, said as the command prints it: `Sheet!Cell: message`."""

    title: str
    row: int
    place: int  # the column, from 0
    message: str

    @property
    def cell(self) -> str:
        """The cell's address, such as B7."""
        return f"{column_letters(self.place)}{self.row}"

    def __str__(self) -> str:
        return f"{self.title}!{self.cell}: {self.message}"


@dataclass(slots=True)
class Change:
    """One record to add or change.

    `new` and `old` hold the columns that the sheet's reader writes, in its order; `old` is None for
    a record to add, whose `pk`, like every reference to it, is a provisional negative number.
    """

    row: int
    pk: int
    new: tuple[Any, ...]
    old: tuple[Any, ...] | None = None


@dataclass(slots=True)
class Tally:
    """How many records of a sheet are added, changed, and found as they are."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0

    @property
    def total(self) -> int:
        """All rows that name a record."""
        return self.added + self.changed + self.unchanged


@dataclass
class Analysis:
    """The whole of it; holds nothing but what was found, and may be kept."""

    faults: list[CellFault] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    tallies: dict[str, Tally] = field(default_factory=dict)  # by the sheet's key
    changes: dict[str, list[Change]] = field(default_factory=dict)  # by the sheet's key

    # Teams that rounds name and no body has yet: provisional id → (body's id, name).
    new_teams: dict[int, tuple[int, str]] = field(default_factory=dict)

    @property
    def is_sound(self) -> bool:
        """Whether it may be written."""
        return not self.faults

    def fault(self, title: str, row: int, place: int, message: str) -> None:
        """Note a fault; gives up on a file that has hardly a sound cell."""
        if len(self.faults) >= FAULT_LIMIT:
            refuse(f"Tệp có hơn {FAULT_LIMIT // 1000}.000 ô lỗi; hãy xem lại có đúng mẫu không.")
        self.faults.append(CellFault(title, row, place, message))

    def tally(self, sheet: Sheet) -> Tally:
        """The sheet's counts."""
        return self.tallies.setdefault(sheet.key, Tally())

    def in_order(self) -> Iterator[CellFault]:
        """One fault for each bad cell: by sheet as they were met, then by row and column.

        A cell with two things wrong says both, each once (contract §1: one line per bad cell).
        """
        titles: dict[str, int] = {}
        said: dict[tuple[str, int, int], list[str]] = {}
        for title, row, place, message in dict.fromkeys(self.faults):
            titles.setdefault(title, len(titles))
            said.setdefault((title, row, place), []).append(message)
        for title, row, place in sorted(said, key=lambda cell: (titles[cell[0]], *cell[1:])):
            yield CellFault(title, row, place, " ".join(said[title, row, place]))
