"""Pages of rounds: list, story, form."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import F, Prefetch, prefetch_related_objects
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import UserRequest
from congvu.access import record_id, require
from congvu.deeds import DeedForm, confirm
from congvu.once import once
from congvu.pages import Action
from congvu.tables import Listing, is_export
from inspections.columns import ROUND_COLUMNS, status_badge, with_rows
from inspections.facts import actions_of_round, answered_items, facts_of_round, stories_of_visits
from inspections.filters import RoundFilter
from inspections.forms import RoundForm
from inspections.members import cautions_of_round
from inspections.models import PlanItem, PlanStatus, Round, Visit
from inspections.story import trail_of


@require_safe
def round_list(request: UserRequest) -> HttpResponseBase:
    """Every round in reach, the newest first."""
    user = request.user
    require(user, "rounds.view")
    rounds = Round.objects.visible_to(user)
    writes = user.may("rounds.change")
    listing = Listing(
        request,
        title="Cuộc kiểm tra",
        queryset=with_rows(rounds, user, for_export=is_export(request)),
        shape=ROUND_COLUMNS,
        filterset=RoundFilter,
        order="-ends_on",
        count_noun="cuộc",
        empty_title="Chưa có cuộc kiểm tra nào",
        empty_hint=(
            "Bấm “Tạo cuộc kiểm tra” để ghi cuộc đầu tiên, hoặc nhập từ bảng tính Excel."
            if writes
            else "Cuộc kiểm tra hiện ở đây sau khi cơ quan kiểm tra ghi nhận hoàn thành."
        ),
        file_name="cuoc-kiem-tra",
    )
    actions = [Action("Tạo cuộc kiểm tra", reverse("inspections:round_create"))] if writes else []
    return listing.respond("inspections/round_list.html", {"actions": actions})


@require_safe
def round_detail(request: UserRequest, pk: int) -> HttpResponse:
    """The whole story of a round: who, where, when, what was found and what came of it."""
    user = request.user
    visits_seen = Visit.objects.visible_to(user).select_related("unit")
    visits_seen = visits_seen.prefetch_related("findings", "remedies__extensions")
    rounds = Round.objects.visible_to(user).select_related("body", "plan", "team__body")
    rounds = rounds.prefetch_related(Prefetch("visits", queryset=visits_seen))
    # A row for each content: with the round, in one query.
    contents = rounds.filter(pk=pk).annotate(content=F("contents__label"))
    rows: list[Any] = list(contents.order_by("contents__position", "contents__pk"))
    if not rows:
        raise Http404
    round_: Round = rows[0]
    visits = list(round_.visits.all())
    prefetch_related_objects([round_.body, *(each.unit for each in visits)], "former_names")
    conducts = user.in_scope(round_.body)
    context = {
        "round": round_,
        "title": f"Cuộc {round_.code} – {round_.body_name}",
        "state": status_badge(round_),
        "facts": facts_of_round(round_, user),
        "contents": [row.content for row in rows if row.content],
        "visits": stories_of_visits(visits, user),
        "items": answered_items(round_, user),
        "cautions": cautions_of_round(round_, visits, user),
        "documents": round_.documents.visible_to(user).select_related("issuer"),
        "conducts": conducts,
        "editable": round_.is_editable_by(user),
        "trail": trail_of(visits, user, round_=round_) if conducts else None,
        "actions": actions_of_round(round_, user),
    }
    return render(request, "inspections/round_detail.html", context)


def _of_item(request: UserRequest) -> dict[str, Any]:
    """What a new round takes from the plan's item in the address; nothing without one in reach."""
    pk = record_id(request.GET.get("item", ""))
    items = PlanItem.objects.visible_to(request.user).in_force().select_related("unit", "body")
    items = items.filter(plan__status=PlanStatus.ISSUED)
    item = items.filter(pk=pk).first() if pk is not None else None
    return item.for_round() if item else {}


