"""Checklists: versions, which of them a visit takes, answers and what a “no” proposes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from congvu.models import Event
from congvu.rules import ConflictError
from findings.models import (
    Answer,
    Checklist,
    Question,
    answer,
    checklists_for,
    proposed_findings,
    questions_of,
)
from inspections.models import Content, Visit
from tests.conftest import World
from tests.factories import (
    make_checklist,
    make_finding,
    make_round,
    make_succession,
    make_unit,
    make_user,
    make_visit,
)
from units.models import Unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def by(world: World) -> User:
    """STAFF of the province."""
    return make_user("STAFF", world.province)


def visit_on(body: Unit, unit: Unit, *contents: str) -> Visit:
    """A visit of a running round of these contents."""
    round_ = make_round(body, status="IN_PROGRESS")
    for code in contents or ("working_hours",):
        found, _ = Content.objects.get_or_create(code=code, defaults={"label": code})
        round_.contents.add(found)
    return make_visit(round_, unit)


# --- versions ---------------------------------------------------------------------------------


def test_new_version_copies_questions_and_takes_the_place_of_the_former(
    world: World, by: User
) -> None:
    first = make_checklist(world.province, "Có mặt đúng giờ?", "Có bảng chấm công?")
    second = first.new_version(by)
    assert (second.version_number, second.status) == (2, "DRAFT")
    assert [each.text for each in second.questions.all()] == [
        "Có mặt đúng giờ?",
        "Có bảng chấm công?",
    ]
    second.put_in_force(by)
    first.refresh_from_db()
    assert (first.status, second.status) == ("RETIRED", "IN_FORCE")
    assert [each.deed for each in Event.objects.of(first)] == ["retired"]
    assert [each.deed for each in Event.objects.of(second)] == ["added", "put_in_force"]


def test_one_draft_of_a_content_at_a_time(world: World, by: User) -> None:
    first = make_checklist(world.province)
    first.new_version(by)
    with pytest.raises(ValidationError, match="đã có dự thảo phiên bản 2"):
        first.new_version(by)


def test_empty_draft_is_not_put_in_force(world: World, by: User) -> None:
    draft = make_checklist(world.province, status="DRAFT")
    for question in draft.questions.all():
        question.delete()
    with pytest.raises(ValidationError, match="chưa có câu hỏi nào"):
        draft.put_in_force(by)


def test_second_writer_does_not_put_a_version_in_force_that_he_has_not_seen(
    world: World, by: User
) -> None:
    draft = make_checklist(world.province, status="DRAFT")
    other = Checklist.objects.get(pk=draft.pk)
    other.title = "Tên khác"
    other.write("title")
    with pytest.raises(ConflictError):
        draft.put_in_force(by)


def test_what_was_in_force_is_neither_edited_nor_removed(world: World, by: User) -> None:
    checklist = make_checklist(world.province)
    question = checklist.questions.get(position=1)
    with pytest.raises(ValidationError, match="lập phiên bản mới"):
        question.save()
    with pytest.raises(ValidationError, match="lập phiên bản mới"):
        question.delete()
    with pytest.raises(ValidationError, match="chỉ dự thảo mới xóa được"):
        checklist.remove(by)
    checklist.retire(by)
    assert checklist.status == "RETIRED"
    with pytest.raises(ValidationError):
        checklist.put_in_force(by)


@pytest.mark.parametrize("status", ["IN_FORCE", "RETIRED"])
def test_database_itself_keeps_what_left_the_draft(world: World, status: str) -> None:
    kept = make_checklist(world.province, status=status)
    draft = make_checklist(world.province, content="other", status="DRAFT")
    own, others = kept.questions.all(), draft.questions.all()
    for broken in (
        lambda: own.update(text="Câu khác"),
        lambda: others.update(checklist=kept),
        lambda: own.update(checklist=draft),
        lambda: Question.objects.bulk_create([Question(checklist=kept, position=9, text="Thêm")]),
        lambda: Checklist.objects.filter(pk=kept.pk).update(title="Tên khác"),
        lambda: Checklist.objects.filter(pk=kept.pk).update(status="DRAFT"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            broken()
    others.update(text="Dự thảo thì sửa được")


def test_copy_for_another_unit_begins_its_own_versions(world: World) -> None:
    source = make_checklist(world.province)
    by = make_user("STAFF", world.dai_tu)
    made = source.copy_for(world.dai_tu, by)
    assert (made.owner, made.version_number, made.status) == (world.dai_tu, 1, "DRAFT")
    assert made.questions.count() == 2


# --- who sees them ------------------------------------------------------------------------------


def test_those_of_own_units_and_of_units_above_are_seen(world: World) -> None:
    ours = make_checklist(world.province)
    below = make_checklist(world.tien_hoi)
    make_checklist(world.elsewhere)

    def seen(role: str, unit: Unit) -> set[Checklist]:
        return set(Checklist.objects.visible_to(make_user(role, unit)))

    assert seen("STAFF", world.province) == {ours, below}
    assert seen("INSPECTOR", world.tien_hoi) == {ours, below}
    assert seen("INSPECTOR", world.justice) == {ours}
    assert seen("REPORTER", world.dai_tu) == set()
    assert seen("ADMIN", world.province) == set()


def test_commune_of_the_new_province_reads_what_the_old_one_kept(world: World) -> None:
    kept = make_checklist(world.province)
    new = make_unit("19.M", "Tỉnh Thái Nguyên mới", valid_from=date(2025, 7, 1))
    make_succession(world.province, new)
    commune = make_unit("05569", "Xã Định Hóa", new, kind="COMMUNE")
    assert list(Checklist.objects.visible_to(make_user("INSPECTOR", commune))) == [kept]
    assert checklists_for(visit_on(commune, commune)) == [kept]


# --- what a visit takes -----------------------------------------------------------------------


def test_nearest_owner_asks_and_only_on_the_contents_of_the_round(world: World) -> None:
    hours = make_checklist(world.province)
    desk = make_checklist(world.province, content="one_stop_desk")
    make_checklist(world.province, content="conduct")
    make_checklist(world.elsewhere, content="one_stop_desk")
    own = make_checklist(world.dai_tu)
    contents = ("one_stop_desk", "working_hours")
    assert set(checklists_for(visit_on(world.province, world.dai_tu, *contents))) == {hours, desk}
    assert set(checklists_for(visit_on(world.dai_tu, world.tien_hoi, *contents))) == {own, desk}
    assert set(checklists_for(visit_on(world.tien_hoi, world.tien_hoi, *contents))) == {own, desk}


def test_visit_keeps_the_questions_with_which_it_began(world: World, by: User) -> None:
    first = make_checklist(world.province, "Câu cũ?")
    visit = visit_on(world.province, world.dai_tu)
    assert questions_of(visit) == []
    visit.begin(by)
    second = first.new_version(by)
    second.questions.update(text="Câu mới?")
    second.put_in_force(by)
    make_checklist(world.province, "Nội dung khác?", content="conduct")
    visit.round.contents.add(Content.objects.get(code="conduct"))
    Visit.objects.get(pk=visit.pk).begin(by)
    assert [each.question.text for each in questions_of(visit)] == ["Câu cũ?"]
    later = visit_on(world.province, world.tien_hoi)
    later.begin(by)
    assert [each.question.text for each in questions_of(later)] == ["Câu mới?"]


def test_questions_and_answers_are_two_queries(world: World, by: User) -> None:
    make_checklist(world.province, *(f"Câu {number}?" for number in range(20)))
    visit = visit_on(world.province, world.dai_tu)
    visit.begin(by)
    for each in questions_of(visit):
        answer(visit, each.question, by, reply="YES")
    with CaptureQueriesContext(connection) as queries:
        told = [
            (str(each.question.checklist), each.answer and f"{each.answer.by}: {each.answer.told}")
            for each in questions_of(visit)
        ]
    assert len(queries) == 2
    assert told[19] == ("Bảng kiểm Thời giờ làm việc (phiên bản 1)", f"{by}: Có")


# --- answers ------------------------------------------------------------------------------------


@pytest.fixture
def begun(world: World, by: User) -> Visit:
    """A visit that began with two questions of yes and no, a number and a text."""
    draft = make_checklist(world.province, status="DRAFT")
    for position, kind in ((3, "NUMBER"), (4, "TEXT")):
        Question.objects.create(checklist=draft, position=position, text=f"{kind}?", kind=kind)
    draft.put_in_force(by)
    visit = visit_on(world.province, world.dai_tu)
    visit.begin(by)
    return visit


def ask(visit: Visit, position: int) -> Question:
    """The question at that place."""
    return questions_of(visit)[position - 1].question


def test_answers_of_each_kind_are_kept_and_told(begun: Visit, by: User) -> None:
    answer(begun, ask(begun, 1), by, reply="NO", note="  3 người   vắng ")
    answer(begun, ask(begun, 3), by, number=Decimal("12.5"))
    answer(begun, ask(begun, 4), by, text="Đủ")
    told = [each.answer and each.answer.told_whole for each in questions_of(begun)]
    assert told == ["Không (3 người vắng)", None, "12,5", "Đủ"]
    marks = [each.changes for each in Event.objects.of(begun) if each.deed == "changed"]
    assert marks[0] == {"Có mặt đúng giờ?": ["", "Không (3 người vắng)"]}


def test_same_answer_again_changes_nothing_and_an_empty_one_takes_it_back(
    begun: Visit, by: User
) -> None:
    first = answer(begun, ask(begun, 1), by, reply="YES")
    again = answer(begun, ask(begun, 1), by, reply="YES", expected=0)
    assert again == first
    assert [each.deed for each in Event.objects.of(begun)] == ["begun", "changed"]
    assert answer(begun, ask(begun, 1), by) is None
    assert not Answer.objects.exists()


def test_answer_not_of_the_questions_kind_is_refused(begun: Visit, by: User) -> None:
    with pytest.raises(ValidationError, match="cần được trả lời bằng: Số"):
        answer(begun, ask(begun, 3), by, reply="YES")
    with pytest.raises(ValidationError, match="Có / Không"):
        answer(begun, ask(begun, 1), by, reply="YES", text="và chữ")
    with pytest.raises(ValidationError, match="hãy chọn trong danh sách"):
        answer(begun, ask(begun, 1), by, reply="CO")
    with pytest.raises(ValidationError, match="bỏ ghi chú"):
        answer(begun, ask(begun, 1), by, note="chỉ ghi chú")


def test_question_of_another_checklist_is_refused(world: World, begun: Visit, by: User) -> None:
    foreign = make_checklist(world.province, content="conduct").questions.get(position=1)
    with pytest.raises(ValidationError, match="không thuộc bảng kiểm"):
        answer(begun, foreign, by, reply="YES")


def test_locked_visit_and_cancelled_round_take_no_answer(begun: Visit, by: User) -> None:
    question = ask(begun, 1)
    stale = Visit.objects.get(pk=begun.pk)
    begun.round.cancel(by, "Bão")
    with pytest.raises(ValidationError, match="đã hủy"):
        answer(stale, question, by, reply="YES")
    begun.round.refresh_from_db()
    begun.round.reopen(by, "Hết bão")
    begun.close(by, unit_person="Người ký (minh họa)")
    with pytest.raises(ValidationError, match="khóa"):
        answer(stale, question, by, reply="YES")
    assert not Answer.objects.exists()


def test_clash_is_noticed_by_the_version_that_was_seen(begun: Visit, by: User) -> None:
    question = ask(begun, 1)
    first = answer(begun, question, by, reply="YES", expected=0)
    with pytest.raises(ConflictError):
        answer(begun, question, by, reply="NO", expected=0)
    assert first is not None
    second = answer(begun, question, by, reply="NO", expected=first.version)
    assert second is not None
    assert (second.pk, second.version) == (first.pk, 2)


def test_database_itself_wants_one_of_three(begun: Visit, by: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Answer.objects.create(visit=begun, question=ask(begun, 1), by=by)
    with pytest.raises(IntegrityError), transaction.atomic():
        Answer.objects.create(
            visit=begun, question=ask(begun, 1), by=by, reply="YES", number=Decimal(1)
        )
    numbers = Checklist.objects.get().new_version(by).questions.filter(kind="NUMBER")
    with pytest.raises(IntegrityError), transaction.atomic():
        numbers.update(category="OTHER")


# --- what a “no” proposes -----------------------------------------------------------------------


def test_no_proposes_a_finding_until_one_of_its_category_is_there(begun: Visit, by: User) -> None:
    answer(begun, ask(begun, 1), by, reply="NO", note="3 người vắng")
    answer(begun, ask(begun, 2), by, reply="YES")
    (proposal,) = proposed_findings(begun)
    assert (proposal.category, proposal.severity) == ("WORK_TIME", "SHORTCOMING")
    assert proposal.text == "Kiểm tra “Có mặt đúng giờ?”: không. 3 người vắng"
    make_finding(begun, category="ATTITUDE")
    assert len(proposed_findings(begun)) == 1
    make_finding(begun, category="WORK_TIME")
    assert proposed_findings(begun) == []
