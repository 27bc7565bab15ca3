"""The page on which a visit is concluded and its demands are made."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.requests import UserRequest
from congvu.access import require
from congvu.dates import format_day
from congvu.deeds import refused
from congvu.once import once
from directives.models import Document, DocumentQuerySet
from findings.conclusions import TYPES, ConclusionForm, KnownConclusionForm
from findings.due import days_for
from findings.models import RemedyKind
from findings.views.visits import number, visit_of
from inspections.models import RoundStatus, Visit


@require_http_methods(["GET", "POST"])
@once
def visit_conclude(request: UserRequest, pk: int) -> HttpResponse:
    """Register the conclusion, or take a registered one (`?paper=5`), and make its demands."""
    require(request.user, "remedies.change")
    visit = visit_of(request, pk)
    if visit is None:
        raise Http404
    offered = _offered(request, visit)
    paper_pk = number(request.GET.get("paper", ""))
    paper = None if paper_pk is None else get_object_or_404(offered, pk=paper_pk)
    form = _form(request, visit, paper)
    refusal = visit.why_not_concluded()
    if not refused(form, refusal) and form.is_valid() and form.save_as(request.user):
        count = len(form.rows.filled)
        demands = f" và {count} kiến nghị" if count else ""
        messages.success(request, f"Đã ghi kết luận {visit.conclusion_number}{demands}.")
        return redirect(visit)
    context = {
        "visit": visit,
        "form": form,
        "paper": paper,
        "papers": [] if paper else offered.select_related("issuer"),
        "refusal": refusal,
        "title": f"Ghi kết luận – {visit.unit_name}",
        "lead": f"Lượt kiểm tra ngày {format_day(visit.visited_on)}, cuộc {visit.round.code}.",
        "submit_label": "Ghi kết luận",
        "consequences": _consequences(visit),
        "periods": _periods(),
        "complicated_days": days_for(RemedyKind.DISCIPLINE, is_complicated=True),
        "cancel_url": visit.get_absolute_url(),
    }
    return render(request, "findings/visit_conclude.html", context)


def _form(request: UserRequest, visit: Visit, paper: Document | None) -> Any:
    shared: dict[str, Any] = {"visit": visit, "seal": str(visit.version)}
    if paper is not None:
        return KnownConclusionForm(request.POST or None, paper=paper, **shared)
    files = request.FILES or None
    return ConclusionForm(request.POST or None, files, user=request.user, **shared)


def _offered(request: UserRequest, visit: Visit) -> DocumentQuerySet:
    """Documents in reach that may conclude the visit: of its round, or put to it or its round."""
    known = Q(visits_concluded__round=visit.round_id) | Q(rounds=visit.round_id) | Q(visits=visit)
    found = Document.objects.visible_to(request.user).filter(known, type__in=TYPES)
    return found.filter(issued_on__gte=visit.visited_on).distinct()


def _consequences(visit: Visit) -> list[str]:
    notes = []
    if visit.round.status != RoundStatus.COMPLETED:
        notes.append(
            "Lưu ý: cuộc kiểm tra chưa hoàn thành; kiến nghị chỉ được tính vào số liệu, và đơn vị "
            "chỉ thấy kiến nghị, khi cuộc hoàn thành."
        )
    if not visit.is_closed:
        notes.append("Lưu ý: lượt kiểm tra chưa hoàn thành nên tồn tại còn sửa được.")
    return [
        "Văn bản kết luận được đăng ký ở mục Văn bản; số và ngày kết luận của lượt theo văn bản "
        "này.",
        "Mỗi dòng bên dưới thành một kiến nghị của lượt kiểm tra, được theo dõi đến khi xong.",
        *notes,
    ]


def _periods() -> list[tuple[str, str, int]]:
    """The period proposed for each kind that has one: code, label, days."""
    found = [(kind, days_for(kind)) for kind in RemedyKind]
    return [(kind.value, str(kind.label), days) for kind, days in found if days is not None]
