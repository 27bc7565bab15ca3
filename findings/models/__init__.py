"""Findings, and the remedies that answer them until they are done."""

from findings.models.answers import (
    Answer,
    Asked,
    Given,
    Proposal,
    Reply,
    VisitChecklist,
    answer,
    answer_all,
    checklists_for,
    proposed_findings,
    questions_of,
)
from findings.models.cases import CaseQuerySet, CitizenCase
from findings.models.checklists import (
    Checklist,
    ChecklistQuerySet,
    ChecklistStatus,
    Question,
    QuestionKind,
    next_version,
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
    "Asked",
    "CaseQuerySet",
    "Category",
    "Checklist",
    "ChecklistQuerySet",
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
    "Given",
    "OfficialKind",
    "Progress",
    "ProgressQuerySet",
    "Proposal",
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
    "answer",
    "answer_all",
    "checklists_for",
    "discipline_forms_on",
    "is_claimed",
    "is_returned",
    "next_version",
    "proposed_findings",
    "questions_of",
    "stands",
]
