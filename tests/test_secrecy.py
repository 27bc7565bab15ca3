"""A surprise inspection that is still to come: for the unit to be inspected nothing is different.

Everything that a person of the unit can open is read twice, before and after the province has
planned and prepared an unannounced round there. Each answer must be the same to the letter: then
no list, count, calendar, warning, search, export, trail or error message tells of it.
"""

from __future__ import annotations

import io
import re
import uuid
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import models, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from congvu.dates import today
from congvu.trail import mark
from directives.models import Document
from exchange.models import ImportJob
from field.models import Entry
from findings.models import (
    Checklist,
    CitizenCase,
    Evidence,
    Extension,
    ExtensionRequest,
    Finding,
    Remedy,
)
from inspections.models import (
    Adjustment,
    CalendarFeed,
    Content,
    Plan,
    PlanItem,
    Round,
    Team,
    TeamMember,
    Visit,
    span_of,
)
from notices.models import Notice
from reports.models import Draw, Proposal, Return
from tests.conftest import World, client_of
from tests.factories import (
    make_checklist,
    make_draft,
    make_evidence,
    make_finding,
    make_item,
    make_plan,
    make_remedy,
    make_return,
    make_round,
    make_team,
    make_user,
    make_visit,
)
from tests.test_access import TABLE
from units.models import Reform, Unit

pytestmark = pytest.mark.django_db

# A word that stands in everything that belongs to the surprise, and nowhere else.
SECRET = "HOATIGON"

# Which records an address takes, by the name that the table of access gives them.
KINDS: dict[str, type[models.Model]] = {
    "unit": Unit,
    "round": Round,
    "round_ahead": Round,
    "visit": Visit,
    "visit_ahead": Visit,
    "finding": Finding,
    "remedy": Remedy,
    "evidence": Evidence,
    "extension": Extension,
    "request": ExtensionRequest,
    "case": CitizenCase,
    "reform": Reform,
    "plan": Plan,
    "draft": Plan,
    "item": PlanItem,
    "adjustment": Adjustment,
    "draw": Draw,
    "team": Team,
    "document": Document,
    "content": Content,
    "checklist": Checklist,
    "checklist_draft": Checklist,
    "return": Return,
    "account": User,
    "notice": Notice,
    "entry": Entry,
    "job": ImportJob,
}

# What people add to addresses: filters that would find it, counts, files, other views.
QUERIES = (
    f"q={SECRET}",
    "unit=171",
    "announced=0",
    "due=now",
    "export=xlsx",
    "year={year}",
    "month={month}&view=agenda",
    "unit=171&year={year}",
)
# Chance, and nothing else: keys of forms, tokens, marks of time.
_CHANCE = re.compile(
    rb'(name="csrfmiddlewaretoken" value|name="_once" value|nonce|data-draft-key|data-now)="[^"]*"'
    rb'|"X-CSRFToken": "[^"]*"|DTSTAMP:[0-9TZ]+'
)


@dataclass(frozen=True)
class Answer:
    """What came back, without what chance puts into it."""

    status: int
    content: bytes


def _read(client: Client, url: str) -> Answer:
    with transaction.atomic():
        # Undone: the mark that an export leaves is no difference.
        answer = client.get(url)
        transaction.set_rollback(True)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            parts = [book.read(n) for n in sorted(book.namelist()) if not n.startswith("docProps")]
        body = b"\n".join(parts)
    return Answer(answer.status_code, _CHANCE.sub(b"", body))


@pytest.fixture
def before(world: World) -> World:
    """What the unit has of its own, and a completed visit of the province."""
    day = today()
    district = world.dai_tu
    plan = make_plan(district, year=day.year, number="1/KH-UBND", issued_on=date(day.year, 1, 2))
    make_item(plan, world.tien_hoi, month=day.month)
    Adjustment.objects.create(plan=plan, position=1)
    draft = make_draft(district, year=day.year)
    make_item(draft, world.tien_hoi, month=day.month)
    by = make_user("STAFF", district, "bocthamnha")
    Draw.make(Proposal.of(draft), lambda: [world.tien_hoi], by=by, number=1, seed="1 2 3")
    team = make_team(district)
    lent = make_user("INSPECTOR", world.justice, "chovaymuon")
    TeamMember.objects.create(team=team, name="Người cho mượn", account=lent)
    # On the surprise's day, with a member who will be of its team too.
    last = day + timedelta(days=3)
    own = make_round(district, day, ends_on=last, status="SCHEDULED", team=team, plan=plan)
    make_visit(own, world.tien_hoi)
    done = make_round(world.province, day - timedelta(days=200))
    visit = make_visit(done, district)
    remedy = make_remedy(visit, finding=make_finding(visit))
    make_checklist(district)
    make_checklist(world.province, status="DRAFT")
    make_evidence(visit, by)
    Extension.objects.create(remedy=remedy, decided_on=visit.visited_on, due_on=day)
    CitizenCase.objects.create(visit=visit, subject="Cấp giấy chứng nhận", person_name="Bà Hai")
    ExtensionRequest.objects.create(remedy=remedy, by=by, until=last, reason="Chờ kinh phí")
    reform = Reform.objects.create(deed="added", effective_on=day - timedelta(days=400))
    Unit.objects.filter(pk=world.tien_hoi.pk).update(opened_in=reform)
    Document.objects.create(
        number="7/QĐ-UBND", issued_on=day, issuer=district, kept_by=district, type="QD",
        subject="Lập đoàn",
    )  # fmt: skip
    make_return(district, date(day.year, 1, 1), date(day.year, 3, 31), status="SUBMITTED")
    Content.objects.get_or_create(code="other", defaults={"label": "Khác"})
    return world


