"""The checklists that the project brings along (`fixtures/checklists/`), to begin with."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts.models import User
from congvu.trail import mark
from findings.models import Checklist, Question, next_version
from inspections.models import Content
from units.models import Unit

SOURCE = settings.BASE_DIR / "fixtures" / "checklists" / "default.json"


def load_checklists(owner: Unit, *, in_force: bool, by: User | None = None) -> tuple[int, int]:
    """Add the default checklists of contents on which the unit has none; how many, and how many
    contents it had already.

    Nothing that is there is changed, so it may be repeated. They are drafts, to be read first, or
    put in force at once.
    """
    added = there = 0
    contents = {each.code: each for each in Content.objects.all()}
    with transaction.atomic():
        own = set(Checklist.objects.filter(owner=owner).values_list("content__code", flat=True))
        for told in json.loads(SOURCE.read_text(encoding="utf-8"))["checklists"]:
            if told["content"] in own:
                there += 1
            elif told["content"] in contents:
                _add(owner, contents[told["content"]], told, in_force=in_force, by=by)
                added += 1
    return added, there


def _add(
    owner: Unit, content: Content, told: dict[str, Any], *, in_force: bool, by: User | None
) -> None:
    checklist = Checklist.objects.create(
        owner=owner,
        content=content,
        title=told["title"],
        version_number=next_version(owner, content),
    )
    for position, question in enumerate(told["questions"], start=1):
        made = Question(checklist=checklist, position=position, **question)
        made.full_clean(exclude=["checklist"])
        made.save()
    mark(by, checklist, "added", note="Bảng kiểm mặc định")
    if in_force:
        checklist.put_in_force(by)
