"""Evidence: photographs and documents that prove what was seen, or that a demand was met."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Self

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile, File
from django.core.files.storage import storages
from django.core.files.storage.base import Storage
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from congvu.dates import today
from congvu.fields import LineField
from congvu.rules import ConflictError, Fault, Ruled, one_of
from congvu.trail import mark
from directives.uploads import MAX_BYTES
from findings.evidence_files import Kept, line_of, take
from findings.models.codes import RemedyKind
from findings.models.findings import Finding
from findings.models.follow_up import Progress
from findings.models.remedies import Remedy
from inspections.models import Round, Visit, in_reach

# The largest file taken, in bytes.
MOST_BYTES = MAX_BYTES


class EvidenceKind(models.TextChoices):
    """What was handed in."""

    PICTURE = "PICTURE", "Ảnh"
    DOCUMENT = "DOCUMENT", "Tài liệu"


def evidence_storage() -> Storage:
    """Where evidence lies: outside the web root (`STORAGES["evidence"]`)."""
    return storages["evidence"]


def may_add(user: User, on: Visit | Finding | Remedy) -> bool:
    """Whether the user may hand in evidence on the record.

    On a visit or a finding: the side that inspects. On a remedy: whoever may report on it, and the
    side that inspected.
    """
    if isinstance(on, Remedy):
        return on.is_reported_by(user) or on.is_editable_by(user)
    return on.is_editable_by(user)


def require_add(user: User, on: Visit | Finding | Remedy) -> None:
    """Raise `PermissionDenied` (403) for whoever may not hand in evidence on the record."""
    if not may_add(user, on):
        raise PermissionDenied("Bạn không được gửi bằng chứng vào hồ sơ này.")


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    """Evidence, by who asks."""

    def visible_to(self, user: User) -> Self:
        """Evidence of visits in reach; what concerns a named person, for whoever may see names.

        Whoever handed it in goes on seeing it.
        """
        if not user.may("findings.view"):
            return self.none()
        seen = self.filter(in_reach(user, "visit__round__", "visit__unit__", "visit"))
        if not user.may("remedies.view"):
            seen = seen.filter(remedy__isnull=True)
        if not user.sees_names:
            named = Q(remedy__kind=RemedyKind.DISCIPLINE) | Q(remedy__person_name__gt="")
            seen = seen.filter(Q(remedy__isnull=True) | ~named | Q(by=user))
        return seen

    def with_place(self) -> Self:
        """Adds who handed it in and what it hangs on, as far as its rights and state ask."""
        return self.select_related(
            "by__unit", "visit__round__body", "visit__unit", "finding", "remedy", "progress"
        )

    def of(self, on: Visit | Finding | Remedy) -> Self:
        """Evidence of the record; of a visit, with that of its findings."""
        if isinstance(on, Remedy):
            return self.filter(remedy=on)
        if isinstance(on, Finding):
            return self.filter(finding=on, remedy__isnull=True)
        return self.filter(visit=on, remedy__isnull=True)


class Evidence(Ruled):
    """One file on a visit, and on a finding, a remedy or a report on a remedy of that visit.

    The file under a name of our own; `name` is what people call it.
    """

    Kind = EvidenceKind

    visit = models.ForeignKey(
        Visit, models.PROTECT, verbose_name="lượt kiểm tra", related_name="evidence"
    )
    finding = models.ForeignKey(
        Finding,
        models.PROTECT,
        verbose_name="tồn tại",
        null=True,
        blank=True,
        related_name="evidence",
    )
    remedy = models.ForeignKey(
        Remedy,
        models.PROTECT,
        verbose_name="kiến nghị",
        null=True,
        blank=True,
        related_name="evidence",
    )
    progress = models.ForeignKey(
        Progress,
        models.PROTECT,
        verbose_name="báo cáo tiến độ",
        null=True,
        blank=True,
        related_name="evidence",
    )
    kind = models.CharField("loại", max_length=10, choices=EvidenceKind.choices)
    name = LineField("tên tệp", max_length=200)
    note = LineField("ghi chú", max_length=300, blank=True, default="")
    file = models.FileField("tệp", storage=evidence_storage, max_length=200)
    thumbnail = models.FileField(
        "ảnh nhỏ", storage=evidence_storage, max_length=200, blank=True, default=""
    )
    # As kept, which for a picture is not as it came: it is encoded anew.
    size = models.PositiveIntegerField("dung lượng (byte)")
    sha256 = models.CharField("SHA-256", max_length=64)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField("nhận lúc", auto_now_add=True)
    # By the clock of the device, which may be wrong.
    taken_at = models.DateTimeField("chụp lúc", null=True, blank=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = "bằng chứng"
        verbose_name_plural = "bằng chứng"
        ordering = ("pk",)
        constraints = (
            one_of("kind", EvidenceKind),
            models.CheckConstraint(
                condition=Q(progress__isnull=True) | Q(remedy__isnull=False),
                name="findings_evidence_report_has_remedy",
            ),
            models.CheckConstraint(
                condition=Q(size__gt=0, size__lte=MOST_BYTES), name="findings_evidence_size"
            ),
        )

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The file itself, handed out by a view that checks scope."""
        return reverse("findings:evidence_file", args=[self.pk])

    def faults(self) -> Iterator[Fault]:
        """What it belongs to hangs on the same visit."""
        for field, record in (("finding", self.finding), ("remedy", self.remedy)):
            if record is not None and record.visit_id != self.visit_id:
                yield Fault(field, f"{record} không thuộc lượt kiểm tra này.")
        if self.progress is not None and self.progress.remedy_id != self.remedy_id:
            yield Fault("progress", "Báo cáo này không thuộc kiến nghị đã chọn.")

    @classmethod
    def add(
        cls,
        on: Visit | Finding | Remedy,
        by: User,
        upload: File[bytes] | Kept,
        *,
        name: str = "",
        progress: Progress | None = None,
        note: str = "",
        taken_at: datetime | None = None,
    ) -> Evidence:
        """Keep a file as evidence on a visit, a finding or a remedy, and leave a mark on it.

        `upload` is vetted by its content (`evidence_files.take`), or was so already: encoding a
        picture takes a quarter of a second, which whoever holds a lock spends before. `name` is
        what people call the file, `taken_at` the device's clock (the picture's own by default);
        `progress` the report that it came with. The same file sent again on the same record, after
        a cut-off or from two devices, is the one that is there.

        Raises `ValidationError` with a sentence for a file that is refused, for a visit that is
        locked, for a remedy that takes no more; `ConflictError` for a record just taken away. Who
        may do so is asked before (`require_add`).
        """
        kept = upload if isinstance(upload, Kept) else take(upload)
        made = cls(
            visit=on if isinstance(on, Visit) else on.visit,
            finding=on if isinstance(on, Finding) else None,
            remedy=on if isinstance(on, Remedy) else None,
            progress=progress,
            by=by,
            kind=EvidenceKind.PICTURE if kept.is_picture else EvidenceKind.DOCUMENT,
            name=line_of(name or kept.name, kept.ending),
            note=note,
            size=len(kept.content),
            sha256=kept.sha256,
            taken_at=taken_at or kept.taken_at,
        )
        try:
            with transaction.atomic():
                made._hold_place(on)
                if there := made._twin():
                    return there
                if refusal := cls.why_not_taken(made.place, by):
                    raise ValidationError(refusal)
                made._store(kept)
                made.full_clean(exclude=["visit", "finding", "remedy", "progress", "by"])
                made.save()
                mark(by, on, "proved", note=made._told)
        except BaseException:
            made._unstore()
            raise
        return made

    def _hold_place(self, on: Visit | Finding | Remedy) -> None:
        """Hold the round, as whoever locks, removes or adds does; raises `ConflictError`."""
        round_ = Round.objects.held(self.visit.round_id)
        self.visit = Visit.objects.select_related("unit").get(pk=self.visit_id)
        self.visit.round = round_
        if isinstance(on, Remedy):
            self.remedy = Remedy.objects.held(on.pk)
        if isinstance(on, Finding) and not Finding.objects.filter(pk=on.pk).exists():
            raise ConflictError(str(on))

    def _twin(self) -> Evidence | None:
        """The same content on the same record."""
        same = Evidence.objects.filter(visit=self.visit, sha256=self.sha256)
        return same.filter(finding=self.finding, remedy=self.remedy, progress=self.progress).first()

    @staticmethod
    def why_not_taken(on: Visit | Finding | Remedy, user: User) -> str:
        """Why the record takes no evidence from the user now; empty when it does."""
        if not isinstance(on, Remedy):
            return (on if isinstance(on, Visit) else on.visit).why_not_logged()
        # Who settles may add the scan of a decision later; the asked side says no more.
        if on.completed_on is not None and on.is_settled_by(user):
            return ""
        return on.why_not_reported()

    def _store(self, kept: Kept) -> None:
        """Write the files, under names that nobody can guess and that say nothing."""
        name = f"{today().year}/{uuid.uuid4().hex}"
        self.file.save(name + kept.ending, ContentFile(kept.content), save=False)
        if kept.thumbnail:
            self.thumbnail.save(f"{name}-nho{kept.ending}", ContentFile(kept.thumbnail), save=False)

    @property
    def _told(self) -> str:
        """What the trail says of it: a file's name may be a person's, and who reads it varies."""
        remedy = self.remedy
        named = remedy is not None and remedy.is_of_person
        return self.get_kind_display() if named else self.name

    @property
    def stored_names(self) -> list[str]:
        """The names of its files in the storage."""
        return [file.name for file in (self.file, self.thumbnail) if file.name]

    def _unstore(self) -> None:
        """Take the files away again: the record was not saved."""
        for name in self.stored_names:
            evidence_storage().delete(name)

    @property
    def place(self) -> Visit | Finding | Remedy:
        """The record on which it was handed in."""
        on = self.remedy or self.finding
        if on is None:
            return self.visit
        on.visit = self.visit  # fetched already, with its round and unit
        return on

    def is_removed_by(self, user: User) -> bool:
        """Whether the user may take it away: whoever handed it in, and the side that inspected."""
        if self.visit.is_editable_by(user):
            return True
        return self.by_id == user.pk and may_add(user, self.place)

    def require_removed(self, user: User) -> None:
        """Raise `PermissionDenied` (403) for whoever may not take it away."""
        if not self.is_removed_by(user):
            raise PermissionDenied("Chỉ người gửi hoặc cơ quan đã kiểm tra mới xóa được tệp này.")

    def why_not_removed(self) -> str:
        """Why it cannot be taken away; empty when it can."""
        if self.remedy is None:
            return self.visit.why_not_logged()
        if self.remedy.completed_on is not None:
            return (
                "Kiến nghị đã được xác nhận hoàn thành, bằng chứng của kiến nghị được giữ nguyên; "
                "nếu xác nhận nhầm, hãy mở lại kiến nghị trước."
            )
        if self.progress is not None and self.progress.answered_at is not None:
            return "Báo cáo kèm tệp này đã được trả lời nên tệp được giữ nguyên."
        return ""

    def remove(self, by: User) -> None:
        """Take away what was handed in by mistake, with its files; the record keeps a mark.

        Raises `ValidationError` for what proves something by now (`why_not_removed`).
        """
        with transaction.atomic():
            self._hold_place(self.place)
            if self.progress is not None:
                self.progress.refresh_from_db()
            if refusal := self.why_not_removed():
                raise ValidationError(refusal)
            names = self.stored_names
            mark(by, self.place, "unproved", note=self._told)
            self.delete()
            for name in names:
                # Once it stands: the file of evidence that stayed would be lost.
                transaction.on_commit(lambda n=name: evidence_storage().delete(n), robust=True)  # type: ignore[misc]  # mypy cannot type a default in a lambda


def report_with_evidence(
    remedy: Remedy, *, by: User, uploads: Sequence[Kept] = (), **said: Any
) -> Progress:
    """Report on a remedy (`Remedy.report`) with the files that prove it: all or nothing."""
    made: list[Evidence] = []
    try:
        with transaction.atomic():
            progress = remedy.report(by=by, **said)
            for each in uploads:
                made.append(Evidence.add(remedy, by, each, progress=progress))
    except BaseException:
        for evidence in made:
            evidence._unstore()
        raise
    return progress
