"""The trail of a round together with that of what hangs on it, in one line of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q

from accounts.models import User
from congvu.models import Event
from inspections.models import Round, Visit

# More marks than these are told by number; the pages of the single records have all of them.
SHOWN = 200

# Columns in which persons are named (contract §5: a leader sees them only by permission).
PERSONAL = frozenset({"person_name", "person_post", "answerer", "decision_number", "decision_on"})


@dataclass(frozen=True)
class Mark:
    """One mark and the kind of record that it was left on; the trail's template reads both."""

    event: Event
    model: type[models.Model]
    # Whose mark it is, where that is not the round itself.
    about: str = ""

    @property
    def events(self) -> list[Event]:
        """The mark alone, as `trail_rows` takes it."""
        return [self.event]


@dataclass(frozen=True)
class Trail:
    """The latest marks, oldest first, and how many older ones are left out."""

    marks: list[Mark]
    left_out: int


def trail_of(visits: Sequence[Visit], user: User, *, round_: Round | None = None) -> Trail:
    """Marks of the visits, their findings and remedies, and of the round where it is told.

    Only for the side that inspects: marks name units that the other side may not know of.
    Reads what is prefetched; one query of its own, two where marks are left out.
    """
    watched: list[tuple[type[models.Model], list[int]]] = [
        (Round, [round_.pk] if round_ else []),
        (Visit, [visit.pk for visit in visits]),
    ]
    for name in ("findings", "remedies"):
        model: Any = Visit._meta.get_field(name).related_model  # stands further right
        ids = [each.pk for visit in visits for each in getattr(visit, name).all()]
        watched.append((model, ids))
    kinds = ContentType.objects.get_for_models(*(model for model, _ in watched))
    condition = Q(pk__in=[])
    for model, ids in watched:
        condition |= Q(kind=kinds[model], record_id__in=ids)
    found = Event.objects.filter(condition).select_related("by").order_by("-at", "-pk")
    latest = list(found[: SHOWN + 1])
    left_out = found.count() - SHOWN if len(latest) > SHOWN else 0
    by_kind = {kind.pk: model for model, kind in kinds.items()}
    marks = [_mark(event, by_kind[event.kind_id], user) for event in reversed(latest[:SHOWN])]
    return Trail(marks, left_out)


def _mark(event: Event, model: type[models.Model], user: User) -> Mark:
    if not user.sees_names:
        # A demand of a person rests on papers whose numbers lead to the name.
        hidden = PERSONAL if model in (Round, Visit) else PERSONAL | {"documents"}
        event.changes = {name: pair for name, pair in event.changes.items() if name not in hidden}
    return Mark(event, model, "" if model is Round else event.label)
