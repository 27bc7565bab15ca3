"""What the filters and ids of addresses do with values that no record can have."""

from __future__ import annotations

import pytest
from django.test import Client

from congvu.access import record_id
from tests.conftest import World
from tests.factories import make_round


@pytest.mark.parametrize("path", ["rounds", "remedies", "returns", "findings", "documents"])
@pytest.mark.parametrize("year", ["99999", "0", "-5"])
def test_year_that_is_none_is_a_fault_of_its_field(staff: Client, path: str, year: str) -> None:
    response = staff.get(f"/{path}/", {"year": year})
    assert response.status_code == 200
    assert response.context["listing"].filter_form.errors["year"]


@pytest.mark.parametrize("text", ["9" * 20, "9" * 5000, "²", "-1", "", "a", str(2**63)])
def test_no_record_has_such_an_id(text: str) -> None:
    assert record_id(text) is None


def test_ids_of_records_are_read() -> None:
    assert record_id("17") == 17
    assert record_id(str(2**63 - 1)) == 2**63 - 1


@pytest.mark.parametrize("number", ["9" * 20, "9" * 5000])
@pytest.mark.parametrize(
    "address",
    [
        "/units/?open=",
        "/units/create/?parent=",
        "/rounds/?plan=",
        "/rounds/create/?visits-TOTAL_FORMS=",
    ],
)
def test_ids_too_long_for_a_database_find_nothing(staff: Client, address: str, number: str) -> None:
    assert staff.get(address + number).status_code == 200


def test_list_that_is_not_filtered_shows_no_filter_and_offers_no_file(
    staff: Client, world: World
) -> None:
    make_round(world.province)
    page = staff.get("/rounds/", {"year": "0", "form": "PLANNED"}).content.decode()
    assert "chưa được lọc" in page
    assert "Đang lọc" not in page
    assert "Xuất Excel" not in page
    assert "Xuất Excel" in staff.get("/rounds/").content.decode()
