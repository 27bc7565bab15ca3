"""Steps of a plan's life: submit, send back, issue, withdraw, close, open again, adjust."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.requests import UserRequest
from congvu.deeds import DeedForm, ReasonDeedForm, confirm, done, refused
from congvu.once import once
from directives.models import Document
from inspections.forms import PaperForm
from inspections.models import Adjustment, PlanStatus, seal_of
from inspections.plan_overlaps import said_of_bare
from inspections.views.plans import plan_of


@require_http_methods(["GET", "POST"])
@once
def plan_submit(request: UserRequest, pk: int) -> HttpResponse:
    """The draft goes to whoever signs it."""
    plan = plan_of(request, pk)
    count, refusal = plan.items.count(), plan.why_not("submitted")
    return confirm(
        request,
        DeedForm(request.POST or None, record=plan, shown=[seal_of(plan.items.all())]),
        plan.submit,
        template="inspections/plan_submit.html",
        title=f"Trình {plan.name_inside}",
        label="Trình kế hoạch",
        success="Đã trình. Khi người có thẩm quyền ký, ghi số và ngày ở “Ban hành kế hoạch”.",
        consequences=[
            f"Dự thảo gồm {count} mục được khóa lại: không sửa được mục nào cho đến khi ban hành "
            "hoặc trả lại.",
            "Nếu phải sửa, chọn “Trả lại dự thảo” và ghi lý do.",
            *([] if refusal else said_of_bare(request.user, plan)),
        ],
        refusal=refusal,
        plan=plan,
    )


@require_http_methods(["GET", "POST"])
@once
def plan_send_back(request: UserRequest, pk: int) -> HttpResponse:
    """A submitted draft is worked on again; the reason stays on record."""
    plan = plan_of(request, pk)
    return confirm(
        request,
        ReasonDeedForm(request.POST or None, record=plan),
        plan.send_back,
        template="inspections/plan_send_back.html",
        title=f"Trả lại {plan.name_inside}",
        label="Trả lại dự thảo",
        success="Đã trả lại dự thảo; các mục sửa được trở lại.",
        consequences=["Kế hoạch trở lại là dự thảo và sửa được từng mục.", "Lý do được lưu."],
        refusal=plan.why_not("returned"),
        plan=plan,
    )


@require_http_methods(["GET", "POST"])
@once
def plan_issue(request: UserRequest, pk: int) -> HttpResponse:
    """Number, day, signer and file: the plan is in force and only adjustments change it."""
    plan = plan_of(request, pk)

    def issue(by: User, paper: Document) -> None:
        plan.issue(by, paper)

    form = PaperForm(
        request.POST or None,
        request.FILES or None,
        user=request.user,
        issuer=plan.issuer,
        seal=f"{plan.version}.{seal_of(plan.items.all())}",
        deed=issue,
        initial={"subject": plan.subject},
    )
    refusal = plan.why_not("issued")
    if not refused(form, refusal) and form.is_valid() and form.save_as(request.user):
        messages.success(request, f"Đã ban hành kế hoạch {plan.number}.")
        return redirect(plan)
    context = {
        "plan": plan,
        "form": form,
        "title": f"Ban hành kế hoạch năm {plan.year}",
        "submit_label": "Ban hành kế hoạch",
        "refusal": refusal,
        "consequences": [
            f"{plan.items.count()} mục của kế hoạch có hiệu lực; từ nay chỉ thay đổi bằng điều "
            "chỉnh có số, ngày và lý do.",
            "Văn bản được đăng ký ở mục Văn bản với số, ngày, người ký và tệp dưới đây.",
            "Các cơ quan kiểm tra thấy những mục giao cho mình; đơn vị được kiểm tra không thấy.",
            *([] if refusal else said_of_bare(request.user, plan)),
        ],
        "cancel_url": plan.get_absolute_url(),
    }
    return render(request, "inspections/plan_issue.html", context)


@require_http_methods(["GET", "POST"])
@once
def plan_withdraw(request: UserRequest, pk: int) -> HttpResponse:
    """An issue recorded by mistake is taken back."""
    plan = plan_of(request, pk)
    return confirm(
        request,
        ReasonDeedForm(request.POST or None, record=plan),
        plan.withdraw,
        template="inspections/plan_withdraw.html",
        title=f"Thu hồi {plan.name_inside} về dự thảo",
        label="Thu hồi về dự thảo",
        success="Kế hoạch trở lại là dự thảo.",
        consequences=[
            "Dùng khi ghi nhầm việc ban hành. Kế hoạch mất số và ngày, trở lại là dự thảo.",
            "Văn bản đã đăng ký vẫn còn ở mục Văn bản; nếu cũng ghi nhầm, hãy xóa ở đó.",
        ],
        refusal=plan.why_not("withdrawn"),
        danger=True,
        plan=plan,
    )


@require_http_methods(["GET", "POST"])
@once
def plan_close(request: UserRequest, pk: int) -> HttpResponse:
    """The plan is done with; what was not held stays told as not held."""
    plan = plan_of(request, pk)
    return confirm(
        request,
        ReasonDeedForm(request.POST or None, record=plan),
        plan.close,
        template="inspections/plan_close.html",
        title=f"Kết thúc {plan.name_inside}",
        label="Kết thúc kế hoạch",
        success=f"Đã kết thúc kế hoạch {plan.number}.",
        consequences=[
            "Không điều chỉnh kế hoạch được nữa; mục chưa kiểm tra vẫn được ghi là chưa thực hiện.",
            "Các mục chưa kiểm tra không còn được tính khi tìm chồng chéo.",
            "Nếu kết thúc sớm, có thể mở lại.",
        ],
        refusal=plan.why_not("closed"),
        plan=plan,
    )


@require_http_methods(["GET", "POST"])
@once
def plan_reopen(request: UserRequest, pk: int) -> HttpResponse:
    """A plan closed too early goes on."""
    plan = plan_of(request, pk)
    return confirm(
        request,
        ReasonDeedForm(request.POST or None, record=plan),
        plan.reopen,
        template="inspections/plan_reopen.html",
        title=f"Mở lại {plan.name_inside}",
        label="Mở lại kế hoạch",
        success=f"Kế hoạch {plan.number} đang thực hiện trở lại.",
        consequences=["Kế hoạch có hiệu lực trở lại và điều chỉnh được."],
        refusal=plan.why_not("reopened"),
        plan=plan,
    )


@require_http_methods(["GET", "POST"])
@once
def plan_adjust(request: UserRequest, pk: int) -> HttpResponse:
    """An adjustment is begun, or the one being prepared is gone on with."""
    plan = plan_of(request, pk)
    form = DeedForm(request.POST or None, record=plan)
    refusal = (
        ""
        if plan.status == PlanStatus.ISSUED
        else f"{plan.name} đang ở trạng thái “{plan.get_status_display()}”; chỉ kế hoạch đã ban "
        "hành mới điều chỉnh được."
    )
    opened: list[Adjustment] = []

    def adjust() -> None:
        opened.append(Adjustment.open_for(plan, request.user))

    if not refused(form, refusal) and form.is_valid() and done(form, adjust):
        messages.success(request, "Hãy thêm, dời hoặc bỏ các mục, rồi ban hành điều chỉnh.")
        return redirect(opened[0])
    context = {
        "plan": plan,
        "form": form,
        "title": f"Điều chỉnh {plan.name_inside}",
        "submit_label": "Bắt đầu điều chỉnh",
        "refusal": refusal,
        "consequences": [
            "Mở một lần điều chỉnh để thêm, dời hoặc bỏ mục; kế hoạch đang có hiệu lực chưa đổi.",
            "Các thay đổi có hiệu lực khi ban hành điều chỉnh bằng văn bản có số, ngày và lý do.",
            "Người khác cùng phụ trách kế hoạch sẽ làm chung trên lần điều chỉnh này.",
        ],
        "cancel_url": plan.get_absolute_url(),
    }
    return render(request, "inspections/plan_adjust.html", context)
