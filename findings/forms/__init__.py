"""Forms of findings and remedies, and of what is done with a remedy."""

from findings.forms.cases import CaseForm, HandOverForm
from findings.forms.findings import FindingForm
from findings.forms.follow_up import (
    CompletionForm,
    ExtensionAnswerForm,
    ExtensionForm,
    ExtensionRequestForm,
    KeeperForm,
    ReportForm,
)
from findings.forms.on_visit import OnVisitForm, no_citizen_id
from findings.forms.remedies import RemedyForm

__all__ = [
    "CaseForm",
    "CompletionForm",
    "ExtensionAnswerForm",
    "ExtensionForm",
    "ExtensionRequestForm",
    "FindingForm",
    "HandOverForm",
    "KeeperForm",
    "OnVisitForm",
    "RemedyForm",
    "ReportForm",
    "no_citizen_id",
]
