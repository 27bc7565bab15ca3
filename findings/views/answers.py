"""The page on which a visit's checklists are answered."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.requests import UserRequest
from congvu.dates import format_day
from congvu.deeds import DeedForm, done, refused
from congvu.once import once
from findings.answer_form import AnswersForm
from findings.models import checklists_for, proposed_findings, questions_of
from inspections.models import Visit


@require_http_methods(["GET", "POST"])
@once
def visit_checklist(request: UserRequest, pk: int) -> HttpResponse:
    """Begin a visit with the checklists in force, then answer all their questions."""
    visits = Visit.objects.visible_to(request.user).select_related("unit", "round__body")
    visit = get_object_or_404(visits.prefetch_related("unit__former_names"), pk=pk)
    visit.require_editable(request.user)
    return _begin(request, visit) if visit.begun_at is None else _answer(request, visit)


def _begin(request: UserRequest, visit: Visit) -> HttpResponse:
    """What the visit will take; it begins when that is confirmed."""
    form = DeedForm(request.POST or None, record=visit)
    taken = checklists_for(visit)
    refusal = visit.why_not_logged()
    if not refusal and not taken:
        refusal = (
            "Chưa có bảng kiểm nào đang dùng cho các nội dung của cuộc kiểm tra này; hãy chọn nội "
            "dung ở “Sửa cuộc”, hoặc nhờ cán bộ Sở Nội vụ đưa bảng kiểm vào sử dụng."
        )
    if (
        not refused(form, refusal)
        and form.is_valid()
        and done(form, lambda: visit.begin(request.user))
    ):
        messages.success(request, "Lượt kiểm tra đã bắt đầu; các câu hỏi được giữ nguyên từ nay.")
        return redirect("findings:visit_checklist", visit.pk)
    context = {
        "visit": visit,
        "round": visit.round,
        "form": form,
        "title": f"Bắt đầu tại {visit.unit_name}",
        "submit_label": "Bắt đầu và mở bảng kiểm",
        "refusal": refusal,
        "consequences": [
            "Giờ bắt đầu tại đơn vị được ghi là bây giờ.",
            *(
                f"Dùng {each}, {each.questions_count} câu hỏi, của {each.owner.name}."
                for each in taken
            ),
            "Các câu hỏi giữ nguyên cho lượt này, dù sau đó bảng kiểm có phiên bản mới.",
        ],
        "cancel_url": visit.get_absolute_url(),
    }
    return render(request, "findings/visit_begin.html", context)


def _answer(request: UserRequest, visit: Visit) -> HttpResponse:
    asked = questions_of(visit)
    form = AnswersForm(request.POST or None, visit=visit, asked=asked)
    refusal = visit.why_not_logged()
    if not refusal and not asked:
        refusal = "Khi lượt này bắt đầu không có bảng kiểm nào đang dùng, nên không có câu hỏi."
    if not refused(form, refusal) and form.is_valid() and form.save_as(request.user):
        left = sum(each.answer is None for each in questions_of(visit))
        told = f" Còn {left} câu chưa trả lời." if left else " Đã trả lời hết các câu hỏi."
        messages.success(request, f"Đã lưu câu trả lời.{told}")
        return redirect(f"{visit.get_absolute_url()}#checklist-title")
    context = {
        "visit": visit,
        "round": visit.round,
        "form": form,
        "title": f"Bảng kiểm – {visit.unit_name}",
        "lead": f"Lượt kiểm tra ngày {format_day(visit.visited_on)}, cuộc {visit.round.code}. Câu "
        "chưa rõ thì để trống và trả lời sau.",
        "submit_label": "Lưu câu trả lời",
        "refusal": refusal,
        "proposals": proposed_findings(visit, asked),
        "cancel_url": visit.get_absolute_url(),
    }
    return render(request, "findings/visit_checklist.html", context)
