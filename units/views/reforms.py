"""Changes that end units and open others: a form, then a page that says what will happen.

Nothing is written before the second page is confirmed, and then everything is checked again; where
something has changed in between, the second page is shown anew.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from congvu.access import AuthedRequest, record_id, require
from congvu.once import once
from congvu.rules import ConflictError
from units import actions
from units.actions import Below
from units.change_forms import (
    MOST_ROWS,
    ROWS,
    ReformForm,
    UnitCloseForm,
    UnitContinueForm,
    UnitMergeForm,
    UnitSplitForm,
)
from units.changes import Change
from units.models import Reform, Unit
from units.preview import Preview, preview
from units.story import why_not_reform

CONFLICT = (
    "Một trong các đơn vị vừa được người khác thay đổi, nên chưa có gì được lưu. Hãy kiểm tra lại "
    "rồi gửi lần nữa."
)


@dataclass(frozen=True)
class Proposal:
    """One kind of change: its pages and how the form's data become a change."""

    form: type[ReformForm]
    template: str
    title: str
    deed: str
    build: Callable[[Any], Change]


def find(request: AuthedRequest, pk: int) -> Unit:
    """The unit in scope (else 404), which the person may change and which may end (else 403)."""
    units = Unit.objects.visible_to(request.user).select_related("parent")
    unit = get_object_or_404(units, pk=pk)
    require(request.user, "units.change", "Vai trò của bạn chỉ được xem đơn vị.")
    if why := why_not_reform(unit, request.user):
        raise PermissionDenied(why)
    return unit


def _rows(request: AuthedRequest) -> int:
    """How many lines for units the form has."""
    asked = record_id(request.POST.get("rows", "")) or ROWS
    return max(ROWS, min(asked + (ROWS if "more" in request.POST else 0), MOST_ROWS))


def _form(request: AuthedRequest, unit: Unit, proposal: Proposal) -> ReformForm:
    """The form: empty, sent, or sent only to get more lines or to be corrected."""
    units = Unit.objects.visible_to(request.user)
    rows = _rows(request)
    if request.method == "POST" and not {"more", "back"} & request.POST.keys():
        return proposal.form(request.POST, unit=unit, units=units, rows=rows)
    return proposal.form(initial=request.POST.dict(), unit=unit, units=units, rows=rows)


def _apply(request: AuthedRequest, form: ReformForm, change: Change) -> Reform | None:
    """Write the change; None, with the reason among the form's faults, when it cannot be."""
    try:
        return change.apply(request.user)
    except ConflictError:
        form.add_error(None, CONFLICT)
    except ValidationError as fault:
        form.add_error(None, fault)
    except IntegrityError:
        form.add_error(None, CONFLICT)
    return None


def _propose(request: AuthedRequest, pk: int, proposal: Proposal) -> HttpResponse:
    """The form, the page of what will happen, and the deed, at one address."""
    unit = find(request, pk)
    form = _form(request, unit, proposal)
    context: dict[str, Any] = {
        "unit": unit,
        "title": f"{proposal.title}: {unit.name} ({unit.code})",
        "form": form,
        "cancel_url": unit.get_absolute_url(),
        "submit_label": "Xem trước điều sẽ xảy ra",
    }
    if form.is_bound and form.is_valid():
        change = proposal.build(form)
        for sentence in change.objections(request.user):
            form.add_error(None, sentence)
        if form.is_valid():
            seen = preview(change, request.user)
            if request.POST.get("seal") != seen.seal:
                return _confirm(request, proposal, context, seen)
            if _apply(request, form, change):
                messages.success(request, f"Đã {proposal.deed}.")
                return redirect((change.heirs or [unit])[0])
    return render(request, proposal.template, context)


def _confirm(
    request: AuthedRequest, proposal: Proposal, context: dict[str, Any], seen: Preview
) -> HttpResponse:
    """The page of what will happen; the form goes along unseen."""
    form: ReformForm = context["form"]
    for field in form.fields.values():
        field.widget = field.hidden_widget()
    return render(
        request,
        "units/unit_confirm.html",
        {
            **context,
            "preview": seen,
            "consequences": seen.sentences,
            "changed_meanwhile": "seal" in request.POST,
            "submit_label": f"Xác nhận {proposal.deed}",
            "danger": True,
        },
    )


def _close(form: UnitCloseForm) -> Change:
    data = form.cleaned_data
    below = Below(data["below"])
    return actions.close(form.unit, data["last_day"], data["legal_basis"], below)


def _merge(form: UnitMergeForm) -> Change:
    data = form.cleaned_data
    into = data["into"] or form.new_unit()
    return actions.merge(form.olds, into, data["on"], data["legal_basis"], Below(data["below"]))


def _split(form: UnitSplitForm) -> Change:
    data = form.cleaned_data
    below = Below(data["below"])
    return actions.split(form.unit, form.parts, form.main, data["on"], data["legal_basis"], below)


def _continue(form: UnitContinueForm) -> Change:
    data = form.cleaned_data
    below = Below(data["below"])
    return actions.continue_as(form.unit, form.new_unit(), data["on"], data["legal_basis"], below)


CLOSE = Proposal(
    UnitCloseForm, "units/unit_close.html", "Kết thúc đơn vị", "kết thúc đơn vị", _close
)
MERGE = Proposal(UnitMergeForm, "units/unit_merge.html", "Nhập đơn vị", "nhập đơn vị", _merge)
SPLIT = Proposal(UnitSplitForm, "units/unit_split.html", "Chia đơn vị", "chia đơn vị", _split)
CONTINUE = Proposal(
    UnitContinueForm,
    "units/unit_continue.html",
    "Tiếp tục thành đơn vị mới",
    "tiếp tục thành đơn vị mới",
    _continue,
)


@require_http_methods(["GET", "POST"])
@once
def unit_close(request: AuthedRequest, pk: int) -> HttpResponse:
    """A unit ends without an heir."""
    return _propose(request, pk, CLOSE)


@require_http_methods(["GET", "POST"])
@once
def unit_merge(request: AuthedRequest, pk: int) -> HttpResponse:
    """A unit and others become one."""
    return _propose(request, pk, MERGE)


@require_http_methods(["GET", "POST"])
@once
def unit_split(request: AuthedRequest, pk: int) -> HttpResponse:
    """A unit is divided among several."""
    return _propose(request, pk, SPLIT)


@require_http_methods(["GET", "POST"])
@once
def unit_continue(request: AuthedRequest, pk: int) -> HttpResponse:
    """A unit goes on under another parent, with another code or as another kind."""
    return _propose(request, pk, CONTINUE)
