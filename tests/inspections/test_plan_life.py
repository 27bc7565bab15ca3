"""A plan from the draft to its end: submit, send back, issue, withdraw, close."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import User
from congvu.models import Event
from directives.models import Document
from inspections.models import Adjustment, Plan, PlanItem, Programme, TeamMember, seal_of
from reports.models import Draw, Proposal
from tests.conftest import World
from tests.factories import (
    make_draft,
    make_item,
    make_plan,
    make_round,
    make_team,
    make_user,
    make_visit,
)

pytestmark = pytest.mark.django_db


def user_of(client: Client) -> User:
    return client.user  # type: ignore[attr-defined,no-any-return]  # see client_of


def sealed(plan: Plan, **fields: Any) -> dict[str, Any]:
    plan.refresh_from_db()
    return {
        "number": "45/KH-UBND", "issued_on": "17/3/2023", "type": "KH", "subject": "Kiểm tra",
        "signer": "Người ký (minh họa)", "_once": str(uuid.uuid4()),
        "seal": f"{plan.version}.{seal_of(plan.items.all())}",
        **fields,
    }  # fmt: skip


@pytest.fixture
def submitted(staff: Client, world: World) -> Plan:
    """A plan of one item, handed in."""
    plan = make_draft(world.province)
    make_item(plan, world.dai_tu)
    plan.submit(by=user_of(staff))
    return plan


def test_draft_without_items_cannot_be_submitted(staff: Client, world: World) -> None:
    plan = make_draft(world.province)
    with pytest.raises(ValidationError, match="chưa có mục nào"):
        plan.submit(by=user_of(staff))
    assert "chưa có mục nào" in staff.get(f"/plans/{plan.pk}/submit/").content.decode()
    plan.refresh_from_db()
    assert plan.status == "DRAFT"


def test_framework_items_name_their_programmes(staff: Client, world: World) -> None:
    plan = make_draft(world.province, is_framework=True)
    item, bare = make_item(plan, world.dai_tu), make_item(plan, world.justice)
    programme = Programme.objects.create(plan=plan, name="Cải cách hành chính", body=world.justice)
    item.programmes.add(programme)
    with pytest.raises(ValidationError, match="mục 2 chưa ghi chương trình"):
        plan.submit(by=user_of(staff))
    bare.programmes.add(programme)
    plan.submit(by=user_of(staff))
    assert plan.status == "SUBMITTED"


def test_submitted_plan_is_locked_until_it_is_sent_back(
    staff: Client, submitted: Plan, world: World
) -> None:
    item = submitted.items.get()
    page = staff.get(f"/items/{item.pk}/edit/").content.decode()
    assert "đã trình; hãy trả lại dự thảo" in page
    with pytest.raises(ValidationError, match="đã trình"):
        item.remove(by=user_of(staff))
    answer = staff.post(f"/plans/{submitted.pk}/send-back/", {"version": str(submitted.version)})
    assert "reason" in answer.context["form"].errors
    staff.post(
        f"/plans/{submitted.pk}/send-back/",
        {"version": str(submitted.version), "reason": "Thiếu Sở Tư pháp"},
    )
    submitted.refresh_from_db()
    assert submitted.status == "DRAFT"
    assert Event.objects.of(submitted).last().note == "Thiếu Sở Tư pháp"  # type: ignore[union-attr]
    assert not PlanItem.objects.get().why_not_edited()


def test_issue_registers_the_document_and_locks_the_items(
    staff: Client, submitted: Plan, world: World
) -> None:
    answer = staff.post(f"/plans/{submitted.pk}/issue/", sealed(submitted))
    assert answer.status_code == 302, answer.context["form"].errors
    submitted.refresh_from_db()
    paper = Document.objects.get()
    assert (submitted.status, submitted.number) == ("ISSUED", "45/KH-UBND")
    assert submitted.issued_on == paper.issued_on == date(2023, 3, 17)
    assert (submitted.paper, paper.issuer, paper.signer) == (
        paper, world.province, "Người ký (minh họa)",
    )  # fmt: skip
    item = submitted.items.get()
    assert "hãy điều chỉnh kế hoạch" in staff.get(f"/items/{item.pk}/edit/").content.decode()
    assert Event.objects.of(submitted).last().deed == "issued"  # type: ignore[union-attr]


def test_number_that_the_issuer_used_that_year_is_refused_and_nothing_stays(
    staff: Client, submitted: Plan, world: World
) -> None:
    make_plan(world.province, number="45/KH-UBND", year=2023)
    answer = staff.post(f"/plans/{submitted.pk}/issue/", sealed(submitted))
    assert answer.status_code == 200
    assert "number" in answer.context["form"].errors or answer.context["form"].non_field_errors()
    submitted.refresh_from_db()
    assert submitted.status == "SUBMITTED"
    assert not Document.objects.exists()


def test_what_changed_since_the_page_was_shown_is_not_issued(
    staff: Client, submitted: Plan
) -> None:
    data = sealed(submitted)
    submitted.send_back(by=user_of(staff), reason="Sửa")
    submitted.submit(by=user_of(staff))
    answer = staff.post(f"/plans/{submitted.pk}/issue/", data)
    assert "vừa được người khác sửa" in answer.content.decode()
    assert not Document.objects.exists()


def test_draft_is_not_issued_past_its_submission(staff: Client, world: World) -> None:
    plan = make_draft(world.province)
    make_item(plan, world.dai_tu)
    page = staff.post(f"/plans/{plan.pk}/issue/", sealed(plan)).content.decode()
    assert "Hãy trình dự thảo trước" in page
    assert not Document.objects.exists()


def test_issue_by_mistake_is_taken_back_unless_something_rests_on_it(
    staff: Client, submitted: Plan, world: World
) -> None:
    staff.post(f"/plans/{submitted.pk}/issue/", sealed(submitted))
    submitted.refresh_from_db()
    round_ = make_round(world.province, status="SCHEDULED")
    round_.items.add(submitted.items.get())
    with pytest.raises(ValidationError, match="không thu hồi được"):
        submitted.withdraw(by=user_of(staff), reason="Nhầm")
    submitted.refresh_from_db()
    round_.items.clear()
    submitted.withdraw(by=user_of(staff), reason="Nhầm")
    submitted.refresh_from_db()
    assert (submitted.status, submitted.number, submitted.issued_on) == ("DRAFT", "", None)
    assert "45/KH-UBND, ban hành 17/03/2023. Nhầm" in str(Event.objects.of(submitted).last().note)  # type: ignore[union-attr]


def test_unit_that_ended_since_stops_the_plan_until_the_item_is_mended(
    staff: Client, submitted: Plan, world: World
) -> None:
    world.dai_tu.valid_to = date(2023, 5, 15)
    world.dai_tu.save()
    said = "Mục 1: Đơn vị Huyện Đại Từ không có hiệu lực suốt tháng 5/2023"
    assert said in staff.get(f"/plans/{submitted.pk}/issue/").content.decode()
    answer = staff.post(f"/plans/{submitted.pk}/issue/", sealed(submitted))
    assert said in answer.content.decode()
    assert "Các mục sau về đơn vị" in staff.get(f"/plans/{submitted.pk}/").content.decode()
    submitted.send_back(by=user_of(staff), reason="Sửa")
    assert said in submitted.why_not("submitted")


def test_close_and_reopen(staff: Client, world: World) -> None:
    plan = make_plan(world.province)
    plan.close(by=user_of(staff), reason="Hết năm")
    assert plan.status == "CLOSED"
    assert "chỉ kế hoạch đã ban hành" in staff.get(f"/plans/{plan.pk}/adjust/").content.decode()
    plan.reopen(by=user_of(staff), reason="Còn một cuộc")
    assert plan.status == "ISSUED"


def test_database_knows_no_issued_plan_without_number_and_no_draft_with_one(world: World) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make_plan(world.province, number="")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_draft(world.province, number="1/KH-UBND", issued_on=date(2023, 1, 1))
    make_draft(world.province)
    make_draft(world.province)


def test_draft_is_known_to_the_issuer_alone(world: World) -> None:
    plan = make_draft(world.province)
    item = make_item(plan, world.tien_hoi, body=world.dai_tu)
    district = make_user("INSPECTOR", world.dai_tu)
    assert not Plan.objects.visible_to(district).exists()
    assert not PlanItem.objects.visible_to(district).exists()
    plan.status, plan.number, plan.issued_on = "ISSUED", "1/KH-UBND", date(2023, 1, 1)
    plan.save()
    assert list(PlanItem.objects.visible_to(district)) == [item]
    assert list(Plan.objects.visible_to(district)) == [plan]


def test_who_carries_out_a_part_reads_that_part(inspector: Client, world: World) -> None:
    plan = make_plan(world.province)
    make_item(plan, world.tien_hoi, body=world.dai_tu, note="phần của huyện")
    secret = make_item(plan, world.dai_tu, announced=False, note="bí mật")
    page = inspector.get(f"/plans/{plan.pk}/")
    assert [row.record.note for row in page.context["listing"].rows] == ["phần của huyện"]
    assert "bí mật" not in page.content.decode()
    assert inspector.get(f"/items/{secret.pk}/").status_code == 404


def test_round_of_an_item_takes_what_the_item_says(staff: Client, world: World) -> None:
    plan = make_plan(world.province)
    item = make_item(
        plan, world.dai_tu, schedule="DAYS",
        first_day=date(2023, 5, 22), last_day=date(2023, 5, 23),
    )  # fmt: skip
    page = staff.get(f"/rounds/create/?item={item.pk}").content.decode()
    assert "Huyện Đại Từ (171)" in page
    assert 'value="22/05/2023"' in page
    data = {
        "item": item.pk, "plan": plan.pk, "body": "19", "starts_on": "22/5/2023",
        "ends_on": "23/5/2023", "form": "PLANNED", "method": "ON_SITE", "code": "M1",
        "visits-TOTAL_FORMS": "1", "visits-INITIAL_FORMS": "0",
        "visits-0-unit": "171", "_once": str(uuid.uuid4()),
    }  # fmt: skip
    answer = staff.post("/rounds/create/", data)
    assert answer.status_code == 302, answer.context["form"].errors
    assert item.rounds.get().code == "M1"


def tick(client: Client, round_: Any, *items: PlanItem) -> None:
    """Choose exactly these on the round's page of items."""
    url = f"/rounds/{round_.pk}/items/"
    seal = client.get(url).context["form"].initial["version"]
    client.post(url, {"items": [each.pk for each in items], "version": seal})


