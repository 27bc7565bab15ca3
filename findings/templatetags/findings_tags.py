"""What the page of a visit, which knows no findings' models, shows of this app."""

from __future__ import annotations

from typing import Any

from django import template

from findings.evidence_part import part_of
from findings.models import Asked, Checklist, Finding, Remedy, proposed_findings, questions_of
from inspections.models import Visit

register = template.Library()


@register.inclusion_tag("findings/parts/visit_checklists.html")
def visit_checklists(visit: Visit, editable: bool) -> dict[str, Any]:
    """The visit's questions by checklist, with what was answered and what that proposes.

    Two queries once the visit has begun, none before; reads `visit.findings`.
    """
    asked = questions_of(visit) if visit.begun_at is not None else []
    parts: dict[Checklist, list[Asked]] = {}
    for each in asked:
        parts.setdefault(each.question.checklist, []).append(each)
    may_write = editable and not visit.why_not_logged()
    return {
        "visit": visit,
        "parts": [
            (checklist, those, sum(each.answer is not None for each in those))
            for checklist, those in parts.items()
        ],
        "may_write": may_write,
        "proposals": proposed_findings(visit, asked) if may_write else [],
    }


@register.inclusion_tag("findings/parts/evidence.html", takes_context=True)
def evidence_part(context: template.Context, on: Visit | Finding | Remedy) -> dict[str, Any]:
    """The evidence on a visit, a finding or a remedy, and the way to hand in more; one query."""
    request = context["request"]
    return {"part": part_of(on, request.user), "csrf_token": context.get("csrf_token")}
