"""What the frame around every page shows: how many notices the person has not seen."""

from __future__ import annotations

from accounts.backends import also_read
from notices.models import unseen_count

also_read["unseen_notices"] = unseen_count
