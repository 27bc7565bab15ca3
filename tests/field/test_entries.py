"""What arrives from the spot: once, late, twice, after another's, on a locked visit."""

from __future__ import annotations

import io
import json
import uuid
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from PIL import Image

from congvu.models import Event
from field.models import Entry
from findings.models import Answer, Checklist, CitizenCase, Evidence, Finding, Question
from inspections.models import Addendum, Content, RollCall, TeamMember, Visit
from tests.conftest import World, client_of
from tests.factories import make_finding, make_round, make_team, make_user, make_visit

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 25)
NOON = datetime(2026, 11, 25, 12, 0, tzinfo=timezone.get_default_timezone())
ROLL = {
    "department": "Văn phòng", "headcount": 12, "present": 9, "excused": 2, "unexcused": 1,
    "reasons": "Một nghỉ phép, một đi họp",
}  # fmt: skip
FINDING = {
    "category": "WORK_TIME", "severity": "LIMITATION", "subject": "COLLECTIVE",
    "content": "3/12 công chức vắng mặt lúc 8 giờ",
}  # fmt: skip


@pytest.fixture
def visit(world: World) -> Visit:
    """Under way at xã Tiên Hội today."""
    return make_visit(make_round(world.province, DAY, status="IN_PROGRESS"), world.tien_hoi)


def sent(
    client: Client, visit: Visit, kind: str, value: Any, *, ref: str = "", base: Any = None,
    **fields: Any,
) -> HttpResponse:  # fmt: skip
    """Send one entry as a device does."""
    now = timezone.now().isoformat()
    entry = {
        "key": str(uuid.uuid4()), "kind": kind, "ref": ref, "value": value, "base": base,
        "written_at": now, "sent_at": now, **fields,
    }  # fmt: skip
    return client.post(  # type: ignore[return-value]  # the test client's own kind of answer
        f"/field/visits/{visit.pk}/entries/",
        json.dumps(entry),
        content_type="application/json",
        headers={"X-Congvu-User": str(client.user.pk)},  # type: ignore[attr-defined]  # see client_of
    )


def became(answer: HttpResponse) -> str:
    """What became of it."""
    assert answer.status_code == 200, answer.content
    state: str = json.loads(answer.content)["state"]
    return state


def reason(answer: HttpResponse) -> str:
    """Why it was not saved."""
    assert answer.status_code == 200, answer.content
    said: str = json.loads(answer.content)["reason"]
    return said


def new() -> str:
    """A name that a device gives."""
    return str(uuid.uuid4())


def test_each_kind_is_saved_and_leaves_a_mark(staff: Client, visit: Visit) -> None:
    assert became(sent(staff, visit, "roll", ROLL)) == "saved"
    assert became(sent(staff, visit, "finding", FINDING, ref=new())) == "saved"
    assert became(sent(staff, visit, "strengths", {"text": "Niêm yết đủ"})) == "saved"
    case = {
        "person_name": "Người dân (minh họa)", "subject": "Đất đai", "since": "1/3/2020",
        "promised_by": "2026-12-20", "settled_on": "",
    }  # fmt: skip
    assert became(sent(staff, visit, "case", case, ref=new())) == "saved"
    row = RollCall.objects.get()
    assert (row.department, row.headcount, row.present, row.excused, row.unexcused) == (
        "Văn phòng", 12, 9, 2, 1,
    )  # fmt: skip
    finding = Finding.objects.get()
    assert (finding.category, finding.severity, finding.content) == (
        "WORK_TIME", "LIMITATION", "3/12 công chức vắng mặt lúc 8 giờ",
    )  # fmt: skip
    visit.refresh_from_db()
    assert visit.strengths == "Niêm yết đủ"
    kept = CitizenCase.objects.get()
    assert (kept.since, kept.promised_by) == (date(2020, 3, 1), date(2026, 12, 20))
    assert Event.objects.of(finding).get().deed == "added"
    marks = [each.deed for each in Event.objects.of(visit)]
    assert sorted(marks) == ["added", "begun", "changed", "changed"]
    assert "Người dân" not in str([each.note for each in Event.objects.of(visit)])


