"""Reading a workbook: everything that is wrong with it, and everything that it would change.

Contract §3. Reading never writes. What the file says and what the database has are taken together:
the rules hold for the state in which the import would leave the whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO

from congvu.access import Person
from congvu.text import clean, fold
from exchange.analysis import Analysis
from exchange.cells import WorkbookReader
from exchange.layout import OWN_TITLES, SHEETS, Sheet
from exchange.package import refuse
from exchange.reading.desk import Desk, Progress, SheetReader
from exchange.reading.findings import ExtensionReader, FindingReader, RemedyReader
from exchange.reading.plans import PlanReader
from exchange.reading.returns import ReturnReader
from exchange.reading.rounds import RoundReader
from exchange.reading.stored import StoredChecks
from exchange.reading.successions import SuccessionReader
from exchange.reading.units import UnitReader
from exchange.reading.visits import VisitReader
from exchange.tables import Table

_NO_SHEET = "Tệp không có trang nào của mẫu (Đơn vị, Kế hoạch, Cuộc kiểm tra …); hãy dùng tệp mẫu."

READERS: dict[str, type[SheetReader]] = {
    reader.sheet.key: reader
    for reader in (
        UnitReader,
        SuccessionReader,
        PlanReader,
        RoundReader,
        VisitReader,
        FindingReader,
        RemedyReader,
        ExtensionReader,
        ReturnReader,
    )
}


def read(
    file: IO[bytes],
    scope: Person | None = None,
    *,
    locking: bool = False,
    progress: Progress | None = None,
) -> Analysis:
    """What the workbook would change, or what is wrong with it.

    `scope` bounds what may be touched to that person's; without it nothing is bounded. `locking`
    holds the rows that are compared, for an import that follows in the same transaction. Raises
    `RefusedError` for a file that is refused as a whole.
    """
    analysis = Analysis()
    desk = Desk(analysis, scope, locking=locking, progress=progress)
    open_tables(WorkbookReader(file), desk, SHEETS, _NO_SHEET)

    units = UnitReader(desk)
    successions = SuccessionReader(desk)
    plans = PlanReader(desk)
    rounds = RoundReader(desk, plans)
    visits = VisitReader(desk, rounds)
    findings = FindingReader(desk, visits)
    remedies = RemedyReader(desk, visits, findings)
    extensions = ExtensionReader(desk, remedies)
    returns = ReturnReader(desk)
    in_order: tuple[SheetReader, ...] = (
        units,
        successions,
        plans,
        rounds,
        visits,
        findings,
        remedies,
        extensions,
        returns,
    )
    for reader in in_order:
        if reader.sheet.key in desk.tables:
            reader.read()
    StoredChecks(desk, units, rounds, visits, findings, remedies, returns).run()
    analysis.new_teams = rounds.new_teams
    return analysis


def open_tables(book: WorkbookReader, desk: Desk, sheets: Sequence[Sheet], missing: str) -> None:
    """Find these sheets of the layout among those of the workbook, in the layout's order.

    A workbook that has none of them is refused with the sentence `missing`.
    """
    analysis = desk.analysis
    wanted = {fold(sheet.title): sheet for sheet in sheets}
    found = {}
    for part in book.sheets:
        count = book.vet_rows(part)
        title = clean(part.title)
        sheet = wanted.get(fold(title))
        if sheet is None:
            if fold(title) not in OWN_TITLES:
                analysis.warnings.append(f"Mẫu không có trang “{title}”; trang này được bỏ qua.")
        elif sheet.key in found:
            analysis.fault(title, 1, 0, f"Trang “{sheet.title}” có hai lần; hãy bỏ một trang.")
        else:
            found[sheet.key] = part
            desk.row_count += max(0, count - 1)
    if not found:
        refuse(missing)
    for sheet in sheets:
        if sheet.key in found:
            desk.tables[sheet.key] = Table(book, found[sheet.key], sheet, analysis)
