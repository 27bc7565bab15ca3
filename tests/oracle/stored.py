"""A world put into the database without the importer, and read back from it without the summary."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import models

from findings import models as found
from inspections import models as inspected
from reports import models as reported
from tests.oracle.naive import (
    Extension,
    Finding,
    Plan,
    Remedy,
    Return,
    Round,
    Succession,
    Unit,
    Visit,
    World,
)
from tests.oracle.reading import FIGURE_HEADINGS
from units import models as placed

# The naive figure → the column of the same heading.
_COLUMNS = {FIGURE_HEADINGS[heading]: column for column, heading in reported.FIGURES.items()}
# Children first: in this order they can be deleted.
STORED: tuple[type[models.Model], ...] = (
    found.Extension,
    found.Remedy,
    found.Finding,
    inspected.Visit,
    inspected.Round,
    inspected.Team,
    inspected.Plan,
    reported.Return,
    placed.Succession,
    placed.FormerName,
    placed.Unit,
)

R = TypeVar("R")
M = TypeVar("M", bound=models.Model)


def _all(model: type[M], records: list[R], columns: Callable[[R], dict[str, Any]]) -> dict[R, M]:
    """Adds a row for each record."""
    made = [model(**columns(record)) for record in records]
    model._base_manager.bulk_create(made)
    return dict(zip(records, made, strict=True))


def store_units(world: World) -> dict[Unit, placed.Unit]:
    """The units, a level of the tree at a time, so that parents have their paths."""
    units: dict[Unit, placed.Unit] = {}

    def columns(unit: Unit) -> dict[str, Any]:
        return {
            "code": unit.code,
            "name": unit.name,
            "kind": unit.kind,
            "parent": units[unit.parent] if unit.parent else None,
            "valid_from": unit.valid_from,
            "valid_to": unit.valid_to,
        }

    while len(units) < len(world.units):
        waiting = [unit for unit in world.units if unit not in units]
        level = [unit for unit in waiting if unit.parent is None or unit.parent in units]
        new = _all(placed.Unit, level, columns)
        placed.Unit.objects.filter(pk__in=[unit.pk for unit in new.values()]).place()
        units.update(new)
    return units


def store(world: World) -> None:
    """Every record as rows; needs an empty database."""
    units = store_units(world)
    _all(
        placed.Succession,
        world.successions,
        lambda each: {
            "predecessor": units[each.old],
            "successor": units[each.new],
            "effective_on": each.on,
            "kind": each.kind,
            "is_main": each.main,
        },
    )
    plans = _all(
        inspected.Plan,
        world.plans,
        lambda each: {
            "number": each.number,
            "issued_on": each.issued_on,
            "issuer": units[each.issuer],
            "year": each.year,
            "subject": each.subject,
        },
    )
    teams = _all(
        inspected.Team,
        sorted({(each.team, units[each.body].pk) for each in world.rounds if each.team}),
        lambda team: {"name": team[0], "body_id": team[1]},
    )
    rounds = _all(
        inspected.Round,
        world.rounds,
        lambda each: {
            "code": each.code,
            "form": each.form,
            "body": units[each.body],
            "starts_on": each.first,
            "ends_on": each.last,
            "status": each.status,
            "plan": plans[each.plan] if each.plan else None,
            "scope_note": each.content,
            "team": teams.get((each.team, units[each.body].pk)),
        },
    )
    visits = _all(
        inspected.Visit,
        world.visits,
        lambda each: {
            "round": rounds[each.round],
            "unit": units[each.unit],
            "visited_on": each.day,
            "minutes_number": each.minutes,
            "strengths": each.merits,
            "conclusion_number": each.conclusion,
            "concluded_on": each.concluded,
        },
    )
    findings = _all(
        found.Finding,
        world.findings,
        lambda each: {
            "code": each.code,
            "visit": visits[each.visit],
            "category": each.category,
            "severity": each.severity,
            "subject": each.subject,
            "content": each.content,
        },
    )
    remedies = _all(
        found.Remedy,
        world.remedies,
        lambda each: {
            "code": each.code,
            "visit": visits[each.visit],
            "finding": findings[each.finding] if each.finding else None,
            "kind": each.kind,
            "subject": each.subject,
            "person_name": each.name,
            "person_post": each.post,
            "discipline_form": each.form,
            "due_on": each.due,
            "completed_on": each.completed,
            "report_document": each.report,
            "content": each.content,
        },
    )
    _all(
        found.Extension,
        world.extensions,
        lambda each: {
            "remedy": remedies[each.remedy],
            "decided_on": each.decided,
            "due_on": each.due,
            "document": each.document,
        },
    )
    _all(
        reported.Return,
        world.returns,
        lambda each: {
            "unit": units[each.unit],
            "first_day": each.first,
            "last_day": each.last,
            "sent_on": each.sent,
            "status": "ACCEPTED" if each.accepted else "SUBMITTED",
            **{_COLUMNS[figure]: count for figure, count in each.figures.items()},
        },
    )


def fetch() -> World:
    """What the database has, as a world."""
    units = {
        row.pk: Unit(row.code, row.name, row.kind, None, row.valid_from, row.valid_to)
        for row in placed.Unit.objects.all()
    }
    for row in placed.Unit.objects.all():
        units[row.pk].parent = units[row.parent_id] if row.parent_id else None
    plans = {
        row.pk: Plan(row.number, row.issued_on, units[row.issuer_id], row.year, row.subject)
        for row in inspected.Plan.objects.all()
        if row.issued_on
    }
    rounds = {
        row.pk: Round(
            row.code,
            row.form,
            units[row.body_id],
            row.starts_on,
            row.ends_on,
            row.status,
            plans[row.plan_id] if row.plan_id else None,
            row.scope_note,
            row.team.name if row.team else "",
        )
        for row in inspected.Round.objects.all()
    }
    visits = {
        row.pk: Visit(
            rounds[row.round_id],
            units[row.unit_id],
            row.visited_on,
            row.minutes_number,
            row.strengths,
            row.conclusion_number,
            row.concluded_on,
        )
        for row in inspected.Visit.objects.all()
    }
    findings = {
        row.pk: Finding(
            row.code,
            visits[row.visit_id],
            row.category,
            row.severity,
            row.subject,
            row.content,
        )
        for row in found.Finding.objects.all()
    }
    remedies = {
        row.pk: Remedy(
            code=row.code,
            visit=visits[row.visit_id],
            kind=row.kind,
            subject=row.subject,
            finding=findings[row.finding_id] if row.finding_id else None,
            name=row.person_name,
            post=row.person_post,
            form=row.discipline_form,
            due=row.due_on,
            completed=row.completed_on,
            report=row.report_document,
            content=row.content,
        )
        for row in found.Remedy.objects.all()
    }
    return World(
        units=list(units.values()),
        successions=[
            Succession(
                units[row.predecessor_id],
                units[row.successor_id],
                row.effective_on,
                row.kind,
                row.is_main,
            )
            for row in placed.Succession.objects.all()
        ],
        plans=list(plans.values()),
        rounds=list(rounds.values()),
        visits=list(visits.values()),
        findings=list(findings.values()),
        remedies=list(remedies.values()),
        extensions=[
            Extension(remedies[row.remedy_id], row.decided_on, row.due_on, row.document)
            for row in found.Extension.objects.all()
        ],
        returns=[
            Return(
                units[row.unit_id],
                row.first_day,
                row.last_day,
                {figure: getattr(row, column) for figure, column in _COLUMNS.items()},
                row.status == "ACCEPTED",
                row.sent_on,
            )
            for row in reported.Return.objects.all()
        ],
    )


def lines(world: World) -> dict[str, list[tuple[Any, ...]]]:
    """The world's records as sorted rows of plain values, to compare two worlds by."""

    def who(unit: Unit | None) -> str:
        return f"{unit.code} {unit.valid_from}" if unit else ""

    def text(value: str) -> str:
        """Contract §3, "Reading": NFC, spaces at the ends dropped, runs of spaces folded."""
        kept = unicodedata.normalize("NFC", value).split("\n")
        return "\n".join(" ".join(part.split()) for part in kept)

    return {
        "units": sorted(
            (who(e), text(e.name), e.kind, who(e.parent), str(e.valid_to)) for e in world.units
        ),
        "successions": sorted(
            (who(e.old), who(e.new), e.on, e.kind, e.main) for e in world.successions
        ),
        "plans": sorted(
            (e.number, e.issued_on, who(e.issuer), e.year, text(e.subject)) for e in world.plans
        ),
        "rounds": sorted(
            (
                (
                    e.code,
                    e.form,
                    who(e.body),
                    e.first,
                    e.last,
                    e.status,
                    text(e.content),
                    text(e.team),
                ),
                (e.plan.number, who(e.plan.issuer), e.plan.year) if e.plan else (),
            )
            for e in world.rounds
        ),
        "visits": sorted(
            (
                e.round.code,
                who(e.unit),
                e.day,
                text(e.minutes),
                text(e.merits),
                text(e.conclusion),
                str(e.concluded),
            )
            for e in world.visits
        ),
        "findings": sorted(
            (
                e.code,
                e.visit.round.code,
                who(e.visit.unit),
                e.category,
                e.severity,
                e.subject,
                text(e.content),
            )
            for e in world.findings
        ),
        "remedies": sorted(
            (
                e.code,
                e.visit.round.code,
                who(e.visit.unit),
                e.kind,
                e.subject,
                e.finding.code if e.finding else "",
                text(e.name),
                text(e.post),
                e.form,
                str(e.due),
                str(e.completed),
                text(e.report),
                text(e.content),
            )
            for e in world.remedies
        ),
        "extensions": sorted(
            (e.remedy.code, e.decided, e.due, e.document) for e in world.extensions
        ),
        "returns": sorted(
            (who(e.unit), e.first, e.last, str(sorted(e.figures.items())), e.accepted, str(e.sent))
            for e in world.returns
        ),
    }


def empty() -> None:
    """Deletes every record that a workbook can hold."""
    for model in STORED:
        if model is placed.Unit:
            # A parent is protected by its children.
            while placed.Unit.objects.exists():
                placed.Unit.objects.filter(children__isnull=True).delete()
        else:
            model._base_manager.all().delete()


def snapshot() -> dict[str, list[tuple[Any, ...]]]:
    """Every column of every row of those records."""
    return {
        model._meta.label: sorted(model._base_manager.values_list(), key=str) for model in STORED
    }
