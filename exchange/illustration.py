"""An illustrative workbook around today, so that a trial shows work that waits.

The published sample is of 2023; this one adds rounds of the last months, one under way, some ahead,
and remedies that are done, near their day, or overdue. Every record is marked "(minh họa)".
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from django.db import transaction

from congvu.trail import mark
from congvu.workbook import Book, Heading, Value
from exchange.layout import (
    FINDINGS,
    PLANS,
    REMEDIES,
    ROUNDS,
    SUCCESSIONS,
    UNITS,
    VISITS,
    Sheet,
)
from inspections.models import Content, Plan, PlanItem, Round, span_of
from units.models import Unit

MERGER = date(2025, 7, 1)
OFFICES = (
    ("19.SNV", "Sở Nội vụ"),
    ("19.STP", "Sở Tư pháp"),
    ("19.STC", "Sở Tài chính"),
    ("19.SYT", "Sở Y tế"),
)
# Code of the visited unit; the round's last day counted from today; its status; what was found.
VISITED = (
    ("05569", -160, "COMPLETED", "WORK_TIME"),
    ("19.STP", -130, "COMPLETED", "PROCEDURE_OVERDUE"),
    ("05692", -95, "COMPLETED", "PUBLICITY"),
    ("05830", -70, "COMPLETED", "PROCEDURE_BREACH"),
    ("19.STC", -52, "COMPLETED", "TASK_OVERDUE"),
    ("01840", -34, "COMPLETED", "WORK_RULES"),
    ("19.SYT", -20, "COMPLETED", "ATTITUDE"),
    ("05692", -6, "SCHEDULED", ""),
    ("19.SNV", 1, "IN_PROGRESS", ""),
    ("05830", 5, "SCHEDULED", ""),
    ("05569", 26, "SCHEDULED", ""),
)
# Days from today on which a remedy is due and was done; None: not done.
FOLLOWED: tuple[tuple[int, int | None], ...] = (
    (-130, -134),
    (-100, -91),
    (-40, None),
    (-12, None),
    (3, None),
    (9, None),
    (40, None),
)
WORDS = {
    "WORK_TIME": "Một số công chức đi muộn, về sớm so với giờ quy định",
    "PROCEDURE_OVERDUE": "Có hồ sơ thủ tục hành chính trả kết quả quá hạn",
    "PUBLICITY": "Niêm yết thủ tục hành chính chưa đầy đủ",
    "PROCEDURE_BREACH": "Yêu cầu thêm giấy tờ ngoài thành phần hồ sơ",
    "TASK_OVERDUE": "Chậm thực hiện nhiệm vụ được giao",
    "WORK_RULES": "Nội quy, quy chế làm việc chưa được cập nhật",
    "ATTITUDE": "Thái độ tiếp công dân chưa chuẩn mực",
}

# Units for which the plan of this year foresees an inspection that no round carries out, and the
# month: some are late by now, others are still to come.
FORESEEN = (("19.SNV", 2), ("19.SYT", 6), ("19.STC", 11), ("01840", 12))
PLAN = "15/KH-UBND"
# What its rounds look at, by the codes of the catalogue.
CONTENTS = ("working_hours", "conduct", "one_stop_desk")

Rows = list[tuple[Value, ...]]


def write_illustration(target: Path, today: date) -> None:
    """Write the workbook for units of Thái Nguyên, which must be loaded before it is read."""
    with Book(target) as book:
        for sheet, rows in _sheets(today):
            book.sheet(sheet.title, [Heading(c.heading, c.width) for c in sheet.columns], rows)


def _sheets(today: date) -> Iterator[tuple[Sheet, Rows]]:
    yield UNITS, [(code, name, "DEPARTMENT", "19", MERGER, None) for code, name in OFFICES]
    yield SUCCESSIONS, [(code, code, MERGER, "CONTINUE", None) for code, _ in OFFICES]
    plan, issued = PLAN, date(today.year, 1, 15)
    subject = f"Kiểm tra công vụ năm {today.year} (minh họa)"
    yield PLANS, [(plan, issued, "19", today.year, subject)]
    rounds: Rows = []
    visits: Rows = []
    findings: Rows = []
    remedies: Rows = []
    for place, (unit, days, status, category) in enumerate(VISITED, start=1):
        last = today + timedelta(days=days)
        first = last - timedelta(days=1)
        code = f"TN-MH-{place:02}"
        planned = place % 3 != 0
        own = plan if planned and first.year == today.year else None
        form = "PLANNED" if planned else "SURPRISE"
        note = "Kỷ luật, kỷ cương hành chính (minh họa)"
        team = "Đoàn kiểm tra công vụ của tỉnh (minh họa)"
        rounds.append((code, own, form, "19", first, last, status, team, note))
        # Whoever is under way is at the unit today.
        on = today if status == "IN_PROGRESS" else last
        visits.append((code, unit, on, None, None, None, None))
        if not category:
            continue
        finding = f"TN-MH-F{place:02}"
        text = f"{WORDS[category]} (minh họa)"
        findings.append((finding, code, unit, category, "LIMITATION", "COLLECTIVE", text))
        due, done = FOLLOWED[place - 1]
        completed = today + timedelta(days=done) if done is not None else None
        kind = ("REVIEW", "EXPLAIN_RECTIFY", "REMIND")[place % 3]
        remedies.append(
            (f"TN-MH-R{place:02}", code, unit, finding, kind, "COLLECTIVE", None, None, None,
             today + timedelta(days=due), completed, None, text)
        )  # fmt: skip
    yield ROUNDS, rounds
    yield VISITS, visits
    yield FINDINGS, findings
    yield REMEDIES, remedies


@transaction.atomic
def foresee(day: date) -> None:
    """Give this year's plan of the illustration its items, which a workbook does not hold.

    One for each of its rounds, in the round's month and carried out by it, and a few without one.
    """
    plan = Plan.objects.get(number=PLAN, year=day.year)
    rounds = plan.rounds.order_by("starts_on", "pk").prefetch_related("visits__unit")
    wanted: list[tuple[Unit, int, Round | None]] = [
        (visit.unit, each.ends_on.month, each)
        for each in rounds
        for visit in each.visits.all()
        if each.ends_on.year == day.year
    ]
    wanted += [
        (Unit.objects.at(code, date(day.year, month, 1)), month, None) for code, month in FORESEEN
    ]
    for line, (unit, month, round_) in enumerate(sorted(wanted, key=lambda w: w[1]), start=1):
        first, last = span_of(day.year, month=month)
        item = PlanItem(
            plan=plan, line=line, unit=unit, body=plan.issuer, first_day=first, last_day=last,
            note="Minh họa",
        )  # fmt: skip
        item.full_clean()
        item.save()
        if round_ is not None:
            round_.items.add(item)
    mark(None, plan, "imported", note=f"{len(wanted)} mục (minh họa).")
    # So that a visit that is begun brings checklists.
    contents = Content.objects.filter(code__in=CONTENTS)
    for each in Round.objects.filter(code__startswith="TN-MH-"):
        each.contents.set(contents)
