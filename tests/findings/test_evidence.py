"""Evidence from its upload on a page until it is handed out or taken away."""

from __future__ import annotations

import io
import os
import time
import uuid
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from accounts.models import User
from congvu.models import Event
from findings.evidence_keeping import remove_nameless_files
from findings.models import Evidence, Progress, evidence_storage
from inspections.models import Round, Visit
from tests.conftest import World
from tests.factories import (
    make_evidence,
    make_finding,
    make_remedy,
    make_round,
    make_user,
    make_visit,
)
from tests.findings.pictures import PDF, jpeg

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit(world: World) -> Visit:
    """The province at huyện Đại Từ."""
    return make_visit(make_round(world.province), world.dai_tu)


def send(client: Client, url: str, *files: tuple[str, bytes], **more: Any) -> Any:
    uploads = [SimpleUploadedFile(name, content) for name, content in files]
    return client.post(url, {"uploads": uploads, "_once": str(uuid.uuid4()), **more})


def test_photograph_is_shown_on_the_visit_and_handed_out(staff: Client, visit: Visit) -> None:
    url = f"/visits/{visit.pk}/evidence/"
    answer = send(staff, url, ("Một cửa.jpeg", jpeg()), note="Lúc 8 giờ")
    assert answer.status_code == 302
    evidence = Evidence.objects.get()
    page = staff.get(visit.get_absolute_url()).content.decode()
    for told in ("Bằng chứng (1)", "Một cửa.jpg", "Lúc 8 giờ", f"/evidence/{evidence.pk}/thumb/"):
        assert told in page
    for place, most in (("file", 2560), ("thumb", 320)):
        answer = staff.get(f"/evidence/{evidence.pk}/{place}/")
        assert answer.headers["Content-Type"] == "image/jpeg"
        picture = Image.open(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
        assert max(picture.size) <= most
        assert answer.headers["Content-Disposition"].startswith("inline; ")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "private, no-cache"


def test_picture_that_is_unchanged_is_not_sent_again(staff: Client, visit: Visit) -> None:
    evidence = make_evidence(visit, staff.user)  # type: ignore[attr-defined]  # see client_of
    for place in ("file", "thumb"):
        first = staff.get(f"/evidence/{evidence.pk}/{place}/")
        read(first)
        again = staff.get(
            f"/evidence/{evidence.pk}/{place}/", headers={"If-None-Match": first.headers["ETag"]}
        )
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["Cache-Control"] == "private, no-cache"


def test_document_is_a_download_under_the_name_that_people_gave_it(
    staff: Client, visit: Visit
) -> None:
    send(staff, f"/visits/{visit.pk}/evidence/", ("Giải trình\u202efdp.pdf", PDF))
    evidence = Evidence.objects.get()
    answer = staff.get(evidence.get_absolute_url())
    assert b"".join(answer.streaming_content) == PDF  # type: ignore[attr-defined]
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename*=utf-8''Gi%E1%BA%A3i%20tr%C3%ACnhfdp.pdf"
    )
    assert staff.get(f"/evidence/{evidence.pk}/thumb/").status_code == 404
    assert "trình" not in evidence.file.name


def test_visit_shows_what_belongs_to_its_findings_and_leaves_out_remedies(
    staff: Client, visit: Visit
) -> None:
    by = staff.user  # type: ignore[attr-defined]  # see client_of
    finding, remedy = make_finding(visit), make_remedy(visit)
    whole, seen, done = (make_evidence(each, by) for each in (visit, finding, remedy))
    told = {
        record: [each.name for each in (whole, seen, done) if each.name in page(staff, record)]
        for record in (visit, finding, remedy)
    }
    assert told == {visit: [whole.name, seen.name], finding: [seen.name], remedy: [done.name]}
    assert f">Tồn tại {finding.code}</a>" in page(staff, visit)


def read(answer: Any) -> bytes:
    """What was handed out, to its end: then the file is closed."""
    return b"".join(answer.streaming_content)


def page(client: Client, record: Any) -> str:
    return client.get(record.get_absolute_url()).content.decode()


# --- who, and when ---------------------------------------------------------------------------


def test_unit_sees_nothing_before_the_round_is_completed(
    staff: Client, inspector: Client, visit: Visit
) -> None:
    evidence = make_evidence(visit, staff.user)  # type: ignore[attr-defined]  # see client_of
    url = evidence.get_absolute_url()
    answer = inspector.get(url)
    read(answer)
    assert answer.status_code == 200
    Round.objects.update(status="IN_PROGRESS")
    assert inspector.get(url).status_code == 404


