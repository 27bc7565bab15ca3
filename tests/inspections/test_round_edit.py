"""Changing a round: what hangs on it still stands, and two writers notice each other."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from congvu.fields import BLOCK_LIMIT
from congvu.models import Event
from congvu.rules import ConflictError
from inspections.models import Round, TeamMember, Visit
from tests.conftest import World
from tests.factories import make_remedy, make_round, make_team, make_visit

pytestmark = pytest.mark.django_db


def typed(round_: Round, **fields: Any) -> dict[str, Any]:
    """The round's form as it stands, with some fields changed."""
    return {
        "starts_on": "22/5/2023",
        "ends_on": "24/5/2023",
        "body": "19",
        "code": round_.code,
        "form": "SURPRISE",
        "method": "ON_SITE",
        "version": round_.version,
        "_once": str(uuid.uuid4()),
        **fields,
    }


@pytest.fixture
def round_(world: World) -> Round:
    """A round of three days that visited Đại Từ on the last."""
    made = make_round(world.province, date(2023, 5, 24), code="TN1", starts_on=date(2023, 5, 22))
    make_visit(made, world.dai_tu)
    return made


def test_change_is_saved_with_old_and_new_value_in_the_trail(staff: Client, round_: Round) -> None:
    answer = staff.post(f"/rounds/{round_.pk}/edit/", typed(round_, form="PLANNED"))
    assert answer.status_code == 302
    round_.refresh_from_db()
    assert round_.form == "PLANNED"
    event = Event.objects.of(round_).get()
    assert event.deed == "changed"
    assert event.changes == {"form": ["SURPRISE", "PLANNED"]}


def test_text_longer_than_a_workbooks_cell_is_refused_with_a_sentence(
    staff: Client, round_: Round
) -> None:
    url = f"/rounds/{round_.pk}/edit/"
    answer = staff.post(url, typed(round_, scope_note="x" * (BLOCK_LIMIT + 1)))
    assert "hãy rút ngắn" in answer.content.decode()
    assert staff.post(url, typed(round_, scope_note="x" * BLOCK_LIMIT)).status_code == 302


def test_second_writer_is_told_and_keeps_what_was_typed(staff: Client, round_: Round) -> None:
    url = f"/rounds/{round_.pk}/edit/"
    stale = typed(round_, scope_note="Của tôi")
    staff.post(url, typed(round_, scope_note="Của người khác"))
    answer = staff.post(url, stale)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "Của tôi" in text
    assert "Của người khác" in text
    round_.refresh_from_db()
    assert round_.scope_note == "Của người khác"
    knowingly = {**stale, "version": round_.version, "_once": str(uuid.uuid4())}
    assert staff.post(url, knowingly).status_code == 302
    round_.refresh_from_db()
    assert round_.scope_note == "Của tôi"


def test_days_that_leave_a_visit_outside_are_refused(staff: Client, round_: Round) -> None:
    answer = staff.post(f"/rounds/{round_.pk}/edit/", typed(round_, ends_on="23/5/2023"))
    assert "sẽ nằm ngoài cuộc" in answer.content.decode()
    round_.refresh_from_db()
    assert round_.ends_on == date(2023, 5, 24)


def test_last_day_past_a_discipline_form_is_refused(staff: Client, round_: Round) -> None:
    make_remedy(
        round_.visits.get(), kind="DISCIPLINE", subject="INDIVIDUAL", discipline_form="DEMOTION"
    )
    answer = staff.post(f"/rounds/{round_.pk}/edit/", typed(round_, ends_on="1/7/2025"))
    assert "Giáng chức" in answer.content.decode()
    round_.refresh_from_db()
    assert round_.ends_on == date(2023, 5, 24)


def test_who_may_only_read_gets_403(
    inspector: Client, leader: Client, reporter: Client, round_: Round
) -> None:
    for client in (inspector, leader, reporter):
        assert client.post(f"/rounds/{round_.pk}/edit/", typed(round_)).status_code == 403


def test_outsider_gets_404(outsider: Client, round_: Round) -> None:
    assert outsider.get(f"/rounds/{round_.pk}/edit/").status_code == 404


def test_completed_round_warns_that_figures_change(staff: Client, round_: Round) -> None:
    text = staff.get(f"/rounds/{round_.pk}/edit/").content.decode()
    assert "làm đổi số liệu tổng hợp" in text


def test_content_no_longer_offered_stays_on_the_round_that_has_it(
    staff: Client, round_: Round
) -> None:
    content = round_.contents.model.objects.order_by("position")[0]
    round_.contents.add(content)
    type(content).objects.filter(pk=content.pk).update(is_offered=False)
    assert content.label in staff.get(f"/rounds/{round_.pk}/edit/").content.decode()
    assert content.label not in staff.get("/rounds/create/").content.decode()
    staff.post(f"/rounds/{round_.pk}/edit/", typed(round_, contents=[content.pk]))
    assert list(round_.contents.all()) == [content]


