"""What the pages of a finding and of a remedy tell: facts, deeds, and what happened in order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from congvu.dates import format_day
from congvu.models import Event
from congvu.pages import Action, Fact
from congvu.tables import Badge
from directives.models import Document
from findings.columns import due_phrase, state_badge, whom
from findings.models import (
    OWN_DEMAND,
    OWN_WORK,
    CitizenCase,
    Extension,
    Finding,
    Remedy,
    named,
)
from inspections.facts import unit_url
from inspections.models import Visit
from inspections.story import PERSONAL


def facts_of_visit(visit: Visit, user: User) -> list[Fact]:
    """Where, when and by whom it was seen (reads unit, round and body with their former names)."""
    round_ = visit.round
    papers = [
        f"biên bản {visit.minutes_number}" if visit.minutes_number else "",
        f"kết luận {visit.conclusion_number}" if visit.conclusion_number else "",
    ]
    return [
        Fact("Đơn vị được kiểm tra", visit.unit_name, url=unit_url(user, visit.unit)),
        Fact(
            "Lượt kiểm tra",
            f"Ngày {format_day(visit.visited_on)}",
            url=visit.get_absolute_url(),
            small=", ".join(filter(None, papers)),
        ),
        Fact(
            "Cuộc kiểm tra",
            round_.code,
            url=round_.get_absolute_url(),
            small=f"{round_.body_name}, {round_.get_status_display().lower()}",
        ),
    ]


def marks(record: Finding | Remedy | CitizenCase, user: User) -> list[Event] | None:
    """The record's trail, for the side that inspects; without names for whoever may not see them.

    The side that was inspected reads what happened in the story itself, not who corrected what
    before the round was completed.
    """
    if not user.in_scope(record.visit.round.body):
        return None
    events = list(Event.objects.of(record).select_related("by"))
    if not user.sees_names:
        of_person = isinstance(record, Remedy) and record.is_of_person
        hidden = PERSONAL | {"documents"} if of_person else PERSONAL
        for event in events:
            event.changes = {
                name: pair for name, pair in event.changes.items() if name not in hidden
            }
    return events


# --- findings --------------------------------------------------------------------------------


def facts_of_finding(finding: Finding, user: User) -> list[Fact]:
    """The key facts of a finding."""
    return [
        *facts_of_visit(finding.visit, user),
        Fact("Nhóm", finding.get_category_display()),
        Fact("Đối tượng", finding.get_subject_display() or "Chưa xác định"),
    ]


def actions_of_finding(finding: Finding, user: User) -> list[Action]:
    """What may be done with the finding now, the main deed first."""
    if not finding.is_editable_by(user):
        return []
    create = reverse("findings:remedy_create", args=[finding.visit_id])
    return [
        Action("Ghi kiến nghị", f"{create}?finding={finding.pk}"),
        Action(
            "Sửa tồn tại",
            reverse("findings:finding_edit", args=[finding.pk]),
            finding.visit.why_not_logged(),
        ),
        Action(
            "Xóa tồn tại",
            reverse("findings:finding_delete", args=[finding.pk]),
            finding.why_not_removed(),
            danger=True,
        ),
    ]


# --- remedies --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Standing:
    """Where a remedy stands on a day, ready to be drawn (contract §4 rule 6)."""

    badge: Badge
    due: date | None
    phrase: str


def standing(remedy: Remedy, as_of: date) -> Standing:
    """Where the remedy stands on that day (reads `extensions` and `progress`)."""
    state, due = remedy.state_at(as_of), remedy.due_on_at(as_of)
    claimed = any(each.is_waiting for each in remedy.progress.all())
    badge = state_badge(remedy, state, due, as_of, claimed=claimed)
    return Standing(badge, due, due_phrase(remedy, state, due, as_of))


@dataclass(frozen=True)
class RemedyLine:
    """A remedy as the story of its finding tells it."""

    remedy: Remedy
    whom: str
    now: Standing


def lines_of(remedies: Iterable[Remedy], user: User, as_of: date) -> list[RemedyLine]:
    """Each remedy with where it stands on that day (reads `extensions` and `progress`)."""
    return [RemedyLine(each, whom(each, user), standing(each, as_of)) for each in remedies]


def facts_of_remedy(remedy: Remedy, user: User, now: Standing) -> list[Fact]:
    """The key facts of a remedy; the person only for whoever may see names."""
    due = f"{format_day(now.due)}" if now.due else "Không đặt hạn"
    changed = remedy.due_on != now.due
    facts = [
        *facts_of_visit(remedy.visit, user),
        Fact("Loại kiến nghị", remedy.get_kind_display()),
        Fact(
            "Ai phải thực hiện",
            whom(remedy, user),
            small=remedy.person_post if user.sees_names else "",
        ),
    ]
    facts += _discipline(remedy, user)
    was = format_day(remedy.due_on) if remedy.due_on else "không đặt hạn"
    small = [f"ban đầu: {was}" if changed else "", now.phrase]
    facts.append(Fact("Thời hạn", due, small=" · ".join(filter(None, small))))
    if remedy.finding is not None:
        facts.append(
            Fact(
                "Căn cứ",
                f"Tồn tại {remedy.finding.code}",
                url=remedy.finding.get_absolute_url(),
                small=remedy.finding.get_category_display(),
            )
        )
    if (case := getattr(remedy, "case", None)) is not None:
        facts.append(Fact("Vụ việc công dân", str(case), url=case.get_absolute_url()))
    if remedy.answerer and user.sees_names:
        facts.append(Fact("Người, đơn vị trả lời", remedy.answerer))
    if remedy.keeper is not None:
        facts.append(Fact("Người theo dõi", named(remedy.keeper)))
    if remedy.acknowledged_at and remedy.acknowledged_by:
        day = timezone.localdate(remedy.acknowledged_at)
        facts.append(Fact("Tiếp nhận", format_day(day), small=named(remedy.acknowledged_by)))
    facts += _settled(remedy, user)
    if remedy.completed_on:
        facts.append(
            Fact("Hoàn thành", format_day(remedy.completed_on), small=remedy.report_document)
        )
        if remedy.verified_by is not None:
            facts.append(Fact("Người xác nhận hoàn thành", named(remedy.verified_by)))
    return facts


def _settled(remedy: Remedy, user: User) -> Iterator[Fact]:
    """Which re-check saw that it is done: for whoever may know of that visit. One query."""
    if remedy.settled_in_id is None:
        return
    visit = Visit.objects.visible_to(user).filter(pk=remedy.settled_in_id).first()
    if visit is not None:
        text = f"Lượt phúc tra ngày {format_day(visit.visited_on)}"
        yield Fact("Xác nhận tại", text, url=visit.get_absolute_url())


def _discipline(remedy: Remedy, user: User) -> Iterator[Fact]:
    """What kind of official, which form; the decision, which names a person, as names are."""
    if remedy.official_kind:
        complicated = "vụ việc phức tạp" if remedy.is_complicated else ""
        yield Fact("Loại cán bộ", remedy.get_official_kind_display(), small=complicated)
    if remedy.discipline_form:
        yield Fact("Hình thức kỷ luật", remedy.get_discipline_form_display())
    if user.sees_names and (remedy.decision_number or remedy.decision_on):
        day = f"ngày {format_day(remedy.decision_on)}" if remedy.decision_on else ""
        yield Fact("Quyết định kỷ luật", remedy.decision_number or day, small=day)


def documents_shown(remedy: Remedy, user: User) -> Any:
    """The documents of a remedy that the user may see there.

    None of those of a person for whoever may not see names: a decision on discipline names one.
    """
    documents = remedy.documents.visible_to(user).select_related("issuer")
    return documents.none() if remedy.is_of_person and not user.sees_names else documents


def extensions_of(remedy: Remedy, user: User) -> list[tuple[Extension, list[Document]]]:
    """The extensions with those of their documents that the user may see. One query of its own."""
    extensions = sorted(remedy.extensions.all(), key=lambda each: each.decided_on)
    documents = Document.objects.visible_to(user).select_related("issuer")
    prefetch_related_objects(extensions, Prefetch("documents", documents))
    return [(each, list(each.documents.all())) for each in extensions]


def actions_of_remedy(remedy: Remedy, user: User) -> list[Action]:
    """What may be done with the remedy now, the main deed of this person's side first."""

    def to(
        name: str, label: str, why_not: str = "", danger: bool = False, post: bool = False
    ) -> Action:
        url = reverse(f"findings:{name}", args=[remedy.pk])
        return Action(label, url, why_not, danger=danger, post=post)

    settles, reports = remedy.is_settled_by(user), remedy.is_reported_by(user)
    claimed = any(each.is_waiting for each in remedy.progress.all())
    actions = []
    if settles and remedy.completed_on is None:
        actions.append(to("remedy_complete", "Xác nhận hoàn thành"))
        if claimed:
            actions.append(to("remedy_send_back", "Chưa chấp nhận, trả lại"))
    elif user.may("remedies.settle") and remedy.completed_on is None:
        actions.append(to("remedy_complete", "Xác nhận hoàn thành", OWN_WORK))
    asked = reports and not settles
    if asked and not remedy.why_not_acknowledged():
        actions.append(to("remedy_acknowledge", "Tiếp nhận kiến nghị", post=True))
    if remedy.request is not None and remedy.is_extended_by(user):
        url = reverse("findings:extension_request_answer", args=[remedy.request.pk])
        actions.append(Action("Trả lời đề nghị gia hạn", url, remedy.why_not_answered()))
    if reports:
        actions.append(to("remedy_report", "Báo cáo tiến độ", remedy.why_not_reported()))
    if asked:
        why_not = remedy.why_not_requested()
        actions.append(to("remedy_request_extension", "Xin gia hạn", why_not))
    if remedy.is_editable_by(user):
        own = "" if settles else "Đơn vị được kiến nghị không tự gia hạn việc của mình."
        actions.append(to("remedy_extend", "Gia hạn", own or remedy.why_not_extended()))
        actions.append(to("remedy_edit", "Sửa kiến nghị"))
        actions.append(to("remedy_attach", "Gắn văn bản"))
    if remedy.is_editable_by(user):
        actions.append(to("remedy_assign", "Giao người theo dõi"))
    if settles:
        actions.append(to("remedy_reopen", "Mở lại", remedy.why_not_reopened()))
    if remedy.is_editable_by(user):
        why_not = remedy.why_not_removed() if settles else OWN_DEMAND
        actions.append(to("remedy_delete", "Xóa kiến nghị", why_not, danger=True))
    # What may be done now comes before what may not.
    return sorted(actions, key=lambda action: bool(action.why_not))
