"""Pages of citizens' cases: list, story, form, and asking the unit to settle one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.requests import UserRequest
from congvu.access import require
from congvu.dates import format_day, today
from congvu.deeds import DeedForm, confirm, refused
from congvu.once import once
from congvu.pages import Action, Fact
from congvu.tables import Listing
from congvu.trail import mark
from findings.case_columns import case_badge, case_columns, case_phrase, citizen, with_case
from findings.filters import CaseFilter
from findings.forms import CaseForm, HandOverForm
from findings.models import CitizenCase
from findings.story import facts_of_visit, marks
from findings.views.remedies import names_asked
from findings.views.visits import choose_visit, visit_of


def _case(request: UserRequest, pk: int) -> CitizenCase:
    """The case in reach; 404 for any other."""
    return get_object_or_404(with_case(CitizenCase.objects.visible_to(request.user)), pk=pk)


@require_safe
def case_list(request: UserRequest) -> HttpResponseBase:
    """Every case in reach, the newest first."""
    user = request.user
    require(user, "remedies.view")
    with_names = names_asked(request)
    writes = user.may("remedies.change")
    listing = Listing(
        request,
        title="Vụ việc công dân",
        queryset=with_case(CitizenCase.objects.visible_to(user).standing(today())),
        shape=case_columns(user, today(), with_names=with_names),
        filterset=CaseFilter,
        order="-pk",
        count_noun="vụ việc",
        empty_title="Chưa ghi vụ việc nào",
        empty_hint=(
            "Bấm “Ghi vụ việc” để ghi việc mà người dân đang chờ được giải quyết."
            if writes
            else "Vụ việc hiện ở đây sau khi cơ quan kiểm tra ghi nhận cuộc kiểm tra hoàn thành."
        ),
        file_name="vu-viec-cong-dan",
    )
    if with_names:
        note = f"{listing.count} vụ việc công dân kèm họ tên: {request.GET.urlencode()}"
        mark(user, user, "exported", note=note)
    context = {
        "actions": [Action("Ghi vụ việc", reverse("findings:case_create"))] if writes else [],
        "names_url": listing.url(export="xlsx", names="1") if user.sees_names else None,
    }
    return listing.respond("findings/case_list.html", context)


@require_safe
def case_detail(request: UserRequest, pk: int) -> HttpResponse:
    """What a citizen waits for, and where it stands."""
    user = request.user
    case = _case(request, pk)
    context = {
        "case": case,
        "title": f"Vụ việc công dân – {case.visit.unit_name}",
        "state": case_badge(case, today()),
        "phrase": case_phrase(case, today()),
        "facts": _facts(case, user),
        "events": marks(case, user),
        "actions": _actions(case, user),
    }
    return render(request, "findings/case_detail.html", context)


def _facts(case: CitizenCase, user: User) -> list[Fact]:
    due, promised = case.due_on_at(today()), case.promised_by
    facts = [*facts_of_visit(case.visit, user)]
    if who := citizen(case, user):
        facts.append(Fact("Công dân", who))
    if case.since:
        facts.append(Fact("Từ ngày", format_day(case.since)))
    if promised:
        facts.append(Fact("Đơn vị hẹn trước ngày", format_day(promised)))
    if due and due != promised:
        facts.append(Fact("Hạn giải quyết", format_day(due)))
    if case.remedy is not None:
        url = case.remedy.get_absolute_url()
        facts.append(Fact("Giao giải quyết", f"Kiến nghị {case.remedy.code}", url=url))
    if case.settled_day is not None:
        where = "ngay tại buổi kiểm tra hoặc theo ghi nhận của đoàn" if case.settled_on else ""
        facts.append(Fact("Giải quyết xong", format_day(case.settled_day), small=where))
    return facts


def _actions(case: CitizenCase, user: User) -> list[Action]:
    if not case.is_editable_by(user):
        return []

    def to(name: str, label: str, why_not: str, danger: bool = False) -> Action:
        return Action(label, reverse(f"findings:{name}", args=[case.pk]), why_not, danger=danger)

    actions = [
        to("case_hand_over", "Giao giải quyết", case.why_not_handed_over()),
        to("case_edit", "Sửa vụ việc", case.visit.why_not_logged()),
        to("case_delete", "Xóa vụ việc", case.why_not_removed(), danger=True),
    ]
    return sorted(actions, key=lambda action: bool(action.why_not))


@require_http_methods(["GET", "POST"])
@once
def case_create(request: UserRequest, visit_pk: int | None = None) -> HttpResponse:
    """A new case of the visit that the address names, or of one chosen first."""
    require(request.user, "remedies.change")
    visit = visit_of(request, visit_pk)
    if visit is None:
        return choose_visit(request, "Ghi vụ việc công dân", "findings:case_list")
    form = CaseForm(request.POST or None, visit=visit)
    refusal = visit.why_not_logged()
    if not refused(form, refusal) and form.is_valid() and form.save_as(request.user):
        messages.success(request, "Đã ghi vụ việc công dân.")
        return redirect(form.instance)
    context = {
        "visit": visit,
        "form": form,
        "refusal": refusal,
        "title": f"Ghi vụ việc công dân – {visit.unit_name}",
        "lead": f"Lượt kiểm tra ngày {format_day(visit.visited_on)}, cuộc {visit.round.code}.",
        "submit_label": "Ghi vụ việc",
        "cancel_url": visit.get_absolute_url(),
    }
    return render(request, "findings/case_create.html", context)


@require_http_methods(["GET", "POST"])
@once
def case_edit(request: UserRequest, pk: int) -> HttpResponse:
    """Put right what a case says, until its visit is locked."""
    case = _case(request, pk)
    case.require_editable(request.user)
    form = CaseForm(request.POST or None, instance=case, visit=case.visit)
    refusal = case.visit.why_not_logged()
    if not refused(form, refusal) and form.is_valid() and form.save_as(request.user):
        messages.success(request, "Đã lưu vụ việc công dân.")
        return redirect(case)
    context = {
        "case": case,
        "form": form,
        "refusal": refusal,
        "title": "Sửa vụ việc công dân",
        "submit_label": "Lưu thay đổi",
        "cancel_url": case.get_absolute_url(),
    }
    return render(request, "findings/case_edit.html", context)


@require_http_methods(["GET", "POST"])
@once
def case_hand_over(request: UserRequest, pk: int) -> HttpResponse:
    """Ask the visited unit to settle it; a remedy follows it from then on."""
    case = _case(request, pk)
    case.require_editable(request.user)
    return _confirm(
        request,
        case,
        HandOverForm(request.POST or None, record=case),
        case.hand_over,
        template="findings/case_hand_over.html",
        title="Giao giải quyết vụ việc công dân",
        label="Giao giải quyết",
        success="Đã giao giải quyết; vụ việc được theo dõi bằng kiến nghị.",
        consequences=[
            f"{case.visit.unit_name} nhận một kiến nghị “Giải quyết vụ việc công dân” và báo cáo "
            "kết quả ở đó.",
            "Khi kiến nghị được xác nhận hoàn thành thì vụ việc là đã giải quyết.",
        ],
        refusal=case.why_not_handed_over(),
    )


@require_http_methods(["GET", "POST"])
@once
def case_delete(request: UserRequest, pk: int) -> HttpResponse:
    """Take away a case entered by mistake."""
    case = _case(request, pk)
    case.require_editable(request.user)
    return _confirm(
        request,
        case,
        DeedForm(request.POST or None, record=case),
        case.remove,
        template="findings/case_delete.html",
        title="Xóa vụ việc công dân",
        label="Xóa vụ việc này",
        success="Đã xóa vụ việc công dân.",
        consequences=[
            "Vụ việc bị xóa hẳn và không khôi phục được.",
            "Nhật ký của lượt kiểm tra vẫn ghi ai đã xóa và xóa lúc nào.",
        ],
        refusal=case.why_not_removed(),
        then=case.visit,
        danger=True,
    )


def _confirm(
    request: UserRequest, case: CitizenCase, form: DeedForm, deed: Any, **said: Any
) -> HttpResponse:
    return confirm(request, form, deed, case=case, **said)
