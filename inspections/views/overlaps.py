"""The page of all overlaps of a year."""

from __future__ import annotations

from itertools import groupby

from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.requests import UserRequest
from congvu.access import require
from congvu.dates import today
from congvu.worked_out import WorkedOutListing
from inspections.filters import OverlapFilter
from inspections.models import Plan
from inspections.overlap_columns import OVERLAP_COLUMNS, Line, lines_of
from inspections.overlap_year import Clash, clashes_of, most_days
from inspections.plan_overlaps import tally_of
from units.models import Unit


@require_safe
def overlap_list(request: UserRequest) -> HttpResponseBase:
    """Units that are met more than once in a year, by lineage; the worst first.

    Those in reach; with `plan` those that the plan's items in reach name, and only what meets such
    an item.
    """
    user = request.user
    require(user, "plans.view")
    listing = WorkedOutListing(
        request,
        title="Chồng chéo",
        queryset=Unit.objects.visible_to(user),
        shape=OVERLAP_COLUMNS,
        filterset=OverlapFilter,
        count_noun="cuộc",
        empty_title="Không có đơn vị nào bị kiểm tra chồng chéo trong năm này",
        empty_hint="Chọn năm khác ở trên để xem các năm trước.",
        file_name="chong-cheo",
        work=lambda asked: [clash for group in _groups(asked, user) for clash in group],
        finish=lambda clashes: lines_of(user, clashes),
        group=_group,
    )
    # Also the name of the workbook's sheet, which the number of a plan could not stand in.
    listing.title = f"Chồng chéo năm {_year(listing)}"
    return listing.respond("inspections/overlap_list.html", _said(listing))


def _plan(listing: WorkedOutListing) -> Plan | None:
    """The plan asked for, where it is in reach and no filter is unreadable."""
    # The filters look for it when they narrow the units.
    listing.narrowed  # noqa: B018
    return listing.filters.asked_plan if isinstance(listing.filters, OverlapFilter) else None


def _year(listing: WorkedOutListing) -> int:
    plan = _plan(listing)
    return int(listing.asked.get("year") or (plan.year if plan else today().year))


def _groups(listing: WorkedOutListing, user: User) -> list[list[Clash]]:
    """The groups that the filters leave."""
    rows = listing.narrowed.order_by().annotate(most=most_days()).values_list("pk", "most")
    units = dict(rows)
    filters = listing.filters
    assert isinstance(filters, OverlapFilter)  # noqa: S101  # the list's own
    groups = clashes_of(
        user,
        units,
        _year(listing),
        most=max(filter(None, units.values()), default=0),
        conductors=filters.conductors,
    )
    return filters.kept(groups)


def _group(line: Line) -> int:
    return line.clash.group


def _said(listing: WorkedOutListing) -> dict[str, object]:
    """For the page of one plan: how many of its items are in the list, and lack a reason."""
    filters = listing.filters
    if not (isinstance(filters, OverlapFilter) and filters.asked_plan and filters.own is not None):
        return {}
    groups = [list(group) for _, group in groupby(listing.records, key=lambda e: e.group)]
    tally = tally_of(groups, filters.own)
    narrower = {name for name, value in listing.asked.items() if value} - {"plan", "year"}
    return {
        "plan": filters.asked_plan,
        "overlapping": len(tally.overlapping),
        "bare": len(tally.bare),
        # Nothing at all, and not only nothing that the filters leave.
        "is_clear": not groups and not narrower and _year(listing) == filters.asked_plan.year,
    }
