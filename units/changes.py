"""A change of units before it is written: what ends, what begins, what follows what, and why not.

`units.actions` makes these; a page shows them; `Change.apply` checks all of it again and writes.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from congvu.access import Person
from congvu.dates import format_day
from congvu.models import Event
from congvu.rules import ConflictError
from congvu.trail import event
from units import guards
from units.models import Deed, Reform, Succession, SuccessionKind, Unit

# So many units are named in a sentence that counts them all.
NAMED = 5


@dataclass
class Change:
    """What will happen; nothing of it is written before `apply`.

    `closing` end on the eve of `on`; `opening` begin on it, parents before children; `heirs` are
    those that follow the units named by the person, the main one first.
    """

    deed: Deed
    on: date
    legal_basis: str
    named: list[Unit] = field(default_factory=list)
    heirs: list[Unit] = field(default_factory=list)
    closing: list[Unit] = field(default_factory=list)
    opening: list[Unit] = field(default_factory=list)
    ties: list[Succession] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)

    @property
    def eve(self) -> date:
        """The last day of the units that end."""
        return self.on - timedelta(days=1)

    def close(self, unit: Unit) -> None:
        """Let the unit end on the eve, or say why it cannot."""
        if unit.valid_to is not None:
            self.refusals.append(
                f"{unit.name} (mã {unit.code}) đã được ghi kết thúc ngày "
                f"{format_day(unit.valid_to)}."
            )
        elif unit.valid_from is not None and unit.valid_from >= self.on:
            self.refusals.append(
                f"{unit.name} (mã {unit.code}) chỉ có hiệu lực {unit.span_text}; ngày thay đổi "
                f"phải sau ngày {format_day(unit.valid_from)}."
            )
        unit.valid_to = self.eve
        self.closing.append(unit)

    def open(self, unit: Unit) -> None:
        """Let the unit begin on the day."""
        unit.valid_from, unit.valid_to = self.on, None
        unit.legal_basis = self.legal_basis
        self.opening.append(unit)

    def tie(self, old: Unit, new: Unit, kind: SuccessionKind, is_main: bool = True) -> None:
        """Let `new` follow `old`."""
        self.ties.append(
            Succession(
                predecessor=old,
                successor=new,
                effective_on=self.on,
                kind=kind,
                is_main=is_main,
                legal_basis=self.legal_basis,
            )
        )

    # --- checking --------------------------------------------------------------------------

    def objections(self, person: Person | None = None) -> list[str]:
        """Why it cannot be done: sentences; none when it can."""
        found = [*self.refusals, *self._taken_codes(), *self._lost_parents()]
        for unit in self.opening:
            found += [f"{unit.name}: {fault.message}" for fault in unit.faults()]
        for tie in self.ties:
            if tie.successor.pk and not tie.successor.exists_on(self.on):
                found.append(
                    f"{tie.successor.name} (mã {tie.successor.code}) không có hiệu lực vào ngày "
                    f"{format_day(self.on)}."
                )
        heired = Unit.objects.filter(pk__in=[unit.pk for unit in self.closing])
        for unit in heired.filter(as_predecessor__isnull=False).distinct()[:NAMED]:
            found.append(f"{unit.name} (mã {unit.code}) đã có đơn vị kế thừa.")
        if self.closing:
            found += guards.objections(self.closing, self.eve, person)
        return list(dict.fromkeys(found))

    def _taken_codes(self) -> list[str]:
        """Codes of new units that another unit bears on some day from then on."""
        codes = Counter(unit.code for unit in self.opening)
        found = [
            f"Mã {code} được ghi cho {count} đơn vị mới; mỗi đơn vị phải có mã riêng."
            for code, count in codes.items()
            if count > 1
        ]
        others = Unit.objects.filter(code__in=codes).exclude(
            pk__in=[unit.pk for unit in self.closing]
        )
        bearers = list(others)
        for unit in self.opening:
            found += [
                f"Mã {unit.code} đang thuộc về {other.name} ({other.span_text}); hãy chọn mã khác."
                for other in bearers
                if other.code == unit.code and other.shares_a_day(unit.valid_from, None)
            ]
        return found

    def _lost_parents(self) -> list[str]:
        """New units and heirs that would stand under a unit that ends now."""
        ending = {unit.pk for unit in self.closing}
        found = []
        for unit in self.opening:
            if unit.parent is not None and unit.parent.pk in ending:
                found.append(
                    f"{unit.name} không thể thuộc {unit.parent.name}: đơn vị đó kết thúc ngày "
                    f"{format_day(self.eve)}."
                )
        for heir in self.heirs:
            if heir.pk and heir.pk in ending:
                found.append(
                    f"{heir.name} (mã {heir.code}) không thể vừa kết thúc vừa là đơn vị kế thừa."
                )
        return found

    # --- writing ---------------------------------------------------------------------------

    def apply(self, by: Person | None) -> Reform:
        """Write all of it, or nothing; marks in the trail of every unit touched.

        Raises `ValidationError` with the objections, and `ConflictError` when somebody has changed
        one of the units since they were read.
        """
        with transaction.atomic():
            self._hold()
            if said := self.objections(by):
                raise ValidationError(said)
            reform = Reform.objects.create(
                deed=self.deed, effective_on=self.on, legal_basis=self.legal_basis
            )
            for unit in self.closing:
                unit.closing_basis = self.legal_basis
                unit.closed_in = reform
                unit.write("valid_to", "closing_basis", "closed_in")
            self._write_opening(reform)
            for tie in self.ties:
                tie.reform = reform
            Succession.objects.bulk_create(self.ties)
            Event.objects.bulk_create(self._marks(by))
        return reform

    def _hold(self) -> None:
        """Keep others from changing the units concerned until the transaction ends."""
        held = {unit.pk: unit for unit in [*self.closing, *self.heirs] if unit.pk}
        for unit in self.opening:
            if unit.parent is not None and unit.parent.pk:
                held[unit.parent.pk] = unit.parent
        rows = Unit.objects.select_for_update().filter(pk__in=held).order_by("pk")
        versions = dict(rows.values_list("pk", "version"))
        for pk, unit in held.items():
            if versions.get(pk) != unit.version:
                raise ConflictError(str(unit))

    def _write_opening(self, reform: Reform) -> None:
        """Add the new units level by level, so that each finds its parent's path."""
        left = self.opening
        while left:
            ready = [unit for unit in left if unit.parent is None or unit.parent.pk]
            left = [unit for unit in left if unit.parent is not None and not unit.parent.pk]
            for unit in ready:
                unit.opened_in = reform
                # The parent may have got its id only now.
                unit.parent = unit.parent
            Unit.objects.bulk_create(ready)
            Unit.objects.filter(pk__in=[unit.pk for unit in ready]).place()
            for unit in ready:
                unit.path = f"{unit.parent.path if unit.parent else ''}{unit.pk}/"
        for tie in self.ties:
            tie.successor = tie.successor

    def _marks(self, by: Person | None) -> list[Event]:
        basis = f" Căn cứ: {self.legal_basis}." if self.legal_basis else ""
        into: dict[int, list[str]] = {}
        out_of: dict[int, list[str]] = {}
        for tie in self.ties:
            old, new = tie.predecessor, tie.successor
            into.setdefault(old.pk, []).append(f"{new.name} ({new.code})")
            out_of.setdefault(new.pk, []).append(f"{old.name} ({old.code})")
        named = {unit.pk for unit in self.named}
        marks = []
        for unit in self.closing:
            heirs = ", ".join(into.get(unit.pk, ["không có"]))
            deed = self.deed if unit.pk in named else Deed.CONTINUE
            if unit.pk not in into:
                deed = Deed.CLOSE
            note = f"Đơn vị kế thừa từ ngày {format_day(self.on)}: {heirs}.{basis}"
            marks.append(event(by, unit, deed.value, {"valid_to": (None, unit.valid_to)}, note))
        for unit in self.opening:
            origin = f"Từ {', '.join(out_of[unit.pk])}." if unit.pk in out_of else ""
            marks.append(event(by, unit, Deed.ADD.value, note=f"{origin}{basis}".strip()))
        for unit in self.heirs:
            if unit not in self.opening:
                note = f"Nhận {', '.join(out_of[unit.pk])} từ ngày {format_day(self.on)}.{basis}"
                marks.append(event(by, unit, self.deed.value, note=note))
        return marks
