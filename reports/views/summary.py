"""The summary of a unit for a period: page, workbook, and the records behind each figure."""

from __future__ import annotations

import tempfile

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.requests import UserRequest
from congvu.access import require
from congvu.tables import Listing, is_export
from congvu.text import fold
from congvu.trail import mark
from congvu.workbook import Book, Heading
from reports.figure_columns import CONTRIBUTION_COLUMNS, columns_of, has_names, noun_of, rows_of
from reports.rollups import Figure, Question, Summary, by_body, figure_of, summarize
from reports.sheets import COLUMNS, footnotes, period_line, summary_workbook
from reports.summary_form import SummaryForm, presets, query_for, query_of
from reports.summary_page import SummaryTables, sheet_rows
from units.models import Kind

_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_REFUSAL = "Vai trò của bạn không xem được số liệu tổng hợp."


def asked(request: UserRequest) -> tuple[SummaryForm, Question | None]:
    """The parameters, and the question where they make one.

    404 for a unit that is not in scope or does not exist, 403 for a role that sees no summaries.
    """
    form = SummaryForm(request.GET, request.user)
    if form.is_valid() and request.user.may("summary.view"):
        return form, form.question()
    form.require_known_unit()
    require(request.user, "summary.view", _REFUSAL)
    return form, None


def _back(request: UserRequest) -> HttpResponse:
    """To the page, where the parameters' faults are shown."""
    return redirect(f"{reverse('reports:summary')}?{request.GET.urlencode()}")


@require_safe
def summary(request: UserRequest) -> HttpResponse:
    """Every figure of the contract, what is only reported beside it, and Biểu 01."""
    form, question = asked(request)
    if question is None:
        return render(request, "reports/summary.html", {"form": form, "title": "Tổng hợp"})
    found = summarize(question)
    table = by_body(found)
    tables = SummaryTables(found)
    rows, total = sheet_rows(question, table)
    query = query_of(question)
    context = {
        "form": form,
        "title": f"Tổng hợp – {question.unit_name}",
        "question": question,
        "summary": found,
        "period_line": period_line(question),
        "presets": presets(question),
        "headline": tables.headline(),
        "tables": tables.tables(),
        "columns": [heading for heading, _ in COLUMNS],
        "rows": rows,
        "total": total,
        "footnotes": footnotes(table),
        # Whoever belongs to the unit that ended reads its heirs' names, not their summaries.
        "heirs": [
            (heir, query_for(heir, question.period) if request.user.in_scope(heir) else "")
            for heir in found.heirs
        ],
        "workbook_url": f"{reverse('reports:summary_xlsx')}?{query}",
        "visited_url": f"{reverse('reports:visited')}?{query}",
        "followed_url": f"{reverse('reports:followed')}?{query}",
    }
    return render(request, "reports/summary.html", context)


@require_safe
def summary_xlsx(request: UserRequest) -> HttpResponse:
    """Biểu 01 and every figure as a workbook."""
    _, question = asked(request)
    if question is None:
        return _back(request)
    found = summarize(question)
    response = HttpResponse(summary_workbook(found, by_body(found)), content_type=_WORKBOOK)
    first, last = question.period.first.isoformat(), question.period.last.isoformat()
    name = f"tong-hop-{question.unit.code}-{first}-{last}.xlsx"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_safe
def summary_figure(request: UserRequest, key: str) -> HttpResponseBase:
    """The logged records behind one figure, and the returns that add to it."""
    _, question = asked(request)
    if question is None:
        return _back(request)
    figure = _figure(request, summarize(question), key)
    for_export = is_export(request)
    with_names = has_names(figure) and names_wanted(request, for_export=for_export)
    listing = Listing(
        request,
        figure.label,
        rows_of(figure, for_export=for_export),
        columns_of(figure, question, with_names=with_names),
        order="pk",
        count_noun=noun_of(figure),
        empty_title="Không có hồ sơ nào được ghi nhận cho con số này",
        empty_hint="Con số này chỉ có trong số liệu báo cáo." if figure.unlogged else "",
        can_export=False,
    )
    if for_export:
        if with_names:
            note = f"{figure.label} kèm họ tên: {request.GET.urlencode()}"
            mark(request.user, request.user, "exported", note=note)
        return _figure_workbook(figure, listing)
    context = {
        "figure": figure,
        "question": question,
        "period_line": period_line(question),
        "summary_url": f"{reverse('reports:summary')}?{query_of(question)}",
        "figure_export_url": listing.url(export="xlsx"),
        "names_url": listing.url(export="xlsx", names="1") if with_names else None,
    }
    return listing.respond("reports/summary_figure.html", context)


def names_wanted(request: UserRequest, *, for_export: bool) -> bool:
    """Names are shown to whoever may see them, and exported only when asked for (else 403)."""
    sees_names = request.user.sees_names
    if not for_export:
        return sees_names
    asked = request.GET.get("names") == "1"
    if asked and not sees_names:
        raise PermissionDenied("Bạn không được xem họ tên cá nhân bị xử lý.")
    return asked


def _figure(request: UserRequest, found: Summary, key: str) -> Figure:
    """The figure of the address: of the summary, or of one row of Biểu 01; 404 for any other."""
    body, level = request.GET.get("body", ""), request.GET.get("level", "")
    try:
        if body:
            return figure_of(found, key, body_id=int(body))
        if level:
            return figure_of(found, key, level=Kind(level))
        return found.figure(key)
    except (KeyError, ValueError, OverflowError):
        raise Http404 from None


def _figure_workbook(figure: Figure, listing: Listing) -> FileResponse:
    """The list behind a figure: its records, and the returns that add to it."""
    # The response closes the file, and closing removes it.
    target = tempfile.TemporaryFile(suffix=".xlsx")  # noqa: SIM115  # closed by the response
    with Book(target) as book:
        for title, columns, rows in (
            ("Đã ghi nhận", listing.shape, listing.records.iterator(chunk_size=2000)),
            ("Theo báo cáo", CONTRIBUTION_COLUMNS, iter(figure.contributions)),
        ):
            headings = [Heading(each.heading, each.width, each.number_format) for each in columns]
            book.sheet(title, headings, ([each.export(row) for each in columns] for row in rows))
    target.seek(0)
    name = fold(figure.label).replace(":", "").replace(",", "").replace(" ", "-")
    return FileResponse(target, as_attachment=True, filename=f"{name}.xlsx")
