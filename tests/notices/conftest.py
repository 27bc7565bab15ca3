"""What the province asked of xã Tiên Hội, due on 30/6/2026, and the commune's contact."""

from __future__ import annotations

from datetime import date

import pytest

from accounts.models import User
from findings.models import Remedy
from tests.conftest import World
from tests.factories import make_remedy, make_round, make_user, make_visit


@pytest.fixture
def remedy(world: World) -> Remedy:
    """What the province asked of xã Tiên Hội, due on 30/6/2026."""
    visit = make_visit(make_round(world.province, date(2026, 5, 22)), world.tien_hoi)
    return make_remedy(visit, code="KN-1", due_on=date(2026, 6, 30))


@pytest.fixture
def contact(world: World) -> User:
    """REPORTER of xã Tiên Hội."""
    return make_user("REPORTER", world.tien_hoi, "xa", email="xa@example.vn")