def test_id_that_no_content_can_have_is_a_wrong_choice(staff: Client, world: World) -> None:
    round_ = make_round(world.province, status="SCHEDULED")
    answer = staff.post(f"/rounds/{round_.pk}/edit/", {"contents": str(2**63)})
    assert answer.context["form"].errors["contents"]


def test_round_taken_away_meanwhile_is_told(staff: Client, world: World) -> None:
    round_ = make_round(world.province, status="SCHEDULED")
    gone = Round.objects.get(pk=round_.pk)
    round_.remove(staff.user)  # type: ignore[attr-defined]
    with pytest.raises(ConflictError):
        gone.start(staff.user)  # type: ignore[attr-defined]


# --- what later records rest on ---------------------------------------------------------------


@pytest.mark.parametrize("what", ["demand", "locked visit"])
def test_inspected_unit_does_not_become_the_inspecting_body_afterwards(
    staff: Client, round_: Round, what: str
) -> None:
    """It would then say itself that what was asked of it is done."""
    visit = round_.visits.get()
    if what == "demand":
        make_remedy(visit)
    else:
        visit.close(staff.user, "Bà A")  # type: ignore[attr-defined]
    url = f"/rounds/{round_.pk}/edit/"
    page = staff.post(url, typed(round_, body="171"))
    assert "không đổi cơ quan kiểm tra được" in page.context["form"].errors["body"][0]
    round_.refresh_from_db()
    assert round_.body.code == "19"
    assert staff.post(url, typed(round_, announced="on")).status_code == 302


def test_body_of_a_round_without_either_can_be_put_right(staff: Client, round_: Round) -> None:
    assert staff.post(f"/rounds/{round_.pk}/edit/", typed(round_, body="19.STP")).status_code == 302
    round_.refresh_from_db()
    assert round_.body.code == "19.STP"


@pytest.mark.parametrize("name", ["team", "team_group", "contents", "scope_note"])
def test_what_the_minutes_of_a_locked_visit_tell_does_not_change(
    staff: Client, world: World, round_: Round, name: str
) -> None:
    first, second = make_team(world.province), make_team(world.province)
    for team in (first, second):
        TeamMember.objects.create(team=team, name="Bà B", role="MEMBER", group="Tổ 1", position=1)
    content, other = round_.contents.model.objects.order_by("position")[:2]
    round_.team = first
    round_.scope_note = "Như cũ"
    round_.save()
    round_.contents.add(content)
    as_it_is = {"team": first.pk, "scope_note": "Như cũ", "contents": [content.pk]}
    changed = {
        "team": second.pk, "team_group": "Tổ 1", "contents": [content.pk, other.pk],
        "scope_note": "Thêm sau khi khóa",
    }  # fmt: skip
    url = f"/rounds/{round_.pk}/edit/"
    sent = {**as_it_is, name: changed[name]}
    visit = round_.visits.get()
    visit.close(staff.user, "Bà A")  # type: ignore[attr-defined]
    assert "đã hoàn thành và khóa; biên bản" in staff.get(url).content.decode()
    page = staff.post(url, typed(round_, **sent))
    assert page.status_code == 200
    assert "ghi bổ sung, đính chính" in page.context["form"].errors[name][0]
    round_.refresh_from_db()
    assert (round_.team, round_.team_group, round_.scope_note) == (first, "", "Như cũ")
    assert list(round_.contents.all()) == [content]
    # What no minutes tell can be put right.
    assert staff.post(url, typed(round_, **as_it_is, announced="on")).status_code == 302
    Visit.objects.update(closed_at=None)
    round_.refresh_from_db()
    assert staff.post(url, typed(round_, **sent)).status_code == 302


def test_round_of_a_locked_visit_takes_in_no_more_contents(
    staff: Client, world: World, round_: Round
) -> None:
    round_.status = "IN_PROGRESS"
    round_.save()
    content, other = round_.contents.model.objects.order_by("position")[:2]
    round_.contents.add(content)
    round_.visits.get().close(staff.user, "Bà A")  # type: ignore[attr-defined]
    for contents, note in (([other], ""), ([], "Thêm")):
        with pytest.raises(ValidationError, match="biên bản ghi theo"):
            round_.take_in(staff.user, contents, [], note)  # type: ignore[attr-defined]
    round_.take_in(staff.user, [content], [])  # type: ignore[attr-defined]
    assert list(round_.contents.all()) == [content]
