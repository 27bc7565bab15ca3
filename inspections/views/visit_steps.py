"""What is done with a visit on the spot: the roll-call, completing it, and addenda afterwards."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.requests import UserRequest
from congvu.dates import format_day
from congvu.deeds import confirm, done, refused
from congvu.numbers import number_text
from congvu.once import once
from inspections.forms import AddendumForm, CloseForm, RollCallForm
from inspections.models import Addendum, Attendance, Visit


def visit_to_write(request: UserRequest, pk: int) -> Visit:
    """The visit: 404 out of reach, 403 for whoever may only read it."""
    visits = Visit.objects.visible_to(request.user).select_related("round__body", "unit")
    visit = get_object_or_404(visits.prefetch_related("unit__former_names"), pk=pk)
    visit.require_editable(request.user)
    return visit


@require_http_methods(["GET", "POST"])
@once
def visit_roll_call(request: UserRequest, pk: int) -> HttpResponse:
    """Who of each department was there when the team came."""
    visit = visit_to_write(request, pk)
    form = RollCallForm(request.POST or None, instance=visit)
    refusal = visit.why_not_logged()
    if not refused(form, refusal) and form.is_valid() and form.save_as(request.user):
        total = Attendance.of(visit.roll_calls.all())
        messages.success(
            request, f"Đã lưu điểm danh: {total.present}/{total.headcount} người có mặt."
        )
        return redirect(visit)
    context = {
        "visit": visit,
        "round": visit.round,
        "form": form,
        "refusal": refusal,
        "title": f"Điểm danh – {visit.unit_name}",
        "lead": f"Lượt kiểm tra ngày {format_day(visit.visited_on)}, cuộc {visit.round.code}.",
        "submit_label": "Lưu điểm danh",
        "cancel_url": visit.get_absolute_url(),
    }
    return render(request, "inspections/visit_roll_call.html", context)


@require_http_methods(["GET", "POST"])
@once
def visit_close(request: UserRequest, pk: int) -> HttpResponse:
    """Complete the visit: what was seen is locked from now on."""
    visit = visit_to_write(request, pk)
    figures = {
        "findings": visit.findings.count(),
        **visit.roll_calls.aggregate(
            departments=Count("pk"), headcount=Sum("headcount"), present=Sum("present")
        ),
    }
    return confirm(
        request,
        CloseForm(request.POST or None, record=visit, shown=figures.values()),
        visit.close,
        template="inspections/visit_close.html",
        title=f"Hoàn thành lượt kiểm tra {visit.unit_name}",
        label="Hoàn thành lượt kiểm tra",
        success=f"Đã hoàn thành và khóa lượt kiểm tra {visit.unit_name}.",
        consequences=[
            "Những gì thấy tại chỗ bị khóa và không mở lại được: ngày, ưu điểm, điểm danh, bảng "
            "kiểm, tồn tại, vụ việc công dân và bằng chứng của lượt này.",
            "Sau đó chỉ ghi bổ sung, đính chính có lý do; mọi người đọc lượt kiểm tra luôn thấy.",
            "Vẫn ghi được số biên bản, văn bản, kết luận và kiến nghị.",
            f"Biên bản có {number_text(figures['findings'])} tồn tại, hạn chế, vi phạm.",
            *_roll_call_told(figures),
            *([] if visit.strengths else ["Lưu ý: lượt này chưa ghi ưu điểm."]),
            *_left_told(visit),
        ],
        refusal=visit.why_not_closed(),
        danger=True,
        visit=visit,
        round=visit.round,
    )


def _roll_call_told(figures: dict[str, int | None]) -> list[str]:
    if not figures["departments"]:
        return ["Lưu ý: lượt này chưa điểm danh."]
    headcount, present = figures["headcount"] or 0, figures["present"] or 0
    return [
        f"Điểm danh {number_text(figures['departments'])} phòng, bộ phận: {number_text(present)}/"
        f"{number_text(headcount)} người có mặt, {number_text(headcount - present)} vắng."
    ]


def _left_told(visit: Visit) -> list[str]:
    """What will have no answer and no place in the visit once it is locked. Three queries."""
    asked = visit.checklists.aggregate(number=Count("checklist__questions"))["number"]
    left = asked - visit.answers.count()
    told = []
    if left > 0:
        told.append(
            f"Lưu ý: bảng kiểm còn {number_text(left)}/{number_text(asked)} câu chưa trả lời."
        )
    waiting = visit.entries.exclude(state="saved").filter(settled_at__isnull=True).count()
    if waiting:
        told.append(
            f"Lưu ý: còn {number_text(waiting)} mục ghi tại chỗ chưa vào được lượt này; sau khi "
            "khóa thì không dùng được nữa."
        )
    return told


@require_http_methods(["GET", "POST"])
@once
def addendum_create(request: UserRequest, pk: int) -> HttpResponse:
    """Put a correction beside a locked visit; it stays for ever."""
    visit = visit_to_write(request, pk)
    form = AddendumForm(request.POST or None)
    refusal = Addendum.why_not_added(visit)

    def add() -> None:
        Addendum.add(visit, request.user, **form.cleaned_data)

    if not refused(form, refusal) and form.is_valid() and done(form, add):
        messages.success(request, "Đã ghi bổ sung, đính chính.")
        return redirect(visit)
    context = {
        "visit": visit,
        "round": visit.round,
        "form": form,
        "refusal": refusal,
        "title": f"Bổ sung, đính chính – {visit.unit_name}",
        "submit_label": "Ghi bổ sung, đính chính",
        "consequences": [
            "Nội dung và lý do hiện trên trang của lượt kiểm tra và trong biên bản, kèm tên bạn và "
            "thời điểm ghi; không sửa, không xóa được.",
        ],
        "cancel_url": visit.get_absolute_url(),
    }
    return render(request, "inspections/addendum_create.html", context)
