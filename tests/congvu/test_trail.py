"""The trail is append-only, and says who did what to which record and from where."""

from __future__ import annotations

from datetime import date

import pytest

from congvu import trail
from congvu.models import Event
from tests.conftest import World
from tests.factories import make_remedy, make_round, make_user, make_visit


def test_a_transition_leaves_its_mark_with_old_and_new_value(world: World) -> None:
    remedy = make_remedy(make_visit(make_round(world.province), world.dai_tu))
    staff = make_user("STAFF", world.province)
    token = trail.origin.set("10.1.2.3")
    try:
        remedy.extend(
            by=staff, decided_on=date(2023, 6, 1), due_on=date(2023, 8, 25), document="12/CV-SNV"
        )
    finally:
        trail.origin.reset(token)
    mark = Event.objects.of(remedy).get()
    assert (mark.by, mark.deed, mark.address) == (staff, "extended", "10.1.2.3")
    assert mark.changes == {"due_on": ["2023-06-30", "2023-08-25"]}
    assert mark.note == "12/CV-SNV"


def test_marks_can_be_neither_changed_nor_removed(world: World) -> None:
    mark = trail.mark(None, world.province, "added")
    mark.deed = "changed"
    with pytest.raises(TypeError):
        mark.save()
    with pytest.raises(TypeError):
        mark.delete()
    with pytest.raises(TypeError):
        Event.objects.filter(pk=mark.pk).update(deed="changed")
    with pytest.raises(TypeError):
        Event.objects.all().delete()
    assert Event.objects.get(pk=mark.pk).deed == "added"


def test_marks_of_another_record_with_the_same_number_are_not_shown(world: World) -> None:
    round_ = make_round(world.province, pk=world.province.pk)
    trail.mark(None, world.province, "added")
    trail.mark(None, round_, "changed")
    assert [mark.deed for mark in Event.objects.of(round_)] == ["changed"]


def test_a_step_that_fails_leaves_no_mark(world: World) -> None:
    round_ = make_round(world.province, status="SCHEDULED")
    with pytest.raises(Exception, match="chưa có lượt"):
        round_.complete(by=make_user("STAFF", world.province))
    assert not Event.objects.of(round_).exists()
