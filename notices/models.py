"""What each person is told, and the outbox of e-mails that tell it once more."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.expressions import BaseExpression
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from congvu.access import Person
from congvu.dates import format_day
from congvu.fields import FoldedField, LineField
from congvu.rules import one_of
from units.models import Unit


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Notices, by who asks."""

    def visible_to(self, user: User) -> Self:
        """The person's own, told in the role and for the unit that the account has now.

        Whoever was moved to another unit reads no more of what the former one had to do.
        """
        return self.filter(person=user, role=user.role, unit=user.unit_id)

    def unseen(self) -> Self:
        """Those that the person has not opened or put aside."""
        return self.filter(seen_at__isnull=True)

    def about(self, record: models.Model) -> Self:
        """Those that lead to the record's page, to whomever they were told."""
        url: str = record.get_absolute_url()  # type: ignore[attr-defined]  # of records with a page
        return self.filter(url=url)

    def see(self) -> int:
        """Note that they were seen; says how many had not been."""
        return self.unseen().update(seen_at=timezone.now())


class Notice(models.Model):
    """One thing that one person was told: what, on which day, and whether it was seen."""

    person = models.ForeignKey(User, models.CASCADE, related_name="notices")
    # As whom the person was told.
    role = models.CharField("vai trò", max_length=10, choices=Role.choices)
    unit = models.ForeignKey(Unit, models.CASCADE, null=True, related_name="+")
    # The occasion: nobody is told of one twice.
    key = models.CharField(max_length=120)
    text = LineField("nội dung", max_length=500)
    url = models.CharField(max_length=300, blank=True, default="")
    tone = models.CharField("mức độ", max_length=10, default="info")
    day = models.DateField("ngày nhắc")
    made_at = models.DateTimeField("lúc", auto_now_add=True)
    seen_at = models.DateTimeField("đã xem lúc", null=True, blank=True)
    # The e-mail that told it; empty for what is still to be put into one.
    digest = models.ForeignKey(
        "Digest", models.SET_NULL, null=True, blank=True, related_name="notices"
    )

    folded = FoldedField(source=("text",))

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = "nhắc việc"
        verbose_name_plural = "nhắc việc"
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(fields=["key", "person"], name="notices_notice_once"),
        )
        indexes = (
            models.Index(
                fields=["person"], condition=Q(seen_at__isnull=True), name="notices_notice_unseen"
            ),
            models.Index(
                fields=["person"], condition=Q(digest__isnull=True), name="notices_notice_unmailed"
            ),
        )

    def __str__(self) -> str:
        return self.text

    def get_absolute_url(self) -> str:
        """Where opening it leads through, so that it counts as seen."""
        return reverse("notices:notice_open", args=[self.pk])


def unseen_count() -> BaseExpression:
    """How many notices an account has not seen, as a column of the query that reads it."""
    own = Notice.objects.unseen().filter(
        person=OuterRef("pk"), role=OuterRef("role"), unit=OuterRef("unit")
    )
    counted = own.order_by().values("person").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted), 0)


class DigestState(models.TextChoices):
    """What became of an e-mail."""

    WAITING = "WAITING", "Chờ gửi"
    SENDING = "SENDING", "Đang gửi"
    SENT = "SENT", "Đã gửi"
    FAILED = "FAILED", "Không gửi được"
    OFF = "OFF", "Không nhận thư"


# How long one machine has an e-mail to itself: longer than a server may take for all its answers.
LEASE = timedelta(minutes=10)
# After the first, second, … failure, so many minutes pass; later ones wait as long as the last.
PAUSES = (10, 30, 120, 360, 1440)
UNCLEAR = (
    "Tiến trình gửi dừng giữa chừng hoặc mất kết nối khi đang gửi, không rõ thư đã đi hay chưa; "
    "để không gửi hai lần, hệ thống không tự gửi lại."
)