def test_locked_visit_takes_and_loses_nothing_but_its_remedies_go_on(
    staff: Client, visit: Visit
) -> None:
    by: User = staff.user  # type: ignore[attr-defined]  # see client_of
    finding, remedy = make_finding(visit), make_remedy(visit)
    seen = make_evidence(finding, by)
    visit.close(by, unit_person="Người ký (minh họa)")
    for on in (visit, finding):
        with pytest.raises(ValidationError, match="đã hoàn thành và khóa"):
            Evidence.add(on, by, ContentFile(jpeg(), "a.jpg"))
        assert "đã hoàn thành và khóa" in page(staff, on)
        assert "Chụp ảnh" not in page(staff, on)
    with pytest.raises(ValidationError, match="đã hoàn thành và khóa"):
        seen.remove(by)
    answer = send(staff, f"/findings/{finding.pk}/evidence/", ("a.jpg", jpeg()))
    assert "đã hoàn thành và khóa" in answer.content.decode()
    assert "đã hoàn thành và khóa" in staff.get(f"/evidence/{seen.pk}/delete/").content.decode()
    assert Evidence.objects.get() == seen
    assert send(staff, f"/remedies/{remedy.pk}/evidence/", ("a.jpg", jpeg())).status_code == 302


def test_cancelled_round_takes_nothing(staff: Client, visit: Visit) -> None:
    Round.objects.update(status="CANCELLED")
    remedy = make_remedy(visit)
    for on in (visit, remedy):
        with pytest.raises(ValidationError, match="đã hủy"):
            Evidence.add(on, staff.user, ContentFile(jpeg(), "a.jpg"))  # type: ignore[attr-defined]


def test_asked_side_proves_what_it_did_until_that_is_verified(
    staff: Client, reporter: Client, visit: Visit
) -> None:
    remedy = make_remedy(visit)
    url = f"/remedies/{remedy.pk}/evidence/"
    assert "Chụp ảnh" in page(reporter, remedy)
    assert send(reporter, url, ("a.jpg", jpeg())).status_code == 302
    remedy.complete(by=staff.user, completed_on=date(2023, 6, 1))  # type: ignore[attr-defined]
    said = "Kiến nghị đã được xác nhận hoàn thành"
    assert said in send(reporter, url, ("b.pdf", PDF)).content.decode()
    # The side that verified files the decision afterwards.
    assert send(staff, url, ("b.pdf", PDF)).status_code == 302
    assert (
        "được giữ nguyên"
        in staff.get(f"/evidence/{Evidence.objects.earliest('pk').pk}/delete/").content.decode()
    )
    with pytest.raises(ValidationError, match="được giữ nguyên"):
        Evidence.objects.earliest("pk").remove(staff.user)  # type: ignore[attr-defined]


def test_whoever_handed_in_takes_it_away_and_so_does_the_inspecting_side(
    staff: Client, reporter: Client, inspector: Client, visit: Visit
) -> None:
    remedy = make_remedy(visit)
    own, other = (make_evidence(remedy, reporter.user) for _ in range(2))  # type: ignore[attr-defined]
    assert inspector.get(f"/evidence/{own.pk}/delete/").status_code == 403
    for client, evidence in ((reporter, own), (staff, other)):
        answer = client.post(
            f"/evidence/{evidence.pk}/delete/",
            {"version": evidence.version, "_once": str(uuid.uuid4())},
        )
        assert answer.headers["Location"] == remedy.get_absolute_url()
    assert not Evidence.objects.exists()
    told = [(event.deed, event.note) for event in Event.objects.of(remedy)]
    assert told == [("unproved", own.name), ("unproved", other.name)]


def test_what_came_with_an_answered_report_stays(
    staff: Client, reporter: Client, visit: Visit
) -> None:
    remedy, by = make_remedy(visit), reporter.user  # type: ignore[attr-defined]
    report = remedy.report(by=by, text="Xong", completed_on=date(2023, 6, 1))
    evidence = make_evidence(remedy, by, progress=report)
    remedy.send_back(by=staff.user, reason="Thiếu")  # type: ignore[attr-defined]
    with pytest.raises(ValidationError, match="đã được trả lời"):
        evidence.remove(by)


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "REVIEW", "subject": "INDIVIDUAL", "person_name": "Nguyễn Văn Tên"},
        {"kind": "DISCIPLINE", "subject": "INDIVIDUAL"},
    ],
)
def test_what_concerns_a_named_person_is_only_for_whoever_may_see_names(
    staff: Client, leader: Client, visit: Visit, fields: dict[str, str]
) -> None:
    remedy = make_remedy(visit, **fields)
    by: User = staff.user  # type: ignore[attr-defined]  # see client_of
    evidence = Evidence.add(remedy, by, ContentFile(PDF, "QĐ kỷ luật Nguyễn Văn Tên.pdf"))
    assert evidence.name in page(staff, remedy)
    assert leader.get(evidence.get_absolute_url()).status_code == 404
    # Neither in the list nor in the trail.
    assert "Văn Tên" not in page(leader, remedy)
    leader.user.user_permissions.add(  # type: ignore[attr-defined]
        Permission.objects.get(codename="view_personal_data")
    )
    assert evidence.name in page(leader, remedy)


