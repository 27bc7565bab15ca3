"""The conclusion: a document with its demands, all at once; the visit has its number and day."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from congvu.models import Event
from directives.models import Document
from findings.due import proposed_due
from findings.models import Finding, Remedy
from inspections.models import Visit
from tests.conftest import World
from tests.factories import make_finding, make_remedy, make_round, make_visit

pytestmark = pytest.mark.django_db

D = date
PAPER = {
    "number": "12/KL-SNV", "issued_on": "5/6/2023", "type": "KL", "issuer": "19",
    "subject": "Kết luận kiểm tra", "signer": "Nguyễn Văn A",
}  # fmt: skip


def typed(visit: Visit, *rows: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The form with those demands."""
    data = {**PAPER, "seal": str(visit.version), "demands-TOTAL_FORMS": len(rows)}
    data |= {"demands-INITIAL_FORMS": 0, **changes}
    for place, row in enumerate(rows):
        row = {"subject": "COLLECTIVE", **row}
        data.update({f"demands-{place}-{name}": value for name, value in row.items()})
    return data


@pytest.fixture
def visit(world: World) -> Visit:
    return make_visit(make_round(world.province, code="TN1"), world.dai_tu)


@pytest.fixture
def finding(visit: Visit) -> Finding:
    return make_finding(visit)


@pytest.fixture
def address(visit: Visit) -> str:
    return f"/visits/{visit.pk}/conclude/"


def test_document_is_registered_with_its_demands(
    staff: Client, visit: Visit, finding: Finding, address: str, world: World
) -> None:
    rows: tuple[dict[str, Any], ...] = (
        {"finding": finding.pk, "kind": "REVIEW", "content": "Kiểm điểm", "due_on": "20/6/2023",
         "answerer": "Chánh Văn phòng"},
        {"kind": "EXPLAIN_RECTIFY", "content": "Khắc phục"},
        {"kind": "DISCIPLINE", "subject": "INDIVIDUAL", "person_name": "Lê Văn B"},
        {"kind": "DISCIPLINE", "subject": "INDIVIDUAL", "is_complicated": "on",
         "content": "Vụ việc phức tạp"},
        {"kind": "", "content": ""},
    )  # fmt: skip
    file = SimpleUploadedFile("ket luan.pdf", b"%PDF-1.4\n%%EOF\n", "application/pdf")
    answer = staff.post(address, typed(visit, *rows, file=file), follow=True)
    assert "Đã ghi kết luận 12/KL-SNV và 4 kiến nghị." in answer.content.decode()
    assert "Văn bản khác</h2>" in answer.content.decode()
    visit.refresh_from_db()
    paper = Document.objects.get()
    assert (visit.conclusion, visit.conclusion_number, visit.concluded_on) == (
        paper, "12/KL-SNV", D(2023, 6, 5),
    )  # fmt: skip
    assert (paper.issuer, paper.type) == (world.province, "KL")
    assert paper.file
    found = Remedy.objects.order_by("pk")
    # From 5/6/2023: 30 days are 5 July, 90 days 3 September, 150 days 2 November.
    assert [(each.kind, each.due_on) for each in found] == [
        ("REVIEW", D(2023, 6, 20)),
        ("EXPLAIN_RECTIFY", D(2023, 7, 5)),
        ("DISCIPLINE", D(2023, 9, 3)),
        ("DISCIPLINE", D(2023, 11, 2)),
    ]
    assert [each.code for each in found] == [f"TN1-KN0{place}" for place in (1, 2, 3, 4)]
    first = found[0]
    assert (first.finding, first.answerer) == (finding, "Chánh Văn phòng")
    assert [event.deed for event in Event.objects.of(visit)] == ["concluded"]
    assert all([event.deed for event in Event.objects.of(each)] == ["added"] for each in found)


def test_periods_are_settings(settings: Any) -> None:
    settings.REMEDY_DAYS = {"REVIEW": "10"}
    settings.COMPLICATED_DISCIPLINE_DAYS = 200
    assert proposed_due("REVIEW", D(2023, 6, 5)) == D(2023, 6, 15)
    assert proposed_due("REMIND", D(2023, 6, 5)) is None
    assert proposed_due("DISCIPLINE", D(2023, 6, 5)) is None
    assert proposed_due("DISCIPLINE", D(2023, 6, 5), is_complicated=True) == D(2023, 12, 22)


