"""What the pages of rounds, visits, plans and teams say at the top, and what they offer to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F
from django.urls import reverse

from accounts.models import User
from congvu.dates import days_phrase, format_day, today
from congvu.pages import Action, Fact
from directives.models import Document
from inspections.models import Plan, PlanItem, Round, RoundForm, RoundStatus, Team, Visit
from inspections.models.answers import AHEAD
from units.models import Unit


def unit_url(user: User, unit: Unit) -> str | None:
    """The unit's page, for whoever may open it."""
    if user.may("units.view") and user.in_scope(unit):
        return unit.get_absolute_url()
    return None


def facts_of_round(round_: Round, user: User) -> list[Fact]:
    """Who, when, on what ground and how (reads `body`, `plan`, `team`, `contents`)."""
    ours = user.in_scope(round_.body)
    plan, team = round_.plan, round_.team
    facts = [
        Fact("Cơ quan kiểm tra", round_.body_name, url=unit_url(user, round_.body)),
        Fact("Thời gian", round_.days_text),
        Fact("Hình thức", round_.get_form_display(), small=round_.get_trigger_display()),
        Fact("Phương thức", round_.get_method_display()),
        Fact("Báo trước cho đơn vị", "Có báo trước" if round_.announced else "Không báo trước"),
        Fact(
            "Kế hoạch",
            f"{plan.number} năm {plan.year}" if plan else "Không theo kế hoạch nào",
            url=plan.get_absolute_url() if plan and ours and user.may("plans.view") else None,
        ),
        Fact(
            "Đoàn kiểm tra",
            team.name if team else "Chưa có đoàn",
            url=team.get_absolute_url() if team and team.is_seen_by(user) else None,
            small=", ".join(filter(None, [round_.team_group, team.decision_number]))
            if team
            else "",
        ),
    ]
    if round_.overlap_reason and ours:
        # Of whoever inspects alone: it may name what the unit does not know of.
        facts.append(Fact("Lý do vẫn kiểm tra", round_.overlap_reason))
    if round_.cancel_reason:
        facts.append(Fact("Lý do hủy", round_.cancel_reason))
    return facts


@dataclass(frozen=True)
class Answered:
    """An item of a plan that a round carries out, and the programmes to which it belongs."""

    item: PlanItem
    programmes: list[str]


def answered_items(round_: Round, user: User) -> list[Answered]:
    """The items in reach that the round carries out; one query, a row for each programme."""
    items = PlanItem.objects.visible_to(user).filter(rounds=round_)
    rows: Any = items.select_related("plan", "unit").annotate(programme=F("programmes__name"))
    found: dict[int, Answered] = {}
    for row in rows:
        answered = found.setdefault(row.pk, Answered(row, []))
        if row.programme:
            answered.programmes.append(row.programme)
    return list(found.values())


def actions_of_round(round_: Round, user: User) -> list[Action]:
    """What may be done with the round now, the main deed first; nothing for who only reads."""
    if not round_.is_editable_by(user):
        return []

    def to(name: str, label: str, why_not: str = "", danger: bool = False) -> Action:
        return Action(
            label, reverse(f"inspections:{name}", args=[round_.pk]), why_not, False, danger
        )

    start = to("round_start", "Bắt đầu kiểm tra", round_.why_not("started"))
    complete = to("round_complete", "Hoàn thành cuộc", round_.why_not("completed"))
    cancel = to("round_cancel", "Hủy cuộc", round_.why_not("cancelled"), danger=True)
    reopen = to("round_reopen", "Mở lại cuộc")
    edit = to("round_edit", "Sửa cuộc")
    move = to("round_move", "Dời ngày")
    add = to("visit_create", "Thêm lượt kiểm tra")
    attach = to("round_attach", "Gắn văn bản")
    items = to("round_items", "Mục kế hoạch")
    delete = to("round_delete", "Xóa cuộc", round_.why_not_removed(), danger=True)
    match round_.status:
        case RoundStatus.SCHEDULED:
            return [start, add, move, edit, items, attach, complete, cancel, delete]
        case RoundStatus.IN_PROGRESS:
            return [add, complete, edit, items, attach, cancel, delete]
        case RoundStatus.COMPLETED:
            return [edit, add, items, attach, reopen]
        case _:
            return [reopen, edit, delete]


