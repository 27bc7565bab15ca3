"""How far a plan has come: where each of its items stands on a day, derived from rounds and visits.

    progress = progress_of(plan.items.visible_to(user), user, today())
    progress.counts.share_text      # "52,6 %"
    progress.standings[0].state     # ItemState.DONE

An item says nothing of a round, or a visit, that is not in reach of whoever asks: an inspection by
others that is still to come must not leak through the plan that foresees it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q

from congvu.access import Person
from congvu.dates import format_day, today
from congvu.numbers import percent_text
from inspections.models import (
    AdjustmentStatus,
    PlanItem,
    PlanItemQuerySet,
    Round,
    RoundStatus,
    Visit,
)
from inspections.models.item_rows import ADJUSTED
from units.kin import kin_of

# Moved by an adjustment that was issued: what it put in its place stands for it.
_MOVED = Q(dropped_in__status=AdjustmentStatus.ISSUED, replaced_by__isnull=False)


class ItemState(models.TextChoices):
    """Where an item of a plan stands on a day; never stored."""

    DONE = "DONE", "Đã kiểm tra"
    RUNNING = "RUNNING", "Đang kiểm tra"
    LATE = "LATE", "Chậm"
    NOT_BEGUN = "NOT_BEGUN", "Chưa bắt đầu"
    DROPPED = "DROPPED", "Đã bỏ"


STATE_TONES: dict[str, str] = {
    ItemState.DONE: "success",
    ItemState.RUNNING: "info",
    ItemState.LATE: "danger",
    ItemState.NOT_BEGUN: "secondary",
    ItemState.DROPPED: "secondary",
}


@dataclass(frozen=True)
class Standing:
    """One item, where it stands, and what is known of the round that carries it out."""

    item: PlanItem
    state: ItemState
    # The round that decides the state, or that is set up for the item; only one in reach.
    round: Round | None = None
    # First and last day on which the round visited the unit; only of an item that is done.
    first: date | None = None
    last: date | None = None
    # Rounds set up for it that were cancelled, with the reason.
    cancelled: tuple[Round, ...] = ()
    # The scope of whoever reads: why a unit is inspected all the same is for its own side alone.
    scope: tuple[str, ...] = ()

    @property
    def tone(self) -> str:
        """The tone in which the state is shown."""
        return STATE_TONES[self.state]

    @property
    def actual_text(self) -> str:
        """When it was carried out: the days of the visit, or of the round under way."""
        if self.first and self.last:
            days = [format_day(self.first), format_day(self.last)]
            return " – ".join(dict.fromkeys(days))
        if self.state == ItemState.RUNNING and self.round:
            return self.round.days_text
        return ""

    @property
    def detail(self) -> str:
        """What the state does not say: a round is set up, or did not come to this unit."""
        if self.round is None or self.state not in (ItemState.LATE, ItemState.NOT_BEGUN):
            return ""
        if self.round.status == RoundStatus.COMPLETED:
            return f"Cuộc {self.round.code} đã hoàn thành, không thấy lượt kiểm tra đơn vị này"
        return f"Đã lập cuộc {self.round.code}, dự kiến {self.round.days_text}"

    @property
    def reasons(self) -> list[str]:
        """Why it stands otherwise than the plan first said, in sentences (reads `told`)."""
        item = self.item
        found = []
        if item.added_in is not None:
            what = f"{_what_became_of(item)} (điều chỉnh lần {item.added_in.position})"
            found.append(_because(what, item.reason))
        if self.state == ItemState.DROPPED and item.dropped_in is not None:
            dropped = f"Bỏ ở điều chỉnh lần {item.dropped_in.position}"
            found.append(_because(dropped, item.drop_reason))
        found += [
            _because(f"Cuộc {each.code} đã hủy", each.cancel_reason) for each in self.cancelled
        ]
        overlaps = []
        if item.plan.issuer.path.startswith(self.scope):
            overlaps.append(item.overlap_reason)
        if self.round is not None and self.round.body.path.startswith(self.scope):
            overlaps.append(self.round.overlap_reason)
        found += [_because("Trùng cuộc khác", each) for each in dict.fromkeys(overlaps) if each]
        return [*found, self.detail] if self.detail else found


def _what_became_of(item: PlanItem) -> str:
    """What an adjustment did to bring the item here (reads `replaces`)."""
    if item.replaces is None:
        return "Bổ sung"
    before = item.replaces.when_text
    return "Sửa, không đổi thời gian" if before == item.when_text else f"Dời từ {before}"


def _because(what: str, why: str) -> str:
    return f"{what}: {why}" if why else what


@dataclass(frozen=True)
class Counts:
    """How many items stand where; those that were dropped are not in force any more."""

    done: int = 0
    running: int = 0
    late: int = 0
    not_begun: int = 0
    dropped: int = 0

    @property
    def in_force(self) -> int:
        """Items that the plan still foresees."""
        return self.done + self.running + self.late + self.not_begun

    @property
    def share_text(self) -> str:
        """The share done of the items in force: 91,7 %; a dash where there are none."""
        return percent_text(self.done, self.in_force)

    def of(self, state: ItemState) -> int:
        """The number of items in that state."""
        number: int = getattr(self, state.name.lower())
        return number


def count(standings: Iterable[Standing]) -> Counts:
    """Items by state."""
    numbers = dict.fromkeys((state.name.lower() for state in ItemState), 0)
    for each in standings:
        numbers[each.state.name.lower()] += 1
    return Counts(**numbers)


@dataclass(frozen=True)
class Progress:
    """The items of a plan as they stand on a day, in the order of the queryset."""

    on: date
    standings: tuple[Standing, ...]

    @property
    def counts(self) -> Counts:
        """How many stand where."""
        return count(self.standings)


def told(items: PlanItemQuerySet) -> PlanItemQuerySet:
    """With all that a table of items tells of each, in a fixed number of queries."""
    parts = ("unit", "body", "added_in", "replaces", "plan__issuer")
    return items.select_related(*parts).prefetch_related("unit__former_names", "body__former_names")


def progress_of(items: PlanItemQuerySet, person: Person, on: date) -> Progress:
    """Where each of the items stands on that day. Four queries and those that `items` prefetches.

    `items` is scoped by the caller; what an issued adjustment replaced, and what is only being
    prepared, is left out. Of rounds and visits only those in the person's reach are looked at.

    Done: a completed round of the item visited the unit, or one that is the same by lineage. Else
    running: a round of the item is under way. Else late when its last day is past, or not begun.
    On a past day nothing counts that happened later, as far as the days of the records tell.
    """
    rows = items.filter(ADJUSTED).exclude(_MOVED).select_related("dropped_in")
    found = list(rows)
    links = _rounds_of(rows, person)
    visits = _visits_of(rows, person)
    kin = kin_of(item.unit_id for item in found if item.pk in links)
    known = on if on < today() else date.max
    standings = (
        _stand(item, links.get(item.pk, []), visits, kin.get(item.unit_id, frozenset()), on, known)
        for item in found
    )
    return Progress(on, tuple(replace(each, scope=person.scope_paths) for each in standings))


def _rounds_of(rows: PlanItemQuerySet, person: Person) -> dict[int, list[Round]]:
    """By item: its rounds in reach, the earliest first."""
    links: Any = Round.items.through.objects.filter(
        planitem__in=rows.order_by().values("pk"),
        round__in=Round.objects.visible_to(person).order_by().values("pk"),
    )
    by_item: dict[int, list[Round]] = defaultdict(list)
    for link in links.select_related("round__body").order_by("round__starts_on", "round"):
        by_item[link.planitem_id].append(link.round)
    return by_item


def _visits_of(rows: PlanItemQuerySet, person: Person) -> dict[int, list[tuple[int, date]]]:
    """By round: unit and day of its visits in reach."""
    by_round: dict[int, list[tuple[int, date]]] = defaultdict(list)
    visits = Visit.objects.visible_to(person).filter(
        round__in=Round.objects.filter(items__in=rows.order_by().values("pk")).values("pk")
    )
    for round_, unit, day in visits.order_by().values_list("round_id", "unit_id", "visited_on"):
        by_round[round_].append((unit, day))
    return by_round


def _stand(
    item: PlanItem,
    rounds: list[Round],
    visits: dict[int, list[tuple[int, date]]],
    kin: frozenset[int],
    on: date,
    known: date,
) -> Standing:
    cancelled = tuple(each for each in rounds if each.status == RoundStatus.CANCELLED)
    if item.is_over:
        return Standing(item, ItemState.DROPPED, cancelled=cancelled)
    done: list[tuple[date, date, Round]] = []
    running, ahead = [], []
    for each in rounds:
        days = [day for unit, day in visits.get(each.pk, ()) if unit in kin]
        past = [day for day in days if day <= known]
        if each.status == RoundStatus.COMPLETED and past:
            done.append((min(past), max(past), each))
        elif each.starts_on <= known and (
            each.status == RoundStatus.IN_PROGRESS
            or (each.status == RoundStatus.COMPLETED and days)
        ):
            running.append(each)
        elif each.status == RoundStatus.SCHEDULED or (
            each.status == RoundStatus.COMPLETED and not days
        ):
            ahead.append(each)
    if done:
        first, last, round_ = min(done, key=lambda each: each[:2])
        return Standing(item, ItemState.DONE, round_, first, last, cancelled)
    if running:
        return Standing(item, ItemState.RUNNING, running[0], cancelled=cancelled)
    # A round that may still come says more than one that went elsewhere.
    ahead.sort(key=lambda each: each.status == RoundStatus.COMPLETED)
    state = ItemState.LATE if item.last_day < on else ItemState.NOT_BEGUN
    return Standing(item, state, ahead[0] if ahead else None, cancelled=cancelled)