def test_the_same_key_twice_is_taken_once(staff: Client, visit: Visit) -> None:
    ref, key = new(), new()
    for _ in range(3):
        assert became(sent(staff, visit, "finding", FINDING, ref=ref, key=key)) == "saved"
    assert Finding.objects.count() == Entry.objects.count() == 1


def test_a_finding_is_changed_and_taken_away_by_its_name(staff: Client, visit: Visit) -> None:
    ref = new()
    sent(staff, visit, "finding", FINDING, ref=ref)
    changed = {**FINDING, "severity": "VIOLATION"}
    assert became(sent(staff, visit, "finding", changed, ref=ref, base=FINDING)) == "saved"
    assert Finding.objects.get().severity == "VIOLATION"
    assert became(sent(staff, visit, "finding", None, ref=ref, base=changed)) == "saved"
    assert not Finding.objects.exists()


def test_a_finding_from_the_desk_can_be_changed_on_the_spot(staff: Client, visit: Visit) -> None:
    finding = make_finding(visit)
    stands = json.loads(staff.get(f"/field/visits/{visit.pk}/state.json").content)["slots"]
    (slot, base), = stands.items()  # fmt: skip
    assert slot == f"finding:r{finding.pk}"
    value = {**base, "content": "Đi muộn 15 phút"}
    ref = slot.partition(":")[2]
    assert became(sent(staff, visit, "finding", value, ref=ref, base=base)) == "saved"
    finding.refresh_from_db()
    assert finding.content == "Đi muộn 15 phút"


def test_two_who_write_the_same_place_are_both_kept(
    staff: Client, visit: Visit, world: World
) -> None:
    other = client_of(make_user("INSPECTOR", world.province))
    assert became(sent(staff, visit, "strengths", {"text": "Sạch"})) == "saved"
    answer = sent(other, visit, "strengths", {"text": "Gọn"})
    assert became(answer) == "clash"
    assert "hai bản đều được giữ" in reason(answer)
    visit.refresh_from_db()
    assert visit.strengths == "Sạch"
    clash = Entry.objects.get(state="clash")
    page = staff.get(clash.get_absolute_url()).content.decode()
    assert "Gọn" in page
    assert "Sạch" in page
    deed = {"version": f"{clash.version}.{{'text': 'Sạch'}}", "_once": new()}
    assert staff.post(f"/field/entries/{clash.pk}/settle/", deed).status_code == 302
    visit.refresh_from_db()
    assert visit.strengths == "Gọn"
    assert not Entry.objects.waiting().exists()


def test_both_saying_the_same_is_no_clash(staff: Client, visit: Visit, world: World) -> None:
    other = client_of(make_user("INSPECTOR", world.province))
    sent(staff, visit, "roll", ROLL)
    assert became(sent(other, visit, "roll", {**ROLL, "department": "VĂN PHÒNG"})) == "clash"
    assert became(sent(other, visit, "roll", ROLL)) == "saved"
    assert RollCall.objects.count() == 1


def test_what_was_written_at_the_desk_meanwhile_is_not_lost(staff: Client, visit: Visit) -> None:
    Visit.objects.filter(pk=visit.pk).update(strengths="Ghi ở cơ quan")
    assert became(sent(staff, visit, "strengths", {"text": "Ghi tại chỗ"})) == "clash"
    base = {"text": "Ghi ở cơ quan"}
    assert became(sent(staff, visit, "strengths", {"text": "Cả hai"}, base=base)) == "saved"


