"""Forms of plans, teams, rounds and visits."""

from inspections.forms.plans import ContentForm, PlanForm
from inspections.forms.rounds import RoundForm
from inspections.forms.teams import MemberFormSet, TeamForm
from inspections.forms.visits import VisitForm, VisitRows

__all__ = [
    "ContentForm",
    "MemberFormSet",
    "PlanForm",
    "RoundForm",
    "TeamForm",
    "VisitForm",
    "VisitRows",
]
