"""Answering a visit's checklists on their page, and what the visit's page shows of them."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from findings.models import Answer, Finding, Question, answer, questions_of
from inspections.models import Content, Visit
from tests.conftest import World, client_of
from tests.factories import make_checklist, make_round, make_user, make_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit(world: World) -> Visit:
    """A visit of a running round about working hours; the checklist has a number and a text too."""
    draft = make_checklist(world.province, status="DRAFT")
    for position, kind in ((3, "NUMBER"), (4, "TEXT")):
        Question.objects.create(checklist=draft, position=position, text=f"{kind}?", kind=kind)
    draft.put_in_force(None)
    round_ = make_round(world.province, status="IN_PROGRESS")
    round_.contents.add(Content.objects.get(code="working_hours"))
    return make_visit(round_, world.dai_tu)


def address(visit: Visit) -> str:
    return f"/visits/{visit.pk}/checklist/"


def begin(client: Client, visit: Visit) -> list[int]:
    """Begin the visit; the ids of its questions."""
    data = {"version": str(visit.version), "_once": str(uuid.uuid4())}
    assert client.post(address(visit), data).status_code == 302
    visit.refresh_from_db()
    return [each.question.pk for each in questions_of(visit)]


def shown(client: Client, visit: Visit) -> dict[str, str]:
    """What the page would send if nothing were touched."""
    page = client.get(address(visit)).content.decode()
    data: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]+>", page):
        name = re.search(r'name="([^"]+)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        if name is None or ('type="radio"' in tag and "checked" not in tag):
            continue
        if re.match(r"(initial-)?(answer|note|version)-", name[1]):
            data[name[1]] = value[1] if value else ""
    for name_, text in re.findall(r'<textarea name="([^"]+)"[^>]*>\s*([^<]*)</textarea>', page):
        data[name_] = text
    return data


def save(client: Client, visit: Visit, data: dict[str, str]) -> Any:
    """Press the button once more."""
    return client.post(address(visit), {**data, "_once": str(uuid.uuid4())})


def test_page_says_what_the_visit_will_take_and_begins_it(staff: Client, visit: Visit) -> None:
    page = staff.get(address(visit)).content.decode()
    assert "phiên bản 1), 4 câu hỏi, của Tỉnh Thái Nguyên" in page
    assert "Bắt đầu và mở bảng kiểm" in staff.get(visit.get_absolute_url()).content.decode()
    begin(staff, visit)
    assert visit.begun_at is not None
    page = staff.get(address(visit)).content.decode()
    assert "1. Có mặt đúng giờ?" in page


def test_round_without_contents_says_why_there_is_no_checklist(staff: Client, world: World) -> None:
    visit = make_visit(make_round(world.province, status="IN_PROGRESS"), world.dai_tu)
    assert "Chưa có bảng kiểm nào đang dùng" in staff.get(address(visit)).content.decode()
    data = {"version": str(visit.version), "_once": str(uuid.uuid4())}
    assert staff.post(address(visit), data).status_code == 200
    visit.refresh_from_db()
    assert visit.begun_at is None


def test_answers_are_saved_shown_and_propose_a_finding(staff: Client, visit: Visit) -> None:
    hours, _, number, text = begin(staff, visit)
    data = shown(staff, visit) | {
        f"answer-{hours}": "NO",
        f"note-{hours}": "3 người vắng",
        f"answer-{number}": "1.586,5",
        f"answer-{text}": "Đủ",
    }
    assert save(staff, visit, data).status_code == 302
    told = [each.answer and each.answer.told_whole for each in questions_of(visit)]
    assert told == ["Không (3 người vắng)", None, "1586,5", "Đủ"]
    page = staff.get(visit.get_absolute_url()).content.decode()
    assert "đã trả lời 3/4 câu" in page
    link = f"/visits/{visit.pk}/findings/create/?question={hours}"
    assert link in page
    form = staff.get(link).content.decode()
    chosen = re.findall(r'<option value="(\w+)" selected', form)
    assert {"WORK_TIME", "SHORTCOMING"} <= set(chosen)
    assert "Kiểm tra “Có mặt đúng giờ?”: không. 3 người vắng" in form
    sent = {
        "category": "WORK_TIME", "severity": "SHORTCOMING", "content": "3 người vắng", "code": "",
        "_once": str(uuid.uuid4()),
    }  # fmt: skip
    assert staff.post(link, sent).status_code == 302
    assert Finding.objects.get().content == "3 người vắng"
    assert link not in staff.get(visit.get_absolute_url()).content.decode()


def test_untouched_page_changes_nothing_and_an_answer_is_taken_back(
    staff: Client, visit: Visit
) -> None:
    hours, _, _, text = begin(staff, visit)
    by = staff.user  # type: ignore[attr-defined]  # see client_of
    given = {each.question.pk: each.question for each in questions_of(visit)}
    answer(visit, given[hours], by, reply="NO", note="ghi chú")
    answer(visit, given[text], by, text="Đủ")
    before = list(Answer.objects.values())
    assert save(staff, visit, shown(staff, visit)).status_code == 302
    assert list(Answer.objects.values()) == before
    data = shown(staff, visit) | {f"answer-{hours}": "", f"note-{hours}": ""}
    assert save(staff, visit, data).status_code == 302
    assert Answer.objects.get().question_id == text


def test_faults_stand_at_their_questions_and_what_was_typed_stays(
    staff: Client, visit: Visit
) -> None:
    hours, second, number, text = begin(staff, visit)
    data = shown(staff, visit) | {
        f"answer-{hours}": "YES",
        f"note-{second}": "chỉ ghi chú",
        f"answer-{number}": "nhiều",
        f"answer-{text}": "Ông A, căn cước 012345678901",
    }
    page = save(staff, visit, data).content.decode()
    assert "Hãy trả lời câu hỏi này, hoặc bỏ ghi chú." in page
    assert "Hãy ghi một số từ 0 trở lên" in page
    assert "Không ghi số căn cước" in page
    assert 'value="nhiều"' in page
    (chosen,) = (tag for tag in re.findall(r"<input[^>]+>", page) if " checked" in tag)
    assert f'name="answer-{hours}"' in chosen
    assert 'value="YES"' in chosen
    assert not Answer.objects.exists()


def test_two_people_on_one_visit_both_are_kept_and_a_clash_is_settled(
    staff: Client, world: World, visit: Visit
) -> None:
    hours, second, *_ = begin(staff, visit)
    other = client_of(make_user("STAFF", world.province, "nguoikia"))
    mine, theirs = shown(staff, visit), shown(other, visit)
    save(other, visit, theirs | {f"answer-{hours}": "YES"})
    # What the other answered and I did not touch stays.
    assert save(staff, visit, mine | {f"answer-{second}": "YES"}).status_code == 302
    told = [each.answer and each.answer.told for each in questions_of(visit)]
    assert told == ["Có", "Có", None, None]
    # Where both answered, the page says so first.
    page = save(staff, visit, mine | {f"answer-{hours}": "NO"}).content.decode()
    assert "Người dùng nguoikia đã trả lời “Có” lúc" in page
    assert Answer.objects.get(question=hours).reply == "YES"
    version = re.search(rf'name="version-{hours}" value="(\d+)"', page)
    assert version is not None
    again = mine | {f"answer-{hours}": "NO", f"version-{hours}": version[1]}
    assert save(staff, visit, again).status_code == 302
    assert Answer.objects.get(question=hours).reply == "NO"


def test_locked_visit_shows_its_answers_and_takes_none(
    staff: Client, world: World, visit: Visit
) -> None:
    hours, *_ = begin(staff, visit)
    data = shown(staff, visit) | {f"answer-{hours}": "NO"}
    visit.close(make_user("STAFF", world.province), unit_person="Người ký (minh họa)")
    page = save(staff, visit, data).content.decode()
    assert "đã hoàn thành và khóa" in page
    assert not Answer.objects.exists()
    assert "<form" not in staff.get(address(visit)).content.decode().split("<main")[1]
    page = staff.get(visit.get_absolute_url()).content.decode()
    assert "Có mặt đúng giờ?" in page
    assert "Trả lời bảng kiểm" not in page


def test_only_the_inspecting_side_answers(
    staff: Client, inspector: Client, leader: Client, outsider: Client, visit: Visit
) -> None:
    begin(staff, visit)
    assert inspector.get(address(visit)).status_code == 404
    assert leader.get(address(visit)).status_code == 403
    assert outsider.get(address(visit)).status_code == 404
    assert "Có mặt đúng giờ?" in leader.get(visit.get_absolute_url()).content.decode()
    visit.round.complete(staff.user)  # type: ignore[attr-defined]  # see client_of
    assert inspector.get(address(visit)).status_code == 403


def test_pages_ask_no_more_with_more_questions(staff: Client, world: World, visit: Visit) -> None:
    def counted(visit: Visit) -> list[int]:
        found = []
        for page in (visit.get_absolute_url(), address(visit)):
            with CaptureQueriesContext(connection) as queries:
                assert staff.get(page).status_code == 200
            found.append(len(queries))
        return found

    assert max(counted(visit)) <= 15
    begin(staff, visit)
    few = counted(visit)
    assert max(few) <= 15
    for code in ("conduct", "one_stop_desk"):
        make_checklist(world.province, *map(str, range(20)), content=code)
    round_ = make_round(world.province, status="IN_PROGRESS")
    round_.contents.set(Content.objects.filter(code__in=("conduct", "one_stop_desk")))
    many = make_visit(round_, world.tien_hoi)
    ids = begin(staff, many)
    save(staff, many, shown(staff, many) | {f"answer-{pk}": "NO" for pk in ids})
    assert Answer.objects.filter(visit=many).count() == 40
    assert counted(many) == few
