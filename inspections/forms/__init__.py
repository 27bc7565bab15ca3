"""Forms of plans, teams, rounds and visits."""

from inspections.forms.contents import ContentForm
from inspections.forms.items import ItemForm
from inspections.forms.moves import MoveForm
from inspections.forms.papers import AdjustmentPaperForm, PaperForm
from inspections.forms.plans import CopyForm, DraftForm, PlanForm
from inspections.forms.rounds import RoundForm
from inspections.forms.teams import MemberFormSet, TeamForm
from inspections.forms.visits import VisitForm, VisitRows

__all__ = [
    "AdjustmentPaperForm",
    "ContentForm",
    "CopyForm",
    "DraftForm",
    "ItemForm",
    "MemberFormSet",
    "MoveForm",
    "PaperForm",
    "PlanForm",
    "RoundForm",
    "TeamForm",
    "VisitForm",
    "VisitRows",
]
