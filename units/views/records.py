"""Adding a unit, putting its data right, renaming it from a day on, taking a change back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from congvu.access import AuthedRequest, record_id, require
from congvu.dates import format_day
from congvu.once import once
from congvu.rules import ConflictError
from units import actions
from units.change_forms import RenameForm, UnitEditForm, UnitForm
from units.models import Unit
from units.story import last_reform, why_not_rename, why_not_undo
from units.views.reforms import CONFLICT

_READ_ONLY = "Vai trò của bạn chỉ được xem đơn vị."


def _find(request: AuthedRequest, pk: int) -> Unit:
    """The unit in scope (else 404), which the person may change (else 403)."""
    units = Unit.objects.visible_to(request.user).select_related("opened_in", "closed_in")
    unit = get_object_or_404(units, pk=pk)
    require(request.user, "units.change", _READ_ONLY)
    return unit


@require_http_methods(["GET", "POST"])
@once
def unit_create(request: AuthedRequest) -> HttpResponse:
    """A new unit under one in scope."""
    require(request.user, "units.change", _READ_ONLY)
    scope = Unit.objects.visible_to(request.user)
    parent = record_id(request.GET.get("parent", ""))
    above = scope.filter(pk=parent).first() if parent is not None else None
    form = UnitForm(request.POST or None, units=scope, initial={"parent": above})
    if form.is_valid():
        unit: Unit = form.instance
        change = actions.add(unit)
        try:
            change.apply(request.user)
        except ValidationError as fault:
            form.add_error(None, fault)
        except (ConflictError, IntegrityError):
            form.add_error(None, CONFLICT)
        else:
            messages.success(request, f"Đã thêm {unit.name} (mã {unit.code}).")
            return redirect(unit)
    context = {
        "form": form,
        "above": above,
        "title": "Thêm đơn vị",
        "submit_label": "Thêm đơn vị",
        "cancel_url": above.get_absolute_url() if above else reverse("units:unit_list"),
    }
    return render(request, "units/unit_create.html", context)


@require_http_methods(["GET", "POST"])
@once
def unit_edit(request: AuthedRequest, pk: int) -> HttpResponse:
    """Put right what was mistyped; a new name from a day on is another deed."""
    unit = _find(request, pk)
    form = UnitEditForm(request.POST or None, instance=unit)
    if form.is_valid() and form.save_as(request.user):
        messages.success(request, "Đã sửa thông tin đơn vị.")
        return redirect(unit)
    context = {
        "unit": unit,
        "form": form,
        "title": f"Sửa thông tin: {unit.name} ({unit.code})",
        "lead": "Chỉ dùng khi tên hoặc thông tin bị ghi sai. Đơn vị thật sự đổi tên thì dùng “Đổi "
        "tên từ một ngày”: tên cũ được giữ cho các hồ sơ trước ngày đó.",
        "submit_label": "Lưu thông tin",
        "cancel_url": unit.get_absolute_url(),
    }
    return render(request, "units/unit_edit.html", context)


@require_http_methods(["GET", "POST"])
@once
def unit_rename(request: AuthedRequest, pk: int) -> HttpResponse:
    """Another name from a day on."""
    unit = _find(request, pk)
    if why := why_not_rename(unit):
        raise PermissionDenied(why)
    old_name = unit.name
    form = RenameForm(request.POST or None)
    if form.is_valid() and _rename(request, unit, form):
        day = format_day(form.cleaned_data["on"])
        messages.success(request, f"Từ ngày {day}, đơn vị mang tên {unit.name}.")
        return redirect(unit)
    context: dict[str, Any] = {
        "unit": unit,
        "form": form,
        "title": f"Đổi tên: {old_name} ({unit.code})",
        "lead": f"Đơn vị vẫn là một: hồ sơ trước ngày đổi tên tiếp tục ghi tên {old_name}.",
        "submit_label": "Đổi tên",
        "cancel_url": unit.get_absolute_url(),
    }
    return render(request, "units/unit_rename.html", context)


def _rename(request: AuthedRequest, unit: Unit, form: RenameForm) -> bool:
    """Rename; False, with the reason among the form's faults, when it cannot be."""
    try:
        unit.rename(request.user, **form.cleaned_data)
    except ValidationError as fault:
        form.add_error(None, fault)
    except ConflictError:
        form.add_error(None, CONFLICT)
    else:
        return True
    return False


@require_http_methods(["GET", "POST"])
@once
def unit_undo(request: AuthedRequest, pk: int) -> HttpResponse:
    """Take back the change that made the unit what it is, while nothing hangs on it."""
    unit = _find(request, pk)
    reform = last_reform(unit)
    if reform is None:
        raise PermissionDenied("Không có thay đổi nào ghi tại đây để hoàn tác.")
    if why := why_not_undo(reform, request.user):
        raise PermissionDenied(why)
    said = actions.undo_objections(reform, request.user)
    if request.method == "POST" and not said:
        try:
            opened = actions.undo(reform, request.user)
        except ValidationError as fault:
            said = fault.messages
        except ConflictError:
            said = [CONFLICT]
        else:
            messages.success(request, "Đã hoàn tác.")
            return redirect(opened[0] if opened else "units:unit_list")
    context = {
        "unit": unit,
        "reform": reform,
        "title": f"Hoàn tác: {reform}",
        "refusals": said,
        "opened": Unit.objects.filter(opened_in=reform),
        "closed": Unit.objects.filter(closed_in=reform),
        "cancel_url": unit.get_absolute_url(),
        "submit_label": "Hoàn tác",
        "danger": True,
    }
    return render(request, "units/unit_undo.html", context)
