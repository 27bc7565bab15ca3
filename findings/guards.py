"""What remedies have to say when a round's days change."""

from __future__ import annotations

from collections.abc import Iterator

from congvu.dates import format_day
from congvu.rules import Fault
from findings.models import LAST_DAYS, DisciplineForm, Remedy
from inspections.models import Round
from inspections.round_guards import before_round_change


@before_round_change
def discipline_forms(round_: Round) -> Iterator[Fault]:
    """A form of discipline is in force on the round's last day (contract §3, "Refused")."""
    gone = [form for form, last in LAST_DAYS.items() if last < round_.ends_on]
    if not gone:
        return
    remedy = Remedy.objects.filter(visit__round=round_, discipline_form__in=gone).first()
    if remedy is not None:
        form = DisciplineForm(remedy.discipline_form)
        yield Fault(
            "ends_on",
            f"{remedy} có hình thức kỷ luật “{form.label}”, chỉ áp dụng đến hết ngày "
            f"{format_day(LAST_DAYS[form])}; cuộc không thể kết thúc ngày "
            f"{format_day(round_.ends_on)}. Hãy sửa kiến nghị đó trước.",
        )
