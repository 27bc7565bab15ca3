"""Pages of an adjustment: what it changes so far, issuing it, giving it up."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.requests import UserRequest
from congvu.dates import format_day
from congvu.deeds import DeedForm, confirm, refused
from congvu.models import Event
from congvu.once import once
from congvu.pages import Action, Fact
from directives.models import Document
from inspections.forms import AdjustmentPaperForm
from inspections.models import Adjustment, Plan, PlanItem, seal_of
from inspections.plan_overlaps import check_url, described_meetings, meetings_in, said_of_meetings
from inspections.plan_page import AdjustmentStory, stories_of


def _adjustment(request: UserRequest, pk: int) -> Adjustment:
    """The adjustment of a plan whose issuer is in scope; who carries out a part sees none of it."""
    plans = Plan.objects.visible_to(request.user)
    found = Adjustment.objects.filter(plan__in=plans).select_related("plan__issuer", "paper")
    adjustment = get_object_or_404(found, pk=pk)
    if not request.user.in_scope(adjustment.plan.issuer):
        raise Http404
    return adjustment


def _own(request: UserRequest, pk: int) -> Adjustment:
    adjustment = _adjustment(request, pk)
    adjustment.plan.require_editable(request.user)
    return adjustment


def _facts(adjustment: Adjustment) -> list[Fact]:
    plan, day = adjustment.plan, adjustment.issued_on
    facts = [
        Fact("Kế hoạch", str(plan), url=plan.get_absolute_url()),
        Fact("Số ký hiệu", adjustment.number or "Chưa ban hành"),
        Fact("Ngày ban hành", format_day(day) if day else "Chưa ban hành"),
    ]
    if paper := adjustment.paper:
        facts.append(Fact("Văn bản", str(paper), url=paper.get_absolute_url()))
    if adjustment.reason:
        facts.append(Fact("Lý do điều chỉnh", adjustment.reason))
    return facts


def _added(stories: list[AdjustmentStory]) -> list[PlanItem]:
    return [change.item for story in stories for change in story.changes]


@require_safe
def adjustment_detail(request: UserRequest, pk: int) -> HttpResponse:
    """What an adjustment changes, item by item; while it is prepared, the ways to change more."""
    adjustment = _adjustment(request, pk)
    plan = adjustment.plan
    editable = plan.is_editable_by(request.user)
    actions = []
    if editable and adjustment.is_draft:
        issue = reverse("inspections:adjustment_issue", args=[pk])
        discard = reverse("inspections:adjustment_delete", args=[pk])
        add = reverse("inspections:item_create", args=[plan.pk])
        why_not = adjustment.why_not_issued()
        steps = [
            Action("Ban hành điều chỉnh", issue, why_not),
            Action("Dời hoặc bỏ mục", f"{plan.get_absolute_url()}?view=items"),
            Action("Thêm mục", add),
        ]
        # What cannot be issued yet is worked on first.
        steps.sort(key=lambda step: bool(step.why_not))
        actions = [*steps, Action("Bỏ lần điều chỉnh này", discard, danger=True)]
    stories = stories_of([adjustment])
    context = {
        "adjustment": adjustment,
        "plan": plan,
        "title": f"Điều chỉnh lần {adjustment.position}",
        "facts": _facts(adjustment),
        "changes": stories,
        "overlapping": said_of_meetings(
            adjustment, meetings_in(request.user, adjustment, _added(stories))
        ),
        "editable": editable,
        "record": adjustment,
        "events": Event.objects.of(adjustment) if editable else None,
        "actions": actions,
    }
    return render(request, "inspections/adjustment_detail.html", context)


@require_safe
def adjustment_overlaps(request: UserRequest, pk: int) -> HttpResponse:
    """What overlaps the items that an adjustment being prepared adds or moves."""
    adjustment = _adjustment(request, pk)
    meetings = meetings_in(request.user, adjustment)
    context = {
        "adjustment": adjustment,
        "plan": adjustment.plan,
        "title": f"Chồng chéo của điều chỉnh lần {adjustment.position}",
        "found": described_meetings(request.user, meetings) if meetings else [],
        "check_url": check_url(adjustment.plan),
    }
    return render(request, "inspections/adjustment_overlaps.html", context)


def _shown(adjustment: Adjustment) -> list[str]:
    """What makes the page of an adjustment another one: its items, each as it stands."""
    return [seal_of(adjustment.added.all()), seal_of(adjustment.dropped.all())]


@require_http_methods(["GET", "POST"])
@once
def adjustment_issue(request: UserRequest, pk: int) -> HttpResponse:
    """Number, day, signer, file and reason: the changes are in force."""
    adjustment = _own(request, pk)

    def issue(by: User, paper: Document) -> None:
        adjustment.issue(by, paper, form.cleaned_data["reason"])

    shown = _shown(adjustment)
    form = AdjustmentPaperForm(
        request.POST or None,
        request.FILES or None,
        user=request.user,
        issuer=adjustment.plan.issuer,
        seal=".".join(map(str, (adjustment.version, *shown))),
        deed=issue,
        initial={"subject": f"Điều chỉnh Kế hoạch số {adjustment.plan.number}"},
    )
    refusal = adjustment.why_not_issued()
    if not refused(form, refusal) and form.is_valid() and form.save_as(request.user):
        messages.success(request, f"Điều chỉnh lần {adjustment.position} đã có hiệu lực.")
        return redirect(adjustment.plan)
    stories = stories_of([adjustment])
    context = {
        "adjustment": adjustment,
        "plan": adjustment.plan,
        "form": form,
        "title": f"Ban hành điều chỉnh lần {adjustment.position}",
        "submit_label": "Ban hành điều chỉnh",
        "refusal": refusal,
        "changes": stories,
        "consequences": [
            *said_of_meetings(adjustment, meetings_in(request.user, adjustment, _added(stories))),
            "Các thay đổi nêu trên có hiệu lực ngay; bản kế hoạch đã ban hành vẫn xem lại được.",
            "Cuộc kiểm tra đã lập theo mục được dời đi theo mục mới; cuộc của mục bị bỏ vẫn còn và "
            "không bị hủy.",
            "Điều chỉnh đã ban hành không sửa được; muốn đổi tiếp thì điều chỉnh lần nữa.",
        ],
        "cancel_url": adjustment.get_absolute_url(),
    }
    return render(request, "inspections/adjustment_issue.html", context)


@require_http_methods(["GET", "POST"])
@once
def adjustment_delete(request: UserRequest, pk: int) -> HttpResponse:
    """Give up an adjustment that is being prepared."""
    adjustment = _own(request, pk)
    refusal = (
        ""
        if adjustment.is_draft
        else f"Điều chỉnh lần {adjustment.position} đã được ban hành nên không bỏ được."
    )
    changes = adjustment.changes_text
    return confirm(
        request,
        DeedForm(request.POST or None, record=adjustment, shown=_shown(adjustment)),
        adjustment.discard,
        template="inspections/adjustment_delete.html",
        title=f"Bỏ điều chỉnh lần {adjustment.position}",
        label="Bỏ lần điều chỉnh này",
        success="Đã bỏ lần điều chỉnh; kế hoạch giữ nguyên.",
        consequences=[
            f"Các thay đổi đang soạn ({changes}) bị bỏ; kế hoạch đang có hiệu lực không đổi."
            if changes
            else "Lần điều chỉnh này chưa thay đổi mục nào; kế hoạch đang có hiệu lực không đổi."
        ],
        refusal=refusal,
        then=adjustment.plan,
        danger=True,
        adjustment=adjustment,
        plan=adjustment.plan,
    )
