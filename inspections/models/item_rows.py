"""Which items: by who asks, and by what is in force."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q

from congvu.access import Person
from inspections.models.codes import AdjustmentStatus
from inspections.models.plan_rows import ISSUED
from inspections.models.teams import own_teams
from units.models import under

if TYPE_CHECKING:
    from inspections.models.items import PlanItem


class PlanItemQuerySet(models.QuerySet["PlanItem"]):
    """Items, by who asks and by what is in force."""

    def visible_to(self, person: Person) -> Self:
        """Items of plans of issuers in scope; issued ones of bodies in scope and of own teams.

        Nobody else: an item may announce what the unit must not know beforehand.
        """
        return self.filter(_seen_by(person))

    def in_force(self) -> Self:
        """Items as all issued adjustments left them; what is being prepared changes nothing."""
        return self.filter(ADJUSTED & LEFT)

    def stale(self) -> Self:
        """Items whose unit or inspecting body is not in force on all their days."""
        gone = Q()
        for name in ("unit", "body"):
            gone |= Q(**{f"{name}__valid_to__lt": F("last_day")})
            gone |= Q(**{f"{name}__valid_from__gt": F("first_day")})
        return self.filter(gone)

    def as_issued(self) -> Self:
        """Items as the plan was first issued."""
        return self.filter(added_in__isnull=True)


# Not (yet) only part of an adjustment that is being prepared.
ADJUSTED = Q(added_in__isnull=True) | Q(added_in__status=AdjustmentStatus.ISSUED)
# Not dropped by an adjustment that was issued.
LEFT = Q(dropped_in__isnull=True) | ~Q(dropped_in__status=AdjustmentStatus.ISSUED)


def _seen_by(person: Person) -> Q:
    if not person.may("plans.view"):
        return Q(pk__in=[])
    theirs = under(person.scope_paths, "body__") | Q(team__in=own_teams(person))
    issued = Q(plan__status__in=ISSUED) & ADJUSTED
    return under(person.scope_paths, "plan__issuer__") | (theirs & issued)


def items_told_to(person: Person, preparing: int | None = None) -> Q:
    """The condition for items in force of which the person may be told: that, when, by whom.

    Those in reach; of others, those that an issued plan announces to the unit. With `preparing`,
    the id of an adjustment, those that it would leave in force: what it adds is told in reach of
    the issuer alone.
    """
    if not person.may("plans.view"):
        return Q(pk__in=[])
    announced = Q(announced=True, plan__status__in=ISSUED)
    told = ADJUSTED & LEFT & (announced | _seen_by(person))
    if preparing is None:
        return told
    return (told & ~Q(dropped_in=preparing)) | (Q(added_in=preparing) & _seen_by(person))


def seal_of(items: models.QuerySet[PlanItem]) -> str:
    """A short text that is another one when items came, went or were edited; one query."""
    pairs = items.order_by("pk").values_list("pk", "version")
    return hashlib.sha256(repr(list(pairs)).encode()).hexdigest()[:16]
