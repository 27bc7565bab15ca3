"""The page of all overlaps of a year."""

from __future__ import annotations

from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.requests import UserRequest
from congvu.access import require
from congvu.dates import today
from congvu.worked_out import WorkedOutListing
from inspections.filters import OverlapFilter
from inspections.overlap_columns import OVERLAP_COLUMNS, Line, lines_of
from inspections.overlap_year import Clash, clashes_of
from units.models import Unit


@require_safe
def overlap_list(request: UserRequest) -> HttpResponseBase:
    """Units in reach that are met more than once in a year, by lineage; the worst first."""
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
        work=lambda asked: _found(asked, user),
        finish=lambda clashes: lines_of(user, clashes),
        group=_group,
    )
    listing.title = f"Chồng chéo năm {_year(listing)}"
    return listing.respond("inspections/overlap_list.html")


def _year(listing: WorkedOutListing) -> int:
    return int(listing.asked.get("year") or today().year)


def _found(listing: WorkedOutListing, user: User) -> list[Clash]:
    """The inspections of all groups that the filters leave."""
    units = listing.narrowed.order_by().values_list("pk", flat=True)
    groups = clashes_of(user, units, _year(listing))
    if isinstance(listing.filters, OverlapFilter):
        groups = listing.filters.kept(user, groups)
    return [clash for group in groups for clash in group]


def _group(line: Line) -> int:
    return line.clash.group
