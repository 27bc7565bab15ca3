"""Pages of `/import/`: upload, look at what would change, confirm; template and export."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import UserRequest
from congvu import trail
from congvu.access import require
from congvu.dates import today
from congvu.pages import Action
from exchange import jobs
from exchange.analysis import NOT_YOURS
from exchange.export import export
from exchange.forms import UploadForm
from exchange.models import CLOSED, ImportJob, JobState
from exchange.template import template

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_JOBS_SHOWN = 20
_FAULTS_A_PAGE = 100

TONES: dict[str, str] = {
    JobState.CHECKING: "info",
    JobState.REFUSED: "danger",
    JobState.FAULTY: "danger",
    JobState.READY: "warning",
    JobState.NOTHING: "secondary",
    JobState.WRITING: "info",
    JobState.DONE: "success",
    JobState.CANCELLED: "secondary",
}

# Where the records of a sheet are listed.
_LISTS = {
    "units": "units:unit_list",
    "plans": "inspections:plan_list",
    "rounds": "inspections:round_list",
    "findings": "findings:finding_list",
    "remedies": "findings:remedy_list",
    "returns": "reports:return_list",
}


def _job(request: UserRequest, pk: int) -> ImportJob:
    """The user's own upload; 403 for whoever may not import, 404 for what is somebody else's."""
    require(request.user, "workbook.import")
    uploads = ImportJob.objects.of(request.user).select_related("plan")
    return get_object_or_404(uploads, pk=pk)


def _home(job: ImportJob) -> str:
    """Where uploads of its kind are sent."""
    if job.plan is not None:
        return reverse("exchange:plan_items_import", args=[job.plan.pk])
    return reverse("exchange:import_list")


@require_http_methods(["GET", "POST"])
def import_list(request: UserRequest) -> HttpResponse:
    """Upload a workbook; the user's earlier uploads and what became of them."""
    require(request.user, "workbook.import")
    is_sent = request.method == "POST"
    form = UploadForm(request.POST, request.FILES) if is_sent else UploadForm()
    if is_sent and form.is_valid():
        return redirect(take(request, form))
    found = ImportJob.objects.of(request.user)[:_JOBS_SHOWN]
    context = {
        "title": "Nhập dữ liệu từ bảng tính",
        "form": form,
        "jobs": listed(found),
        "may_export": request.user.may("workbook.export"),
    }
    return render(request, "exchange/import_list.html", context)


def take(request: UserRequest, form: UploadForm, **what: Any) -> ImportJob:
    """Keep the upload and begin to check it. `what` says what it is for, if not for everything."""
    ImportJob.objects.sweep()
    file = form.cleaned_data["file"]
    job = ImportJob.objects.create(
        by=request.user, name=file.name[-200:], file=file, started_at=timezone.now(), **what
    )
    jobs.start(job, origin=trail.origin.get())
    return job


def listed(uploads: Iterable[ImportJob]) -> list[tuple[ImportJob, str, str]]:
    """Uploads with the tone and the words of where they stand."""
    return [(job, _tone(job), _state(job)) for job in uploads]


def _tone(job: ImportJob) -> str:
    return "danger" if job.is_stalled else TONES[job.state]


def _state(job: ImportJob) -> str:
    return "Bị ngắt giữa chừng" if job.is_stalled else str(job.get_state_display())


@require_safe
def import_detail(request: UserRequest, pk: int) -> HttpResponse:
    """Where an upload stands: progress, faults by sheet, what would change, what was written."""
    job = _job(request, pk)
    faults = Paginator(job.faults, _FAULTS_A_PAGE)
    page = faults.get_page(request.GET.get("page"))
    context = {
        "job": job,
        "title": f"Nhập {job.name}",
        "tone": _tone(job),
        "state": _state(job),
        "is_waiting": job.is_running and not job.is_stalled,
        "page": page,
        "fault_groups": _grouped(page.object_list),
        "is_of_others": _is_of_others(job),
        "has_marked": bool(job.file) and job.fault_count > 0 and job.marked_path.exists(),
        "sheets": [{**sheet, "url": _list_url(job, sheet["key"])} for sheet in job.sheets],
        "home_url": _home(job),
        "actions": _actions(job),
    }
    return render(request, "exchange/import_detail.html", context)


