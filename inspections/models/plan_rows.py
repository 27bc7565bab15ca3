"""Which plans: by who asks, by what was issued, with the numbers of what hangs on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from congvu.access import Person
from inspections.models.codes import PlanStatus
from units.models import under

if TYPE_CHECKING:
    from inspections.models.plans import Plan  # noqa: F401  # read by mypy in the base class

# Plans that were issued: they have a number, and rounds carry them out.
ISSUED = (PlanStatus.ISSUED, PlanStatus.CLOSED)


class PlanQuerySet(models.QuerySet["Plan"]):
    """Plans, by who asks."""

    def visible_to(self, person: Person) -> Self:
        """Plans of issuers in scope; of others those issued that bodies in scope carry out.

        A body carries out a plan when a round of it does, or when the plan gives it an item.
        """
        if not person.may("plans.view"):
            return self.none()
        rounds = self.model._default_manager.filter(under(person.scope_paths, "rounds__body__"))
        # An item that an adjustment only prepares tells nobody yet.
        in_force = Q(items__added_in__isnull=True) | Q(items__added_in__status="ISSUED")
        items = self.model._default_manager.filter(
            in_force, under(person.scope_paths, "items__body__"), status__in=ISSUED
        )
        return self.filter(
            under(person.scope_paths, "issuer__")
            | Q(pk__in=rounds.values("pk"))
            | Q(pk__in=items.values("pk"))
        )

    def editable_by(self, person: Person) -> Self:
        """Plans that the person may change: of issuers in scope."""
        if not person.may("plans.change"):
            return self.none()
        return self.filter(under(person.scope_paths, "issuer__"))

    def issued(self) -> Self:
        """Those that were issued; a workbook knows no others."""
        return self.filter(status__in=ISSUED)

    def counting(self, rounds: models.QuerySet[Any], items: models.QuerySet[Any]) -> Self:
        """Adds how many of those rounds carry out the plan, how many of them are completed, and
        how many of those items it has.

        Takes the rounds and items in reach of whoever asks: a count must not tell of others.
        """
        own = rounds.order_by().filter(plan=OuterRef("pk"))

        def number(found: models.QuerySet[Any]) -> Coalesce:
            counted = found.values("plan").annotate(number=Count("pk")).values("number")
            return Coalesce(Subquery(counted), 0)

        return self.annotate(
            rounds_seen=number(own),
            rounds_completed=number(own.filter(status="COMPLETED")),
            items_seen=number(items.order_by().filter(plan=OuterRef("pk"))),
        )
