"""Pages of checklists: the questions on each content, by version."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe
from django_filters.filters import ModelChoiceFilter

from accounts.models import User
from accounts.requests import UserRequest
from congvu.access import require
from congvu.deeds import DeedForm, confirm, done, refused
from congvu.filters import CodeFilter, ListFilter
from congvu.models import Event
from congvu.once import once
from congvu.pages import Action, Fact
from congvu.tables import Badge, Column, Listing
from findings.checklist_forms import ChecklistForm
from findings.models import Checklist, ChecklistStatus
from inspections.facts import unit_url
from inspections.models import Content

_TONES: dict[str, str] = {
    ChecklistStatus.DRAFT: "warning",
    ChecklistStatus.IN_FORCE: "success",
    ChecklistStatus.RETIRED: "secondary",
}


def _state(checklist: Checklist) -> Badge:
    return Badge(checklist.get_status_display(), _TONES[checklist.status])


COLUMNS = (
    Column("Bảng kiểm", lambda each: each.title, link=True, width=44),
    Column(
        "Nội dung kiểm tra", lambda each: each.content.label, sort="content__position", width=40
    ),
    Column("Phiên bản", lambda each: each.version_number, sort="version_number", align="end"),
    Column("Trạng thái", _state, sort="status"),
    Column("Đơn vị ban hành", lambda each: each.owner.name, sort="owner__sort_key", width=32),
    Column("Số câu hỏi", lambda each: each.questions_count, align="end", width=10),
)


class ChecklistFilter(ListFilter):
    """Filters of the list of checklists."""

    status = CodeFilter(label="Trạng thái", choices=ChecklistStatus.choices)
    content = ModelChoiceFilter(
        label="Nội dung kiểm tra", queryset=Content.objects.all(), empty_label="Tất cả"
    )


@require_safe
def checklist_list(request: UserRequest) -> HttpResponseBase:
    """Checklists of one's own units and of those above, in the order of the catalogue."""
    user = request.user
    require(user, "checklists.view")
    writes = user.may("checklists.change")
    checklists = Checklist.objects.visible_to(user).select_related("content", "owner")
    listing = Listing(
        request,
        title="Bảng kiểm",
        queryset=checklists.with_count(),
        shape=COLUMNS,
        filterset=ChecklistFilter,
        order="content__position,-version_number,pk",
        count_noun="phiên bản",
        empty_title="Chưa có bảng kiểm nào",
        empty_hint="Bấm “Lập bảng kiểm” để ghi câu hỏi cho một nội dung kiểm tra."
        if writes
        else "",
        file_name="bang-kiem",
    )
    actions = [Action("Lập bảng kiểm", reverse("findings:checklist_create"))] if writes else []
    return listing.respond("findings/checklist_list.html", {"actions": actions})


def _checklist(request: UserRequest, pk: int) -> Checklist:
    """The checklist in reach; 404 for any other."""
    checklists = Checklist.objects.visible_to(request.user)
    return get_object_or_404(checklists.select_related("content", "owner"), pk=pk)


def _own(request: UserRequest, pk: int) -> Checklist:
    """The checklist to change: 404 out of reach, 403 for whoever may only read it."""
    checklist = _checklist(request, pk)
    checklist.require_editable(request.user)
    return checklist


@require_safe
def checklist_detail(request: UserRequest, pk: int) -> HttpResponse:
    """A version with its questions, and the versions before and after it."""
    user = request.user
    checklist = _checklist(request, pk)
    editable = checklist.is_editable_by(user)
    context = {
        "checklist": checklist,
        "title": str(checklist),
        "state": _state(checklist),
        "facts": [
            Fact("Nội dung kiểm tra", checklist.content.label),
            Fact("Đơn vị ban hành", checklist.owner.name, url=unit_url(user, checklist.owner)),
            Fact("Phiên bản", str(checklist.version_number)),
        ],
        "questions": checklist.questions.all(),
        "versions": [(each, _state(each)) for each in checklist.versions()],
        "record": checklist,
        "events": Event.objects.of(checklist) if editable else None,
        "actions": _actions(checklist, user),
    }
    return render(request, "findings/checklist_detail.html", context)


