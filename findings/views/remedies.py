"""Pages of remedies: list, story, form."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import UserRequest
from congvu.access import require
from congvu.dates import format_day, today
from congvu.deeds import DeedForm, confirm
from congvu.once import once
from congvu.pages import Action
from congvu.tables import Listing, is_export
from congvu.trail import mark
from findings.bulk import MOST, filters_of
from findings.columns import as_of_text, remedy_columns, with_story
from findings.filters import RemedyFilter, day_of
from findings.forms import RemedyForm
from findings.models import ExtensionRequest, Progress, Remedy
from findings.steps import steps_of_remedy
from findings.story import (
    actions_of_remedy,
    documents_shown,
    extensions_of,
    facts_of_remedy,
    marks,
    standing,
)
from findings.views.findings import FORMER_NAMES, counted_hint
from findings.views.visits import choose_visit, number, visit_of


def remedy_in_reach(request: UserRequest, pk: int) -> Remedy:
    """The remedy with all that happened to it; 404 for one out of reach."""
    remedies = Remedy.objects.visible_to(request.user).select_related(
        "visit__unit", "visit__round__body", "finding", "case",
        "keeper__unit", "acknowledged_by__unit", "verified_by__unit",
    )  # fmt: skip
    progress = Progress.objects.select_related("by__unit")
    requests = ExtensionRequest.objects.select_related("by__unit", "answered_by__unit")
    remedies = remedies.prefetch_related(
        *FORMER_NAMES,
        "extensions",
        Prefetch("progress", queryset=progress),
        Prefetch("requests", queryset=requests),
    )
    return get_object_or_404(remedies, pk=pk)


@require_safe
def remedy_list(request: UserRequest) -> HttpResponseBase:
    """Every remedy in reach, as it stands today or on the day asked for."""
    user = request.user
    require(user, "remedies.view")
    as_of = day_of(request)
    with_names = names_asked(request)
    for_export = is_export(request)
    remedies = Remedy.objects.visible_to(user).standing(as_of, shown=for_export)
    listing = Listing(
        request,
        title="Kiến nghị",
        queryset=with_story(remedies, for_export=for_export),
        shape=remedy_columns(user, as_of, with_names=with_names, for_export=for_export),
        filterset=RemedyFilter,
        order="-pk",
        count_noun="kiến nghị",
        empty_title="Chưa có kiến nghị nào",
        empty_hint=(
            "Bấm “Ghi kiến nghị” để ghi yêu cầu đầu tiên, hoặc nhập từ bảng tính Excel."
            if user.may("remedies.change")
            else "Kiến nghị hiện ở đây sau khi cơ quan kiểm tra ghi nhận cuộc kiểm tra hoàn thành."
        ),
        file_name="kien-nghi",
        picks="picks" if user.may("remedies.settle") else "",
    )
    if with_names:
        note = f"{listing.count} kiến nghị kèm họ tên: {request.GET.urlencode()}"
        mark(user, user, "exported", note=note)
    return listing.respond("findings/remedy_list.html", _list_context(request, listing, as_of))


def names_asked(request: UserRequest) -> bool:
    """Whether a file with names is asked for; refused (403) to whoever may not see them."""
    asked = is_export(request) and request.GET.get("names") == "1"
    if asked and not request.user.sees_names:
        raise PermissionDenied("Bạn không được xem họ tên cá nhân bị xử lý.")
    return asked


def _list_context(request: UserRequest, listing: Listing, as_of: date) -> dict[str, Any]:
    user = request.user
    board = Action("Bảng theo dõi", reverse("findings:remedy_board"))
    create = Action("Ghi kiến nghị", reverse("findings:remedy_create"))
    return {
        "actions": [create, board] if user.may("remedies.change") else [board],
        "filters": filters_of(request.GET),
        "most": MOST,
        "as_of_text": as_of_text(as_of) if as_of != today() else "",
        "names_url": listing.url(export="xlsx", names="1") if user.sees_names else None,
    }


@require_safe
def remedy_detail(request: UserRequest, pk: int) -> HttpResponse:
    """The whole story of a remedy: what was demanded, and all that happened since."""
    user = request.user
    remedy = remedy_in_reach(request, pk)
    now = standing(remedy, today())
    context = {
        "remedy": remedy,
        "title": f"Kiến nghị {remedy.code} – {remedy.visit.unit_name}",
        "now": now,
        "facts": facts_of_remedy(remedy, user, now),
        "steps": steps_of_remedy(remedy),
        "documents": documents_shown(remedy, user),
        "extensions": extensions_of(remedy, user),
        "editable": remedy.is_editable_by(user),
        "claims": [each for each in remedy.progress.all() if each.is_waiting],
        "refusal": remedy.refusal,
        "asked": remedy.request,
        "settles": remedy.is_settled_by(user),
        "events": marks(remedy, user),
        "actions": actions_of_remedy(remedy, user),
    }
    return render(request, "findings/remedy_detail.html", context)


@require_http_methods(["GET", "POST"])
@once
def remedy_create(request: UserRequest, visit_pk: int | None = None) -> HttpResponse:
    """A new remedy of the visit that the address names, or of one chosen first.

    `?finding=5` names the finding that it answers.
    """
    require(request.user, "remedies.change")
    visit = visit_of(request, visit_pk)
    if visit is None:
        return choose_visit(request, "Ghi kiến nghị", "findings:remedy_list")
    finding = number(request.GET.get("finding", ""))
    form = RemedyForm(request.POST or None, visit=visit, initial={"finding": finding})
    if form.is_valid() and form.save_as(request.user):
        messages.success(request, f"Đã ghi kiến nghị {form.instance.code}.")
        return redirect(form.instance)
    context = {
        "visit": visit,
        "form": form,
        "title": f"Ghi kiến nghị – {visit.unit_name}",
        "lead": f"Lượt kiểm tra ngày {format_day(visit.visited_on)}, cuộc {visit.round.code}.",
        "submit_label": "Ghi kiến nghị",
        "cancel_url": visit.get_absolute_url(),
    }
    return render(request, "findings/remedy_create.html", context)


@require_http_methods(["GET", "POST"])
@once
def remedy_edit(request: UserRequest, pk: int) -> HttpResponse:
    """Put right what a remedy demands; extensions and completion have pages of their own."""
    remedy = remedy_in_reach(request, pk)
    remedy.require_editable(request.user)
    form = RemedyForm(request.POST or None, instance=remedy, visit=remedy.visit)
    if not remedy.is_extended_by(request.user):
        form.keep_due_day()
    if not remedy.is_settled_by(request.user):
        form.keep_demand(request.user)
    if form.is_valid() and form.save_as(request.user):
        messages.success(request, f"Đã lưu kiến nghị {remedy.code}.")
        return redirect(remedy)
    context = {
        "remedy": remedy,
        "form": form,
        "title": f"Sửa kiến nghị {remedy.code}",
        "lead": counted_hint(remedy),
        "submit_label": "Lưu thay đổi",
        "cancel_url": remedy.get_absolute_url(),
    }
    return render(request, "findings/remedy_edit.html", context)


@require_http_methods(["GET", "POST"])
@once
def remedy_delete(request: UserRequest, pk: int) -> HttpResponse:
    """Take away a remedy entered by mistake, on which nothing hangs."""
    remedy = remedy_in_reach(request, pk)
    remedy.require_withdrawn(request.user)
    return confirm(
        request,
        DeedForm(request.POST or None, record=remedy),
        remedy.remove,
        template="findings/remedy_delete.html",
        title=f"Xóa kiến nghị {remedy.code}",
        label="Xóa kiến nghị này",
        success=f"Đã xóa kiến nghị {remedy.code}.",
        consequences=[
            f"Kiến nghị {remedy.code} ({remedy.get_kind_display().lower()}) bị xóa hẳn và không "
            "khôi phục được; đơn vị không còn phải thực hiện.",
            "Nhật ký của lượt kiểm tra vẫn ghi ai đã xóa và xóa lúc nào.",
        ],
        refusal=remedy.why_not_removed(),
        then=remedy.visit,
        danger=True,
        remedy=remedy,
    )
