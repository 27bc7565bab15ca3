"""Plans, teams, rounds and visits.

A round (cuộc) is one inspection by one body; a visit (lượt) is one unit in one round. They are
counted apart, everywhere.
"""

from inspections.models.addenda import Addendum
from inspections.models.additions import Added, add_items
from inspections.models.adjustments import Adjustment
from inspections.models.codes import (
    AdjustmentStatus,
    Content,
    Method,
    PlanStatus,
    RoundForm,
    RoundStatus,
    Schedule,
    Trigger,
)
from inspections.models.feeds import CalendarFeed
from inspections.models.issued import IssuedByPaper, holder_of
from inspections.models.item_rows import PlanItemQuerySet, items_told_to, seal_of
from inspections.models.items import PlanItem, span_of
from inspections.models.plan_rows import PlanQuerySet
from inspections.models.plans import OVERLAP_DAYS, Plan, why_not_year
from inspections.models.programmes import Programme
from inspections.models.roll_calls import Attendance, RollCall
from inspections.models.rounds import (
    Round,
    RoundQuerySet,
    is_behind,
    is_near,
    outside_plans,
    statuses_seen_by,
)
from inspections.models.teams import Team, TeamMember, TeamQuerySet, TeamRole
from inspections.models.visits import Visit, VisitQuerySet, in_reach

__all__ = [
    "OVERLAP_DAYS",
    "Added",
    "Addendum",
    "Adjustment",
    "AdjustmentStatus",
    "Attendance",
    "CalendarFeed",
    "Content",
    "IssuedByPaper",
    "Method",
    "Plan",
    "PlanItem",
    "PlanItemQuerySet",
    "PlanQuerySet",
    "PlanStatus",
    "Programme",
    "RollCall",
    "Round",
    "RoundForm",
    "RoundQuerySet",
    "RoundStatus",
    "Schedule",
    "Team",
    "TeamMember",
    "TeamQuerySet",
    "TeamRole",
    "Trigger",
    "Visit",
    "VisitQuerySet",
    "add_items",
    "holder_of",
    "in_reach",
    "is_behind",
    "is_near",
    "items_told_to",
    "outside_plans",
    "seal_of",
    "span_of",
    "statuses_seen_by",
    "why_not_year",
]
