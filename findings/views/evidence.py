"""Evidence: handed in on a visit, a finding or a remedy, handed out to whoever may read that."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils.cache import get_conditional_response
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import UserRequest
from congvu.deeds import DeedForm, confirm, done
from congvu.once import once
from findings.evidence_files import content_type
from findings.evidence_part import tile
from findings.forms.evidence import MOST_IN_FORM, Bounded, EvidenceForm
from findings.models import Evidence, Finding, Remedy, require_add
from inspections.models import Visit

On = Visit | Finding | Remedy

_TOO_LARGE = (
    "Các tệp nặng quá giới hạn: mỗi tệp tối đa 20 MB, mỗi lần gửi tối đa 100 MB. Chưa tệp nào được "
    "lưu; hãy giảm độ phân giải hoặc gửi làm nhiều lần."
)


# The key against forged requests stands in the body, which is read only once its size is known:
# `_taken` checks it.
@csrf_exempt
@require_http_methods(["GET", "POST"])
def visit_evidence(request: UserRequest, pk: int) -> HttpResponse:
    """Evidence of what was seen at a unit."""
    visits = Visit.objects.visible_to(request.user).select_related("unit", "round__body")
    visit = get_object_or_404(visits.prefetch_related("unit__former_names"), pk=pk)
    return _handed_in(request, visit, visit, f"lượt kiểm tra {visit.unit_name}")


@csrf_exempt
@require_http_methods(["GET", "POST"])
def finding_evidence(request: UserRequest, pk: int) -> HttpResponse:
    """Evidence of one finding."""
    findings = Finding.objects.visible_to(request.user)
    finding = get_object_or_404(findings.select_related("visit__unit", "visit__round__body"), pk=pk)
    return _handed_in(request, finding, finding.visit, f"tồn tại {finding.code}")


@csrf_exempt
@require_http_methods(["GET", "POST"])
def remedy_evidence(request: UserRequest, pk: int) -> HttpResponse:
    """Evidence that what was demanded is done."""
    remedies = Remedy.objects.visible_to(request.user)
    remedy = get_object_or_404(remedies.select_related("visit__unit", "visit__round__body"), pk=pk)
    return _handed_in(request, remedy, remedy.visit, f"kiến nghị {remedy.code}")


def _handed_in(request: UserRequest, on: On, visit: Visit, whose: str) -> HttpResponse:
    require_add(request.user, on)
    shown = {
        "on": on,
        "visit": visit,
        "title": f"Gửi bằng chứng – {whose}",
        "submit_label": "Gửi bằng chứng",
        "cancel_url": on.get_absolute_url(),
        "refusal": Evidence.why_not_taken(on, request.user),
    }
    if request.method != "POST":
        return render(request, "findings/evidence_create.html", {**shown, "form": EvidenceForm()})
    if _weight(request) > MOST_IN_FORM:
        return _too_large(request)
    bound = Bounded(request)
    request.upload_handlers = [bound, *request.upload_handlers]
    return _taken(request, on, shown, bound)


def _weight(request: UserRequest) -> int:
    """How many bytes the body says to have."""
    told = request.META.get("CONTENT_LENGTH") or "0"
    return int(told) if told.isdecimal() else 0


@csrf_protect
def _taken(request: UserRequest, on: On, shown: dict[str, Any], bound: Bounded) -> HttpResponse:
    form = EvidenceForm(request.POST, request.FILES)
    if bound.too_large:
        return _too_large(request)
    made: list[Evidence] = []

    def add() -> None:
        made.extend(
            Evidence.add(on, request.user, each, note=form.cleaned_data["note"])
            for each in form.cleaned_data["uploads"]
        )

    if form.is_valid() and done(form, add):
        if _asks_for_data(request):
            html = [_tile_html(request, each) for each in made]
            return JsonResponse({"tiles": html})
        messages.success(request, f"Đã lưu {len(made)} tệp.")
        return redirect(on)
    if _asks_for_data(request):
        return _refusal([str(said) for faults in form.errors.values() for said in faults], 422)
    return render(request, "findings/evidence_create.html", {**shown, "form": form})


def _asks_for_data(request: UserRequest) -> bool:
    """Whether the page's script sent it, one file at a time."""
    return request.headers.get("Accept", "") == "application/json"


def _tile_html(request: UserRequest, evidence: Evidence) -> str:
    context = {"tile": tile(evidence, request.user)}
    return render_to_string("findings/parts/evidence_tile.html", context, request)


def _refusal(sentences: list[str], status: int) -> JsonResponse:
    return JsonResponse({"faults": sentences}, status=status)


def _too_large(request: UserRequest) -> HttpResponse:
    """Told on a page of its own: to draw the form again would read what was not to be read."""
    if _asks_for_data(request):
        return _refusal([_TOO_LARGE], 413)
    messages.error(request, _TOO_LARGE)
    return redirect(request.path)


# --- handed out ------------------------------------------------------------------------------


def _in_reach(request: UserRequest, pk: int) -> Evidence:
    """Evidence that the person may read; 404 for any other."""
    return get_object_or_404(Evidence.objects.visible_to(request.user), pk=pk)


@require_safe
def evidence_file(request: UserRequest, pk: int) -> HttpResponseBase:
    """The file as kept: a picture to be looked at, anything else as a download."""
    evidence = _in_reach(request, pk)
    return _sent(request, evidence, evidence.file, evidence.sha256)


@require_safe
def evidence_thumb(request: UserRequest, pk: int) -> HttpResponseBase:
    """The small picture; 404 for what is no picture."""
    evidence = _in_reach(request, pk)
    if not evidence.thumbnail:
        raise Http404
    return _sent(request, evidence, evidence.thumbnail, f"{evidence.sha256}-nho")


def _sent(request: UserRequest, evidence: Evidence, file: Any, tag: str) -> HttpResponseBase:
    """The stored file, asked for anew each time: whoever may see it today may not tomorrow."""
    headers = {
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-cache",
        "ETag": f'"{tag}"',
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    unchanged = get_conditional_response(request, etag=headers["ETag"])
    if unchanged is not None:
        for name, value in headers.items():
            unchanged.headers[name] = value
        return unchanged
    try:
        content = file.open("rb")
    except FileNotFoundError as fault:
        raise Http404 from fault
    return FileResponse(
        content,
        as_attachment=evidence.kind != Evidence.Kind.PICTURE,
        filename=evidence.name,
        content_type=content_type(file.name),
        headers=headers,
    )


@require_http_methods(["GET", "POST"])
@once
def evidence_delete(request: UserRequest, pk: int) -> HttpResponse:
    """Take away what was handed in by mistake; what proves something by now stays."""
    seen = Evidence.objects.visible_to(request.user).with_place()
    evidence = get_object_or_404(seen, pk=pk)
    evidence.require_removed(request.user)
    return confirm(
        request,
        DeedForm(request.POST or None, record=evidence),
        evidence.remove,
        template="findings/evidence_delete.html",
        title=f"Xóa bằng chứng {evidence.name}",
        label="Xóa bằng chứng này",
        success=f"Đã xóa bằng chứng {evidence.name}.",
        consequences=[
            f"Tệp “{evidence.name}” bị xóa hẳn và không khôi phục được.",
            "Nhật ký vẫn ghi ai đã xóa và xóa lúc nào.",
        ],
        refusal=evidence.why_not_removed(),
        then=evidence.place,
        danger=True,
        evidence=evidence,
        cancel_url=evidence.place.get_absolute_url(),
    )
