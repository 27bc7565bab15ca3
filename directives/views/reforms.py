"""Pages that put documents to a change of units, and take them away."""

from __future__ import annotations

from directives.reforms import REFORM
from directives.views.papers import attach_page, detach_page

reform_attach, reform_detach = attach_page(REFORM), detach_page(REFORM)
