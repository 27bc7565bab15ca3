"""Writing what reading found: all in one transaction, with a mark in the trail for each record.

Whoever wants both calls `import_workbook`: the analysis that is written is always made inside the
transaction that writes it, while no other import runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any

from django.db import IntegrityError, connection, models, transaction
from django.db.models import F

from congvu.access import Person
from congvu.rules import Ruled
from congvu.trail import mark_all
from exchange.analysis import Analysis, Change, Tally
from exchange.layout import PLANS, REMEDIES, SHEETS, SUCCESSIONS, UNITS, Sheet
from exchange.package import RefusedError
from exchange.reading import READERS, read
from exchange.reading.desk import Progress as Told
from exchange.reading.desk import lots
from findings.models import Finding, Progress, Remedy
from inspections.models import Plan, Round, Team, Visit
from reports.models import Return
from units.divisions import add_former_names, renames_of
from units.models import Succession, Unit

# Any number, the same for every import: PostgreSQL lets one transaction hold it.
_LOCK = 7_203_114
CONFLICT = (
    "Dữ liệu vừa được người khác thay đổi trong lúc nhập nên chưa có gì được ghi; hãy nhập lại."
)


class ClashError(RefusedError):
    """Somebody else wrote in between; nothing was written."""


class ChangedSinceError(Exception):
    """What would be written is no longer what was confirmed; nothing was written."""


def import_workbook(
    file: IO[bytes],
    by: Any = None,
    scope: Person | None = None,
    *,
    progress: Told | None = None,
    confirmed: dict[str, Tally] | None = None,
) -> Analysis:
    """Read the workbook and, unless it has faults, write it: all of it or nothing.

    `by` is who imports, None for a command. `confirmed` are the counts that a person agreed to.
    Raises `RefusedError` for a file that is refused as a whole, `ChangedSinceError` when the counts
    are others by now.
    """
    try:
        with transaction.atomic():
            _wait_for_other_imports()
            analysis = read(file, scope, locking=True, progress=progress)
            if confirmed is not None and analysis.tallies != confirmed:
                raise ChangedSinceError
            if analysis.is_sound:
                Writer(analysis, by, progress).write()
                _check_overlaps()
            return analysis
    except IntegrityError as clash:
        # The rules were met when the rows were read: somebody wrote in between.
        raise ClashError(CONFLICT) from clash


def _wait_for_other_imports() -> None:
    """SQLite's transactions wait for each other anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
            # Codes pass from unit to unit: only the outcome must be free of overlaps.
            cursor.execute("SET CONSTRAINTS units_unit_no_overlap DEFERRED")