# Whoever belongs to the district, and to the commune under it.
PERSONAS = (
    ("STAFF", "dai_tu"),
    ("INSPECTOR", "dai_tu"),
    ("REPORTER", "dai_tu"),
    ("LEADER", "dai_tu"),
    ("ADMIN", "dai_tu"),
    ("INSPECTOR", "tien_hoi"),
    ("REPORTER", "tien_hoi"),
)


@pytest.fixture
def client(before: World, role: str, where: str) -> Client:
    """A browser of the persona."""
    return client_of(make_user(role, getattr(before, where), "nguoinha"))


def prepare_the_surprise(world: World) -> None:
    """The province's team is to come to the district and the commune in three days."""
    day = today() + timedelta(days=3)
    staff = make_user("STAFF", world.province, "bimat", full_name=f"Người {SECRET}")
    paper = Document.objects.create(
        number="99/QĐ-UBND", issued_on=today(), issuer=world.province, kept_by=world.province,
        type="QD", subject=f"Đoàn {SECRET}",
    )  # fmt: skip
    team = make_team(world.province, name=f"Đoàn {SECRET}")
    TeamMember.objects.create(team=team, name=f"Ông {SECRET}", account=staff)
    lent = User.objects.get(username="chovaymuon")
    TeamMember.objects.create(team=team, name="Người cho mượn", account=lent)
    plan = make_plan(world.province, year=day.year, number="5/KH-UBND", subject=SECRET)
    drawn = make_draft(world.province, year=day.year, subject=SECRET)
    pool = [world.dai_tu, world.tien_hoi]
    Draw.make(Proposal.of(drawn), lambda: pool, by=staff, number=2, seed=SECRET)
    first, last = span_of(day.year, month=day.month)
    for unit in (world.dai_tu, world.tien_hoi):
        item = make_item(
            plan, unit, form="SURPRISE", announced=False, note=SECRET, team=team,
            first_day=first, last_day=last,
        )  # fmt: skip
        for status, code in (("SCHEDULED", "A"), ("IN_PROGRESS", "B"), ("CANCELLED", "C")):
            round_ = make_round(
                world.province, day, status=status, code=f"{SECRET}{code}{unit.pk}", team=team,
                plan=plan, announced=False, scope_note=SECRET,
            )  # fmt: skip
            visit = make_visit(round_, unit, strengths=SECRET)
            finding = make_finding(visit, content=SECRET)
            due = today() - timedelta(days=9)
            remedy = make_remedy(visit, finding=finding, content=SECRET, due_on=due)
            extension = Extension.objects.create(
                remedy=remedy, decided_on=due, due_on=today(), document=SECRET
            )
            CitizenCase.objects.create(visit=visit, subject=SECRET, person_name=SECRET)
            ExtensionRequest.objects.create(
                remedy=remedy, by=staff, until=day, reason=SECRET, document=SECRET
            )
            for proven in (visit, finding, remedy):
                make_evidence(proven, staff, note=SECRET)
            for holder in (round_, visit, remedy, extension, team, plan):
                holder.documents.add(paper)
            # It carries out, besides, what the district itself had planned.
            round_.items.add(item, *PlanItem.objects.filter(plan__number="1/KH-UBND"))
            mark(staff, round_, "added", note=SECRET)
            mark(staff, visit, "added", note=SECRET)


# Addresses that take filters, or lists behind figures.
FILTERED = ("_list", "home", "search", "summary", "_xlsx", "calendar", "_export")


def addresses(ids: dict[str, list[Any]]) -> Iterator[str]:
    """Every address that is read, with each record that it may take and all that people add."""
    now = today()
    for name, row in TABLE.items():
        if name == "accounts:logout":
            continue
        for args in ids.get(row.record, [()]) if row.record else [()]:
            url = reverse(name, args=args)
            yield url + (f"?{row.query}" if row.query else "")
            if not args and name.endswith(FILTERED):
                for query in QUERIES:
                    yield f"{url}?{query.format(year=now.year, month=f'{now:%Y-%m}')}"
            if name == "inspections:overlap_list":
                # The district's own plans, and those that are not there yet.
                first = ids["plan"][0][0]
                for pk in range(first, first + 8):
                    yield f"{url}?plan={pk}"
                    yield f"{url}?plan={pk}&year={now.year}&export=xlsx"


