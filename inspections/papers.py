"""What of inspections rests on documents, and to what documents are put."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from congvu.dates import format_day
from directives.models import Document
from directives.papers import Holder, Line, Reliance, follows_documents, rests_on_documents
from inspections.models import Adjustment, Plan, Round, Team, Visit
from units.models import under

rests_on_documents(
    Reliance(
        heading="Kế hoạch",
        visible=lambda user: Plan.objects.visible_to(user),
        line=lambda plan: Line(plan.get_absolute_url(), str(plan), plan.subject),
        fields=("paper", "documents"),
    )
)
rests_on_documents(
    Reliance(
        heading="Điều chỉnh kế hoạch",
        # Who only carries out a part of a plan reads nothing of its adjustments.
        visible=lambda user: Adjustment.objects.filter(
            under(user.scope_paths, "plan__issuer__"),
            plan__in=Plan.objects.visible_to(user).order_by().values("pk"),
        ).select_related("plan"),
        line=lambda adjustment: Line(adjustment.get_absolute_url(), str(adjustment)),
        fields=("paper",),
    )
)
rests_on_documents(
    Reliance(
        heading="Đoàn kiểm tra",
        visible=lambda user: Team.objects.visible_to(user).select_related("body"),
        line=lambda team: Line(team.get_absolute_url(), team.name, team.body.name),
    )
)
rests_on_documents(
    Reliance(
        heading="Cuộc kiểm tra",
        visible=lambda user: Round.objects.visible_to(user),
        line=lambda round_: Line(round_.get_absolute_url(), str(round_), round_.days_text),
    )
)
rests_on_documents(
    Reliance(
        heading="Lượt kiểm tra",
        visible=lambda user: Visit.objects.visible_to(user).select_related("round", "unit"),
        line=lambda visit: Line(
            visit.get_absolute_url(),
            visit.unit.name,
            f"cuộc {visit.round.code}, ngày {format_day(visit.visited_on)}",
        ),
        fields=("conclusion", "documents"),
    )
)


def _follow(paper: Document, by: Any) -> None:
    """What was issued by a document has its number and day, also when those are mended."""
    for plan in Plan.objects.filter(paper=paper).select_related("issuer"):
        plan.follow_paper(paper, by)
    issued = Adjustment.objects.filter(paper=paper).select_related("plan__issuer")
    for adjustment in issued:
        adjustment.follow_paper(paper, by)
    for visit in Visit.objects.filter(conclusion=paper).select_related("unit").order_by("pk"):
        visit.follow_conclusion(paper, by)


follows_documents(_follow)

PLAN = Holder(
    rows=lambda user: Plan.objects.visible_to(user).select_related("issuer"),
    noun=lambda plan: plan.name[:1].lower() + plan.name[1:],
    crumbs=lambda plan: [
        (reverse("inspections:plan_list"), "Kế hoạch"),
        (plan.get_absolute_url(), plan.number or "Dự thảo"),
    ],
)
TEAM = Holder(
    rows=lambda user: Team.objects.visible_to(user).select_related("body"),
    noun=lambda team: f"đoàn “{team.name}”",
    crumbs=lambda team: [
        (reverse("inspections:team_list"), "Đoàn kiểm tra"),
        (team.get_absolute_url(), team.name),
    ],
)
ROUND = Holder(
    rows=lambda user: Round.objects.visible_to(user).select_related("body"),
    noun=lambda round_: f"cuộc {round_.code}",
    crumbs=lambda round_: [
        (reverse("inspections:round_list"), "Cuộc kiểm tra"),
        (round_.get_absolute_url(), round_.code),
    ],
)
VISIT = Holder(
    rows=lambda user: Visit.objects.visible_to(user).select_related("round__body", "unit"),
    noun=lambda visit: f"lượt kiểm tra {visit.unit.name}",
    crumbs=lambda visit: [
        *ROUND.crumbs(visit.round),
        (visit.get_absolute_url(), visit.unit.name),
    ],
)
