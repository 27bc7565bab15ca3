"""Completing a visit: what will happen is said, what was seen is locked, in the models too."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.models import User
from congvu.dates import today
from congvu.models import Event
from congvu.rules import ConflictError
from findings.forms import FindingForm
from findings.models import Finding
from inspections.models import Addendum, RollCall, Visit
from tests.conftest import World, client_of
from tests.factories import make_finding, make_remedy, make_round, make_user, make_visit

pytestmark = pytest.mark.django_db

SIGNED = {"unit_person": "Nguyễn Văn A", "unit_post": "Chủ tịch"}
LOCKED = "Lượt kiểm tra đã hoàn thành và khóa"


@pytest.fixture
def visit(world: World) -> Visit:
    return make_visit(make_round(world.province, status="IN_PROGRESS"), world.dai_tu)


@pytest.fixture
def by(staff: Client) -> User:
    user: User = staff.user  # type: ignore[attr-defined]  # see client_of
    return user


def seal(page: str) -> str:
    """What a page of a deed carries of what it showed."""
    return page.split('name="version" value="')[1].split('"')[0]


def close(client: Client, visit: Visit, **typed: Any) -> str:
    address = f"/visits/{visit.pk}/close/"
    shown = seal(client.get(address).content.decode())
    data = {"version": shown, **SIGNED, **typed}
    return client.post(address, data, follow=True).content.decode()


def test_page_says_what_is_there_and_what_is_missing(staff: Client, by: User, visit: Visit) -> None:
    address = f"/visits/{visit.pk}/close/"
    page = staff.get(address).content.decode()
    assert "Biên bản có 0 tồn tại" in page
    assert "lượt này chưa điểm danh" in page
    assert "lượt này chưa ghi ưu điểm" in page
    RollCall.record(visit, by, "Một cửa", 12, 9, 2, 1)
    RollCall.record(visit, by, "Văn phòng", 8, 8)
    make_finding(visit)
    Visit.objects.filter(pk=visit.pk).update(strengths="Niêm yết đủ")
    page = staff.get(address).content.decode()
    assert "Biên bản có 1 tồn tại" in page
    assert "Điểm danh 2 phòng, bộ phận: 17/20 người có mặt, 3 vắng." in page
    assert "Lưu ý" not in page


def test_completing_locks_and_notes_who_signs(staff: Client, visit: Visit) -> None:
    page = close(staff, visit)
    visit.refresh_from_db()
    assert visit.is_closed
    assert visit.closed_by == staff.user  # type: ignore[attr-defined]  # see client_of
    assert (visit.unit_person, visit.unit_post) == ("Nguyễn Văn A", "Chủ tịch")
    assert "Lượt đã hoàn thành và khóa" in page
    assert "đại diện đơn vị: Nguyễn Văn A, Chủ tịch" in page
    assert Event.objects.of(visit).get(deed="locked").changes == {
        "unit_person": ["", "Nguyễn Văn A"], "unit_post": ["", "Chủ tịch"],
    }  # fmt: skip


def test_somebody_signs_for_the_unit(staff: Client, by: User, visit: Visit) -> None:
    page = close(staff, visit, unit_person=" ")
    assert 'id="id_unit_person_error"' in page
    with pytest.raises(ValidationError, match="người ký biên bản của đơn vị"):
        visit.close(by)
    visit.refresh_from_db()
    assert not visit.is_closed


def test_visit_ahead_is_not_completed(staff: Client, by: User, world: World) -> None:
    round_ = make_round(world.province, today() + timedelta(days=3), status="SCHEDULED")
    visit = make_visit(round_, world.dai_tu)
    assert (
        "chưa đến nên lượt này chưa hoàn"
        in staff.get(f"/visits/{visit.pk}/close/").content.decode()
    )
    with pytest.raises(ValidationError, match="chưa đến"):
        visit.close(by, "Bà A")


def test_of_two_people_completing_at_once_one_is_told(
    staff: Client, world: World, visit: Visit
) -> None:
    other = client_of(make_user("STAFF", world.province, "nguoihai"))
    address = f"/visits/{visit.pk}/close/"
    shown = [seal(client.get(address).content.decode()) for client in (staff, other)]
    assert staff.post(address, {"version": shown[0], **SIGNED}).status_code == 302
    answer = other.post(address, {"version": shown[1], "unit_person": "Người khác"})
    assert answer.status_code == 200
    assert LOCKED in answer.content.decode() or "vừa được người khác sửa" in answer.content.decode()
    visit.refresh_from_db()
    assert visit.unit_person == "Nguyễn Văn A"
    assert Event.objects.of(visit).filter(deed="locked").count() == 1


def test_models_refuse_the_second_as_well(by: User, visit: Visit) -> None:
    late = Visit.objects.get(pk=visit.pk)
    visit.close(by, "Bà A")
    with pytest.raises(ValidationError, match="hoàn thành và khóa"):
        late.close(by, "Ông B")


def test_what_changed_since_the_page_was_shown_is_shown_first(staff: Client, visit: Visit) -> None:
    address = f"/visits/{visit.pk}/close/"
    shown = seal(staff.get(address).content.decode())
    make_finding(visit)
    page = staff.post(address, {"version": shown, **SIGNED}).content.decode()
    assert "vừa được người khác sửa" in page
    assert "Biên bản có 1 tồn tại" in page
    visit.refresh_from_db()
    assert not visit.is_closed


# --- what is locked ---------------------------------------------------------------------------


@pytest.fixture
def closed(visit: Visit, by: User) -> Visit:
    make_finding(visit, content="Đi muộn")
    visit.close(by, "Bà A", "Chủ tịch")
    return visit


def test_findings_stay_as_they_are(staff: Client, by: User, closed: Visit) -> None:
    finding = closed.findings.get()
    typed = {"category": "WORK_TIME", "severity": "VIOLATION", "content": "Khác"}
    for address, data in (
        (f"/visits/{closed.pk}/findings/create/", typed),
        (f"{finding.get_absolute_url()}edit/", {**typed, "code": finding.code, "version": 1}),
        (f"{finding.get_absolute_url()}delete/", {"version": finding.version}),
    ):
        for answer in (staff.get(address), staff.post(address, data)):
            assert answer.status_code == 200, address
            assert LOCKED in answer.content.decode(), address
    with pytest.raises(ValidationError, match="hoàn thành và khóa"):
        finding.remove(by)
    assert Finding.objects.get().content == "Đi muộn"


def test_form_that_was_open_when_the_visit_was_locked_saves_nothing(by: User, visit: Visit) -> None:
    form = FindingForm(
        {"category": "WORK_TIME", "severity": "LIMITATION", "content": "Đi muộn"},
        visit=Visit.objects.select_related("round").get(pk=visit.pk),
    )
    assert form.is_valid()
    visit.close(by, "Bà A")
    assert not form.save_as(by)
    assert LOCKED in form.non_field_errors()[0]
    assert not Finding.objects.exists()


def test_finding_read_before_the_visit_was_locked_is_not_removed(by: User, visit: Visit) -> None:
    finding = Finding.objects.select_related("visit__round").get(pk=make_finding(visit).pk)
    visit.close(by, "Bà A")
    with pytest.raises(ValidationError, match="hoàn thành và khóa"):
        finding.remove(by)
    assert Finding.objects.exists()


def test_visit_keeps_what_was_seen_and_takes_what_follows(
    staff: Client, closed: Visit, world: World
) -> None:
    address = f"/visits/{closed.pk}/edit/"
    page = staff.get(address).content.decode()
    assert 'name="strengths"' not in page
    assert 'name="visited_on"' not in page
    assert LOCKED in page
    data = {"minutes_number": "05/BB-ĐKT", "version": closed.version}
    assert staff.post(address, data).status_code == 302
    closed.refresh_from_db()
    assert (closed.minutes_number, closed.unit_person) == ("05/BB-ĐKT", "Bà A")
    assert closed.unit == world.dai_tu
    # From a page that was open before: nothing is dropped without a word.
    data = {**data, "strengths": "Sửa lén", "version": closed.version}
    page = staff.post(address, data).content.decode()
    assert LOCKED in page
    assert "Sửa lén" in page
    closed.refresh_from_db()
    assert closed.strengths == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [("strengths", "x"), ("unit_person", "x"), ("unit_post", "x"), ("visited_on", None)],
)
def test_model_keeps_what_was_seen(closed: Visit, name: str, value: Any) -> None:
    if name == "visited_on":
        closed.round.starts_on, value = date(2023, 5, 1), date(2023, 5, 2)
        closed.round.save()
    setattr(closed, name, value)
    with pytest.raises(ValidationError, match="hoàn thành và khóa"):
        closed.clean()


def test_locked_visit_is_not_removed_and_its_round_not_moved(
    by: User, visit: Visit, world: World
) -> None:
    visit.close(by, "Bà A")
    with pytest.raises(ValidationError, match="đã hoàn thành và khóa nên không xóa"):
        visit.remove(by)
    round_ = make_round(world.province, status="SCHEDULED")
    make_visit(round_, world.tien_hoi).close(by, "Bà A")
    assert any(LOCKED in refusal for refusal in round_.moved(date(2023, 6, 1)).refusals)


def test_remedies_go_on(staff: Client, closed: Visit) -> None:
    data = {"kind": "REMIND", "subject": "COLLECTIVE", "due_on": "30/6/2023"}
    assert staff.post(f"/visits/{closed.pk}/remedies/create/", data).status_code == 302
    make_remedy(closed)
    assert closed.remedies.count() == 2


def test_actions_say_why_they_may_not_be_taken(staff: Client, closed: Visit) -> None:
    page = staff.get(closed.get_absolute_url()).content.decode()
    assert "Ghi kết luận" in page
    assert "Bổ sung, đính chính" in page
    assert LOCKED in page


# --- addenda ----------------------------------------------------------------------------------


def test_addenda_stand_in_order_with_who_and_when(
    staff: Client, closed: Visit, inspector: Client
) -> None:
    address = f"/visits/{closed.pk}/addenda/create/"
    for text in ("Vắng 2 người, không phải 3", "Thêm một <b>ý</b>"):
        answer = staff.post(address, {"text": text, "reason": "Ghi nhầm"})
        assert answer["Location"] == closed.get_absolute_url()
    closed.round.complete(staff.user)  # type: ignore[attr-defined]  # see client_of
    for client in (staff, inspector):
        for page in (closed.get_absolute_url(), f"/visits/{closed.pk}/minutes/"):
            told = client.get(page).content.decode()
            assert "Thêm một &lt;b&gt;ý&lt;/b&gt;" in told
            assert told.index("Vắng 2 người, không phải 3") < told.index("Thêm một")
            assert "Ghi nhầm" in told
    assert Event.objects.of(closed).filter(deed="amended").count() == 2


def test_addendum_to_an_open_visit_is_refused(staff: Client, by: User, visit: Visit) -> None:
    address = f"/visits/{visit.pk}/addenda/create/"
    typed = {"text": "Sửa", "reason": "Nhầm"}
    for answer in (staff.get(address), staff.post(address, typed)):
        assert "chưa hoàn thành nên sửa được ngay" in answer.content.decode()
    with pytest.raises(ValidationError, match="chưa hoàn thành"):
        Addendum.add(visit, by, **typed)
    assert not Addendum.objects.exists()


def test_addendum_needs_its_reason(staff: Client, closed: Visit) -> None:
    page = staff.post(f"/visits/{closed.pk}/addenda/create/", {"text": "Sửa lại"}).content.decode()
    assert "Sửa lại" in page
    assert not Addendum.objects.exists()


# --- who ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("deed", ["roll-call/", "close/", "addenda/create/", "conclude/"])
def test_another_units_visit_is_not_told_and_readers_change_nothing(
    outsider: Client, leader: Client, inspector: Client, visit: Visit, deed: str
) -> None:
    address = f"/visits/{visit.pk}/{deed}"
    assert outsider.get(address).status_code == 404
    assert outsider.post(address).status_code == 404
    # The unit's own side does not know of a round that is not completed.
    assert inspector.get(address).status_code == 404
    assert leader.get(address).status_code == 403
    assert leader.post(address).status_code == 403


def test_begun_once(by: User, visit: Visit) -> None:
    visit.begin(by)
    first = Visit.objects.get().begun_at
    Visit.objects.get().begin(by)
    assert Visit.objects.get().begun_at == first
    assert Event.objects.of(visit).filter(deed="begun").count() == 1


def test_visit_that_was_taken_away_is_noticed(by: User, visit: Visit) -> None:
    Visit.objects.all().delete()
    with pytest.raises(ConflictError):
        visit.close(by, "Bà A")
