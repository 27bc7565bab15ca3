"""A proposal as its page shows it: candidates with their reasons, each figure with its list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from django.core.paginator import Page, Paginator
from django.urls import reverse
from django.utils.http import urlencode

from congvu.dates import format_day
from congvu.numbers import number_text, percent
from congvu.tables import PAGE_SIZE
from findings.models import Category, RemedyState, Severity
from inspections.models import RoundStatus
from reports.models import CRITERIA, Proposal
from reports.rollups.candidates import YEARS, Candidate, Ranking, years_before
from units.models import Kind


def points_text(points: Fraction) -> str:
    """Points as people read them: one decimal, half up, such as 11,2."""
    return number_text(percent(points.numerator, 100 * points.denominator))


@dataclass(frozen=True)
class Reason:
    """Why a unit has points: the figure, the list behind it, and the points."""

    text: str
    url: str
    points: str


@dataclass(frozen=True)
class CandidateRow:
    """A row of the ranking."""

    rank: int
    candidate: Candidate
    name: str
    kind: str
    points: str
    reasons: list[Reason]
    is_chosen: bool


class _Links:
    """Addresses of the lists behind a candidate's figures."""

    def __init__(self, proposal: Proposal) -> None:
        self._on = format_day(proposal.starts_on)
        self._as_of = proposal.as_of

    def to(self, name: str, candidate: Candidate, **more: str) -> str:
        query = {
            "unit": candidate.unit.code,
            "on": self._on,
            "alone": "1",
            "to": format_day(self._as_of),
            **more,
        }
        return f"{reverse(name)}?{urlencode(query)}"


def reasons_of(candidate: Candidate, proposal: Proposal) -> Iterator[Reason]:
    """What gave the unit its points, in words and figures; what gave none is left out."""
    facts, links = candidate.facts, _Links(proposal)
    points = {name: points_text(each) for name, each in candidate.points_by.items()}
    completed, as_of = str(RoundStatus.COMPLETED), proposal.as_of
    if facts.last_visit is None:
        yield Reason("Chưa kiểm tra lần nào", "", points["time"])
    else:
        days = number_text((as_of - facts.last_visit).days)
        text = f"Lần cuối {format_day(facts.last_visit)}, cách {days} ngày"
        url = links.to("inspections:round_list", candidate, status=completed)
        yield Reason(text, url, points["time"])
    if facts.findings:
        numbers = ", ".join(
            f"{number_text(number)} {Severity(severity).label.lower()}"
            for severity, number in facts.findings.items()
        )
        first = format_day(years_before(as_of, YEARS) + timedelta(days=1))
        url = links.to("findings:finding_list", candidate, status=completed, **{"from": first})
        yield Reason(f"{YEARS} năm gần đây: {numbers}", url, points["findings"])
    if facts.overdue:
        more = {"state": str(RemedyState.OVERDUE.value), "as_of": format_day(as_of)}
        url = links.to("findings:remedy_list", candidate, **more)
        text = f"{number_text(facts.overdue)} kiến nghị quá hạn"
        yield Reason(text, url, points["overdue"])
    if facts.repeated:
        named = ", ".join(
            f"{Category(category).label} ({visits} lượt)"
            for category, visits in facts.repeated.items()
        )
        url = links.to("findings:finding_list", candidate, status=completed)
        yield Reason(f"Lặp lại ở nhiều lượt: {named}", url, points["repeated"])
    if facts.size:
        text = f"{number_text(facts.size)} đơn vị trực thuộc"
        yield Reason(text, candidate.unit.get_absolute_url(), points["size"])


@dataclass(frozen=True)
class RankingPage:
    """One page of the ranking, with what was ticked on the others."""

    page: Page[Candidate]
    rows: list[CandidateRow]
    # Ticked on other pages: they are sent along.
    elsewhere: list[int]
    chosen_count: int


def page_of(ranking: Ranking, number: str, chosen: set[int]) -> RankingPage:
    """The page asked for; one beyond the last is the last."""
    page = Paginator(ranking.candidates, PAGE_SIZE).get_page(number)
    proposal = ranking.proposal
    rows = [
        CandidateRow(
            each.rank,
            each,
            each.unit.name_on(proposal.starts_on),
            str(Kind(each.unit.kind).label),
            points_text(each.points),
            list(reasons_of(each, proposal)),
            each.unit.pk in chosen,
        )
        for each in page
    ]
    here = {row.candidate.unit.pk for row in rows}
    known = chosen & set(ranking.by_unit)
    return RankingPage(page, rows, sorted(known - here), len(known))


def weights_text(proposal: Proposal) -> str:
    """The weights at work, in one line."""
    parts = [f"{label.lower()} {proposal.weights[name]}" for name, (label, _) in CRITERIA.items()]
    return "; ".join(parts)
