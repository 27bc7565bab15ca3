"""Pages of plans: list, story, forms."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import UserRequest
from congvu.access import require
from congvu.deeds import DeedForm, confirm, done, refused
from congvu.once import once
from congvu.pages import Action
from congvu.tables import Badge, Column, Listing
from inspections.drafting import Copied, copy_items
from inspections.filters import PlanFilter
from inspections.forms import CopyForm, DraftForm, PlanForm
from inspections.models import Plan, PlanItem, Round, seal_of
from inspections.plan_overlaps import said_of_new
from inspections.plan_page import PlanPage, tone_of


def _state(plan: Plan) -> Badge:
    return Badge(plan.get_status_display(), tone_of(plan.status))


COLUMNS = (
    Column("Kế hoạch", lambda each: each.number or "Dự thảo", sort="number", link=True, width=24),
    Column("Ngày ban hành", lambda each: each.issued_on, sort="issued_on"),
    Column("Cơ quan ban hành", lambda each: each.issuer_name, sort="issuer__sort_key", width=32),
    Column("Năm", lambda each: str(each.year), sort="year", width=8),
    Column("Trạng thái", _state, sort="status", width=16),
    Column("Trích yếu", lambda each: each.subject, width=50),
    Column("Số mục", lambda each: each.items_seen, sort="items_seen", align="end", width=10),
    Column("Số cuộc", lambda each: each.rounds_seen, sort="rounds_seen", align="end", width=10),
    Column("Hoàn thành", lambda each: each.rounds_completed, align="end", width=12),
)


def plan_of(request: UserRequest, pk: int) -> Plan:
    """The plan to be changed: 404 out of reach, 403 for whoever may only read."""
    plans = Plan.objects.visible_to(request.user).select_related("issuer", "paper")
    plan = get_object_or_404(plans.prefetch_related("issuer__former_names"), pk=pk)
    plan.require_editable(request.user)
    return plan


@require_safe
def plan_list(request: UserRequest) -> HttpResponseBase:
    """Plans in reach, those of the latest year first."""
    user = request.user
    require(user, "plans.view")
    writes = user.may("plans.change")
    items = PlanItem.objects.visible_to(user).in_force()
    listing = Listing(
        request,
        title="Kế hoạch kiểm tra",
        queryset=Plan.objects.visible_to(user)
        .counting(Round.objects.visible_to(user), items)
        .select_related("issuer")
        .prefetch_related("issuer__former_names"),
        shape=COLUMNS,
        filterset=PlanFilter,
        order="-year,-issued_on",
        count_noun="kế hoạch",
        empty_title="Chưa có kế hoạch nào",
        empty_hint="Bấm “Lập kế hoạch” để soạn kế hoạch mới, hoặc “Ghi kế hoạch đã ban hành”."
        if writes
        else "",
        file_name="ke-hoach-kiem-tra",
    )
    actions = [
        Action("Lập kế hoạch", reverse("inspections:plan_create")),
        Action("Ghi kế hoạch đã ban hành", reverse("inspections:plan_record")),
    ]
    return listing.respond("inspections/plan_list.html", {"actions": actions if writes else []})


@require_safe
def plan_detail(request: UserRequest, pk: int) -> HttpResponseBase:
    """A plan: its items as they stand or as issued, its adjustments, its rounds, its trail."""
    plans = Plan.objects.visible_to(request.user).select_related("issuer", "paper")
    plan = get_object_or_404(plans, pk=pk)
    page = PlanPage(request, plan)
    if page.listing is None:
        return render(request, "inspections/plan_detail.html", page.context())
    return page.listing.respond("inspections/plan_detail.html", page.context())


@require_http_methods(["GET", "POST"])
@once
def plan_create(request: UserRequest) -> HttpResponse:
    """A draft is begun; its page then offers the ways to fill it."""
    require(request.user, "plans.change")
    form = DraftForm(request.POST or None, user=request.user)
    if form.is_valid() and form.save_as(request.user):
        messages.success(request, "Đã tạo dự thảo; hãy thêm các đơn vị cần kiểm tra.")
        return redirect(form.instance)
    context = {
        "form": form,
        "title": "Lập kế hoạch",
        "lead": "Kế hoạch mới là dự thảo: sửa được cho đến khi trình. Số và ngày ban hành được ghi "
        "khi ban hành.",
        "submit_label": "Tạo dự thảo",
        "cancel_url": reverse("inspections:plan_list"),
    }
    return render(request, "inspections/plan_create.html", context)


@require_http_methods(["GET", "POST"])
@once
def plan_record(request: UserRequest) -> HttpResponse:
    """A plan that was issued before, with its number; its items need not be known."""
    require(request.user, "plans.change")
    form = PlanForm(request.POST or None, user=request.user)
    if form.is_valid() and form.save_as(request.user):
        messages.success(request, f"Đã ghi kế hoạch {form.instance.number}.")
        return redirect(form.instance)
    context = {
        "form": form,
        "title": "Ghi kế hoạch đã ban hành",
        "lead": "Dành cho kế hoạch đã ký trên giấy, để gắn các cuộc kiểm tra vào. Muốn theo dõi "
        "tiến độ từng đơn vị, hãy lập dự thảo với các mục rồi ban hành.",
        "submit_label": "Ghi kế hoạch",
        "cancel_url": reverse("inspections:plan_list"),
    }
    return render(request, "inspections/plan_record.html", context)


@require_http_methods(["GET", "POST"])
@once
def plan_edit(request: UserRequest, pk: int) -> HttpResponse:
    """Work on a draft's own lines, or put the record of an issued plan right."""
    plan = plan_of(request, pk)
    form_class = PlanForm if plan.is_issued else DraftForm
    form = form_class(request.POST or None, instance=plan, user=request.user)
    if refusal := plan.why_not_edited():
        messages.warning(request, refusal)
        return redirect(plan)
    if form.is_valid() and form.save_as(request.user):
        messages.success(request, f"Đã lưu {plan.name_inside}.")
        return redirect(plan)
    lead = "Chỉ để sửa chỗ ghi nhầm; thay đổi các mục thì điều chỉnh kế hoạch."
    if plan.paper:
        lead += " Số, ngày và cơ quan ban hành theo văn bản ban hành: muốn sửa, hãy sửa văn bản đó."
    context = {
        "plan": plan,
        "form": form,
        "paper": plan.paper,
        "title": f"Sửa {plan.name_inside}",
        "lead": lead if plan.is_issued else "",
        "submit_label": "Lưu thay đổi",
        "cancel_url": plan.get_absolute_url(),
    }
    return render(request, "inspections/plan_edit.html", context)


