"""What forms of findings, remedies and cases share: they hang on a visit and name nobody."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from congvu.deeds import tell
from congvu.forms import RecordForm
from congvu.rules import ConflictError
from findings.models import Finding
from inspections.models import Visit

_CITIZEN_ID = re.compile(r"(?<![0-9])[0-9]{12}(?![0-9])")


def no_citizen_id(text: str) -> None:
    """Refuse a text with what reads like a person's citizen id: those are kept nowhere here."""
    if found := _CITIZEN_ID.search(text):
        raise ValidationError(
            f"Không ghi số căn cước của cá nhân vào hệ thống; hãy bỏ dãy 12 chữ số "
            f"({found[0][:3]}…)."
        )


# How often another code is tried when somebody else took the proposed one at the same moment.
TRIES = 5


class OnVisitForm(RecordForm):
    """A record that hangs on a visit: its code is proposed, and the round is held while saving.

    A code left empty, or as it was proposed, is given when the record is saved.
    """

    def __init__(self, *args: Any, visit: Visit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.visit = visit
        self.instance.visit = visit
        self.fields["content"].validators.append(no_citizen_id)
        if self.instance.pk is None:
            code = self.fields["code"]
            code.required = False
            code.help_text = f"Để trống thì hệ thống tự đặt, ví dụ: {self._next_code()}."

    def _next_code(self) -> str:
        code: str = self._meta.model.objects.next_code(self.visit.round)
        return code

    def clean_code(self) -> str:
        """The code typed; for a new record without one, the next that is free."""
        typed: str = self.cleaned_data.get("code") or ""
        self._own_code = bool(typed) or self.instance.pk is not None
        return typed or self._next_code()

    def why_not(self, visit: Visit) -> str:
        """Why nothing can be saved to the visit as it now stands; empty when it can."""
        return ""

    def save_as(self, by: Any) -> bool:
        """Save while nobody can move the round's days; False when a rule or a writer forbids it."""
        with transaction.atomic():
            held = self.visit.held()
            self.visit.round, self.visit.concluded_on = held.round, held.concluded_on
            if refusal := self.why_not(held):
                self.add_error(None, refusal)
                return False
            named = getattr(self.instance, "finding_id", None)
            if named is not None and not Finding.objects.filter(pk=named).exists():
                raise ConflictError(f"Tồn tại {named}")
            try:
                self.instance.clean()
            except ValidationError as faults:
                tell(self, faults)
                return False
            for left in range(1 if self._own_code else TRIES, 0, -1):
                if super().save_as(by):
                    return True
                if left > 1:
                    # Somebody took the proposed code since: the next one, with the same content.
                    self.instance.pk = None
                    self.instance.code = self._next_code()
                    self.errors.clear()
            return False

    def taken_message(self, fault: IntegrityError) -> str:
        """Only the code must be the record's own."""
        return "Mã này vừa được dùng cho hồ sơ khác; hãy chọn mã khác rồi lưu lại."