def test_two_phones_add_each_their_findings(staff: Client, visit: Visit, world: World) -> None:
    other = client_of(make_user("INSPECTOR", world.province))
    for client in (staff, other, staff):
        assert became(sent(client, visit, "finding", FINDING, ref=new())) == "saved"
    assert Finding.objects.count() == 3


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        ("roll", {**ROLL, "present": 8}, "cộng lại là 11, khác tổng số 12"),
        ("roll", {**ROLL, "present": -1}, "phải là số người"),
        ("roll", {**ROLL, "headcount": True}, "phải là số người"),
        ("roll", {**ROLL, "department": " "}, "Hãy ghi tên phòng"),
        ("finding", {**FINDING, "category": "KHAC"}, "Hãy chọn nhóm tồn tại"),
        ("finding", {**FINDING, "content": ""}, "Hãy ghi nội dung"),
        ("finding", {**FINDING, "content": "CCCD 012345678901"}, "Không ghi số căn cước"),
        ("finding", {**FINDING, "content": ["a"]}, "phải là chữ"),
        ("case", {"subject": "Đất", "since": "31/2/2020"}, "không có trong lịch"),
        ("strengths", {"text": "a" * 30_001}, "hãy rút ngắn"),
    ],
)
def test_what_breaks_a_rule_is_kept_with_the_reason(
    staff: Client, visit: Visit, kind: str, value: Any, said: str
) -> None:
    answer = sent(staff, visit, kind, value, ref=new())
    assert became(answer) == "refused"
    assert said in reason(answer)
    kept = Entry.objects.get().value
    assert kept is not None
    assert next(iter(value.items())) in kept.items()
    assert not RollCall.objects.exists()
    assert not Finding.objects.exists()
    assert not CitizenCase.objects.exists()
    visit.refresh_from_db()
    assert visit.strengths == ""


def test_round_cancelled_meanwhile_keeps_the_entry_for_staff(staff: Client, visit: Visit) -> None:
    visit.round.cancel(by=staff.user, reason="Hoãn")  # type: ignore[attr-defined]  # see client_of
    answer = sent(staff, visit, "finding", FINDING, ref=new())
    assert became(answer) == "refused"
    assert "đã hủy" in reason(answer)
    page = staff.get("/field/entries/?waiting=1").content.decode()
    assert "3/12 công chức vắng mặt" in page
    assert not Finding.objects.exists()


def test_locked_visit_takes_nothing_more(staff: Client, visit: Visit) -> None:
    visit.close(by=staff.user, unit_person="Bà A")  # type: ignore[attr-defined]  # see client_of
    answer = sent(staff, visit, "roll", ROLL)
    assert became(answer) == "refused"
    assert "khóa" in reason(answer)


def test_clock_of_the_phone_may_be_wrong(staff: Client, visit: Visit) -> None:
    """Written two hours before it was sent, by a clock that is three years behind."""
    wrong = NOON - timedelta(days=1100)
    with time_machine.travel(NOON, tick=False):
        sent(
            staff, visit, "roll", ROLL,
            written_at=(wrong - timedelta(hours=2)).isoformat(), sent_at=wrong.isoformat(),
        )  # fmt: skip
    assert RollCall.objects.get().taken_at == NOON - timedelta(hours=2)
    entry = Entry.objects.get()
    assert entry.arrived_at == NOON
    assert entry.written_at == wrong - timedelta(hours=2)


def test_first_entry_begins_visit_and_round(staff: Client, world: World) -> None:
    visit = make_visit(make_round(world.province, DAY, status="SCHEDULED"), world.tien_hoi)
    assert became(sent(staff, visit, "strengths", {"text": "Tốt"})) == "saved"
    visit.refresh_from_db()
    assert visit.begun_at is not None
    assert visit.round.status == "IN_PROGRESS"


def test_nothing_goes_out_under_anothers_name(staff: Client, visit: Visit, world: World) -> None:
    other = client_of(make_user("INSPECTOR", world.province))
    entry = {"kind": "strengths", "ref": "", "value": {"text": "x"}, "key": new()}
    answer = other.post(
        f"/field/visits/{visit.pk}/entries/",
        json.dumps(entry),
        content_type="application/json",
        headers={"X-Congvu-User": str(staff.user.pk)},  # type: ignore[attr-defined]  # see client_of
    )
    assert answer.status_code == 409
    key = new()
    assert became(sent(staff, visit, "strengths", {"text": "x"}, key=key)) == "saved"
    assert sent(other, visit, "strengths", {"text": "x"}, key=key).status_code == 403


