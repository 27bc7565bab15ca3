"""The form by which a planned round is moved to other days."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from accounts.models import User
from congvu.dates import day_typed
from congvu.deeds import DeedForm
from congvu.forms import BlockInput, DayField
from inspections.models import Round
from inspections.models.moves import THERE_ALREADY, Move
from inspections.overlap_words import overlaps_if_moved


class MoveForm(DeedForm):
    """The round's new first day; moved is only what the page showed for that very day."""

    to = DayField(
        label="Ngày bắt đầu mới",
        help_text="Ngày kết thúc và các lượt kiểm tra dời theo cùng số ngày. Ví dụ: 17/11/2026.",
    )
    # The day for which the page showed what will happen.
    shown_to = forms.CharField(required=False, widget=forms.HiddenInput)

    overlap_reason = BlockInput(
        label="Vẫn kiểm tra, vì",
        error_messages={"required": "Hãy ghi lý do vẫn kiểm tra, hoặc chọn ngày khác."},
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Lý do được lưu cùng hồ sơ của cuộc. Hoặc chọn ngày khác ở trên.",
    )

    def __init__(self, *args: Any, record: Round, user: User, to: str = "", **kwargs: Any) -> None:
        """`to` is the day in the address, as text."""
        self._round = record
        visits = record.visits.order_by("pk").values_list("pk", "version")
        shown = [number for pair in visits for number in pair]
        super().__init__(*args, record=record, shown=shown, **kwargs)
        if not self.is_bound and to:
            day = day_typed(to)
            self.initial["to"] = day or to
            self.initial["shown_to"] = day.isoformat() if day else ""
        self.initial.setdefault("overlap_reason", record.overlap_reason)
        self.move = self._planned()
        self.overlaps = overlaps_if_moved(self.move, user) if self.move else []
        # Whether a day was sent that the page had not shown: it is shown now, and nothing is wrong.
        self.is_preview = False
        if not self.overlaps:
            del self.fields["overlap_reason"]
        elif not self.is_bound:
            self._go_on_at_reason()

    def _go_on_at_reason(self) -> None:
        """Where one goes on once the page has shown the day."""
        self.fields["overlap_reason"].widget.attrs["autofocus"] = ""

    def _planned(self) -> Move | None:
        """The round as it would stand on the day in the form; None for its own day, or none."""
        if self.day is None or self.day == self._round.starts_on:
            return None
        try:
            return self._round.moved(self.day)
        except ValidationError:
            return None  # beyond the calendar: the deed itself says so

    @property
    def day(self) -> date | None:
        """The new first day as it now stands in the form; None for none that can be read."""
        value = self["to"].value()
        return value if isinstance(value, date) else day_typed(value)

    def clean(self) -> dict[str, Any] | None:
        """A day that was typed anew is shown first, and moved to by the next press."""
        data = super().clean() or {}
        to: date | None = data.get("to")
        if to == self._round.starts_on:
            self.add_error("to", THERE_ALREADY)
        elif to is not None and data.get("shown_to") != to.isoformat():
            # What is shown now is what the next press confirms.
            self.is_preview = self.move is not None
            typed = self.data.copy() if isinstance(self.data, QueryDict) else dict(self.data)
            typed[self.add_prefix("shown_to")] = to.isoformat()
            self.data = typed
            # Nobody has seen yet that a reason is asked for.
            self.errors.pop("overlap_reason", None)
            if self.overlaps:
                self._go_on_at_reason()
        return data

    def is_valid(self) -> bool:
        """Whether the round may be moved: what was sent is right, and the page had shown it."""
        return super().is_valid() and not self.is_preview

    @property
    def typed(self) -> dict[str, Any]:
        """What the deed is told. Only after `is_valid()`."""
        reason = self.cleaned_data.get("overlap_reason", self._round.overlap_reason)
        return {"to": self.cleaned_data["to"], "overlap_reason": reason}
