"""The board of remedies: where they stand, by unit, by kind, by who follows them."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.requests import UserRequest
from congvu.access import require
from congvu.dates import today
from congvu.numbers import number_text
from congvu.pages import Figure
from findings.board import BoardFilter, board, tabs, ways_of
from findings.models import Remedy


@require_safe
def remedy_board(request: UserRequest) -> HttpResponse:
    """Remedies in reach that are not done; `by` and the filters stand in the address."""
    user, now = request.user, today()
    require(user, "remedies.view")
    ways = ways_of(user)
    by = request.GET.get("by", "")
    by = by if by in ways else ways[0]
    rows = Remedy.objects.visible_to(user).standing(now, shown=False).followed().left()
    filters = BoardFilter(request.GET, rows, request)
    valid = not filters.form.errors
    kept = {name: text for name in filters.form.fields if (text := request.GET.get(name, ""))}
    found = board(filters.qs if valid else rows, by, now, kept if valid else {})
    query = request.GET.copy()
    context = {
        "title": "Bảng theo dõi kiến nghị",
        "form": filters.form,
        "board": found,
        "tabs": tabs(ways, by, query),
        "figures": [
            Figure(each.label, number_text(each.number), each.url) for each in found.total.figures
        ],
        "figures_title": "Chưa xong, tính đến hôm nay",
        "clear_url": f"{request.path}?by={by}" if kept else "",
    }
    return render(request, "findings/remedy_board.html", context)
