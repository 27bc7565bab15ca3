"""Forms tell overlaps at once and ask what to do: join, move, or go on with a reason on record."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import pytest
from django.test import Client

from congvu.models import Event
from inspections.models import Content, Plan, PlanItem, Round, Visit
from tests.conftest import World
from tests.factories import make_draft, make_item, make_plan, make_round, make_visit

pytestmark = pytest.mark.django_db
CREATE = "/rounds/create/"
ASKED = "hãy xem và chọn một cách xử lý"


def round_typed(*units: str, **fields: Any) -> dict[str, Any]:
    """A surprise round of the province on 22 May 2023 at those units."""
    data = {
        "starts_on": "22/5/2023",
        "ends_on": "",
        "body": "19",
        "form": "SURPRISE",
        "method": "ON_SITE",
        "visits-TOTAL_FORMS": str(len(units) + 1),
        "visits-INITIAL_FORMS": "0",
        "_once": str(uuid.uuid4()),
    }
    for place, unit in enumerate(units):
        data[f"visits-{place}-unit"] = unit
    return {**data, **fields}


@pytest.fixture
def there(world: World) -> Round:
    """A round of the province at Tiên Hội on 10 May, still to come."""
    round_ = make_round(world.province, date(2023, 5, 10), code="CO-SAN", status="SCHEDULED")
    round_.contents.add(Content.objects.order_by("position")[0])
    make_visit(round_, world.tien_hoi)
    return round_


# --- a new round -------------------------------------------------------------------------------


def test_the_form_comes_back_with_what_overlaps_and_what_was_typed(
    staff: Client, there: Round
) -> None:
    page = staff.post(CREATE, round_typed("05809", scope_note="Giữ lại")).content.decode()
    assert Round.objects.count() == 1
    assert ASKED in page
    assert "Giữ lại" in page
    part = page[page.index('id="overlaps"') :]
    for said in (
        "Tỉnh Thái Nguyên", "10/05/2023", "cách 12 ngày", "CO-SAN",
        str(there.contents.get()), "Ghép vào cuộc đã có", "Vẫn kiểm tra, vì",
    ):  # fmt: skip
        assert said in part, said


def test_without_overlap_nothing_is_asked(staff: Client, there: Round, world: World) -> None:
    assert staff.post(CREATE, round_typed("19.STP")).status_code == 302
    assert staff.post(CREATE, round_typed("05809", starts_on="22/5/2024")).status_code == 302


def test_a_reason_stays_on_record_and_is_shown(staff: Client, there: Round) -> None:
    data = round_typed("05809", overlap_way="KEEP", overlap_reason="Đơn thư mới")
    page = staff.post(CREATE, data, follow=True).content.decode()
    made = Round.objects.latest("pk")
    assert made.overlap_reason == "Đơn thư mới"
    assert "Lý do vẫn kiểm tra" in page
    assert "Đơn thư mới" in page


def test_a_reason_alone_is_enough(staff: Client, there: Round) -> None:
    assert staff.post(CREATE, round_typed("05809", overlap_reason="Cần")).status_code == 302


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"overlap_way": "KEEP"}, "Hãy ghi lý do vẫn kiểm tra."),
        ({"overlap_way": "KEEP", "overlap_reason": "  "}, "Hãy ghi lý do vẫn kiểm tra."),
        ({"overlap_way": "MOVE"}, "Hãy đổi ngày hoặc đơn vị ở trên"),
        ({"overlap_way": "JOIN"}, "Hãy chọn cuộc được ghép vào."),
        ({"overlap_way": "JOIN", "overlap_round": "999999"}, "Hãy chọn cuộc được ghép vào."),
        ({"overlap_way": "KHAC"}, "KHAC"),
    ],
)
def test_half_a_decision_is_none(
    staff: Client, there: Round, typed: dict[str, str], said: str
) -> None:
    page = staff.post(CREATE, round_typed("05809", **typed)).content.decode()
    assert said in page
    assert Round.objects.count() == 1


def test_joining_makes_no_round_and_adds_contents_and_items(
    staff: Client, there: Round, world: World
) -> None:
    item = make_item(make_plan(world.province), world.tien_hoi, month=11)
    more = Content.objects.order_by("position")[1]
    data = round_typed(
        "05809", contents=[more.pk], item=item.pk, scope_note="Xem thêm",
        overlap_way="JOIN", overlap_round=there.pk, overlap_reason="Không dùng",
    )  # fmt: skip
    answer = staff.post(CREATE, data, follow=True)
    assert answer.redirect_chain[0][0] == there.get_absolute_url()
    assert "Đã ghép vào cuộc CO-SAN; không lập cuộc mới." in answer.content.decode()
    there.refresh_from_db()
    assert Round.objects.count() == 1
    assert there.contents.count() == 2
    assert list(there.items.all()) == [item]
    assert (there.scope_note, there.overlap_reason) == ("Xem thêm", "")
    assert "Ghép thêm" in Event.objects.of(there).get().note


def test_a_round_that_is_over_or_of_others_cannot_be_joined(
    inspector: Client, world: World
) -> None:
    done = make_round(world.dai_tu, date(2023, 5, 1), code="XONG")
    theirs = make_round(world.province, date(2023, 5, 2), status="SCHEDULED", announced=True)
    for round_ in (done, theirs):
        make_visit(round_, world.tien_hoi)
        data = round_typed("05809", body="171", overlap_way="JOIN", overlap_round=round_.pk)
        page = inspector.post(CREATE, data).content.decode()
        assert "Hãy chọn cuộc được ghép vào." in page
        assert "Ghép vào cuộc đã có" not in page
    assert Round.objects.count() == 2


def test_a_round_that_does_not_visit_all_the_units_cannot_take_them_in(
    staff: Client, there: Round, world: World
) -> None:
    data = round_typed("05809", "19.STP", overlap_way="JOIN", overlap_round=there.pk)
    assert "Hãy chọn cuộc được ghép vào." in staff.post(CREATE, data).content.decode()
    make_visit(there, world.justice)
    assert staff.post(CREATE, data).status_code == 302


def test_the_item_that_the_round_carries_out_is_no_overlap(staff: Client, world: World) -> None:
    item = make_item(make_plan(world.province), world.tien_hoi)
    assert staff.post(CREATE, round_typed("05809", item=item.pk)).status_code == 302
    item.rounds.clear()
    Visit.objects.all().delete()
    page = staff.post(CREATE, round_typed("05809")).content.decode()
    assert "Cuộc này thực hiện mục kế hoạch nào?" in page
    staff.post(CREATE, round_typed("05809", overlap_items=[item.pk]))
    assert list(Round.objects.latest("pk").items.all()) == [item]


def test_an_item_out_of_reach_cannot_be_claimed(inspector: Client, world: World) -> None:
    item = make_item(make_plan(world.province), world.tien_hoi)
    data = round_typed("05809", body="171", overlap_items=[item.pk])
    page = inspector.post(CREATE, data).content.decode()
    assert ASKED in page
    assert item.plan.number not in page


def test_a_hidden_round_asks_for_nothing(inspector: Client, there: Round) -> None:
    assert inspector.post(CREATE, round_typed("05809", body="171")).status_code == 302


def test_the_part_alone_is_drawn_again_and_nothing_saved(staff: Client, there: Round) -> None:
    page = staff.post(CREATE, round_typed("05809", check_overlaps="1"))
    assert (page.status_code, Round.objects.count()) == (200, 1)
    assert "cách 12 ngày" in page.content.decode()
    half = {"starts_on": "22/5/2024", "visits-TOTAL_FORMS": "1", "visits-INITIAL_FORMS": "0"}
    page = staff.post(CREATE, {**half, "visits-0-unit": "05809", "check_overlaps": "1"})
    assert "Không có cuộc kiểm tra hay mục kế hoạch nào khác" in page.content.decode()


# --- a round and a visit that are there --------------------------------------------------------


def edit_typed(round_: Round, **fields: Any) -> dict[str, Any]:
    """The form of a round as it was opened."""
    return {
        "starts_on": round_.starts_on.isoformat(),
        "ends_on": round_.ends_on.isoformat(),
        "body": round_.body.code,
        "code": round_.code,
        "form": round_.form,
        "method": round_.method,
        "version": str(round_.version),
        "_once": str(uuid.uuid4()),
        **fields,
    }


def test_a_round_is_asked_about_again_only_when_its_days_change(
    staff: Client, there: Round, world: World
) -> None:
    make_visit(make_round(world.justice, date(2023, 5, 20)), world.tien_hoi)
    url = f"/rounds/{there.pk}/edit/"
    assert staff.post(url, edit_typed(there, scope_note="Mới")).status_code == 302
    there.refresh_from_db()
    moved = edit_typed(there, ends_on="2023-05-11")
    assert ASKED in staff.post(url, moved).content.decode()
    assert staff.post(url, {**moved, "overlap_reason": "Đã thống nhất"}).status_code == 302
    there.refresh_from_db()
    assert there.overlap_reason == "Đã thống nhất"
    # Later changes leave the reason, also where the form does not send it.
    assert staff.post(url, edit_typed(there, scope_note="Khác")).status_code == 302
    there.refresh_from_db()
    assert there.overlap_reason == "Đã thống nhất"


def test_a_reason_given_before_does_not_answer_for_other_days(
    staff: Client, there: Round, world: World
) -> None:
    make_visit(make_round(world.justice, date(2023, 5, 20)), world.tien_hoi)
    there.overlap_reason = "Cũ"
    there.write("overlap_reason")
    moved = edit_typed(there, ends_on="2023-05-11", overlap_reason="Cũ")
    assert ASKED in staff.post(f"/rounds/{there.pk}/edit/", moved).content.decode()
    moved["overlap_way"] = "KEEP"
    assert staff.post(f"/rounds/{there.pk}/edit/", moved).status_code == 302


def test_a_visit_that_is_added_or_moved_is_asked_about(
    staff: Client, there: Round, world: World
) -> None:
    other = make_round(world.province, date(2023, 6, 9), starts_on=date(2023, 6, 1), code="KHAC")
    url = f"/rounds/{other.pk}/visits/create/"
    typed = {"unit": "05809", "visited_on": "2/6/2023"}
    page = staff.post(url, typed).content.decode()
    assert ASKED in page
    assert "Ghép vào cuộc đã có" not in page
    assert not other.visits.exists()
    staff.post(url, {**typed, "overlap_way": "KEEP", "overlap_reason": "Phúc tra"})
    other.refresh_from_db()
    visit = other.visits.get()
    assert other.overlap_reason == "Phúc tra"
    assert any("overlap_reason" in each.changes for each in Event.objects.of(other))
    url = f"/visits/{visit.pk}/edit/"
    same = {"unit": "05809", "visited_on": "2/6/2023", "version": "1", "strengths": "Tốt"}
    assert staff.post(url, same).status_code == 302
    other_day = {**same, "visited_on": "3/6/2023", "version": "2"}
    assert ASKED in staff.post(url, other_day).content.decode()
    assert staff.post(url, {**other_day, "overlap_way": "KEEP", "overlap_reason": "Vẫn cần"})
    other.refresh_from_db()
    assert (other.overlap_reason, visit.__class__.objects.get(pk=visit.pk).visited_on) == (
        "Vẫn cần",
        date(2023, 6, 3),
    )


def test_the_reason_is_for_whoever_inspects(staff: Client, inspector: Client, world: World) -> None:
    round_ = make_round(world.province, overlap_reason="Đơn tố cáo người đứng đầu")
    make_visit(round_, world.dai_tu)
    assert "Đơn tố cáo" in staff.get(round_.get_absolute_url()).content.decode()
    assert "Đơn tố cáo" not in inspector.get(round_.get_absolute_url()).content.decode()


# --- an item of a plan -------------------------------------------------------------------------


@pytest.fixture
def draft(world: World) -> Plan:
    """The province's draft for 2023."""
    return make_draft(world.province)


