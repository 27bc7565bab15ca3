"""Plans, teams, rounds and visits.

A round (cuộc) is one inspection by one body; a visit (lượt) is one unit in one round. They are
counted apart, everywhere.
"""

from inspections.models.codes import Content, Method, RoundForm, RoundStatus, Trigger
from inspections.models.plans import Plan, PlanQuerySet, why_not_year
from inspections.models.rounds import (
    Round,
    RoundQuerySet,
    is_behind,
    is_near,
    statuses_seen_by,
)
from inspections.models.teams import Team, TeamMember, TeamQuerySet, TeamRole
from inspections.models.visits import Visit, VisitQuerySet, in_reach

__all__ = [
    "Content",
    "Method",
    "Plan",
    "PlanQuerySet",
    "Round",
    "RoundForm",
    "RoundQuerySet",
    "RoundStatus",
    "Team",
    "TeamMember",
    "TeamQuerySet",
    "TeamRole",
    "Trigger",
    "Visit",
    "VisitQuerySet",
    "in_reach",
    "is_behind",
    "is_near",
    "statuses_seen_by",
    "why_not_year",
]