def test_one_round_answers_items_of_several_plans(staff: Client, world: World) -> None:
    first, second = make_plan(world.province), make_plan(world.justice)
    ours, theirs = make_item(first, world.dai_tu), make_item(second, world.dai_tu)
    other = make_item(first, world.tien_hoi)
    round_ = make_round(world.province)
    make_visit(round_, world.dai_tu)
    page = staff.get(f"/rounds/{round_.pk}/items/")
    offered = list(page.context["form"].fields["items"].queryset)
    assert offered == [ours, theirs]
    seal = page.context["form"].initial["version"]
    tick(staff, round_, ours, theirs)
    assert set(round_.items.all()) == {ours, theirs}
    # A colleague's page is older by now.
    stale = {"items": [theirs.pk], "version": seal}
    answer = staff.post(f"/rounds/{round_.pk}/items/", stale)
    assert "vừa được người khác sửa" in answer.content.decode()
    tick(staff, round_, other)
    assert set(round_.items.all()) == {ours, theirs}, "a unit that the round does not visit"


def draft_data(plan: Plan, **fields: Any) -> dict[str, Any]:
    plan.refresh_from_db()
    return {
        "issuer": "19", "subject": "Kiểm tra", "overlap_days": "60", "version": plan.version,
        "programmes-TOTAL_FORMS": "1", "programmes-INITIAL_FORMS": "0",
        "_once": str(uuid.uuid4()), **fields,
    }  # fmt: skip


