"""One deed for many remedies: what is done, what is refused and why, once, with a mark for each."""

from __future__ import annotations

import re
import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from congvu.dates import today
from congvu.models import Event
from directives.models import Document
from findings.models import Extension, Remedy
from notices.models import Notice
from tests.conftest import World
from tests.factories import make_remedy, make_round, make_user, make_visit

pytestmark = pytest.mark.django_db

ASSIGN, REMIND, EXTEND = "/remedies/assign/", "/remedies/remind/", "/remedies/extend/"
LATER = today() + timedelta(days=60)


@pytest.fixture
def three(world: World, reporter: Client) -> list[Remedy]:
    """Two of Đại Từ that are not done, and one that is."""
    visit = make_visit(make_round(world.province), world.dai_tu)
    return [
        make_remedy(visit, code="A"),
        make_remedy(visit, code="B"),
        make_remedy(visit, code="XONG", completed_on=date(2023, 6, 1)),
    ]


@pytest.fixture
def keeper(world: World) -> User:
    return make_user("STAFF", world.province, full_name="Trần Thị Theo")


def shown(client: Client, address: str, remedies: list[Remedy], **query: Any) -> dict[str, Any]:
    """What the page of the deed shows for these remedies, as its form would send it."""
    answer = client.get(address, {"pick": [each.pk for each in remedies], **query})
    assert answer.status_code == 200
    items = re.findall(r'name="item" value="([^"]+)"', answer.content.decode())
    return {"item": items, "_once": str(uuid.uuid4())}


def report_of(client: Client, answer: Any) -> tuple[list[str], dict[str, list[str]]]:
    """Codes of those done, and of those refused by reason."""
    assert answer.status_code == 302, answer.context["form"].errors
    context = client.get(answer["Location"]).context
    refused = {reason: [each.code for each in rows] for reason, rows in context["refused"]}
    return [each.code for each in context["done"]], refused


def deeds(*names: str) -> list[str]:
    marks = Event.objects.filter(deed__in=names).order_by("record_id")
    return [Remedy.objects.get(pk=each.record_id).code for each in marks]


def test_the_list_offers_its_rows_and_all_of_its_results(
    staff: Client, reporter: Client, leader: Client, three: list[Remedy]
) -> None:
    page = staff.get("/remedies/?kind=REMIND").content.decode()
    assert page.count('name="pick"') == 3
    assert "Chọn tất cả 3 kết quả" in page
    assert '<input type="hidden" name="kind" value="REMIND">' in page
    for client in (reporter, leader):
        assert 'name="pick"' not in client.get("/remedies/").content.decode()


def test_says_first_how_many_are_changed_and_which_not_and_why(
    staff: Client, three: list[Remedy]
) -> None:
    answer = staff.get(ASSIGN, {"all": "1", "kind": "REMIND"})
    page = answer.content.decode()
    assert "Giao theo dõi 2 kiến nghị" in page
    assert "1 kiến nghị không thay đổi" in page
    assert "Kiến nghị đã được xác nhận hoàn thành." in page
    assert [each.remedy.code for each, _ in answer.context["able"]] == ["A", "B"]
    assert [each.remedy.code for each, _ in answer.context["unable"]] == ["XONG"]
    # Filters that leave nothing, and those that cannot be read, choose nothing.
    for query in ({"all": "1", "kind": "REVIEW"}, {"all": "1", "year": "abc"}, {"pick": "x"}, {}):
        assert "Chưa chọn kiến nghị nào" in staff.get(ASSIGN, query).content.decode()


def test_assign(staff: Client, three: list[Remedy], keeper: User) -> None:
    data = shown(staff, ASSIGN, three)
    answer = staff.post(ASSIGN, {**data, "keeper": "Trần Thị Theo"})
    done, refused = report_of(staff, answer)
    assert done == ["A", "B"]
    assert refused == {"Kiến nghị đã được xác nhận hoàn thành.": ["XONG"]}
    assert set(Remedy.objects.filter(keeper=keeper).values_list("code", flat=True)) == {"A", "B"}
    assert deeds("assigned") == ["A", "B"]
    mark = Event.objects.filter(deed="assigned").first()
    assert mark is not None
    assert mark.changes == {"keeper": [None, "Trần Thị Theo"]}


def test_who_does_the_work_does_not_follow_it(
    staff: Client, three: list[Remedy], world: World
) -> None:
    own = make_user("INSPECTOR", world.dai_tu, full_name="Lê Văn Nhà")
    data = shown(staff, ASSIGN, three[:1])
    done, refused = report_of(staff, staff.post(ASSIGN, {**data, "keeper": "Lê Văn Nhà"}))
    assert done == []
    assert list(refused.values()) == [["A"]]
    assert not Remedy.objects.filter(keeper=own).exists()
    reporter = make_user("REPORTER", world.dai_tu, full_name="Vũ Đầu Mối")
    answer = staff.post(ASSIGN, {**shown(staff, ASSIGN, three[:1]), "keeper": str(reporter)})
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "Không tìm thấy tài khoản" in page
    # The form has no other field to which it could point.
    assert "Người theo dõi phải là cán bộ hoặc kiểm tra viên" in page
    assert "ghi họ tên" not in page