def test_due_day_before_the_conclusion_is_told_at_the_row_and_nothing_stays(
    staff: Client, visit: Visit, address: str
) -> None:
    rows = {"kind": "REVIEW"}, {"kind": "REMIND", "due_on": "4/6/2023", "content": "Nhắc"}
    page = staff.post(address, typed(visit, *rows)).content.decode()
    assert "Hạn thực hiện 04/06/2023 không thể trước ngày kết luận (05/06/2023)." in page
    assert "Hãy sửa các dòng kiến nghị được đánh dấu" in page
    assert ">Nhắc</textarea>" in page.replace("\n", "")
    assert not Document.objects.exists()
    assert not Remedy.objects.exists()


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"kind": "DISCIPLINE"}, "chỉ áp dụng với cá nhân"),
        ({"kind": "DISCIPLINE", "subject": "INDIVIDUAL"}, "phải nói rõ xử lý ai hoặc việc gì"),
        ({"kind": "REVIEW", "person_name": "Lê Văn B"}, "tập thể thì không ghi họ tên"),
        ({"content": "Chưa chọn loại"}, "id_demands-0-kind_error"),
        ({"kind": "REVIEW", "content": "Số 001203004567"}, "Không ghi số căn cước"),
    ],
)
def test_rules_of_remedies_hold_for_demands(
    staff: Client, visit: Visit, address: str, row: dict[str, Any], said: str
) -> None:
    assert said in staff.post(address, typed(visit, row)).content.decode()
    assert not Document.objects.exists()


def test_finding_of_another_visit_is_no_ground(
    staff: Client, visit: Visit, address: str, world: World
) -> None:
    other = make_finding(make_visit(make_round(world.province), world.tien_hoi))
    staff.post(address, typed(visit, {"kind": "REVIEW", "finding": other.pk}))
    assert not Document.objects.exists()


def test_conclusion_older_than_the_visit_is_refused(
    staff: Client, visit: Visit, address: str
) -> None:
    page = staff.post(address, typed(visit, issued_on="21/5/2023")).content.decode()
    assert "Ngày kết luận 21/05/2023 không thể trước ngày kiểm tra (22/05/2023)" in page
    assert not Document.objects.exists()


def test_double_click_concludes_once(staff: Client, visit: Visit, address: str) -> None:
    data = typed(visit, {"kind": "REVIEW"}, _once=str(uuid.uuid4()))
    assert [staff.post(address, data).status_code for _ in range(2)] == [302, 302]
    assert (Document.objects.count(), Remedy.objects.count()) == (1, 1)


def test_second_conclusion_is_refused(staff: Client, visit: Visit, address: str) -> None:
    staff.post(address, typed(visit))
    for answer in (staff.get(address), staff.post(address, typed(visit, number="13/KL-SNV"))):
        assert "đã có kết luận số 12/KL-SNV" in answer.content.decode()
    visit.refresh_from_db()
    with pytest.raises(ValidationError, match="đã có kết luận"):
        visit.conclude(staff.user, Document.objects.get())  # type: ignore[attr-defined]  # see client_of


def test_what_changed_since_is_shown_first(staff: Client, visit: Visit, address: str) -> None:
    data = typed(visit, {"kind": "REVIEW"})
    visit.strengths = "Tốt"
    visit.write("strengths")
    assert "vừa được người khác sửa" in staff.post(address, data).content.decode()
    assert not Document.objects.exists()


def test_round_not_completed_is_warned_of_and_cancelled_refused(
    staff: Client, world: World
) -> None:
    running = make_visit(make_round(world.province, status="IN_PROGRESS"), world.dai_tu)
    cancelled = make_visit(make_round(world.province, status="CANCELLED"), world.dai_tu)
    page = staff.get(f"/visits/{running.pk}/conclude/").content.decode()
    assert "cuộc kiểm tra chưa hoàn thành" in page
    assert staff.post(f"/visits/{running.pk}/conclude/", typed(running)).status_code == 302
    page = staff.post(f"/visits/{cancelled.pk}/conclude/", typed(cancelled)).content.decode()
    assert "Cuộc kiểm tra đã hủy" in page


def test_one_document_concludes_several_visits_of_a_round(
    staff: Client, visit: Visit, address: str, world: World
) -> None:
    staff.post(address, typed(visit))
    paper = Document.objects.get()
    other = make_visit(visit.round, world.tien_hoi)
    there = f"/visits/{other.pk}/conclude/"
    assert f'href="?paper={paper.pk}"' in staff.get(there).content.decode()
    data = typed(other, {"kind": "REVIEW"})
    assert staff.post(f"{there}?paper={paper.pk}", data).status_code == 302
    other.refresh_from_db()
    assert other.conclusion == paper
    assert other.remedies.get().due_on == D(2023, 7, 5)
    # One of no concern to the round is not offered.
    stranger = make_visit(make_round(world.province), world.dai_tu)
    answer = staff.get(f"/visits/{stranger.pk}/conclude/?paper={paper.pk}")
    assert answer.status_code == 404


