"""Pages of the sheet of a plan's items: template, upload into a draft, export."""

from __future__ import annotations

from io import BytesIO

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import UserRequest
from congvu import trail
from congvu.access import require
from exchange.forms import UploadForm
from exchange.item_template import item_template
from exchange.items import export_items
from exchange.models import ImportJob
from exchange.views.imports import listed, take, workbook
from inspections.models import Plan, PlanItem

_JOBS_SHOWN = 5


def _plan(request: UserRequest, pk: int) -> Plan:
    plans = Plan.objects.visible_to(request.user).select_related("issuer")
    return get_object_or_404(plans, pk=pk)


def _draft(request: UserRequest, pk: int) -> Plan:
    """The plan to be filled: 404 out of reach, 403 for whoever may only read."""
    plan = _plan(request, pk)
    plan.require_editable(request.user)
    require(request.user, "workbook.import")
    return plan


@require_http_methods(["GET", "POST"])
def plan_items_import(request: UserRequest, pk: int) -> HttpResponse:
    """Upload a sheet of items for a draft; it is looked at first and written when confirmed."""
    plan = _draft(request, pk)
    is_sent = request.method == "POST" and plan.is_draft
    form = UploadForm(request.POST, request.FILES) if is_sent else UploadForm()
    if is_sent and form.is_valid():
        return redirect(take(request, form, is_for_plan=True, plan=plan))
    refusal = (
        ""
        if plan.is_draft
        else f"{plan.name} đang ở trạng thái “{plan.get_status_display()}”; chỉ dự thảo mới nhập "
        "mục từ bảng tính được."
    )
    context = {
        "plan": plan,
        "title": f"Nhập các mục từ bảng tính: {plan.name}",
        "form": form,
        "refusal": refusal,
        "jobs": listed(ImportJob.objects.of(request.user).filter(plan=plan)[:_JOBS_SHOWN]),
        "has_items": plan.items.exists(),
        "cancel_url": plan.get_absolute_url(),
    }
    return render(request, "exchange/plan_items_import.html", context)


@require_safe
def plan_items_template(request: UserRequest, pk: int) -> HttpResponse:
    """The empty workbook for this plan."""
    plan = _draft(request, pk)
    target = BytesIO()
    item_template(target, plan, request.user)
    return workbook(target.getvalue(), f"mau-muc-ke-hoach-{plan.year}.xlsx")


@require_safe
def plan_items_export(request: UserRequest, pk: int) -> HttpResponse:
    """The plan's items in force and in reach, in the layout in which they can be uploaded."""
    plan = _plan(request, pk)
    target = BytesIO()
    items = PlanItem.objects.visible_to(request.user).in_force().filter(plan=plan)
    count = export_items(target, items)
    trail.mark(request.user, plan, "exported", note=f"Các mục theo mẫu nhập: {count} mục")
    return workbook(target.getvalue(), f"muc-ke-hoach-{plan.year}-{plan.pk}.xlsx")
