"""Pages without their form, as of a locked or concluded visit: the scripts run all the same."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from directives.models import Document
from inspections.models import Visit
from tests.browsing import SIZES, signed_in
from tests.conftest import World
from tests.factories import make_round, make_visit

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


def test_scripts_of_forms_stand_pages_without_one(
    browser: Any, live_server: Any, staff: Client, world: World
) -> None:
    visit = make_visit(make_round(world.province), world.dai_tu)
    paper = Document.objects.create(
        number="12/KL-SNV",
        issued_on=date(2023, 6, 5),
        type="KL",
        issuer=world.province,
        kept_by=world.province,
        subject="Kết luận",
    )
    Visit.objects.filter(pk=visit.pk).update(
        closed_at="2023-05-22T10:00:00+07:00", conclusion=paper
    )
    page = signed_in(browser, live_server, staff, SIZES["desktop"]).new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    for name in ("roll-call", "conclude"):
        page.goto(f"{visit.get_absolute_url()}{name}/")
        page.wait_for_load_state("networkidle")
        assert page.locator(".empty").count() == 1
    assert wrong == []
