"""Suggestions of accounts for a team: found without marks; only name, post and unit are told."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import User
from tests.conftest import World
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def found(client: Client, query: str) -> str:
    answer = client.get("/accounts/choices/", {"q": query})
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def binh(world: World) -> User:
    """An account of a department of the province."""
    return make_user(
        "INSPECTOR", world.justice, "tk-an-danh", full_name="Đặng Thị Bình", post="Chuyên viên",
        email="binh@example.vn",
    )  # fmt: skip


def test_colleague_of_another_branch_is_found_without_marks(inspector: Client, binh: User) -> None:
    text = found(inspector, "dang binh")
    assert 'data-value="Đặng Thị Bình – Chuyên viên, Sở Tư pháp"' in text
    assert 'data-unit="Sở Tư pháp (19.STP)"' in text
    assert "Đặng Thị Bình" in found(inspector, "binh tu phap")


def test_neither_sign_in_name_nor_address_is_told_or_searched(
    inspector: Client, binh: User
) -> None:
    assert "tk-an-danh" not in found(inspector, "binh")
    assert "example.vn" not in found(inspector, "binh")
    assert "Đặng Thị Bình" not in found(inspector, "an-danh")


def test_closed_accounts_and_other_provinces_are_not_offered(
    inspector: Client, outsider: Client, binh: User
) -> None:
    assert "Đặng Thị Bình" not in found(outsider, "binh")
    User.objects.filter(pk=binh.pk).update(is_active=False)
    assert "Đặng Thị Bình" not in found(inspector, "binh")


def test_namesakes_are_told_apart_by_number(inspector: Client, world: World, binh: User) -> None:
    other = make_user("INSPECTOR", world.justice, full_name="Đặng Thị Bình", post="Chuyên viên")
    text = found(inspector, "binh")
    assert f"Sở Tư pháp #{binh.pk}" in text
    assert f"Sở Tư pháp #{other.pk}" in text
