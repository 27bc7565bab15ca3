"""Pages of checklists: list, versions, rows of questions, deeds; who may."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from congvu.models import Event
from findings.models import Checklist, Question
from inspections.models import Content
from tests.conftest import World, client_of
from tests.factories import make_checklist, make_user

pytestmark = pytest.mark.django_db

ROW = {"kind": "YES_NO", "severity": "SHORTCOMING", "category": "", "position": ""}


def typed(rows: list[dict[str, Any]], initial: int = 0, **fields: Any) -> dict[str, Any]:
    """The form with these rows, of which the first `initial` are there already."""
    data: dict[str, Any] = {
        "title": "Bảng kiểm",
        "questions-TOTAL_FORMS": str(len(rows)),
        "questions-INITIAL_FORMS": str(initial),
        "_once": str(uuid.uuid4()),
        **fields,
    }
    for place, row in enumerate(rows):
        data |= {f"questions-{place}-{name}": value for name, value in {**ROW, **row}.items()}
    return data


def rows_of(checklist: Checklist) -> list[dict[str, Any]]:
    """The rows as the form shows them."""
    names = ("id", "position", "text", "kind", "category", "severity")
    return list(checklist.questions.values(*names))


def test_draft_is_made_with_its_questions_in_the_order_of_their_numbers(
    staff: Client, world: World
) -> None:
    content = Content.objects.get(code="conduct")
    rows = [
        {"text": "Không số, đứng cuối?"},
        {"text": "Thứ hai?", "position": "7", "category": "ATTITUDE", "severity": "LIMITATION"},
        {"text": "Thứ nhất?", "position": "2", "guidance": "Hỏi ba người", "legal_basis": "QĐ 1"},
        {},
    ]
    answer = staff.post("/checklists/create/", typed(rows, content=content.pk))
    made = Checklist.objects.get()
    assert answer.headers["Location"] == f"/checklists/{made.pk}/"
    assert (made.owner, made.status, made.version_number) == (world.province, "DRAFT", 1)
    assert [(each.position, each.text) for each in made.questions.all()] == [
        (1, "Thứ nhất?"),
        (2, "Thứ hai?"),
        (3, "Không số, đứng cuối?"),
    ]
    page = staff.get(f"/checklists/{made.pk}/").content.decode()
    assert "Hướng dẫn: Hỏi ba người" in page
    assert "đề xuất hạn chế: Thái độ, giao tiếp, ứng xử" in page


def test_second_list_on_a_content_is_a_version_and_no_list_of_its_own(
    staff: Client, world: World
) -> None:
    first = make_checklist(world.province)
    data = typed([{"text": "Câu?"}], content=first.content_id)
    page = staff.post("/checklists/create/", data).content.decode()
    assert "rồi lập phiên bản mới" in page
    assert "Câu?" in page
    assert Checklist.objects.count() == 1


def test_questions_change_move_and_go_and_the_trail_tells_them(staff: Client, world: World) -> None:
    draft = make_checklist(world.province, "Một?", "Hai?", "Ba?", status="DRAFT")
    rows = rows_of(draft)
    rows[0]["DELETE"] = "on"
    rows[1] |= {"position": 5, "category": ""}
    rows[2]["position"] = 4
    rows.append({"text": "Bốn?", "kind": "NUMBER"})
    data = typed(rows, 3, version=draft.version, title=draft.title)
    assert staff.post(f"/checklists/{draft.pk}/edit/", data).status_code == 302
    told = [(each.position, each.text) for each in draft.questions.all()]
    assert told == [(1, "Ba?"), (2, "Hai?"), (3, "Bốn?")]
    changes = Event.objects.of(draft).get().changes
    old, new = changes["câu hỏi"]
    assert [each.split(" [")[0] for each in new] == ["Ba?", "Hai?", "Bốn?"]
    assert len(old) == 3


def test_faults_stand_at_their_rows_and_what_was_typed_stays(staff: Client, world: World) -> None:
    draft = make_checklist(world.province, "Một?", status="DRAFT")
    rows = [*rows_of(draft), {"text": "một?"}, {"text": "Bao nhiêu?", "kind": "NUMBER"}]
    rows[2]["category"] = "OTHER"
    page = staff.post(
        f"/checklists/{draft.pk}/edit/", typed(rows, 1, version=draft.version)
    ).content.decode()
    assert "Câu hỏi này đã có ở dòng trên." in page
    assert "Chỉ câu hỏi Có/Không mới đề xuất tồn tại" in page
    assert "Bao nhiêu?" in page
    assert draft.questions.count() == 1


def test_second_writer_of_a_draft_is_noticed(staff: Client, world: World) -> None:
    draft = make_checklist(world.province, "Một?", status="DRAFT")
    address = f"/checklists/{draft.pk}/edit/"
    stale = typed([{**rows_of(draft)[0], "text": "Của người sau?"}], 1, version=draft.version)
    other = client_of(make_user("STAFF", world.province, "nguoikia"))
    first = typed([{**rows_of(draft)[0], "text": "Của người trước?"}], 1, version=draft.version)
    assert other.post(address, first).status_code == 302
    page = staff.post(address, stale).content.decode()
    assert "Người dùng nguoikia đã lưu hồ sơ này" in page
    assert "Của người sau?" in page
    assert draft.questions.get().text == "Của người trước?"


def test_draft_put_in_force_meanwhile_is_not_edited(staff: Client, world: World) -> None:
    draft = make_checklist(world.province, "Một?", status="DRAFT")
    data = typed([{**rows_of(draft)[0], "text": "Khác?"}], 1, version=draft.version)
    draft.put_in_force(make_user("STAFF", world.province))
    page = staff.post(f"/checklists/{draft.pk}/edit/", data).content.decode()
    assert "hãy lập phiên bản mới" in page
    assert "Khác?" in page
    assert Question.objects.get().text == "Một?"


def confirmed(client: Client, checklist: Checklist, deed: str) -> Any:
    """What comes when the deed's page is confirmed as it was shown."""
    data = {"version": str(checklist.version), "_once": str(uuid.uuid4())}
    return client.post(f"/checklists/{checklist.pk}/{deed}/", data)


