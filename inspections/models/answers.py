"""Which items of plans a round carries out, and what else it takes in."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from accounts.models import User
from congvu import trail
from congvu.rules import Ruled
from congvu.trail import mark
from inspections.models.codes import Content, PlanStatus, RoundStatus
from inspections.models.item_rows import PlanItemQuerySet
from inspections.models.items import PlanItem
from units.kin import kin_of

AHEAD = (RoundStatus.SCHEDULED, RoundStatus.IN_PROGRESS)


class Answering(Ruled):
    """A round's items: one round may answer several, of several plans."""

    class Meta:
        abstract = True

    # What `Round` has; declared for those who read the types.
    if TYPE_CHECKING:
        objects: Any
        visits: Any
        items: Any

    def answerable_items(self, user: User) -> PlanItemQuerySet:
        """Items in force of issued plans on units that the round visits; two queries besides."""
        units = kin_of(self.visits.values_list("unit_id", flat=True)).values()
        wanted = Q(unit__in=set().union(*units), plan__status=PlanStatus.ISSUED)
        found = PlanItem.objects.visible_to(user).in_force()
        return (
            found.filter(wanted | Q(pk__in=self.items.values("pk")))
            .select_related("plan", "unit")
            .prefetch_related("programmes")
            .order_by("plan_id", "line")
        )

    def answer(self, items: Iterable[PlanItem], by: User) -> None:
        """Carry out exactly these of the answerable items; what is linked beyond them stays."""
        with transaction.atomic():
            type(self).objects.held(self.pk)
            before = trail.snapshot(self, ["items"])
            # Out of reach, of a draft, or dropped since: not offered, so not taken away either.
            offered = self.answerable_items(by).order_by().values("pk")
            theirs = self.items.exclude(pk__in=offered)
            self.items.set([*theirs, *items])
            if changes := trail.changes_since(before, self):
                mark(by, self, "changed", changes)

    def carry(self, items: Iterable[PlanItem], by: User) -> None:
        """Carry out these items besides, with a mark; call while the round is held.

        Raises `ValidationError` for an item that is no longer in force: an adjustment may just
        have moved it, or its plan been withdrawn.
        """
        wanted = list(items)
        # Held, so that no adjustment is issued in between.
        for plan in {each.plan_id: each.plan for each in wanted}.values():
            plan.hold()
        in_force = PlanItem.objects.in_force().filter(pk__in=[each.pk for each in wanted])
        there = set(in_force.exclude(plan__status=PlanStatus.CLOSED).values_list("pk", flat=True))
        if gone := [each for each in wanted if each.pk not in there]:
            raise ValidationError(f"{gone[0]} không còn hiệu lực; hãy chọn lại mục kế hoạch.")
        before = trail.snapshot(self, ["items"])
        self.items.add(*wanted)
        if changes := trail.changes_since(before, self):
            mark(by, self, "changed", changes)

    def take_in(
        self, by: User, contents: Collection[Content], items: Iterable[PlanItem], note: str = ""
    ) -> None:
        """Join another inspection of its unit to this round; `ValidationError` when it is over.

        Also refused: more contents for a round of which a visit is locked.
        """
        with transaction.atomic():
            held = type(self).objects.held(self.pk)
            if held.status not in AHEAD:
                raise ValidationError(f"Cuộc {held.code} không còn ghép thêm được.")
            more = set(contents) - set(held.contents.all())
            if (more or note) and (refusal := held.why_not_retold()):
                raise ValidationError(refusal)
            added = [*contents, *items]
            held.contents.add(*contents)
            held.items.add(*items)
            held.scope_note = "\n".join(filter(None, (held.scope_note, note)))
            held.write("scope_note")
            mark(by, held, "changed", note=f"Ghép thêm: {'; '.join(map(str, added)) or note}")
