"""One place for a record's rules, wherever the record comes from.

A model lists what is wrong with it in `faults()`, from the record and the records it holds, without
a query. A form shows the faults at its fields, the importer at the cells they came from.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q


class Fault(NamedTuple):
    """A broken rule: the field where it is to be mended, and a sentence for the person."""

    field: str
    message: str


class ConflictError(Exception):
    """Somebody else saved the record since it was read; nothing was written."""


class Ruled(models.Model):
    """A record with rules, and with a version that notices two people saving at once."""

    version = models.PositiveIntegerField("phiên bản", default=1, editable=False)

    class Meta:
        abstract = True

    def faults(self) -> Iterator[Fault]:
        """What is wrong with this record, told from itself and the records it points to.

        A rule waits for what it needs (`knows`): the importer tells of a row's days even where it
        cannot tell its unit.
        """
        return iter(())

    def knows(self, *names: str) -> bool:
        """Whether each of these fields has a value; a reference, the record it points to."""
        # Without a record a reference raises an AttributeError.
        return all(getattr(self, name, None) is not None for name in names)

    @property
    def is_filled(self) -> bool:
        """Whether every required column has a value."""
        fields = self._meta.local_fields
        return self.knows(*(f.attname for f in fields if not f.null and not f.primary_key))

    def clean(self) -> None:
        """Raise every fault at its field (contract §3 holds for records typed in too)."""
        super().clean()
        if not self.is_filled:
            return  # the form already says which field is missing
        found: dict[str, list[str]] = {}
        for fault in self.faults():
            found.setdefault(fault.field, []).append(fault.message)
        if found:
            raise ValidationError(dict(found))

    def validate_constraints(self, exclude: Any = None) -> None:
        """Those of the database, as soon as they can be told."""
        if self.is_filled:
            super().validate_constraints(exclude)

    def hold(self) -> Self:
        """The record as it now stands, which nobody else can change until the transaction ends.

        Raises `ConflictError` when somebody has just taken it away.
        """
        rows: Any = type(self)._base_manager.select_for_update()
        held: Self | None = rows.filter(pk=self.pk).first()
        if held is None:
            raise ConflictError(str(self))
        return held

    def write(self, *names: str) -> None:
        """Save the named fields, unless somebody else has saved this record since it was read.

        The version is checked in the same statement that writes. Raises `ConflictError`.
        """
        fields = [self._meta.get_field(name) for name in names]
        fields += [f for f in self._meta.local_fields if getattr(f, "source", None)]
        values: dict[str, Any] = {f.attname: f.pre_save(self, False) for f in fields}  # type: ignore[union-attr]  # only concrete columns are named
        rows = type(self)._base_manager.filter(pk=self.pk, version=self.version)
        if not rows.update(version=F("version") + 1, **values):
            raise ConflictError(str(self))
        self.version += 1


def one_of(field: str, choices: type[models.TextChoices], *, blank: bool = False) -> Any:
    """A check constraint: the column holds one of the codes (or nothing, where `blank`)."""
    codes = list(choices.values) + ([""] if blank else [])
    return models.CheckConstraint(
        condition=Q(**{f"{field}__in": codes}), name=f"%(app_label)s_%(class)s_{field}_code"
    )


def ordered(first: str, last: str) -> Any:
    """A check constraint: the last day is not before the first; either may be open."""
    return models.CheckConstraint(
        condition=Q(**{f"{last}__gte": F(first)})
        | Q(**{f"{last}__isnull": True})
        | Q(**{f"{first}__isnull": True}),
        name=f"%(app_label)s_%(class)s_{last}_order",
        violation_error_message="Ngày cuối không được trước ngày đầu.",
    )
