"""Forms: what was typed stays, days are read as written here, a second writer is noticed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from accounts.models import User
from congvu.forms import RecordForm
from congvu.models import Event
from inspections.models import Plan
from tests.conftest import World
from tests.factories import make_plan, make_user


def form_for(data: dict[str, Any] | None, plan: Plan) -> RecordForm:
    """A form on a plan."""

    class PlanForm(RecordForm):
        class Meta(RecordForm.Meta):
            model = Plan
            fields = ("number", "issued_on", "year", "subject")

    return PlanForm(data, instance=plan)


@pytest.fixture
def staff_user(world: World) -> User:
    """Somebody who may save plans."""
    return make_user("STAFF", world.province, full_name="Cán bộ Một")


def typed(**changes: str) -> dict[str, str]:
    return {
        "number": "45/KH-UBND",
        "issued_on": "17/3/2023",
        "year": "2023",
        "subject": "Kiểm tra công vụ",
        **changes,
    }


def test_day_is_read_day_first_and_shown_so(world: World, staff_user: User) -> None:
    form = form_for(typed(), Plan(issuer=world.province))
    assert form.is_valid(), form.errors
    assert form.save_as(staff_user)
    assert Plan.objects.get().issued_on == date(2023, 3, 17)
    assert 'value="17/03/2023"' in str(form_for(None, Plan.objects.get())["issued_on"])


@pytest.mark.parametrize("text", ["31/02/2023", "17-thang-3", "03/17/2023"])
def test_wrong_day_is_told_with_an_example_and_stays_as_typed(world: World, text: str) -> None:
    form = form_for(typed(issued_on=text), Plan(issuer=world.province))
    assert not form.is_valid()
    assert text in str(form.errors["issued_on"]) or "17/03/2023" in str(form.errors["issued_on"])
    assert f'value="{text}"' in str(form["issued_on"])


def test_adding_and_changing_leave_marks(world: World, staff_user: User) -> None:
    new = form_for(typed(), Plan(issuer=world.province))
    assert new.is_valid()
    assert new.save_as(staff_user)
    plan = Plan.objects.get()
    form = form_for(typed(subject="Khác", version=str(plan.version)), plan)
    assert form.is_valid()
    assert form.save_as(staff_user)
    marks = list(Event.objects.of(plan))
    assert [mark.deed for mark in marks] == ["added", "changed"]
    assert marks[1].changes == {"subject": ["Kiểm tra công vụ", "Khác"]}


def test_second_editor_is_told_who_and_what_and_keeps_what_was_typed(
    world: World, staff_user: User
) -> None:
    plan = make_plan(world.province, subject="Ban đầu")
    opened = str(plan.version)
    first = form_for(typed(subject="Của người trước", version=opened), Plan.objects.get())
    assert first.is_valid()
    assert first.save_as(staff_user)
    second = form_for(typed(subject="Của tôi", version=opened), Plan.objects.get())
    assert second.is_valid()
    assert not second.save_as(make_user("STAFF", world.province))
    assert Plan.objects.get().subject == "Của người trước"
    assert second.conflict is not None
    assert second.conflict.by == "Cán bộ Một"
    assert ("Của tôi", "Của người trước") in [each[1:] for each in second.conflict.changes]
    assert second["subject"].value() == "Của tôi"
    # Having seen it, the second may save over it.
    again = form_for(dict(second.data.items()), Plan.objects.get())
    assert again.is_valid()
    assert again.save_as(staff_user)
    assert Plan.objects.get().subject == "Của tôi"


def test_a_rule_that_only_the_database_saw_is_told_kindly(world: World, staff_user: User) -> None:
    form = form_for(typed(), Plan(issuer=world.province))
    assert form.is_valid()
    make_plan(world.province, number="45/KH-UBND", year=2023)
    assert not form.save_as(staff_user)
    assert "người khác" in str(form.non_field_errors())