def records() -> dict[str, list[Any]]:
    """Ids of all records there are, by kind."""
    others = {"", "figure", "token", *OTHER}
    unknown = {row.record for row in TABLE.values()} - KINDS.keys() - others
    assert not unknown, f"say in KINDS what these records are: {unknown}"
    found: dict[str, list[Any]] = {
        kind: [(pk,) for pk in model._default_manager.order_by("pk").values_list("pk", flat=True)]
        for kind, model in KINDS.items()
    }
    # The private calendar address of whoever looks.
    own = User.objects.get(username="nguoinha")
    found["token"] = [(CalendarFeed.of(own).token,)]
    return {**found, **OTHER, "figure": [("rounds.total",), ("visits.units",)]}


# Addresses that are told by something other than a record's id.
OTHER: dict[str, list[Any]] = {}


@pytest.mark.parametrize(("role", "where"), PERSONAS)
def test_nothing_is_different_for_the_unit_to_be_inspected(before: World, client: Client) -> None:
    first: dict[str, Answer] = {}
    for url in addresses(records()):
        plain = first.get(url.partition("?")[0])
        # What the role may not open at all, it opens by no word added to the address.
        if plain is None or plain.status != 403:
            first[url] = _read(client, url)
    prepare_the_surprise(before)
    cache.clear()
    for url, was in first.items():
        now = _read(client, url)
        assert now == was, f"{url} is another: {_difference(was, now)}"


def _difference(was: Answer, now: Answer) -> str:
    old, new = was.content.decode(errors="replace"), now.content.decode(errors="replace")
    if was.status != now.status:
        return f"{was.status} → {now.status}"
    pairs = zip(old.splitlines(), new.splitlines(), strict=False)
    return next((f"{a!r} → {b!r}" for a, b in pairs if a != b), "its length")


@pytest.mark.parametrize(("role", "where"), PERSONAS)
def test_what_belongs_to_the_surprise_is_not_there(before: World, client: Client) -> None:
    known = set(addresses(records()))
    prepare_the_surprise(before)
    for url in set(addresses(records())) - known:
        assert _read(client, url).status in (403, 404, 405), f"{url} is answered"


def probes(world: World) -> Iterator[tuple[str, dict[str, Any]]]:
    """Forms whose answer could tell: the same unit, the same days, the unit's end."""
    day = today() + timedelta(days=3)
    shown = f"{day:%d/%m/%Y}"
    draft = Plan.objects.get(issuer=world.dai_tu, status="DRAFT")
    own = Round.objects.get(body=world.dai_tu)
    for unit in (world.dai_tu, world.tien_hoi):
        yield reverse("inspections:round_create"), {
            "body": "171", "starts_on": shown, "ends_on": shown, "form": "PLANNED",
            "method": "ON_SITE", "code": "", "visits-TOTAL_FORMS": "1",
            "visits-INITIAL_FORMS": "0", "visits-0-unit": f"#{unit.pk}",
        }  # fmt: skip
        yield reverse("inspections:item_create", args=[draft.pk]), {
            "unit": f"#{unit.pk}", "body": "171", "schedule": "DAYS", "first_day": shown,
            "form": "PLANNED",
        }  # fmt: skip
        yield reverse("inspections:visit_create", args=[own.pk]), {
            "unit": f"#{unit.pk}", "visited_on": f"{own.starts_on:%d/%m/%Y}",
        }  # fmt: skip
        yield reverse("units:unit_close", args=[unit.pk]), {
            "on": f"{today():%d/%m/%Y}", "effective_on": f"{today():%d/%m/%Y}",
            "legal_basis": "Nghị quyết",
        }  # fmt: skip


@pytest.mark.parametrize(("role", "where"), PERSONAS)
def test_no_form_answers_otherwise(before: World, client: Client) -> None:
    """Each form is sent and taken back, before and after."""

    def answers() -> list[tuple[str, int, bytes]]:
        found = []
        for url, data in probes(before):
            # Undone: the second time must find what the first time found.
            with transaction.atomic():
                sent = client.post(url, {**data, "_once": str(uuid.uuid4())})
                content = _CHANCE.sub(b"", sent.content)
                where = re.sub(r"\d+", "N", sent.headers.get("Location", ""))
                found.append((url, sent.status_code, where.encode() or content))
                transaction.set_rollback(True)
        return found

    was = answers()
    prepare_the_surprise(before)
    assert answers() == was


def test_staff_team_and_inspecting_body_know_of_it(before: World) -> None:
    """Else the tests above would be content with a round that nobody sees."""
    prepare_the_surprise(before)
    staff = client_of(make_user("STAFF", before.province, "canbotinh"))
    assert SECRET in staff.get("/rounds/").content.decode()
    member = make_user("INSPECTOR", before.justice, "thanhvien")
    page = client_of(member).get("/rounds/").content.decode()
    assert SECRET not in page
    team = Team.objects.get(name=f"Đoàn {SECRET}")
    TeamMember.objects.create(team=team, name="X", account=member)
    page = client_of(member).get("/rounds/").content.decode()
    assert SECRET in page
