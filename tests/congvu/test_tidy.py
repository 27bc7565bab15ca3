"""`manage.py tidy` removes what has served its time, and nothing else."""

from __future__ import annotations

import uuid
from datetime import timedelta
from io import StringIO

from django.core.files.base import ContentFile
from django.core.management import call_command
from django.utils import timezone
from time_machine import travel

from congvu import trail
from congvu.models import Event, Submission
from exchange.models import ImportJob
from tests.conftest import World
from tests.factories import make_user


def test_only_what_is_past_its_keeping_time_goes(world: World) -> None:
    staff = make_user("STAFF", world.province)
    now = timezone.now()
    with travel(now - timedelta(days=400), tick=False):
        trail.mark(staff, world.province, "changed")
        Submission.objects.create(key=uuid.uuid4(), by=staff)
        job = ImportJob.objects.create(by=staff, name="cu.xlsx", state="DONE")
        job.file.save("cu.xlsx", ContentFile(b"x"))
    trail.mark(staff, world.province, "renamed")
    Submission.objects.create(key=uuid.uuid4(), by=staff)
    told = StringIO()
    call_command("tidy", stdout=told)
    assert [mark.deed for mark in Event.objects.of(world.province)] == ["renamed"]
    assert Submission.objects.count() == 1
    job.refresh_from_db()
    assert not job.file
    assert "1 dòng nhật ký" in told.getvalue()
    call_command("tidy", stdout=told)
    assert Event.objects.of(world.province).count() == 1