def test_who_may_write(
    staff: Client, inspector: Client, reporter: Client, leader: Client, outsider: Client,
    visit: Visit, world: World,
) -> None:  # fmt: skip
    """The inspecting side, and a member of the team from elsewhere; the unit never."""
    for client in (inspector, outsider):
        assert sent(client, visit, "strengths", {"text": "x"}).status_code == 404
        assert client.get(f"/field/visits/{visit.pk}/state.json").status_code == 404
    for client in (reporter, leader):
        assert sent(client, visit, "strengths", {"text": "x"}).status_code in (403, 404)
    assert not Entry.objects.exists()
    team = make_team(world.province)
    TeamMember.objects.create(team=team, name="A", account=inspector.user)  # type: ignore[attr-defined]  # see client_of
    visit.round.team = team
    visit.round.save()
    assert became(sent(inspector, visit, "strengths", {"text": "x"})) == "saved"
    assert json.loads(inspector.get(f"/field/visits/{visit.pk}/state.json").content)["slots"]


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "{}",
        '{"kind": "photo"}',
        '{"kind": "roll", "key": "x"}',
        "[" * 20_000,
        "\x00",
        '{"kind": "roll", "value": {"headcount": NaN}}',
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(
    staff: Client, visit: Visit, body: str
) -> None:
    answer = staff.post(
        f"/field/visits/{visit.pk}/entries/",
        body,
        content_type="application/json",
        headers={"X-Congvu-User": str(staff.user.pk)},  # type: ignore[attr-defined]  # see client_of
    )
    assert answer.status_code == 400
    assert "đọc" in json.loads(answer.content)["error"]


def test_characters_that_a_database_cannot_keep_are_left_out(staff: Client, visit: Visit) -> None:
    assert became(sent(staff, visit, "strengths", {"text": "Sạch\x00 đẹp"})) == "saved"
    visit.refresh_from_db()
    assert visit.strengths == "Sạch đẹp"


def test_week_tells_the_visits_that_one_may_log(
    staff: Client, inspector: Client, world: World
) -> None:
    with time_machine.travel(NOON, tick=False):
        for days, status in ((0, "IN_PROGRESS"), (7, "SCHEDULED"), (8, "SCHEDULED"),
                             (-14, "IN_PROGRESS"), (-15, "IN_PROGRESS"), (1, "CANCELLED"),
                             (0, "COMPLETED")):  # fmt: skip
            day = DAY + timedelta(days=days)
            make_visit(make_round(world.province, day, status=status), world.tien_hoi)
        staff.get("/field/")  # the session's own clock is touched
        told = json.loads(staff.get("/field/work.json").content)["visits"]
        assert [each["day"] for each in told] == ["2026-11-11", "2026-11-25", "2026-12-02"]
        assert json.loads(inspector.get("/field/work.json").content)["visits"] == []


def test_texts_of_earlier_findings(staff: Client, world: World) -> None:
    with time_machine.travel(NOON, tick=False):
        old = make_visit(make_round(world.province, date(2024, 1, 5)), world.tien_hoi)
        make_finding(old, content="Quá cũ")
        recent = make_visit(make_round(world.province, date(2026, 5, 5)), world.tien_hoi)
        for text in ("Đi muộn", "Về sớm", "Đi muộn"):
            make_finding(recent, content=text)
        make_finding(recent, category="PUBLICITY", content="Chưa niêm yết")
        texts = json.loads(staff.get("/field/suggestions.json").content)["texts"]
    assert texts == {"PUBLICITY": ["Chưa niêm yết"], "WORK_TIME": ["Đi muộn", "Về sớm"]}