def item_typed(**fields: Any) -> dict[str, Any]:
    """An item on Tiên Hội in June."""
    return {
        "unit": "05809", "schedule": "MONTH", "month": "6", "body": "19", "form": "PLANNED",
        "announced": "on", "_once": str(uuid.uuid4()), **fields,
    }  # fmt: skip


def test_an_item_is_asked_about_and_goes_on_with_a_reason(
    staff: Client, draft: Plan, there: Round
) -> None:
    url = f"/plans/{draft.pk}/items/create/"
    page = staff.post(url, item_typed()).content.decode()
    assert ASKED in page
    assert "cách 22 ngày" in page
    assert not draft.items.exists()
    staff.post(url, item_typed(overlap_way="KEEP", overlap_reason="Hai chuyên đề khác nhau"))
    item = draft.items.get()
    assert item.overlap_reason == "Hai chuyên đề khác nhau"
    assert item.overlap_reason in staff.get(item.get_absolute_url()).content.decode()


def test_an_item_that_joins_a_round_is_linked_to_it(
    staff: Client, draft: Plan, there: Round
) -> None:
    url = f"/plans/{draft.pk}/items/create/"
    staff.post(url, item_typed(overlap_way="JOIN", overlap_round=there.pk))
    item = draft.items.get()
    assert list(item.rounds.all()) == [there]
    assert item.overlap_reason == ""


