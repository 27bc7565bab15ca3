"""The places of a visit to which entries go, one class for each kind.

A slot holds one value, a plain dictionary or None, that several devices may want to write: the
answer to one question, the roll-call of one department, one finding. Every class tells which values
stand in a visit (`all`, by the slot's `ref`), makes a value out of what a device sent (`clean`) and
writes one (`write`). What it writes is judged by the models' own rules.
"""

from __future__ import annotations

from field.slots.base import Slot, Value
from field.slots.facts import AnswerSlot, BeginSlot, RollCallSlot, StrengthsSlot
from field.slots.records import CaseSlot, FindingSlot, PhotoSlot, named, refs_of
from inspections.models import Visit

__all__ = ["SLOTS", "Slot", "Value", "named", "refs_of", "values_of"]

SLOTS: dict[str, Slot] = {
    each.kind: each
    for each in (
        BeginSlot(),
        StrengthsSlot(),
        RollCallSlot(),
        AnswerSlot(),
        FindingSlot(),
        CaseSlot(),
        PhotoSlot(),
    )
}


def values_of(visit: Visit) -> dict[str, Value]:
    """Every slot of the visit in which something stands."""
    return {
        f"{kind}:{ref}": value
        for kind, slot in SLOTS.items()
        for ref, value in slot.all(visit).items()
    }