def _check_overlaps() -> None:
    """Now, and not at the end of a transaction that may hold more than the import."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS units_unit_no_overlap IMMEDIATE")


# What a record's label in the trail is made of, beside the record itself.
_LABEL_PARTS: dict[type[models.Model], dict[str, models.QuerySet[Any]]] = {
    Visit: {"round": Round.objects.only("code"), "unit": Unit.objects.only("name")},
    Return: {"unit": Unit.objects.only("name")},
    Succession: {
        "predecessor": Unit.objects.only("name"),
        "successor": Unit.objects.only("name"),
    },
}
# By what a record is called in the trail's "old → new".
NAMED: dict[type[models.Model], str] = {
    Unit: "name",
    Plan: "number",
    Team: "name",
    Round: "code",
    Finding: "code",
    Remedy: "code",
}


class Writer:
    """Writes an analysis sheet by sheet; provisional numbers become ids as records are added."""

    def __init__(self, analysis: Analysis, by: Any, progress: Told | None = None) -> None:
        self._analysis, self._by = analysis, by
        self._progress = progress
        self._ids: dict[int, int] = {}
        # Related records that the labels of the last lot were made of, by the reference's name.
        self._parts: dict[str, dict[int, Any]] = {}
        self._count = sum(map(len, analysis.changes.values()))
        self._written = 0

    def write(self) -> None:
        """Everything, in an order in which no record comes before one that it points to."""
        for sheet in SHEETS:
            if sheet is PLANS:
                self._add_teams()
            changes = self._analysis.changes.pop(sheet.key, [])
            changed = [each for each in changes if each.old is not None]
            added = [each for each in changes if each.old is None]
            del changes
            if sheet is UNITS:
                self._write_units(changed, added)
                continue
            if sheet is SUCCESSIONS:
                # Nobody has two main heirs, not even while they change places.
                main = names_of(sheet).index("is_main")
                changed.sort(key=lambda each: bool(each.new[main]))
                for is_main in (False, True):
                    self._update([each for each in changed if each.new[main] is is_main], sheet)
            else:
                self._update(changed, sheet)
            if sheet is REMEDIES:
                self._settle_claims(changed)
            self._mark_changed(changed, sheet)
            for lot in lots(added):
                self._add(lot, sheet)

    def _passed(self, sheet: Sheet, records: int) -> None:
        self._written += records
        if self._progress is not None:
            self._progress(f"ghi {sheet.title}", min(self._written, self._count), self._count)

    # --- adding ------------------------------------------------------------------------------

    def _add_teams(self) -> None:
        teams, self._analysis.new_teams = self._analysis.new_teams, {}
        for lot in lots(teams.items()):
            made = [Team(body_id=self._real(body), name=name) for _, (body, name) in lot]
            self._insert(made, [pk for pk, _ in lot])

    def _add(self, changes: list[Change], sheet: Sheet) -> list[Any]:
        records = self._records(changes, sheet)
        self._insert(records, [change.pk for change in changes])
        self._passed(sheet, len(changes))
        return records

    def _records(self, changes: list[Change], sheet: Sheet) -> list[Any]:
        """New records; by place and not by name, which Django takes twice as long for."""
        places = {name: place for place, name in enumerate(names_of(sheet))}
        fields = [
            (each, places.get(each.attname), each.is_relation)
            for each in sheet.model._meta.concrete_fields
        ]
        return [
            sheet.model(
                *(
                    each.get_default()
                    if place is None
                    else self._real(change.new[place])
                    if is_relation
                    else change.new[place]
                    for each, place, is_relation in fields
                )
            )
            for change in changes
        ]

    def _insert(self, records: list[Any], provisional: list[int]) -> None:
        type(records[0])._default_manager.bulk_create(records)
        self._ids.update(zip(provisional, (record.pk for record in records), strict=True))
        self._mark(records, [{} for _ in records])

    # --- changing ----------------------------------------------------------------------------

    def _update(
        self, changes: list[Change], sheet: Sheet, *, only: frozenset[str] | None = None
    ) -> None:
        """Write changed columns; rows that change the same ones go together."""
        alike: dict[tuple[str, ...], list[Change]] = {}
        for change in changes:
            differing = tuple(
                name for name in _differing(change, sheet) if only is None or name in only
            )
            if differing:
                alike.setdefault(differing, []).append(change)
        for differing, group in alike.items():
            for lot in lots(group):
                self._update_lot(lot, sheet, differing)
                self._passed(sheet, len(lot))

    def _update_lot(self, lot: list[Change], sheet: Sheet, differing: tuple[str, ...]) -> None:
        model = sheet.model
        fields = [concrete(model, name) for name in differing]
        # Columns worked out from others (folded text) go along with these.
        fields += [
            each
            for each in model._meta.local_concrete_fields
            if set(getattr(each, "source", ())) & set(differing)
        ]
        records = [model(pk=each.pk, **self._values(each, sheet)) for each in lot]
        for record in records:
            for each in fields:
                each.pre_save(record, add=False)
        names = [each.name for each in fields]
        if issubclass(model, Ruled):
            names.append("version")
            for record in records:
                record.version = F("version") + 1  # type: ignore[attr-defined]  # of a `Ruled`
        model._default_manager.bulk_update(records, names)

    def _settle_claims(self, changed: list[Change]) -> None:
        """Claims of completion do not wait on where the file says that it is done."""
        place = names_of(REMEDIES).index("completed_on")
        done = [c.pk for c in changed if c.old and c.old[place] is None and c.new[place]]
        for lot in lots(done):
            Progress.objects.filter(remedy__in=lot).settle()
        # Whoever verified it before did not verify this day.
        redated = [c.pk for c in changed if c.old and c.old[place] != c.new[place]]
        for lot in lots(redated):
            Remedy.objects.filter(pk__in=lot).update(verified_by=None, settled_in=None)

    # --- units -------------------------------------------------------------------------------

    def _write_units(self, changed: list[Change], added: list[Change]) -> None:
        """Old units first give up the codes that new ones take; superiors come first."""
        own = frozenset(names_of(UNITS)) - {"parent_id"}
        self._update(changed, UNITS, only=own)
        place = names_of(UNITS).index("parent_id")
        waiting = added
        while waiting:
            ready = [each for each in waiting if self._is_known(each.new[place])]
            known = {each.pk for each in ready}
            for lot in lots(ready):
                made: list[Unit] = self._add(lot, UNITS)
                Unit.objects.filter(pk__in=[unit.pk for unit in made]).place()
                # No sheet holds former names; those of the country are known all the same.
                add_former_names(self._by, [(unit, r) for unit in made for r in renames_of(unit)])
            waiting = [each for each in waiting if each.pk not in known]
        moved = [each for each in changed if each.old and each.old[place] != each.new[place]]
        self._update(moved, UNITS, only=frozenset({"parent_id"}))
        _place_again([each.pk for each in moved])
        self._mark_changed(changed, UNITS)

    def _is_known(self, pk: int | None) -> bool:
        return pk is None or pk > 0 or pk in self._ids

    # --- the trail ---------------------------------------------------------------------------

    def _mark_changed(self, changes: list[Change], sheet: Sheet) -> None:
        for lot in lots(changes):
            records = [sheet.model(pk=each.pk, **self._values(each, sheet)) for each in lot]
            self._mark(records, self._told(lot, sheet))

    def _told(self, lot: list[Change], sheet: Sheet) -> list[dict[str, tuple[Any, Any]]]:
        """Old and new value of each changed column; related records by their names."""
        told: list[dict[str, tuple[Any, Any]]] = [{} for _ in lot]
        for place, name in enumerate(names_of(sheet)):
            pairs = [
                (self._real_if(name, c.old[place]), self._real_if(name, c.new[place]))
                if c.old
                else (None, None)
                for c in lot
            ]
            if all(old == new for old, new in pairs):
                continue
            field = concrete(sheet.model, name)
            names = references_named(field, {pk for pair in pairs for pk in pair})
            for entry, (old, new) in zip(told, pairs, strict=True):
                if old != new:
                    entry[field.name] = (names.get(old, old), names.get(new, new))
        return told

    def _real_if(self, name: str, value: Any) -> Any:
        return self._real(value) if name.endswith("_id") else value

    def _mark(self, records: list[Any], told: list[dict[str, tuple[Any, Any]]]) -> None:
        for name, rows in _LABEL_PARTS.get(type(records[0]), {}).items():
            self._relate(records, name, rows)
        mark_all(self._by, records, "imported", told)

    def _relate(self, records: list[Any], name: str, rows: models.QuerySet[Any]) -> None:
        """Prefetch what labels need; what the lot before had is not fetched again."""
        field = records[0]._meta.get_field(name)
        wanted = {getattr(record, field.attname) for record in records}
        known = {pk: part for pk, part in self._parts.get(name, {}).items() if pk in wanted}
        known |= rows.in_bulk(wanted - known.keys())
        self._parts[name] = known
        for record in records:
            field.set_cached_value(record, known[getattr(record, field.attname)])

    # --- values ------------------------------------------------------------------------------

    def _real(self, value: Any) -> Any:
        return self._ids[value] if isinstance(value, int) and value < 0 else value

    def _values(self, change: Change, sheet: Sheet) -> dict[str, Any]:
        return {
            name: self._real_if(name, value)
            for name, value in zip(names_of(sheet), change.new, strict=True)
        }


def names_of(sheet: Sheet) -> tuple[str, ...]:
    """The columns that the sheet's changes hold, in order."""
    return READERS[sheet.key].writes