@require_http_methods(["GET", "POST"])
@once
def plan_copy(request: UserRequest, pk: int) -> HttpResponse:
    """Fill a draft with the items of another plan, moved into the draft's year."""
    plan = plan_of(request, pk)
    form = CopyForm(request.POST or None, user=request.user, plan=plan)
    refusal = "" if plan.is_draft else f"{plan.name} không còn là dự thảo nên không thêm mục được."
    if not refusal and not form.has_sources:
        refusal = (
            "Chưa có kế hoạch nào khác có mục để chép: kế hoạch chỉ ghi số và ngày ban hành thì "
            "không có mục. Hãy thêm từng mục, nhập từ bảng tính, hoặc lấy từ đề xuất."
        )
    copied: list[Copied] = []

    def copy() -> None:
        copied.append(copy_items(form.cleaned_data["source"], plan, request.user))

    if not refused(form, refusal) and form.is_valid() and done(form, copy):
        messages.success(request, copied[0].sentence)
        if said := said_of_new(request.user, plan, copied[0].items):
            messages.warning(request, said)
        return redirect(plan)
    context = {
        "plan": plan,
        "form": form,
        "title": f"Chép mục vào {plan.name_inside}",
        "submit_label": "Chép các mục",
        "refusal": refusal,
        "consequences": [
            "Mỗi mục được chép với cùng cơ quan kiểm tra, hình thức, nội dung; tháng, quý, ngày "
            f"chuyển sang năm {plan.year}.",
            "Đơn vị, cơ quan đã kết thúc được thay bằng đơn vị kế tiếp; mỗi đơn vị chỉ được chép "
            "một mục, và không chép nếu đã có trong dự thảo. Đoàn kiểm tra không được chép.",
            "Bạn xem lại và sửa từng mục sau khi chép.",
        ],
        "cancel_url": plan.get_absolute_url(),
    }
    return render(request, "inspections/plan_copy.html", context)


@require_http_methods(["GET", "POST"])
@once
def plan_delete(request: UserRequest, pk: int) -> HttpResponse:
    """Take away a draft, or a plan entered by mistake; one that rounds carry out stays."""
    plan = plan_of(request, pk)
    count = plan.items.count()
    return confirm(
        request,
        DeedForm(request.POST or None, record=plan, shown=[seal_of(plan.items.all())]),
        plan.remove,
        template="inspections/plan_delete.html",
        title=f"Xóa {plan.name_inside}",
        label="Xóa kế hoạch này",
        success=f"Đã xóa {plan.name_inside}.",
        consequences=[
            f"{plan} cùng {count} mục bị xóa hẳn và không khôi phục được; văn "
            "bản đã gắn vẫn còn ở mục Văn bản.",
            "Nhật ký vẫn ghi ai đã xóa và xóa lúc nào.",
        ],
        refusal=plan.why_not_removed(),
        then="inspections:plan_list",
        danger=True,
        plan=plan,
    )