def _actions(checklist: Checklist, user: User) -> list[Action]:
    """What may be done with the version now; nothing for whoever only reads."""

    def to(name: str, label: str, why_not: str = "", danger: bool = False) -> Action:
        return Action(
            label, reverse(f"findings:{name}", args=[checklist.pk]), why_not, False, danger
        )

    if not checklist.is_editable_by(user):
        if not user.may("checklists.change") or user.unit is None:
            return []
        return [to("checklist_copy", "Sao về đơn vị mình", checklist.why_not_copied(user.unit))]
    if checklist.is_draft:
        return [
            to("checklist_edit", "Sửa bảng kiểm"),
            to("checklist_put_in_force", "Đưa vào sử dụng", checklist.why_not("put_in_force")),
            to("checklist_delete", "Xóa dự thảo", danger=True),
        ]
    renew = to("checklist_renew", "Lập phiên bản mới", checklist.why_not_copied(checklist.owner))
    if checklist.status == ChecklistStatus.IN_FORCE:
        return [renew, to("checklist_retire", "Thôi dùng bảng kiểm", danger=True)]
    return [renew]


@require_http_methods(["GET", "POST"])
@once
def checklist_create(request: UserRequest) -> HttpResponse:
    """The first checklist of one's own unit on a content."""
    require(request.user, "checklists.change")
    form = ChecklistForm(request.POST or None, user=request.user)
    if form.is_valid() and form.save_as(request.user):
        messages.success(request, "Đã lưu dự thảo. Xem lại rồi bấm “Đưa vào sử dụng”.")
        return redirect(form.instance)
    context = {
        "form": form,
        "title": "Lập bảng kiểm",
        "submit_label": "Lưu dự thảo",
        "cancel_url": reverse("findings:checklist_list"),
    }
    return render(request, "findings/checklist_create.html", context)


@require_http_methods(["GET", "POST"])
@once
def checklist_edit(request: UserRequest, pk: int) -> HttpResponse:
    """Change a draft's title and questions."""
    checklist = _own(request, pk)
    form = ChecklistForm(request.POST or None, instance=checklist, user=request.user)
    refusal = checklist.why_not("edited")
    if not refused(form, refusal) and form.is_valid() and form.save_as(request.user):
        messages.success(request, "Đã lưu dự thảo.")
        return redirect(checklist)
    context = {
        "checklist": checklist,
        "form": form,
        "title": f"Sửa {checklist}",
        "submit_label": "Lưu dự thảo",
        "refusal": refusal,
        "cancel_url": checklist.get_absolute_url(),
    }
    return render(request, "findings/checklist_edit.html", context)


@require_http_methods(["GET", "POST"])
@once
def checklist_put_in_force(request: UserRequest, pk: int) -> HttpResponse:
    """Visits that begin from now on take this version."""
    checklist = _own(request, pk)
    former = checklist.versions().filter(status=ChecklistStatus.IN_FORCE).first()
    consequences = [
        "Lượt kiểm tra bắt đầu từ nay có nội dung này dùng các câu hỏi của phiên bản này.",
        "Phiên bản này không sửa được nữa; muốn đổi câu hỏi thì lập phiên bản mới.",
    ]
    if former is not None:
        consequences.append(
            f"Phiên bản {former.version_number} thôi dùng; các lượt đã bắt đầu với phiên bản đó "
            "vẫn giữ nguyên câu hỏi."
        )
    return confirm(
        request,
        DeedForm(request.POST or None, record=checklist),
        checklist.put_in_force,
        template="findings/checklist_put_in_force.html",
        title=f"Đưa vào sử dụng: {checklist}",
        label="Đưa vào sử dụng",
        success=f"{checklist} đang được dùng.",
        consequences=consequences,
        refusal=checklist.why_not("put_in_force"),
        checklist=checklist,
    )