def test_sent_twice_it_is_done_once(staff: Client, three: list[Remedy], keeper: User) -> None:
    data = {**shown(staff, ASSIGN, three), "keeper": "Trần Thị Theo"}
    first, second = staff.post(ASSIGN, data), staff.post(ASSIGN, data)
    assert first["Location"] == second["Location"]
    assert deeds("assigned") == ["A", "B"]


def test_remind_makes_notices_of_the_asked_side_once_a_day(
    staff: Client, reporter: Client, three: list[Remedy], world: World
) -> None:
    nobody = make_remedy(make_visit(make_round(world.province), world.justice), code="VẮNG")
    running = make_round(world.province, status="IN_PROGRESS")
    unread = make_remedy(make_visit(running, world.dai_tu), code="CHƯA")
    chosen = [*three, nobody, unread]
    done, refused = report_of(staff, staff.post(REMIND, shown(staff, REMIND, chosen)))
    assert done == ["A", "B"]
    assert sorted(refused.values()) == [["CHƯA"], ["VẮNG"], ["XONG"]]
    told = Notice.objects.filter(person=reporter.user)  # type: ignore[attr-defined]  # see client_of
    assert {each.url for each in told} == {each.get_absolute_url() for each in three[:2]}
    assert deeds("reminded") == ["A", "B"]
    # Again on the same day: nothing is left to do.
    again = staff.post(REMIND, shown(staff, REMIND, chosen))
    assert again.status_code == 200
    assert "Hôm nay đã nhắc kiến nghị này rồi." in again.content.decode()
    assert told.count() == 2
    assert deeds("reminded") == ["A", "B"]


def paper(world: World, **fields: Any) -> Document:
    return Document.objects.create(
        **{
            "number": "12/SNV-CCHC", "issued_on": date(2023, 6, 20), "issuer": world.province,
            "kept_by": world.province, "type": "CV", "subject": "Gia hạn", **fields,
        }
    )  # fmt: skip


def test_extend_by_a_registered_document(staff: Client, three: list[Remedy], world: World) -> None:
    document = paper(world)
    # It was given as much time already.
    longer = make_remedy(three[0].visit, code="DÀI", due_on=LATER)
    chosen = [*three, longer]
    address = f"{EXTEND}?paper={document.pk}"
    data = {**shown(staff, EXTEND, chosen, paper=document.pk), "due_on": LATER.isoformat()}
    done, refused = report_of(staff, staff.post(address, data))
    assert done == ["A", "B"]
    assert sorted(refused.values()) == [["DÀI"], ["XONG"]]
    given = Extension.objects.order_by("remedy__code")
    assert [(each.remedy.code, each.decided_on, each.due_on, each.document) for each in given] == [
        ("A", date(2023, 6, 20), LATER, "12/SNV-CCHC"),
        ("B", date(2023, 6, 20), LATER, "12/SNV-CCHC"),
    ]
    assert all(list(each.documents.all()) == [document] for each in given)
    assert deeds("extended") == ["A", "B"]
    assert {each.due_on for each in Remedy.objects.filter(code__in=["A", "B"])} == {
        date(2023, 6, 30)
    }


def test_extend_registers_its_document(staff: Client, three: list[Remedy], world: World) -> None:
    data = {
        **shown(staff, EXTEND, three),
        "due_on": LATER.isoformat(), "number": "15/SNV-CCHC", "issued_on": "20/6/2023",
        "type": "CV", "issuer": "Tỉnh Thái Nguyên (19)", "subject": "Gia hạn", "seal": "bulk",
    }  # fmt: skip
    done, _ = report_of(staff, staff.post(EXTEND, data))
    assert done == ["A", "B"]
    document = Document.objects.get(number="15/SNV-CCHC")
    assert document.extensions.count() == 2


def test_where_nothing_is_permitted_no_document_is_registered(
    staff: Client, three: list[Remedy]
) -> None:
    data = {
        **shown(staff, EXTEND, three),
        "due_on": "25/6/2023", "number": "15/SNV-CCHC", "issued_on": "20/6/2023",
        "type": "CV", "issuer": "Tỉnh Thái Nguyên (19)", "subject": "Gia hạn", "seal": "bulk",
    }  # fmt: skip
    answer = staff.post(EXTEND, data)
    assert answer.status_code == 200
    assert "Hạn mới phải sau hạn đang có hiệu lực (30/06/2023)" in answer.content.decode()
    assert not Document.objects.exists()
    assert not Extension.objects.exists()