def test_an_item_is_asked_about_again_only_when_unit_or_time_change(
    staff: Client, draft: Plan, there: Round, world: World
) -> None:
    item = make_item(draft, world.tien_hoi, month=6)
    url = f"/items/{item.pk}/edit/"
    assert staff.post(url, item_typed(note="Mới", version=item.version)).status_code == 302
    item.refresh_from_db()
    assert ASKED in staff.post(url, item_typed(month="7", version=item.version)).content.decode()
    other = item_typed(unit="19.STP", month="7", version=item.version)
    assert staff.post(url, other).status_code == 302


def test_a_moved_item_is_not_warned_against_itself(staff: Client, world: World) -> None:
    plan = make_plan(world.province)
    item = make_item(plan, world.tien_hoi, month=5, overlap_reason="Có từ trước")
    url = f"/items/{item.pk}/move/"
    assert staff.post(url, item_typed(month="8", reason="Dời")).status_code == 302
    new = PlanItem.objects.latest("pk")
    assert (new.replaces, new.overlap_reason) == (item, "Có từ trước")


# --- a round that is moved as a whole ----------------------------------------------------------


def move_typed(client: Client, round_: Round, to: str, **fields: str) -> dict[str, str]:
    """What the page of a move holds when it was opened for that day."""
    form = client.get(f"/rounds/{round_.pk}/move/", {"to": to}).context["form"]
    return {"to": to, "shown_to": form["shown_to"].value(), "version": form["version"].value()} | {
        "_once": str(uuid.uuid4()),
        **fields,
    }


