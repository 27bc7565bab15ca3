"""Pages of plans, items, adjustments and rounds ask at most fifteen times, in every state."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from congvu.dates import today
from directives.models import Document
from findings.models import (
    Checklist,
    CitizenCase,
    Extension,
    Question,
    answer,
    questions_of,
)
from inspections.models import (
    Addendum,
    Adjustment,
    Content,
    Plan,
    Programme,
    RollCall,
    Round,
    Team,
    TeamMember,
    Visit,
)
from tests.conftest import World
from tests.factories import (
    make_draft,
    make_finding,
    make_item,
    make_plan,
    make_remedy,
    make_round,
    make_team,
    make_user,
    make_visit,
)
from tests.test_queries import MOST

pytestmark = pytest.mark.django_db


def _fill(plan: Plan, world: World, team: Team, paper: Document) -> None:
    """Items with all their parts, programmes, and a document."""
    programme = Programme.objects.create(plan=plan, name="Cải cách hành chính", body=world.justice)
    content, _ = Content.objects.get_or_create(code="other", defaults={"label": "Khác"})
    for unit in (world.dai_tu, world.tien_hoi, world.justice):
        item = make_item(plan, unit, team=team)
        item.programmes.add(programme)
        item.contents.add(content)
    plan.documents.add(paper)


def _locked(round_: Round, world: World, by: User, paper: Document) -> Visit:
    """A visit of the round with everything on it, completed, corrected and concluded."""
    visit = round_.visits.get(unit=world.dai_tu)
    if not visit.why_not_logged():
        visit.begin(by)
        answer(visit, questions_of(visit)[0].question, by, reply="NO")
    for name in ("Một cửa", "Văn phòng", "Công an"):
        RollCall.objects.create(visit=visit, department=name, headcount=3, present=3)
        remedy = make_remedy(visit, finding=make_finding(visit))
        Extension.objects.create(remedy=remedy, decided_on=today(), due_on=today())
        Addendum.objects.create(visit=visit, by=make_user("STAFF", world.province), text="x")
        CitizenCase.objects.create(visit=visit, subject="x")
    # As after its day.
    closed = {"closed_at": timezone.now(), "closed_by": by, "unit_person": "Bà A"}
    concluded = {"conclusion": paper, "conclusion_number": paper.number}
    Visit.objects.filter(pk=visit.pk).update(**closed, **concluded, concluded_on=paper.issued_on)
    return visit


def _pages(world: World, by: User) -> Iterator[str]:
    paper = Document.objects.create(
        number="7/QĐ-UBND", issued_on=date(2023, 1, 5), issuer=world.province,
        kept_by=world.province, type="QD", subject="Kiểm tra",
    )  # fmt: skip
    team = make_team(world.province)
    for unit in (world.dai_tu, world.justice):
        person = make_user("INSPECTOR", unit)
        TeamMember.objects.create(team=team, name="Người", account=person, unit=unit)
    plans = {
        "draft": make_draft(world.province),
        "submitted": make_draft(world.province, status="SUBMITTED"),
        "issued": make_plan(world.province, paper=paper),
        "closed": make_plan(world.province, status="CLOSED"),
        "adjusted": make_plan(world.province),
    }
    for plan in plans.values():
        _fill(plan, world, team, paper)
    first, second, third = plans["adjusted"].items.all()
    first.drop(by=by, reason="Thử")
    adjustment = Adjustment.objects.get()
    moved = second.copy()
    moved.enter(plans["adjusted"], by, replaces=second)
    moved.save()
    added = make_item(plans["adjusted"], world.tien_hoi, added_in=adjustment)
    checklist = Checklist.objects.create(
        content=Content.objects.get(code="other"), owner=world.province, title="Bảng kiểm"
    )
    Question.objects.create(checklist=checklist, position=1, text="Có niêm yết?")
    checklist.put_in_force(by)
    issued = plans["issued"]
    addresses = [
        f"/rounds/create/?item={issued.items.earliest('pk').pk}",
        f"/rounds/create/?plan={issued.pk}",
    ]
    for status in ("SCHEDULED", "IN_PROGRESS", "COMPLETED", "CANCELLED"):
        round_ = make_round(
            world.province, today() + timedelta(days=2), status=status, team=team,
            plan=plans["issued"],
        )  # fmt: skip
        round_.items.set(plans["issued"].items.all())
        round_.contents.set(Content.objects.filter(code="other"))
        round_.documents.add(paper)
        for unit in (world.dai_tu, world.tien_hoi, world.justice):
            visit = make_visit(round_, unit)
            visit.documents.add(paper)
            make_remedy(visit, finding=make_finding(visit))
        there = round_.get_absolute_url()
        deeds = ("edit", "items", "move", "complete", "attach")
        addresses += [there, *(f"{there}{deed}/" for deed in deeds)]
        if not visit.why_not_logged():
            # Begun with a checklist, answered.
            visit.begin(by)
            answer(visit, questions_of(visit)[0].question, by, reply="NO")
        # And one locked.
        locked = _locked(round_, world, by, paper)
        steps = ("", "edit/", "roll-call/", "close/", "minutes/", "minutes.docx", "conclude/",
                 "addenda/create/")  # fmt: skip
        for each in (visit, locked):
            addresses += [f"{each.get_absolute_url()}{step}" for step in steps]
    yield from addresses
    # What overlaps their items may be a round, of which more is read.
    make_visit(make_round(world.province, date(2023, 6, 6)), world.tien_hoi)
    for plan in plans.values():
        yield f"/overlaps/?plan={plan.pk}&year={plan.year}"
        yield f"/overlaps/?plan={plan.pk}&year={plan.year}&reason=none"
        for view in ("items", "issued", "changes", "rounds"):
            yield f"/plans/{plan.pk}/?view={view}"
        for deed in ("edit", "delete", "copy", "submit", "send-back", "issue", "withdraw", "close",
                     "reopen", "adjust", "items/create"):  # fmt: skip
            yield f"/plans/{plan.pk}/{deed}/"
    yield f"/adjustments/{adjustment.pk}/"
    yield f"/adjustments/{adjustment.pk}/issue/"
    yield f"/adjustments/{adjustment.pk}/overlaps/"
    yield f"/adjustments/{adjustment.pk}/delete/"
    for item in (first, second, third, moved, added, *plans["draft"].items.all()):
        for deed in ("", "edit/", "move/", "drop/", "keep/", "delete/"):
            yield f"/items/{item.pk}/{deed}"
    year = today().year
    yield f"/overlaps/?year={year}"
    yield f"/overlaps/?year={year}&unit=171"
    yield f"/overlaps/?year={year}&unit=171&body=19"
    yield f"/overlaps/?year={year}&reason=none"
    yield f"/overlaps/?year={year}&unit=171&body=19&reason=none"
    yield from _overlaps_with_rows(plans["adjusted"])
    yield f"/calendar/?month={today():%Y-%m}"


def _overlaps_with_rows(plan: Plan) -> list[str]:
    """Overlaps by unit and body at once, told by code and by words that are no whole name."""
    pairs = ("unit=171&body=19", "unit=huyen+dai&body=tinh+thai")
    year = f"/overlaps/?year={plan.year}"
    return [
        f"{year}{narrower}&{pair}{more}"
        for narrower in ("", f"&plan={plan.pk}")
        for pair in pairs
        for more in ("", "&reason=none")
    ]


def test_no_page_of_a_plan_or_round_asks_more_than_fifteen_times(
    world: World, staff: Client
) -> None:
    by: Any = staff.user  # type: ignore[attr-defined]  # see client_of
    # Django reads the kinds of record once a process.
    ContentType.objects.get_for_models(*apps.get_models())
    found = {}
    for page in _pages(world, by):
        with CaptureQueriesContext(connection) as queries:
            answer = staff.get(page)
        assert answer.status_code in (200, 302), page
        found[page] = len(queries)
        if page.startswith("/overlaps/") and "&body=" in page and "year=2023" in page:
            assert answer.context["listing"].records, f"nothing is read for {page}"
    assert {page: number for page, number in found.items() if number > MOST} == {}
