"""The part of a form that tells which other inspections the unit meets, and asks what to do.

    class VisitForm(OverlapForm):
        def asked_about(self) -> list[Asked]:
            ...what the form would put down, or nothing where neither unit nor days changed

The form's template includes `inspections/parts/overlaps.html`; its view does not save while
`form.is_check`, which is how the part alone is drawn again when something above it changes.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.http import QueryDict

from accounts.models import User
from congvu.forms import BlockInput, RecordForm
from congvu.trail import mark
from inspections.models import PlanItem, Round
from inspections.overlap_words import Overlap, described
from inspections.overlaps import Asked, overlaps_of
from units.models import Unit

# The name under which the part is asked for.
CHECK = "check_overlaps"


class Way(models.TextChoices):
    """What is done about overlaps."""

    JOIN = "JOIN", "Ghép vào cuộc đã có"
    MOVE = "MOVE", "Đổi thời gian hoặc đơn vị ở trên"
    KEEP = "KEEP", "Vẫn kiểm tra, vì…"


class OverlapForm(RecordForm):
    """A form that asks for a decision where the unit has another inspection near it.

    Neither a reason nor a way chosen: the form comes back and shows them. A reason goes on record
    in the column `overlap_reason` of `reason_record`.
    """

    part = "inspections/parts/overlaps.html"
    apart: ClassVar[tuple[str, ...]] = ("overlap_way", "overlap_round", "overlap_reason")
    # Changes of these fields, and of rows of units, ask for the part anew.
    overlap_sources: ClassVar[tuple[str, ...]] = ()
    # Whether a round that there is may take the place of this inspection, and what comes of it.
    joins: bool = True
    join_hint: str = ""
    # Whether this inspection may be what carries out items of plans that are told.
    carries_out: ClassVar[bool] = False

    overlap_way = forms.ChoiceField(
        label="Cách xử lý chồng chéo",
        choices=Way.choices,
        required=False,
        widget=forms.RadioSelect,
    )
    overlap_round = forms.CharField(label="Cuộc được ghép vào", required=False)
    overlap_reason = BlockInput(
        label="Lý do vẫn kiểm tra",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Ví dụ: đơn thư mới, cần xác minh ngay. Lý do được lưu cùng hồ sơ.",
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._asker = user
        if (record := self.reason_record) is not None:
            self.initial.setdefault("overlap_reason", record.overlap_reason)

    @property
    def reason_record(self) -> Any:
        """What has the reason on record: the form's own, unless told."""
        return self.instance

    def asked_about(self) -> list[Asked]:
        """The inspections that the form would put down; none where unit and days stay as they are.

        From what could be read so far: the form need not be valid.
        """
        raise NotImplementedError

    @property
    def offers_reason(self) -> bool:
        """Whether a reason may be put down although nothing is asked about."""
        return False

    @property
    def preparing(self) -> int | None:
        """The adjustment being prepared into which the form writes: it is looked at as issued."""
        return None

    @property
    def overlap_trigger(self) -> str:
        """For htmx: what asks for the part anew."""
        names = [f"[name={self.add_prefix(name)}]" for name in self.overlap_sources]
        return ", ".join(f"change from:{each} delay:150ms" for each in [*names, "[data-rows]"])

    # --- what is found -------------------------------------------------------------------------

    @property
    def is_check(self) -> bool:
        """Whether only the part is asked for, and nothing is to be saved."""
        return CHECK in self.data

    @cached_property
    def _asked(self) -> list[Asked]:
        if not self.is_bound:
            return []
        self.errors  # noqa: B018  # reads what was typed
        return self.asked_about()

    @cached_property
    def _found(self) -> list[list[Overlap]]:
        found = overlaps_of(self._asker, self._asked, self.preparing)
        told = {
            each.met: each
            for each in described(self._asker, list({met for mets in found for met in mets}))
        }
        return [[told[met] for met in mets if met in told] for mets in found]

    @property
    def overlaps(self) -> list[Overlap]:
        """Everything that overlaps, the units one after another."""
        return [each for found in self._found for each in found]

    @property
    def overlap_groups(self) -> list[tuple[str, list[Overlap]]]:
        """The overlaps under the name of each unit; for the template."""
        names = Unit.objects.in_bulk({each.unit for each in self._asked})
        pairs = zip(self._asked, self._found, strict=True)
        return [(names[asked.unit].name, found) for asked, found in pairs if found]

    @property
    def overlap_is_clear(self) -> bool:
        """Whether it was asked, and there is nothing."""
        return bool(self._asked) and not self.overlaps

    @cached_property
    def joinable(self) -> list[Overlap]:
        """The rounds to which this inspection can be joined: each that visits all its units."""
        if not self.joins:
            return []
        times: dict[int, int] = defaultdict(int)
        told: dict[int, Overlap] = {}
        for found in self._found:
            for each in found:
                if each.met.is_round and each.joinable:
                    times[each.met.pk] += 1
                    told[each.met.pk] = each
        return [each for pk, each in told.items() if times[pk] == len(self._asked)]

    @property
    def only_joinable(self) -> Overlap | None:
        """The one round that it can be joined to, where there is no choice."""
        return self.joinable[0] if len(self.joinable) == 1 else None

    @cached_property
    def fitting_items(self) -> list[Overlap]:
        """The items of issued plans that this inspection may be what carries them out."""
        if not self.carries_out:
            return []
        told = {e.met.pk: e for e in self.overlaps if not e.met.is_round and e.joinable}
        return list(told.values())

    # --- what is decided -----------------------------------------------------------------------

    @property
    def is_joined(self) -> bool:
        """Whether a round that there is takes the place of this inspection."""
        return self.cleaned_data.get("overlap_way") == Way.JOIN and bool(self.overlaps)

    @property
    def joined(self) -> Round | None:
        """The round chosen, to which this inspection is joined."""
        if not self.is_joined:
            return None
        typed = self.cleaned_data.get("overlap_round")
        chosen = [each.met.pk for each in self.joinable if str(each.met.pk) == typed]
        return Round.objects.editable_by(self._asker).filter(pk__in=chosen).first()

    @property
    def item_pks_chosen(self) -> set[int]:
        """The items that were told, and chosen as what this inspection carries out."""
        typed = self.data.getlist("overlap_items") if isinstance(self.data, QueryDict) else []
        return {each.met.pk for each in self.fitting_items if str(each.met.pk) in typed}

    @property
    def items_chosen(self) -> list[PlanItem]:
        """Those items."""
        chosen = self.item_pks_chosen
        return list(PlanItem.objects.visible_to(self._asker).filter(pk__in=chosen))

    def is_decided(self) -> bool:
        """Whether what overlaps is dealt with; if not, the form says so. Only when it is valid."""
        chosen = self.item_pks_chosen
        left = [e for e in self.overlaps if e.met.is_round or e.met.pk not in chosen]
        if not left:
            return True
        way = self.cleaned_data.get("overlap_way")
        reason = self.cleaned_data.get("overlap_reason")
        if way == Way.JOIN:
            if self.joined is None:
                self.add_error("overlap_round", "Hãy chọn cuộc được ghép vào.")
        elif way == Way.MOVE:
            self.add_error("overlap_way", "Hãy đổi ngày hoặc đơn vị ở trên rồi lưu lại.")
        elif way == Way.KEEP and not reason:
            self.add_error("overlap_reason", "Hãy ghi lý do vẫn kiểm tra.")
        elif not way and (not reason or reason == self.initial.get("overlap_reason")):
            self.add_error(
                "overlap_way",
                "Đơn vị đã có cuộc kiểm tra hoặc mục kế hoạch khác gần thời gian này; hãy xem và "
                "chọn một cách xử lý.",
            )
        return not self.errors

    def _post_clean(self) -> None:
        """A reason changes only where that is what was decided, or where it alone was shown."""
        other = self.cleaned_data.get("overlap_way") in (Way.JOIN, Way.MOVE)
        if other or self.add_prefix("overlap_reason") not in self.data:
            self.cleaned_data["overlap_reason"] = self.initial.get("overlap_reason") or ""
        super()._post_clean()  # type: ignore[misc]  # Django's own, which its stubs leave out

    def is_right(self) -> bool:
        """Whether the record is right, whatever overlaps it."""
        return super().is_valid()

    def is_valid(self) -> bool:
        """Whether the record is right, what overlaps it is dealt with, and it is to be saved."""
        return not self.is_check and self.is_right() and self.is_decided()

    def keep_reason(self, by: User, record: Round) -> None:
        """Put the reason on record where the form's own record is another. `record` is held."""
        old, reason = record.overlap_reason, self.cleaned_data["overlap_reason"]
        if reason != old:
            record.overlap_reason = reason
            record.write("overlap_reason")
            mark(by, record, "changed", {"overlap_reason": (old, reason)})

    def join(self, by: User) -> bool:
        """Let the round chosen take in what was asked for; False when it no longer can."""
        round_ = self.joined
        if round_ is None:
            return False
        data = self.cleaned_data
        try:
            round_.take_in(
                by,
                contents=data.get("contents") or (),
                items=[each for each in (data.get("item"), *self.items_chosen) if each],
                note=data.get("scope_note") or "",
            )
        except ValidationError as refusal:
            self.add_error(None, refusal)
            return False
        return True
