"""The minutes (biên bản) of a visit: what they say, for the page and for Word alike.

The Word file is made from a template that officials can edit (`MINUTES_TEMPLATE`); the names by
which it calls what is said are the fields of `Minutes`, told in `fixtures/word/README.md`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime
from io import BytesIO
from typing import Any
from zipfile import BadZipFile

from django.conf import settings
from django.utils import timezone
from docx.opc.exceptions import PackageNotFoundError
from docxtpl.template import DocxTemplate
from jinja2 import TemplateError
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup, escape

from accounts.models import User
from congvu.dates import format_day
from congvu.numbers import number_text
from findings.models import EvidenceKind, Finding, Severity
from inspections.models import Attendance, TeamMember, TeamRole, Visit
from units.models import Unit

# Without these a name in the tree of units is the name of the place.
_PLACE = re.compile(r"^(tỉnh|thành phố|huyện|quận|thị xã|xã|phường|thị trấn|đặc khu)\s+", re.I)
# What no XML document may hold, and what docxtpl takes for a paragraph, a page or a tab.
_NO_TEXT = re.compile("[^\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Person:
    """Somebody who was there: place in the team, name, post."""

    role: str
    name: str
    post: str


@dataclass(frozen=True)
class FindingGroup:
    """The findings of one category."""

    category: str
    findings: list[dict[str, str]]


@dataclass(frozen=True)
class AnswerGroup:
    """The answers to one checklist."""

    title: str
    answers: list[dict[str, str]]


@dataclass(frozen=True)
class Minutes:
    """Everything that the minutes say, as text."""

    superior: str
    issuer: str
    number: str
    place_and_day: str
    unit: str
    body: str
    day: str
    round_code: str
    bases: list[str]
    contents: list[str]
    begun: str
    closed: str
    is_draft: bool
    team: list[Person]
    unit_person: str
    unit_post: str
    departments: list[dict[str, str]]
    attendance: dict[str, str]
    checklists: list[AnswerGroup]
    strengths: str
    findings: list[FindingGroup]
    findings_count: str
    severities: str
    cases: list[dict[str, str]]
    pictures: str
    documents: str
    addenda: list[dict[str, str]]
    leader: str
    secretary: str


def day_in_words(day: date) -> str:
    """Ngày 05 tháng 01 năm 2024: days below 10 and the months 1 and 2 take a 0 (NĐ 30/2020)."""
    month = f"{day.month:02}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02} tháng {month} năm {day.year:04}"


def _moment(at: datetime | None) -> str:
    if at is None:
        return ""
    local = timezone.localtime(at)
    return f"{local.hour:02} giờ {local.minute:02}, {day_in_words(local.date())}"


def _place(body: Unit, above: Unit | None, day: date) -> str:
    """The place that a body writes in its documents: a commune its own, others the province's."""
    own = body.kind in (Unit.Kind.COMMUNE, Unit.Kind.DISTRICT, Unit.Kind.PROVINCE)
    return _PLACE.sub("", (body if own or above is None else above).name_on(day))


def _office(unit: Unit, day: date) -> str:
    """Who acts for a place: its people's committee."""
    name = unit.name_on(day)
    return f"Ủy ban nhân dân {name}" if _PLACE.match(name) else name


def _number(number: str) -> str:
    """A number below 10 takes a 0; without one there is room to write it."""
    if not number:
        return "\u00a0" * 6 + "/BB-ĐKT"
    return f"0{number}" if re.match(r"\d(?!\d)", number) else number


def _count(number: int) -> str:
    """A number of persons or records; below 10 with a 0, as minutes are written."""
    return f"{number:02}" if 0 < number < 10 else number_text(number)


def minutes_of(visit: Visit, *, with_names: bool) -> Minutes:
    """What the minutes of the visit say.

    `with_names`: whether citizens of cases are named. Reads what `findings.views.minutes` fetches.
    """
    round_, day = visit.round, visit.visited_on
    above = Unit.objects.filter(pk__in=round_.body.ancestor_ids).prefetch_related("former_names")
    ancestors = sorted(above, key=lambda unit: len(unit.path))
    body = _office(round_.body, day)
    team = _members(visit)
    leaders = [each.name for each in team if each.role == TeamRole.LEADER.label]
    secretaries = [each.name for each in team if each.role == TeamRole.SECRETARY.label]
    superior, issuer = body, round_.team.name if round_.team else ""
    if not issuer:
        superior, issuer = _office(ancestors[-1], day) if ancestors else "", body
    findings = sorted(visit.findings.all(), key=lambda each: each.pk)
    evidence = [each.kind for each in visit.evidence.all()]
    return Minutes(
        superior=superior.upper(),
        issuer=issuer.upper(),
        number=_number(visit.minutes_number),
        place_and_day=f"{_place(round_.body, ancestors[0] if ancestors else None, day)}, "
        f"{day_in_words(day)}",
        unit=visit.unit_name,
        body=body,
        day=format_day(day),
        round_code=round_.code,
        bases=_bases(visit),
        contents=_contents(visit),
        begun=_moment(visit.begun_at),
        closed=_moment(visit.closed_at),
        is_draft=not visit.is_closed,
        team=team,
        unit_person=visit.unit_person,
        unit_post=visit.unit_post,
        departments=_departments(visit),
        attendance={name: _count(figure) for name, figure in vars(_attendance(visit)).items()},
        checklists=_checklists(visit),
        strengths=visit.strengths,
        findings=_by_category(findings),
        findings_count=_count(len(findings)),
        severities=_severities(findings),
        cases=_cases(visit, with_names=with_names),
        pictures=_count(evidence.count(EvidenceKind.PICTURE)),
        documents=_count(evidence.count(EvidenceKind.DOCUMENT)),
        addenda=[
            {
                "text": each.text,
                "reason": each.reason,
                "by": str(each.by),
                "at": _moment(each.at),
            }
            for each in visit.addenda.all()
        ],
        leader=leaders[0] if leaders else "",
        secretary=secretaries[0] if secretaries else "",
    )


