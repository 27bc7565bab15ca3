"""No page asks the database more than fifteen times, session and sign-in included."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from congvu.dates import today
from directives.models import Document
from findings.models import Extension
from inspections.models import Visit
from reports.models import Draw, Proposal
from tests.conftest import World
from tests.factories import (
    make_draft,
    make_finding,
    make_item,
    make_plan,
    make_remedy,
    make_return,
    make_round,
    make_succession,
    make_team,
    make_unit,
    make_user,
    make_visit,
)
from units.models import Reform

pytestmark = pytest.mark.django_db

MOST = 15
YEAR = "unit=19&year=2023"
PAGES = (
    "/",
    "/rounds/",
    "/rounds/?q=dai+tu&unit=171",
    "/findings/?unit=171&body=19",
    "/remedies/?state=overdue&unit=171",
    "/remedies/board/?by=unit&year=2023&unit=171&body=19",
    "/remedies/board/?by=kind",
    "/remedies/board/?by=keeper",
    "/remedies/assign/?all=1",
    "/remedies/remind/?all=1",
    "/remedies/extend/?all=1",
    "/cases/?state=overdue&unit=171&body=19",
    "/plans/",
    "/overlaps/?year=2023",
    "/overlaps/?year=2023&unit=171",
    "/teams/",
    "/calendar/?month=2023-05",
    "/calendar/?month=2023-05&view=agenda&body=19&person=an",
    "/calendar/feed/",
    "/returns/",
    "/documents/",
    "/documents/?q=45+kh&used=no&file=no",
    "/help/",
    "/notices/",
    "/notices/settings/",
    "/units/",
    "/units/?q=xa",
    f"/reports/summary/?{YEAR}",
    f"/reports/summary.xlsx?{YEAR}",
    f"/reports/summary/rounds.total/?{YEAR}",
    f"/reports/visited/?{YEAR}",
    f"/reports/visited.xlsx?{YEAR}",
    f"/reports/followed/?{YEAR}",
    f"/reports/followed.xlsx?{YEAR}",
    f"/reports/summary/findings.units/?{YEAR}",
    f"/reports/summary/remedies.by_kind.REVIEW.people/?{YEAR}",
    "/search/?q=dai+tu",
)
# The addresses of a plan, an issued one and a draft.
OF_PLANS = (
    "/plans/{plan}/progress/",
    "/plans/{plan}/progress/?state=LATE",
    "/plans/{plan}/progress.xlsx",
    "/plans/{draft}/proposal/",
    "/plans/{draft}/draw/",
    "/draws/{draw}/?check=1",
)


@pytest.fixture
def full(world: World) -> World:
    """Something of everything that a page may look at, more than once."""
    for number in range(3):
        plan, team = make_plan(world.province), make_team(world.province)
        done = make_round(world.province, date(2023, 5, 22), plan=plan, team=team)
        visit = make_visit(done, world.dai_tu if number else world.tien_hoi)
        finding = make_finding(visit)
        remedy = make_remedy(
            visit, finding=finding, kind="REVIEW", subject="INDIVIDUAL", person_name=f"An {number}"
        )
        make_remedy(visit, due_on=today() + timedelta(days=3))
        remedy.report(
            by=make_user("REPORTER", world.dai_tu), text="Xong", completed_on=date(2023, 6, 1)
        )
        make_visit(make_round(world.province, today(), status="SCHEDULED"), world.justice)
        past = today() - timedelta(days=2)
        make_visit(make_round(world.justice, past, status="SCHEDULED"), world.dai_tu)
    old = make_unit("06", "Tỉnh Bắc Kạn", valid_to=date(2022, 12, 31))
    make_succession(old, world.province, date(2023, 1, 1))
    make_return(world.dai_tu, date(2023, 1, 1), date(2023, 6, 30), rounds_planned=9)
    make_return(world.dai_tu, date(2022, 7, 1), date(2022, 12, 31), status="SUBMITTED")
    return world


@pytest.mark.parametrize("page", PAGES)
def test_no_page_asks_more_than_fifteen_times(page: str, full: World, staff: Client) -> None:
    with CaptureQueriesContext(connection) as queries:
        assert staff.get(page).status_code == 200
    assert len(queries) <= MOST, "\n".join(each["sql"][:160] for each in queries)


@pytest.mark.parametrize("page", OF_PLANS)
def test_no_page_of_a_plan_asks_more_than_fifteen_times(
    page: str, full: World, staff: Client
) -> None:
    plan, draft = make_plan(full.province), make_draft(full.province)
    for unit in (full.dai_tu, full.tien_hoi):
        item = make_item(plan, unit)
        round_ = make_round(full.province)
        round_.items.add(item)
        make_visit(round_, unit)
    make_item(draft, full.dai_tu)
    pool = [full.justice, full.tien_hoi]
    draw = Draw.make(
        Proposal.of(draft), lambda: pool, by=make_user("STAFF", full.province), number=1
    )
    address = page.format(plan=plan.pk, draft=draft.pk, draw=draw.pk)
    with CaptureQueriesContext(connection) as queries:
        assert staff.get(address).status_code == 200
    assert len(queries) <= MOST, "\n".join(each["sql"][:160] for each in queries)


def _papered(world: World) -> list[str]:
    """Pages of records that rest on documents, and those that put documents to them."""
    visit = Visit.objects.filter(round__status="COMPLETED").earliest("pk")
    remedy = visit.remedies.earliest("pk")
    reform = Reform.objects.create(deed="merged", effective_on=date(2023, 3, 1))
    unit = make_unit("05810", "Xã Mới", world.dai_tu, kind="COMMUNE", opened_in=reform)
    make_succession(world.tien_hoi, unit, date(2023, 3, 1))
    days = ((date(2023, 7, 1), date(2023, 8, 1)), (date(2023, 8, 1), date(2023, 9, 1)))
    given = [
        Extension.objects.create(remedy=remedy, decided_on=decided, due_on=due)
        for decided, due in days
    ]
    holders: list[Any] = [visit, visit.round, visit.round.plan, visit.round.team, remedy, reform]
    for number in range(3):
        document = Document.objects.create(
            number=f"{number}/QĐ-UBND", issued_on=date(2023, 1, 5), issuer=world.province,
            kept_by=world.province, type="QD", subject="Kiểm tra",
        )  # fmt: skip
        for holder in [*holders, *given]:
            holder.documents.add(document)
    pages: list[Any] = [visit, visit.round.team, remedy, reform, unit, document]
    draft = make_draft(world.province)
    return [
        *(each.get_absolute_url() for each in pages),
        *(f"{each.get_absolute_url()}{deed}/" for each in holders for deed in ("attach", "detach")),
        f"/plans/{draft.pk}/items/import/",
    ]


def test_no_page_with_papers_asks_more_than_fifteen_times(full: World, staff: Client) -> None:
    found = {}
    for page in _papered(full):
        with CaptureQueriesContext(connection) as queries:
            assert staff.get(page).status_code == 200, page
        found[page] = len(queries)
    assert {page: number for page, number in found.items() if number > MOST} == {}
