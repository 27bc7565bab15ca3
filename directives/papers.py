"""Documents that records rest on: put there and taken away, and what rests on a document.

`directives` may not know the records. Whoever stands further right registers how its records rest
on documents (`rests_on_documents`), and describes those to which documents are put (`Holder`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from congvu.trail import mark
from directives.models import Document


@dataclass(frozen=True)
class Line:
    """A record that rests on a document, as the document's page names it."""

    url: str
    text: str
    small: str = ""


@dataclass(frozen=True, kw_only=True)
class Reliance:
    """One kind of record that rests on documents.

    `visible` gives the records in a person's reach, with whatever `line` reads; `fields` are those
    of the record that name documents.
    """

    heading: str
    visible: Callable[[User], models.QuerySet[Any]]
    line: Callable[[Any], Line]
    fields: tuple[str, ...] = ("documents",)

    def lines(self, document: Document, person: User) -> list[Line]:
        """The records in the person's reach that rest on the document. One query."""
        rows = self.visible(person)
        resting = Q()
        for field in self.fields:
            own = rows.model._default_manager.filter(**{field: document.pk})
            resting |= Q(pk__in=own.order_by().values("pk"))
        return [self.line(each) for each in rows.filter(resting)]

    def resting(self, person: User) -> Q:
        """The condition for documents on which a record in the person's reach rests."""
        found = Q()
        for field in self.fields:
            rows = self.visible(person).select_related(None).order_by()
            found |= Q(Exists(rows.filter(**{field: OuterRef("pk")})))
        return found


_reliances: list[Reliance] = []


def rests_on_documents(reliance: Reliance) -> None:
    """Register a kind of record; the document's page names them in the order of registration."""
    _reliances.append(reliance)


def resting_on(document: Document, person: User) -> list[tuple[str, list[Line]]]:
    """What rests on the document in the person's reach, by heading. One query for each kind."""
    found = [(each.heading, each.lines(document, person)) for each in _reliances]
    return [(heading, lines) for heading, lines in found if lines]


def is_rested_on(person: User) -> Q:
    """The condition for documents on which something in the person's reach rests."""
    found = Q(pk__in=[])
    for each in _reliances:
        found |= each.resting(person)
    return found


# --- records that keep a document's number and day -------------------------------------------

_followers: list[Callable[[Document, Any], None]] = []


def follows_documents(follow: Callable[[Document, Any], None]) -> None:
    """Register records that tell a document's number and day themselves.

    `follow` takes the document as it was just mended and who did it; it raises `ValidationError`
    where the new number, day or issuer breaks a rule of such a record. The mend is then undone.
    """
    _followers.append(follow)


def carry_over(document: Document, by: Any) -> None:
    """Let those records follow the document that was mended; call it in the same transaction."""
    for follow in _followers:
        follow(document, by)


# --- records to which documents are put ------------------------------------------------------


def _its_own(record: Any) -> models.Model:
    found: models.Model = record
    return found


def _require_editable(record: Any, person: User) -> None:
    record.require_editable(person)


@dataclass(frozen=True, kw_only=True)
class Holder:
    """A kind of record to which documents are put; it names them in `documents`.

    `rows` gives those in a person's reach; `noun` says in a sentence which one is meant; `crumbs`
    lead to its page. A record without a trail of its own tells whose trail keeps the mark, and by
    what label.
    """

    rows: Callable[[User], models.QuerySet[Any]]
    noun: Callable[[Any], str]
    crumbs: Callable[[Any], list[tuple[str, str]]]
    # Where one goes on afterwards.
    page: Callable[[Any], str] = lambda record: str(record.get_absolute_url())
    # Raises `PermissionDenied` for whoever may only read.
    require: Callable[[Any, User], None] = _require_editable
    keeper: Callable[[Any], models.Model] = _its_own
    label: Callable[[Any], str] = lambda record: "documents"

    def attach(self, record: Any, document: Document, by: User) -> None:
        """Let the record rest on the document; doing it twice changes nothing.

        Raises `ConflictError` when somebody has just taken the document away.
        """
        with transaction.atomic():
            document.hold()
            before = self._told(record)
            record.documents.add(document)
            self._mark(record, before, by)

    def detach(self, record: Any, document: Document, by: User) -> None:
        """The record no longer rests on the document, which itself stays."""
        with transaction.atomic():
            before = self._told(record)
            record.documents.remove(document)
            self._mark(record, before, by)

    @staticmethod
    def _told(record: Any) -> list[str]:
        return sorted(str(each) for each in record.documents.all())

    def _mark(self, record: Any, before: list[str], by: User) -> None:
        now = self._told(record)
        if now != before:
            mark(by, self.keeper(record), "changed", {self.label(record): (before, now)})
