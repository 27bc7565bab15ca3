"""What a person reads of an overlap: whose inspection it is, when, on what, and how near."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from django.db.models import Exists, OuterRef, Value

from accounts.models import User
from congvu.dates import format_day
from inspections.models import Content, PlanItem, PlanStatus, Round, RoundForm, RoundStatus
from inspections.models.moves import Move
from inspections.overlaps import Asked, Met, days_of, overlaps_of
from units.models import Unit

# Rounds that others may still be joined to.
_AHEAD = (RoundStatus.SCHEDULED, RoundStatus.IN_PROGRESS)


@dataclass(frozen=True)
class Overlap:
    """What a person is told of another inspection; of others' no code, link or reason."""

    met: Met
    unit_name: str
    unit_code: str
    body: Unit
    body_name: str
    days_text: str
    form: str
    state: str
    contents: tuple[str, ...] = ()
    code: str = ""
    url: str | None = None
    reason: str = ""
    # A round that this one may be joined to, or an item that a round may carry out.
    joinable: bool = False

    @property
    def gap_text(self) -> str:
        """How far apart they are, in words."""
        return gap_text(self.met.gap)

    @property
    def sentence(self) -> str:
        """All of it in one line."""
        code = f" ({self.code})" if self.code else ""
        contents = "; ".join(self.contents) or "chưa ghi"
        return (
            f"{self.unit_name}: {self.body_name}, {self.days_text}{code} – {self.gap_text}. Nội "
            f"dung: {contents}."
        )


def gap_text(gap: int) -> str:
    """Days between two inspections, in words."""
    return f"cách {gap} ngày" if gap else "trùng thời gian"


def described(user: User, found: Sequence[Met]) -> list[Overlap]:
    """What the person is told of each of those found, in their order. Four queries."""
    rounds = _rounds(user, {met.pk for met in found if met.is_round})
    items = _items(user, {met.pk for met in found if not met.is_round})
    bodies = {each.body_id for each in (*rounds.values(), *items.values())}
    wanted = bodies | {met.unit for met in found}
    units = {each.pk: each for each in Unit.objects.filter(pk__in=wanted).with_names()}
    contents = _contents(rounds, items)
    return [
        _of_round(user, met, rounds[met.pk], units, contents)
        if met.is_round
        else _of_item(user, met, items[met.pk], units, contents)
        for met in found
        # Somebody may just have taken it away.
        if met.pk in (rounds if met.is_round else items)
    ]


def _rounds(user: User, ids: set[int]) -> dict[int, Any]:
    seen = Round.objects.visible_to(user).filter(pk=OuterRef("pk")).order_by()
    return Round.objects.annotate(seen=Exists(seen)).in_bulk(ids)


def _items(user: User, ids: set[int]) -> dict[int, Any]:
    seen = PlanItem.objects.visible_to(user).filter(pk=OuterRef("pk")).order_by()
    rows = PlanItem.objects.select_related("plan__issuer").annotate(seen=Exists(seen))
    return rows.in_bulk(ids)


def _contents(rounds: Iterable[int], items: Iterable[int]) -> dict[tuple[bool, int], list[str]]:
    """By round or item the contents from the catalogue, in its order."""
    found: dict[tuple[bool, int], list[str]] = defaultdict(list)
    fields = ("position", "pk", "label")
    of_rounds = Content.objects.filter(rounds__in=list(rounds)).order_by()
    of_items = Content.objects.filter(plan_items__in=list(items)).order_by()
    rows = of_rounds.values_list(Value(1), "rounds", *fields).union(
        of_items.values_list(Value(0), "plan_items", *fields)
    )
    for is_round, record, _, _, label in sorted(rows, key=itemgetter(2, 3)):
        found[bool(is_round), record].append(label)
    return found


def _of_round(
    user: User,
    met: Met,
    round_: Any,
    units: dict[int, Unit],
    contents: dict[tuple[bool, int], list[str]],
) -> Overlap:
    unit, body = units[met.unit], units[round_.body_id]
    told = contents.get((True, met.pk), [])
    ours = user.in_scope(body)
    return Overlap(
        met,
        unit.name_on(met.last),
        unit.code,
        body,
        body.name_on(round_.ends_on),
        format_day(met.first),
        RoundForm(round_.form).label,
        RoundStatus(round_.status).label,
        (*told, round_.scope_note) if round_.seen and round_.scope_note else tuple(told),
        round_.code if round_.seen else "",
        round_.get_absolute_url() if round_.seen else None,
        round_.overlap_reason if ours else "",
        ours and user.may("rounds.change") and round_.status in _AHEAD,
    )


def _of_item(
    user: User,
    met: Met,
    item: Any,
    units: dict[int, Unit],
    contents: dict[tuple[bool, int], list[str]],
) -> Overlap:
    unit, body = units[met.unit], units[item.body_id]
    plan = item.plan
    seen = item.seen
    return Overlap(
        met,
        unit.name_on(met.last),
        unit.code,
        body,
        body.name_on(item.last_day),
        item.when_text,
        RoundForm(item.form).label,
        "Mục kế hoạch" if plan.is_issued else f"Mục kế hoạch {plan.get_status_display().lower()}",
        tuple(contents.get((False, met.pk), [])),
        f"Mục {item.line}, {plan.number or 'dự thảo'}" if seen else "",
        item.get_absolute_url() if seen else None,
        item.overlap_reason if seen and user.in_scope(plan.issuer) else "",
        seen and plan.status == PlanStatus.ISSUED,
    )


def overlaps_if_moved(move: Move, user: User) -> list[str]:
    """A sentence for each inspection that would overlap a visit of the round that is moved."""
    round_ = move.round
    own, within = frozenset({round_.pk}), days_of(round_.plan)
    asked = [
        Asked(visit.unit_id, visit.visited_on, visit.visited_on, within, rounds=own)
        for _, visit in move.visits
    ]
    found = [met for each in overlaps_of(user, asked) for met in each]
    return list(dict.fromkeys(each.sentence for each in described(user, found)))
