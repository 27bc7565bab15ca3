"""Pages of a plan's items: in a draft they are edited; once issued an adjustment moves them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.requests import UserRequest
from congvu.deeds import DeedForm, ReasonDeedForm, confirm, refused
from congvu.models import Event
from congvu.once import once
from congvu.pages import Action
from inspections.facts import facts_of_item
from inspections.forms import ItemForm
from inspections.item_columns import with_parts
from inspections.models import Adjustment, PlanItem, PlanStatus, Round, RoundStatus
from inspections.views.plans import plan_of
from units.forms import heirs_text
from units.models import Unit


def _item(request: UserRequest, pk: int) -> PlanItem:
    """The item in reach, with what its page and forms read."""
    items = with_parts(PlanItem.objects.visible_to(request.user))
    return get_object_or_404(items.select_related("plan__issuer", "replaces"), pk=pk)


def _own(request: UserRequest, pk: int) -> PlanItem:
    """The item of a plan that the person may change: 404 out of reach, 403 otherwise."""
    item = _item(request, pk)
    item.plan.require_editable(request.user)
    return item


def _back(item: PlanItem) -> Adjustment | PlanItem:
    """Where work on the item goes on: the adjustment that holds it, else its own page."""
    return item.added_in if item.added_in and item.added_in.is_draft else item


@require_safe
def item_detail(request: UserRequest, pk: int) -> HttpResponse:
    """An item: what was planned, how it came to be so, and the rounds that carry it out."""
    user = request.user
    item = _item(request, pk)
    rounds = _rounds(item, user)
    editable = item.plan.is_editable_by(user)
    context = {
        "item": item,
        "title": f"Mục {item.line}: {item.unit_name}",
        "facts": facts_of_item(item, user),
        "is_whole": user.in_scope(item.plan.issuer),
        "versions": _versions(item) if user.in_scope(item.plan.issuer) else [],
        "rounds": rounds,
        "cautions": [*_gone(item, user), *item.cautions] if editable else [],
        "record": item,
        "events": Event.objects.of(item) if editable else None,
        "actions": _actions(request, item, carried=bool(rounds)),
    }
    return render(request, "inspections/item_detail.html", context)


def _rounds(item: PlanItem, user: User) -> list[Round]:
    """The rounds in reach that carry the item out."""
    rounds = Round.objects.visible_to(user).filter(items=item).select_related("body")
    return list(rounds.prefetch_related("body__former_names"))


def _gone(item: PlanItem, user: User) -> list[str]:
    """Units of an item in force that do not live through its days, and what took over."""
    if item.is_over or item.plan.status == PlanStatus.CLOSED:
        return []
    first, last, among = item.first_day, item.last_day, Unit.objects.around(user)
    return [
        f"{unit.name} không có hiệu lực suốt {item.when_text} (có hiệu lực {unit.span_text})."
        f"{heirs_text([unit], last, among)}"
        for unit in {item.unit, item.body}
        if not unit.covers(first, last)
    ]


def _warn(request: UserRequest, item: PlanItem) -> None:
    """Tell what was saved all the same."""
    for caution in item.cautions:
        messages.warning(request, caution)


def _versions(item: PlanItem) -> list[PlanItem]:
    """Every form in which the line stood, the first one first."""
    line = PlanItem.objects.filter(plan=item.plan_id, line=item.line)
    line = line.select_related("unit", "added_in", "dropped_in", "replaced_by")
    found = list(line.prefetch_related("unit__former_names").order_by("pk"))
    return found if len(found) > 1 else []


def _actions(request: UserRequest, item: PlanItem, *, carried: bool) -> list[Action]:
    """What may be done with the item, the usual next step first; `carried`: a round is set up."""

    def to(name: str, label: str, why_not: str = "", *, danger: bool = False) -> Action:
        url = reverse(f"inspections:{name}", args=[item.pk])
        return Action(label, url, why_not, danger=danger)

    actions = []
    in_force = item.plan.status == PlanStatus.ISSUED and not item.is_over and _back(item) is item
    if in_force and request.user.may("rounds.change") and request.user.in_scope(item.body):
        create = f"{reverse('inspections:round_create')}?item={item.pk}"
        actions.append(Action("Lập cuộc kiểm tra từ mục này", create))
    if not item.plan.is_editable_by(request.user):
        return actions
    if item.dropped_in is not None and item.dropped_in.is_draft:
        return [to("item_keep", "Bỏ khỏi lần điều chỉnh, giữ nguyên mục"), *actions]
    if not item.why_not_edited():
        delete = to("item_delete", "Xóa mục", danger=True)
        return [*actions, to("item_edit", "Sửa mục"), delete]
    why_not = item.why_not_adjusted()
    move = to("item_move", "Dời, sửa bằng điều chỉnh", why_not)
    drop = to("item_drop", "Bỏ bằng điều chỉnh", why_not, danger=True)
    # Once a round carries it out, another one is not what is mostly meant.
    return [move, *actions, drop] if carried and not why_not else [*actions, move, drop]


@require_http_methods(["GET", "POST"])
@once
def item_create(request: UserRequest, pk: int) -> HttpResponse:
    """Add an item to a draft, or to the adjustment being prepared."""
    plan = plan_of(request, pk)
    form = ItemForm(request.POST or None, user=request.user, plan=plan)
    refusal = plan.why_not_filled()
    if not refused(form, refusal) and form.is_valid() and form.save_as(request.user):
        item = form.instance
        messages.success(request, f"Đã thêm mục {item.line}: {item.unit.name}, {item.when_text}.")
        _warn(request, item)
        if "another" in request.POST:
            return redirect("inspections:item_create", plan.pk)
        return redirect(plan if plan.is_draft else _back(item))
    context = {
        "plan": plan,
        "form": form,
        "title": f"Thêm mục vào {plan.name_inside}",
        "submit_label": "Thêm mục",
        "refusal": refusal,
        "cancel_url": plan.get_absolute_url(),
    }
    return render(request, "inspections/item_create.html", context)


@require_http_methods(["GET", "POST"])
@once
def item_edit(request: UserRequest, pk: int) -> HttpResponse:
    """Edit an item of a draft, or one that the adjustment being prepared adds."""
    item = _own(request, pk)
    form = ItemForm(request.POST or None, instance=item, user=request.user, plan=item.plan)
    refusal = item.why_not_edited()
    if not refused(form, refusal) and form.is_valid() and form.save_as(request.user):
        messages.success(request, f"Đã lưu mục {item.line}.")
        _warn(request, item)
        return redirect(_back(item))
    context = {
        "item": item,
        "form": form,
        "title": f"Sửa mục {item.line}: {item.unit_name}",
        "submit_label": "Lưu thay đổi",
        "refusal": refusal,
        "cancel_url": item.get_absolute_url(),
    }
    return render(request, "inspections/item_edit.html", context)


@require_http_methods(["GET", "POST"])
@once
def item_move(request: UserRequest, pk: int) -> HttpResponse:
    """The adjustment being prepared puts another item in the place of an issued one."""
    item = _own(request, pk)
    refusal = item.why_not_adjusted()
    form = ItemForm(
        request.POST or None,
        user=request.user,
        plan=item.plan,
        replaces=item,
        instance=item.copy(),
        initial={
            "contents": [each.pk for each in item.contents.all()],
            "programmes": [each.pk for each in item.programmes.all()],
        },
    )
    if not refused(form, refusal) and form.is_valid() and form.save_as(request.user):
        messages.success(request, f"Đã đưa mục {item.line} vào lần điều chỉnh đang soạn.")
        _warn(request, form.instance)
        return redirect(_back(form.instance))
    context = {
        "item": item,
        "form": form,
        "title": f"Dời, sửa mục {item.line}: {item.unit_name}",
        "lead": f"Đang có hiệu lực: {item.when_text}. Thay đổi dưới đây có hiệu lực khi ban hành "
        "điều chỉnh.",
        "submit_label": "Đưa vào điều chỉnh",
        "refusal": refusal,
        "cancel_url": item.get_absolute_url(),
    }
    return render(request, "inspections/item_move.html", context)


@require_http_methods(["GET", "POST"])
@once
def item_drop(request: UserRequest, pk: int) -> HttpResponse:
    """The adjustment being prepared drops an issued item; the reason stays on record."""
    item = _own(request, pk)
    return confirm(
        request,
        ReasonDeedForm(request.POST or None, record=item),
        item.drop,
        template="inspections/item_drop.html",
        title=f"Bỏ mục {item.line}: {item.unit_name}",
        label="Đưa việc bỏ mục vào điều chỉnh",
        success=f"Đã đưa việc bỏ mục {item.line} vào lần điều chỉnh đang soạn.",
        consequences=[
            f"Khi ban hành điều chỉnh, {item.unit_name} ({item.when_text}) không còn trong kế "
            "hoạch; tiến độ ghi mục này là đã bỏ, kèm lý do.",
            "Cho đến lúc đó mục vẫn có hiệu lực và có thể giữ lại.",
            *(
                f"Đã lập cuộc {each.code} ({each.days_text}, {each.get_status_display().lower()}) "
                "theo mục này: cuộc vẫn còn và không bị hủy; nếu không kiểm tra nữa, hãy hủy cuộc "
                "riêng."
                if each.status in (RoundStatus.SCHEDULED, RoundStatus.IN_PROGRESS)
                else f"Cuộc {each.code} ({each.days_text}, {each.get_status_display().lower()}) "
                "theo mục này vẫn còn."
                for each in _rounds(item, request.user)
            ),
        ],
        refusal=item.why_not_adjusted(),
        danger=True,
        item=item,
    )


@require_http_methods(["GET", "POST"])
@once
def item_keep(request: UserRequest, pk: int) -> HttpResponse:
    """An item is taken out of the adjustment being prepared."""
    item = _own(request, pk)
    refusal = (
        ""
        if item.dropped_in is not None and item.dropped_in.is_draft
        else f"Mục {item.line} không nằm trong lần điều chỉnh đang soạn."
    )
    return confirm(
        request,
        DeedForm(request.POST or None, record=item),
        item.keep,
        template="inspections/item_keep.html",
        title=f"Giữ nguyên mục {item.line}: {item.unit_name}",
        label="Giữ nguyên mục",
        success=f"Mục {item.line} được giữ nguyên.",
        consequences=["Việc dời hoặc bỏ mục này được lấy ra khỏi lần điều chỉnh đang soạn."],
        refusal=refusal,
        then=item.dropped_in,
        item=item,
    )


@require_http_methods(["GET", "POST"])
@once
def item_delete(request: UserRequest, pk: int) -> HttpResponse:
    """Take an item out of a draft, or out of the adjustment that was to add it."""
    item = _own(request, pk)
    return confirm(
        request,
        DeedForm(request.POST or None, record=item),
        item.remove,
        template="inspections/item_delete.html",
        title=f"Xóa mục {item.line}: {item.unit_name}",
        label="Xóa mục này",
        success=f"Đã xóa mục {item.line}.",
        consequences=["Mục bị xóa; nhật ký của kế hoạch hoặc của lần điều chỉnh ghi ai đã xóa."],
        refusal=item.why_not_edited(),
        then=_back(item) if _back(item) is not item else item.plan,
        danger=True,
        item=item,
    )
