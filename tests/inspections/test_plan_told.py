"""What pages of the plan office say, and what they refuse: kind words at the right moment."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.models import User
from congvu.dates import today
from congvu.models import Event
from directives.models import Document
from inspections.forms.rounds import TeamChoice
from inspections.models import Adjustment, Plan, PlanItem, Programme, Team
from inspections.progress import progress_of
from tests.conftest import World
from tests.factories import (
    make_draft,
    make_item,
    make_plan,
    make_round,
    make_succession,
    make_team,
    make_unit,
)

pytestmark = pytest.mark.django_db


def user_of(client: Client) -> User:
    return client.user  # type: ignore[attr-defined,no-any-return]  # see client_of


def item_data(item: PlanItem, **fields: Any) -> dict[str, Any]:
    """What the form sends when nothing is touched but the reason."""
    return {
        "unit": f"#{item.unit_id}", "body": f"#{item.body_id}", "schedule": "MONTH",
        "month": str(item.first_day.month), "form": item.form, "announced": "on",
        "reason": "Trùng đoàn khác", "_once": str(uuid.uuid4()), **fields,
    }  # fmt: skip


def faults(answer: Any) -> str:
    return str(answer.context["form"].errors)


@pytest.fixture
def plan(world: World) -> Plan:
    """Issued, of two items in May."""
    plan = make_plan(world.province, number="45/KH-UBND", issued_on=date(2023, 3, 17))
    make_item(plan, world.dai_tu)
    make_item(plan, world.justice)
    return plan


# --- items ------------------------------------------------------------------------------------


def test_item_is_not_moved_to_where_it_is(staff: Client, plan: Plan) -> None:
    item = plan.items.earliest("pk")
    answer = staff.post(f"/items/{item.pk}/move/", item_data(item))
    assert "Chưa có gì thay đổi" in faults(answer)
    assert not Adjustment.objects.exists()
    # Another time is a change, and so are other parts alone.
    programme = Programme.objects.create(plan=plan, name="Cải cách", body=plan.issuer)
    data = item_data(item, programmes=[programme.pk])
    assert staff.post(f"/items/{item.pk}/move/", data).status_code == 302


def test_item_that_was_moved_is_not_edited_back(staff: Client, plan: Plan) -> None:
    item = plan.items.earliest("pk")
    assert staff.post(f"/items/{item.pk}/move/", item_data(item, month="9")).status_code == 302
    new = item.replaced_by
    answer = staff.post(f"/items/{new.pk}/edit/", item_data(item, version=new.version))
    assert "Chưa có gì thay đổi" in faults(answer)


def test_progress_tells_a_change_of_something_else_than_the_time(
    staff: Client, plan: Plan, world: World
) -> None:
    item = plan.items.earliest("pk")
    data = item_data(item, note="Kết hợp phúc tra")
    assert staff.post(f"/items/{item.pk}/move/", data).status_code == 302
    paper = Document.objects.create(
        number="60/QĐ-UBND", issued_on=date(2023, 6, 1), issuer=world.province,
        kept_by=world.province, type="QD", subject="Điều chỉnh",
    )  # fmt: skip
    Adjustment.objects.get().issue(user_of(staff), paper, "Thử")
    standings = progress_of(plan.items.all(), user_of(staff), date(2023, 4, 1)).standings
    said = next(each.reasons for each in standings if each.item.note)
    assert said == ["Sửa, không đổi thời gian (điều chỉnh lần 1): Trùng đoàn khác"]


def test_adding_and_moving_leave_a_line_where_the_item_is(
    staff: Client, plan: Plan, world: World
) -> None:
    draft = make_draft(plan.issuer)
    item = plan.items.earliest("pk")
    data = item_data(item, unit=f"#{world.tien_hoi.pk}")
    assert staff.post(f"/plans/{draft.pk}/items/create/", data).status_code == 302
    last = Event.objects.of(draft).last()
    assert last is not None
    assert last.note == "Thêm mục 1: Xã Tiên Hội, tháng 5/2023."
    staff.post(f"/items/{item.pk}/move/", item_data(item, month="9"))
    last = Event.objects.of(Adjustment.objects.get()).last()
    assert last is not None
    assert last.note == "Dời, sửa mục 1: Huyện Đại Từ, tháng 9/2023. Trùng đoàn khác"


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        ("10/3/2023", "2/2/2025", "last_day"),
        ("10/3/2022", "2/2/2023", "first_day"),
        ("10/3/2024", "2/4/2024", "first_day"),
    ],
)
def test_day_outside_the_year_is_told_where_it_was_typed(
    staff: Client, plan: Plan, first: str, last: str, field: str
) -> None:
    draft = make_draft(plan.issuer)
    data = item_data(
        plan.items.earliest("pk"), schedule="DAYS", month="", first_day=first, last_day=last
    )
    errors = staff.post(f"/plans/{draft.pk}/items/create/", data).context["form"].errors
    assert [name for name in ("first_day", "last_day") if name in errors] == [field]


def test_announced_surprise_and_a_body_that_inspects_itself_are_warned_of(
    staff: Client, plan: Plan, world: World
) -> None:
    draft, own = make_draft(plan.issuer), f"#{world.tien_hoi.pk}"
    data = item_data(plan.items.earliest("pk"), form="SURPRISE", unit=own, body=own)
    answer = staff.post(f"/plans/{draft.pk}/items/create/", data, follow=True)
    told = " ".join(str(each) for each in answer.context["messages"])
    item = draft.items.get()
    page = staff.get(f"/items/{item.pk}/").content.decode()
    for said in ("Kiểm tra đột xuất nhưng có báo trước", "chỉ đúng khi đây là tự kiểm tra"):
        assert said in told
        assert said in page
    PlanItem.objects.update(announced=False, body=world.province)
    page = staff.get(f"/items/{item.pk}/").content.decode()
    assert "Kiểm tra đột xuất nhưng" not in page
    assert "tự kiểm tra" not in page


def test_dropping_tells_of_the_round_that_stays(staff: Client, plan: Plan, world: World) -> None:
    item = plan.items.earliest("pk")
    url = f"/items/{item.pk}/drop/"
    assert "không bị hủy" not in staff.get(url).content.decode()
    round_ = make_round(world.province, code="TN1", status="SCHEDULED")
    round_.items.add(item)
    told = staff.get(url).context["consequences"]
    assert any("Đã lập cuộc TN1" in each and "không bị hủy" in each for each in told)


def test_usual_next_step_comes_first(staff: Client, plan: Plan, world: World) -> None:
    def first(url: str) -> str:
        label: str = staff.get(url).context["actions"][0].label
        return label

    item, other = plan.items.order_by("pk")
    page = f"/items/{item.pk}/"
    assert first(page) == "Lập cuộc kiểm tra từ mục này"
    make_round(world.province, status="SCHEDULED").items.add(item)
    assert first(page) == "Dời, sửa bằng điều chỉnh"
    adjustment = Adjustment.open_for(plan, user_of(staff))
    assert first(adjustment.get_absolute_url()) == "Dời hoặc bỏ mục"
    other.drop(by=user_of(staff), reason="Thử")
    assert first(adjustment.get_absolute_url()) == "Ban hành điều chỉnh"
    assert first(f"/items/{other.pk}/") == "Bỏ khỏi lần điều chỉnh, giữ nguyên mục"


def test_giving_an_adjustment_up_counts_each_change_once(staff: Client, plan: Plan) -> None:
    adjustment = Adjustment.open_for(plan, user_of(staff))
    url = f"/adjustments/{adjustment.pk}/delete/"
    assert "chưa thay đổi mục nào" in staff.get(url).context["consequences"][0]
    item, other = plan.items.order_by("pk")
    staff.post(f"/items/{item.pk}/move/", item_data(item, month="9"))
    other.drop(by=user_of(staff), reason="Thử")
    assert "(thêm 0, dời 1, bỏ 1 mục)" in staff.get(url).context["consequences"][0]


def test_district_that_ended_is_told_with_its_communes(staff: Client, world: World) -> None:
    ended = date(2025, 6, 30)
    district = make_unit("170", "Huyện Cũ", world.province, valid_to=ended)
    old = make_unit("05601", "Xã Cũ", district, kind="COMMUNE", valid_to=ended)
    new = make_unit("05602", "Xã Mới", world.province, kind="COMMUNE",
                    valid_from=date(2025, 7, 1))  # fmt: skip
    make_succession(old, new)
    plan = make_draft(world.province, year=2025)
    data = {
        "unit": "170", "body": "19", "schedule": "MONTH", "month": "8", "form": "PLANNED",
        "announced": "on", "_once": str(uuid.uuid4()),
    }  # fmt: skip
    said = "Cấp huyện đã kết thúc; hãy chọn xã, phường trên địa bàn: Xã Mới (05602)"
    url = f"/plans/{plan.pk}/items/create/"
    assert said in faults(staff.post(url, data))
    item = make_item(plan, district, month=8)
    assert said in staff.get(f"/items/{item.pk}/").content.decode()
    # Also where it lives through the first days.
    days = {"schedule": "DAYS", "first_day": "20/6/2025", "last_day": "2/7/2025"}
    assert said in faults(staff.post(url, {**data, **days}))


# --- plans ------------------------------------------------------------------------------------


def draft_data(**fields: Any) -> dict[str, Any]:
    return {
        "subject": "Kiểm tra", "overlap_days": "90",
        "programmes-TOTAL_FORMS": "0", "programmes-INITIAL_FORMS": "0",
        "_once": str(uuid.uuid4()), **fields,
    }  # fmt: skip


def test_draft_is_not_begun_by_a_body_that_is_no_more(staff: Client, world: World) -> None:
    old = make_unit("19.CU", "Sở Cũ", world.province, kind="DEPARTMENT",
                    valid_to=date(2025, 6, 30))  # fmt: skip
    new = make_unit("19.MOI", "Sở Mới", world.province, kind="DEPARTMENT",
                    valid_from=date(2025, 7, 1))  # fmt: skip
    make_succession(old, new)
    answer = staff.post("/plans/create/", draft_data(issuer=f"#{old.pk}", year="2027"))
    said = faults(answer)
    assert "Sở Cũ có hiệu lực" in said
    assert "nên không lập kế hoạch năm 2027 được" in said
    assert "Đơn vị kế tiếp: Sở Mới (19.MOI)" in said
    assert not Plan.objects.exists()
    # Within its own time a plan may still be written down.
    with pytest.raises(ValidationError):
        make_draft(old, year=2026).full_clean()
    make_draft(old, year=2025).full_clean()
    make_draft(new, year=2027).full_clean()


def test_framework_plan_without_programmes_is_told_where_to_write_them(
    staff: Client, world: World
) -> None:
    plan = make_draft(world.province, is_framework=True)
    item = make_item(plan, world.dai_tu)
    page = staff.get(f"/plans/{plan.pk}/").content.decode()
    assert f'href="/plans/{plan.pk}/edit/">Ghi các chương trình' in page
    assert "hãy chọn “Sửa kế hoạch”" in Plan.objects.get().why_not("submitted")
    programme = Programme.objects.create(plan=plan, name="Cải cách", body=world.justice)
    assert "Ghi các chương trình" not in staff.get(f"/plans/{plan.pk}/").content.decode()
    assert "mục 1 chưa ghi chương trình" in Plan.objects.get().why_not("submitted")
    item.programmes.add(programme)
    assert not Plan.objects.get().why_not("submitted")


def test_reason_of_sending_back_stands_above_the_draft_until_it_is_submitted_again(
    staff: Client, world: World
) -> None:
    plan = make_draft(world.province)
    make_item(plan, world.dai_tu)

    def notice() -> Any:
        return staff.get(f"/plans/{plan.pk}/").context["sent_back"]

    assert notice() is None
    plan.submit(by=user_of(staff))
    plan.send_back(by=user_of(staff), reason="Thiếu Sở Tư pháp")
    assert notice().note == "Thiếu Sở Tư pháp"
    page = staff.get(f"/plans/{plan.pk}/").content.decode()
    assert page.index("Thiếu Sở Tư pháp") < page.index("Các mục của kế hoạch")
    plan.submit(by=user_of(staff))
    assert notice() is None


def test_other_documents_are_told_apart_from_the_one_that_issued(
    staff: Client, world: World
) -> None:
    paper = Document.objects.create(
        number="45/KH-UBND", issued_on=date(2023, 1, 10), issuer=world.province,
        kept_by=world.province, type="KH", subject="Kiểm tra",
    )  # fmt: skip
    with_paper = make_plan(world.province, paper=paper)
    without = make_plan(world.province)
    title = '<h2 id="documents-title">'
    assert f"{title}Văn bản khác</h2>" in staff.get(f"/plans/{with_paper.pk}/").content.decode()
    assert f"{title}Văn bản</h2>" in staff.get(f"/plans/{without.pk}/").content.decode()


def test_copying_from_nothing_says_what_else_to_do(staff: Client, world: World) -> None:
    plan = make_draft(world.province)
    make_plan(world.province)
    page = staff.get(f"/plans/{plan.pk}/copy/").content.decode()
    assert "Chưa có kế hoạch nào khác có mục để chép" in page
    assert "nhập từ bảng tính" in page


def test_copying_names_the_units_that_are_there_already(staff: Client, plan: Plan) -> None:
    draft = make_draft(plan.issuer, year=2024)
    make_item(draft, plan.items.earliest("pk").unit)
    staff.post(f"/plans/{draft.pk}/copy/", {"source": plan.pk, "_once": str(uuid.uuid4())})
    last = Event.objects.of(draft).last()
    assert last is not None
    assert "vì đơn vị đã có trong dự thảo: Huyện Đại Từ." in last.note


# --- teams ------------------------------------------------------------------------------------


def team_data(**fields: Any) -> dict[str, Any]:
    return {
        "name": "Đoàn A", "members-TOTAL_FORMS": "0", "members-INITIAL_FORMS": "0",
        "_once": str(uuid.uuid4()), **fields,
    }  # fmt: skip


def test_body_that_is_no_more_sets_up_a_team_only_by_a_decision_of_its_time(
    staff: Client, world: World
) -> None:
    ended = today() - timedelta(days=30)
    old = make_unit("19.CU", "Sở Cũ", world.province, kind="DEPARTMENT", valid_to=ended)
    new = make_unit("19.MOI", "Sở Mới", world.province, kind="DEPARTMENT",
                    valid_from=ended + timedelta(days=1))  # fmt: skip
    make_succession(old, new, on=ended + timedelta(days=1))
    said = faults(staff.post("/teams/create/", team_data(body=f"#{old.pk}")))
    assert "Sở Cũ không có hiệu lực vào ngày" in said
    assert "Đơn vị kế tiếp: Sở Mới (19.MOI)" in said
    assert not Team.objects.exists()
    decided = {"decision_number": "5/QĐ-SC", "decided_on": f"{ended:%d/%m/%Y}"}
    assert staff.post("/teams/create/", team_data(body="19.CU", **decided)).status_code == 302
    # One that came without a decision is mended all the same.
    team = make_team(old)
    data = team_data(body=f"#{old.pk}", name="Đoàn B", version=team.version)
    assert staff.post(f"/teams/{team.pk}/edit/", data).status_code == 302


def test_teams_of_one_name_are_told_apart(world: World) -> None:
    labels = [
        TeamChoice(queryset=Team.objects.all()).label_from_instance(team)
        for team in (
            make_team(world.province, name="Đoàn A"),
            make_team(world.justice, name="Đoàn A"),
            make_team(world.province, name="Đoàn A", decision_number="5/QĐ-UBND"),
        )
    ]
    assert labels == [
        "Đoàn A – Tỉnh Thái Nguyên", "Đoàn A – Sở Tư pháp",
        "Đoàn A (5/QĐ-UBND) – Tỉnh Thái Nguyên",
    ]  # fmt: skip
