"""Putting documents to plans and rounds, and taking them away."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import pytest
from django.test import Client

from congvu.models import Event
from directives.models import Document
from tests.conftest import World
from tests.factories import make_plan, make_round
from units.models import Unit

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


@pytest.mark.parametrize("noun", ["rounds", "plans"])
def test_document_is_put_and_taken_away_with_marks(staff: Client, world: World, noun: str) -> None:
    record: Any = make_round(world.province) if noun == "rounds" else make_plan(world.province)
    document = make_document(world.province, "5/QĐ-UBND")
    data = {"document": document.pk, "_once": str(uuid.uuid4())}
    assert staff.post(f"/{noun}/{record.pk}/attach/", data).status_code == 302
    assert list(record.documents.all()) == [document]
    assert "5/QĐ-UBND" in staff.get(f"/{noun}/{record.pk}/").content.decode()
    data["_once"] = str(uuid.uuid4())
    assert staff.post(f"/{noun}/{record.pk}/detach/", data).status_code == 302
    assert not record.documents.exists()
    assert Document.objects.exists()
    changes = [event.changes["documents"] for event in Event.objects.of(record)]
    assert changes == [[[], [str(document)]], [[str(document)], []]]


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
