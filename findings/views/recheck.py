"""The page of a re-check's visit: open remedies of the unit, settled on the spot."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.requests import UserRequest
from congvu.access import require
from congvu.dates import format_day
from congvu.deeds import refused
from congvu.once import once
from findings.models import Remedy
from findings.recheck import MOST, RecheckForm, is_recheck, to_verify, why_not_rechecked
from findings.views.visits import visit_of


@require_http_methods(["GET", "POST"])
@once
def visit_recheck(request: UserRequest, pk: int) -> HttpResponse:
    """What was demanded of the unit before: settle it, note progress, or leave it with a reason."""
    require(request.user, "remedies.settle")
    visit = visit_of(request, pk)
    if visit is None or not is_recheck(visit):
        raise Http404
    found = to_verify(visit, request.user)
    form = RecheckForm(request.POST or None, visit=visit, remedies=found[:MOST], user=request.user)
    refusal = why_not_rechecked(visit)
    if not refused(form, refusal) and form.is_valid():
        done = form.save_as(request.user)
        if done:
            messages.success(request, f"Đã ghi kết quả phúc tra {done} kiến nghị.")
            return redirect("findings:visit_recheck", pk)
        if not form.errors:
            form.add_error(None, "Chưa chọn kết quả cho kiến nghị nào.")
    settled = Remedy.objects.visible_to(request.user).filter(settled_in=visit)
    context = {
        "visit": visit,
        "form": form,
        "refusal": refusal,
        "more": len(found) > MOST,
        "settled": list(settled.order_by("code")),
        "title": f"Phúc tra kiến nghị – {visit.unit_name}",
        "lead": f"Lượt phúc tra ngày {format_day(visit.visited_on)}, cuộc {visit.round.code}. Gồm "
        "các kiến nghị chưa xong của đơn vị và các đơn vị mà đơn vị kế thừa.",
        "submit_label": "Lưu kết quả phúc tra",
        "cancel_url": visit.get_absolute_url(),
    }
    return render(request, "findings/visit_recheck.html", context)
