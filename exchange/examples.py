"""A few of the records that an import would add or change, in words, for whoever confirms it."""

from __future__ import annotations

from typing import Any

from django.db import models

from congvu.templatetags.congvu_ui import in_words
from exchange.analysis import Analysis, Change
from exchange.layout import SHEET_BY_KEY, Sheet
from exchange.writing import NAMED, concrete, names_of, references_named

_SHOWN = 5


def sheet_summaries(analysis: Analysis) -> list[dict[str, Any]]:
    """By sheet: counts, and the first records that would be added or changed."""
    return [
        {
            "key": key,
            "title": SHEET_BY_KEY[key].title,
            "added": tally.added,
            "changed": tally.changed,
            "unchanged": tally.unchanged,
            "examples": _examples(analysis, SHEET_BY_KEY[key]),
        }
        for key, tally in analysis.tallies.items()
    ]


def _examples(analysis: Analysis, sheet: Sheet) -> list[dict[str, Any]]:
    changes = analysis.changes.get(sheet.key, [])
    changed = [each for each in changes if each.old is not None][:_SHOWN]
    added = [each for each in changes if each.old is None][:_SHOWN]
    return [_example(analysis, sheet, change) for change in changed + added]


def _example(analysis: Analysis, sheet: Sheet, change: Change) -> dict[str, Any]:
    differences = [
        [
            _heading(sheet, name),
            _words(analysis, sheet, name, old),
            _words(analysis, sheet, name, new),
        ]
        for name, old, new in zip(names_of(sheet), change.old or (), change.new, strict=False)
        if old != new
    ]
    identity = {"round": "visit_id", "unit": "unit_id"}
    names = [
        name
        for name in names_of(sheet)
        if name.removesuffix("_id") in sheet.identity or name == identity.get(sheet.key)
    ]
    values = dict(zip(names_of(sheet), change.new, strict=True))
    label = " · ".join(
        said for name in names if (said := _words(analysis, sheet, name, values[name]))
    )
    return {"row": change.row, "label": label, "changes": differences}


def _heading(sheet: Sheet, name: str) -> str:
    field = name.removesuffix("_id")
    for column in sheet.columns:
        if column.field == field:
            return column.heading
    label = str(concrete(sheet.model, name).verbose_name)
    return label[:1].upper() + label[1:]


def _words(analysis: Analysis, sheet: Sheet, name: str, value: Any) -> str:
    """A value as a person reads it: codes by their labels, other records by their names."""
    field = concrete(sheet.model, name)
    if field.is_relation and value is not None:
        if value < 0:
            return _name_of_new(analysis, field, value)
        return references_named(field, {value}).get(value, "")
    if field.choices and value:
        return str(dict(field.flatchoices).get(value, value))
    return in_words(value)


def _name_of_new(analysis: Analysis, field: models.Field[Any, Any], pk: int) -> str:
    """What a record is called that the same file adds."""
    if pk in analysis.new_teams:
        return analysis.new_teams[pk][1]
    for key, changes in analysis.changes.items():
        sheet = SHEET_BY_KEY[key]
        if sheet.model is not field.related_model:
            continue
        attribute = NAMED.get(sheet.model)
        if attribute is None:
            break
        place = names_of(sheet).index(attribute)
        for change in changes:
            if change.pk == pk:
                return str(change.new[place])
    return "(mới)"
