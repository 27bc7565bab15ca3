"""Returns that units send, and proposals of what a plan should inspect."""

from reports.models.proposals import CRITERIA, HEAVIEST, Draw, DrawQuerySet, Proposal, draw_places
from reports.models.returns import (
    FIGURES,
    STEPS,
    UNSENT,
    Return,
    ReturnQuerySet,
    ReturnStatus,
)

__all__ = [
    "CRITERIA",
    "FIGURES",
    "HEAVIEST",
    "STEPS",
    "UNSENT",
    "Draw",
    "DrawQuerySet",
    "Proposal",
    "Return",
    "ReturnQuerySet",
    "ReturnStatus",
    "draw_places",
]
