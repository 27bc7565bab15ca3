"""Forms of findings and remedies, and of what is done with a remedy."""

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
    "CompletionForm",
    "ExtensionAnswerForm",
    "ExtensionForm",
    "ExtensionRequestForm",
    "FindingForm",
    "KeeperForm",
    "OnVisitForm",
    "RemedyForm",
    "ReportForm",
    "no_citizen_id",
]
