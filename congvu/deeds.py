"""Deeds that are confirmed on a page of their own, which says first what will happen.

return confirm(
    request,
    ReasonDeedForm(request.POST or None, record=round_),
    round_.cancel,
    template="inspections/round_cancel.html",
    title=f"Hủy cuộc {round_.code}",
    label="Hủy cuộc kiểm tra",
    success=f"Đã hủy cuộc {round_.code}.",
    consequences=["Cuộc không được tính vào số liệu nào."],
)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from congvu.forms import ReasonForm
from congvu.rules import ConflictError, Ruled


def still_sealed(form: forms.BaseForm, name: str, seal: str) -> str:
    """The seal of what was shown, from the form's hidden field of that name.

    Raises `ValidationError` when it is no longer that of what is shown now: the form then carries
    the new one, which the next press confirms.
    """
    shown: str = form.cleaned_data[name]
    if shown != seal:
        typed = form.data.copy() if isinstance(form.data, QueryDict) else dict(form.data)
        typed[form.add_prefix(name)] = seal
        form.data = typed
        raise ValidationError(
            "Hồ sơ này vừa được người khác sửa. Hãy xem lại nội dung hiện tại rồi xác nhận lần nữa."
        )
    return shown


class DeedForm(forms.Form):
    """Confirms a deed on the record as it was shown: the version tells whether it still is so.

    `shown` are further figures on the page that must not have changed either.
    """

    version = forms.CharField(widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, record: Ruled, shown: Iterable[object] = (), **kwargs: Any
    ) -> None:
        self.record = record
        self._seal = ".".join(map(str, (record.version, *shown)))
        kwargs["initial"] = {"version": self._seal, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)

    def clean_version(self) -> str:
        """What was shown must still be so."""
        return still_sealed(self, "version", self._seal)

    @property
    def typed(self) -> dict[str, Any]:
        """What the deed is told. Only after `is_valid()`."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class ReasonDeedForm(DeedForm, ReasonForm):
    """A deed that needs a reason on record."""


def tell(form: forms.BaseForm, refusal: ValidationError) -> None:
    """Show what a model refused: at the form's own fields, else above them."""
    if not hasattr(refusal, "error_dict"):
        form.add_error(None, refusal)
        return
    for name, faults in refusal.error_dict.items():
        form.add_error(name if name in form.fields else None, faults)


def refused(form: forms.BaseForm, refusal: str) -> bool:
    """Whether the deed cannot be done at all now; a form that was sent all the same says why."""
    if refusal and form.is_bound:
        form.add_error(None, refusal)
    return bool(refusal)


def done(form: forms.BaseForm, deed: Callable[[], object]) -> bool:
    """Do the deed; False when the model refuses it, and then the form says why."""
    try:
        deed()
    except ValidationError as refusal:
        tell(form, refusal)
    except ConflictError:
        form.add_error(None, "Hồ sơ này vừa được người khác sửa; hãy tải lại trang rồi làm lại.")
    else:
        return True
    return False


def confirm(
    request: HttpRequest,
    form: DeedForm,
    deed: Callable[..., object],
    *,
    template: str,
    title: str,
    label: str,
    success: str,
    consequences: Sequence[str] = (),
    refusal: str = "",
    then: Any = None,
    **context: Any,
) -> HttpResponse:
    """Show what the deed brings; when it is confirmed, do it with what was typed.

    `refusal` says why it cannot be done now: then there is no form. `then` is where it leads, the
    record itself unless told. `deed` takes the person as `by`, and the form's fields.
    """
    record: Any = form.record
    if form.is_valid() and done(form, lambda: deed(by=request.user, **form.typed)):
        messages.success(request, success)
        return redirect(then or record)
    shared = {
        "form": form,
        "title": title,
        "submit_label": label,
        "consequences": consequences,
        "refusal": refusal,
        "cancel_url": record.get_absolute_url(),
    }
    return render(request, template, {**shared, **context})