def test_life_of_a_checklist_from_page_to_page(staff: Client, world: World) -> None:
    first = make_checklist(world.province)
    answer = confirmed(staff, first, "renew")
    second = Checklist.objects.get(version_number=2)
    assert answer.headers["Location"] == f"/checklists/{second.pk}/edit/"
    assert (
        "Phiên bản 1 thôi dùng"
        in staff.get(f"/checklists/{second.pk}/put-in-force/").content.decode()
    )
    assert confirmed(staff, second, "put-in-force").status_code == 302
    second.refresh_from_db()
    assert confirmed(staff, second, "retire").status_code == 302
    states = dict(Checklist.objects.values_list("version_number", "status"))
    assert states == {1: "RETIRED", 2: "RETIRED"}
    confirmed(staff, first.__class__.objects.get(pk=first.pk), "renew")
    third = Checklist.objects.get(status="DRAFT")
    assert third.version_number == 3
    assert confirmed(staff, third, "delete").headers["Location"] == "/checklists/"
    assert Checklist.objects.count() == 2


def test_superiors_checklist_is_copied_to_the_own_unit(world: World) -> None:
    above = make_checklist(world.province)
    client = client_of(make_user("STAFF", world.dai_tu))
    page = client.get(f"/checklists/{above.pk}/").content.decode()
    assert "Sao về đơn vị mình" in page
    assert "Lập phiên bản mới" not in page
    assert confirmed(client, above, "renew").status_code == 403
    confirmed(client, above, "copy")
    made = Checklist.objects.get(owner=world.dai_tu)
    assert (made.status, made.questions.count()) == ("DRAFT", 2)


def test_other_provinces_checklist_is_404_and_readers_see_no_deeds(
    outsider: Client, leader: Client, world: World
) -> None:
    checklist = make_checklist(world.province)
    assert outsider.get(f"/checklists/{checklist.pk}/").status_code == 404
    commune = client_of(make_user("INSPECTOR", world.tien_hoi))
    for client in (leader, commune):
        page = client.get(f"/checklists/{checklist.pk}/").content.decode()
        assert "Có mặt đúng giờ?" in page
        assert "Lập phiên bản mới" not in page


def test_pages_ask_no_more_with_more_versions(staff: Client, world: World) -> None:
    def counted(address: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert staff.get(address).status_code == 200
        return len(queries)

    first = make_checklist(world.province)
    addresses = ("/checklists/", f"/checklists/{first.pk}/")
    few = [counted(address) for address in addresses]
    for number in range(2, 12):
        make_checklist(
            world.province, *map(str, range(20)), status="RETIRED", version_number=number
        )
    draft = make_checklist(world.province, *map(str, range(40)), status="DRAFT", version_number=12)
    assert [counted(address) for address in addresses] == few
    assert max(few) <= 15
    assert counted(f"/checklists/{draft.pk}/edit/") <= 15


def test_default_checklists_are_loaded_once_and_kept_as_they_are(world: World) -> None:
    own = make_checklist(world.province)
    call_command("load_checklists", "--unit", "19", verbosity=0)
    loaded = Checklist.objects.exclude(pk=own.pk)
    # One for each other content of the catalogue.
    assert {each.content.code for each in loaded} == set(
        Content.objects.exclude(code="working_hours").values_list("code", flat=True)
    )
    assert set(loaded.values_list("status", flat=True)) == {"DRAFT"}
    assert all(3 <= each.questions.count() <= 8 for each in loaded)
    before = list(Checklist.objects.values_list("pk", "version"))
    call_command("load_checklists", "--unit", "19", "--put-in-force", verbosity=0)
    assert list(Checklist.objects.values_list("pk", "version")) == before
    call_command("load_checklists", "--unit", "20", "--put-in-force", verbosity=0)
    assert Checklist.objects.filter(owner=world.elsewhere, status="IN_FORCE").count() == 14
    with pytest.raises(CommandError, match="Không có đơn vị nào mang mã"):
        call_command("load_checklists", "--unit", "99", verbosity=0)
