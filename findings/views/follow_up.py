"""What is done with a remedy until it is settled: extend, report, complete, send back, reopen."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import UserRequest
from congvu.dates import days_phrase, format_day, today
from congvu.deeds import DeedForm, ReasonDeedForm, confirm
from congvu.once import once
from findings.forms import (
    CompletionForm,
    ExtensionAnswerForm,
    ExtensionForm,
    ExtensionRequestForm,
    KeeperForm,
    ReportForm,
)
from findings.models import ExtensionRequest, Remedy, report_with_evidence
from findings.story import standing
from findings.views.remedies import remedy_in_reach


def _told_due(due: date | None) -> str:
    return f"{format_day(due)} ({days_phrase(due, today())})" if due else "không đặt hạn"


def _confirm(
    request: UserRequest,
    remedy: Remedy,
    form: DeedForm,
    deed: Callable[..., object],
    *,
    title: str,
    **said: Any,
) -> HttpResponse:
    """The deed's page, which shows the remedy as it stands today."""
    now = standing(remedy, today())
    title = f"{title} {remedy.code}"
    return confirm(request, form, deed, title=title, remedy=remedy, now=now, **said)


@require_POST
@once
def remedy_acknowledge(request: UserRequest, pk: int) -> HttpResponse:
    """Say, for the side that must act, that it knows of the demand."""
    remedy = remedy_in_reach(request, pk)
    remedy.require_asked(request.user)
    try:
        remedy.acknowledge(request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, f"Đã ghi nhận đơn vị tiếp nhận kiến nghị {remedy.code}.")
    return redirect(remedy)


@require_http_methods(["GET", "POST"])
@once
def remedy_request_extension(request: UserRequest, pk: int) -> HttpResponse:
    """Ask for more time, for the side that must act."""
    remedy = remedy_in_reach(request, pk)
    remedy.require_asked(request.user)
    due = remedy.due_on_at(today())
    return _confirm(
        request,
        remedy,
        ExtensionRequestForm(request.POST or None, record=remedy),
        remedy.request_extension,
        template="findings/remedy_request_extension.html",
        title="Xin gia hạn kiến nghị",
        label="Gửi đề nghị gia hạn",
        success=f"Đã gửi đề nghị gia hạn kiến nghị {remedy.code}; cơ quan kiểm tra sẽ trả lời.",
        lead=f"Hạn đang có hiệu lực: {_told_due(due)}. Trong khi chờ trả lời, hạn này vẫn tính.",
        refusal=remedy.why_not_requested(),
    )


@require_http_methods(["GET", "POST"])
@once
def extension_request_answer(request: UserRequest, pk: int) -> HttpResponse:
    """Answer a request for more time: grant it until a day, or refuse it. Never one's own."""
    requests = ExtensionRequest.objects.visible_to(request.user)
    remedy = remedy_in_reach(request, get_object_or_404(requests, pk=pk).remedy_id)
    remedy.require_extended(request.user)
    asked = next(each for each in remedy.requests.all() if each.pk == pk)
    refusal = remedy.why_not_answered()
    if asked.answered_at is not None:
        day = format_day(timezone.localdate(asked.answered_at))
        refusal = f"Đề nghị này đã được trả lời ngày {day}."
    form = ExtensionAnswerForm(
        request.POST or None,
        record=remedy,
        initial={"decided_on": today(), "due_on": asked.until},
    )

    def answer(**told: Any) -> None:
        if refusal:
            raise ValidationError(refusal)
        (remedy.grant if form.granted else remedy.refuse_extension)(**told)

    return _confirm(
        request,
        remedy,
        form,
        answer,
        template="findings/extension_request_answer.html",
        title="Trả lời đề nghị gia hạn kiến nghị",
        label="Trả lời đề nghị",
        success=f"Đã trả lời đề nghị gia hạn kiến nghị {remedy.code}.",
        lead=f"Hạn đang có hiệu lực: {_told_due(remedy.due_on_at(today()))}.",
        asked=asked,
        refusal=refusal,
    )


@require_http_methods(["GET", "POST"])
@once
def remedy_extend(request: UserRequest, pk: int) -> HttpResponse:
    """Permit a later day by a dated document; the old day stays on record."""
    remedy = remedy_in_reach(request, pk)
    remedy.require_extended(request.user)
    old = _told_due(remedy.due_on_at(today()))
    asked = remedy.request
    initial = {"due_on": asked.until} if asked else {}
    return _confirm(
        request,
        remedy,
        ExtensionForm(request.POST or None, record=remedy, initial=initial),
        remedy.extend,
        template="findings/remedy_extend.html",
        title="Gia hạn kiến nghị",
        label="Gia hạn",
        success=f"Đã gia hạn kiến nghị {remedy.code}; hạn cũ vẫn được lưu.",
        lead=f"Hạn đang có hiệu lực: {old}. Hạn cũ không bị xóa: trang của kiến nghị hiện cả hai.",
        refusal=remedy.why_not_extended(),
        asked=asked,
    )


