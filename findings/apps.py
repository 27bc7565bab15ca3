"""The app's name and label."""

import importlib

from django.apps import AppConfig


class FindingsConfig(AppConfig):
    """Findings and remedies."""

    name = "findings"
    verbose_name = "Tồn tại, kiến nghị"

    def ready(self) -> None:
        """Register what this app has to say of rounds' days, of documents and to remind of."""
        importlib.import_module("findings.guards")
        importlib.import_module("findings.papers")
        importlib.import_module("findings.evidence_keeping")
        importlib.import_module("findings.reminders")
