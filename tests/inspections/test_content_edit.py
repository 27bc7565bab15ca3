"""The catalogue of what a round may cover."""

from __future__ import annotations

import uuid

import pytest
from django.test import Client

from congvu.models import Event
from inspections.models import Content
from tests.conftest import World

pytestmark = pytest.mark.django_db


def test_administrator_adds_a_content_that_rounds_may_choose(admin: Client, staff: Client) -> None:
    data = {"label": "Đạo đức công vụ", "position": "20", "is_offered": "on",
            "_once": str(uuid.uuid4())}  # fmt: skip
    assert admin.post("/contents/create/", data).status_code == 302
    assert Content.objects.get(label="Đạo đức công vụ").code == "dao_duc_cong_vu"
    assert "Đạo đức công vụ" in admin.get("/contents/").content.decode()
    assert "Đạo đức công vụ" in staff.get("/rounds/create/").content.decode()


def test_label_that_reads_like_another_is_refused(admin: Client, world: World) -> None:
    data = {"label": "thoi gio lam viec", "position": "20"}
    assert "đã có nội dung này" in admin.post("/contents/create/", data).content.decode()


def test_content_is_put_out_of_use_and_the_trail_tells(admin: Client, world: World) -> None:
    content = Content.objects.order_by("position")[0]
    data = {"label": content.label, "position": content.position, "_once": str(uuid.uuid4())}
    assert admin.post(f"/contents/{content.pk}/edit/", data).status_code == 302
    content.refresh_from_db()
    assert not content.is_offered
    assert Event.objects.of(content).get().changes == {"is_offered": [True, False]}


def test_others_are_refused(staff: Client, inspector: Client) -> None:
    for client in (staff, inspector):
        assert client.get("/contents/").status_code == 403
        assert client.post("/contents/create/", {"label": "x"}).status_code == 403


def test_second_administrator_is_told(admin: Client, world: World) -> None:
    content = Content.objects.order_by("position")[0]
    url, data = (
        f"/contents/{content.pk}/edit/",
        {"position": "1", "is_offered": "on", "version": "1"},
    )
    admin.post(url, {**data, "label": "Thời giờ"})
    page = admin.post(url, {**data, "label": "Giờ giấc"})
    assert page.context["form"].conflict is not None
    content.refresh_from_db()
    assert content.label == "Thời giờ"
