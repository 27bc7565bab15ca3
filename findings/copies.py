"""What the database itself copies from a round and its visit onto each finding and remedy.

Lists and roll-ups ask of every finding and remedy who conducted its round, whether that is over,
when it ended, and which unit was visited. Joined, one province's ten years of them cost three to
six times as much. So these four facts stand on the records too, and triggers keep them true
whoever writes, and however: no code fills them, and none has to think of them.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.migrations.operations.base import Operation

from units.models import Unit

COLUMNS = ("round_body_id", "round_status", "round_ends_on", "visit_unit_id")
TABLES = ("findings_finding", "findings_remedy")
# After these columns changed, the records hanging on the row are told.
_SOURCES = {
    "inspections_round": ("body_id, status, ends_on", "round_id"),
    "inspections_visit": ("round_id, unit_id", "id"),
}


class CopiedFromRound(models.Model):
    """The copies as columns to filter, sort and count by; read the round itself for anything else.

    A record in memory has them as they were when it was read; nothing that is written to them here
    stays.
    """

    # The originals are under the constraint; a copy needs none.
    round_body = models.ForeignKey(
        Unit,
        models.DO_NOTHING,
        related_name="+",
        null=True,
        editable=False,
        db_constraint=False,
        db_index=False,
    )
    round_status = models.CharField(max_length=15, null=True, editable=False)  # noqa: DJ001  # until the trigger has run
    round_ends_on = models.DateField(null=True, editable=False)
    visit_unit = models.ForeignKey(
        Unit,
        models.DO_NOTHING,
        related_name="+",
        null=True,
        editable=False,
        db_constraint=False,
        db_index=False,
    )

    class Meta:
        abstract = True


class CopyFromRound(Operation):
    """The triggers of `CopiedFromRound`, and the copies of the rows that are there.

    A migration that changes findings, remedies, rounds or visits begins with `PauseCopies` and ends
    with this operation: SQLite rebuilds a table to change it, and PostgreSQL refuses to change a
    column that a trigger names (`tests/test_project.py` fails when the triggers are not there).
    """

    reversible = True

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """How a migration file writes this operation."""
        return type(self).__name__, [], {}

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The models do not change."""

    def database_forwards(self, app_label: str, schema_editor: Any, *_: Any) -> None:
        """Make the triggers and fill the copies."""
        self._drop(schema_editor)
        make = _postgresql if schema_editor.connection.vendor == "postgresql" else _sqlite
        for statement in make():
            schema_editor.execute(statement, params=None)
        for table in TABLES:
            schema_editor.execute(f"UPDATE {table} SET visit_id = visit_id")

    def database_backwards(self, app_label: str, schema_editor: Any, *_: Any) -> None:
        """Drop the triggers, if they are there."""
        self._drop(schema_editor)

    @staticmethod
    def _drop(schema_editor: Any) -> None:
        for name, table in trigger_names():
            on = f" ON {table}" if schema_editor.connection.vendor == "postgresql" else ""
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")

    def describe(self) -> str:
        """What `migrate` prints."""
        return "Findings and remedies carry copies of their round's facts"


class PauseCopies(CopyFromRound):
    """No triggers from here to the next `CopyFromRound`."""

    def database_forwards(self, app_label: str, schema_editor: Any, *states: Any) -> None:
        """Drop the triggers."""
        self._drop(schema_editor)

    def database_backwards(self, app_label: str, schema_editor: Any, *states: Any) -> None:
        """Make the triggers again."""
        super().database_forwards(app_label, schema_editor, *states)

    def describe(self) -> str:
        """What `migrate` prints."""
        return "Copies of rounds' facts pause"


def trigger_names() -> list[tuple[str, str]]:
    """Name and table of each trigger; on SQLite those of `TABLES` are two, for new and changed."""
    names = [(f"{table}_copy_{event}", table) for table in TABLES for event in ("new", "changed")]
    return [*names, *((f"{source}_copied", source) for source in _SOURCES)]


def _postgresql() -> list[str]:
    """A row is filled before it is written; a changed source has the rows on it written again.

    The round is held while a row takes its facts: whoever completes it meanwhile waits, and then
    finds the row.
    """
    facts = "r.body_id, r.status, r.ends_on, v.unit_id"
    made = [
        f"""CREATE OR REPLACE FUNCTION findings_copy_round() RETURNS trigger AS $$
        BEGIN
            SELECT {facts} INTO {", ".join(f"NEW.{column}" for column in COLUMNS)}
            FROM inspections_visit v JOIN inspections_round r ON r.id = v.round_id
            WHERE v.id = NEW.visit_id FOR SHARE;
            RETURN NEW;
        END $$ LANGUAGE plpgsql"""
    ]
    for table in TABLES:
        for name, event in (
            ("new", "INSERT"),
            ("changed", f"UPDATE OF visit_id, {', '.join(COLUMNS)}"),
        ):
            made.append(
                f"CREATE TRIGGER {table}_copy_{name} BEFORE {event} ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION findings_copy_round()"
            )
    for source, (columns, key) in _SOURCES.items():
        touched = " ".join(
            f"UPDATE {table} SET visit_id = visit_id WHERE visit_id IN "
            f"(SELECT id FROM inspections_visit WHERE {key} = NEW.id);"
            for table in TABLES
        )
        made.append(
            f"CREATE OR REPLACE FUNCTION {source}_copied() RETURNS trigger AS $$ "
            f"BEGIN {touched} RETURN NULL; END $$ LANGUAGE plpgsql"
        )
        differ = " OR ".join(
            f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in columns.split(", ")
        )
        made.append(
            f"CREATE TRIGGER {source}_copied AFTER UPDATE OF {columns} ON {source} "
            f"FOR EACH ROW WHEN ({differ}) EXECUTE FUNCTION {source}_copied()"
        )
    return made


def _sqlite() -> list[str]:
    """A row is filled right after it was written; a changed source fills the rows on it again."""

    def fill(table: str, which: str) -> str:
        return (
            f"UPDATE {table} SET ({', '.join(COLUMNS)}) = "
            "(SELECT r.body_id, r.status, r.ends_on, v.unit_id FROM inspections_visit v "
            f"JOIN inspections_round r ON r.id = v.round_id WHERE v.id = {table}.visit_id) "
            f"WHERE {which};"
        )

    made = []
    for table in TABLES:
        for name, event in (
            ("new", "INSERT"),
            ("changed", f"UPDATE OF visit_id, {', '.join(COLUMNS)}"),
        ):
            made.append(
                f"CREATE TRIGGER {table}_copy_{name} AFTER {event} ON {table} "
                f"BEGIN {fill(table, 'id = NEW.id')} END"
            )
    for source, (columns, key) in _SOURCES.items():
        on_it = f"visit_id IN (SELECT id FROM inspections_visit WHERE {key} = NEW.id)"
        told = " ".join(fill(table, on_it) for table in TABLES)
        made.append(
            f"CREATE TRIGGER {source}_copied AFTER UPDATE OF {columns} ON {source} BEGIN {told} END"
        )
    return made
