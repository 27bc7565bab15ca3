"""Two people at once: a finding recorded while its round is completed carries the outcome."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from findings.models import Finding
from inspections.models import Round, Visit
from tests.conftest import World
from tests.factories import make_finding, make_round, make_visit

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        "connection.vendor != 'postgresql'",
        reason="SQLite lets one write at a time: đặt DATABASE_URL=postgres://… rồi chạy lại",
    ),
]


def at_once(first: Callable[[], object], second: Callable[[], object]) -> None:
    """Begin the first in a transaction, start the second beside it, then let the first stand."""

    def run() -> None:
        try:
            second()
        finally:
            connection.close()

    other = threading.Thread(target=run)
    with transaction.atomic():
        first()
        other.start()
        other.join(0.5)  # the second waits for the first, or has been too quick to need to
    other.join(10)
    assert not other.is_alive()


@pytest.fixture
def visit(world: World) -> Visit:
    return make_visit(make_round(world.province, status="IN_PROGRESS"), world.dai_tu)


@pytest.mark.parametrize("finding_first", [True, False])
def test_whoever_comes_second_finds_what_the_first_left(visit: Visit, finding_first: bool) -> None:
    def complete() -> None:
        Round.objects.filter(pk=visit.round_id).update(status="COMPLETED")

    def record() -> None:
        make_finding(visit)

    at_once(record, complete) if finding_first else at_once(complete, record)
    assert Finding.objects.get(visit=visit).round_status == "COMPLETED"