# --- the visit follows its document -----------------------------------------------------------


@pytest.fixture
def concluded(staff: Client, visit: Visit, address: str) -> Visit:
    staff.post(address, typed(visit, {"kind": "REVIEW", "due_on": "20/6/2023"}))
    visit.refresh_from_db()
    return visit


def mend(client: Client, paper: Document, **changes: Any) -> str:
    data = {**PAPER, "version": paper.version, **changes}
    answer = client.post(f"{paper.get_absolute_url()}edit/", data)
    return "" if answer.status_code == 302 else answer.content.decode()


def test_mended_document_mends_the_visit(staff: Client, concluded: Visit) -> None:
    paper = Document.objects.get()
    assert not mend(staff, paper, number="14/KL-SNV", issued_on="7/6/2023")
    concluded.refresh_from_db()
    assert (concluded.conclusion_number, concluded.concluded_on) == ("14/KL-SNV", D(2023, 6, 7))
    assert Event.objects.of(concluded).filter(deed="changed").count() == 1
    page = staff.get(paper.get_absolute_url()).content.decode()
    assert "Lượt kiểm tra" in page
    assert concluded.get_absolute_url() in page


@pytest.mark.parametrize(
    ("day", "said"),
    [("21/5/2023", "không thể trước ngày kiểm tra"), ("21/6/2023", "trước ngày kết luận mới")],
)
def test_mend_that_breaks_a_rule_is_undone(
    staff: Client, concluded: Visit, day: str, said: str
) -> None:
    assert said in mend(staff, Document.objects.get(), issued_on=day)
    concluded.refresh_from_db()
    assert concluded.concluded_on == Document.objects.get().issued_on == D(2023, 6, 5)


def test_number_and_day_are_asked_at_the_document_alone(staff: Client, concluded: Visit) -> None:
    address = f"/visits/{concluded.pk}/edit/"
    assert 'name="concluded_on"' not in staff.get(address).content.decode()
    data = {"unit": "171", "visited_on": "22/5/2023", "concluded_on": "1/7/2023"}
    page = staff.post(address, {**data, "version": concluded.version}).content.decode()
    assert "Số và ngày kết luận theo văn bản 12/KL-SNV" in page
    concluded.refresh_from_db()
    assert concluded.concluded_on == D(2023, 6, 5)


# --- later demands ----------------------------------------------------------------------------


def test_later_demand_is_not_due_before_the_conclusion(staff: Client, concluded: Visit) -> None:
    address = f"/visits/{concluded.pk}/remedies/create/"
    data = {"kind": "REMIND", "subject": "COLLECTIVE", "due_on": "4/6/2023"}
    page = staff.post(address, data).content.decode()
    assert "04/06/2023 không thể trước ngày kết luận (05/06/2023)" in page
    assert staff.post(address, {**data, "due_on": "5/6/2023"}).status_code == 302
    assert concluded.remedies.count() == 2


def test_what_was_demanded_on_the_spot_may_be_put_right(staff: Client, visit: Visit) -> None:
    remedy = make_remedy(visit, due_on=D(2023, 5, 23))
    Visit.objects.filter(pk=visit.pk).update(concluded_on=D(2023, 6, 5))
    remedy = Remedy.objects.get(pk=remedy.pk)
    remedy.content = "Treo biển tên"
    remedy.clean()
    # A workbook brings it as it was (contract §3 says what is refused).
    assert not list(remedy.faults())
    remedy.due_on = D(2023, 5, 24)
    with pytest.raises(ValidationError, match="trước ngày kết luận"):
        remedy.clean()


def test_two_people_concluding_at_once_make_one(staff: Client, visit: Visit) -> None:
    by: User = staff.user  # type: ignore[attr-defined]  # see client_of
    paper = Document.objects.create(
        number="1/KL-SNV", issued_on=D(2023, 6, 5), issuer=visit.round.body,
        kept_by=visit.round.body, type="KL", subject="x",
    )  # fmt: skip
    late = Visit.objects.get(pk=visit.pk)
    visit.conclude(by, paper)
    with pytest.raises(ValidationError, match="đã có kết luận"):
        late.conclude(by, paper)