@dataclass(frozen=True)
class RemedyLine:
    """A remedy as the story of its visit tells it; without names of persons."""

    remedy: Any
    text: str
    state: str
    tone: str
    due: str


@dataclass(frozen=True)
class VisitStory:
    """A visit with what was found and what is demanded, in the order of the records."""

    visit: Visit
    unit_url: str | None
    findings: list[Any]
    remedies: list[RemedyLine]

    @property
    def left(self) -> int:
        """Remedies not done."""
        return sum(line.remedy.completed_on is None for line in self.remedies)


_STATE_TONES = {
    "done_on_time": "success",
    "done_late": "warning",
    "open": "info",
    "overdue": "danger",
}


def stories_of_visits(visits: Iterable[Visit], user: User) -> list[VisitStory]:
    """Each visit with its findings and remedies as they stand today (reads what is prefetched)."""
    now = today()
    return [
        VisitStory(
            visit,
            unit_url(user, visit.unit),
            sorted(visit.findings.all(), key=lambda each: each.pk),
            [
                _remedy_line(each, visit.round, now)
                for each in sorted(visit.remedies.all(), key=lambda r: r.pk)
            ],
        )
        for visit in visits
    ]


def _remedy_line(remedy: Any, round_: Round, now: date) -> RemedyLine:
    state = remedy.state_at(now)
    uncounted = round_.why_not_counted
    due = remedy.due_on_at(now)
    if remedy.completed_on is not None and remedy.completed_on <= now:
        told = f"xong ngày {format_day(remedy.completed_on)}"
    elif due is None:
        told = "không đặt hạn"
    elif uncounted:
        told = f"hạn {format_day(due)}"
    else:
        told = f"hạn {format_day(due)}, {days_phrase(due, now)}"
    text = remedy.get_kind_display()
    if remedy.discipline_form:
        text = f"{text}: {remedy.get_discipline_form_display()}"
    if uncounted:
        return RemedyLine(remedy, text, uncounted, "secondary", told)
    return RemedyLine(remedy, text, state.label, _STATE_TONES[state.value], told)


def facts_of_plan(plan: Plan, user: User) -> list[Fact]:
    """Number, day, issuer and what the plan is about (reads `issuer`, `paper`)."""
    facts = [
        Fact("Cơ quan ban hành", plan.issuer_name, url=unit_url(user, plan.issuer)),
        Fact("Năm", str(plan.year), small="Kế hoạch khung" if plan.is_framework else ""),
        Fact("Trạng thái", plan.get_status_display()),
    ]
    if plan.issued_on:
        facts[:0] = [
            Fact("Số ký hiệu", plan.number),
            Fact("Ngày ban hành", format_day(plan.issued_on)),
        ]
    if paper := plan.paper:
        signer = f"người ký: {paper.signer}" if paper.signer else ""
        facts.append(Fact("Văn bản", str(paper), url=paper.get_absolute_url(), small=signer))
    return facts


def facts_of_item(item: PlanItem, user: User) -> list[Fact]:
    """What is planned for which unit, by whom and when (reads what `with_parts` fetches)."""
    plan = item.plan
    facts = [
        Fact("Đơn vị được kiểm tra", item.unit_name, url=unit_url(user, item.unit)),
        Fact("Thời gian dự kiến", item.when_text),
        Fact("Kế hoạch", str(plan), url=plan.get_absolute_url(), small=plan.get_status_display()),
        Fact(
            "Cơ quan kiểm tra",
            item.body_name,
            url=unit_url(user, item.body),
            small=item.team.name if item.team else "",
        ),
        Fact("Hình thức", item.get_form_display()),
        Fact("Báo trước cho đơn vị", "Có báo trước" if item.announced else "Không báo trước"),
    ]
    for label, found in (("Chương trình", item.programmes), ("Nội dung", item.contents)):
        if texts := [str(each) for each in found.all()]:
            facts.append(Fact(label, "; ".join(texts)))
    # Who carries out a part of the plan reads what is in force, and not what was weighed.
    ours = user.in_scope(plan.issuer)
    for label, text in (
        ("Ghi chú", item.note),
        ("Lý do điều chỉnh", item.reason),
        ("Lý do bỏ", item.drop_reason if ours or item.is_over else ""),
        ("Lý do vẫn kiểm tra", item.overlap_reason if ours else ""),
    ):
        if text:
            facts.append(Fact(label, text))
    return facts