# --- once, whole, and no more ----------------------------------------------------------------


def test_same_file_sent_again_is_the_one_that_is_there(staff: Client, visit: Visit) -> None:
    by: User = staff.user  # type: ignore[attr-defined]  # see client_of
    finding = make_finding(visit)
    first, again = (Evidence.add(visit, by, ContentFile(jpeg(), "a.jpg")) for _ in range(2))
    other = Evidence.add(finding, by, ContentFile(jpeg(), "a.jpg"))
    assert first == again != other
    assert [event.deed for event in Event.objects.of(visit)] == ["proved"]
    # Nothing of the second is left in the storage: two files of each record.
    year = first.file.name.split("/")[0]
    assert len(evidence_storage().listdir(year)[1]) == 4


def test_file_of_a_record_that_was_not_saved_does_not_stay(
    staff: Client, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("findings.models.evidence.mark", fail)
    with pytest.raises(RuntimeError):
        Evidence.add(visit, staff.user, ContentFile(jpeg(), "a.jpg"))  # type: ignore[attr-defined]
    assert not Evidence.objects.exists()
    assert stored() == []


def stored() -> list[str]:
    storage = evidence_storage()
    years = storage.listdir("")[0] if storage.exists("") else []
    return [name for year in years for name in storage.listdir(year)[1]]


def test_files_go_once_the_removal_stands(
    staff: Client, visit: Visit, django_capture_on_commit_callbacks: Any
) -> None:
    by: User = staff.user  # type: ignore[attr-defined]  # see client_of
    evidence = Evidence.add(visit, by, ContentFile(jpeg(), "a.jpg"))
    with django_capture_on_commit_callbacks() as callbacks:
        evidence.remove(by)
    assert len(stored()) == 2
    for callback in callbacks:
        callback()
    assert stored() == []


def test_tidy_removes_old_files_that_no_record_names(staff: Client, visit: Visit) -> None:
    evidence = make_evidence(visit, staff.user)  # type: ignore[attr-defined]  # see client_of
    storage = evidence_storage()
    for name in ("2023/old.jpg", "2023/new.jpg", "field/old.jpg"):
        storage.save(name, ContentFile(b"x"))
    long_ago = time.time() - 3 * 24 * 3600
    for name in ("2023/old.jpg", "field/old.jpg", evidence.file.name):
        os.utime(storage.path(name), (long_ago, long_ago))
    assert remove_nameless_files() == "Đã xóa 1 tệp bằng chứng không thuộc hồ sơ nào."
    assert not storage.exists("2023/old.jpg")
    for name in ("2023/new.jpg", "field/old.jpg", evidence.file.name, evidence.thumbnail.name):
        assert storage.exists(name)


def test_evidence_hangs_together(staff: Client, visit: Visit) -> None:
    elsewhere = make_finding(make_visit(make_round(visit.round.body), visit.unit))
    evidence = make_evidence(visit, staff.user)  # type: ignore[attr-defined]  # see client_of
    evidence.finding = elsewhere
    with pytest.raises(ValidationError, match="không thuộc lượt kiểm tra này"):
        evidence.full_clean()


# --- with a report ---------------------------------------------------------------------------


def test_report_comes_with_its_evidence(reporter: Client, visit: Visit) -> None:
    remedy = make_remedy(visit)
    url = f"/remedies/{remedy.pk}/report/"
    fields = {"text": "Đã họp", "version": "1"}
    assert send(reporter, url, ("a.jpg", jpeg()), ("b.pdf", PDF), **fields).status_code == 302
    report = Progress.objects.get()
    assert [each.name for each in report.evidence.all()] == ["a.jpg", "b.pdf"]
    assert "Kèm báo cáo ngày" in page(reporter, remedy)


def test_report_with_a_file_that_is_refused_is_not_sent(reporter: Client, visit: Visit) -> None:
    remedy = make_remedy(visit)
    url = f"/remedies/{remedy.pk}/report/"
    answer = send(reporter, url, ("a.jpg", jpeg()), ("b.pdf", b"<html>"), text="Đã họp", version=1)
    told = answer.content.decode()
    assert "“b.pdf”: Chỉ nhận ảnh JPG" in told
    assert "Đã họp" in told
    assert not Progress.objects.exists()
    assert not Evidence.objects.exists()


# --- what a page's script is told, and what is too much --------------------------------------

DATA = {"Accept": "application/json"}


def test_script_gets_the_tile_of_what_was_saved(staff: Client, visit: Visit) -> None:
    url = f"/visits/{visit.pk}/evidence/"
    upload = SimpleUploadedFile("<b>a.jpg", jpeg())
    answer = staff.post(url, {"uploads": [upload]}, headers=DATA)
    (tile,) = answer.json()["tiles"]
    assert "&lt;b&gt;a.jpg" in tile
    assert f"/evidence/{Evidence.objects.get().pk}/thumb/" in tile


def test_script_is_told_why_a_file_was_refused(staff: Client, visit: Visit) -> None:
    url = f"/visits/{visit.pk}/evidence/"
    upload = SimpleUploadedFile("a.png", b"<svg/>")
    answer = staff.post(url, {"uploads": [upload]}, headers=DATA)
    assert answer.status_code == 422
    assert answer.json()["faults"][0].startswith("“a.png”: Chỉ nhận ảnh JPG")


def test_form_that_says_to_weigh_too_much_is_refused_unread(
    staff: Client, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(*_: object) -> None:
        pytest.fail("the body was read")

    url = f"/visits/{visit.pk}/evidence/"
    monkeypatch.setattr("django.http.multipartparser.MultiPartParser.parse", read)
    upload, weight = SimpleUploadedFile("a.jpg", jpeg()), str(200 * 1024 * 1024)
    answer = staff.post(url, {"uploads": [upload]}, CONTENT_LENGTH=weight, headers=DATA)
    assert answer.status_code == 413
    answer = staff.post(url, {"uploads": [upload]}, CONTENT_LENGTH=weight, follow=True)
    assert "Các tệp nặng quá giới hạn" in answer.content.decode()


@pytest.mark.parametrize("headers", [{}, DATA], ids=["form", "script"])
def test_file_too_large_stops_the_upload(
    staff: Client, visit: Visit, headers: dict[str, str]
) -> None:
    large = SimpleUploadedFile("a.jpg", b"\xff\xd8\xff" + bytes(21 * 1024 * 1024))
    url = f"/visits/{visit.pk}/evidence/"
    answer = staff.post(url, {"uploads": [large]}, headers=headers, follow=True)
    assert answer.status_code == (413 if headers else 200)
    told = answer.json()["faults"][0] if headers else answer.content.decode()
    assert "mỗi tệp tối đa 20 MB" in told
    assert not Evidence.objects.exists()


def test_forged_request_is_refused_although_the_body_is_read_late(
    staff: Client, visit: Visit
) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(staff.user, backend="accounts.backends.AccountBackend")  # type: ignore[attr-defined]
    upload = SimpleUploadedFile("a.jpg", jpeg())
    for on in (visit, make_finding(visit), make_remedy(visit)):
        answer = strict.post(f"{on.get_absolute_url()}evidence/", {"uploads": [upload]})
        assert answer.status_code == 403
    assert not Evidence.objects.exists()


def test_pages_ask_no_more_for_more_evidence(staff: Client, visit: Visit) -> None:
    by: User = staff.user  # type: ignore[attr-defined]  # see client_of
    finding = make_finding(visit)
    remedy = make_remedy(visit, finding=finding)
    visit.begin(by)
    ContentType.objects.get_for_models(*apps.get_models())  # asked for once, whoever comes first
    found: dict[int, list[int]] = {}
    for count in (1, 10):
        for number in range(count):
            someone = make_user("STAFF", visit.round.body)
            report = remedy.report(by=someone, text="Đang làm")
            make_evidence(visit, someone if number % 2 else by)
            make_evidence(finding, someone if number % 2 else by)
            make_evidence(remedy, someone, progress=report)
        for on in (visit, finding, remedy):
            with CaptureQueriesContext(connection) as queries:
                assert staff.get(on.get_absolute_url()).status_code == 200
            found.setdefault(count, []).append(len(queries))
    assert found[1] == found[10]
    assert max(found[10]) <= 15