def _warn_of_members(request: UserRequest, round_: Round) -> None:
    """Say that some of the team cannot well go: the round is saved, and its page says who."""
    visits = round_.visits.select_related("unit").prefetch_related("unit__former_names")
    if cautions := cautions_of_round(round_, list(visits), request.user):
        count = len(cautions)
        messages.warning(request, f"Có {count} điều cần xem lại về thành viên đoàn, ghi bên dưới.")


@require_http_methods(["GET", "POST"])
@once
def round_create(request: UserRequest) -> HttpResponse:
    """A new round, and the units that it is to visit."""
    require(request.user, "rounds.change")
    # Without JavaScript more rows are asked of the server; nothing is checked or saved then.
    draft = request.POST if "more_rows" in request.POST else None
    data = None if draft else request.POST or None
    initial = {"plan": plan} if (plan := request.GET.get("plan")) else _of_item(request)
    form = RoundForm(data, user=request.user, draft=draft, initial=initial)
    if form.is_valid() and form.save_as(request.user):
        if joined := form.joined:
            said = f"Đã ghép vào cuộc {joined.code}; không lập cuộc mới."
        else:
            said = f"Đã tạo cuộc {form.instance.code}."
        messages.success(request, said)
        _warn_of_members(request, joined or form.instance)
        return redirect(joined or form.instance)
    context = {
        "form": form,
        "title": "Tạo cuộc kiểm tra",
        "submit_label": "Tạo cuộc kiểm tra",
        "cancel_url": reverse("inspections:round_list"),
    }
    return render(request, "inspections/round_create.html", context)


@require_http_methods(["GET", "POST"])
@once
def round_edit(request: UserRequest, pk: int) -> HttpResponse:
    """Change what a round says of itself; its visits have forms of their own."""
    rounds = Round.objects.visible_to(request.user).select_related("body")
    round_ = get_object_or_404(rounds.select_related("plan", "team"), pk=pk)
    round_.require_editable(request.user)
    form = RoundForm(request.POST or None, instance=round_, user=request.user)
    if form.is_valid() and form.save_as(request.user):
        messages.success(request, f"Đã lưu cuộc {round_.code}.")
        _warn_of_members(request, round_)
        return redirect(round_)
    lead = ""
    if round_.status == Round.Status.COMPLETED:
        lead = (
            "Cuộc này đã hoàn thành: sửa ngày, hình thức hoặc cơ quan kiểm tra sẽ làm đổi số liệu "
            "tổng hợp."
        )
    context = {
        "round": round_,
        "form": form,
        "title": f"Sửa cuộc {round_.code}",
        "lead": lead,
        "submit_label": "Lưu thay đổi",
        "cancel_url": round_.get_absolute_url(),
    }
    return render(request, "inspections/round_edit.html", context)


@require_http_methods(["GET", "POST"])
@once
def round_delete(request: UserRequest, pk: int) -> HttpResponse:
    """Take away a round entered by mistake; one with visits is cancelled instead."""
    rounds = Round.objects.visible_to(request.user).select_related("body")
    round_ = get_object_or_404(rounds, pk=pk)
    round_.require_editable(request.user)
    return confirm(
        request,
        DeedForm(request.POST or None, record=round_),
        round_.remove,
        template="inspections/round_delete.html",
        title=f"Xóa cuộc {round_.code}",
        label="Xóa cuộc này",
        success=f"Đã xóa {round_}.",
        consequences=[
            f"Cuộc {round_.code} ({round_.days_text}) bị xóa hẳn và không khôi phục được.",
            "Nhật ký vẫn ghi ai đã xóa và xóa lúc nào.",
            "Nếu cuộc này có thật nhưng không tiến hành nữa, hãy hủy cuộc thay vì xóa.",
        ],
        refusal=round_.why_not_removed(),
        then="inspections:round_list",
        danger=True,
        round=round_,
    )
