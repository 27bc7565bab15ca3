"""The workbook of a plan's items: written into a draft, and exported."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Any

from django.db import IntegrityError, transaction

from accounts.models import User
from congvu.trail import mark, mark_all
from congvu.workbook import Book, Heading, Value
from exchange.analysis import Tally
from exchange.export import Target
from exchange.item_layout import ITEMS, SEPARATOR, Notice, Quarter
from exchange.reading.desk import Progress
from exchange.reading.items import ItemReading, NewItem, label_of_team, read_items
from exchange.writing import CONFLICT, ChangedSinceError, ClashError
from inspections.models import (
    Plan,
    PlanItem,
    PlanItemQuerySet,
    RoundForm,
    Schedule,
    Team,
)
from inspections.overlaps import asked_of_item, overlaps_of

# --- writing ---------------------------------------------------------------------------------


def import_items(
    file: IO[bytes],
    plan: Plan,
    by: User,
    *,
    progress: Progress | None = None,
    confirmed: Tally | None = None,
) -> ItemReading:
    """Read the sheet and, unless it has faults, add its items to the draft: all or nothing.

    `confirmed` are the counts that the person agreed to. Raises `RefusedError` for a file that is
    refused as a whole, and `ChangedSinceError` when the counts are others by now.
    """
    try:
        with transaction.atomic():
            held = plan.hold()
            reading = read_items(file, held, by, progress=progress)
            if confirmed is not None and reading.analysis.tally(ITEMS) != confirmed:
                raise ChangedSinceError
            if reading.analysis.is_sound and reading.new:
                _write(held, reading.new, by)
            return reading
    except IntegrityError as clash:
        raise ClashError(CONFLICT) from clash


def _write(plan: Plan, new: Sequence[NewItem], by: User) -> None:
    """Add the items after those that are there, in the order of the sheet."""
    first = PlanItem.next_line(plan)
    for line, each in enumerate(new, start=first):
        each.item.line = line
    made = PlanItem.objects.bulk_create([each.item for each in new])
    programmes, contents = PlanItem.programmes.through, PlanItem.contents.through
    pairs = list(zip(made, new, strict=True))
    programmes.objects.bulk_create(
        programmes(planitem_id=item.pk, programme_id=pk)
        for item, each in pairs
        for pk in each.programmes
    )
    contents.objects.bulk_create(
        contents(planitem_id=item.pk, content_id=pk) for item, each in pairs for pk in each.contents
    )
    mark_all(by, made, "imported", [{}] * len(made))
    lines = f"mục {first}" if len(made) == 1 else f"mục {first} đến {first + len(made) - 1}"
    mark(by, plan, "imported", note=f"Thêm {len(made)} mục từ bảng tính: {lines}.")


def summary_of(reading: ItemReading, person: User) -> list[dict[str, Any]]:
    """For the upload's page: counts, every item that would be added, and those there already.

    Of each new item is said how many inspections in the person's reach its unit meets besides.
    """
    tally = reading.analysis.tally(ITEMS)
    met = overlaps_of(person, [asked_of_item(each.item) for each in reading.new])
    rows = [
        (each.row, each.label, f"thêm mới; chồng chéo với {len(others)} cuộc hoặc mục khác")
        if others
        else (each.row, each.label, "thêm mới")
        for each, others in zip(reading.new, met, strict=True)
    ]
    rows += [(row, label, f"đã có ở mục {line}") for row, label, line in reading.there]
    return [
        {
            "key": ITEMS.key,
            "title": ITEMS.title,
            "added": tally.added,
            "changed": tally.changed,
            "unchanged": tally.unchanged,
            "examples": [
                {"row": row, "label": label, "changes": [], "note": note}
                for row, label, note in sorted(rows)
            ],
        }
    ]


# --- export ----------------------------------------------------------------------------------


def export_items(target: Target, items: PlanItemQuerySet) -> int:
    """Write these items in the layout in which they can be uploaded; returns how many."""
    found = items.select_related("unit", "body", "team", "plan").prefetch_related(
        "unit__former_names", "programmes", "contents"
    )
    with Book(target) as book:
        headings = [Heading(each.heading, each.width, "0") for each in ITEMS.columns]
        return book.sheet(ITEMS.title, headings, _rows(list(found.order_by("line", "pk"))))


def _rows(items: Sequence[PlanItem]) -> Iterator[Sequence[Value]]:
    ambiguous = _ambiguous(item.team for item in items)
    for item in items:
        first, last = item.first_day, item.last_day
        times: tuple[Value, Value, Value, Value] = (None, None, first, last)
        match item.schedule:
            case Schedule.MONTH:
                times = (first.month, None, None, None)
            case Schedule.QUARTER:
                times = (None, str(Quarter(str((first.month + 2) // 3)).label), None, None)
        yield [
            item.unit.code,
            # As an upload compares it.
            item.unit.name_on(item.first_day),
            item.body.code,
            _team(item.team, ambiguous),
            SEPARATOR.join(str(each) for each in item.programmes.all()),
            str(RoundForm(item.form).label),
            str((Notice.YES if item.announced else Notice.NO).label),
            SEPARATOR.join(str(each) for each in item.contents.all()),
            *times,
            item.note,
        ]


def _ambiguous(teams: Iterable[Team | None]) -> set[str]:
    """Names of these teams that another team bears too."""
    names = {team.name for team in teams if team}
    same = Team.objects.filter(name__in=names).order_by().values_list("name", flat=True)
    return {name for name, number in Counter(same).items() if number > 1}


def _team(team: Team | None, ambiguous: set[str]) -> str:
    if team is None:
        return ""
    return label_of_team(team) if team.name in ambiguous else team.name
