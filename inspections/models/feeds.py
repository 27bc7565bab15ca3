"""The private address under which a person's own calendar program reads the rounds in reach."""

from __future__ import annotations

from django.core.signing import BadSignature, Signer
from django.db import models

from accounts.models import User

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
    def of_token(cls, token: str) -> CalendarFeed | None:
        """The feed that a token names; None for one forged, renewed, or of a closed account."""
        try:
            user, serial = _signer.unsign(token.replace("~", ":")).split(".")
        except (BadSignature, ValueError):
            return None
        feeds = cls.objects.filter(user=int(user), serial=int(serial), user__is_active=True)
        return feeds.select_related("user__unit").first()
