"""Two people draw at once: whoever comes second is told of the first and draws nothing."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from reports.models import Draw, Proposal
from tests.conftest import World
from tests.factories import make_draft, make_user
from tests.findings.test_copies_race import at_once

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql",
        reason="SQLite lets one write at a time: đặt DATABASE_URL=postgres://… rồi chạy lại",
    ),
]


def test_of_two_draws_at_once_the_second_finds_the_first(world: World) -> None:
    plan, by = make_draft(world.province, year=2026), make_user("STAFF", world.province)
    refused = []

    def draw(seed: str) -> None:
        try:
            # Neither has seen that a proposal is kept already.
            Draw.make(Proposal(plan=plan), lambda: [world.dai_tu], by=by, number=1, seed=seed)
        except ValidationError as fault:
            refused.append(fault.message_dict)

    at_once(lambda: draw("một"), lambda: draw("hai"))
    assert [each.seed for each in Draw.objects.all()] == ["một"]
    assert list(refused[0]) == ["reason"]
