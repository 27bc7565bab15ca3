"""What hangs on a plan, asked all at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Count, Exists, ExpressionWrapper, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

if TYPE_CHECKING:
    from inspections.models.plans import Plan


@dataclass(frozen=True)
class Bonds:
    """What hangs on a plan, and so decides which steps it can take."""

    # Whether a round carries it or an item of it out.
    is_carried_out: bool
    has_items: bool
    # How many adjustments there are, and the id of the one being prepared.
    adjustments: int
    open_adjustment: int | None
    has_programmes: bool


def bonds_of(plan: Plan) -> Bonds:
    """What hangs on the plan now; one query."""
    plans = type(plan).objects
    items = plan.items.model.objects.filter(plan=OuterRef("pk")).order_by()
    # What is joined to an item of a draft does not hold the draft.
    carried = items.filter(rounds__isnull=False, plan__status__in=("ISSUED", "CLOSED"))
    rounds = plans.filter(pk=OuterRef("pk"), rounds__isnull=False).order_by()
    adjustments = plan.adjustments.model.objects.filter(plan=OuterRef("pk")).order_by()
    counted = adjustments.values("plan").annotate(number=Count("pk")).values("number")
    found = (
        plans.filter(pk=plan.pk)
        .order_by()
        .values_list(
            ExpressionWrapper(Q(Exists(rounds)) | Q(Exists(carried)), models.BooleanField()),
            Exists(items),
            Coalesce(Subquery(counted), 0),
            Subquery(adjustments.filter(status="DRAFT").values("pk")[:1]),
            Exists(plan.programmes.model.objects.filter(plan=OuterRef("pk")).order_by()),
        )
    )
    return Bonds(*found.get())
