"""Any interleaving of sends, repeats and failures ends in the same records."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from field.entries import Sent, take
from field.models import Entry
from findings.models import Finding
from inspections.models import RollCall, Visit
from tests.conftest import World
from tests.factories import make_round, make_user, make_visit

pytestmark = pytest.mark.django_db

Value = dict[str, Any] | None


@dataclass
class Device:
    """A telephone as the page's script works it: sent in the order of writing, until answered."""

    by: User
    queue: list[Sent] = field(default_factory=list)
    last: dict[tuple[str, str], Value] = field(default_factory=dict)

    def write(self, kind: str, ref: str, value: Value) -> None:
        slot, now = (kind, ref), timezone.now()
        base = self.last.get(slot)
        self.queue.append(Sent(uuid.uuid4(), kind, ref, value, base, now, now))
        self.last[slot] = value

    def send(self, visit: Visit, outcome: str) -> None:
        """The first that waits: it may not arrive, or its answer may not come back."""
        if not self.queue or outcome == "lost":
            return
        take(visit, self.by, self.queue[0])
        if outcome == "answered":
            self.queue.pop(0)


def _finding(text: str) -> Value:
    return {"category": "WORK_TIME", "severity": "LIMITATION", "subject": "", "content": text}


def _roll(department: str, present: int) -> Value:
    return {
        "department": department, "headcount": 9, "present": present, "excused": 9 - present,
        "unexcused": 0, "reasons": "",
    }  # fmt: skip


# What one person does: a finding of some name written, changed or taken away; a roll-call; a text
# that another may be writing too.
DEEDS = st.one_of(
    st.tuples(st.just("finding"), st.integers(0, 1), st.sampled_from(["a", "b", None])),
    st.tuples(st.just("roll"), st.integers(0, 1), st.integers(0, 9)),
    st.tuples(st.just("strengths"), st.just(0), st.sampled_from(["x", "y", "z"])),
)
OUTCOMES = st.sampled_from(["answered", "lost", "unanswered"])


_HEALTH = [HealthCheck.function_scoped_fixture]


@settings(max_examples=40, deadline=None, suppress_health_check=_HEALTH)
@given(
    deeds=st.tuples(st.lists(DEEDS, max_size=6), st.lists(DEEDS, max_size=6)),
    sends=st.lists(st.tuples(st.integers(0, 1), OUTCOMES), max_size=30),
)
def test_any_order_of_sends_repeats_and_failures_ends_in_the_same_records(
    world: World, deeds: Any, sends: Any
) -> None:
    with transaction.atomic():
        round_ = make_round(world.province, date(2026, 11, 25), status="IN_PROGRESS")
        visit = make_visit(round_, world.tien_hoi)
        devices = [Device(make_user("INSPECTOR", world.province)) for _ in range(2)]
        for which, (device, todo) in enumerate(zip(devices, deeds, strict=True)):
            for kind, number, given_ in todo:
                # Findings and departments are each device's own; the strengths are everybody's.
                if kind == "finding":
                    ref = str(uuid.UUID(int=which * 10 + number))
                    device.write(kind, ref, _finding(given_) if given_ else None)
                elif kind == "roll":
                    name = f"phong {which}{number}"
                    device.write(kind, name, _roll(name, given_))
                else:
                    device.write(kind, "", {"text": given_})
        for which, outcome in sends:
            devices[which].send(visit, outcome)
        for device in devices:
            while device.queue:
                device.send(visit, "answered")
        _check(visit, devices, sum(map(len, deeds)))
        transaction.set_rollback(True)


def _check(visit: Visit, devices: list[Device], written: int) -> None:
    last = {slot: value for d in devices for slot, value in d.last.items()}
    contents = [v["content"] for (kind, _), v in last.items() if kind == "finding" and v]
    found = Finding.objects.filter(visit=visit).values_list("content", flat=True)
    assert sorted(found) == sorted(contents)
    rolls = [v for (kind, _), v in last.items() if kind == "roll" and v]
    figures = {v["department"]: v["present"] for v in rolls}
    rows = RollCall.objects.filter(visit=visit).values_list("department", "present")
    assert dict(rows) == figures
    # Of what two wrote one stands, and the other's is kept and told.
    wanted = [d.last["strengths", ""] for d in devices if ("strengths", "") in d.last]
    visit.refresh_from_db()
    stands = {"text": visit.strengths} if visit.strengths else None
    assert stands in wanted or not wanted
    entries = Entry.objects.filter(visit=visit)
    kept = [each.value for each in entries if each.state == "clash"]
    # Or whoever wrote over it had seen it.
    kept += [each.base for each in entries if each.state == "saved"]
    assert all(value == stands or value in kept for value in wanted)
    assert not entries.filter(state="refused").exists()
    assert entries.count() == written
