"""The country that ships with the project, and how it gets into the database.

`fixtures/divisions/` holds provinces, districts and communes before and after 1 July 2025, the
successions between them, and the provinces renamed since. What is in the database already, told by
code and first day, is left as it is: whoever corrected a name, closed a unit or recorded other
heirs keeps that when the command runs again.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, lru_cache
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from congvu.access import Person
from congvu.dates import format_day
from congvu.trail import event
from units.models import FormerName, Kind, Succession, Unit

FOLDER = settings.BASE_DIR / "fixtures" / "divisions"

# From the root down: a parent is always of a level before.
LEVELS = (Kind.PROVINCE, Kind.DISTRICT, Kind.COMMUNE)

Identity = tuple[str, date | None]


@dataclass(eq=False, slots=True)
class Division:
    """A unit as the files have it."""

    code: str
    name: str
    kind: str
    valid_from: date | None
    valid_to: date | None
    parent: Division | None = None

    @property
    def identity(self) -> Identity:
        """What tells units apart (contract §3, "Identity")."""
        return self.code, self.valid_from

    @property
    def root(self) -> Division:
        """The province in which it lies."""
        return self.parent.root if self.parent else self


@dataclass(frozen=True, slots=True)
class Heir:
    """A succession as the files have it."""

    old: Division
    new: Division
    effective_on: date
    kind: str
    is_main: bool


@dataclass(frozen=True, slots=True)
class Rename:
    """A dated new name of a unit that stays."""

    division: Division
    renamed_on: date
    old_name: str
    new_name: str

    @property
    def eve(self) -> date:
        """The last day of the old name."""
        return self.renamed_on - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Country:
    """All that the files hold, or the part of it around some provinces."""

    divisions: list[Division]
    heirs: list[Heir]
    renames: list[Rename]

    def around(self, codes: Iterable[str]) -> Country:
        """Provinces that ever bore the codes, all that succession ties to them, and their units.

        The ties are followed to the end in both directions: a summary of the merged province is
        only complete with all that went into it. Raises `ValidationError` for a code that no
        province bore.
        """
        provinces = [each for each in self.divisions if each.kind == Kind.PROVINCE]
        known = {each.code for each in provinces}
        wanted = set(codes)
        if wanted - known:
            raise ValidationError(
                f"Không có tỉnh nào mang mã {', '.join(sorted(wanted - known))}. "
                f"Các mã tỉnh: {', '.join(sorted(known))}."
            )
        kept = {each for each in provinces if each.code in wanted}
        ties = [heir for heir in self.heirs if heir.old.parent is None]
        size = 0
        while size < len(kept):
            size = len(kept)
            for tie in ties:
                if tie.old in kept or tie.new in kept:
                    kept |= {tie.old, tie.new}
        return Country(
            [each for each in self.divisions if each.root in kept],
            [each for each in self.heirs if each.old.root in kept and each.new.root in kept],
            [each for each in self.renames if each.division.root in kept],
        )


@dataclass
class Loaded:
    """What a run did: how many of each kind were added, out of how many; and what it left alone."""

    added: Counter[str] = field(default_factory=Counter)
    wanted: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)


# --- Reading --------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def read_country(folder: Path = FOLDER) -> Country:
    """The whole country from the files."""
    divisions: list[Division] = []
    parent_codes: list[str] = []
    by_code: dict[str, list[Division]] = {}
    for row in _rows(folder / "units.csv"):
        made = Division(
            row["code"], row["name"], row["kind"], _day(row["valid_from"]), _day(row["valid_to"])
        )
        divisions.append(made)
        parent_codes.append(row["parent_code"])
        by_code.setdefault(made.code, []).append(made)

    def on(code: str, day: date) -> Division:
        for each in by_code[code]:
            if (each.valid_from or date.min) <= day <= (each.valid_to or date.max):
                return each
        raise KeyError(f"{code} on {day}")

    for division, parent_code in zip(divisions, parent_codes, strict=True):
        if parent_code:
            division.parent = on(parent_code, division.valid_from or date.min)
    heirs = []
    for row in _rows(folder / "successions.csv"):
        effective_on = date.fromisoformat(row["effective_on"])
        old = on(row["predecessor_code"], effective_on - timedelta(days=1))
        new = on(row["successor_code"], effective_on)
        heirs.append(Heir(old, new, effective_on, row["kind"], row["is_default"] == "1"))
    by_identity = {division.identity: division for division in divisions}
    renames = [
        Rename(
            by_identity[row["code"], _day(row["valid_from"])],
            date.fromisoformat(row["renamed_on"]),
            row["old_name"],
            row["new_name"],
        )
        for row in _rows(folder / "renames.csv")
    ]
    return Country(divisions, heirs, renames)


@cache
def _renames_by_identity() -> dict[Identity, list[Rename]]:
    found: dict[Identity, list[Rename]] = {}
    for each in sorted(read_country().renames, key=lambda each: each.renamed_on):
        found.setdefault(each.division.identity, []).append(each)
    return found


def renames_of(unit: Unit) -> list[Rename]:
    """How a unit came by its present name, as far as the files know it; oldest first.

    Nothing for a unit that is another by code, first day or kind, or bears another name. A workbook
    has no place for former names: what it says of such a unit is made whole by these.
    """
    found = _renames_by_identity().get((unit.code, unit.valid_from), [])
    if not found or found[-1].new_name != unit.name:
        return []
    return [
        each
        for each in found
        if each.division.kind == unit.kind and unit.covers(each.eve, each.renamed_on)
    ]


# --- Writing --------------------------------------------------------------------------------


def load(country: Country) -> Loaded:
    """Put into the database what it lacks of the country; a second run changes nothing.

    All or nothing: raises `ValidationError` with a sentence for each unit that cannot stand beside
    what is there. The number of statements does not depend on how much is loaded (but for one a
    rename), where the database sets no limit to one statement's size (SQLite does).
    """
    done = Loaded()
    with transaction.atomic():
        units = _add_units(country.divisions, done)
        _add_heirs(country.heirs, units, done)
        _add_renames(country.renames, units, done)
    return done


def _add_units(divisions: list[Division], done: Loaded) -> dict[Identity, Unit]:
    """Add the units that are lacking, level by level; all of the country's units by identity."""
    there = list(Unit.objects.all())
    spans: dict[str, list[Unit]] = {}
    for unit in there:
        spans.setdefault(unit.code, []).append(unit)
    units: dict[Identity, Unit] = {(unit.code, unit.valid_from): unit for unit in there}
    faults: list[str] = []
    for level in LEVELS:
        new: list[Unit] = []
        for each in divisions:
            if each.kind != level:
                continue
            done.wanted[level] += 1
            if each.identity in units:
                continue
            unit = Unit(
                code=each.code,
                name=each.name,
                kind=each.kind,
                parent=units.get(each.parent.identity) if each.parent else None,
                valid_from=each.valid_from,
                valid_to=each.valid_to,
            )
            faults += _faults(unit, spans.get(unit.code, ()))
            new.append(unit)
        if faults:
            raise ValidationError(faults)
        Unit.objects.bulk_create(new)
        Unit.objects.filter(path="").place()
        units |= {(unit.code, unit.valid_from): unit for unit in new}
        done.added[level] += len(new)
        if level == Kind.PROVINCE:
            _mark_provinces(new)
    return units


