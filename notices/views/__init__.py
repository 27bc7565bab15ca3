"""Pages of reminders."""

from notices.views.notices import (
    notice_list,
    notice_open,
    notice_see,
    notice_see_all,
    notice_settings,
)
from notices.views.outbox import digest_list, digest_resend

__all__ = [
    "digest_list",
    "digest_resend",
    "notice_list",
    "notice_open",
    "notice_see",
    "notice_see_all",
    "notice_settings",
]
