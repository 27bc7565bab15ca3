"""The line from finding to proof: what was found, asked, reported and verified, or where it stuck.

For one round or for one unit, visit by visit. Within what the person may read; names of persons as
everywhere only for whoever may see them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Prefetch
from django.utils import timezone

from accounts.models import User
from congvu.dates import days_phrase, format_day
from findings.columns import NEAR, short, whom
from findings.models import Evidence, Finding, Progress, Remedy, named
from findings.models.codes import STATE_TONES
from inspections.models import Visit


@dataclass(frozen=True)
class Step:
    """One station of the line; the last one says where it stands."""

    title: str
    text: str
    tone: str = "secondary"
    small: str = ""


@dataclass(frozen=True)
class Thread:
    """One demand on its way to proof."""

    remedy: Remedy
    title: str
    steps: tuple[Step, ...]
    is_done: bool


@dataclass(frozen=True)
class Strand:
    """A finding with the demands that answer it; without a finding, demands that name none."""

    finding: Finding | None
    evidence: int
    threads: list[Thread]

    @property
    def is_stuck(self) -> bool:
        """Whether something is left to do: a demand that is not done, or none was made."""
        return not self.threads or not all(each.is_done for each in self.threads)


@dataclass(frozen=True)
class VisitLine:
    """One visit with its findings and demands."""

    visit: Visit
    strands: list[Strand]

    @property
    def paper(self) -> str:
        """The document that made the demands, and the minutes."""
        visit = self.visit
        told = []
        if visit.conclusion_number:
            day = f" ngày {format_day(visit.concluded_on)}" if visit.concluded_on else ""
            told.append(f"kết luận {visit.conclusion_number}{day}")
        if visit.minutes_number:
            told.append(f"biên bản {visit.minutes_number}")
        return ", ".join(told) or "chưa ghi kết luận"


def lines_of(visits: Sequence[Visit], user: User, now: date) -> list[VisitLine]:
    """The lines of these visits, which know their unit and round. Eight queries for all of them."""
    progress = Prefetch("progress", queryset=Progress.objects.select_related("by__unit"))
    remedies: dict[int, list[Remedy]] = defaultdict(list)
    by_id = {visit.pk: visit for visit in visits}
    asked = Remedy.objects.visible_to(user).filter(visit__in=by_id).order_by("pk")
    asked = asked.select_related("verified_by__unit", "acknowledged_by__unit", "settled_in__round")
    for remedy in asked.prefetch_related("extensions", "requests", progress):
        remedy.visit = by_id[remedy.visit_id]
        remedies[remedy.visit_id].append(remedy)
    findings: dict[int, list[Finding]] = defaultdict(list)
    for finding in Finding.objects.visible_to(user).filter(visit__in=by_id).order_by("pk"):
        findings[finding.visit_id].append(finding)
    proofs = _proofs(by_id, user)
    return [
        VisitLine(
            visit,
            list(_strands(findings[visit.pk], remedies[visit.pk], proofs, user, now)),
        )
        for visit in visits
    ]


def _proofs(visits: Iterable[int], user: User) -> Mapping[tuple[int | None, int | None], int]:
    """How many files of evidence the person may see, by finding and remedy. One query."""
    seen = Evidence.objects.visible_to(user).filter(visit__in=list(visits)).order_by()
    counted: Any = seen.values_list("finding", "remedy").annotate(number=Count("pk"))
    found: dict[tuple[int | None, int | None], int] = defaultdict(int)
    for finding, remedy, number in counted:
        # What proves a remedy is told at the remedy alone.
        found[(None, remedy) if remedy else (finding, None)] += number
    return found


def _strands(
    findings: Iterable[Finding],
    remedies: Iterable[Remedy],
    proofs: Mapping[tuple[int | None, int | None], int],
    user: User,
    now: date,
) -> Iterable[Strand]:
    by_finding: dict[int | None, list[Thread]] = defaultdict(list)
    for remedy in remedies:
        thread = _thread(remedy, proofs.get((None, remedy.pk), 0), user, now)
        by_finding[remedy.finding_id].append(thread)
    for finding in findings:
        yield Strand(finding, proofs.get((finding.pk, None), 0), by_finding[finding.pk])
    if loose := by_finding.get(None):
        yield Strand(None, 0, loose)


def _thread(remedy: Remedy, evidence: int, user: User, now: date) -> Thread:
    steps = [_due(remedy, now), *_reported(remedy, evidence), _last(remedy, now)]
    title = f"{remedy.get_kind_display()} – {whom(remedy, user)}"
    return Thread(remedy, title, tuple(steps), remedy.completed_on is not None)


def _due(remedy: Remedy, now: date) -> Step:
    """By when it is due, with every extension."""
    due = remedy.due_on_at(now)
    if due is None:
        return Step("Thời hạn", "Không đặt hạn")
    given = sorted(remedy.extensions.all(), key=lambda each: each.decided_on)
    said = [
        f"gia hạn đến {format_day(each.due_on)} ({_on(each.document, each.decided_on)})"
        for each in given
    ]
    first = format_day(remedy.due_on) if remedy.due_on else "không đặt hạn"
    small = f"Ban đầu {first}; {'; '.join(said)}" if said else ""
    return Step("Thời hạn", format_day(due), "info", small)


def _on(document: str, day: date) -> str:
    return f"{document} ngày {format_day(day)}" if document else f"ngày {format_day(day)}"


def _reported(remedy: Remedy, evidence: int) -> Iterable[Step]:
    """What the asked side said so far, and how many files it handed in with that."""
    reports = list(remedy.progress.all())
    files = f"{evidence} bằng chứng" if evidence else "chưa có bằng chứng"
    if remedy.acknowledged_at and not reports:
        day = format_day(timezone.localdate(remedy.acknowledged_at))
        yield Step("Tiếp nhận", f"Ngày {day}", "info")
    if reports:
        last = reports[-1]
        day = format_day(timezone.localdate(last.at))
        times = f"{len(reports)} lần, gần nhất ngày {day}" if len(reports) > 1 else f"Ngày {day}"
        small = ", ".join(filter(None, [last.document, files]))
        yield Step("Đơn vị báo cáo", times, "info", small)
    elif evidence:
        yield Step("Bằng chứng", files, "info")


def _last(remedy: Remedy, now: date) -> Step:
    """Who verified it and when; or where it is stuck."""
    if remedy.completed_on is not None:
        by = f"{named(remedy.verified_by)}" if remedy.verified_by else "không ghi người xác nhận"
        state = remedy.state_at(now)
        small = by
        if remedy.settled_in is not None:
            small += f"; tại phúc tra, cuộc {remedy.settled_in.round.code}"
        if remedy.report_document:
            small += f"; {remedy.report_document}"
        text = f"{state.label}, ngày {format_day(remedy.completed_on)}"
        return Step("Xác nhận", text, STATE_TONES[state], small)
    due = remedy.due_on_at(now)
    far = days_phrase(due, now) if due and remedy.is_followed else ""
    text, tone = _where(remedy)
    if due and remedy.is_followed:
        if due < now:
            tone = "danger"
        elif (due - now).days <= NEAR and tone == "info":
            tone = "warning"
    return Step("Đang ở", text, tone, far)


def _where(remedy: Remedy) -> tuple[str, str]:
    """What is waited for, and in which tone."""
    if uncounted := remedy.visit.round.why_not_counted:
        return uncounted, "secondary"
    if any(each.is_waiting for each in remedy.progress.all()):
        return "Đơn vị báo đã xong, chờ xác nhận", "warning"
    if any(each.answered_at is None for each in remedy.requests.all()):
        return "Đơn vị xin gia hạn, chờ trả lời", "warning"
    if (refusal := remedy.refusal) is not None:
        return f"Báo cáo bị trả lại: {short(refusal.answer)}", "danger"
    if remedy.progress.all():
        return "Đơn vị đang thực hiện", "info"
    if remedy.acknowledged_at:
        return "Đơn vị đã tiếp nhận, chưa báo cáo", "info"
    return "Đơn vị chưa tiếp nhận, chưa báo cáo", "info"
