"""Documents that a plan or a round rests on: put there, taken away, each with its mark."""

from __future__ import annotations

from django.db import transaction

from accounts.models import User
from congvu.trail import changes_since, mark, snapshot
from directives.models import Document
from inspections.models import Plan, Round


def attach(record: Plan | Round, document: Document, by: User) -> None:
    """Let the record rest on the document; doing it twice changes nothing.

    Raises `ConflictError` when somebody has just taken the document away.
    """
    with transaction.atomic():
        document.hold()
        before = snapshot(record, ["documents"])
        record.documents.add(document)
        if changes := changes_since(before, record):
            mark(by, record, "changed", changes)


def detach(record: Plan | Round, document: Document, by: User) -> None:
    """The record no longer rests on the document, which itself stays."""
    with transaction.atomic():
        before = snapshot(record, ["documents"])
        record.documents.remove(document)
        if changes := changes_since(before, record):
            mark(by, record, "changed", changes)
