"""Putting documents to records of every kind, taking them away, and what rests on a document."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from congvu.models import Event
from directives.models import Document
from findings.models import Extension
from inspections.models import Adjustment
from tests.conftest import World
from tests.factories import (
    make_plan,
    make_remedy,
    make_round,
    make_team,
    make_unit,
    make_visit,
)
from units.models import Reform, Unit

pytestmark = pytest.mark.django_db


def make_document(unit: Unit, number: str, subject: str = "Kiểm tra công vụ") -> Document:
    return Document.objects.create(
        number=number,
        issued_on=date(2023, 1, 5),
        issuer=unit,
        kept_by=unit,
        type="QD",
        subject=subject,
    )


def make_extension(world: World) -> Extension:
    remedy = make_remedy(make_visit(make_round(world.province), world.dai_tu))
    return Extension.objects.create(
        remedy=remedy, decided_on=date(2023, 6, 20), due_on=date(2023, 8, 1)
    )


def make_reform(world: World) -> Reform:
    reform = Reform.objects.create(deed="added", effective_on=date(2023, 3, 1))
    make_unit("05810", "Xã Mới", world.dai_tu, kind=Unit.Kind.COMMUNE, opened_in=reform)
    return reform


# By the first word of the addresses: what makes a record.
KINDS: dict[str, Callable[[World], Any]] = {
    "plans": lambda world: make_plan(world.province),
    "teams": lambda world: make_team(world.province),
    "rounds": lambda world: make_round(world.province),
    "visits": lambda world: make_visit(make_round(world.province), world.dai_tu),
    "remedies": lambda world: make_extension(world).remedy,
    "extensions": make_extension,
    "reforms": make_reform,
}


def send(document: Document) -> dict[str, Any]:
    return {"document": document.pk, "_once": str(uuid.uuid4())}


@pytest.mark.parametrize("kind", KINDS)
def test_document_is_put_and_taken_away_with_marks(staff: Client, world: World, kind: str) -> None:
    record = KINDS[kind](world)
    document = make_document(world.province, "5/QĐ-UBND")
    offered = staff.get(f"/{kind}/{record.pk}/attach/").content.decode()
    assert "5/QĐ-UBND" in offered
    answer = staff.post(f"/{kind}/{record.pk}/attach/", send(document))
    assert answer.url == record.get_absolute_url()  # type: ignore[attr-defined]
    assert list(record.documents.all()) == [document]
    shown = staff.get(record.get_absolute_url()).content.decode()
    assert document.get_absolute_url() in shown
    assert f"/{kind}/{record.pk}/detach/" in shown
    # What is put already is not offered again.
    assert "5/QĐ-UBND" not in staff.get(f"/{kind}/{record.pk}/attach/").content.decode()
    assert "5/QĐ-UBND" in staff.get(f"/{kind}/{record.pk}/detach/").content.decode()
    staff.post(f"/{kind}/{record.pk}/detach/", send(document))
    assert not record.documents.exists()
    assert Document.objects.exists()
    keeper = record.remedy if kind == "extensions" else record
    changes = [pair for e in Event.objects.of(keeper) for pair in e.changes.values()]
    assert changes == [[[], [str(document)]], [[str(document)], []]]
    trail = staff.get(record.get_absolute_url()).content.decode()
    assert "Văn bản" in trail.partition('class="story-part trail"')[2]


def registered(**fields: Any) -> dict[str, Any]:
    """What the form that registers a document sends."""
    return {
        "number": "5/QĐ-UBND", "issued_on": "5/1/2023", "type": "QD", "issuer": "19",
        "subject": "Lập đoàn", "_once": str(uuid.uuid4()), **fields,
    }  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_document_registered_for_a_record_is_offered_first_there(
    staff: Client, world: World, kind: str
) -> None:
    record = KINDS[kind](world)
    make_document(world.province, "4/QĐ-UBND")
    path = f"/{kind}/{record.pk}/attach/"
    link = f"/documents/create/?for={quote(path, safe='')}"
    assert f'href="{link}"' in staff.get(path).content.decode()
    assert f'href="{path}"' in staff.get(link).content.decode(), "giving up leads back as well"
    answer = staff.post(link, registered())
    document = Document.objects.get(number="5/QĐ-UBND")
    assert answer.url == f"{path}?document={document.pk}"  # type: ignore[attr-defined]
    shown = staff.get(answer.url)  # type: ignore[attr-defined]
    assert shown.context["chosen"] == document
    assert [each.number for each in shown.context["documents"]] == ["4/QĐ-UBND"]
    staff.post(answer.url, send(document))  # type: ignore[attr-defined]
    assert list(record.documents.all()) == [document]
    assert staff.get(answer.url).context["chosen"] is None  # type: ignore[attr-defined]


def test_document_that_is_there_already_is_offered_to_the_record(
    staff: Client, world: World
) -> None:
    there = make_document(world.province, "5/QĐ-UBND")
    path = f"/rounds/{make_round(world.province).pk}/attach/"
    page = staff.post(f"/documents/create/?for={path}", registered()).content.decode()
    assert f'href="{path}?document={there.pk}"' in page
    page = staff.post("/documents/create/", registered()).content.decode()
    assert "gắn văn bản đó" not in page


@pytest.mark.parametrize(
    "wanted", ["//example.com/rounds/1/attach/", "https://example.com/", "/rounds/1/", "x", ""]
)
def test_registering_leads_nowhere_but_to_where_documents_are_attached(
    staff: Client, world: World, wanted: str
) -> None:
    answer = staff.post(f"/documents/create/?for={quote(wanted, safe='')}", registered())
    assert answer.url == Document.objects.get().get_absolute_url()  # type: ignore[attr-defined]


def test_document_out_of_reach_is_not_chosen(staff: Client, world: World) -> None:
    hidden = make_document(world.elsewhere, "7/QĐ-UBND")
    path = f"/rounds/{make_round(world.province).pk}/attach/"
    for wanted in (hidden.pk, "x", "9" * 30):
        answer = staff.get(path, {"document": wanted})
        assert answer.context["chosen"] is None
        assert "7/QĐ-UBND" not in answer.content.decode()


@pytest.mark.parametrize("kind", KINDS)
def test_whoever_may_only_read_puts_nothing(
    leader: Client, reporter: Client, outsider: Client, world: World, kind: str
) -> None:
    record = KINDS[kind](world)
    document = make_document(world.province, "5/QĐ-UBND")
    for client, codes in ((leader, {403}), (reporter, {403, 404}), (outsider, {404})):
        for deed in ("attach", "detach"):
            url = f"/{kind}/{record.pk}/{deed}/"
            assert client.get(url).status_code in codes
            assert client.post(url, send(document)).status_code in codes
    assert not record.documents.exists()


def test_search_needs_no_marks_and_offers_only_what_is_in_scope(
    staff: Client, world: World
) -> None:
    round_ = make_round(world.province)
    make_document(world.province, "5/QĐ-UBND", "Lập đoàn kiểm tra")
    make_document(world.province, "6/QĐ-UBND", "Việc khác")
    make_document(world.elsewhere, "7/QĐ-UBND", "Lập đoàn kiểm tra")
    text = staff.get(f"/rounds/{round_.pk}/attach/", {"q": "lap doan"}).content.decode()
    assert "5/QĐ-UBND" in text
    assert "6/QĐ-UBND" not in text
    assert "7/QĐ-UBND" not in text


def test_document_out_of_scope_cannot_be_put(staff: Client, world: World) -> None:
    round_ = make_round(world.province)
    hidden = make_document(world.elsewhere, "7/QĐ-UBND")
    answer = staff.post(f"/rounds/{round_.pk}/attach/", {"document": hidden.pk})
    assert "Không có văn bản này trong phạm vi của bạn" in answer.content.decode()
    assert not round_.documents.exists()


def test_papers_out_of_reach_are_not_named_on_the_record(
    staff: Client, reporter: Client, world: World
) -> None:
    extension = make_extension(world)
    hidden = make_document(world.elsewhere, "7/QĐ-UBND")
    extension.documents.add(hidden)
    extension.remedy.documents.add(hidden)
    for client in (staff, reporter):
        page = client.get(extension.remedy.get_absolute_url()).content.decode()
        assert "7/QĐ-UBND" not in page


# --- the other way round ---------------------------------------------------------------------


def rest_everything_on(document: Document, world: World) -> dict[str, Any]:
    """A record of every kind that rests on the document."""
    made = {kind: make(world) for kind, make in KINDS.items()}
    for record in made.values():
        record.documents.add(document)
    plan = make_plan(world.province, number="77/KH-UBND", paper=document)
    made["issued"] = plan
    made["adjustment"] = Adjustment.objects.create(
        plan=plan, position=1, status="ISSUED", number="5/QĐ-UBND", issued_on=date(2023, 4, 1),
        paper=document,
    )  # fmt: skip
    return made


def test_page_names_everything_that_rests_on_it_in_fifteen_queries(
    staff: Client, world: World
) -> None:
    document = make_document(world.province, "5/QĐ-UBND")
    made = rest_everything_on(document, world)
    with CaptureQueriesContext(connection) as queries:
        page = staff.get(document.get_absolute_url()).content.decode()
    assert len(queries) <= 15, "\n".join(each["sql"][:160] for each in queries)
    for kind, record in made.items():
        assert f'href="{record.get_absolute_url()}"' in page, kind
    for heading in (
        "Kế hoạch (2)", "Điều chỉnh kế hoạch (1)", "Đoàn kiểm tra (1)", "Cuộc kiểm tra (1)",
        "Lượt kiểm tra (1)", "Kiến nghị (1)", "Gia hạn kiến nghị (1)", "Thay đổi đơn vị (1)",
    ):  # fmt: skip
        assert f"<h3>{heading}</h3>" in page
    assert "đang được gắn với hồ sơ khác" in page


def test_what_is_ahead_is_named_to_nobody_of_the_unit(
    staff: Client, inspector: Client, world: World
) -> None:
    document = make_document(world.province, "5/QĐ-UBND")
    document.kept_by = world.dai_tu
    document.save()
    ahead = make_round(world.province, code="BIMAT", status="SCHEDULED")
    visit = make_visit(ahead, world.dai_tu)
    remedy = make_remedy(visit, code="BIMAT-K")
    extension = Extension.objects.create(
        remedy=remedy, decided_on=date(2023, 6, 20), due_on=date(2023, 8, 1)
    )
    team = make_team(world.province, name="Đoàn BIMAT")
    plan = make_plan(world.province, number="99/KH-BIMAT")
    for record in (ahead, visit, remedy, extension, team, plan):
        record.documents.add(document)
    assert "BIMAT" in staff.get(document.get_absolute_url()).content.decode()
    theirs = inspector.get(document.get_absolute_url())
    assert theirs.status_code == 200
    assert "BIMAT" not in theirs.content.decode()
    assert "Chưa có hồ sơ nào trong phạm vi của bạn" in theirs.content.decode()
    # For whoever sees nothing resting on it, nothing rests on it.
    for client, used, unused in ((staff, 1, 0), (inspector, 0, 1)):
        found = [
            client.get("/documents/", {"used": word}).context["listing"].count
            for word in ("yes", "no")
        ]
        assert found == [used, unused]


@pytest.mark.parametrize("kind", [*KINDS, "issued", "adjustment"])
def test_document_that_anything_rests_on_stays_and_says_not_what(
    staff: Client, world: World, kind: str
) -> None:
    document = make_document(world.province, "5/QĐ-UBND")
    other = make_document(world.province, "6/QĐ-UBND")
    if kind in KINDS:
        KINDS[kind](world).documents.add(document)
    else:
        made = rest_everything_on(other, world)
        type(made[kind]).objects.filter(pk=made[kind].pk).update(paper=document)
    said = document.why_not_removed()
    assert said == (
        "Văn bản 5/QĐ-UBND đang được gắn với hồ sơ khác nên không xóa được; hãy bỏ văn bản khỏi "
        "hồ sơ đó trước."
    )
    staff.post(f"/documents/{document.pk}/delete/", {"version": document.version})
    assert Document.objects.filter(pk=document.pk).exists()


def test_document_that_nothing_rests_on_may_go(world: World) -> None:
    rest_everything_on(make_document(world.province, "6/QĐ-UBND"), world)
    assert make_document(world.province, "5/QĐ-UBND").why_not_removed() == ""