@require_http_methods(["GET", "POST"])
@once
def remedy_report(request: UserRequest, pk: int) -> HttpResponse:
    """Say how far the remedy is; a claimed completion waits until the other side settles it."""
    remedy = remedy_in_reach(request, pk)
    remedy.require_reported(request.user)
    return _confirm(
        request,
        remedy,
        ReportForm(request.POST or None, request.FILES or None, record=remedy),
        functools.partial(report_with_evidence, remedy),
        template="findings/remedy_report.html",
        title="Báo cáo tiến độ kiến nghị",
        label="Gửi báo cáo",
        success=f"Đã gửi báo cáo về kiến nghị {remedy.code}.",
        lead="Nếu đã làm xong, hãy ghi ngày hoàn thành: kiến nghị được tính là xong sau khi cơ "
        "quan kiểm tra xác nhận.",
        refusal=remedy.why_not_reported(),
    )


@require_http_methods(["GET", "POST"])
@once
def remedy_complete(request: UserRequest, pk: int) -> HttpResponse:
    """Settle: record that the remedy was done. Never by the side that must act."""
    remedy = remedy_in_reach(request, pk)
    remedy.require_settled(request.user)
    claims = [each for each in remedy.progress.all() if each.is_waiting]
    initial = {}
    if claims:
        initial = {"completed_on": claims[-1].claimed_on, "report_document": claims[-1].document}
    return _confirm(
        request,
        remedy,
        CompletionForm(request.POST or None, record=remedy, initial=initial),
        remedy.complete,
        template="findings/remedy_complete.html",
        title="Xác nhận hoàn thành kiến nghị",
        label="Xác nhận hoàn thành",
        success=f"Đã xác nhận hoàn thành kiến nghị {remedy.code}.",
        consequences=[
            "Kiến nghị được tính là xong, đúng hạn hay quá hạn theo hạn có hiệu lực vào ngày hoàn "
            "thành.",
            "Nếu nhầm, có thể mở lại kèm lý do; nhật ký ghi cả hai việc.",
        ],
        claims=claims,
        refusal=remedy.why_not_completed(),
    )


@require_http_methods(["GET", "POST"])
@once
def remedy_send_back(request: UserRequest, pk: int) -> HttpResponse:
    """Answer a claimed completion: not done yet, and why."""
    remedy = remedy_in_reach(request, pk)
    remedy.require_settled(request.user)
    claims = [each for each in remedy.progress.all() if each.is_waiting]
    return _confirm(
        request,
        remedy,
        ReasonDeedForm(request.POST or None, record=remedy),
        remedy.send_back,
        template="findings/remedy_send_back.html",
        title="Chưa chấp nhận hoàn thành kiến nghị",
        label="Trả lại báo cáo hoàn thành",
        success=f"Đã trả lại báo cáo hoàn thành của kiến nghị {remedy.code}.",
        consequences=[
            "Kiến nghị vẫn là chưa xong; thời hạn không đổi.",
            "Đơn vị đọc được lý do và báo cáo lại khi đã làm đủ.",
        ],
        claims=claims,
        refusal="" if claims else "Không có báo cáo hoàn thành nào đang chờ xác nhận.",
    )


@require_http_methods(["GET", "POST"])
@once
def remedy_reopen(request: UserRequest, pk: int) -> HttpResponse:
    """Take a recorded completion back, with the reason."""
    remedy = remedy_in_reach(request, pk)
    remedy.require_settled(request.user)
    return _confirm(
        request,
        remedy,
        ReasonDeedForm(request.POST or None, record=remedy),
        remedy.reopen,
        template="findings/remedy_reopen.html",
        title="Mở lại kiến nghị",
        label="Mở lại kiến nghị",
        success=f"Đã mở lại kiến nghị {remedy.code}.",
        consequences=[
            "Kiến nghị trở lại là chưa xong và tính tiếp theo thời hạn đang có hiệu lực.",
            "Số liệu tổng hợp tính lại theo đó.",
        ],
        refusal=remedy.why_not_reopened(),
    )


@require_http_methods(["GET", "POST"])
@once
def remedy_assign(request: UserRequest, pk: int) -> HttpResponse:
    """Say who of the inspecting side follows the remedy."""
    remedy = remedy_in_reach(request, pk)
    remedy.require_editable(request.user)
    return _confirm(
        request,
        remedy,
        KeeperForm(request.POST or None, record=remedy),
        remedy.assign,
        template="findings/remedy_assign.html",
        title="Giao người theo dõi kiến nghị",
        label="Giao theo dõi",
        success=f"Đã ghi người theo dõi kiến nghị {remedy.code}.",
    )