def _differing(change: Change, sheet: Sheet) -> Iterator[str]:
    for name, old, new in zip(names_of(sheet), change.old or (), change.new, strict=True):
        if old != new:
            yield name


def concrete(model: type[models.Model], name: str) -> models.Field[Any, Any]:
    """The column of that name."""
    return next(each for each in model._meta.local_concrete_fields if each.attname == name)


def references_named(field: models.Field[Any, Any], ids: set[Any]) -> dict[Any, str]:
    """What the records behind these ids are called; nothing for a column that is no reference."""
    model = field.related_model
    if not isinstance(model, type):
        return {}
    rows = model._default_manager.filter(pk__in=[pk for pk in ids if pk is not None])
    if model is Visit:
        return {
            pk: f"{code} – {name}"
            for pk, code, name in rows.values_list("pk", "round__code", "unit__name").order_by()
        }
    return dict(rows.values_list("pk", NAMED[model]).order_by())


def _place_again(moved: list[int]) -> None:
    """Write the paths of units under another superior, and of all below them."""
    parents: dict[int, int | None] = {}
    level = moved
    while level:
        found: dict[int, int | None] = {}
        for lot in lots(level):
            found.update(Unit.objects.filter(pk__in=lot).values_list("pk", "parent_id"))
        parents |= found
        below: list[int] = []
        for lot in lots(found):
            below += Unit.objects.filter(parent_id__in=lot).values_list("pk", flat=True)
        level = [pk for pk in below if pk not in parents]
    outside = {pk for pk in parents.values() if pk is not None} - parents.keys()
    paths = dict(Unit.objects.filter(pk__in=outside).values_list("pk", "path"))

    def path_of(pk: int) -> str:
        if pk not in paths:
            parent = parents[pk]
            paths[pk] = (path_of(parent) if parent else "") + f"{pk}/"
        return paths[pk]

    for lot in lots(parents):
        Unit.objects.bulk_update([Unit(pk=pk, path=path_of(pk)) for pk in lot], ["path"])
