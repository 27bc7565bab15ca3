"""Evidence from its upload on a page until it is handed out or taken away."""

from __future__ import annotations

import io
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from findings.models import Evidence
from inspections.models import Visit
from tests.conftest import World
from tests.factories import make_round, make_visit
from tests.findings.pictures import jpeg

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
