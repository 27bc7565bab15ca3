"""Forms of plans, teams, rounds and visits."""

from inspections.forms.contents import ContentForm
from inspections.forms.items import ItemForm
from inspections.forms.moves import MoveForm
from inspections.forms.papers import AdjustmentPaperForm, DeedPaperForm, PaperForm
from inspections.forms.plans import CopyForm, DraftForm, PlanForm
from inspections.forms.roll_calls import RollCallForm
from inspections.forms.rounds import RoundForm
from inspections.forms.teams import MemberFormSet, TeamForm
from inspections.forms.visit_steps import AddendumForm, CloseForm
from inspections.forms.visits import VisitForm, VisitRows

__all__ = [
    "AddendumForm",
    "AdjustmentPaperForm",
    "CloseForm",
    "ContentForm",
    "CopyForm",
    "DeedPaperForm",
    "DraftForm",
    "ItemForm",
    "MemberFormSet",
    "MoveForm",
    "PaperForm",
    "PlanForm",
    "RollCallForm",
    "RoundForm",
    "TeamForm",
    "VisitForm",
    "VisitRows",
]
