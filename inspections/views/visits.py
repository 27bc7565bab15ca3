"""Pages of visits: one unit in one round."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count, OuterRef, Prefetch, Subquery, prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import UserRequest
from congvu.deeds import DeedForm, confirm
from congvu.once import once
from inspections.columns import status_badge
from inspections.facts import actions_of_visit, facts_of_visit, stories_of_visits
from inspections.forms import VisitForm
from inspections.models import Addendum, Attendance, Round, Visit
from inspections.story import trail_of


@require_safe
def visit_detail(request: UserRequest, pk: int) -> HttpResponse:
    """What the team found at one unit, and what is demanded of it."""
    user = request.user
    visits = Visit.objects.visible_to(user).select_related(
        "unit", "round__body", "conclusion__kept_by", "conclusion__issuer", "closed_by"
    )
    visits = visits.annotate(entries_waiting=_entries_waiting(), cases_count=_cases())
    visit = get_object_or_404(
        visits.prefetch_related("findings", "remedies__extensions", "roll_calls"), pk=pk
    )
    prefetch_related_objects([visit.unit, visit.round.body], "former_names")
    if visit.is_closed:
        addenda = Addendum.objects.select_related("by__unit")
        prefetch_related_objects([visit], Prefetch("addenda", queryset=addenda))
    context = {
        "visit": visit,
        "round": visit.round,
        "title": f"Lượt kiểm tra {visit.unit_name} – cuộc {visit.round.code}",
        "state": status_badge(visit.round),
        "facts": facts_of_visit(visit, user),
        "attendance": Attendance.of(visit.roll_calls.all()),
        "story": stories_of_visits([visit], user)[0],
        "documents": visit.documents.visible_to(user).select_related("issuer"),
        "editable": visit.is_editable_by(user),
        "trail": trail_of([visit], user) if user.in_scope(visit.round.body) else None,
        "actions": actions_of_visit(visit, user),
    }
    return render(request, "inspections/visit_detail.html", context)


def _entries_waiting() -> Subquery:
    """How much that came from the spot is not in the visit, and waits to be looked at."""
    waiting = Visit.objects.filter(
        pk=OuterRef("pk"),
        entries__state__in=("clash", "refused"),
        entries__settled_at__isnull=True,
    )
    return Subquery(
        waiting.order_by().values("pk").annotate(number=Count("entries")).values("number")
    )


def _cases() -> Subquery:
    """How many citizens' cases were met at the visit."""
    met = Visit.objects.filter(pk=OuterRef("pk")).order_by().values("pk")
    return Subquery(met.annotate(number=Count("cases")).values("number"))


@require_http_methods(["GET", "POST"])
@once
def visit_create(request: UserRequest, pk: int) -> HttpResponse:
    """Another unit in the round."""
    rounds = Round.objects.visible_to(request.user).select_related("body")
    round_ = get_object_or_404(rounds, pk=pk)
    round_.require_editable(request.user)
    form = VisitForm(request.POST or None, user=request.user, round_=round_)
    if form.is_valid() and form.save_as(request.user):
        messages.success(request, f"Đã thêm lượt kiểm tra {form.instance.unit.name}.")
        return redirect(form.instance)
    context = {
        "round": round_,
        "form": form,
        "title": f"Thêm lượt kiểm tra vào cuộc {round_.code}",
        "submit_label": "Thêm lượt kiểm tra",
        "cancel_url": round_.get_absolute_url(),
    }
    return render(request, "inspections/visit_create.html", context)


@require_http_methods(["GET", "POST"])
@once
def visit_edit(request: UserRequest, pk: int) -> HttpResponse:
    """Change the day, the unit, or the papers that came of the visit."""
    visit = get_object_or_404(
        Visit.objects.visible_to(request.user).select_related("round__body", "unit"), pk=pk
    )
    visit.require_editable(request.user)
    form = VisitForm(request.POST or None, instance=visit, user=request.user, round_=visit.round)
    if form.is_valid() and form.save_as(request.user):
        messages.success(request, f"Đã lưu lượt kiểm tra {visit.unit.name}.")
        return redirect(visit)
    context = {
        "visit": visit,
        "round": visit.round,
        "form": form,
        "lead": visit.why_not_logged(),
        "title": f"Sửa lượt kiểm tra – cuộc {visit.round.code}",
        "submit_label": "Lưu thay đổi",
        "cancel_url": visit.get_absolute_url(),
    }
    return render(request, "inspections/visit_edit.html", context)


@require_http_methods(["GET", "POST"])
@once
def visit_delete(request: UserRequest, pk: int) -> HttpResponse:
    """Take away a visit entered by mistake, on which nothing hangs."""
    visit = get_object_or_404(
        Visit.objects.visible_to(request.user).select_related("round__body", "unit"), pk=pk
    )
    visit.require_editable(request.user)
    round_ = visit.round
    return confirm(
        request,
        DeedForm(request.POST or None, record=round_),
        visit.remove,
        template="inspections/visit_delete.html",
        title=f"Xóa lượt kiểm tra {visit.unit.name}",
        label="Xóa lượt kiểm tra",
        success=f"Đã xóa lượt kiểm tra {visit.unit.name}.",
        consequences=[
            f"{visit.unit.name} không còn trong cuộc {round_.code}; ngày kiểm tra, số biên bản, số "
            "kết luận và ưu điểm đã ghi bị xóa hẳn.",
            "Nhật ký của cuộc ghi ai đã xóa và xóa lúc nào.",
        ],
        refusal=visit.why_not_removed(),
        danger=True,
        visit=visit,
        round=round_,
        cancel_url=visit.get_absolute_url(),
    )