def test_the_side_that_must_act_never_extends_its_own(
    inspector: Client, world: World, keeper: User
) -> None:
    """Đại Từ checked itself and the commune under it; the province checked Đại Từ."""
    round_ = make_round(world.dai_tu)
    own = make_remedy(make_visit(round_, world.dai_tu), code="MÌNH")
    under = make_remedy(make_visit(round_, world.tien_hoi), code="XÃ")
    above = make_remedy(make_visit(make_round(world.province), world.dai_tu), code="TỈNH")
    document = paper(world, kept_by=world.dai_tu, issuer=world.dai_tu)
    address = f"{EXTEND}?paper={document.pk}"
    data = shown(inspector, EXTEND, [own, under, above], paper=document.pk)
    answer = inspector.post(address, {**data, "due_on": LATER.isoformat()})
    done, refused = report_of(inspector, answer)
    assert done == ["XÃ"]
    assert refused == {
        "Đơn vị được kiến nghị không tự gia hạn việc của mình.": ["MÌNH"],
        "Chỉ cơ quan đã kiểm tra mới làm việc này với kiến nghị của mình.": ["TỈNH"],
    }


@pytest.mark.parametrize("address", [ASSIGN, REMIND, EXTEND])
def test_who_may_not_write_gets_403_and_what_is_out_of_scope_is_passed_over(
    address: str, reporter: Client, leader: Client, outsider: Client, three: list[Remedy]
) -> None:
    items = [f"{each.pk}.{each.version}" for each in three]
    for client in (reporter, leader):
        assert client.get(address, {"pick": three[0].pk}).status_code == 403
        assert client.post(address, {"item": items}).status_code == 403
    page = outsider.get(address, {"pick": [each.pk for each in three]}).content.decode()
    assert "Chưa chọn kiến nghị nào" in page
    answer = outsider.post(address, {"item": items, "keeper": "x", "due_on": LATER.isoformat()})
    assert answer.status_code == 200
    assert not any(each.code in answer.content.decode() for each in three if len(each.code) > 1)
    assert not deeds("assigned", "reminded", "extended")


def test_what_was_changed_meanwhile_is_refused_by_itself(
    staff: Client, three: list[Remedy], keeper: User
) -> None:
    data = {**shown(staff, ASSIGN, three), "keeper": "Trần Thị Theo"}
    three[0].report(by=keeper, text="Đang làm")
    done, refused = report_of(staff, staff.post(ASSIGN, data))
    assert done == ["B"]
    assert ["A"] in refused.values()


def test_only_what_was_shown_is_done(staff: Client, three: list[Remedy], keeper: User) -> None:
    """Of a list that grew after it was shown, the new ones are left alone."""
    address = f"{ASSIGN}?all=1"
    data = {**shown(staff, ASSIGN, [], all="1"), "keeper": "Trần Thị Theo"}
    make_remedy(three[0].visit, code="MỚI")
    done, _ = report_of(staff, staff.post(address, data))
    assert done == ["A", "B"]


def test_at_most_five_hundred(
    staff: Client, three: list[Remedy], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("findings.bulk.MOST", 2)
    for query in ({"all": "1"}, {"pick": [each.pk for each in three]}):
        page = staff.get(ASSIGN, query).content.decode()
        assert "Đã chọn 3 kiến nghị; mỗi lần làm được nhiều nhất 2." in page
        assert 'name="item"' not in page


def test_names_are_not_shown_to_whoever_may_not_see_them(staff: Client, world: World) -> None:
    visit = make_visit(make_round(world.province), world.dai_tu)
    named = make_remedy(visit, subject="INDIVIDUAL", person_name="Nguyễn Văn Kín")
    page = staff.get(ASSIGN, {"pick": named.pk}).content.decode()
    assert ("Nguyễn Văn Kín" in page) == staff.user.sees_names  # type: ignore[attr-defined]


def test_a_report_is_its_maker_s_alone(
    staff: Client, outsider: Client, three: list[Remedy], keeper: User
) -> None:
    answer = staff.post(ASSIGN, {**shown(staff, ASSIGN, three), "keeper": "Trần Thị Theo"})
    assert staff.get(answer["Location"]).status_code == 200
    assert outsider.get(answer["Location"]).status_code == 404
    assert "Chưa có việc nào" in outsider.get(reverse("findings:remedies_report")).content.decode()


@pytest.mark.parametrize("address", [ASSIGN, REMIND, EXTEND])
def test_ten_times_the_rows_cost_no_more_queries(
    address: str, staff: Client, three: list[Remedy], world: World
) -> None:
    def asks() -> int:
        with CaptureQueriesContext(connection) as queries:
            staff.get(address, {"all": "1"})
        return len(queries)

    before = asks()
    for _ in range(10):
        visit = make_visit(make_round(world.province), world.dai_tu)
        Extension.objects.create(
            remedy=make_remedy(visit), decided_on=date(2023, 6, 1), due_on=date(2023, 8, 25)
        )
    assert asks() == before <= 15
