"""What the database itself holds of checklists: a version that left the draft stays as it is.

Visits were answered by it. Questions are added and changed only while their checklist is a draft,
and a version in force or retired keeps its title, content, owner and number and becomes no draft
again. That nothing is deleted is for the models alone: emptying all tables must stay possible.
"""

from __future__ import annotations

from typing import Any

from django.db.migrations.operations.base import Operation

_FIXED = ("title", "content_id", "owner_id", "version_number")
# Table of each trigger, and on which events it runs.
_TRIGGERS = {
    "findings_question": ("INSERT", "UPDATE"),
    "findings_checklist": ("UPDATE",),
}


def kept_names() -> list[tuple[str, str]]:
    """Name and table of each trigger."""
    return [
        (f"{table}_kept_{event.lower()}", table)
        for table, events in _TRIGGERS.items()
        for event in events
    ]


class KeepChecklists(Operation):
    """The triggers of this rule.

    SQLite drops those of a table that Django rebuilds, and cannot rebuild one that another's
    trigger names: a migration that changes one of these tables begins with `ReleaseChecklists` and
    ends with this operation (`tests/test_project.py` fails when the triggers are not there).
    """

    reversible = True

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """How a migration file writes this operation."""
        return type(self).__name__, [], {}

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The models do not change."""

    def database_forwards(self, app_label: str, schema_editor: Any, *_: Any) -> None:
        """Make the triggers."""
        self._drop(schema_editor)
        make = _postgresql if schema_editor.connection.vendor == "postgresql" else _sqlite
        for statement in make():
            schema_editor.execute(statement, params=None)

    def database_backwards(self, app_label: str, schema_editor: Any, *_: Any) -> None:
        """Drop the triggers, if they are there."""
        self._drop(schema_editor)

    @staticmethod
    def _drop(schema_editor: Any) -> None:
        for name, table in kept_names():
            on = f" ON {table}" if schema_editor.connection.vendor == "postgresql" else ""
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")

    def describe(self) -> str:
        """What `migrate` prints."""
        return "Checklists stay as they were put in force"


class ReleaseChecklists(KeepChecklists):
    """No triggers from here to the next `KeepChecklists`."""

    def database_forwards(self, app_label: str, schema_editor: Any, *states: Any) -> None:
        """Drop the triggers."""
        self._drop(schema_editor)

    def database_backwards(self, app_label: str, schema_editor: Any, *states: Any) -> None:
        """Make the triggers again."""
        super().database_forwards(app_label, schema_editor, *states)

    def describe(self) -> str:
        """What `migrate` prints."""
        return "Checklists are released"


def _broken(table: str, event: str) -> str:
    """The condition under which a row breaks the rule."""
    if table == "findings_checklist":
        changed = " OR ".join(f"NEW.{column} <> OLD.{column}" for column in _FIXED)
        return f"OLD.status <> 'DRAFT' AND (NEW.status = 'DRAFT' OR {changed})"
    of = "NEW.checklist_id" if event == "INSERT" else "NEW.checklist_id, OLD.checklist_id"
    kept = "SELECT 1 FROM findings_checklist c WHERE c.status <> 'DRAFT' AND"
    return f"EXISTS ({kept} c.id IN ({of}))"


def _sqlite() -> list[str]:
    return [
        f"CREATE TRIGGER {table}_kept_{event.lower()} BEFORE {event} ON {table} "
        f"WHEN {_broken(table, event)} BEGIN SELECT RAISE(ABORT, '{table}_kept'); END"
        for table, events in _TRIGGERS.items()
        for event in events
    ]


def _postgresql() -> list[str]:
    made = []
    for table, events in _TRIGGERS.items():
        for event in events:
            name = f"{table}_kept_{event.lower()}"
            made.append(
                f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger AS $$ BEGIN "
                f"IF {_broken(table, event)} THEN RAISE EXCEPTION '{table}_kept' "
                "USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$ LANGUAGE plpgsql"
            )
            made.append(
                f"CREATE TRIGGER {name} BEFORE {event} ON {table} "
                f"FOR EACH ROW EXECUTE FUNCTION {name}()"
            )
    return made