def _is_of_others(job: ImportJob) -> bool:
    """Whether nearly all that is wrong is that units are none of the person's: another's file."""
    told = [message for _, _, message in job.faults]
    return len(told) > 1 and 10 * sum(NOT_YOURS in message for message in told) >= 9 * len(told)


def _grouped(faults: Any) -> list[tuple[str, list[tuple[str, str]]]]:
    groups: dict[str, list[tuple[str, str]]] = {}
    for title, cell, message in faults:
        groups.setdefault(title, []).append((cell, message))
    return list(groups.items())


def _list_url(job: ImportJob, key: str) -> str:
    """Where the records of a sheet are listed."""
    if job.plan is not None:
        return job.plan.get_absolute_url()
    return reverse(_LISTS[key]) if key in _LISTS else ""


def _actions(job: ImportJob) -> list[Action]:
    """What may be done with the upload now."""
    if not job.file or job.state in CLOSED or (job.is_running and not job.is_stalled):
        return []

    def to(name: str, label: str, *, post: bool = True) -> Action:
        return Action(label, reverse(f"exchange:{name}", args=[job.pk]), post=post)

    actions = []
    if job.is_stalled:
        actions.append(to("import_retry", "Thử lại"))
    elif job.state == JobState.READY:
        actions.append(to("import_apply", "Ghi vào hệ thống"))
    elif job.state == JobState.FAULTY and job.marked_path.exists():
        actions.append(to("import_faults", "Tải tệp đã đánh dấu ô sai", post=False))
    return [*actions, to("import_cancel", "Bỏ tệp này")]


@require_POST
def import_apply(request: UserRequest, pk: int) -> HttpResponse:
    """Write what was looked at; however often the button is pressed, once."""
    job = _job(request, pk)
    if job.file and job.pass_to(JobState.WRITING, from_state=JobState.READY):
        jobs.start(job, origin=trail.origin.get())
    return redirect(job)


@require_POST
def import_retry(request: UserRequest, pk: int) -> HttpResponse:
    """Begin an interrupted step again: nothing of it was written."""
    job = _job(request, pk)
    state = JobState(job.state)
    if job.file and job.is_stalled and job.pass_to(state, from_state=state):
        jobs.start(job, origin=trail.origin.get())
    return redirect(job)


@require_POST
def import_cancel(request: UserRequest, pk: int) -> HttpResponse:
    """Remove an upload that will not be written."""
    job = _job(request, pk)
    if job.state in CLOSED or (job.is_running and not job.is_stalled):
        messages.error(request, "Tệp đang được xử lý hoặc đã xử lý xong nên không bỏ được.")
        return redirect(job)
    if job.pass_to(JobState.CANCELLED, from_state=JobState(job.state)):
        job.remove_files()
        messages.success(request, f"Đã bỏ tệp {job.name}; không có gì được ghi.")
    return redirect(_home(job))


def workbook(content: bytes, name: str) -> HttpResponse:
    """A workbook to save. Even the largest that can be imported again takes few megabytes."""
    response = HttpResponse(content, content_type=_XLSX)
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or ""
    return response


@require_safe
def import_faults(request: UserRequest, pk: int) -> HttpResponse:
    """The uploaded workbook with its faulty cells coloured and explained."""
    job = _job(request, pk)
    if not job.file or not job.marked_path.exists():
        raise Http404
    name = f"{job.name.removesuffix('.xlsx')} - cần sửa.xlsx"
    return workbook(job.marked_path.read_bytes(), name)


@require_safe
def import_template(request: UserRequest) -> HttpResponse:
    """The empty workbook."""
    require(request.user, "workbook.import")
    target = BytesIO()
    template(target)
    return workbook(target.getvalue(), "mau-nhap-lieu.xlsx")


@require_safe
def import_export(request: UserRequest) -> HttpResponse:
    """Everything in the user's scope, in the template's layout; names of persons included."""
    require(request.user, "workbook.export")
    target = BytesIO()
    counts = export(target, request.user.scope_paths)
    unit = request.user.unit
    if unit is not None:
        note = f"Tệp theo mẫu nhập: {sum(counts.values())} dòng"
        trail.mark(request.user, unit, "exported", note=note)
    return workbook(target.getvalue(), f"cong-vu-{today():%Y-%m-%d}.xlsx")
