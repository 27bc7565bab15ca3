"""What an attack showed: long searches, others' keys, strange codes, and days that betray."""

from __future__ import annotations

import io
import uuid
from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.test import Client

from accounts.models import User
from congvu.dates import today
from congvu.models import Submission
from congvu.text import search_words
from congvu.workbook import Book, Heading
from exchange.reading import read
from inspections.models import Round
from tests.conftest import World
from tests.factories import make_round, make_user, make_visit


def test_search_asks_for_ten_words_at_most_and_each_once() -> None:
    assert search_words("Đại Từ đại từ") == ["dai", "tu"]
    assert len(search_words(" ".join(f"w{number}" for number in range(1000)))) == 10


@pytest.mark.parametrize(
    "address",
    ["/search/", "/rounds/", "/units/", "/units/choices/", "/findings/", "/remedies/", "/teams/"],
)
def test_a_thousand_words_are_answered(staff: Client, address: str) -> None:
    words = "+".join(f"w{number}" for number in range(1000))
    assert staff.get(f"{address}?q={words}").status_code == 200


def test_another_persons_key_breaks_nothing(world: World, staff: Client) -> None:
    key = uuid.uuid4()
    Submission.objects.create(key=key, by=make_user("STAFF", world.elsewhere), location="/x/")
    assert staff.post("/plans/create/", {"_once": str(key)}).status_code == 200


def test_a_strange_code_does_not_end_the_numbering(world: World) -> None:
    make_round(world.elsewhere, code="19-2026-" + "9" * 42)
    make_round(world.province, code="19-2026-007")
    assert Round.objects.next_code(world.province, 2026) == "19-2026-008"


def test_import_by_the_inspected_unit_betrays_no_inspection_to_come(world: World) -> None:
    day = today() + timedelta(days=3)
    round_ = make_round(world.province, day, code="SECRET-1", status="SCHEDULED")
    make_visit(round_, world.tien_hoi)
    target = io.BytesIO()
    headings = ("Mã đơn vị", "Tên đơn vị", "Loại", "Mã đơn vị cấp trên", "Hiệu lực đến")
    with Book(target) as book:
        row = ("05809", "Xã Tiên Hội", "COMMUNE", "171", today())
        book.sheet("Đơn vị", [Heading(text) for text in headings], [row])
    target.seek(0)
    analysis = read(target, make_user("STAFF", world.dai_tu))
    said = " ".join(fault.message for fault in analysis.faults)
    assert "SECRET-1" not in said
    assert day.strftime("%d/%m/%Y") not in said
    # Whoever conducts it is told.
    target.seek(0)
    ours = " ".join(f.message for f in read(target, make_user("STAFF", world.province)).faults)
    assert "SECRET-1" in ours


def test_what_cannot_be_filtered_is_said_and_not_exported(world: World, staff: Client) -> None:
    make_round(world.province, date(2023, 5, 22))
    page = staff.get("/rounds/?from=31/02/2023").content.decode()
    assert "chưa được lọc" in page
    assert staff.get("/rounds/?from=31/02/2023&export=xlsx").status_code == 302


def test_trial_data_is_refused_outside_a_trial(world: World) -> None:
    with pytest.raises(Exception, match="DEMO=on"):
        call_command("load_demo")
    call_command("load_demo", if_demo=True)  # an installation of one's own is served as it is
    assert not User.objects.exists()
