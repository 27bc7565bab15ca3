"""Units in time, their names, and how they passed into one another."""

from units.models.history import (
    Deed,
    Reform,
    ReformQuerySet,
    Succession,
    SuccessionKind,
    heirs_faults,
)
from units.models.units import (
    FormerName,
    Kind,
    Unit,
    UnitQuerySet,
    no_bearer,
    topmost,
    under,
)

__all__ = [
    "Deed",
    "FormerName",
    "Kind",
    "Reform",
    "ReformQuerySet",
    "Succession",
    "SuccessionKind",
    "Unit",
    "UnitQuerySet",
    "heirs_faults",
    "no_bearer",
    "topmost",
    "under",
]
