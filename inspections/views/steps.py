"""Steps of a round: begin, complete, cancel, open again. Each says first what will happen."""

from __future__ import annotations

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods

from accounts.requests import UserRequest
from congvu.dates import format_day, today
from congvu.deeds import DeedForm, ReasonDeedForm, confirm
from congvu.once import once
from inspections.models import Round, RoundStatus


def _round(request: UserRequest, pk: int) -> Round:
    """The round to take a step with: 404 out of scope, 403 for whoever may only read."""
    rounds = Round.objects.visible_to(request.user).select_related("body")
    round_ = get_object_or_404(rounds.prefetch_related("body__former_names"), pk=pk)
    round_.require_editable(request.user)
    return round_


@require_http_methods(["GET", "POST"])
@once
def round_start(request: UserRequest, pk: int) -> HttpResponse:
    """The team is on its way."""
    round_ = _round(request, pk)
    return confirm(
        request,
        DeedForm(request.POST or None, record=round_),
        round_.start,
        round=round_,
        refusal=round_.why_not("started"),
        template="inspections/round_start.html",
        title=f"Bắt đầu cuộc {round_.code}",
        label="Bắt đầu kiểm tra",
        consequences=[
            "Cuộc chuyển sang “Đang kiểm tra”; đoàn ghi được kết quả từng lượt, tồn tại và kiến "
            "nghị.",
            "Đơn vị được kiểm tra chưa thấy cuộc này cho đến khi hoàn thành.",
            "Cuộc chưa được tính vào số liệu tổng hợp.",
        ],
        success=f"Cuộc {round_.code} đang được kiểm tra.",
    )


@require_http_methods(["GET", "POST"])
@once
def round_complete(request: UserRequest, pk: int) -> HttpResponse:
    """The round is over and counts from now on."""
    round_ = _round(request, pk)
    figures = round_.visits.aggregate(
        visits=Count("pk", distinct=True),
        findings=Count("findings", distinct=True),
        remedies=Count("remedies", distinct=True),
        unsigned=Count("pk", filter=Q(minutes_number=""), distinct=True),
    )
    last = round_.ends_on
    notes = []
    if last > today():
        day = format_day(last)
        notes.append(f"Lưu ý: ngày kết thúc đã ghi ({day}) chưa đến. Hãy sửa ngày trước nếu sai.")
    if figures["unsigned"]:
        notes.append(
            f"Lưu ý: {figures['unsigned']} lượt chưa ghi số biên bản; ghi thêm lúc nào cũng được."
        )
    return confirm(
        request,
        DeedForm(request.POST or None, record=round_, shown=figures.values()),
        round_.complete,
        round=round_,
        refusal=round_.why_not("completed"),
        template="inspections/round_complete.html",
        title=f"Hoàn thành cuộc {round_.code}",
        label="Hoàn thành cuộc kiểm tra",
        consequences=[
            *notes,
            f"Cuộc được tính là 1 cuộc “{round_.get_form_display()}” với {figures['visits']} lượt, "
            f"{figures['findings']} tồn tại và {figures['remedies']} kiến nghị.",
            f"Cuộc kết thúc ngày {format_day(last)}, nên từ nay được tính vào mọi số liệu tổng hợp "
            f"có ngày đó (như năm {last.year}) của {round_.body_name} và các cơ quan cấp trên.",
            "Mỗi đơn vị được kiểm tra xem được phần kết quả của mình và các kiến nghị phải thực "
            "hiện.",
            "Nếu nhầm, có thể mở lại cuộc này để sửa; nhật ký ghi cả hai việc.",
        ],
        success=f"Cuộc {round_.code} đã hoàn thành và được tính vào số liệu tổng hợp.",
    )


@require_http_methods(["GET", "POST"])
@once
def round_cancel(request: UserRequest, pk: int) -> HttpResponse:
    """The round is not held; the reason stays on record."""
    round_ = _round(request, pk)
    return confirm(
        request,
        ReasonDeedForm(request.POST or None, record=round_),
        round_.cancel,
        round=round_,
        refusal=round_.why_not("cancelled"),
        template="inspections/round_cancel.html",
        title=f"Hủy cuộc {round_.code}",
        label="Hủy cuộc kiểm tra",
        consequences=[
            "Cuộc cùng các lượt, tồn tại, kiến nghị của nó không được tính vào số liệu nào.",
            "Hồ sơ vẫn còn và có thể mở lại nếu hủy nhầm.",
        ],
        success=f"Đã hủy cuộc {round_.code}.",
        danger=True,
    )


@require_http_methods(["GET", "POST"])
@once
def round_reopen(request: UserRequest, pk: int) -> HttpResponse:
    """A completed or cancelled round is put right."""
    round_ = _round(request, pk)
    back = round_.STEPS["reopened"].get(round_.status)
    consequences = [f"Cuộc trở lại trạng thái “{back.label}” và sửa được."] if back else []
    if round_.status == RoundStatus.COMPLETED:
        consequences += [
            "Cho đến khi hoàn thành lại, cuộc cùng các lượt, tồn tại, kiến nghị của nó không được "
            "tính vào số liệu tổng hợp.",
            "Trong thời gian đó đơn vị được kiểm tra không xem được cuộc này.",
        ]
    return confirm(
        request,
        ReasonDeedForm(request.POST or None, record=round_),
        round_.reopen,
        round=round_,
        refusal=round_.why_not("reopened"),
        template="inspections/round_reopen.html",
        title=f"Mở lại cuộc {round_.code}",
        label="Mở lại cuộc kiểm tra",
        consequences=consequences,
        success=f"Đã mở lại cuộc {round_.code}.",
    )
