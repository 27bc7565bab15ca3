"""Plain functions that make records for tests; every record is valid unless told otherwise."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

from django.core.files.base import ContentFile

from accounts.models import User
from accounts.roles import Role
from findings.models import Checklist, Evidence, Finding, Question, Remedy
from inspections.models import Content, Plan, PlanItem, Round, Team, Visit, span_of
from reports.models import Return
from units.models import Succession, Unit

PASSWORD = "Mat-khau@Kiem-tra-2026"

_numbers = itertools.count(1)


def make_unit(code: str = "", name: str = "", parent: Unit | None = None, **fields: Any) -> Unit:
    """A unit in its place in the tree; a province unless `kind` says otherwise."""
    number = next(_numbers)
    fields.setdefault("kind", Unit.Kind.PROVINCE if parent is None else Unit.Kind.DISTRICT)
    unit = Unit.objects.create(
        code=code or f"U{number}", name=name or f"Đơn vị {number}", parent=parent, **fields
    )
    Unit.objects.filter(pk=unit.pk).place()
    unit.refresh_from_db()
    return unit


def make_succession(
    old: Unit, new: Unit, on: date = date(2025, 7, 1), kind: str = "MERGE", is_main: bool = True
) -> Succession:
    """One unit passing into another."""
    return Succession.objects.create(
        predecessor=old, successor=new, effective_on=on, kind=kind, is_main=is_main
    )


def make_user(role: str, unit: Unit, username: str = "", **fields: Any) -> User:
    """An account that has set its own password already."""
    username = username or f"{role.lower()}{next(_numbers)}"
    fields = {"full_name": f"Người dùng {username}", "must_change_password": False, **fields}
    return User.objects.create_user(username, PASSWORD, role=Role(role), unit=unit, **fields)


def make_plan(issuer: Unit, **fields: Any) -> Plan:
    """A plan of 2023."""
    fields = {
        "number": f"{next(_numbers)}/KH-UBND",
        "issued_on": date(2023, 1, 10),
        "year": 2023,
        **fields,
    }
    return Plan.objects.create(issuer=issuer, **fields)


def make_item(plan: Plan, unit: Unit, month: int = 5, **fields: Any) -> PlanItem:
    """The plan's next item: an announced inspection of the unit by the issuer in that month."""
    first, last = span_of(plan.year, month=month)
    fields = {
        "line": PlanItem.next_line(plan),
        "body": plan.issuer,
        "first_day": first,
        "last_day": last,
        **fields,
    }
    return PlanItem.objects.create(plan=plan, unit=unit, **fields)


def make_draft(issuer: Unit, **fields: Any) -> Plan:
    """The draft of a plan for 2023."""
    return make_plan(issuer, **{"status": "DRAFT", "number": "", "issued_on": None, **fields})


def make_team(body: Unit, **fields: Any) -> Team:
    """A team of the body."""
    return Team.objects.create(body=body, **{"name": f"Đoàn số {next(_numbers)}", **fields})


def make_round(body: Unit, day: date = date(2023, 5, 22), **fields: Any) -> Round:
    """A completed surprise round of one day."""
    fields = {
        "code": f"C{next(_numbers)}",
        "form": Round.Form.SURPRISE,
        "starts_on": day,
        "ends_on": day,
        "status": Round.Status.COMPLETED,
        **fields,
    }
    return Round.objects.create(body=body, **fields)


def make_visit(round_: Round, unit: Unit, **fields: Any) -> Visit:
    """A visit on the round's last day."""
    return Visit.objects.create(round=round_, unit=unit, **{"visited_on": round_.ends_on, **fields})


def make_finding(visit: Visit, **fields: Any) -> Finding:
    """A shortcoming about working hours."""
    fields = {
        "code": f"F{next(_numbers)}",
        "category": Finding.Category.WORK_TIME,
        "severity": Finding.Severity.SHORTCOMING,
        "content": "Đi muộn",
        **fields,
    }
    return Finding.objects.create(visit=visit, **fields)


def make_remedy(visit: Visit, **fields: Any) -> Remedy:
    """A reminder to the collective."""
    fields = {
        "code": f"R{next(_numbers)}",
        "kind": Remedy.Kind.REMIND,
        "subject": "COLLECTIVE",
        "due_on": date(2023, 6, 30),
        **fields,
    }
    return Remedy.objects.create(visit=visit, **fields)


def make_evidence(on: Visit | Finding | Remedy, by: User, **fields: Any) -> Evidence:
    """A photograph on the record, with files that only begin as photographs do."""
    fields = {
        "visit": on if isinstance(on, Visit) else on.visit,
        "finding": on if isinstance(on, Finding) else None,
        "remedy": on if isinstance(on, Remedy) else None,
        "kind": Evidence.Kind.PICTURE,
        "name": f"Ảnh {next(_numbers)}.jpg",
        "size": 1000,
        "sha256": f"{next(_numbers):064d}",
        **fields,
    }
    made = Evidence(by=by, **fields)
    for file in (made.file, made.thumbnail):
        file.save(f"2023/{made.sha256}.jpg", ContentFile(b"\xff\xd8\xff"), save=False)
    made.save()
    return made


def make_return(unit: Unit, first: date, last: date, **fields: Any) -> Return:
    """An accepted return."""
    fields = {"status": Return.Status.ACCEPTED, **fields}
    return Return.objects.create(unit=unit, first_day=first, last_day=last, **fields)


def make_checklist(
    owner: Unit,
    *texts: str,
    content: str = "working_hours",
    status: str = "IN_FORCE",
    **fields: Any,
) -> Checklist:
    """A checklist of questions of yes and no, each of which proposes a finding about hours."""
    found, _ = Content.objects.get_or_create(code=content, defaults={"label": content})
    made = Checklist.objects.create(
        owner=owner, content=found, **{"title": f"Bảng kiểm {found.label}", **fields}
    )
    for position, text in enumerate(texts or ("Có mặt đúng giờ?", "Có bảng chấm công?"), start=1):
        Question.objects.create(checklist=made, position=position, text=text, category="WORK_TIME")
    # Questions are written while it is a draft.
    Checklist.objects.filter(pk=made.pk).update(status=status)
    made.refresh_from_db()
    return made
