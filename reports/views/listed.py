"""Biểu 02 and Biểu 04 as pages and as workbooks: what stands behind a summary, one by one."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.requests import UserRequest
from congvu.numbers import number_text
from congvu.pages import Figure
from congvu.tables import Listing
from congvu.trail import mark
from reports.listed import FollowedTable, Listed, VisitedTable
from reports.rollups.labels import label_of
from reports.sheets import line_of, listed_workbook
from reports.summary_form import presets, query_of
from reports.summary_page import Links
from reports.views.summary import asked, names_wanted

_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
def visited(request: UserRequest) -> HttpResponse:
    """Biểu 02: the visits of the period, by inspecting body."""
    return _page(request, VisitedTable, "reports:visited", "reports/visited.html")


@require_safe
def visited_xlsx(request: UserRequest) -> HttpResponse:
    """Biểu 02 as a workbook."""
    return _file(request, VisitedTable, "reports:visited", "don-vi-duoc-kiem-tra")


@require_safe
def followed(request: UserRequest) -> HttpResponse:
    """Biểu 04: the remedies of the period as they stand, by inspecting body."""
    return _page(request, FollowedTable, "reports:followed", "reports/followed.html")


@require_safe
def followed_xlsx(request: UserRequest) -> HttpResponse:
    """Biểu 04 as a workbook; names only where they are asked for by whoever may see them."""
    return _file(request, FollowedTable, "reports:followed", "theo-doi-kien-nghi")


def _page(request: UserRequest, kind: type[Listed], name: str, template: str) -> HttpResponse:
    form, question = asked(request)
    title = f"Biểu {kind.number}. {kind.title}"
    if question is None:
        return render(request, template, {"form": form, "title": title})
    sees_names = request.user.sees_names
    table = kind(question, with_names=sees_names)
    listing = Listing(
        request,
        title,
        table.rows(),
        (),
        order=table.order,
        can_export=False,
        known_count=next(iter(table.total.values())),
    )
    records = listing.records_of_page
    links, query = Links(question), query_of(question)
    workbook = reverse(f"{name}_xlsx")
    context: dict[str, Any] = {
        "form": form,
        "title": f"{title} – {question.unit_name}",
        "question": question,
        "presets": presets(question),
        "table": table,
        "line": line_of(table),
        "listing": listing,
        "bodies": [
            (body, list(body.lines)) for body in table.bodies(records, max(listing.start, 1))
        ],
        "figures": [
            Figure(label_of(key), number_text(table.total[count]), links.to(key))
            for count, key in table.figures.items()
        ],
        "figures_title": "Số đã ghi nhận",
        "summary_url": f"{reverse('reports:summary')}?{query}",
        "workbook_url": f"{workbook}?{query}",
        "names_url": f"{workbook}?{query}&names=1" if sees_names and kind.has_names else "",
    }
    return render(request, template, context)


def _file(request: UserRequest, kind: type[Listed], name: str, file_name: str) -> HttpResponse:
    _, question = asked(request)
    if question is None:
        # What cannot be read is told by the page; a file could not.
        return redirect(f"{reverse(name)}?{request.GET.urlencode()}")
    with_names = kind.has_names and names_wanted(request, for_export=True)
    if with_names:
        note = f"Biểu {kind.number} kèm họ tên: {request.GET.urlencode()}"
        mark(request.user, request.user, "exported", note=note)
    table = kind(question, with_names=with_names)
    response = HttpResponse(listed_workbook(table), content_type=_WORKBOOK)
    first, last = question.period.first.isoformat(), question.period.last.isoformat()
    full = f"{file_name}-{question.unit.code}-{first}-{last}.xlsx"
    response["Content-Disposition"] = f'attachment; filename="{full}"'
    return response
