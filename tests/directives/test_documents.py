"""Documents: list, page, form."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from congvu.dates import format_day, today
from congvu.models import Event
from congvu.rules import ConflictError
from directives.forms import DocumentForm
from directives.models import TAKEN, Document
from inspections.papers import PLAN
from tests.conftest import World
from tests.factories import make_plan, make_round, make_visit
from units.models import FormerName, Unit

pytestmark = pytest.mark.django_db


def make_document(unit: Unit, number: str, **fields: Any) -> Document:
    fields = {"issued_on": date(2023, 1, 5), "type": "QD", "subject": "Kiểm tra", **fields}
    return Document.objects.create(number=number, issuer=unit, kept_by=unit, **fields)


def typed(**fields: Any) -> dict[str, Any]:
    return {
        "number": "45/KH-UBND",
        "issued_on": "17/3/2023",
        "type": "KH",
        "issuer": "19",
        "subject": "Kiểm tra công vụ năm 2023",
        "_once": str(uuid.uuid4()),
        **fields,
    }


def numbers(client: Client, **query: str) -> set[str]:
    rows = client.get("/documents/", query).context["listing"].rows
    return {row.record.number for row in rows}


def test_list_is_searched_by_number_subject_and_issuer(staff: Client, world: World) -> None:
    make_document(world.province, "1/QĐ-UBND", subject="Lập đoàn kiểm tra")
    make_document(world.justice, "2/QĐ-STP", type="KL", issued_on=date(2022, 5, 1))
    make_document(world.elsewhere, "3/QĐ-UBND")
    assert numbers(staff) == {"1/QĐ-UBND", "2/QĐ-STP"}
    assert numbers(staff, q="lap doan") == {"1/QĐ-UBND"}
    assert numbers(staff, q="qd-stp") == {"2/QĐ-STP"}
    assert numbers(staff, q="tu phap") == {"2/QĐ-STP"}
    assert numbers(staff, type="KL") == {"2/QĐ-STP"}
    assert numbers(staff, year="2022") == {"2/QĐ-STP"}
    assert numbers(staff, issuer="19.STP") == {"2/QĐ-STP"}
    assert numbers(staff, **{"from": "1/1/2023"}) == {"1/QĐ-UBND"}


def in_order(client: Client, q: str) -> list[str]:
    rows = client.get("/documents/", {"q": q}).context["listing"].rows
    return [row.record.number for row in rows]


def test_best_matches_come_first_however_the_number_is_typed(staff: Client, world: World) -> None:
    make_document(world.province, "45/KH-UBND", subject="Kế hoạch kiểm tra", type="KH")
    make_document(
        world.province, "145/KH-UBND", issued_on=date(2023, 6, 1), subject="Kế hoạch", type="KH"
    )
    make_document(
        world.justice, "9/BC-STP", issued_on=date(2023, 7, 1), subject="Theo 45/KH-UBND của tỉnh"
    )
    make_document(world.province, "450/KH-UBND", issued_on=date(2023, 8, 1), type="KH")
    every = {"45/KH-UBND", "145/KH-UBND", "9/BC-STP"}
    for q in ("45/KH", "45/kh-ubnd"):
        found = in_order(staff, q)
        assert found[0] == "45/KH-UBND", q
        assert set(found) == every, q
    assert in_order(staff, "45 kh ubnd")[0] == "45/KH-UBND"
    assert in_order(staff, "45")[:1] == ["45/KH-UBND"]
    # As it was typed before words apart, then the latest.
    assert in_order(staff, "kiem tra")[0] == "450/KH-UBND"
    assert in_order(staff, "450 kh") == ["450/KH-UBND"]
    # Who sorts by a column has that order.
    rows = staff.get("/documents/", {"q": "45", "sort": "ngay-ban-hanh"}).context["listing"].rows
    assert rows[0].record.number == "45/KH-UBND"


def test_words_are_found_in_signer_type_and_names_of_that_day(staff: Client, world: World) -> None:
    FormerName.objects.create(
        unit=world.justice, name="Sở Tư pháp Bắc Thái", valid_to=date(2023, 3, 1)
    )
    make_document(world.justice, "1/TB-STP", type="TB", signer="Nguyễn Văn Ký", subject="Việc một")
    make_document(world.province, "2/QĐ-UBND", subject="Việc hai", issuer_name="")
    outside = make_document(world.province, "3/CV-BNV", type="CV", subject="Việc ba")
    Document.objects.filter(pk=outside.pk).update(issuer=None, issuer_name="Bộ Nội vụ")
    outside.refresh_from_db()
    outside.save()
    assert numbers(staff, q="van ky") == {"1/TB-STP"}
    assert numbers(staff, q="thong bao") == {"1/TB-STP"}
    assert numbers(staff, q="bac thai") == {"1/TB-STP"}
    assert numbers(staff, q="quyet dinh viec") == {"2/QĐ-UBND"}
    assert numbers(staff, q="bo noi vu") == {"3/CV-BNV"}
    assert numbers(staff, q="thong bao quyet dinh") == set()


def test_documents_are_found_by_file_and_by_what_rests_on_them(staff: Client, world: World) -> None:
    make_document(world.province, "1/QĐ-UBND", file=ContentFile(b"%PDF-1.7", "a.pdf"))
    used = make_document(world.province, "2/QĐ-UBND")
    make_round(world.province).documents.add(used)
    assert numbers(staff, file="yes") == {"1/QĐ-UBND"}
    assert numbers(staff, file="no") == {"2/QĐ-UBND"}
    assert numbers(staff, used="yes") == {"2/QĐ-UBND"}
    assert numbers(staff, used="no") == {"1/QĐ-UBND"}


def test_page_tells_what_rests_on_it_as_far_as_one_may_see(
    staff: Client, inspector: Client, world: World
) -> None:
    document = make_document(world.province, "1/QĐ-UBND")
    document.kept_by = world.dai_tu
    document.save()
    plan = make_plan(world.province, number="45/KH-UBND")
    plan.documents.add(document)
    hidden = make_round(world.province, code="BIMAT", status="SCHEDULED")
    make_visit(hidden, world.dai_tu)
    hidden.documents.add(document)
    ours = staff.get(f"/documents/{document.pk}/").content.decode()
    theirs = inspector.get(f"/documents/{document.pk}/").content.decode()
    assert "BIMAT" in ours
    assert "45/KH-UBND" in ours
    assert "BIMAT" not in theirs
    assert "45/KH-UBND" not in theirs


def test_document_is_registered_for_the_persons_unit(inspector: Client, world: World) -> None:
    answer = inspector.post("/documents/create/", typed())
    document = Document.objects.get()
    assert answer.url == document.get_absolute_url()  # type: ignore[attr-defined]
    assert (document.issuer, document.kept_by) == (world.province, world.dai_tu)
    assert Event.objects.of(document).get().deed == "added"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"number": "số 45"}, "không đúng cách ghi số ký hiệu"),
        ({"issuer": "", "issuer_name": ""}, "một trong hai"),
        ({"issuer_name": "Bộ Nội vụ"}, "một trong hai"),
        ({"issued_on": "3/4/23"}, "chưa rõ năm"),
    ],
)
def test_faults_are_told(staff: Client, world: World, fields: dict[str, str], said: str) -> None:
    assert said in staff.post("/documents/create/", typed(**fields)).content.decode()
    assert not Document.objects.exists()


def test_number_is_taken_once_per_issuer_and_year(staff: Client, world: World) -> None:
    assert staff.post("/documents/create/", typed()).status_code == 302
    again = staff.post("/documents/create/", typed(number="45/KH-UBND", issued_on="1/12/2023"))
    assert "đã có văn bản mang số ký hiệu đó" in again.content.decode()
    assert staff.post("/documents/create/", typed(issued_on="5/1/2024")).status_code == 302
    outside = typed(issuer="", issuer_name="Bộ Nội vụ", number="9/CĐ-BNV", type="CD")
    assert staff.post("/documents/create/", outside).status_code == 302
    twice = {**outside, "_once": str(uuid.uuid4())}
    assert "đã có văn bản" in staff.post("/documents/create/", twice).content.decode()


def test_taken_number_leads_to_the_document_that_has_it(staff: Client, world: World) -> None:
    other = make_document(world.province, "45/KH-UBND", subject="Kế hoạch cũ")
    answer = staff.post("/documents/create/", typed(number="45/kh-ubnd".upper(), subject="Mới"))
    page = answer.content.decode()
    assert f'href="{other.get_absolute_url()}"' in page
    assert "45/KH-UBND ngày 05/01/2023" in page
    assert "Kế hoạch cũ" in page
    assert set(answer.context["form"].errors) == {"number"}
    # What was typed stays.
    assert 'value="17/3/2023"' in page
    # A document is no rival of itself, and another is told when it is edited into the number.
    url = f"/documents/{other.pk}/edit/"
    assert staff.post(url, typed(version=other.version, issued_on="5/1/2023")).status_code == 302
    second = make_document(world.province, "46/KH-UBND")
    page = staff.post(
        f"/documents/{second.pk}/edit/", typed(version=second.version)
    ).content.decode()
    assert f'href="{other.get_absolute_url()}"' in page


def test_of_a_document_out_of_reach_only_the_number_is_told(
    inspector: Client, world: World
) -> None:
    hidden = make_document(world.province, "45/KH-UBND", subject="Kiểm tra đột xuất Đại Từ")
    answer = inspector.post("/documents/create/", typed())
    page = answer.content.decode()
    assert answer.context["form"].errors["number"] == [TAKEN]
    assert "đột xuất" not in page
    assert hidden.get_absolute_url() not in page
    assert "05/01/2023" not in page


def test_same_number_of_others_of_another_year_or_of_oneself_is_free(world: World) -> None:
    made = make_document(world.province, "45/KH-UBND")
    same = Document.objects.same_as
    new = Document(number="45/kh-ubnd", issued_on=date(2023, 12, 1), issuer=world.province)
    assert list(same(new)) == [made]
    assert not same(made)
    new.issued_on = date(2024, 1, 1)
    assert not same(new)
    new.issued_on, new.issuer = date(2023, 12, 1), world.justice
    assert not same(new)
    assert not same(Document(number="45/KH-UBND", issuer=world.province))


def test_number_taken_while_one_was_typing_is_told_with_the_other(
    staff: Client, world: World
) -> None:
    form = DocumentForm(typed(), user=staff.user)  # type: ignore[attr-defined]
    assert form.is_valid()
    other = make_document(world.province, "45/KH-UBND")
    assert form.save_as(staff.user) is False  # type: ignore[attr-defined]
    assert form.taken == other
    assert "45/KH-UBND ngày 05/01/2023" in str(form.non_field_errors())


def test_change_is_marked_and_second_writer_told(staff: Client, world: World) -> None:
    document = make_document(world.province, "45/KH-UBND", type="KH", issued_on=date(2023, 3, 17))
    url = f"/documents/{document.pk}/edit/"
    first = typed(version=document.version, subject="Sửa lần một")
    stale = typed(version=document.version, subject="Sửa lần hai")
    assert staff.post(url, first).status_code == 302
    assert "đã lưu hồ sơ này" in staff.post(url, stale).content.decode()
    assert Event.objects.of(document).get().changes == {"subject": ["Kiểm tra", "Sửa lần một"]}


def test_scope_and_roles(outsider: Client, leader: Client, reporter: Client, world: World) -> None:
    document = make_document(world.province, "1/QĐ-UBND")
    assert outsider.get(f"/documents/{document.pk}/").status_code == 404
    assert outsider.get(f"/documents/{document.pk}/edit/").status_code == 404
    assert leader.get(f"/documents/{document.pk}/").status_code == 200
    assert leader.get(f"/documents/{document.pk}/edit/").status_code == 403
    assert leader.post("/documents/create/", typed()).status_code == 403
    assert reporter.get("/documents/").status_code == 403


def test_ten_times_the_documents_cost_no_more_queries(staff: Client, world: World) -> None:
    def fill(first: int, number: int) -> None:
        for place in range(first, first + number):
            make_document(world.province, f"{place}/QĐ-UBND")

    fill(1, 2)
    staff.get("/documents/")
    with CaptureQueriesContext(connection) as few:
        staff.get("/documents/")
    fill(3, 18)
    with CaptureQueriesContext(connection) as many:
        staff.get("/documents/")
    assert len(many) == len(few) <= 15


def test_day_of_issue_that_is_still_to_come_is_refused(staff: Client, world: World) -> None:
    for days, errors in ((1, {"issued_on"}), (0, set())):
        day = format_day(today() + timedelta(days=days))
        form = DocumentForm(typed(issued_on=day), user=staff.user)  # type: ignore[attr-defined]
        assert set(form.errors) == errors


def test_what_is_missing_hides_no_rule_behind_the_name_of_a_constraint(
    staff: Client, world: World
) -> None:
    page = staff.post("/documents/create/", typed(issued_on="", issuer="")).content.decode()
    assert "directives_document" not in page


def test_document_entered_by_mistake_goes_with_its_file(
    staff: Client, world: World, django_capture_on_commit_callbacks: Any
) -> None:
    document = make_document(world.province, "9/QĐ-UBND", file=ContentFile(b"%PDF-1.7", "a.pdf"))
    path = Path(document.file.path)
    plan = make_plan(world.province)
    plan.documents.add(document)
    url = f"/documents/{document.pk}/delete/"
    answer = staff.post(url, {"version": document.version})
    assert "đang được gắn với hồ sơ khác" in answer.content.decode()
    assert "đang được gắn" in staff.get(f"/documents/{document.pk}/").content.decode()
    plan.documents.clear()
    with django_capture_on_commit_callbacks(execute=True):
        answer = staff.post(url, {"version": document.version})
        assert path.exists()
    assert answer.url == "/documents/"  # type: ignore[attr-defined]
    assert not path.exists()
    event = Event.objects.get(deed="removed")
    assert (event.record_id, event.label) == (document.pk, "9/QĐ-UBND ngày 05/01/2023")


def test_document_taken_away_meanwhile_is_not_attached(staff: Client, world: World) -> None:
    document, plan = make_document(world.province, "9/QĐ-UBND"), make_plan(world.province)
    Document.objects.filter(pk=document.pk).delete()
    with pytest.raises(ConflictError):
        PLAN.attach(plan, document, by=staff.user)  # type: ignore[attr-defined]