def _faults(unit: Unit, same_code: Collection[Unit]) -> Iterator[str]:
    """Why the unit cannot stand beside those of its code, or under its parent."""
    where = f"{unit.name} (mã {unit.code}, {unit.span_text})"
    for other in same_code:
        if other.shares_a_day(unit.valid_from, unit.valid_to):
            yield (
                f"{where}: mã này đang thuộc về {other.name} ({other.span_text}). Hãy sửa thời "
                "gian có hiệu lực của đơn vị đó rồi nạp lại."
            )
    for fault in unit.faults():
        yield f"{where}: {fault.message}"


def _mark_provinces(provinces: list[Unit]) -> None:
    """One mark a province: of what came from files, the trail need not say more than that."""
    marks = [
        event(None, unit, "added", note="Nạp từ dữ liệu địa giới hành chính kèm theo chương trình.")
        for unit in provinces
    ]
    if marks:
        type(marks[0]).objects.bulk_create(marks)


def _add_heirs(heirs: list[Heir], units: dict[Identity, Unit], done: Loaded) -> None:
    """Add the successions that are lacking, except where somebody recorded other heirs."""
    shipped: dict[tuple[int, int, date], Heir] = {
        (units[h.old.identity].pk, units[h.new.identity].pk, h.effective_on): h for h in heirs
    }
    there = set(Succession.objects.values_list("predecessor_id", "successor_id", "effective_on"))
    olds = {key[0] for key in shipped}
    taken = {key[0] for key in there - shipped.keys() if key[0] in olds}
    names = {unit.pk: unit.name for unit in units.values()}
    done.notes += [
        f"{names[pk]}: đã có đơn vị kế thừa do người dùng ghi, giữ nguyên." for pk in sorted(taken)
    ]
    new = [
        Succession(
            predecessor_id=key[0],
            successor_id=key[1],
            effective_on=heir.effective_on,
            kind=heir.kind,
            is_main=heir.is_main,
        )
        for key, heir in shipped.items()
        if key not in there and key[0] not in taken
    ]
    Succession.objects.bulk_create(new)
    done.added["successions"] = len(new)
    done.wanted["successions"] = len(shipped)


def _add_renames(renames: list[Rename], units: dict[Identity, Unit], done: Loaded) -> None:
    """Give the dated new names to units that still bear just the name that the files have."""
    done.wanted["renames"] = len(renames)
    renamed = set(
        FormerName.objects.filter(
            unit__in=[units[each.division.identity].pk for each in renames]
        ).values_list("unit_id", flat=True)
    )
    due = [
        each
        for each in renames
        if (unit := units[each.division.identity]).pk not in renamed and unit.name == each.old_name
    ]
    for each in due:
        unit = units[each.division.identity]
        unit.name = each.new_name
        unit.write("name")
    add_former_names(None, [(units[each.division.identity], each) for each in due])
    done.added["renames"] = len(due)


def add_former_names(by: Person | None, due: Collection[tuple[Unit, Rename]]) -> None:
    """Put the old names on record for units that bear the new ones, with a mark for each."""
    FormerName.objects.bulk_create(
        FormerName(unit=unit, name=each.old_name, valid_to=each.eve) for unit, each in due
    )
    marks = [
        event(
            by,
            unit,
            "renamed",
            {"name": (each.old_name, each.new_name)},
            note=f"Từ ngày {format_day(each.renamed_on)}.",
        )
        for unit, each in due
    ]
    if marks:
        type(marks[0]).objects.bulk_create(marks)
