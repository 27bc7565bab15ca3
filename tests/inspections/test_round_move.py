"""Moving a planned round with all its visits; what stands where is shown first."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from congvu.models import Event
from congvu.rules import ConflictError
from inspections.models import Round, TeamMember, Visit
from tests.conftest import World
from tests.factories import (
    make_item,
    make_plan,
    make_round,
    make_succession,
    make_team,
    make_unit,
    make_user,
    make_visit,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def planned(world: World) -> Round:
    """A round from 5 to 7 November 2026 with visits on the 5th and the 7th."""
    made = make_round(
        world.province, date(2026, 11, 5), ends_on=date(2026, 11, 7), status="SCHEDULED", code="KH1"
    )
    make_visit(made, world.dai_tu, visited_on=date(2026, 11, 5))
    make_visit(made, world.justice, visited_on=date(2026, 11, 7))
    return made


def days_of(round_: Round) -> list[date]:
    """First day, last day, and the days of the visits, as stored."""
    stored = Round.objects.get(pk=round_.pk)
    visits = Visit.objects.filter(round=round_).order_by("visited_on")
    return [stored.starts_on, stored.ends_on, *(visit.visited_on for visit in visits)]


UNMOVED = [date(2026, 11, day) for day in (5, 7, 5, 7)]


def sent(client: Client, round_: Round, to: str) -> dict[str, str]:
    """What the page holds when it was opened for that day."""
    form = client.get(f"/rounds/{round_.pk}/move/", {"to": to}).context["form"]
    return {
        "to": to,
        "shown_to": form["shown_to"].value() or "",
        "version": form["version"].value(),
        "_once": str(uuid.uuid4()),
    }


def test_page_shows_old_and_new_days_and_moves_nothing(staff: Client, planned: Round) -> None:
    page = staff.get(f"/rounds/{planned.pk}/move/?to=2026-11-30").content.decode()
    for text in (
        "05/11/2026 – 07/11/2026", "30/11/2026 – 02/12/2026", "Huyện Đại Từ", "Sở Tư pháp",
        'value="30/11/2026"', "Dời cuộc kiểm tra",
    ):  # fmt: skip
        assert text in page
    assert days_of(planned) == UNMOVED


def test_round_and_visits_move_by_the_same_number_of_days(staff: Client, planned: Round) -> None:
    answer = staff.post(f"/rounds/{planned.pk}/move/", sent(staff, planned, "30/11/2026"))
    assert answer.headers["Location"] == planned.get_absolute_url()
    assert days_of(planned) == [
        date(2026, 11, 30), date(2026, 12, 2), date(2026, 11, 30), date(2026, 12, 2),
    ]  # fmt: skip
    event = Event.objects.of(planned).get()
    assert event.deed == "moved"
    assert event.changes == {
        "starts_on": ["2026-11-05", "2026-11-30"],
        "ends_on": ["2026-11-07", "2026-12-02"],
    }
    visit = planned.visits.order_by("visited_on").first()
    assert visit is not None
    assert Event.objects.of(visit).get().changes == {"visited_on": ["2026-11-05", "2026-11-30"]}
    assert "Dời ngày" in staff.get(planned.get_absolute_url()).content.decode()


def test_day_typed_anew_is_shown_before_it_is_taken(staff: Client, planned: Round) -> None:
    data = sent(staff, planned, "6/11/2026")
    answer = staff.post(f"/rounds/{planned.pk}/move/", {**data, "to": "9/11/2026"})
    page = answer.content.decode()
    assert "09/11/2026 – 11/11/2026" in page
    assert "<b>Chưa dời gì.</b> Nếu đúng, hãy bấm “Dời cuộc kiểm tra”." in page
    # To look is no fault.
    assert not answer.context["form"].errors
    assert "Chưa lưu được" not in page
    assert days_of(planned) == UNMOVED
    shown = answer.context["form"]["shown_to"].value()
    staff.post(f"/rounds/{planned.pk}/move/", {**data, "to": "9/11/2026", "shown_to": shown})
    assert days_of(planned)[0] == date(2026, 11, 9)


def test_second_of_two_who_move_is_told_and_moves_nothing(staff: Client, planned: Round) -> None:
    mine = sent(staff, planned, "10/11/2026")
    planned.move(make_user("STAFF", planned.body), date(2026, 11, 20))
    page = staff.post(f"/rounds/{planned.pk}/move/", mine).content.decode()
    assert "vừa được người khác sửa" in page
    assert days_of(planned)[0] == date(2026, 11, 20)


def test_visit_changed_meanwhile_is_noticed(staff: Client, planned: Round) -> None:
    mine = sent(staff, planned, "10/11/2026")
    visit = planned.visits.order_by("pk").first()
    assert visit is not None
    visit.visited_on = date(2026, 11, 6)
    visit.write("visited_on")
    page = staff.post(f"/rounds/{planned.pk}/move/", mine).content.decode()
    assert "vừa được người khác sửa" in page
    assert days_of(planned)[:2] == UNMOVED[:2]


def test_model_notices_a_stale_round(world: World, planned: Round) -> None:
    stale = Round.objects.get(pk=planned.pk)
    by = make_user("STAFF", world.province)
    planned.move(by, date(2026, 11, 6))
    with pytest.raises(ConflictError):
        stale.move(by, date(2026, 11, 7))
    assert days_of(planned)[0] == date(2026, 11, 6)


def test_visit_being_edited_meanwhile_is_not_put_back(world: World, planned: Round) -> None:
    stale = planned.visits.order_by("pk")[0]
    planned.move(make_user("STAFF", world.province), date(2026, 11, 6))
    with pytest.raises(ConflictError):
        stale.write("visited_on")


# --- refusals --------------------------------------------------------------------------------


def test_unit_that_is_no_more_by_then_refuses_and_nothing_moves(
    staff: Client, world: World, planned: Round
) -> None:
    ending = make_unit("05811", "Xã Sắp Hết", world.province, valid_to=date(2026, 11, 10))
    make_visit(planned, ending, visited_on=date(2026, 11, 6))
    said = (
        "Xã Sắp Hết không có hiệu lực vào ngày 11/11/2026: đơn vị này có hiệu lực đến 10/11/2026."
    )
    page = staff.get(f"/rounds/{planned.pk}/move/?to=2026-11-10").content.decode()
    assert said in page
    assert "autofocus" not in page
    page = staff.post(
        f"/rounds/{planned.pk}/move/", sent(staff, planned, "10/11/2026")
    ).content.decode()
    assert said in page
    assert days_of(planned)[:3] == UNMOVED[:3]
    # A day before it still is.
    staff.post(f"/rounds/{planned.pk}/move/", sent(staff, planned, "9/11/2026"))
    assert days_of(planned)[0] == date(2026, 11, 9)


def test_body_and_team_must_be_there_too(world: World, planned: Round) -> None:
    by = make_user("STAFF", world.province)
    planned.team = make_team(world.province, name="Đoàn A", valid_to=date(2026, 11, 30))
    planned.write("team")
    with pytest.raises(ValidationError, match="Đoàn A hoạt động đến 30/11/2026"):
        planned.move(by, date(2026, 11, 29))
    planned.move(by, date(2026, 11, 28))
    world.province.valid_to = date(2026, 12, 31)
    world.province.write("valid_to")
    planned.team = None
    planned.write("team")
    with pytest.raises(ValidationError, match="không có hiệu lực vào ngày 01/01/2027"):
        Round.objects.get(pk=planned.pk).move(by, date(2027, 1, 1))


@pytest.mark.parametrize("status", ["IN_PROGRESS", "COMPLETED", "CANCELLED"])
def test_only_a_planned_round_moves(
    staff: Client, world: World, planned: Round, status: str
) -> None:
    Round.objects.filter(pk=planned.pk).update(status=status)
    page = staff.get(f"/rounds/{planned.pk}/move/?to=2026-11-10").content.decode()
    assert "chỉ dời được cuộc còn ở trạng thái “Dự kiến”" in page
    with pytest.raises(ValidationError):
        Round.objects.get(pk=planned.pk).move(
            make_user("STAFF", world.province), date(2026, 11, 10)
        )
    assert days_of(planned) == UNMOVED


@pytest.mark.parametrize(
    ("to", "said"),
    [
        ("5/11/2026", "Cuộc đang bắt đầu đúng ngày này"),
        ("31/12/9999", "Năm phải từ 1900"),
        ("32/1/2026", "không có trong lịch"),
        ("", "Hãy điền mục này"),
    ],
)
def test_days_that_are_none(staff: Client, planned: Round, to: str, said: str) -> None:
    for _ in range(2):  # the first press shows, the second takes
        data: dict[str, Any] = sent(staff, planned, to)
        answer = staff.post(f"/rounds/{planned.pk}/move/", data)
        assert answer.status_code == 200
    assert said in answer.content.decode()
    assert days_of(planned) == UNMOVED


def test_reason_is_asked_for_and_not_called_optional(
    staff: Client, world: World, planned: Round
) -> None:
    make_visit(make_round(world.province, date(2026, 11, 9), status="SCHEDULED"), world.dai_tu)
    path = f"/rounds/{planned.pk}/move/"
    page = staff.get(path, {"to": "2026-11-10"}).content.decode()
    label = page[page.index("Vẫn kiểm tra, vì") :].split("</label>")[0]
    assert "không bắt buộc" not in label
    # Alt and an arrow, then Enter: the focus is where the reason goes, and without one it stays.
    assert "autofocus" in page[page.index('name="overlap_reason"') :].split(">")[0]
    data = sent(staff, planned, "10/11/2026")
    answer = staff.post(path, data)
    assert "Hãy ghi lý do vẫn kiểm tra" in answer.content.decode()
    assert days_of(planned) == UNMOVED
    staff.post(path, {**data, "_once": str(uuid.uuid4()), "overlap_reason": "Đơn thư mới"})
    assert days_of(planned)[0] == date(2026, 11, 10)


def test_refused_days_name_what_was_there_before_and_lead_to_no_press(
    staff: Client, world: World, planned: Round
) -> None:
    heir = make_unit("05812", "Xã Gộp", world.province, valid_from=date(2025, 7, 1))
    old = make_unit("05813", "Xã Nhỏ", world.province, valid_to=date(2025, 6, 30))
    make_succession(old, heir)
    make_visit(planned, heir, visited_on=date(2026, 11, 5))
    make_visit(planned, old, visited_on=date(2026, 11, 5))
    answer = staff.get(f"/rounds/{planned.pk}/move/?to=2020-01-01")
    refusals = answer.context["refusals"]
    said = "Trước khi sắp xếp ngày 01/07/2025, nơi nay là Xã Gộp gồm: Xã Nhỏ (05813)."
    assert said in refusals
    page = answer.content.decode()
    assert "hãy bấm “Dời" not in page
    assert ">Xem lịch mới</button>" in page
    answer = staff.get(f"/rounds/{planned.pk}/move/?to=2026-11-06")
    assert "Kế tiếp Xã Nhỏ là: Xã Gộp (05812)." in answer.context["refusals"]


@pytest.fixture
def november(monkeypatch: pytest.MonkeyPatch) -> None:
    """Today is 2 November 2026."""
    monkeypatch.setattr("inspections.models.moves.today", lambda: date(2026, 11, 2))


def test_days_to_think_over_are_told_and_can_be_taken(
    staff: Client, world: World, planned: Round, november: None
) -> None:
    def cautions(to: str) -> list[str]:
        answer = staff.get(f"/rounds/{planned.pk}/move/", {"to": to})
        told: list[str] = answer.context["day_cautions"]
        page = answer.content.decode()
        assert all(sentence in page for sentence in told)
        return told

    # Monday to Wednesday.
    assert cautions("2026-11-09") == []
    assert cautions("2026-11-07") == ["Ngày 07/11/2026 là Thứ Bảy."]
    # Thursday to Saturday, a visit on the last day.
    assert cautions("2026-11-12") == ["Ngày 14/11/2026 là Thứ Bảy."]
    assert cautions("2026-11-01") == ["Ngày 01/11/2026 đã qua.", "Ngày 01/11/2026 là Chủ nhật."]
    assert cautions("2027-01-05") == [], "it carries out no plan"
    planned.plan = make_plan(world.province, year=2026, issued_on=date(2026, 1, 5))
    planned.write("plan")
    left = "Cuộc ra ngoài năm của kế hoạch: kế hoạch năm 2026, lịch mới 05/01/2027 – 07/01/2027."
    assert cautions("2027-01-05") == [left]
    # By an item alone, without the plan named.
    planned.items.add(make_item(planned.plan, world.dai_tu, 11))
    planned.plan = None
    planned.write("plan")
    assert cautions("2027-01-05") == [left]
    staff.post(f"/rounds/{planned.pk}/move/", sent(staff, planned, "5/1/2027"))
    assert days_of(planned)[0] == date(2027, 1, 5)


# --- what else the page tells ----------------------------------------------------------------


def test_clash_on_the_new_day_is_told_and_one_on_the_old_day_is_gone(
    staff: Client, world: World, planned: Round
) -> None:
    team = make_team(world.province, name="Đoàn A")
    TeamMember.objects.create(team=team, name="An")
    planned.team = team
    planned.write("team")
    for day, code in ((5, "NGAYCU"), (12, "NGAYMOI")):
        other = make_round(
            world.province, date(2026, 11, day), team=team, status="SCHEDULED", code=code
        )
        make_visit(other, world.tien_hoi)
    page = staff.get(f"/rounds/{planned.pk}/move/?to=2026-11-12").content.decode()
    assert "An cũng đi cuộc NGAYMOI (Đoàn A) ngày 12/11/2026." in page
    assert "NGAYCU" not in page


def test_one_comes_back_to_the_calendar_with_its_filters(staff: Client, planned: Round) -> None:
    path = f"/rounds/{planned.pk}/move/?back=view%3Dagenda%26body%3D19%26next%3Devil&to=2026-12-01"
    page = staff.get(path)
    data = {name: page.context["form"][name].value() for name in ("shown_to", "version")}
    answer = staff.post(path, {**data, "to": "1/12/2026", "_once": str(uuid.uuid4())})
    assert answer.headers["Location"] == "/calendar/?view=agenda&body=19&month=2026-12"


def test_whoever_may_not_change_the_round_may_not_move_it(
    leader: Client, inspector: Client, outsider: Client, planned: Round
) -> None:
    """The inspector's own district is to be visited: for him the round does not exist."""
    for client, code in ((leader, 403), (inspector, 404), (outsider, 404)):
        assert client.get(f"/rounds/{planned.pk}/move/?to=2026-11-10").status_code == code
        assert client.post(f"/rounds/{planned.pk}/move/", {"to": "10/11/2026"}).status_code == code
    assert days_of(planned) == UNMOVED
