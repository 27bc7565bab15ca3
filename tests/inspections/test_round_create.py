"""Making a round: its code, its units, and what is refused."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import pytest
from django.test import Client

from congvu.dates import today
from congvu.models import Event
from inspections.models import Content, Round
from tests.conftest import World, client_of
from tests.factories import make_item, make_plan, make_round, make_team, make_unit, make_user

pytestmark = pytest.mark.django_db
URL = "/rounds/create/"


def typed(*rows: tuple[str, str], **fields: Any) -> dict[str, Any]:
    """What a person fills in: a surprise round of the province on 22 May 2023."""
    data = {
        "starts_on": "22/5/2023",
        "ends_on": "24/5/2023",
        "body": "19",
        "code": "",
        "form": "SURPRISE",
        "method": "ON_SITE",
        "visits-TOTAL_FORMS": str(len(rows) + 2),
        "visits-INITIAL_FORMS": "0",
        "_once": str(uuid.uuid4()),
        **fields,
    }
    for place, (unit, day) in enumerate(rows):
        data[f"visits-{place}-unit"] = unit
        data[f"visits-{place}-visited_on"] = day
    return data


def test_round_is_made_with_its_visits_and_marks(staff: Client, world: World) -> None:
    content = Content.objects.order_by("position")[0]
    plan, team = make_plan(world.province), make_team(world.province)
    data = typed(
        ("171", "23/5/2023"), ("xã tiên hội", ""),
        plan=plan.pk, team=team.pk, contents=[content.pk],
    )  # fmt: skip
    response = staff.post(URL, data)
    round_ = Round.objects.get()
    assert response.url == round_.get_absolute_url()  # type: ignore[attr-defined]
    assert round_.code == "19-2023-001"
    assert round_.status == "SCHEDULED"
    assert (round_.plan, round_.team, list(round_.contents.all())) == (plan, team, [content])
    days = {visit.unit: visit.visited_on for visit in round_.visits.all()}
    assert days == {world.dai_tu: date(2023, 5, 23), world.tien_hoi: date(2023, 5, 22)}
    assert Event.objects.of(round_).get().deed == "added"
    assert Event.objects.filter(deed="added").count() == 3


def test_code_is_proposed_and_runs_on(staff: Client, world: World) -> None:
    make_round(world.province, code="19-2023-007")
    make_round(world.province, code="19-2023-khac")
    staff.post(URL, typed())
    assert Round.objects.filter(code="19-2023-008").exists()


def test_proposal_left_as_it_was_follows_body_and_year(staff: Client, world: World) -> None:
    page = staff.get(URL)
    proposed = page.context["form"].initial["code"]
    assert proposed.startswith("19-")
    staff.post(URL, typed(body="171", code=proposed, proposed=proposed))
    assert Round.objects.get().code == "171-2023-001"


def test_code_is_proposed_for_the_year_of_the_plan_while_no_day_is_typed(
    staff: Client, world: World
) -> None:
    plan = make_plan(world.province, year=2031, issued_on=date(2031, 1, 5))
    month = make_item(plan, world.dai_tu, 5)
    exact = make_item(
        plan, world.tien_hoi, schedule="DAYS", first_day=date(2031, 3, 1),
        last_day=date(2031, 3, 2),
    )  # fmt: skip
    for query in (f"plan={plan.pk}", f"item={month.pk}", f"item={exact.pk}"):
        form = staff.get(f"{URL}?{query}").context["form"]
        assert form.initial["code"] == form.initial["proposed"] == "19-2031-001", query
    assert staff.get(URL).context["form"].initial["code"] == f"19-{today().year}-001"
    assert staff.get(f"{URL}?plan=x").status_code == 200


def test_own_code_is_kept_and_a_code_in_use_refused(staff: Client, world: World) -> None:
    staff.post(URL, typed(code="TN23-T001"))
    again = staff.post(URL, typed(code="TN23-T001"))
    assert "Mã này đã được dùng" in again.content.decode()
    assert Round.objects.count() == 1


def test_message_about_a_code_tells_nothing_of_a_hidden_round(
    inspector: Client, world: World
) -> None:
    hidden = make_round(world.province, code="BIMAT-1", status="SCHEDULED", scope_note="Kín")
    answer = inspector.post(URL, typed(body="171", code="BIMAT-1")).content.decode()
    assert "Mã này đã được dùng; hãy chọn mã khác." in answer
    assert hidden.body.name not in answer.replace("Tỉnh Thái Nguyên.", "")
    assert hidden.scope_note not in answer


def test_round_of_one_day_needs_no_last_day(staff: Client, world: World) -> None:
    staff.post(URL, typed(ends_on=""))
    assert Round.objects.get().ends_on == date(2023, 5, 22)


def test_units_and_code_are_read_on_the_rounds_days(staff: Client, world: World) -> None:
    old = make_unit(
        "05569", "Thị trấn Cũ", world.dai_tu, kind="COMMUNE", valid_to=date(2025, 6, 30)
    )
    new = make_unit("05569", "Xã Mới", world.province, kind="COMMUNE", valid_from=date(2025, 7, 1))
    staff.post(URL, typed(("05569", "")))
    staff.post(URL, typed(("05569", "2/7/2025"), starts_on="1/7/2025", ends_on="3/7/2025"))
    assert [round_.visits.get().unit for round_ in Round.objects.order_by("pk")] == [old, new]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([("171", "25/5/2023")], "nằm ngoài cuộc"),
        ([("171", ""), ("171", "")], "đã có ở dòng trên"),
        ([("Xã Không Có", "")], "Không"),
        ([("", "23/5/2023")], "Hãy ghi đơn vị của dòng này"),
        ([("171", "32/5/2023")], "không có trong lịch"),
    ],
)
def test_fault_in_a_row_is_told_at_it_and_nothing_is_saved(
    staff: Client, world: World, rows: list[tuple[str, str]], said: str
) -> None:
    answer = staff.post(URL, typed(*rows))
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert not Round.objects.exists()


def test_unit_not_in_force_is_refused(staff: Client, world: World) -> None:
    make_unit("N9", "Xã Chưa Có", world.dai_tu, kind="COMMUNE", valid_from=date(2025, 7, 1))
    answer = staff.post(URL, typed(("N9", "22/5/2023"))).content.decode()
    assert "Ngày 22/05/2023 không có đơn vị nào mang mã" in answer
    assert not Round.objects.exists()


def test_last_day_before_the_first_is_refused(staff: Client, world: World) -> None:
    answer = staff.post(URL, typed(ends_on="21/5/2023"))
    assert "trước ngày bắt đầu" in answer.content.decode()
    assert not Round.objects.exists()


def test_body_out_of_scope_is_refused_like_an_unknown_one(inspector: Client, world: World) -> None:
    answer = inspector.post(URL, typed(body="Tỉnh Lạng Sơn"))
    assert "Không tìm thấy đơn vị" in answer.content.decode()
    assert not Round.objects.exists()


def test_choices_hold_nothing_out_of_scope(inspector: Client, world: World) -> None:
    plan = make_plan(world.province, number="77/KH-UBND")
    team = make_team(world.elsewhere, name="Đoàn Lạng Sơn")
    text = inspector.get(URL).content.decode()
    assert plan.number not in text
    assert team.name not in text
    refused = inspector.post(URL, typed(body="171", team=team.pk))
    assert refused.status_code == 200
    assert not Round.objects.exists()


def test_department_inspects_a_commune_that_does_not_stand_under_it(world: World) -> None:
    client_of(make_user("INSPECTOR", world.justice)).post(URL, typed(("05809", ""), body="19.STP"))
    assert Round.objects.get().visits.get().unit == world.tien_hoi


def test_form_sent_twice_makes_one_round(staff: Client, world: World) -> None:
    data = typed(("171", ""))
    first, second = staff.post(URL, data), staff.post(URL, data)
    assert Round.objects.count() == 1
    assert first.url == second.url  # type: ignore[attr-defined]


def test_more_rows_are_given_without_javascript_and_nothing_is_lost(
    staff: Client, world: World
) -> None:
    data = typed(("171", "23/5/2023"), more_rows="1", starts_on="sai", scope_note="Giữ lại")
    page = staff.post(URL, data)
    text = page.content.decode()
    assert 'value="171"' in text
    assert 'value="23/5/2023"' in text
    assert "Giữ lại" in text
    assert 'value="sai"' in text
    assert "Chưa lưu được" not in text
    assert page.context["form"].rows.total_form_count() == 4
    assert not Round.objects.exists()


@pytest.mark.parametrize("who", ["leader", "reporter", "admin"])
def test_roles_that_do_not_inspect_are_refused(
    who: str, request: pytest.FixtureRequest, world: World
) -> None:
    client: Client = request.getfixturevalue(who)
    assert client.get(URL).status_code == 403
    assert client.post(URL, typed()).status_code == 403
    assert not Round.objects.exists()


def test_faults_in_rows_are_listed_above_as_links(staff: Client, world: World) -> None:
    page = staff.post(URL, typed(("171", "25/5/2023"), ("Xã Không Có", ""))).content.decode()
    assert '<a href="#id_visits-1-unit">Đơn vị 2: ' in page
    page = staff.post(URL, typed(("171", "25/5/2023"))).content.decode()
    assert '<a href="#id_visits-0-visited_on">Đơn vị 1, ngày kiểm tra: ' in page