def _members(visit: Visit) -> list[Person]:
    """Who of the team went: the sub-group, where one does, and whoever belongs to all of it."""
    team, group = visit.round.team, visit.round.team_group
    if team is None:
        return []
    members: Iterable[TeamMember] = team.members.all()
    going = [each for each in members if not group or each.group in ("", group)]
    return [Person(str(TeamRole(each.role).label), each.name, each.post) for each in going]


def _bases(visit: Visit) -> list[str]:
    """On what the inspection rests: the decision on the team, the plan."""
    found = []
    team, plan = visit.round.team, visit.round.plan
    if team and team.decision_number:
        on = f" ngày {format_day(team.decided_on)}" if team.decided_on else ""
        found.append(f"Quyết định số {team.decision_number}{on} của {visit.round.body_name}")
    if plan and plan.number:
        on = f" ngày {format_day(plan.issued_on)}" if plan.issued_on else ""
        found.append(f"Kế hoạch số {plan.number}{on} của {plan.issuer_name}")
    return found


def _contents(visit: Visit) -> list[str]:
    found = [each.label for each in visit.round.contents.all()]
    return [*found, visit.round.scope_note] if visit.round.scope_note else found


def _attendance(visit: Visit) -> Attendance:
    return Attendance.of(visit.roll_calls.all())


def _departments(visit: Visit) -> list[dict[str, str]]:
    return [
        {
            "department": row.department,
            "headcount": _count(row.headcount),
            "present": _count(row.present),
            "excused": _count(row.excused),
            "unexcused": _count(row.unexcused),
            "reasons": row.reasons,
            "hour": f"{timezone.localtime(row.taken_at):%H:%M}",
        }
        for row in visit.roll_calls.all()
    ]


def _checklists(visit: Visit) -> list[AnswerGroup]:
    found: dict[int, AnswerGroup] = {}
    answers: Iterable[Any] = visit.answers.all()
    for each in answers:
        checklist = each.question.checklist
        group = found.setdefault(checklist.pk, AnswerGroup(checklist.title, []))
        group.answers.append(
            {"question": each.question.text, "answer": each.told, "note": each.note}
        )
    return list(found.values())


def _by_category(findings: Iterable[Finding]) -> list[FindingGroup]:
    found: dict[str, FindingGroup] = {}
    for each in findings:
        label = each.get_category_display()
        group = found.setdefault(each.category, FindingGroup(label, []))
        group.findings.append(
            {
                "code": each.code,
                "severity": each.get_severity_display(),
                "subject": each.get_subject_display(),
                "content": each.content,
            }
        )
    order = [category.value for category in Finding.Category]
    return [found[key] for key in sorted(found, key=order.index)]


def _severities(findings: Iterable[Finding]) -> str:
    """How many of each severity, such as: 02 tồn tại, 01 vi phạm."""
    rows = list(findings)
    counts = [(each, sum(row.severity == each for row in rows)) for each in Severity]
    return ", ".join(f"{_count(n)} {str(each.label).lower()}" for each, n in counts if n)


def _cases(visit: Visit, *, with_names: bool) -> list[dict[str, str]]:
    def day(on: date | None) -> str:
        return format_day(on) if on else ""

    return [
        {
            "name": each.person_name if with_names else "",
            "subject": each.subject,
            "since": day(each.since),
            "promised_by": day(each.promised_by),
            "settled_on": day(each.settled_on),
        }
        for each in visit.cases.all()
    ]


# --- Word ------------------------------------------------------------------------------------


def _as_text(value: Any) -> Any:
    """A value as text of the document, whatever stands in it: never markup, never a tag."""
    if isinstance(value, Markup):
        return value
    text = escape(_NO_TEXT.sub(" ", str(value)))
    # What looks like a tag would be one for docxtpl, which looks through the text once more.
    return Markup(str(text).replace("{", "&#123;").replace("}", "&#125;"))  # noqa: S704  # escaped above


class TemplateFaultError(Exception):
    """The template of the minutes cannot be read or filled."""


def minutes_docx(minutes: Minutes) -> bytes:
    """The minutes as a Word file, from the province's template.

    Raises `TemplateFaultError` for a template that is no Word file or asks for what it may not.
    """
    # A template may come from anywhere: it reads what is said, and nothing else.
    environment = SandboxedEnvironment(autoescape=True, finalize=_as_text)
    told = {field.name: getattr(minutes, field.name) for field in fields(minutes)}
    target = BytesIO()
    try:
        template = DocxTemplate(settings.MINUTES_TEMPLATE)
        template.render(told, environment, autoescape=True)
        template.save(target)
    except (TemplateError, PackageNotFoundError, OSError, BadZipFile, KeyError, ValueError) as why:
        raise TemplateFaultError(str(why)) from why
    return target.getvalue()


def names_citizens(visit: Visit, user: User) -> bool:
    """Whether the visit names citizens whom the person may see (reads `cases`)."""
    return user.sees_names and any(each.person_name for each in visit.cases.all())
