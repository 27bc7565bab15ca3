"""The sheets `Tồn tại`, `Kiến nghị` and `Gia hạn`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from congvu.dates import format_day
from exchange.layout import EXTENSIONS, FINDINGS, REMEDIES
from exchange.reading.desk import Desk, SheetReader, lots
from exchange.reading.visits import VisitReader
from exchange.tables import Line
from findings.models import Extension, Finding, Remedy
from inspections.models import Round, Visit


class Known(NamedTuple):
    """What other rows must know of a finding or remedy, as the file will leave it."""

    pk: int
    visit_id: int
    in_reach: bool = True


class _OnVisit(SheetReader):
    """A sheet whose records hang on a visit and are told by a code of their own."""

    resolved = frozenset({"round", "unit", "finding"})
    said: str

    def __init__(self, desk: Desk, visits: VisitReader) -> None:
        super().__init__(desk)
        self.visits = visits
        self.by_code: dict[str, Known] = {}
        self._asked: set[str] = set()
        # Ids of stored records that the file names: their rows tell how they will be.
        self.in_file: set[int] = set()

    def load_codes(self, codes: Iterable[str | None]) -> None:
        """Fetch the stored records of these codes."""
        wanted = sorted({code for code in codes if code and code not in self._asked})
        self._asked.update(wanted)
        for lot in lots(wanted):
            rows = self.sheet.model._default_manager.filter(code__in=lot).order_by()
            for pk, code, visit_id, path in rows.values_list(
                "pk", "code", "visit_id", "visit__round__body__path"
            ):
                self.by_code[code] = Known(pk, visit_id, self.desk.in_scope(path))

    def prepare(self, lines: list[Line]) -> None:
        """Visits, and stored records of the same codes."""
        codes = [line.get("code") for line in lines]
        self.visits.load_named(self, lines)
        self.load_codes(codes)
        stored = self.sheet.model._default_manager.filter(
            code__in=[code for code in codes if code in self.by_code]
        ).order_by()
        self._stored = {old[0]: old for _, old in self.values(stored)}

    def take(self, line: Line) -> None:
        """Find the visit, then the record; what is wrong besides a missing part is told too."""
        code = self._own_code(line)
        known = self.by_code.get(code) if code else None
        visit = self.visits.named(self, line)
        given = self.given(line)
        if visit is not None:
            given["visit_id"] = visit.pk
        if code is None:
            self.check(line, given, None)
            return
        if visit is not None:
            pk = known.pk if known else self.desk.provisional_id()
            known = self.by_code[code] = Known(pk, visit.pk)
            self.in_file.add(pk)
        old = self._stored.get(code)
        self.check(line, given, old)
        if line.bad:
            self.suspect.add(code)
        if visit is not None and known is not None:
            self.settle(line, known.pk, given, old)

    def _own_code(self, line: Line) -> str | None:
        """The line's code, unless another row or a record out of scope has it; told then."""
        code: str | None = line.get("code")
        if code is None or self.is_second(line, code, "code", f"{self.said} “{code}”"):
            return None
        known = self.by_code.get(code)
        if known is not None and not known.in_reach:
            self.fault(line, "code", f"{self.said} “{code}” đã được dùng; hãy chọn mã khác.")
            return None
        return code

    def check(self, line: Line, given: dict[str, Any], old: tuple[Any, ...] | None) -> None:
        """Rules beyond those of the cells; may add to what is given."""


class FindingReader(_OnVisit):
    """Findings by code."""

    sheet = FINDINGS
    writes = ("code", "visit_id", "category", "severity", "subject", "content")
    said = "Mã tồn tại"

    def __init__(self, desk: Desk, visits: VisitReader) -> None:
        super().__init__(desk, visits)
        # Stored findings that the file hangs on another visit: their rows.
        self.moved: dict[int, tuple[Line, int]] = {}

    def check(self, line: Line, given: dict[str, Any], old: tuple[Any, ...] | None) -> None:
        """Note a finding that moves to another visit: remedies must not stay behind."""
        if old is not None and "visit_id" in given and old[1] != given["visit_id"]:
            self.moved[self.by_code[old[0]].pk] = (line, given["visit_id"])