# --- answers and pictures ------------------------------------------------------------------------


@pytest.fixture
def asked(visit: Visit, world: World) -> Question:
    """A question of yes and no, in force for what the round looks at."""
    content, _ = Content.objects.get_or_create(code="other", defaults={"label": "Khác"})
    visit.round.contents.add(content)
    checklist = Checklist.objects.create(content=content, owner=world.province, title="Bảng kiểm")
    question = Question.objects.create(
        checklist=checklist, position=1, text="Có niêm yết?", category="PUBLICITY"
    )
    Question.objects.create(checklist=checklist, position=2, text="Bao nhiêu hồ sơ?", kind="NUMBER")
    checklist.put_in_force(make_user("STAFF", world.province))
    return question


def test_answers_are_saved_and_told(staff: Client, visit: Visit, asked: Question) -> None:
    page = f"/field/visits/{visit.pk}/state.json"
    told = json.loads(staff.get(page).content)["questions"]
    assert [each["text"] for each in told] == ["Có niêm yết?", "Bao nhiêu hồ sơ?"]
    no = {"reply": "NO", "number": "", "text": "", "note": ""}
    assert became(sent(staff, visit, "answer", no, ref=str(asked.pk))) == "saved"
    many = {"reply": "", "number": "12,50", "text": "", "note": ""}
    assert became(sent(staff, visit, "answer", many, ref=str(told[1]["pk"]))) == "saved"
    slots = json.loads(staff.get(page).content)["slots"]
    assert slots[f"answer:{asked.pk}"]["reply"] == "NO"
    assert slots[f"answer:{told[1]['pk']}"]["number"] == "12.5"
    yes = {**no, "reply": "YES"}
    assert became(sent(staff, visit, "answer", yes, ref=str(asked.pk), base=no)) == "saved"
    assert Answer.objects.get(question=asked).reply == "YES"
    number = {**no, "number": "1"}
    assert became(sent(staff, visit, "answer", number, ref=str(asked.pk), base=yes)) == "refused"


def picture(colour: str = "red", **fields: Any) -> SimpleUploadedFile:
    """A small photograph."""
    made = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(made, "JPEG", **fields)
    return SimpleUploadedFile("anh.jpg", made.getvalue(), "image/jpeg")


def sent_picture(
    client: Client, visit: Visit, upload: Any, *, finding: str = "", ref: str = "", key: str = ""
) -> HttpResponse:
    """Send one picture as a device does."""
    now = timezone.now().isoformat()
    entry = {
        "key": key or new(), "kind": "photo", "ref": ref or new(), "base": None,
        "value": {"name": "anh.jpg", "note": "Cửa đóng", "finding": finding},
        "written_at": now, "sent_at": now,
    }  # fmt: skip
    return client.post(  # type: ignore[return-value]  # the test client's own kind of answer
        f"/field/visits/{visit.pk}/photos/",
        {"entry": json.dumps(entry), "file": upload},
        headers={"X-Congvu-User": str(client.user.pk)},  # type: ignore[attr-defined]  # see client_of
    )


def test_picture_of_a_finding_is_kept_once(staff: Client, visit: Visit) -> None:
    finding, key, ref = new(), new(), new()
    sent(staff, visit, "finding", FINDING, ref=finding)
    for _ in range(2):
        answered = sent_picture(staff, visit, picture(), finding=finding, ref=ref, key=key)
        assert became(answered) == "saved"
    kept = Evidence.objects.get()
    assert kept.finding == Finding.objects.get()
    assert kept.note == "Cửa đóng"
    told = json.loads(answered.content)
    assert told["stands"]["finding"] == finding
    thumb = staff.get(told["thumbs"][ref])
    assert b"".join(thumb.streaming_content)[:2] == b"\xff\xd8"  # type: ignore[attr-defined]  # a streamed answer
    gone = sent(staff, visit, "photo", None, ref=ref, base=told["stands"])
    assert became(gone) == "saved"
    assert not Evidence.objects.exists()


