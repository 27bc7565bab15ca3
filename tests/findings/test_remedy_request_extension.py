"""Asking for more time, for the side that must act; the other side answers it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from congvu.models import Event
from findings.models import Extension, ExtensionRequest, Remedy
from tests.conftest import World
from tests.factories import make_remedy, make_round, make_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def remedy(world: World) -> Remedy:
    return make_remedy(make_visit(make_round(world.province), world.dai_tu))


@pytest.fixture(autouse=True)
def _then() -> Any:
    with time_machine.travel("2023-06-25 08:00+07:00", tick=False):
        yield


def ask(client: Client, remedy: Remedy, **changes: Any) -> Any:
    fields = {"until": "25/8/2023", "reason": "Chờ kinh phí", "document": "15/UBND-VP"}
    version = Remedy.objects.get(pk=remedy.pk).version
    url = f"{remedy.get_absolute_url()}request-extension/"
    return client.post(url, {"version": version, **fields, **changes})


def answer(client: Client, asked: ExtensionRequest, **fields: Any) -> Any:
    version = Remedy.objects.get(pk=asked.remedy_id).version
    return client.post(f"/extension-requests/{asked.pk}/answer/", {"version": version, **fields})


GRANT = {
    "answer": "grant",
    "decided_on": "25/6/2023",
    "due_on": "31/7/2023",
    "document": "12/SNV-CCHC",
}
REFUSE = {"answer": "refuse", "reason": "Đã gia hạn đủ", "document": "13/SNV-CCHC"}


def test_request_is_told_and_moves_no_day(staff: Client, reporter: Client, remedy: Remedy) -> None:
    assert ask(reporter, remedy).status_code == 302
    remedy.refresh_from_db()
    assert remedy.due_on_at(date(2023, 6, 25)) == date(2023, 6, 30)
    # Whoever asks for more time knows of the demand.
    assert remedy.acknowledged_by == reporter.user  # type: ignore[attr-defined]
    assert {each.deed for each in Event.objects.of(remedy)} == {"acknowledged", "requested"}
    page = staff.get(remedy.get_absolute_url()).content.decode()
    assert "Người dùng daumoi (Huyện Đại Từ) xin gia hạn đến ngày 25/08/2023, đang chờ" in page
    assert "Trả lời đề nghị gia hạn" in page
    assert "Trả lời đề nghị gia hạn" not in reporter.get(remedy.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"until": "30/6/2023"}, "until", "phải sau hạn đang có hiệu lực (30/06/2023)"),
        ({"until": ""}, "until", ""),
        ({"reason": " "}, "reason", ""),
        ({"reason": "Ông A 019203001234 ốm"}, "reason", "Không ghi số căn cước"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(
    reporter: Client, remedy: Remedy, changes: dict[str, str], field: str, sentence: str
) -> None:
    found = ask(reporter, remedy, **changes)
    assert sentence in found.context["form"].errors[field][0]
    assert not ExtensionRequest.objects.exists()


def test_overdue_remedy_asks_for_a_day_to_come(reporter: Client, remedy: Remedy) -> None:
    Remedy.objects.update(due_on=date(2023, 6, 1))
    assert "trước hôm nay" in ask(reporter, remedy, until="24/6/2023").content.decode()
    assert ask(reporter, remedy, until="25/6/2023").status_code == 302


def test_one_request_waits_at_a_time(reporter: Client, inspector: Client, remedy: Remedy) -> None:
    ask(reporter, remedy)
    assert "đang chờ trả lời" in ask(inspector, remedy).content.decode()
    assert ExtensionRequest.objects.count() == 1
    again = ExtensionRequest(
        remedy=remedy,
        by=reporter.user,  # type: ignore[attr-defined]  # see client_of
        until=date(2024, 1, 1),
        reason="Lần nữa",
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save()


def test_done_or_undated_remedy_needs_no_more_time(
    staff: Client, reporter: Client, remedy: Remedy
) -> None:
    Remedy.objects.update(due_on=None)
    assert "không đặt hạn" in ask(reporter, remedy).content.decode()
    Remedy.objects.update(due_on=date(2023, 6, 30))
    Remedy.objects.get().complete(by=staff.user, completed_on=date(2023, 6, 1))  # type: ignore[attr-defined]
    assert "không cần gia hạn" in ask(reporter, remedy).content.decode()
    assert not ExtensionRequest.objects.exists()


def test_granted_with_another_day_than_asked(
    staff: Client, reporter: Client, remedy: Remedy
) -> None:
    ask(reporter, remedy)
    asked = ExtensionRequest.objects.get()
    page = staff.get(f"/extension-requests/{asked.pk}/answer/").content.decode()
    assert 'value="25/08/2023"' in page
    assert "Chờ kinh phí" in page
    assert answer(staff, asked, **GRANT).status_code == 302
    asked.refresh_from_db()
    assert asked.answered_by == staff.user  # type: ignore[attr-defined]
    assert asked.extension == Extension.objects.get()
    remedy.refresh_from_db()
    assert remedy.due_on == date(2023, 6, 30)
    assert remedy.due_on_at(date(2023, 6, 25)) == date(2023, 7, 31)
    story = reporter.get(remedy.get_absolute_url()).content.decode()
    assert "Gia hạn theo đề nghị ngày 25/06/2023" in story
    assert "Trả lời: Người dùng canbo (Tỉnh Thái Nguyên) · 12/SNV-CCHC" in story
    assert ", đang chờ trả lời" not in story


def test_refused_with_reason_and_asked_again(
    staff: Client, reporter: Client, remedy: Remedy
) -> None:
    ask(reporter, remedy)
    asked = ExtensionRequest.objects.get()
    assert answer(staff, asked, **REFUSE).status_code == 302
    remedy.refresh_from_db()
    assert remedy.due_on_at(date(2023, 6, 25)) == date(2023, 6, 30)
    assert not Extension.objects.exists()
    story = reporter.get(remedy.get_absolute_url()).content.decode()
    assert "Từ chối gia hạn" in story
    assert "Đã gia hạn đủ" in story
    assert "Trả lời: Người dùng canbo (Tỉnh Thái Nguyên) · 13/SNV-CCHC" in story
    # All are kept, in order.
    assert ask(reporter, remedy, reason="Vướng mặt bằng").status_code == 302
    story = reporter.get(remedy.get_absolute_url()).content.decode()
    told = [story.index(each) for each in ("Chờ kinh phí", "Đã gia hạn đủ", "Xin gia hạn, chờ")]
    assert told == sorted(told)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({**GRANT, "due_on": ""}, "due_on"),
        ({**GRANT, "decided_on": ""}, "decided_on"),
        ({**GRANT, "due_on": "1/6/2023"}, "due_on"),
        ({**GRANT, "decided_on": "26/6/2023"}, "decided_on"),
        ({**REFUSE, "reason": ""}, "reason"),
        ({**GRANT, "answer": ""}, "answer"),
    ],
)
def test_incomplete_answers_are_refused_at_their_field(
    staff: Client, reporter: Client, remedy: Remedy, fields: dict[str, str], field: str
) -> None:
    ask(reporter, remedy)
    found = answer(staff, ExtensionRequest.objects.get(), **fields)
    assert field in found.context["form"].errors
    assert ExtensionRequest.objects.get().answered_at is None
    assert not Extension.objects.exists()


def test_never_answered_by_the_side_that_must_act(
    reporter: Client, inspector: Client, leader: Client, remedy: Remedy
) -> None:
    ask(reporter, remedy)
    asked = ExtensionRequest.objects.get()
    for client in (reporter, inspector, leader):
        assert answer(client, asked, **GRANT).status_code == 403
    assert not Extension.objects.exists()


def test_elsewhere_it_does_not_exist(outsider: Client, reporter: Client, remedy: Remedy) -> None:
    ask(reporter, remedy)
    assert answer(outsider, ExtensionRequest.objects.get(), **GRANT).status_code == 404


def test_two_persons_answering_at_once(staff: Client, reporter: Client, remedy: Remedy) -> None:
    """Both opened the page before either answered: the first answer stands, the second is told."""
    ask(reporter, remedy)
    asked = ExtensionRequest.objects.get()
    seen = Remedy.objects.get().version
    first, second = Remedy.objects.get(), Remedy.objects.get()
    answer(staff, asked, **REFUSE)
    late = answer(staff, asked, **GRANT, version=seen)
    assert "vừa được người khác sửa" in late.content.decode()
    assert "đã được trả lời ngày 25/06/2023" in answer(staff, asked, **GRANT).content.decode()
    # Past the form too, the model itself refuses whoever comes second.
    told = {"by": staff.user, "decided_on": date(2023, 6, 25), "due_on": date(2023, 7, 31)}  # type: ignore[attr-defined]
    with pytest.raises(ValidationError, match="đang chờ trả lời"):
        first.grant(**told)
    with pytest.raises(ValidationError, match="đang chờ trả lời"):
        second.refuse_extension(by=staff.user, reason="Không")  # type: ignore[attr-defined]
    assert not Extension.objects.exists()


def test_permission_given_of_itself_answers_the_request(
    staff: Client, reporter: Client, remedy: Remedy
) -> None:
    ask(reporter, remedy)
    Remedy.objects.get().extend(
        by=staff.user,  # type: ignore[attr-defined]  # see client_of
        decided_on=date(2023, 6, 25),
        due_on=date(2023, 9, 1),
    )
    asked = ExtensionRequest.objects.get()
    assert asked.extension == Extension.objects.get()


def test_request_of_a_remedy_done_meanwhile_is_left(
    staff: Client, reporter: Client, remedy: Remedy
) -> None:
    ask(reporter, remedy)
    Remedy.objects.get().complete(by=staff.user, completed_on=date(2023, 6, 20))  # type: ignore[attr-defined]
    found = answer(staff, ExtensionRequest.objects.get(), **GRANT)
    assert "Kiến nghị đã hoàn thành" in found.content.decode()
    assert not Extension.objects.exists()


def test_remedy_with_a_request_is_not_removed(
    staff: Client, reporter: Client, remedy: Remedy
) -> None:
    ask(reporter, remedy)
    with pytest.raises(ValidationError, match="đề nghị gia hạn"):
        Remedy.objects.get().remove(staff.user)  # type: ignore[attr-defined]


@pytest.mark.parametrize(("until", "faults"), [("31/12/2026", []), ("1/1/2027", ["xa quá 3 năm"])])
def test_day_too_far_ahead_is_taken_for_a_slip(
    reporter: Client, remedy: Remedy, until: str, faults: list[str]
) -> None:
    page = ask(reporter, remedy, until=until)
    assert ExtensionRequest.objects.exists() is not bool(faults)
    assert all(said in page.content.decode() for said in faults)


def test_answer_form_says_when_each_field_is_needed(
    staff: Client, reporter: Client, remedy: Remedy
) -> None:
    ask(reporter, remedy)
    asked = ExtensionRequest.objects.get()
    page = staff.get(f"/extension-requests/{asked.pk}/answer/").content.decode()
    for label, said in (
        ("Ngày cho phép gia hạn", "bắt buộc khi cho gia hạn"),
        ("Hạn mới", "bắt buộc khi cho gia hạn"),
        ("Lý do không cho gia hạn", "bắt buộc khi không cho gia hạn"),
        ("Văn bản trả lời", "không bắt buộc"),
    ):
        assert f'{label} <span class="optional">({said})</span>' in page
