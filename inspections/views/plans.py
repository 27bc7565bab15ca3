"""Pages of plans."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import UserRequest
from congvu.access import require
from congvu.deeds import DeedForm, confirm
from congvu.models import Event
from congvu.once import once
from congvu.pages import Action
from congvu.tables import Column, Listing, is_export
from inspections.columns import ROUND_COLUMNS, with_rows
from inspections.facts import facts_of_plan
from inspections.filters import PlanFilter
from inspections.forms import PlanForm
from inspections.models import Plan, PlanItem, Round, RoundStatus

COLUMNS = (
    Column("Số ký hiệu", lambda each: each.number, sort="number", link=True, width=18),
    Column("Ngày ban hành", lambda each: each.issued_on, sort="issued_on"),
    Column(
        "Cơ quan ban hành",
        lambda each: each.issuer_name,
        sort="issuer__sort_key",
        width=32,
    ),
    Column("Năm", lambda each: str(each.year), sort="year", width=8),
    Column("Trích yếu", lambda each: each.subject, width=50),
    Column("Số cuộc", lambda each: each.rounds_seen, sort="rounds_seen", align="end", width=10),
    Column("Hoàn thành", lambda each: each.rounds_completed, align="end", width=12),
)


@require_safe
def plan_list(request: UserRequest) -> HttpResponseBase:
    """Plans in reach, those of the latest year first."""
    user = request.user
    require(user, "plans.view")
    writes = user.may("plans.change")
    listing = Listing(
        request,
        title="Kế hoạch kiểm tra",
        queryset=Plan.objects.visible_to(user)
        .counting(Round.objects.visible_to(user), PlanItem.objects.visible_to(user).in_force())
        .select_related("issuer")
        .prefetch_related("issuer__former_names"),
        shape=COLUMNS,
        filterset=PlanFilter,
        order="-year,-issued_on",
        count_noun="kế hoạch",
        empty_title="Chưa có kế hoạch nào",
        empty_hint="Bấm “Thêm kế hoạch” để ghi kế hoạch đã ban hành của năm." if writes else "",
        file_name="ke-hoach-kiem-tra",
    )
    actions = [Action("Thêm kế hoạch", reverse("inspections:plan_create"))] if writes else []
    return listing.respond("inspections/plan_list.html", {"actions": actions})


@require_safe
def plan_detail(request: UserRequest, pk: int) -> HttpResponseBase:
    """A plan, how far its rounds are, its papers and its trail."""
    user = request.user
    plans = Plan.objects.visible_to(user).select_related("issuer")
    plan = get_object_or_404(plans.prefetch_related("issuer__former_names"), pk=pk)
    rounds = Round.objects.visible_to(user).filter(plan=plan)
    counts = {
        row["status"]: row["number"]
        for row in rounds.order_by().values("status").annotate(number=Count("pk"))
    }
    listing = Listing(
        request,
        title="Cuộc kiểm tra",
        queryset=with_rows(rounds, user, for_export=is_export(request)),
        shape=ROUND_COLUMNS,
        order="-ends_on",
        count_noun="cuộc",
        empty_title="Chưa có cuộc nào thực hiện kế hoạch này",
        empty_hint="Khi tạo cuộc kiểm tra, chọn kế hoạch này ở mục “Căn cứ và đoàn”."
        if user.may("rounds.change")
        else "",
        file_name=f"cuoc-kiem-tra-theo-ke-hoach-{plan.pk}",
    )
    editable = plan.is_editable_by(user)
    actions = []
    if user.may("rounds.change"):
        create = f"{reverse('inspections:round_create')}?plan={plan.pk}"
        actions.append(Action("Tạo cuộc theo kế hoạch này", create))
    if editable:
        actions.append(Action("Sửa kế hoạch", reverse("inspections:plan_edit", args=[plan.pk])))
        actions.append(Action("Gắn văn bản", reverse("inspections:plan_attach", args=[plan.pk])))
        delete = reverse("inspections:plan_delete", args=[plan.pk])
        actions.append(Action("Xóa kế hoạch", delete, plan.why_not_removed(), danger=True))
    statuses = [(each.value, each.label, counts.get(each.value, 0)) for each in RoundStatus]
    context = {
        "plan": plan,
        "title": f"Kế hoạch {plan.number} năm {plan.year}",
        "facts": facts_of_plan(plan, user),
        "statuses": statuses,
        "documents": plan.documents.visible_to(user).select_related("issuer"),
        "editable": editable,
        "record": plan,
        "events": Event.objects.of(plan) if editable else None,
        "actions": actions,
    }
    return listing.respond("inspections/plan_detail.html", context)


@require_http_methods(["GET", "POST"])
@once
def plan_create(request: UserRequest) -> HttpResponse:
    """A plan that was issued."""
    require(request.user, "plans.change")
    form = PlanForm(request.POST or None, user=request.user)
    if form.is_valid() and form.save_as(request.user):
        messages.success(request, f"Đã thêm kế hoạch {form.instance.number}.")
        return redirect(form.instance)
    context = {
        "form": form,
        "title": "Thêm kế hoạch",
        "submit_label": "Thêm kế hoạch",
        "cancel_url": reverse("inspections:plan_list"),
    }
    return render(request, "inspections/plan_create.html", context)


@require_http_methods(["GET", "POST"])
@once
def plan_edit(request: UserRequest, pk: int) -> HttpResponse:
    """Put a plan's record right."""
    plans = Plan.objects.visible_to(request.user).select_related("issuer")
    plan = get_object_or_404(plans, pk=pk)
    plan.require_editable(request.user)
    form = PlanForm(request.POST or None, instance=plan, user=request.user)
    if form.is_valid() and form.save_as(request.user):
        messages.success(request, f"Đã lưu kế hoạch {plan.number}.")
        return redirect(plan)
    context = {
        "plan": plan,
        "form": form,
        "title": f"Sửa kế hoạch {plan.number}",
        "submit_label": "Lưu thay đổi",
        "cancel_url": plan.get_absolute_url(),
    }
    return render(request, "inspections/plan_edit.html", context)


@require_http_methods(["GET", "POST"])
@once
def plan_delete(request: UserRequest, pk: int) -> HttpResponse:
    """Take away a plan entered by mistake; one that rounds carry out stays."""
    plans = Plan.objects.visible_to(request.user).select_related("issuer")
    plan = get_object_or_404(plans, pk=pk)
    plan.require_editable(request.user)
    return confirm(
        request,
        DeedForm(request.POST or None, record=plan),
        plan.remove,
        template="inspections/plan_delete.html",
        title=f"Xóa kế hoạch {plan.number}",
        label="Xóa kế hoạch này",
        success=f"Đã xóa kế hoạch {plan.number}.",
        consequences=[
            f"Kế hoạch {plan.number} năm {plan.year} bị xóa hẳn và không khôi phục được; văn bản "
            "đã gắn vẫn còn ở mục Văn bản.",
            "Nhật ký vẫn ghi ai đã xóa và xóa lúc nào.",
        ],
        refusal=plan.why_not_removed(),
        then="inspections:plan_list",
        danger=True,
        plan=plan,
    )
