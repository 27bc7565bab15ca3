"""What a page tells of the evidence on its record, and what it offers to do with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from accounts.models import User
from findings.evidence_files import ACCEPTED, ALLOWED_TEXT
from findings.models import MOST_BYTES, Evidence, Finding, Remedy, may_add
from inspections.models import Visit

_CREATE = {
    Visit: "findings:visit_evidence",
    Finding: "findings:finding_evidence",
    Remedy: "findings:remedy_evidence",
}


@dataclass(frozen=True)
class Tile:
    """One file: the way to it, who handed it in and when, and what it is evidence of."""

    evidence: Evidence
    url: str
    thumb_url: str
    # Empty for whoever may not take it away, or not now.
    delete_url: str
    # The finding that it belongs to, on the page of the visit.
    about: str

    @property
    def taken_at(self) -> datetime | None:
        """The camera's moment, where it is another than that of the arrival by a minute or more."""
        taken = self.evidence.taken_at
        if taken is None or abs((self.evidence.at - taken).total_seconds()) < 60:
            return None
        return taken


@dataclass(frozen=True)
class Part:
    """The evidence of one record."""

    tiles: list[Tile]
    # Where more is handed in; empty for whoever may not, or not now.
    create_url: str
    # Why nothing more is taken, told to whoever else might hand in.
    refusal: str
    accepted: str = ACCEPTED
    allowed: str = ALLOWED_TEXT
    most_bytes: int = MOST_BYTES


def tile(evidence: Evidence, user: User, on: Visit | Finding | Remedy | None = None) -> Tile:
    """The evidence as a page of `on` shows it (reads what `with_place` fetches)."""
    removable = evidence.is_removed_by(user) and not evidence.why_not_removed()
    finding = evidence.finding if isinstance(on, Visit) else None

    def to(name: str) -> str:
        return reverse(f"findings:evidence_{name}", args=[evidence.pk])

    return Tile(
        evidence,
        to("file"),
        to("thumb") if evidence.thumbnail else "",
        to("delete") if removable else "",
        f"Tồn tại {finding.code}" if finding else "",
    )


def part_of(on: Visit | Finding | Remedy, user: User) -> Part:
    """The evidence on the record as far as the user may see it; one query."""
    found = Evidence.objects.visible_to(user).of(on).with_place()
    refusal = Evidence.why_not_taken(on, user) if may_add(user, on) else ""
    create = reverse(_CREATE[type(on)], args=[on.pk]) if may_add(user, on) else ""
    tiles = [tile(each, user, on) for each in found]
    return Part(tiles, "" if refusal else create, refusal)
