"""Pages that put documents to plans, teams, rounds and visits, and take them away."""

from __future__ import annotations

from directives.views.papers import attach_page, detach_page
from inspections.papers import PLAN, ROUND, TEAM, VISIT

plan_attach, plan_detach = attach_page(PLAN), detach_page(PLAN)
team_attach, team_detach = attach_page(TEAM), detach_page(TEAM)
round_attach, round_detach = attach_page(ROUND), detach_page(ROUND)
visit_attach, visit_detach = attach_page(VISIT), detach_page(VISIT)
