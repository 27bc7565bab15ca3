"""The private address under which a person's own calendar program reads the rounds in reach."""

from __future__ import annotations

from django.core.signing import BadSignature, Signer
from django.db import models, transaction
from django.db.models import F

from accounts.models import User
from congvu.rules import ConflictError
from congvu.trail import mark

_signer = Signer(salt="inspections.calendar")


class CalendarFeed(models.Model):
    """A person's calendar address. Renewing it counts `serial` up: older addresses name no one.

    Nothing secret is stored: the address is id and serial under the application's signature.
    """

    user = models.OneToOneField(User, models.CASCADE, related_name="calendar_feed")
    serial = models.PositiveIntegerField("lần cấp", default=1)

    class Meta:
        verbose_name = "địa chỉ lịch riêng"
        verbose_name_plural = "địa chỉ lịch riêng"

    def __str__(self) -> str:
        return f"Địa chỉ lịch của {self.user}"

    @property
    def token(self) -> str:
        """What stands in the address; whoever has it reads what the person may see."""
        return _signer.sign(f"{self.user_id}.{self.serial}").replace(":", "~")

    @classmethod
    def of(cls, user: User) -> CalendarFeed:
        """The person's feed, made when it is first asked for."""
        return cls.objects.get_or_create(user=user)[0]

    @classmethod
    def of_token(cls, token: str) -> CalendarFeed | None:
        """The feed that a token names; None for one forged or renewed.

        None also for an account that could not sign in: closed, idle, or with a password that
        somebody else set. Reading the calendar is no use that keeps an account from being idle.
        """
        try:
            user, serial = _signer.unsign(token.replace("~", ":")).split(".")
        except (BadSignature, ValueError):
            return None
        feeds = cls.objects.filter(user=int(user), serial=int(serial))
        usable = feeds.filter(user__is_active=True, user__must_change_password=False)
        feed = usable.select_related("user__unit").first()
        return None if feed is None or feed.user.is_idle else feed

    def renew(self, by: User, serial: int) -> None:
        """Replace the address of that serial; the trail tells that, and no address.

        Raises `ConflictError` when it has been replaced since it was shown.
        """
        with transaction.atomic():
            shown = CalendarFeed.objects.filter(pk=self.pk, serial=serial)
            if not shown.update(serial=F("serial") + 1):
                raise ConflictError(str(self))
            self.serial = serial + 1
            mark(by, self.user, "changed", note="Đổi địa chỉ lịch riêng.")
