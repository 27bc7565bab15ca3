"""A form that arrives twice is taken once, and its sender is led to the same place."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.test import RequestFactory

from congvu.models import Submission
from congvu.once import once
from inspections.models import Round
from tests.conftest import World
from tests.factories import make_round, make_user


@once
def add(request: Any, world: World) -> HttpResponse:
    """Makes a round, unless the form has a fault."""
    if request.POST.get("fault"):
        return HttpResponse("lỗi", status=200)
    made = make_round(world.province)
    return redirect(f"/rounds/{made.pk}/")


def post(world: World, user: Any, **data: str) -> HttpResponse:
    request = RequestFactory().post("/rounds/add/", data)
    request.user = user
    return add(request, world)


def test_second_arrival_makes_nothing_and_leads_to_the_first(world: World) -> None:
    user, key = make_user("STAFF", world.province), str(uuid.uuid4())
    first, second = post(world, user, _once=key), post(world, user, _once=key)
    assert Round.objects.count() == 1
    assert first.headers["Location"] == second.headers["Location"]


def test_after_a_fault_the_same_form_can_be_sent_again(world: World) -> None:
    user, key = make_user("STAFF", world.province), str(uuid.uuid4())
    assert post(world, user, _once=key, fault="x").status_code == 200
    assert not Submission.objects.exists()
    assert post(world, user, _once=key).status_code == 302
    assert Round.objects.count() == 1


def test_two_forms_make_two_records(world: World) -> None:
    user = make_user("STAFF", world.province)
    post(world, user, _once=str(uuid.uuid4()))
    post(world, user, _once=str(uuid.uuid4()))
    assert Round.objects.count() == 2
