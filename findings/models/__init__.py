"""Findings, and the remedies that answer them until they are done."""

from findings.models.cases import CaseQuerySet, CitizenCase
from findings.models.checklists import (
    Answer,
    Checklist,
    ChecklistStatus,
    Question,
    QuestionKind,
    Reply,
    VisitChecklist,
)
from findings.models.codes import (
    LAST_DAYS,
    Category,
    DisciplineForm,
    OfficialKind,
    RemedyKind,
    RemedyState,
    Severity,
    Subject,
    discipline_forms_on,
)
from findings.models.evidence import MOST_BYTES, Evidence, EvidenceKind, EvidenceQuerySet
from findings.models.findings import Finding, FindingQuerySet
from findings.models.follow_up import (
    Extension,
    ExtensionQuerySet,
    ExtensionRequest,
    Progress,
    ProgressQuerySet,
)
from findings.models.remedies import OWN_WORK, Remedy
from findings.models.standing import RemedyQuerySet, is_claimed, is_returned, stands

__all__ = [
    "LAST_DAYS",
    "MOST_BYTES",
    "OWN_WORK",
    "Answer",
    "CaseQuerySet",
    "Category",
    "Checklist",
    "ChecklistStatus",
    "CitizenCase",
    "DisciplineForm",
    "Evidence",
    "EvidenceKind",
    "EvidenceQuerySet",
    "Extension",
    "ExtensionQuerySet",
    "ExtensionRequest",
    "Finding",
    "FindingQuerySet",
    "OfficialKind",
    "Progress",
    "ProgressQuerySet",
    "Question",
    "QuestionKind",
    "Remedy",
    "RemedyKind",
    "RemedyQuerySet",
    "RemedyState",
    "Reply",
    "Severity",
    "Subject",
    "VisitChecklist",
    "discipline_forms_on",
    "is_claimed",
    "is_returned",
    "stands",
]
