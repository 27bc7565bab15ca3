"""What has a keeping time: apps register here what `manage.py tidy` shall remove."""

from __future__ import annotations

from collections.abc import Callable

Cleaner = Callable[[], str]

cleaners: list[Cleaner] = []


def when_tidying(cleaner: Cleaner) -> Cleaner:
    """Register a cleaner (a decorator): it removes, and returns a sentence that says what."""
    cleaners.append(cleaner)
    return cleaner
