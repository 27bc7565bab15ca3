"""Findings, and the remedies that answer them until they are done."""

from findings.models.codes import (
    LAST_DAYS,
    Category,
    DisciplineForm,
    RemedyKind,
    RemedyState,
    Severity,
    Subject,
    discipline_forms_on,
)
from findings.models.findings import Finding, FindingQuerySet
from findings.models.follow_up import Extension, ExtensionQuerySet, Progress, ProgressQuerySet
from findings.models.remedies import OWN_WORK, Remedy
from findings.models.standing import RemedyQuerySet, is_claimed, is_returned, stands

__all__ = [
    "LAST_DAYS",
    "OWN_WORK",
    "Category",
    "DisciplineForm",
    "Extension",
    "ExtensionQuerySet",
    "Finding",
    "FindingQuerySet",
    "Progress",
    "ProgressQuerySet",
    "Remedy",
    "RemedyKind",
    "RemedyQuerySet",
    "RemedyState",
    "Severity",
    "Subject",
    "discipline_forms_on",
    "is_claimed",
    "is_returned",
    "stands",
]
