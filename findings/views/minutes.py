"""The minutes of a visit, to print or to take as Word."""

from __future__ import annotations

import logging

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from accounts.requests import UserRequest
from congvu.access import require
from congvu.text import fold
from congvu.trail import mark
from findings.minutes import TemplateFaultError, minutes_docx, minutes_of, names_citizens
from findings.models import Answer
from inspections.models import Addendum, Visit

_log = logging.getLogger(__name__)

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def _visit(request: UserRequest, pk: int) -> Visit:
    """The visit with all that its minutes say; 404 for one out of reach."""
    require(request.user, "findings.view")
    answers = Answer.objects.select_related("question__checklist").order_by(
        "question__checklist__content__position", "question__checklist", "question__position", "pk"
    )
    visits = Visit.objects.visible_to(request.user).select_related(
        "unit", "round__body", "round__team", "round__plan__issuer"
    )
    visits = visits.prefetch_related(
        "unit__former_names",
        "round__body__former_names",
        "round__plan__issuer__former_names",
        "round__team__members",
        "round__contents",
        "roll_calls",
        "findings",
        "evidence",
        "cases",
        Prefetch("answers", queryset=answers),
        Prefetch("addenda", queryset=Addendum.objects.select_related("by")),
    )
    return get_object_or_404(visits, pk=pk)


@require_safe
def visit_minutes(request: UserRequest, pk: int) -> HttpResponse:
    """The minutes as a page: what stands there is printed."""
    visit, user = _visit(request, pk), request.user
    word = reverse("findings:visit_minutes_docx", args=[visit.pk])
    context = {
        "visit": visit,
        "round": visit.round,
        "title": f"Biên bản kiểm tra – {visit.unit_name}",
        "minutes": minutes_of(visit, with_names=user.sees_names),
        "word_url": word,
        "names_url": f"{word}?names=1" if names_citizens(visit, user) else None,
    }
    return render(request, "findings/visit_minutes.html", context)


@require_safe
def visit_minutes_docx(request: UserRequest, pk: int) -> HttpResponse:
    """The minutes as Word; citizens are named where that is asked for (`?names=1`) and allowed."""
    visit, user = _visit(request, pk), request.user
    asked = request.GET.get("names") == "1"
    if asked and not user.sees_names:
        raise PermissionDenied("Bạn không được xem họ tên công dân.")
    try:
        content = minutes_docx(minutes_of(visit, with_names=asked))
    except TemplateFaultError as why:
        _log.error("The template %s cannot be used: %s", settings.MINUTES_TEMPLATE, why)
        messages.error(
            request,
            "Mẫu Word của biên bản không dùng được nên chưa tạo được tệp; hãy báo người quản trị "
            "hệ thống xem lại tệp ghi ở MINUTES_TEMPLATE. Biên bản ở trang này vẫn in được.",
        )
        return redirect("findings:visit_minutes", pk=visit.pk)
    if asked:
        mark(user, visit, "exported", note="Biên bản kèm họ tên công dân.")
    code = "-".join(fold(visit.round.code).replace("/", "-").split())
    name = f"bien-ban-{code}-{visit.unit.code}.docx"
    response = HttpResponse(content, content_type=_WORD)
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or ""
    return response
