"""What should not work with entries: odd names, odd bodies, other people's eyes, late settling."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from field.entries import settle
from field.models import Entry
from findings.models import Evidence, Finding, evidence_storage
from inspections.models import TeamMember, Visit
from tests.conftest import World, client_of
from tests.factories import make_finding, make_team, make_user
from tests.field.test_entries import (
    FINDING,
    ROLL,
    became,
    new,
    picture,
    reason,
    sent,
    sent_picture,
    visit,
)

__all__ = ["visit"]  # the fixture

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["r{pk}", "r0{pk}", "r２"])
def test_a_finding_has_one_name(staff: Client, visit: Visit, name: str) -> None:
    """Whatever it is called, what another wrote is not written over."""
    ref = new()
    sent(staff, visit, "finding", FINDING, ref=ref)
    pk = Finding.objects.get().pk
    other = {**FINDING, "content": "Khác"}
    answered = sent(staff, visit, "finding", other, ref=name.format(pk=pk))
    assert became(answered) in ("clash", "refused")
    assert Finding.objects.get().content == FINDING["content"]


def test_a_finding_of_another_visit_is_not_reached(
    staff: Client, visit: Visit, world: World
) -> None:
    theirs = make_finding(Visit.objects.create(
        round=visit.round, unit=world.justice, visited_on=visit.visited_on
    ))  # fmt: skip
    answered = sent(staff, visit, "finding", FINDING, ref=f"r{theirs.pk}")
    assert became(answered) == "refused"
    theirs.refresh_from_db()
    assert theirs.content == "Đi muộn"


def test_clash_is_not_settled_on_a_visit_locked_since(staff: Client, visit: Visit) -> None:
    """Also where whoever settles read the visit before."""
    sent(staff, visit, "strengths", {"text": "Sạch"})
    sent(staff, visit, "strengths", {"text": "Gọn"})
    clash = Entry.objects.select_related("visit__round").get(state="clash")
    by: Any = staff.user  # type: ignore[attr-defined]  # see client_of
    Visit.objects.get(pk=visit.pk).close(by, unit_person="Người ký (minh họa)")
    with pytest.raises(ValidationError, match="khóa"):
        settle(clash, by=by, seen={"text": "Sạch"})
    visit.refresh_from_db()
    assert visit.strengths == "Sạch"


def test_what_was_written_anew_waits_no_more(staff: Client, visit: Visit) -> None:
    ref = new()
    assert became(sent(staff, visit, "finding", {**FINDING, "content": ""}, ref=ref)) == "refused"
    assert became(sent(staff, visit, "finding", FINDING, ref=ref)) == "saved"
    assert not Entry.objects.waiting().exists()


def test_clash_is_not_settled_over_what_nobody_has_seen(
    staff: Client, visit: Visit, world: World
) -> None:
    other = client_of(make_user("INSPECTOR", world.province))
    sent(staff, visit, "strengths", {"text": "Sạch"})
    sent(other, visit, "strengths", {"text": "Gọn"})
    sent(staff, visit, "strengths", {"text": "Mới"}, base={"text": "Sạch"})
    clash = Entry.objects.get(state="clash")
    with pytest.raises(ValidationError, match="vừa được sửa"):
        settle(clash, by=staff.user, seen={"text": "Sạch"})  # type: ignore[attr-defined]  # see client_of


@pytest.mark.parametrize(
    ("kind", "value", "fields"),
    [
        ("case", {"subject": "Đất", "since": 5, "person_name": "Người dân"}, {}),
        ("case", {"subject": "Đất", "since": ["a"]}, {}),
        ("roll", {"department": {"a": 1}}, {}),
        ("strengths", {"text": "Tốt"}, {"written_at": "9999-12-31T23:59:59-12:00"}),
        ("strengths", {"text": "Tốt"}, {"written_at": "0001-01-01T00:00:00+14:00"}),
        ("strengths", {"text": "Tốt"}, {"sent_at": "2026-11-25T00:00:00+23:59"}),
        ("strengths", {"text": "Tốt \ud800"}, {}),
        ("strengths", {"text": "Tốt"}, {"base": {"text": "\ud800\x00"}}),
        ("finding", FINDING, {"ref": "r" + "9" * 5000}),
        ("finding", FINDING, {"ref": "\ud800"}),
    ],
)
def test_pages_of_entries_stand_whatever_came(
    staff: Client, visit: Visit, kind: str, value: Any, fields: dict[str, Any]
) -> None:
    assert sent(staff, visit, kind, value, **{"ref": new(), **fields}).status_code == 200
    page = staff.get("/field/entries/")
    assert page.status_code == 200
    assert "Người dân" not in page.content.decode()
    assert staff.get(Entry.objects.get().get_absolute_url()).status_code == 200
    answered = staff.get("/field/entries/?export=xlsx")
    assert b"".join(answered.streaming_content)[:2] == b"PK"  # type: ignore[attr-defined]  # a streamed answer


@pytest.mark.parametrize("value", ['{"headcount": 1e400}', '{"headcount": -1e400}'])
def test_numbers_that_are_none_are_told(staff: Client, visit: Visit, value: str) -> None:
    now = timezone.now().isoformat()
    body = (
        f'{{"key": "{new()}", "kind": "roll", "ref": "", "value": {value}, "written_at": "{now}",'
        f' "sent_at": "{now}"}}'
    )
    answered = staff.post(
        f"/field/visits/{visit.pk}/entries/",
        body,
        content_type="application/json",
        headers={"X-Congvu-User": str(staff.user.pk)},  # type: ignore[attr-defined]  # see client_of
    )
    assert answered.status_code == 400


def test_no_citizen_id_is_kept_from_the_spot(staff: Client, visit: Visit) -> None:
    case = {"person_name": "Nguyễn A 012345678901", "subject": "Đất"}
    for kind, value in (("case", case), ("roll", {**ROLL, "reasons": "012345678901"})):
        answered = sent(staff, visit, kind, value, ref=new())
        assert became(answered) == "refused"
        assert "căn cước" in reason(answered)


def test_whoever_left_the_team_reads_no_more(staff: Client, visit: Visit, world: World) -> None:
    person = make_user("INSPECTOR", world.elsewhere_district)
    team = make_team(world.province)
    member = TeamMember.objects.create(team=team, name="A", account=person)
    visit.round.team = team
    visit.round.save()
    client = client_of(person)
    assert became(sent(client, visit, "strengths", {"text": "Tốt"})) == "saved"
    page = Entry.objects.get().get_absolute_url()
    assert client.get(page).status_code == 200
    member.delete()
    assert client.get(page).status_code == 404
    assert visit.round.code not in client.get("/field/entries/").content.decode()


def test_one_of_the_team_settles_too(staff: Client, visit: Visit, world: World) -> None:
    person = make_user("INSPECTOR", world.elsewhere_district)
    team = make_team(world.province)
    TeamMember.objects.create(team=team, name="A", account=person)
    visit.round.team = team
    visit.round.save()
    sent(staff, visit, "strengths", {"text": "Sạch"})
    client = client_of(person)
    sent(client, visit, "strengths", {"text": "Gọn"})
    clash = Entry.objects.get(state="clash")
    assert "Dùng bản này" in client.get(clash.get_absolute_url()).content.decode()
    assert client.get(f"/field/entries/{clash.pk}/settle/").status_code == 200


def test_same_picture_from_two_phones_stays_for_the_other(
    staff: Client, visit: Visit, world: World
) -> None:
    other = client_of(make_user("INSPECTOR", world.province))
    mine, theirs = new(), new()
    assert became(sent_picture(staff, visit, picture(), ref=mine)) == "saved"
    assert became(sent_picture(other, visit, picture(), ref=theirs)) == "saved"
    stands = json.loads(other.get(f"/field/visits/{visit.pk}/state.json").content)["slots"]
    base = next(value for slot, value in stands.items() if slot.startswith("photo:"))
    sent(other, visit, "photo", None, ref=theirs, base=base)
    assert Evidence.objects.count() == 1


def test_failed_save_leaves_no_file(
    staff: Client, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit.round.cancel(by=staff.user, reason="Hoãn")  # type: ignore[attr-defined]  # see client_of

    def broken(*args: Any, **kwargs: Any) -> None:
        raise OSError

    monkeypatch.setattr(Entry, "save", broken)
    with pytest.raises(OSError):  # noqa: PT011  # ours, from just above
        sent_picture(staff, visit, picture())
    storage = evidence_storage()
    assert not storage.exists("entries") or storage.listdir("entries")[1] == []


def test_written_ages_ago_counts_from_its_arrival(staff: Client, visit: Visit) -> None:
    long_ago = (timezone.now() - timedelta(days=400)).isoformat()
    assert became(sent(staff, visit, "roll", ROLL, written_at=long_ago)) == "saved"
    row = visit.roll_calls.get()
    assert timezone.now() - row.taken_at < timedelta(minutes=5)
