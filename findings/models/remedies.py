"""Remedies: what the unit or a person must do, by when, followed until it is done."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import ProtectedError, Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from congvu.dates import format_day, today
from congvu.rules import Fault, one_of
from congvu.trail import mark
from findings.models.codes import (
    DisciplineForm,
    OfficialKind,
    RemedyKind,
    RemedyState,
    Subject,
)
from findings.models.demands import Demand
from findings.models.follow_up import Extension, ExtensionRequest, Progress, refuse
from findings.models.standing import RemedyQuerySet
from inspections.models import RoundStatus, Visit
from notices.models import Notice


def _day(moment: datetime) -> date:
    return timezone.localdate(moment)


class Remedy(Demand):
    """What the visited unit or a person must do, by when (kiến nghị)."""

    Kind = RemedyKind
    State = RemedyState

    objects = RemedyQuerySet.as_manager()

    class Meta:
        verbose_name = "kiến nghị"
        verbose_name_plural = "kiến nghị"
        ordering = ("-pk",)
        constraints = (
            one_of("kind", RemedyKind),
            one_of("subject", Subject),
            one_of("discipline_form", DisciplineForm, blank=True),
            one_of("official_kind", OfficialKind, blank=True),
            models.CheckConstraint(
                condition=Q(subject="INDIVIDUAL") | Q(person_name=""),
                name="findings_remedy_collective_has_no_name",
            ),
            models.CheckConstraint(
                condition=~Q(kind="DISCIPLINE") | Q(subject="INDIVIDUAL"),
                name="findings_remedy_discipline_is_individual",
            ),
            models.CheckConstraint(
                condition=Q(kind="DISCIPLINE") | Q(discipline_form=""),
                name="findings_remedy_form_needs_discipline",
            ),
        )
        indexes = (
            models.Index(fields=["completed_on", "due_on"], name="findings_remedy_due"),
            models.Index(fields=["kind", "visit"], name="findings_remedy_kind"),
            models.Index(fields=["round_status", "round_ends_on"], name="findings_remedy_counted"),
        )

    def __str__(self) -> str:
        return f"Kiến nghị {self.code}"

    def get_absolute_url(self) -> str:
        """The remedy's page."""
        return reverse("findings:remedy_detail", args=[self.pk])

    def due_on_at(self, as_of: date) -> date | None:
        """The due day in force on that day (contract §4 rule 6); reads `extensions`."""
        done = self.completed_on is not None and self.completed_on <= as_of
        until = self.completed_on if done and self.completed_on else as_of
        granted = [each for each in self.extensions.all() if each.decided_on <= until]
        if granted:
            return max(granted, key=lambda each: each.decided_on).due_on
        return self.due_on

    def state_at(self, as_of: date) -> RemedyState:
        """Where the remedy stands on that day (contract §4 rule 6); reads `extensions`."""
        due = self.due_on_at(as_of)
        if self.completed_on is not None and self.completed_on <= as_of:
            late = due is not None and self.completed_on > due
            return RemedyState.DONE_LATE if late else RemedyState.DONE_ON_TIME
        return RemedyState.OVERDUE if due is not None and due < as_of else RemedyState.OPEN

    @property
    def refusal(self) -> Progress | None:
        """The claim that was refused last, while it waits to be made anew (reads `progress`).

        Says the same as `is_returned`.
        """
        claims = [each for each in self.progress.all() if each.claimed_on]
        if self.completed_on is not None or not claims:
            return None
        last = max(claims, key=lambda each: each.pk)
        return last if last.answer else None

    @property
    def request(self) -> ExtensionRequest | None:
        """The request for more time that waits for an answer, if any (reads `requests`)."""
        return next((each for each in self.requests.all() if each.answered_at is None), None)

    @property
    def is_followed(self) -> bool:
        """Whether the round is completed: only then does the remedy count (rule 1)."""
        return self.visit.round.status == RoundStatus.COMPLETED

    @property
    def _why_not_followed(self) -> str:
        """Why nothing more is done with the remedy; empty while its round stands."""
        if self.visit.round.status == RoundStatus.CANCELLED:
            return "Cuộc kiểm tra đã hủy nên kiến nghị này không còn phải thực hiện."
        return ""

    def why_not_extended(self) -> str:
        """Why the remedy cannot be given more time; empty when it can."""
        if self.completed_on is not None:
            return "Kiến nghị đã hoàn thành; muốn gia hạn thì phải mở lại trước."
        return self._why_not_followed

    def why_not_acknowledged(self) -> str:
        """Why nobody can say any more that the asked side knows of it; empty when one can."""
        if self.acknowledged_at is not None:
            return f"Kiến nghị đã được tiếp nhận ngày {format_day(_day(self.acknowledged_at))}."
        return self.why_not_reported()

    def why_not_requested(self) -> str:
        """Why no more time can be asked for; empty when it can."""
        if self.completed_on is not None:
            return "Kiến nghị đã được xác nhận hoàn thành nên không cần gia hạn."
        if self.due_on_at(today()) is None:
            return "Kiến nghị không đặt hạn nên không cần gia hạn."
        if self.request is not None:
            return "Đã có một đề nghị gia hạn đang chờ trả lời."
        return self._why_not_followed

    def why_not_answered(self) -> str:
        """Why no request for more time can be answered; empty when one can."""
        if self.request is None:
            return "Không có đề nghị gia hạn nào đang chờ trả lời."
        return self.why_not_extended()

    def why_not_reported(self) -> str:
        """Why nothing more can be reported; empty when it can."""
        if self.completed_on is not None:
            return "Kiến nghị đã được xác nhận hoàn thành."
        return self._why_not_followed

    def why_not_completed(self) -> str:
        """Why completion cannot be recorded; empty when it can."""
        if self.completed_on is not None:
            return f"Kiến nghị đã hoàn thành ngày {format_day(self.completed_on)}."
        return self._why_not_followed

    def why_not_reopened(self) -> str:
        """Why the remedy cannot be opened again; empty when it can."""
        return "" if self.completed_on is not None else "Kiến nghị chưa hoàn thành."

    def why_not_removed(self) -> str:
        """Why the remedy cannot be taken away; empty when it can."""
        if self.completed_on is not None:
            return "Kiến nghị đã hoàn thành nên không xóa được; nếu ghi nhầm, hãy mở lại trước."
        if self.extensions.exists() or self.progress.exists() or self.requests.exists():
            return (
                "Kiến nghị đã có báo cáo tiến độ, gia hạn hoặc đề nghị gia hạn nên không xóa được."
            )
        return ""

    def _day_faults(self, field: str, day: date) -> Iterator[Fault]:
        """A completion lies between the visit and today."""
        visited_on = self.visit.visited_on
        if day < visited_on:
            yield Fault(
                field,
                f"Ngày hoàn thành không thể trước ngày kiểm tra ({format_day(visited_on)}).",
            )
        if day > today():
            yield Fault(field, "Ngày hoàn thành không thể sau hôm nay.")

    def _hold(self, why_not: str) -> Remedy:
        """Hold the remedy as it stands now, and refuse what its state forbids."""
        held = Remedy.objects.held(self.pk)
        refusal: str = getattr(held, why_not)()
        if refusal:
            raise ValidationError(refusal)
        return held

    def _moved(self, held: Remedy, known_to: User | None = None) -> None:
        """What hangs on the remedy changed: nobody settles it by a page that did not show that.

        `known_to`: who of the asked side did it, and so knows of the demand.
        """
        if known_to is not None and held.acknowledged_at is None and held.is_asked_of(known_to):
            held._acknowledge(known_to)
        else:
            held.write()
        self.acknowledged_at, self.acknowledged_by = held.acknowledged_at, held.acknowledged_by
        self.version = held.version

    def acknowledge(self, by: User) -> None:
        """Note that the asked side knows of the demand, and who said so; once is enough."""
        self.require_asked(by)
        with transaction.atomic():
            held = Remedy.objects.held(self.pk)
            if held.acknowledged_at is None:
                if refusal := held.why_not_acknowledged():
                    raise ValidationError(refusal)
                held._acknowledge(by)
        self.acknowledged_at, self.acknowledged_by = held.acknowledged_at, held.acknowledged_by
        self.version = held.version

    def _acknowledge(self, by: User) -> None:
        self.acknowledged_at, self.acknowledged_by = timezone.now(), by
        self.write("acknowledged_at", "acknowledged_by")
        mark(by, self, "acknowledged")

    def extend(self, *, by: User, decided_on: date, due_on: date, document: str = "") -> Extension:
        """Permit a later due day by a dated document; the old day stays on record.

        A request for more time that waits is granted by it, whatever day it asked for.
        """
        self.require_extended(by)
        with transaction.atomic():
            held = self._hold("why_not_extended")
            extension = Extension(
                remedy=held, decided_on=decided_on, due_on=due_on, document=document
            )
            extension.full_clean()
            refuse(extension.faults())
            old = held.due_on_at(decided_on)
            extension.save()
            if (request := held.request) is not None:
                request.answer(by, extension=extension)
            self._moved(held)
            mark(by, self, "extended", {"due_on": (old, due_on)}, note=document)
        return extension

    def request_extension(
        self, *, by: User, until: date, reason: str, document: str = ""
    ) -> ExtensionRequest:
        """Ask, for the side that must act, for more time; it waits until the other side answers.

        Whoever asks knows of the demand.
        """
        self.require_asked(by)
        with transaction.atomic():
            held = self._hold("why_not_requested")
            request = ExtensionRequest(
                remedy=held, by=by, until=until, reason=reason, document=document
            )
            request.full_clean(exclude=["remedy", "by"])
            refuse(request.faults())
            request.save()
            self._moved(held, known_to=by)
            mark(by, self, "requested", {"due_on": (held.due_on_at(today()), until)}, note=reason)
        return request

    def grant(self, *, by: User, decided_on: date, due_on: date, document: str = "") -> Extension:
        """Grant the request that waits, with this day or another. `ValidationError` without one."""
        with transaction.atomic():
            self._hold("why_not_answered")
            return self.extend(by=by, decided_on=decided_on, due_on=due_on, document=document)

    def refuse_extension(self, *, by: User, reason: str, document: str = "") -> None:
        """Refuse the request that waits, with the reason; the due day stays as it is."""
        self.require_extended(by)
        with transaction.atomic():
            held = self._hold("why_not_answered")
            for request in held.requests.waiting():
                request.answer(by, refusal=reason, refusal_document=document)
            self._moved(held)
            mark(by, self, "refused", note=reason)

    def report(
        self, *, by: User, text: str, completed_on: date | None = None, document: str = ""
    ) -> Progress:
        """Say how far the remedy is; a claimed completion waits until it is settled."""
        if completed_on is not None:
            refuse(self._day_faults("completed_on", completed_on))
        with transaction.atomic():
            self._moved(self._hold("why_not_reported"), known_to=by)
            progress = Progress.objects.create(
                remedy=self, by=by, text=text, claimed_on=completed_on, document=document
            )
            mark(by, self, "reported", note=text[:200])
        return progress

    def complete(
        self,
        *,
        by: User,
        completed_on: date,
        report_document: str = "",
        settled_in: Visit | None = None,
    ) -> None:
        """Record that the remedy was done on that day, and who verified it.

        `settled_in`: the visit of a re-check that saw it. Claims that waited are settled by it.
        Whatever way leads here, the side that must act is
        refused (`PermissionDenied`).
        """
        self.require_settled(by)
        refuse(self._day_faults("completed_on", completed_on))
        with transaction.atomic():
            self._hold("why_not_completed")
            self.completed_on = completed_on
            self.report_document = report_document or self.report_document
            self.verified_by, self.settled_in = by, settled_in
            self.write("completed_on", "report_document", "verified_by", "settled_in")
            self.progress.settle()
            # Nobody is called to what is done.
            Notice.objects.about(self).see()
            note = f"Tại lượt phúc tra {settled_in}" if settled_in else ""
            mark(by, self, "completed", {"completed_on": (None, completed_on)}, note=note)

    def assign(self, *, by: User, keeper: User | None) -> None:
        """Say who of the inspecting side follows it; nobody by name when None.

        Raises `ValidationError` for whoever could not say that it is done.
        """
        with transaction.atomic():
            held = Remedy.objects.held(self.pk)
            if keeper is not None and not held.may_be_kept_by(keeper):
                raise ValidationError(
                    {
                        "keeper": f"{keeper} không theo dõi được kiến nghị này: người theo dõi "
                        "phải có tài khoản đang mở và thuộc cơ quan được xác nhận hoàn thành."
                    }
                )
            old = held.keeper
            held.keeper = keeper
            held.write("keeper")
            self.keeper, self.version = keeper, held.version
            if old != keeper:
                mark(by, self, "assigned", {"keeper": (old and str(old), keeper and str(keeper))})

    def send_back(self, *, by: User, reason: str) -> None:
        """Answer claims of completion: not done yet, for this reason. The remedy stays open."""
        self.require_settled(by)
        with transaction.atomic():
            self._moved(Remedy.objects.held(self.pk))
            claims = self.progress.waiting().update(answered_at=timezone.now(), answer=reason)
            if not claims:
                raise ValidationError("Không có báo cáo hoàn thành nào đang chờ xác nhận.")
            mark(by, self, "returned", note=reason)

    def reopen(self, *, by: User, reason: str) -> None:
        """Take a recorded completion back, with the reason."""
        self.require_settled(by)
        with transaction.atomic():
            self._hold("why_not_reopened")
            old = self.completed_on
            self.completed_on = self.verified_by = self.settled_in = None
            self.write("completed_on", "verified_by", "settled_in")
            mark(by, self, "reopened", {"completed_on": (old, None)}, note=reason)

    def remove(self, by: User) -> None:
        """Take away a remedy entered by mistake; the visit's trail keeps the mark.

        Raises `ValidationError` when something hangs on it, and refuses (`PermissionDenied`) the
        side that must act: its own round may have made the demand.
        """
        self.require_withdrawn(by)
        with transaction.atomic():
            self._hold("why_not_removed")
            # Without the person's name: the trail of a visit is read by more people.
            note = f"{self}: {self.get_kind_display()}, {self.get_subject_display().lower()}"
            mark(by, self.visit, "removed", note=note)
            # The case that it followed waits again.
            if (case := getattr(self, "case", None)) is not None:
                case.remedy = None
                case.write("remedy")
            try:
                self.delete()
            except ProtectedError as fault:
                raise ValidationError(f"{self} đã có hồ sơ đi kèm nên không xóa được.") from fault
