"""A rule that databases word differently: two rows of one key never share a day."""

from __future__ import annotations

from typing import Any

from django.db.migrations.operations.base import Operation


class NoOverlap(Operation):
    """Rows of `table` with equal `key` must have spans `first`–`last` without a common day.

    An empty end is open. PostgreSQL holds this as an exclusion constraint, which can be deferred to
    the end of a transaction; SQLite has none and gets two triggers of the same meaning. SQLite
    drops triggers when Django rebuilds a table: repeat this operation after such a migration
    (`tests/test_project.py` fails until then).
    """

    reversible = True

    def __init__(self, table: str, key: str, first: str, last: str) -> None:
        self.table, self.key, self.first, self.last = table, key, first, last

    @property
    def name(self) -> str:
        """The constraint's name, which the database's error carries."""
        return f"{self.table}_no_overlap"

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """How a migration file writes this operation."""
        return type(self).__name__, [self.table, self.key, self.first, self.last], {}

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The models do not change."""

    def database_forwards(self, app_label: str, schema_editor: Any, *_: Any) -> None:
        """Make the rule."""
        self.database_backwards(app_label, schema_editor)
        t, k, a, b = self.table, self.key, self.first, self.last
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
            schema_editor.execute(
                f"ALTER TABLE {t} ADD CONSTRAINT {self.name} EXCLUDE USING gist "
                f"({k} WITH =, daterange({a}, {b}, '[]') WITH &&) DEFERRABLE INITIALLY IMMEDIATE"
            )
            return
        for event, own in (("INSERT", ""), ("UPDATE", "AND o.id <> NEW.id")):
            of = f"OF {k}, {a}, {b} " if event == "UPDATE" else ""
            schema_editor.execute(
                f"CREATE TRIGGER {self.name}_{event.lower()} BEFORE {event} {of}ON {t} "
                f"WHEN EXISTS (SELECT 1 FROM {t} o WHERE o.{k} = NEW.{k} {own} "
                f"AND COALESCE(o.{a}, '0001-01-01') <= COALESCE(NEW.{b}, '9999-12-31') "
                f"AND COALESCE(NEW.{a}, '0001-01-01') <= COALESCE(o.{b}, '9999-12-31')) "
                f"BEGIN SELECT RAISE(ABORT, '{self.name}'); END"
            )

    def database_backwards(self, app_label: str, schema_editor: Any, *_: Any) -> None:
        """Drop the rule, if it is there."""
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"ALTER TABLE {self.table} DROP CONSTRAINT IF EXISTS {self.name}")
            return
        for event in ("insert", "update"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {self.name}_{event}")

    def describe(self) -> str:
        """What `migrate` prints."""
        return f"Rows of one {self.key} in {self.table} never share a day"