def test_picture_for_a_cancelled_round_is_kept_for_staff(staff: Client, visit: Visit) -> None:
    visit.round.cancel(by=staff.user, reason="Hoãn")  # type: ignore[attr-defined]  # see client_of
    assert became(sent_picture(staff, visit, picture())) == "refused"
    entry = Entry.objects.get()
    assert not Evidence.objects.exists()
    assert (
        f"/field/entries/{entry.pk}/file/" in staff.get(entry.get_absolute_url()).content.decode()
    )
    answered = staff.get(f"/field/entries/{entry.pk}/file/")
    assert b"".join(answered.streaming_content)[:2] == b"\xff\xd8"  # type: ignore[attr-defined]  # a streamed answer


def test_what_is_no_picture_is_refused(staff: Client, visit: Visit) -> None:
    upload = SimpleUploadedFile("anh.jpg", b"<html><script>alert(1)</script></html>", "image/jpeg")
    answered = sent_picture(staff, visit, upload)
    assert became(answered) == "refused"
    assert reason(answered)
    assert not Evidence.objects.exists()
    assert not Entry.objects.get().file


def test_page_of_the_visit_leads_to_what_waits(staff: Client, visit: Visit, leader: Client) -> None:
    assert "mục ghi tại chỗ chưa vào" not in staff.get(visit.get_absolute_url()).content.decode()
    assert (
        f'href="/field/visit/#{visit.pk}"' in staff.get(visit.get_absolute_url()).content.decode()
    )
    sent(staff, visit, "finding", {**FINDING, "content": ""}, ref=new())
    page = staff.get(visit.get_absolute_url()).content.decode()
    assert "1 mục ghi tại chỗ chưa vào được lượt này" in page
    assert f"/field/entries/?visit={visit.pk}&amp;waiting=1" in page
    assert "mục ghi tại chỗ" not in leader.get(visit.get_absolute_url()).content.decode()


def test_department_called_otherwise_is_one_row(staff: Client, visit: Visit) -> None:
    sent(staff, visit, "roll", ROLL, ref=new())
    renamed = {**ROLL, "department": "Văn phòng HĐND và UBND"}
    assert became(sent(staff, visit, "roll", renamed, ref="van phong", base=ROLL)) == "saved"
    assert [each.department for each in visit.roll_calls.all()] == ["Văn phòng HĐND và UBND"]
    sent(staff, visit, "roll", ROLL, ref=new())
    name = "van phong hdnd va ubnd"
    answered = sent(staff, visit, "roll", ROLL, ref=name, base=renamed)
    assert became(answered) == "refused"
    assert "đã được điểm danh" in reason(answered)
    assert visit.roll_calls.count() == 2


def test_page_that_locks_a_visit_tells_what_is_left(
    staff: Client, visit: Visit, asked: Question
) -> None:
    """Two questions, one answered; an entry that waits."""
    no = {"reply": "NO", "number": "", "text": "", "note": ""}
    sent(staff, visit, "answer", no, ref=str(asked.pk))
    sent(staff, visit, "finding", {**FINDING, "content": ""}, ref=new())
    page = staff.get(f"/visits/{visit.pk}/close/").content.decode()
    assert "bảng kiểm còn 1/2 câu chưa trả lời" in page
    assert "còn 1 mục ghi tại chỗ chưa vào được lượt này" in page


def test_addendum_is_written_once_and_for_ever(staff: Client, visit: Visit) -> None:
    by: Any = staff.user  # type: ignore[attr-defined]  # see client_of
    visit.close(by, unit_person="Người ký (minh họa)")
    made = Addendum.add(visit, by, "Đính chính", "Ghi nhầm")
    made.text = "Khác"
    with pytest.raises(ValidationError, match="giữ mãi"):
        made.save()
    with pytest.raises(ValidationError, match="giữ mãi"):
        made.delete()
    assert Addendum.objects.get().text == "Đính chính"
