"""Pages of returns: list, story, form, and the steps until the figures count."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import UserRequest
from congvu.access import require
from congvu.dates import format_day
from congvu.deeds import DeedForm, ReasonDeedForm, confirm
from congvu.models import Event
from congvu.once import once
from congvu.pages import Action, Fact
from congvu.tables import Badge, Column, Listing
from reports.filters import ReturnFilter
from reports.forms import ReturnForm
from reports.models import FIGURES, Return, ReturnStatus
from reports.rollups.facts import Facts
from reports.rollups.logged import Logged

_TONES: dict[str, str] = {
    ReturnStatus.DRAFT: "secondary",
    ReturnStatus.SUBMITTED: "warning",
    ReturnStatus.ACCEPTED: "success",
    ReturnStatus.SENT_BACK: "danger",
}


def status_badge(source: Return) -> Badge:
    """Where the return stands, as a word in a tone."""
    return Badge(source.get_status_display(), _TONES[source.status])


def _figure(key: str) -> Callable[[Return], int | None]:
    def value(source: Return) -> int | None:
        number: int | None = getattr(source, key)
        return number

    return value


RETURN_COLUMNS = (
    Column("Đơn vị", lambda each: each.unit_name, sort="unit__sort_key", link=True, width=32),
    Column("Mã đơn vị", lambda each: each.unit.code, width=12),
    Column("Kỳ báo cáo", lambda each: each.period_text, sort="last_day", width=28),
    Column("Từ ngày", lambda each: each.first_day, on_screen=False),
    Column("Đến ngày", lambda each: each.last_day, on_screen=False),
    Column("Số cuộc", lambda each: each.rounds, align="end", in_export=False),
    Column("Số lượt", lambda each: each.visits, sort="visits", align="end", in_export=False),
    *(Column(label, _figure(key), on_screen=False, width=12) for key, label in FIGURES.items()),
    Column("Trạng thái", status_badge, sort="status", width=18),
    Column("Ngày gửi", lambda each: each.sent_on, sort="sent_on"),
    Column("Ghi chú", lambda each: each.remark, on_screen=False, width=40),
)


def _return(request: UserRequest, pk: int) -> Return:
    """The return in reach; 404 for any other."""
    returns = Return.objects.visible_to(request.user).select_related("unit")
    return get_object_or_404(returns.prefetch_related("unit__former_names"), pk=pk)


@require_safe
def return_list(request: UserRequest) -> HttpResponseBase:
    """Every return of a unit in scope, the latest period first."""
    user = request.user
    require(user, "returns.view")
    writes = user.may("returns.change")
    returns = Return.objects.visible_to(user).select_related("unit")
    listing = Listing(
        request,
        title="Số liệu báo cáo",
        queryset=returns.prefetch_related("unit__former_names"),
        shape=RETURN_COLUMNS,
        filterset=ReturnFilter,
        order="-last_day,unit__sort_key",
        count_noun="số liệu",
        empty_title="Chưa có số liệu báo cáo nào",
        empty_hint=(
            "Bấm “Lập số liệu báo cáo” để ghi số liệu của một kỳ."
            if writes
            else "Số liệu hiện ở đây khi đơn vị lập và gửi."
        ),
        file_name="so-lieu-bao-cao",
    )
    create = Action("Lập số liệu báo cáo", reverse("reports:return_create"))
    return listing.respond("reports/return_list.html", {"actions": [create] if writes else []})


@dataclass(frozen=True)
class FigureRow:
    """One figure: what the unit reports, and what is logged round by round in the same days."""

    label: str
    reported: int | None
    logged: int

    @property
    def more(self) -> int:
        """What the unit reports beyond what is logged (contract §4 rule 7)."""
        return max((self.reported or 0) - self.logged, 0)


def _figure_rows(source: Return) -> list[FigureRow]:
    """The figures beside logged(U, P) of contract §4 rule 7. Two queries."""
    facts = Facts(Logged((source.unit.path,), source.first_day, source.last_day, source.last_day))
    return [
        FigureRow(label, getattr(source, key), logged)
        for (key, label), logged in zip(FIGURES.items(), facts.numbers(facts.bodies), strict=True)
    ]


@require_safe
def return_detail(request: UserRequest, pk: int) -> HttpResponse:
    """A unit's figures beside what is logged, where they stand, and all that was done to them."""
    source = _return(request, pk)
    # The names of official periods, and those without a name, say their days already.
    days = f"{format_day(source.first_day)} – {format_day(source.last_day)}"
    named = format_day(source.first_day) in source.period_text
    context = {
        "source": source,
        "title": f"Số liệu báo cáo – {source.unit_name}",
        "state": status_badge(source),
        "facts": [
            Fact("Đơn vị", source.unit_name, url=source.unit.get_absolute_url()),
            Fact(
                "Kỳ báo cáo",
                source.period_text,
                small="" if named else days,
            ),
            Fact("Ngày gửi", format_day(source.sent_on) if source.sent_on else "Chưa gửi"),
            Fact("Ghi chú", source.remark),
        ],
        "rows": _figure_rows(source),
        "events": Event.objects.of(source) if _reads_trail(source, request) else None,
        "actions": _actions(source, request),
    }
    return render(request, "reports/return_detail.html", context)


