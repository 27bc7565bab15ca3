"""What inspections have to say when a unit ends (`units.guards`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from congvu.access import Person
from congvu.dates import format_day
from directives.models import Document
from inspections.models import Plan, Round, RoundStatus, Team, Visit
from units.guards import before_closing, counts_records
from units.models import Unit, under

# So many records are named; the sentence counts them all.
NAMED = 5


def _split(records: QuerySet[Any], body: str, person: Person | None) -> tuple[Any, bool]:
    """Those of bodies in the person's scope, and whether there are others."""
    if person is None:
        return records, False
    ours = records.filter(under(person.scope_paths, body))
    return ours, records.count() > ours.count()


def known_to(person: Person) -> Q:
    """The condition for visits that may be told of: by bodies in scope, or completed."""
    return under(person.scope_paths, "round__body__") | Q(round__status=RoundStatus.COMPLETED)


def _sentence(count: int, what: str, names: list[str], person: Person | None, deed: str) -> str:
    """A refusal that counts, and names to whoever may read."""
    said = f"Còn {count} {what}"
    if names and (person is None or person.may(deed)):
        more = ", …" if count > len(names) else ""
        said += f": {', '.join(names)}{more}"
    return said


@before_closing
def rounds_and_visits(
    units: Sequence[Unit], last_day: date, person: Person | None
) -> Iterator[str]:
    """Rounds by the units, and visits to them, after their last day.

    Cancelled ones as well: they stay on record, and nothing on record is done by or to a unit that
    is not in force (an export would be refused where it is imported).
    """
    day = format_day(last_day)
    late = Round.objects.filter(body__in=units).filter(
        Q(starts_on__gt=last_day)
        | Q(ends_on__gt=last_day, status__in=(RoundStatus.SCHEDULED, RoundStatus.IN_PROGRESS))
    )
    if count := late.count():
        names = [each.code for each in late.order_by("starts_on", "pk")[:NAMED]]
        said = _sentence(
            count, f"cuộc kiểm tra do đơn vị tiến hành sau ngày {day}", names, person, "rounds.view"
        )
        yield (
            f"{said}. Hãy đổi ngày của cuộc, giao cho đơn vị khác, hoặc xóa cuộc trước; cuộc đã "
            "hủy cũng vậy."
        )
    visited = Visit.objects.filter(unit__in=units, visited_on__gt=last_day)
    if person is not None:
        # An inspection by others that is still to come must stay unknown: not even the day until
        # which a unit may be closed may tell of it.
        visited = visited.filter(known_to(person))
    ours, others = _split(visited, "round__body__", person)
    if count := ours.count():
        names = [
            f"cuộc {each.round.code} ngày {format_day(each.visited_on)}"
            for each in ours.select_related("round").order_by("visited_on", "pk")[:NAMED]
        ]
        said = _sentence(
            count, f"lượt kiểm tra tại đơn vị sau ngày {day}", names, person, "rounds.view"
        )
        yield f"{said}. Hãy sửa ngày hoặc xóa các lượt đó trước; lượt của cuộc đã hủy cũng vậy."
    if others:
        # No word of what it is: an inspection of us that is to come must stay unknown to us.
        yield (
            f"Còn hồ sơ ngoài phạm vi của bạn ghi sau ngày {day}. Hãy đề nghị cơ quan cấp trên "
            "thực hiện thay đổi này."
        )


@before_closing
def papers(units: Sequence[Unit], last_day: date, person: Person | None) -> Iterator[str]:
    """Plans, decisions on teams and documents that the units issued after their last day."""
    day = format_day(last_day)
    plans = Plan.objects.filter(issuer__in=units, issued_on__gt=last_day)
    if count := plans.count():
        names = [each.number for each in plans.order_by("issued_on")[:NAMED]]
        yield (
            _sentence(
                count, f"kế hoạch do đơn vị ban hành sau ngày {day}", names, person, "plans.view"
            )
            + "."
        )
    teams = Team.objects.filter(body__in=units, decided_on__gt=last_day)
    if count := teams.count():
        names = [each.name for each in teams.order_by("decided_on")[:NAMED]]
        yield (
            _sentence(
                count, f"đoàn kiểm tra do đơn vị lập sau ngày {day}", names, person, "teams.view"
            )
            + "."
        )
    documents = Document.objects.filter(issuer__in=units, issued_on__gt=last_day)
    if count := documents.count():
        names = [each.number for each in documents.order_by("issued_on")[:NAMED]]
        yield (
            _sentence(
                count, f"văn bản do đơn vị ban hành sau ngày {day}", names, person, "documents.view"
            )
            + "."
        )


@counts_records
def records(units: Sequence[Unit], person: Person | None) -> Iterator[tuple[int, str]]:
    """What stands under the units, as far as the person may know of it."""
    yield Round.objects.filter(body__in=units).count(), "cuộc kiểm tra do đơn vị tiến hành"
    visits = Visit.objects.filter(unit__in=units)
    if person is not None:
        visits = visits.filter(
            Q(round__status=RoundStatus.COMPLETED) | under(person.scope_paths, "round__body__")
        )
    yield visits.count(), "lượt kiểm tra tại đơn vị"
    yield Plan.objects.filter(issuer__in=units).count(), "kế hoạch"
    yield Team.objects.filter(body__in=units).count(), "đoàn kiểm tra"
    yield (
        Document.objects.filter(Q(issuer__in=units) | Q(kept_by__in=units)).count(),
        "văn bản",
    )
