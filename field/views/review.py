"""What came from the spot and was not saved: clashes and refusals are looked at and settled."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import UserRequest
from congvu.access import require
from congvu.dates import format_day
from congvu.deeds import DeedForm, confirm
from congvu.once import once
from congvu.pages import Action, Fact
from congvu.tables import Badge, Column, Listing
from field.entries import logs, settle
from field.filters import EntryFilter
from field.models import Entry, EntryState
from field.slots import SLOTS, Value
from field.words import told
from findings.evidence_files import content_type
from inspections.models import Visit

_TONES = {
    EntryState.SAVED: "success",
    EntryState.CLASH: "warning",
    EntryState.REFUSED: "danger",
}


def state_badge(entry: Entry) -> Badge:
    """Where the entry stands."""
    if entry.state != EntryState.SAVED and entry.settled_at is not None:
        return Badge("Đã xem, không dùng", "secondary")
    return Badge(entry.get_state_display(), _TONES[EntryState(entry.state)])


COLUMNS = (
    Column(
        "Mục ghi",
        lambda each: each.get_kind_display(),
        link=True,
        small=lambda each: told(each.kind, each.value)[:120],
        width=40,
    ),
    Column("Lượt kiểm tra", lambda each: str(each.visit), width=40),
    Column("Người ghi", lambda each: str(each.by), width=24),
    Column("Nhận lúc", lambda each: timezone.localtime(each.arrived_at), sort="arrived_at"),
    Column("Kết quả", state_badge, small=lambda each: each.reason, width=40),
)


@require_safe
def entry_list(request: UserRequest) -> HttpResponseBase:
    """Whatever came from the spot, the latest first."""
    user = request.user
    require(user, "rounds.change")
    rows = Entry.objects.visible_to(user).select_related("visit__unit", "visit__round", "by")
    listing = Listing(
        request,
        title="Mục ghi tại chỗ",
        queryset=rows,
        shape=COLUMNS,
        filterset=EntryFilter,
        order="-arrived_at",
        count_noun="mục",
        empty_title="Không có mục ghi nào",
        empty_hint="Những gì đoàn kiểm tra ghi trên điện thoại hiện ở đây sau khi gửi về.",
        file_name="muc-ghi-tai-cho",
    )
    return listing.respond("field/entry_list.html")


def _entry(request: UserRequest, pk: UUID) -> Entry:
    rows = Entry.objects.visible_to(request.user).select_related(
        "visit__unit", "visit__round__body", "by", "settled_by"
    )
    entry: Entry = get_object_or_404(rows, pk=pk)
    return entry


def _stands(entry: Entry) -> Value | None:
    """What stands in its place now."""
    slot = SLOTS.get(entry.kind)
    return slot.all(entry.visit).get(entry.ref) if slot else None


@require_safe
def entry_detail(request: UserRequest, pk: UUID) -> HttpResponse:
    """An entry beside what stands in its place now."""
    user = request.user
    entry = _entry(request, pk)
    visit = entry.visit
    local = timezone.localtime(entry.written_at)
    facts = [
        Fact("Lượt kiểm tra", str(visit), url=_visit_url(visit, request)),
        Fact("Ngày kiểm tra", format_day(visit.visited_on)),
        Fact("Người ghi", str(entry.by)),
        Fact("Nhận lúc", f"{timezone.localtime(entry.arrived_at):%H:%M %d/%m/%Y}",
             small=f"theo đồng hồ điện thoại: {local:%H:%M %d/%m/%Y}"),
    ]  # fmt: skip
    if entry.settled_at:
        when = timezone.localtime(entry.settled_at)
        facts.append(Fact("Xử lý", f"{entry.settled_by}, {when:%H:%M %d/%m/%Y}"))
    actions = []
    if entry.is_waiting and logs(visit, user):
        why_not = visit.why_not_logged()
        actions = [
            Action("Dùng bản này", reverse("field:entry_settle", args=[entry.pk]), why_not),
            Action("Giữ bản đang có", reverse("field:entry_set_aside", args=[entry.pk])),
        ]
        if entry.state == EntryState.REFUSED:
            # Most often there is nothing to be used.
            actions.reverse()
    context = {
        "entry": entry,
        "title": f"{entry.get_kind_display()} – {visit}",
        "state": state_badge(entry),
        "facts": facts,
        "actions": actions,
        "sent": told(entry.kind, entry.value),
        "stands": told(entry.kind, _stands(entry)) if entry.is_waiting else None,
    }
    return render(request, "field/entry_detail.html", context)


def _visit_url(visit: Visit, request: UserRequest) -> str | None:
    seen = Visit.objects.visible_to(request.user).filter(pk=visit.pk).exists()
    return visit.get_absolute_url() if seen else None


@require_safe
def entry_file(request: UserRequest, pk: UUID) -> FileResponse:
    """The picture that came with an entry and could not be saved."""
    entry = _entry(request, pk)
    if not entry.file:
        raise Http404
    try:
        content = entry.file.open("rb")
    except FileNotFoundError as fault:
        raise Http404 from fault
    name = entry.file.name or ""
    return FileResponse(
        content,
        as_attachment=True,
        filename=PurePath(name).name,
        content_type=content_type(name),
        headers={"X-Content-Type-Options": "nosniff"},
    )


@require_http_methods(["GET", "POST"])
@once
def entry_settle(request: UserRequest, pk: UUID) -> HttpResponse:
    """The entry takes the place of what stands there."""
    entry = _entry(request, pk)
    return _deed(
        request,
        entry,
        lambda by: settle(entry, by=by, seen=_stands(entry)),
        title="Dùng bản ghi này",
        label="Dùng bản này",
        success="Đã dùng bản ghi này; bản trước vẫn còn trong nhật ký.",
        consequences=[
            f"Đang có: {told(entry.kind, _stands(entry)) or 'trống'}",
            f"Sẽ thay bằng: {told(entry.kind, entry.value) or 'trống'}",
        ],
        refusal=entry.visit.why_not_logged() or _over(entry),
    )


@require_http_methods(["GET", "POST"])
@once
def entry_set_aside(request: UserRequest, pk: UUID) -> HttpResponse:
    """The visit stays as it is; the entry is kept for the record."""
    entry = _entry(request, pk)
    return _deed(
        request,
        entry,
        lambda by: entry.set_aside(by=by),
        title="Giữ bản đang có",
        label="Giữ bản đang có",
        success="Đã giữ bản đang có; bản ghi tại chỗ vẫn được lưu để tra cứu.",
        consequences=[
            f"Vẫn giữ: {told(entry.kind, _stands(entry)) or 'trống'}",
            f"Bản ghi không dùng: {told(entry.kind, entry.value) or 'trống'}; vẫn lưu lại ở trang "
            "này.",
        ],
        refusal=_over(entry),
    )


def _over(entry: Entry) -> str:
    return "" if entry.is_waiting else "Mục ghi này đã được xử lý."


def _deed(request: UserRequest, entry: Entry, deed: Any, **said: Any) -> HttpResponse:
    if not logs(entry.visit, request.user):
        raise PermissionDenied("Chỉ cơ quan kiểm tra và đoàn kiểm tra xử lý được mục ghi này.")
    stands = _stands(entry)
    form = DeedForm(request.POST or None, record=entry, shown=(str(stands),))
    return confirm(request, form, deed, template="field/entry_deed.html", entry=entry, **said)