def _reads_trail(source: Return, request: UserRequest) -> bool:
    """Whether the person is staff, or a reporter of the unit, whatever the return's status."""
    user = request.user
    is_own = user.may("returns.change") and source.unit_id in user.lineage_ids
    return source.is_decided_by(user) or is_own


def _actions(source: Return, request: UserRequest) -> list[Action]:
    """What may be done with the return now, the next step first."""
    user = request.user

    def to(name: str, label: str, why_not: str = "", danger: bool = False) -> Action:
        url = reverse(f"reports:{name}", args=[source.pk])
        return Action(label, url, why_not, danger=danger)

    actions = []
    if source.is_editable_by(user):
        actions.append(to("return_submit", "Gửi số liệu", source.why_not(ReturnStatus.SUBMITTED)))
    if source.is_decided_by(user):
        accept, back = ReturnStatus.ACCEPTED, ReturnStatus.SENT_BACK
        actions.append(to("return_accept", "Chấp nhận", source.why_not(accept)))
        actions.append(to("return_send_back", "Trả lại đơn vị", source.why_not(back)))
    if source.is_editable_by(user):
        actions.append(to("return_edit", "Sửa số liệu"))
        why_not = source.why_not_removed()
        actions.append(to("return_delete", "Xóa số liệu", why_not, danger=True))
    # What may be done now comes before what may not.
    return sorted(actions, key=lambda action: bool(action.why_not))


@require_http_methods(["GET", "POST"])
@once
def return_create(request: UserRequest) -> HttpResponse:
    """A unit's figures for a period, as a draft."""
    require(request.user, "returns.change")
    form = ReturnForm(request.POST or None, user=request.user)
    if form.is_valid() and form.save_as(request.user):
        messages.success(request, "Đã lưu số liệu. Kiểm tra lại rồi bấm “Gửi số liệu”.")
        return redirect(form.instance)
    context = {
        "form": form,
        "title": "Lập số liệu báo cáo",
        "lead": "Ghi số liệu của mọi cuộc do đơn vị tiến hành trong kỳ; phần đã ghi từng cuộc vào "
        "hệ thống không bị tính hai lần. Ô không có số liệu thì để trống.",
        "submit_label": "Lưu số liệu",
        "cancel_url": reverse("reports:return_list"),
    }
    return render(request, "reports/return_create.html", context)


@require_http_methods(["GET", "POST"])
@once
def return_edit(request: UserRequest, pk: int) -> HttpResponse:
    """Change the figures; an accepted return stays accepted, and the reason is kept."""
    source = _return(request, pk)
    source.require_editable(request.user)
    form = ReturnForm(request.POST or None, instance=source, user=request.user)
    if form.is_valid() and form.save_as(request.user):
        messages.success(request, "Đã lưu số liệu.")
        return redirect(source)
    accepted = source.status == ReturnStatus.ACCEPTED
    context = {
        "source": source,
        "form": form,
        "title": f"Sửa số liệu báo cáo – {source.unit_name}",
        "lead": "Số liệu này đã được chấp nhận và đang được tính vào tổng hợp; sửa ở đây làm đổi "
        "số tổng hợp."
        if accepted
        else "",
        "submit_label": "Lưu số liệu",
        "cancel_url": source.get_absolute_url(),
    }
    return render(request, "reports/return_edit.html", context)


