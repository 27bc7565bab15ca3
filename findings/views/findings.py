"""Pages of findings: list, story, form."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import UserRequest
from congvu.access import require
from congvu.dates import format_day, today
from congvu.deeds import DeedForm, confirm, refused
from congvu.once import once
from congvu.pages import Action
from congvu.tables import Listing, is_export
from findings.columns import FINDING_COLUMNS, severity_badge, with_visit
from findings.filters import FindingFilter
from findings.forms import FindingForm
from findings.models import Finding, proposed_findings
from findings.story import actions_of_finding, facts_of_finding, lines_of, marks
from findings.views.visits import choose_visit, number, visit_of
from inspections.models import Visit

FORMER_NAMES = ("visit__unit__former_names", "visit__round__body__former_names")


def _finding(request: UserRequest, pk: int) -> Finding:
    """The finding in reach; 404 for any other."""
    findings = Finding.objects.visible_to(request.user).prefetch_related(*FORMER_NAMES)
    return get_object_or_404(findings.select_related("visit__unit", "visit__round__body"), pk=pk)


@require_safe
def finding_list(request: UserRequest) -> HttpResponseBase:
    """Every finding in reach, the newest first."""
    user = request.user
    require(user, "findings.view")
    writes = user.may("findings.change")
    listing = Listing(
        request,
        title="Tồn tại, hạn chế, vi phạm",
        queryset=with_visit(Finding.objects.visible_to(user), for_export=is_export(request)),
        shape=FINDING_COLUMNS,
        filterset=FindingFilter,
        order="-pk",
        count_noun="nội dung",
        empty_title="Chưa ghi tồn tại nào",
        empty_hint=(
            "Bấm “Ghi tồn tại” để ghi nội dung đầu tiên, hoặc nhập từ bảng tính Excel."
            if writes
            else "Tồn tại hiện ở đây sau khi cơ quan kiểm tra ghi nhận cuộc kiểm tra hoàn thành."
        ),
        file_name="ton-tai",
    )
    actions = [Action("Ghi tồn tại", reverse("findings:finding_create"))] if writes else []
    return listing.respond("findings/finding_list.html", {"actions": actions})


@require_safe
def finding_detail(request: UserRequest, pk: int) -> HttpResponse:
    """A finding, where it was made, and what is demanded for it."""
    user = request.user
    finding = _finding(request, pk)
    remedies = finding.remedies.visible_to(user).select_related("visit__round")
    remedies = remedies.prefetch_related("extensions", "progress").order_by("pk")
    context = {
        "finding": finding,
        "title": f"Tồn tại {finding.code} – {finding.visit.unit_name}",
        "state": severity_badge(finding),
        "facts": facts_of_finding(finding, user),
        "remedies": lines_of(remedies, user, today()),
        "editable": finding.is_editable_by(user),
        "events": marks(finding, user),
        "actions": actions_of_finding(finding, user),
    }
    return render(request, "findings/finding_detail.html", context)


def _proposed(request: UserRequest, visit: Visit) -> dict[str, Any]:
    """What the answer “no” to `?question=5` proposes; nothing where it proposes nothing."""
    asked = number(request.GET.get("question", ""))
    if asked is None or request.method == "POST":
        return {}
    for each in proposed_findings(visit):
        if each.question.pk == asked:
            return {"category": each.category, "severity": each.severity, "content": each.text}
    return {}


@require_http_methods(["GET", "POST"])
@once
def finding_create(request: UserRequest, visit_pk: int | None = None) -> HttpResponse:
    """A new finding of the visit that the address names, or of one chosen first."""
    require(request.user, "findings.change")
    visit = visit_of(request, visit_pk)
    if visit is None:
        return choose_visit(request, "Ghi tồn tại", "findings:finding_list")
    form = FindingForm(request.POST or None, visit=visit, initial=_proposed(request, visit))
    refusal = visit.why_not_logged()
    if not refused(form, refusal) and form.is_valid() and form.save_as(request.user):
        messages.success(request, f"Đã ghi tồn tại {form.instance.code}.")
        return redirect(form.instance)
    context = {
        "visit": visit,
        "form": form,
        "refusal": refusal,
        "title": f"Ghi tồn tại – {visit.unit_name}",
        "lead": f"Lượt kiểm tra ngày {format_day(visit.visited_on)}, cuộc {visit.round.code}.",
        "submit_label": "Ghi tồn tại",
        "cancel_url": visit.get_absolute_url(),
    }
    return render(request, "findings/finding_create.html", context)


@require_http_methods(["GET", "POST"])
@once
def finding_edit(request: UserRequest, pk: int) -> HttpResponse:
    """Put right what a finding says."""
    finding = _finding(request, pk)
    finding.require_editable(request.user)
    form = FindingForm(request.POST or None, instance=finding, visit=finding.visit)
    refusal = finding.visit.why_not_logged()
    if not refused(form, refusal) and form.is_valid() and form.save_as(request.user):
        messages.success(request, f"Đã lưu tồn tại {finding.code}.")
        return redirect(finding)
    context = {
        "finding": finding,
        "form": form,
        "refusal": refusal,
        "title": f"Sửa tồn tại {finding.code}",
        "lead": counted_hint(finding),
        "submit_label": "Lưu thay đổi",
        "cancel_url": finding.get_absolute_url(),
    }
    return render(request, "findings/finding_edit.html", context)


def counted_hint(record: Any) -> str:
    """What a change brings for figures that count the record already."""
    if record.visit.round.status != "COMPLETED":
        return ""
    return (
        f"Cuộc {record.visit.round.code} đã hoàn thành: sửa ở đây có thể làm đổi số liệu tổng hợp."
    )


@require_http_methods(["GET", "POST"])
@once
def finding_delete(request: UserRequest, pk: int) -> HttpResponse:
    """Take away a finding entered by mistake, on which no remedy hangs."""
    finding = _finding(request, pk)
    finding.require_editable(request.user)
    return confirm(
        request,
        DeedForm(request.POST or None, record=finding),
        finding.remove,
        template="findings/finding_delete.html",
        title=f"Xóa tồn tại {finding.code}",
        label="Xóa tồn tại này",
        success=f"Đã xóa tồn tại {finding.code}.",
        consequences=[
            f"Tồn tại {finding.code} ({finding.get_category_display().lower()}) bị xóa hẳn và "
            "không khôi phục được.",
            "Nhật ký của lượt kiểm tra vẫn ghi ai đã xóa, xóa lúc nào và nội dung đã xóa.",
        ],
        refusal=finding.why_not_removed(),
        then=finding.visit,
        danger=True,
        finding=finding,
    )
