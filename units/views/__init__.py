"""Views of units: the list and the page of one, suggestions, and changes."""

from units.views.changes import reform_detail
from units.views.choices import unit_choices
from units.views.records import unit_create, unit_edit, unit_rename, unit_undo
from units.views.reforms import unit_close, unit_continue, unit_merge, unit_split
from units.views.units import unit_detail, unit_list

__all__ = [
    "reform_detail",
    "unit_choices",
    "unit_close",
    "unit_continue",
    "unit_create",
    "unit_detail",
    "unit_edit",
    "unit_list",
    "unit_merge",
    "unit_rename",
    "unit_split",
    "unit_undo",
]