class DigestQuerySet(models.QuerySet["Digest"]):
    """E-mails, by who asks and by what is to be done with them."""

    def visible_to(self, person: Person) -> Self:
        """E-mails to accounts in scope, for whoever manages accounts."""
        return self.filter(person__in=User.objects.visible_to(person).order_by().values("pk"))

    def due(self, now: datetime) -> Self:
        """Those that wait and whose time has come."""
        return self.filter(state=DigestState.WAITING, next_try_at__lte=now)

    def take(self, now: datetime) -> Digest | None:
        """Lease the next that is due: no other machine takes it. None when none is left.

        From here until the result is noted it is `SENDING`. What stays so past its lease was cut
        off, perhaps after the server had it: it is never sent again by itself (`give_up`).
        """
        with transaction.atomic():
            waiting = self.due(now).order_by("next_try_at", "pk")
            # On SQLite the transaction itself keeps others out.
            found = waiting.select_for_update(skip_locked=True).first()
            if found is None:
                return None
            found.lease = secrets.token_hex(16)
            found.leased_until = timezone.now() + LEASE
            found.state = DigestState.SENDING
            found.tries += 1
            found.save(update_fields=["lease", "leased_until", "state", "tries"])
        return found

    def unclear(self) -> Self:
        """Those that the server may have taken, though nobody heard it say so."""
        return self.filter(state=DigestState.FAILED, error__startswith=UNCLEAR[:40])

    def resend(self) -> int:
        """Put those that failed back into the outbox; returns how many."""
        return self.filter(state=DigestState.FAILED).update(
            state=DigestState.WAITING, tries=0, lease="", next_try_at=timezone.now()
        )

    def give_up(self) -> list[Digest]:
        """Give up those whose sending was cut off; returns them."""
        cut = self.filter(state=DigestState.SENDING, leased_until__lt=timezone.now())
        return [each for each in cut if each.note(DigestState.FAILED, UNCLEAR)]


class Digest(models.Model):
    """The e-mail of one day to one person: all that the day brought, sent at most once."""

    person = models.ForeignKey(
        User, models.CASCADE, verbose_name="người nhận", related_name="digests"
    )
    day = models.DateField("ngày")
    state = models.CharField(
        "trạng thái", max_length=10, choices=DigestState.choices, default=DigestState.WAITING
    )
    tries = models.PositiveSmallIntegerField("số lần gửi", default=0)
    next_try_at = models.DateTimeField("lần gửi tới", default=timezone.now)
    # Whoever holds the token notes what became of the sending.
    lease = models.CharField(max_length=32, blank=True, default="")
    leased_until = models.DateTimeField(null=True, blank=True)
    error = LineField("lỗi", max_length=500, blank=True, default="")
    sent_at = models.DateTimeField("gửi lúc", null=True, blank=True)
    made_at = models.DateTimeField("lập lúc", auto_now_add=True)

    objects = DigestQuerySet.as_manager()

    class Meta:
        verbose_name = "thư nhắc việc"
        verbose_name_plural = "thư nhắc việc"
        ordering = ("-day", "-pk")
        constraints = (
            one_of("state", DigestState),
            models.UniqueConstraint(fields=["person", "day"], name="notices_digest_one_a_day"),
        )
        indexes = (models.Index(fields=["state", "next_try_at"], name="notices_digest_due"),)

    def __str__(self) -> str:
        return f"Thư nhắc việc ngày {format_day(self.day)}"

    def note(self, state: DigestState, error: str = "") -> bool:
        """Note what became of the sending; False when somebody else holds the lease by now."""
        values: dict[str, Any] = {"state": state, "error": error[:500]}
        if state == DigestState.SENT:
            values["sent_at"] = timezone.now()
        rows = Digest.objects.filter(pk=self.pk, lease=self.lease).exclude(state=DigestState.SENT)
        return bool(rows.update(**values))

    def failed(self, error: str) -> DigestState:
        """Note that it did not leave: it waits for its next try, or is given up after the last."""
        if self.tries >= settings.MAIL_TRIES:
            self.note(DigestState.FAILED, error)
            return DigestState.FAILED
        pause = PAUSES[min(self.tries, len(PAUSES)) - 1]
        rows = Digest.objects.filter(pk=self.pk, lease=self.lease, state=DigestState.SENDING)
        rows.update(
            state=DigestState.WAITING,
            error=error[:500],
            next_try_at=timezone.now() + timedelta(minutes=pause),
        )
        return DigestState.WAITING


class LastRun(models.Model):
    """Up to which day everybody has been reminded: one row."""

    day = models.DateField("đã nhắc đến hết ngày")
    at = models.DateTimeField("lúc", auto_now=True)

    def __str__(self) -> str:
        return format_day(self.day)

    @classmethod
    def last(cls) -> LastRun | None:
        """The one row; None before the first run."""
        return cls.objects.order_by("pk").first()

    @classmethod
    def reached(cls, day: date) -> None:
        """Note that the day's reminders were made; an earlier day changes nothing."""
        row, _ = cls.objects.get_or_create(pk=1, defaults={"day": day})
        if row.day <= day:
            row.day = day
            row.save()
