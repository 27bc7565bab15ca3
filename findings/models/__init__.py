"""Findings, and the remedies that answer them until they are done."""

from findings.models.findings import Category, Finding, FindingQuerySet, Severity, Subject
from findings.models.remedies import (
    LAST_DAYS,
    DisciplineForm,
    Extension,
    Progress,
    Remedy,
    RemedyKind,
    RemedyQuerySet,
    RemedyState,
    discipline_forms_on,
)

__all__ = [
    "LAST_DAYS",
    "Category",
    "DisciplineForm",
    "Extension",
    "Finding",
    "FindingQuerySet",
    "Progress",
    "Remedy",
    "RemedyKind",
    "RemedyQuerySet",
    "RemedyState",
    "Severity",
    "Subject",
    "discipline_forms_on",
]
