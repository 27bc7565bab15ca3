"""What returns, remedies and accounts have to say when a unit ends (`units.guards`).

Remedies and accounts stand here too: this is the app that knows every other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from accounts.models import User
from congvu.access import Person
from congvu.dates import format_day
from findings.models import Remedy
from reports.models import Return
from units.guards import ACCOUNTS, before_closing, counts_records
from units.models import Unit

NAMED = 5


@before_closing
def returns(units: Sequence[Unit], last_day: date, person: Person | None) -> Iterator[str]:
    """Returns whose period would reach outside the units' life (contract §3)."""
    late = Return.objects.filter(unit__in=units, last_day__gt=last_day).select_related("unit")
    if count := late.count():
        names = [
            f"{each.unit.name} kỳ {format_day(each.first_day)}–{format_day(each.last_day)}"
            for each in late.order_by("last_day", "pk")[:NAMED]
        ]
        more = "; …" if count > NAMED else ""
        yield (
            f"Còn {count} số liệu báo cáo có kỳ kết thúc sau ngày {format_day(last_day)}: "
            f"{'; '.join(names)}{more}. Hãy sửa kỳ của các số liệu đó trước."
        )


@counts_records
def records(units: Sequence[Unit], person: Person | None) -> Iterator[tuple[int, str]]:
    """Returns, remedies still to be done (for whoever may read them), and accounts."""
    yield Return.objects.filter(unit__in=units).count(), "số liệu báo cáo"
    remedies = Remedy.objects.filter(visit_unit__in=units, completed_on__isnull=True)
    if person is not None:
        remedies = remedies.visible_to(person)
    yield remedies.count(), "kiến nghị chưa thực hiện xong"
    yield User.objects.filter(unit__in=units).count(), ACCOUNTS
