"""What a device keeps: the visits of these days, and all that it needs to log one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import F, Q, Window, prefetch_related_objects
from django.db.models.functions import RowNumber
from django.urls import reverse

from accounts.models import User
from congvu.dates import format_day, today
from field.models import Entry, EntryKind, EntryState
from field.slots import refs_of, values_of
from findings.models import (
    Category,
    Finding,
    Severity,
    Subject,
    checklists_for,
    questions_of,
)
from inspections.models import Round, RoundStatus, Visit
from inspections.models.teams import own_teams
from units.models import under

# Rounds that begin within so many days are carried along, and those that ended so long ago.
AHEAD_DAYS = 7
BEHIND_DAYS = 14
# So many texts of earlier findings are proposed for each category.
SUGGESTED = 5
SUGGESTED_DAYS = 730


def visits_at_hand(user: User) -> list[Visit]:
    """The visits of this week that the user may log, in the order of days. Two queries."""
    now = today()
    rounds = Round.objects.filter(
        status__in=(RoundStatus.SCHEDULED, RoundStatus.IN_PROGRESS),
        starts_on__lte=now + timedelta(days=AHEAD_DAYS),
        ends_on__gte=now - timedelta(days=BEHIND_DAYS),
    )
    mine = under(user.scope_paths, "body__") | Q(team__in=own_teams(user))
    if not user.may("rounds.change"):
        return []
    visits = Visit.objects.filter(round__in=rounds.filter(mine).order_by().values("pk"))
    found = visits.select_related("unit", "round__body", "round__team")
    return list(found.prefetch_related("unit__former_names").order_by("visited_on", "pk"))


def work_of(user: User) -> dict[str, Any]:
    """The visits of this week, as the first page of a device tells them."""
    return {
        "user": user.pk,
        "name": str(user),
        "day": today().isoformat(),
        "visits": [
            {
                "pk": visit.pk,
                "unit": visit.unit_name,
                "round": visit.round.code,
                "body": visit.round.body.name,
                "team": str(visit.round.team) if visit.round.team else "",
                "group": visit.round.team_group,
                "day": visit.visited_on.isoformat(),
                "first": visit.round.starts_on.isoformat(),
                "last": visit.round.ends_on.isoformat(),
                "form": visit.round.get_form_display(),
                "announced": visit.round.announced,
                "begun": visit.begun_at is not None,
                "closed": visit.is_closed,
            }
            for visit in visits_at_hand(user)
        ],
    }


def state_of(visit: Visit, user: User) -> dict[str, Any]:
    """A visit as it stands: its facts, what was logged by slot, what may be chosen."""
    round_ = visit.round
    waiting = Entry.objects.filter(visit=visit).waiting().filter(state=EntryState.CLASH)
    return {
        "user": user.pk,
        "pk": visit.pk,
        "unit": visit.unit_name,
        "round": round_.code,
        "body": round_.body_name,
        "day": visit.visited_on.isoformat(),
        "day_text": format_day(visit.visited_on),
        "form": round_.get_form_display(),
        "contents": [str(each) for each in round_.contents.all()],
        "locked": visit.why_not_logged(),
        "url": visit.get_absolute_url(),
        "clashes_url": f"{reverse('field:entry_list')}?visit={visit.pk}&waiting=1&state=clash",
        "clashes": waiting.count(),
        "slots": values_of(visit),
        "thumbs": thumbs_of(visit),
        "questions": _questions(visit),
        "categories": [[code, str(label)] for code, label in Category.choices],
        "severities": [[code, str(label)] for code, label in Severity.choices],
        "subjects": [[code, str(label)] for code, label in Subject.choices],
    }


def thumbs_of(visit: Visit) -> dict[str, str]:
    """By the name that devices give a picture the address of its small copy."""
    refs = refs_of(visit, EntryKind.PHOTO)
    return {
        refs.get(each.pk, f"r{each.pk}"): reverse("findings:evidence_thumb", args=[each.pk])
        for each in visit.evidence.all()
        if each.remedy_id is None and each.thumbnail
    }


def _questions(visit: Visit) -> list[dict[str, Any]]:
    """The questions that the visit began with, or would begin with now."""
    if visit.begun_at is not None:
        questions = [each.question for each in questions_of(visit)]
    else:
        lists = checklists_for(visit)
        prefetch_related_objects(lists, "questions")
        questions = [each for found in lists for each in found.questions.all()]
    return [
        {
            "pk": each.pk,
            "checklist": each.checklist.title,
            "text": each.text,
            "kind": each.kind,
            "guidance": each.guidance,
            "legal_basis": each.legal_basis,
            "category": each.category,
            "severity": each.severity,
        }
        for each in questions
    ]


def suggestions_for(user: User) -> dict[str, list[str]]:
    """By category the texts of the latest findings in reach, each once; one query."""
    since = today() - timedelta(days=SUGGESTED_DAYS)
    rows = (
        Finding.objects.visible_to(user)
        .filter(round_ends_on__gte=since)
        .annotate(place=Window(RowNumber(), partition_by=F("category"), order_by=F("pk").desc()))
        .filter(place__lte=SUGGESTED * 3)
        .order_by("category", "place")
        .values_list("category", "content")
    )
    found: dict[str, list[str]] = {}
    for category, content in rows:
        texts = found.setdefault(category, [])
        if content not in texts and len(texts) < SUGGESTED and len(content) <= 500:
            texts.append(content)
    return found
