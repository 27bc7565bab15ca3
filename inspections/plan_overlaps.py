"""Overlaps of one plan: which items meet other inspections, and which stand without a reason.

What people are told of them is what the page of the year tells, narrowed to the plan.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from accounts.models import User
from congvu.numbers import number_text
from inspections.models import Adjustment, Plan, PlanItem, PlanItemQuerySet
from inspections.overlap_words import Overlap, described
from inspections.overlap_year import Clash, clashes_of, left_bare
from inspections.overlaps import Met, asked_of_item, overlaps_of


@dataclass(frozen=True)
class Tally:
    """Items of a plan that overlap, and those of them that stand without a reason; their ids."""

    overlapping: frozenset[int]
    bare: frozenset[int]


def tally_of(groups: Sequence[Sequence[Clash]], items: Collection[int]) -> Tally:
    """Which of those items the groups hold."""
    own = frozenset(items)
    found = [each.items for group in groups for each in group]
    bare = [each.items for group in groups for each in left_bare(group)]
    return Tally(own & frozenset().union(*found), own & frozenset().union(*bare))


def items_in_reach(user: User, plan: Plan | None) -> PlanItemQuerySet:
    """The plan's items in force of which the person reads everything."""
    return PlanItem.objects.visible_to(user).in_force().filter(plan=plan)


def tally_of_plan(user: User, plan: Plan) -> Tally:
    """The plan's items that overlap, for whoever asks; six queries."""
    units = dict(items_in_reach(user, plan).order_by().values_list("pk", "unit"))
    return tally_of(clashes_of(user, units.values(), plan.year), units.keys())


# --- what is said ----------------------------------------------------------------------------


def check_url(plan: Plan, **filters: str) -> str:
    """The page of the plan's overlaps."""
    query = urlencode({"plan": str(plan.pk), "year": str(plan.year), **filters})
    return f"{reverse('inspections:overlap_list')}?{query}"


def said_of_new(user: User, plan: Plan, items: Iterable[PlanItem]) -> str:
    """How many of the items just put into the plan overlap, and where to see it; empty for none."""
    number = len(tally_of_plan(user, plan).overlapping & {item.pk for item in items})
    if not number:
        return ""
    return format_html(
        'Có {} mục vừa thêm chồng chéo với cuộc kiểm tra hoặc mục kế hoạch khác. <a href="{}">Kiểm '
        "tra chồng chéo</a>",
        number_text(number),
        check_url(plan),
    )


def said_of_bare(user: User, plan: Plan) -> list[SafeString]:
    """A sentence on the items that overlap without a reason; none where there are none."""
    number = len(tally_of_plan(user, plan).bare)
    if not number:
        return []
    return [
        format_html(
            "Còn {} mục chồng chéo chưa ghi lý do vẫn kiểm tra. Việc này không bị chặn, nhưng nên "
            'xem lại trước. <a href="{}">Xem các mục đó</a>',
            number_text(number),
            check_url(plan, reason="none"),
        )
    ]


# --- an adjustment being prepared ------------------------------------------------------------


@dataclass(frozen=True)
class Meeting:
    """An item that an adjustment adds or moves, and what overlaps it once that is issued."""

    item: PlanItem
    mets: tuple[Met, ...]

    @property
    def is_bare(self) -> bool:
        """Whether it and another stand beside each other without a reason."""
        return not self.item.overlap_reason and not all(met.explained for met in self.mets)


def meetings_in(
    user: User, adjustment: Adjustment, items: Iterable[PlanItem] | None = None
) -> list[Meeting]:
    """The items that the adjustment adds or moves and that overlap something; three queries.

    Looked at as if it were issued: with what else it adds, without what it drops. One that was
    issued prepares nothing. `items` spares reading them, where they are at hand.
    """
    if not adjustment.is_draft:
        return []
    if items is None:
        found = adjustment.added.select_related("unit").prefetch_related("unit__former_names")
        items = found.order_by("line")
    added = [item for item in items if item.added_in_id == adjustment.pk]
    for item in added:
        item.plan = adjustment.plan
    met = overlaps_of(user, [asked_of_item(item) for item in added], adjustment.pk)
    return [Meeting(item, mets) for item, mets in zip(added, met, strict=True) if mets]


def described_meetings(
    user: User, meetings: Sequence[Meeting]
) -> list[tuple[Meeting, list[Overlap]]]:
    """Each with what the person is told of what it meets; five queries."""
    told = {
        each.met: each
        for each in described(user, list({met for each in meetings for met in each.mets}))
    }
    return [(each, [told[met] for met in each.mets if met in told]) for each in meetings]


def said_of_meetings(adjustment: Adjustment, meetings: Sequence[Meeting]) -> list[SafeString]:
    """A sentence on those of an adjustment; none where there are none."""
    if not meetings:
        return []
    bare = sum(each.is_bare for each in meetings)
    return [
        format_html(
            "Khi điều chỉnh có hiệu lực, {} mục thêm hoặc dời chồng chéo với cuộc kiểm tra hoặc "
            'mục kế hoạch khác{}. <a href="{}">Xem các mục đó</a>',
            number_text(len(meetings)),
            f"; {number_text(bare)} mục chưa ghi lý do vẫn kiểm tra" if bare else "",
            reverse("inspections:adjustment_overlaps", args=[adjustment.pk]),
        )
    ]
