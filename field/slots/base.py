"""What every kind of slot is, and how parts of a value are read."""

from __future__ import annotations

import uuid
from abc import ABC, abstractmethod
from datetime import date, datetime
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models

from accounts.models import User
from congvu.access import record_id
from congvu.dates import parse_day
from congvu.text import clean, clean_block
from field.models import EntryKind
from findings.evidence_files import Kept
from findings.forms import no_citizen_id
from inspections.models import Visit

Value = dict[str, Any]


class Slot(ABC):
    """One kind of place. What each method means is said here, once for all kinds."""

    kind: ClassVar[EntryKind]

    @abstractmethod
    def all(self, visit: Visit) -> dict[str, Value]:
        """What stands in the visit now, by `ref`."""

    @abstractmethod
    def clean(self, sent: Value) -> Value:
        """The value that a device sent, as it would be kept; raises `ValidationError`."""

    @abstractmethod
    def write(
        self,
        visit: Visit,
        ref: str,
        value: Value | None,
        by: User,
        at: datetime,
        kept: Kept | None = None,
    ) -> int | None:
        """Write the value, None to take away what stands there; the id of the record.

        `at` is when it was written, `kept` the file that came with it. Raises `ValidationError`
        where a rule of the record forbids it.
        """

    def ref(self, given: str, value: Value | None) -> str:
        """Which slot of its kind; raises `ValidationError` for what is none."""
        try:
            return str(uuid.UUID(given))
        except ValueError:
            if given.startswith("r") and (pk := record_id(given[1:])) is not None:
                return f"r{pk}"
            raise ValidationError("Mục ghi không rõ thuộc chỗ nào.") from None


def text_of(sent: Value, name: str, limit: int = 5000, *, block: bool = True) -> str:
    """A text among what was sent, cleaned; raises `ValidationError` for none, or too long a one."""
    given = sent.get(name)
    if given is None:
        return ""
    if not isinstance(given, str):
        raise ValidationError("Nội dung phải là chữ.")
    text = clean_block(given) if block else clean(given)
    if len(text) > limit:
        raise ValidationError(f"Nội dung dài {len(text)} ký tự, quá {limit} ký tự; hãy rút ngắn.")
    no_citizen_id(text)
    return text


def count_of(sent: Value, name: str, label: str) -> int:
    """A number of persons among what was sent; raises `ValidationError`."""
    given = sent.get(name)
    if isinstance(given, bool) or not isinstance(given, int) or not 0 <= given <= 30_000:
        raise ValidationError(f"“{label}” phải là số người, từ 0 trở lên.")
    return given


def day_of(sent: Value, name: str) -> date | None:
    """A day among what was sent, typed as people here type it; raises `ValidationError`."""
    given = text_of(sent, name, 20, block=False)
    if not given:
        return None
    try:
        return parse_day(given)
    except ValueError as fault:
        raise ValidationError(str(fault)) from fault


def code_of(sent: Value, name: str, codes: type[models.TextChoices], label: str) -> str:
    """One of the codes among what was sent; raises `ValidationError`."""
    given = sent.get(name)
    if given not in codes.values:
        raise ValidationError(f"Hãy chọn {label}.")
    return str(given)
