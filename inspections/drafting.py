"""Filling a draft from another plan: items moved into its year, units followed to their heirs."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from congvu.trail import mark, mark_all
from inspections.models import Plan, PlanItem, Programme, Schedule, span_of
from units.kin import kin_of
from units.models import Unit

# So many units are named in the sentence.
NAMED = 5


@dataclass(frozen=True)
class Copied:
    """What copying brought: items added, of which units followed to heirs, and those left out."""

    items: list[PlanItem]
    followed: int
    doubled: list[str]
    lost: list[str]

    @property
    def sentence(self) -> str:
        """For the person who copied."""
        parts = [f"Đã chép {len(self.items)} mục."]
        if self.followed:
            parts.append(f"{self.followed} mục chuyển sang đơn vị kế tiếp.")
        if self.doubled:
            parts.append(
                f"{len(self.doubled)} mục không chép vì đơn vị đã có trong dự thảo: "
                f"{_named(self.doubled)}."
            )
        if self.lost:
            parts.append(
                f"{len(self.lost)} mục không chép vì đơn vị hoặc cơ quan kiểm tra đã kết thúc: "
                f"{_named(self.lost)}."
            )
        return " ".join(parts)


def _named(units: list[str]) -> str:
    """The first of them by name; that there are more."""
    return "; ".join(units[:NAMED]) + ("; …" if len(units) > NAMED else "")


def copy_items(source: Plan, plan: Plan, by: User) -> Copied:
    """Add the source's items in force to the draft, and leave a mark on it.

    A unit or body no longer in force in the new year is followed to its heir. One item a unit: a
    unit that the draft has already, by lineage too, is not added again. Teams are set up anew each
    year and are not copied. Raises `ValidationError` when the plan is no draft any more.
    """
    with transaction.atomic():
        held = plan.hold()
        if not held.is_draft:
            raise ValidationError(f"{held.name} không còn là dự thảo nên không thêm mục được.")
        there = list(held.items.values_list("unit_id", flat=True))
        line = PlanItem.next_line(held)
        programmes = _programmes(source, held)
        followed = 0
        doubled: list[str] = []
        lost: list[str] = []
        found: list[tuple[PlanItem, Unit, Unit]] = []
        made: list[PlanItem] = []
        items = source.items.in_force().select_related("unit", "body")
        for item in items.prefetch_related("contents", "programmes").order_by("first_day", "line"):
            first, last = _span(item, held.year)
            unit, body = _heir(item.unit, first, last), _heir(item.body, first, last)
            if unit is None or body is None:
                lost.append((item.unit if unit is None else item.body).name)
                continue
            found.append((item, unit, body))
        kin = kin_of(unit.pk for _, unit, _ in found)
        for item, unit, body in found:
            first, last = _span(item, held.year)
            if not kin[unit.pk].isdisjoint(there):
                # As the source calls it: two communes may have become the one that is there.
                same = unit.pk == item.unit_id
                doubled.append(unit.name if same else f"{item.unit.name} (nay là {unit.name})")
                continue
            there.append(unit.pk)
            followed += unit.pk != item.unit_id
            new = PlanItem(
                plan=held,
                line=line + len(made),
                unit=unit,
                body=body,
                form=item.form,
                announced=item.announced,
                schedule=item.schedule,
                first_day=first,
                last_day=last,
                note=item.note,
            )
            new.full_clean()
            new.save()
            new.contents.set(item.contents.all())
            new.programmes.set(programmes[each.name] for each in item.programmes.all())
            made.append(new)
        mark_all(by, made, "added", [{}] * len(made))
        copied = Copied(made, followed, doubled, lost)
        mark(by, held, "changed", note=f"Từ {source}: {copied.sentence}")
        return copied


def _programmes(source: Plan, plan: Plan) -> dict[str, Programme]:
    """The draft's programmes by name; those of the source are added where they lack."""
    found = {each.name: each for each in plan.programmes.all()}
    for each in source.programmes.all():
        if each.name not in found:
            found[each.name] = plan.programmes.create(
                name=each.name, body=each.body, position=each.position
            )
    return found


def _span(item: PlanItem, year: int) -> tuple[date, date]:
    """The item's days in another year: the same month or quarter, or the same days of it."""
    match item.schedule:
        case Schedule.MONTH:
            return span_of(year, month=item.first_day.month)
        case Schedule.QUARTER:
            return span_of(year, quarter=(item.first_day.month + 2) // 3)
    return _same_day(item.first_day, year), _same_day(item.last_day, year)


def _same_day(day: date, year: int) -> date:
    """29 February becomes the 28th where the year has none."""
    return day.replace(year=year, day=min(day.day, monthrange(year, day.month)[1]))


def _heir(unit: Unit, first: date, last: date) -> Unit | None:
    """The unit itself, or the main heir that is in force from first to last day; else None."""
    if unit.covers(first, last):
        return unit
    return next((heir for heir in unit.heirs_on(first) if heir.covers(first, last)), None)