def _questioned(
    request: UserRequest, source: Return, deed: Callable[..., object], **said: Any
) -> HttpResponse:
    """A step with figures, which the page questions; they are part of what is confirmed."""
    rows = _figure_rows(source)
    logged = [row.logged for row in rows]
    form = DeedForm(request.POST or None, record=source, shown=logged)
    said["consequences"] = [
        *(f"Lưu ý: {doubt}" for doubt in source.doubts(logged)),
        *said["consequences"],
    ]
    return _confirm(request, form, deed, rows=rows, **said)


def _confirm(
    request: UserRequest, form: DeedForm, deed: Callable[..., object], **said: Any
) -> HttpResponse:
    """The step's page, which names the return."""
    source: Any = form.record
    lead = f"{source.unit_name}, {source.period_text}."
    return confirm(request, form, deed, source=source, lead=lead, **said)


@require_http_methods(["GET", "POST"])
@once
def return_submit(request: UserRequest, pk: int) -> HttpResponse:
    """Send the figures to be decided on."""
    source = _return(request, pk)
    source.require_editable(request.user)
    return _questioned(
        request,
        source,
        source.submit,
        template="reports/return_submit.html",
        title="Gửi số liệu báo cáo",
        label="Gửi số liệu",
        success="Đã gửi số liệu, đang chờ Sở Nội vụ duyệt.",
        consequences=[
            "Sở Nội vụ xem và chấp nhận, hoặc trả lại kèm lý do.",
            "Từ lúc gửi, đơn vị không sửa được số liệu này nữa, trừ khi bị trả lại.",
            "Số liệu chỉ được tính vào tổng hợp sau khi được chấp nhận.",
        ],
        refusal=source.why_not(ReturnStatus.SUBMITTED),
    )


@require_http_methods(["GET", "POST"])
@once
def return_accept(request: UserRequest, pk: int) -> HttpResponse:
    """Take the figures: they count from now on."""
    source = _return(request, pk)
    source.require_decided(request.user)
    return _questioned(
        request,
        source,
        source.accept,
        template="reports/return_accept.html",
        title="Chấp nhận số liệu báo cáo",
        label="Chấp nhận số liệu",
        success="Đã chấp nhận số liệu; số liệu được tính vào tổng hợp.",
        consequences=[
            "Phần vượt quá số đã ghi nhận từng cuộc được cộng vào tổng hợp của các kỳ chứa trọn kỳ "
            "này.",
            "Đơn vị không sửa được nữa; Sở Nội vụ vẫn sửa hoặc trả lại được.",
        ],
        refusal=source.why_not(ReturnStatus.ACCEPTED),
    )


@require_http_methods(["GET", "POST"])
@once
def return_send_back(request: UserRequest, pk: int) -> HttpResponse:
    """Send the figures back to the unit with the reason; they do not count."""
    source = _return(request, pk)
    source.require_decided(request.user)
    return _confirm(
        request,
        ReasonDeedForm(request.POST or None, record=source),
        source.send_back,
        template="reports/return_send_back.html",
        title="Trả lại số liệu báo cáo",
        label="Trả lại đơn vị",
        success="Đã trả lại số liệu kèm lý do.",
        consequences=[
            "Đơn vị đọc được lý do, sửa số liệu rồi gửi lại.",
            "Cho đến khi được chấp nhận lại, số liệu này không được tính vào tổng hợp.",
        ],
        refusal=source.why_not(ReturnStatus.SENT_BACK),
    )


@require_http_methods(["GET", "POST"])
@once
def return_delete(request: UserRequest, pk: int) -> HttpResponse:
    """Take away a draft that was never sent."""
    source = _return(request, pk)
    source.require_editable(request.user)
    return _confirm(
        request,
        DeedForm(request.POST or None, record=source),
        source.remove,
        template="reports/return_delete.html",
        title="Xóa số liệu báo cáo",
        label="Xóa số liệu này",
        success=f"Đã xóa {source}.",
        consequences=[
            "Số liệu đang lập này bị xóa hẳn và không khôi phục được.",
            "Nhật ký của đơn vị vẫn ghi ai đã xóa và xóa lúc nào.",
        ],
        refusal=source.why_not_removed(),
        then="reports:return_list",
        danger=True,
    )