def facts_of_team(team: Team, user: User) -> list[Fact]:
    """The body and the decision that set the team up (reads `body`)."""
    name = team.body.name_on(team.decided_on) if team.decided_on else team.body.name
    return [
        Fact("Cơ quan kiểm tra", name, url=unit_url(user, team.body)),
        Fact(
            "Quyết định lập đoàn",
            team.decision_number or "Chưa ghi",
            small=f"ngày {format_day(team.decided_on)}" if team.decided_on else "",
        ),
        Fact("Thời gian hoạt động", team.span_text[:1].upper() + team.span_text[1:]),
    ]


def facts_of_visit(visit: Visit, user: User) -> list[Fact]:
    """Which unit, when, in which round, and what papers came of it (reads `round`, `unit`)."""
    round_ = visit.round
    return [
        Fact("Đơn vị được kiểm tra", visit.unit_name, url=unit_url(user, visit.unit)),
        Fact("Ngày kiểm tra", format_day(visit.visited_on)),
        Fact(
            "Cuộc kiểm tra",
            round_.code,
            url=round_.get_absolute_url(),
            small=f"{round_.body_name}, {round_.days_text}",
        ),
        Fact("Số biên bản", visit.minutes_number or "Chưa ghi", small=_signed_text(visit)),
        Fact(
            "Số kết luận",
            visit.conclusion_number or "Chưa ghi",
            url=_paper_url(visit.conclusion, user),
            small=f"ngày {format_day(visit.concluded_on)}" if visit.concluded_on else "",
        ),
    ]


def _signed_text(visit: Visit) -> str:
    """Who signs the minutes for the unit."""
    told = ", ".join(filter(None, [visit.unit_person, visit.unit_post]))
    return f"đại diện đơn vị: {told}" if told else ""


def _paper_url(paper: Document | None, user: User) -> str | None:
    """The document's page, for whoever may open it (reads `issuer`, `kept_by`)."""
    if paper is None or not user.may("documents.view"):
        return None
    seen = user.in_scope(paper.kept_by) or (paper.issuer and user.in_scope(paper.issuer))
    return paper.get_absolute_url() if seen else None


def actions_of_visit(visit: Visit, user: User) -> list[Action]:
    """What may be done with the visit now, the main deed first; nothing for who only reads."""
    if not visit.is_editable_by(user):
        return []

    def to(name: str, label: str, why_not: str = "", danger: bool = False) -> Action:
        return Action(label, reverse(name, args=[visit.pk]), why_not, False, danger)

    locked = visit.why_not_logged()
    find = to("findings:finding_create", "Ghi tồn tại", locked)
    roll = to("inspections:visit_roll_call", "Điểm danh", locked)
    close = to("inspections:visit_close", "Hoàn thành lượt kiểm tra", visit.why_not_closed())
    conclude = to("findings:visit_conclude", "Ghi kết luận", visit.why_not_concluded())
    demand = to("findings:remedy_create", "Ghi kiến nghị")
    recheck = to("findings:visit_recheck", "Phúc tra kiến nghị")
    rechecked = [recheck] if visit.round.form == RoundForm.RECHECK else []
    amend = to("inspections:addendum_create", "Bổ sung, đính chính")
    others = [
        *rechecked,
        to("inspections:visit_edit", "Sửa lượt kiểm tra"),
        to("inspections:visit_attach", "Gắn văn bản"),
        to("inspections:visit_delete", "Xóa lượt này", visit.why_not_removed(), danger=True),
    ]
    if not visit.is_closed and visit.round.status in AHEAD:
        # Where the team stands at the unit, its telephone does all of it.
        spot = Action("Ghi tại chỗ", f"{reverse('field:visit')}#{visit.pk}", locked)
        return [spot, find, roll, close, demand, conclude, *others]
    if not visit.is_closed:
        return [find, roll, close, demand, conclude, *others]
    after = [demand, conclude] if visit.conclusion_id else [conclude, demand]
    return [*after, amend, find, roll, *others]
