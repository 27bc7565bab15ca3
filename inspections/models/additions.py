"""Many items put into a draft at once, as a proposal or a draw brings them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from congvu.trail import mark, mark_all
from inspections.models.items import PlanItem, span_of
from inspections.models.plans import Plan
from units.kin import kin_of
from units.models import Unit


@dataclass(frozen=True)
class Added:
    """What was put into a plan, and a sentence for each unit that was left out."""

    items: list[PlanItem]
    left_out: list[str]


def add_items(
    plan: Plan, wanted: Iterable[tuple[Unit, int]], *, by: User, why: str, **fields: Any
) -> Added:
    """Put units into a draft, each in its month (1–12), to be inspected by the issuer.

    `why` is told in the plan's trail; `fields` are further fields of the items, such as `form`.
    Left out is a unit for which the plan has an item already, by lineage too, and one that is not
    in force all its month. Raises `ValidationError` for a plan that is no draft.
    """
    with transaction.atomic():
        held = plan.hold()
        if refusal := PlanItem(plan=held).why_not_edited():
            raise ValidationError(refusal)
        pairs = list(wanted)
        kin = kin_of(unit.pk for unit, _ in pairs)
        rows = PlanItem.objects.filter(plan=plan).order_by()
        planned = set(rows.values_list("unit", flat=True))
        items: list[PlanItem] = []
        left_out: list[str] = []
        line = PlanItem.next_line(plan)
        for unit, month in pairs:
            first, last = span_of(plan.year, month=month)
            item = PlanItem(
                plan=held, unit=unit, body=plan.issuer, line=line + len(items),
                first_day=first, last_day=last, **fields,
            )  # fmt: skip
            if not planned.isdisjoint(kin[unit.pk]):
                left_out.append(f"{unit.name}: đã có trong kế hoạch.")
            elif faults := [fault.message for fault in item.faults()]:
                left_out.append(f"{unit.name}: {' '.join(faults)}")
            else:
                planned.add(unit.pk)
                items.append(item)
        PlanItem.objects.bulk_create(items)
        if items:
            mark_all(by, items, "added", [{}] * len(items))
            told = "; ".join(f"{each.line}. {each.unit.name}" for each in items)
            mark(by, held, "changed", note=f"{why}: thêm {len(items)} mục. {told}")
        return Added(items, left_out)
