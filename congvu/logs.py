"""What must not stand in a log: addresses that open something without a password."""

from __future__ import annotations

import logging
import re
from typing import Any

# /calendar/<token>.ics: whoever has the token reads a person's calendar.
_SECRET = re.compile(r"/calendar/[^/\s]+\.ics")
_SHOWN = "/calendar/….ics"


class WithoutSecrets(logging.Filter):
    """Takes private addresses out of every line before it is written."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record through, without what it must not tell."""
        record.msg = _hidden(record.msg)
        if isinstance(record.args, tuple):
            record.args = tuple(map(_hidden, record.args))
        return True


def _hidden(part: Any) -> Any:
    return _SECRET.sub(_SHOWN, part) if isinstance(part, str) else part
