"""What came from the spot: one entry for each thing that somebody wrote down, kept for ever."""

from __future__ import annotations

from typing import Self

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from congvu.access import Person
from congvu.fields import LineField
from congvu.rules import Ruled, one_of
from congvu.trail import mark
from findings.models import evidence_storage
from inspections.models import Visit
from inspections.models.teams import own_teams
from units.models import under


class EntryKind(models.TextChoices):
    """What was written down."""

    BEGIN = "begin", "Bắt đầu tại đơn vị"
    ROLL_CALL = "roll", "Điểm danh"
    ANSWER = "answer", "Trả lời bảng kiểm"
    FINDING = "finding", "Tồn tại"
    STRENGTHS = "strengths", "Ưu điểm"
    CASE = "case", "Vụ việc công dân"
    PHOTO = "photo", "Ảnh"


class EntryState(models.TextChoices):
    """What became of an entry when it arrived."""

    SAVED = "saved", "Đã lưu"
    CLASH = "clash", "Khác với người khác ghi"
    REFUSED = "refused", "Không nhận"


class EntryQuerySet(models.QuerySet["Entry"]):
    """Entries, by who asks."""

    def visible_to(self, person: Person) -> Self:
        """Those on visits by bodies in scope and by own teams, for whoever writes rounds there."""
        if not person.may("rounds.change"):
            return self.none()
        return self.filter(
            under(person.scope_paths, "visit__round__body__")
            | Q(visit__round__team__in=own_teams(person))
        )

    def waiting(self) -> Self:
        """Those that were not saved and that nobody has looked at: clashes and refusals."""
        return self.exclude(state=EntryState.SAVED).filter(settled_at__isnull=True)


class Entry(Ruled):
    """One thing that one person wrote down on the spot, as it arrived.

    The key is made on the device: an entry that arrives twice is taken once. What is written down
    goes to one place of the visit, its slot (`field.slots`); `base` is what stood there for whoever
    wrote it. Nothing that arrives is dropped: what cannot be saved is kept here with the reason.
    """

    key = models.UUIDField(primary_key=True)
    visit = models.ForeignKey(Visit, models.PROTECT, related_name="entries")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    kind = models.CharField("loại", max_length=10, choices=EntryKind.choices)
    # Which of its kind: the question, the department, the finding that the device named.
    ref = models.CharField(max_length=200, blank=True, default="")
    value = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    base = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    # By the clock of the device, which may be wrong, and when it arrived, which counts.
    written_at = models.DateTimeField("ghi lúc (theo điện thoại)")
    arrived_at = models.DateTimeField("nhận lúc", default=timezone.now)
    state = models.CharField("kết quả", max_length=10, choices=EntryState.choices)
    reason = LineField("lý do", max_length=500, blank=True, default="")
    # The record that it made or changed, of the kind's own table.
    record = models.BigIntegerField(null=True)
    # A picture that could not be saved.
    file = models.FileField(storage=evidence_storage, blank=True, default="", max_length=200)
    settled_at = models.DateTimeField("xử lý lúc", null=True)
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = "mục ghi tại chỗ"
        verbose_name_plural = "mục ghi tại chỗ"
        ordering = ("-arrived_at",)
        constraints = (one_of("kind", EntryKind), one_of("state", EntryState))
        indexes = (
            models.Index(fields=["visit", "kind", "ref"], name="field_entry_slot"),
            models.Index(
                fields=["arrived_at"],
                condition=Q(settled_at__isnull=True) & ~Q(state="saved"),
                name="field_entry_waiting",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} – {self.visit}"

    def get_absolute_url(self) -> str:
        """The entry's page."""
        return reverse("field:entry_detail", args=[self.pk])

    @property
    def slot(self) -> str:
        """The place of the visit to which it goes."""
        return f"{self.kind}:{self.ref}"

    @property
    def is_waiting(self) -> bool:
        """Whether it was not saved and nobody has looked at it."""
        return self.state != EntryState.SAVED and self.settled_at is None

    def set_aside(self, *, by: User) -> None:
        """Note that somebody has looked at it and leaves the visit as it stands.

        Raises `ValidationError` for one that was saved or looked at before.
        """
        with transaction.atomic():
            if not self.hold().is_waiting:
                raise ValidationError("Mục ghi này đã được xử lý.")
            self.settled_at, self.settled_by = timezone.now(), by
            self.write("settled_at", "settled_by")
            mark(by, self.visit, "changed", note=f"{self.get_kind_display()}: bỏ bản ghi tại chỗ")
