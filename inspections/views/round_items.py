"""Which items of plans a round carries out: one round may answer several."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.requests import UserRequest
from congvu.deeds import DeedForm
from congvu.forms import ChoicesField
from congvu.once import once
from inspections.models import PlanItem, Round


class AnswerField(ChoicesField):
    """Items, told with their plan."""

    def label_from_instance(self, obj: Any) -> str:
        """Such as: Kế hoạch 45/KH-UBND, mục 3: Xã Định Hóa, tháng 5/2026."""
        programmes = ", ".join(each.name for each in obj.programmes.all())
        said = f"{obj.plan.name}, mục {obj.line}: {obj.unit.name}, {obj.when_text}"
        return f"{said} ({programmes})" if programmes else said


class ItemsForm(DeedForm):
    """The items in force of issued plans on the units that the round visits, to be ticked."""

    items = AnswerField(
        label="Mục kế hoạch mà cuộc này thực hiện",
        queryset=PlanItem.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Các mục đang có hiệu lực về những đơn vị mà cuộc kiểm tra, của mọi kế hoạch "
        "bạn xem được.",
    )

    def __init__(self, *args: Any, round_: Round, user: User, **kwargs: Any) -> None:
        linked = sorted(round_.items.values_list("pk", flat=True))
        super().__init__(*args, record=round_, shown=linked, **kwargs)
        field = self.fields["items"]
        assert isinstance(field, AnswerField)  # noqa: S101  # declared above
        field.queryset = round_.answerable_items(user)
        self.initial["items"] = linked


@require_http_methods(["GET", "POST"])
@once
def round_items(request: UserRequest, pk: int) -> HttpResponse:
    """Say which items the round carries out."""
    rounds = Round.objects.visible_to(request.user).select_related("body")
    round_ = get_object_or_404(rounds, pk=pk)
    round_.require_editable(request.user)
    form = ItemsForm(
        request.POST if request.method == "POST" else None, round_=round_, user=request.user
    )
    if form.is_valid():
        round_.answer(form.cleaned_data["items"], by=request.user)
        messages.success(request, f"Đã lưu các mục kế hoạch của cuộc {round_.code}.")
        return redirect(round_)
    context = {
        "round": round_,
        "form": form,
        "title": f"Mục kế hoạch của cuộc {round_.code}",
        "submit_label": "Lưu các mục đã chọn",
        "cancel_url": round_.get_absolute_url(),
    }
    return render(request, "inspections/round_items.html", context)