def test_moving_a_round_tells_what_its_visits_would_overlap_and_asks_why(
    staff: Client, there: Round, world: World
) -> None:
    make_visit(make_round(world.justice, date(2024, 6, 20)), world.tien_hoi)
    url = f"/rounds/{there.pk}/move/"
    assert "Chồng chéo" not in staff.get(url, {"to": "2023-05-11"}).content.decode().split("h1")[1]
    page = staff.get(url, {"to": "2024-06-10"}).content.decode()
    assert "Xã Tiên Hội: Sở Tư pháp, 20/06/2024" in page
    assert "cách 10 ngày" in page
    typed = move_typed(staff, there, "2024-06-10")
    assert "Hãy ghi lý do vẫn kiểm tra" in staff.post(url, typed).content.decode()
    typed["overlap_reason"] = "Đoàn chỉ rảnh ngày này"
    assert staff.post(url, typed).status_code == 302
    there.refresh_from_db()
    assert (there.starts_on, there.overlap_reason) == (date(2024, 6, 10), "Đoàn chỉ rảnh ngày này")
    assert "overlap_reason" in Event.objects.of(there).last().changes  # type: ignore[union-attr]


def test_a_move_away_from_everything_needs_no_reason_and_leaves_it(
    staff: Client, there: Round
) -> None:
    there.overlap_reason = "Cũ"
    there.write("overlap_reason")
    typed = move_typed(staff, there, "2023-05-11")
    assert staff.post(f"/rounds/{there.pk}/move/", typed).status_code == 302
    there.refresh_from_db()
    assert (there.starts_on, there.overlap_reason) == (date(2023, 5, 11), "Cũ")