def test_programmes_of_a_draft_are_kept_and_told_in_its_trail(staff: Client, world: World) -> None:
    plan = make_draft(world.province)
    url = f"/plans/{plan.pk}/edit/"
    added = {
        "year": "2023", "programmes-0-name": "Cải cách hành chính", "programmes-0-body": "19.STP",
    }  # fmt: skip
    answer = staff.post(url, draft_data(plan, **added))
    assert answer.status_code == 302, answer.context["form"].errors
    programme = plan.programmes.get()
    assert programme.body == world.justice
    last = Event.objects.of(plan).last()
    assert last is not None
    assert last.changes == {"chương trình": [[], ["Cải cách hành chính (Sở Tư pháp)"]]}
    # One that an item names does not go.
    make_item(plan, world.dai_tu).programmes.add(programme)
    gone = {
        "programmes-INITIAL_FORMS": "1", "programmes-0-id": programme.pk,
        "programmes-0-DELETE": "on",
        "programmes-0-name": programme.name, "programmes-0-body": "19.STP",
    }  # fmt: skip
    answer = staff.post(url, draft_data(plan, **gone))
    assert "còn mục kế hoạch thuộc về" in answer.content.decode()
    assert plan.programmes.exists()


def test_round_carries_out_no_draft(staff: Client, world: World) -> None:
    draft, issued = make_draft(world.province), make_plan(world.province)
    offered = staff.get("/rounds/create/").context["form"].fields["plan"].queryset
    assert list(offered) == [issued]
    assert draft not in offered


def test_member_of_a_team_reads_items_once_they_are_issued(world: World) -> None:
    member = make_user("INSPECTOR", world.elsewhere)
    team = make_team(world.province)
    TeamMember.objects.create(team=team, name="Người", account=member)
    drafted = make_item(make_draft(world.province), world.dai_tu, team=team)
    plan = make_plan(world.province)
    issued = make_item(plan, world.dai_tu, team=team)
    adjustment = Adjustment.objects.create(plan=plan, position=1)
    make_item(plan, world.tien_hoi, team=team, added_in=adjustment)
    assert list(PlanItem.objects.visible_to(member)) == [issued]
    assert drafted not in PlanItem.objects.visible_to(member)