class RemedyReader(_OnVisit):
    """Remedies by code; what is refused about them, their model says."""

    sheet = REMEDIES
    writes = (
        "code",
        "visit_id",
        "finding_id",
        "kind",
        "subject",
        "person_name",
        "person_post",
        "discipline_form",
        "due_on",
        "completed_on",
        "report_document",
        "content",
    )
    said = "Mã kiến nghị"

    def __init__(self, desk: Desk, visits: VisitReader, findings: FindingReader) -> None:
        super().__init__(desk, visits)
        self._findings = findings
        self._round = Round()
        self._visit = Visit(round=self._round)
        self._finding = Finding()
        self._scratch = Remedy()

    def prepare(self, lines: list[Line]) -> None:
        """Also the findings that remedies name."""
        super().prepare(lines)
        self._findings.load_codes(line.get("finding") for line in lines)
        # A stored remedy may keep a finding that its row does not name.
        kept = {old[2] for old in self._stored.values() if old[2]}
        rows = Finding.objects.filter(pk__in=kept).values_list("pk", "code", "visit_id")
        self._kept = {pk: (code, visit_id) for pk, code, visit_id in rows}

    def check(self, line: Line, given: dict[str, Any], old: tuple[Any, ...] | None) -> None:
        """Names, discipline and the finding (contract §3, "Refused")."""
        self._read_finding(line, given)
        state = dict(zip(self.writes, old, strict=True)) if old else {}
        # A bad cell says nothing, not even that what is stored stays.
        state |= {name: "" if name in line.bad else value for name, value in given.items()}
        facts = self.visits.rounds.by_code.get(line.get("round") or "")
        # Where the round's last day cannot be told, no form of discipline is measured by it.
        is_told = facts is not None and facts.is_sound and "round" not in line.bad
        self._round.ends_on = facts.ends_on if facts and is_told else date.min
        self._visit.pk = given.get("visit_id")
        self.judge(
            line,
            self._scratch,
            kind=state.get("kind") or "",
            subject=state.get("subject") or "",
            person_name=state.get("person_name") or "",
            discipline_form=state.get("discipline_form") or "",
            visit=self._visit,
            # By which visit it is measured must be known.
            finding=self._finding_of(line, state.get("finding_id")) if self._visit.pk else None,
        )

    def _finding_of(self, line: Line, finding_id: int | None) -> Finding | None:
        """The finding with the visit on which the file leaves it; None where that is open."""
        if finding_id is None:
            return None
        code = line.get("finding")
        if code is not None and code in self._findings.suspect:
            return None
        known = self._findings.by_code.get(code) if code else None
        finding = self._finding
        if known is None:
            finding.code, kept_visit = self._kept[finding_id]
            moved = self._findings.moved.get(finding_id)
            finding.visit_id = moved[1] if moved else kept_visit
        else:
            finding.code, finding.visit_id = code or "", known.visit_id
        return finding

    def _read_finding(self, line: Line, given: dict[str, Any]) -> None:
        if not self.table.has("finding") or "finding" in line.bad:
            return
        code = line.get("finding")
        given["finding_id"] = None
        if code is None:
            return
        finding = self._findings.by_code.get(code)
        if finding is not None and finding.in_reach:
            given["finding_id"] = finding.pk
            return
        line.bad.add("finding")
        if code not in self._findings.suspect and not self._findings.is_broken:
            self.fault(line, "finding", f"Không có tồn tại mang mã “{code}”.")


class ExtensionReader(SheetReader):
    """Extensions by remedy and day of decision."""

    sheet = EXTENSIONS
    writes = ("remedy_id", "decided_on", "due_on", "document")
    resolved = frozenset({"remedy"})

    def __init__(self, desk: Desk, remedies: RemedyReader) -> None:
        super().__init__(desk)
        self._remedies = remedies

    def prepare(self, lines: list[Line]) -> None:
        """Remedies, and the extensions stored for them."""
        codes = {line.get("remedy") for line in lines}
        self._remedies.load_codes(codes)
        known = (self._remedies.by_code.get(code) for code in codes if code)
        stored = Extension.objects.filter(
            remedy_id__in=[each.pk for each in known if each and each.pk > 0]
        ).order_by()
        self._stored = {old[:2]: (pk, old) for pk, old in self.values(stored)}

    def take(self, line: Line) -> None:
        """Find the remedy, then the extension."""
        code, day = line.get("remedy"), line.get("decided_on")
        if code is None:
            return
        remedy = self._remedies.by_code.get(code)
        if remedy is None or not remedy.in_reach:
            line.bad.add("remedy")
            if code not in self._remedies.suspect and not self._remedies.is_broken:
                self.fault(line, "remedy", f"Không có kiến nghị mang mã “{code}”.")
            return
        if day is None:
            return
        identity = (remedy.pk, day)
        said = f"Gia hạn kiến nghị {code} ngày {format_day(day)}"
        if self.is_second(line, identity, "remedy", said):
            return
        pk, old = self._stored.get(identity) or (self.desk.provisional_id(), None)
        self.settle(line, pk, {**self.given(line), "remedy_id": remedy.pk}, old)