@require_http_methods(["GET", "POST"])
@once
def checklist_retire(request: UserRequest, pk: int) -> HttpResponse:
    """No visit takes this checklist any more."""
    checklist = _own(request, pk)
    return confirm(
        request,
        DeedForm(request.POST or None, record=checklist),
        checklist.retire,
        template="findings/checklist_retire.html",
        title=f"Thôi dùng {checklist}",
        label="Thôi dùng bảng kiểm",
        success=f"Đã thôi dùng {checklist}.",
        consequences=[
            "Lượt kiểm tra bắt đầu từ nay không có câu hỏi của bảng kiểm này, trừ khi cấp trên có "
            "bảng kiểm cho cùng nội dung.",
            "Các lượt đã bắt đầu vẫn giữ câu hỏi và câu trả lời.",
        ],
        refusal=checklist.why_not("retired"),
        danger=True,
        checklist=checklist,
    )


@require_http_methods(["GET", "POST"])
@once
def checklist_delete(request: UserRequest, pk: int) -> HttpResponse:
    """Take away a draft."""
    checklist = _own(request, pk)
    return confirm(
        request,
        DeedForm(request.POST or None, record=checklist),
        checklist.remove,
        template="findings/checklist_delete.html",
        title=f"Xóa dự thảo {checklist}",
        label="Xóa dự thảo",
        success=f"Đã xóa dự thảo {checklist}.",
        consequences=[
            "Dự thảo cùng các câu hỏi bị xóa hẳn và không khôi phục được.",
            "Các phiên bản khác giữ nguyên; nhật ký vẫn ghi ai đã xóa và xóa lúc nào.",
        ],
        refusal=checklist.why_not("removed"),
        then="findings:checklist_list",
        danger=True,
        checklist=checklist,
    )


def _copy(
    request: UserRequest, checklist: Checklist, owner: Any, title: str, label: str, template: str
) -> HttpResponse:
    """A draft of the same questions, and on to its form."""
    form = DeedForm(request.POST or None, record=checklist)
    refusal = checklist.why_not_copied(owner)
    made: list[Checklist] = []
    if (
        not refused(form, refusal)
        and form.is_valid()
        and done(form, lambda: made.append(checklist.copy_for(owner, request.user)))
    ):
        messages.success(request, "Đã lập dự thảo. Hãy sửa câu hỏi rồi đưa vào sử dụng.")
        return redirect("findings:checklist_edit", made[0].pk)
    context = {
        "checklist": checklist,
        "form": form,
        "title": title,
        "submit_label": label,
        "refusal": refusal,
        "consequences": [
            f"Một dự thảo của {owner.name} được lập với đúng các câu hỏi của {checklist}.",
            "Phiên bản đang dùng chưa đổi cho đến khi dự thảo được đưa vào sử dụng.",
        ],
        "cancel_url": checklist.get_absolute_url(),
    }
    return render(request, template, context)


@require_http_methods(["GET", "POST"])
@once
def checklist_renew(request: UserRequest, pk: int) -> HttpResponse:
    """A draft that will take this version's place."""
    checklist = _own(request, pk)
    return _copy(
        request,
        checklist,
        checklist.owner,
        f"Lập phiên bản mới của {checklist.title}",
        "Lập phiên bản mới",
        "findings/checklist_renew.html",
    )


@require_http_methods(["GET", "POST"])
@once
def checklist_copy(request: UserRequest, pk: int) -> HttpResponse:
    """A draft of one's own unit with the questions of another's checklist."""
    checklist = _checklist(request, pk)
    require(
        request.user,
        "checklists.change",
        "Vai trò của bạn chỉ được xem bảng kiểm, không được sao về đơn vị mình.",
    )
    return _copy(
        request,
        checklist,
        request.user.unit,
        f"Sao {checklist} về đơn vị mình",
        "Sao về đơn vị mình",
        "findings/checklist_copy.html",
    )