def test_what_is_still_weighed_is_told_to_the_issuer_alone(
    staff: Client, inspector: Client, world: World
) -> None:
    plan = make_plan(world.province)
    item = make_item(plan, world.tien_hoi, body=world.dai_tu, overlap_reason="Đơn tố cáo")
    item.drop(by=user_of(staff), reason="Chuyển đoàn khác")
    own, theirs = (each.get(f"/items/{item.pk}/").content.decode() for each in (staff, inspector))
    for said in ("Chuyển đoàn khác", "Đơn tố cáo", "Lần điều chỉnh đang soạn sẽ dời hoặc bỏ"):
        assert said in own
        assert said not in theirs


def test_links_that_are_not_offered_stay_when_others_are_chosen(
    staff: Client, world: World
) -> None:
    plan = make_plan(world.province)
    ours, dropped = make_item(plan, world.dai_tu), make_item(plan, world.dai_tu)
    drafted = make_item(make_draft(world.province), world.dai_tu)
    round_ = make_round(world.province)
    make_visit(round_, world.dai_tu)
    round_.items.set([ours, dropped])
    dropped.drop(by=user_of(staff), reason="Thử")
    Adjustment.objects.update(status="ISSUED", number="1/QĐ-UBND", issued_on=date(2023, 6, 1))
    tick(staff, round_)
    assert set(round_.items.all()) == {dropped}
    # What is joined to a draft does not keep the draft.
    round_.items.add(drafted)
    drafted.plan.remove(by=user_of(staff))
    assert not PlanItem.objects.filter(pk=drafted.pk).exists()


def test_a_draft_from_which_units_were_drawn_stays(staff: Client, world: World) -> None:
    draft = make_draft(world.province)
    Draw.make(Proposal.of(draft), lambda: [world.dai_tu], by=user_of(staff), number=1)
    with pytest.raises(ValidationError, match="kết quả bốc thăm"):
        draft.remove(by=user_of(staff))
    assert Draw.objects.exists()


def test_items_keep_the_plan_in_their_year(world: World) -> None:
    plan = make_plan(world.province)
    make_item(plan, world.dai_tu)
    plan.year = 2024
    with pytest.raises(ValidationError, match="mục của năm khác"):
        plan.clean()


def test_days_between_inspections_are_bounded(staff: Client, world: World) -> None:
    plan = make_draft(world.province)
    answer = staff.post(f"/plans/{plan.pk}/edit/", draft_data(plan, overlap_days="999999999"))
    assert "overlap_days" in answer.context["form"].errors
    with pytest.raises(IntegrityError), transaction.atomic():
        Plan.objects.filter(pk=plan.pk).update(overlap_days=3651)


def test_item_moved_meanwhile_is_carried_out_by_no_new_round(staff: Client, world: World) -> None:
    item = make_item(make_plan(world.province), world.dai_tu)
    round_ = make_round(world.province, status="SCHEDULED")
    adjustment = Adjustment.objects.create(
        plan=item.plan, position=1, status="ISSUED", number="1/QĐ-UBND", issued_on=date(2023, 6, 1)
    )
    PlanItem.objects.filter(pk=item.pk).update(dropped_in=adjustment)
    with pytest.raises(ValidationError, match="không còn hiệu lực"):
        round_.carry([item], by=user_of(staff))
    assert not round_.items.exists()


def test_team_that_a_plan_names_stays(staff: Client, world: World) -> None:
    team = make_team(world.province)
    make_item(make_draft(world.province), world.dai_tu, team=team)
    with pytest.raises(ValidationError, match="đang được gắn với hồ sơ khác"):
        team.remove(by=user_of(staff))


def test_item_that_is_only_being_prepared_shows_nobody_the_plan(world: World) -> None:
    plan = make_plan(world.province)
    adjustment = Adjustment.objects.create(plan=plan, position=1)
    make_item(plan, world.tien_hoi, body=world.dai_tu, added_in=adjustment)
    district = make_user("INSPECTOR", world.dai_tu)
    assert not Plan.objects.visible_to(district).exists()
    make_item(plan, world.tien_hoi, body=world.dai_tu)
    assert list(Plan.objects.visible_to(district)) == [plan]


def test_reason_of_an_overlap_is_not_told_to_who_carries_out_a_part(
    staff: Client, inspector: Client, world: World
) -> None:
    plan = make_plan(world.province)
    make_item(plan, world.tien_hoi, body=world.dai_tu, overlap_reason="Đơn tố cáo")
    own, theirs = (
        each.get(f"/plans/{plan.pk}/progress/").content.decode() for each in (staff, inspector)
    )
    assert "Đơn tố cáo" in own
    assert "Đơn tố cáo" not in theirs
