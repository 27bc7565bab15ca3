"""What of a round stays as it is once demands or the minutes of a locked visit rest on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError

from congvu.rules import Ruled

# What the minutes of its visits tell of a round, besides its contents.
TOLD_IN_MINUTES = ("team", "team_group", "scope_note")


class Settled(Ruled):
    """Columns of a round that later records rest on."""

    class Meta:
        abstract = True

    # What `Round` has; declared for those who read the types.
    if TYPE_CHECKING:
        code: Any
        body_id: Any
        visits: Any

    def _keep_what_is_settled(self) -> None:
        """Raise where a column changes on which demands or the minutes of a locked visit rest.

        Not among `faults()`: a workbook may still put right what it brought.
        """
        stored: Any = type(self)._base_manager.filter(pk=self.pk).first()
        if stored is None:
            return
        faults = {}
        if stored.body_id != self.body_id and (refusal := self.why_not_handed_over()):
            faults["body"] = refusal
        attnames = {name: self._meta.get_field(name).attname for name in TOLD_IN_MINUTES}  # type: ignore[union-attr]  # only concrete columns are named
        changed = [
            name for name, att in attnames.items() if getattr(stored, att) != getattr(self, att)
        ]
        if changed and (refusal := self.why_not_retold()):
            faults |= dict.fromkeys(changed, refusal)
        if faults:
            raise ValidationError(faults)

    def why_not_handed_over(self) -> str:
        """Why another body cannot be put down as the one that inspected; empty when one can.

        Who inspected decides who may say that a demand is met: a unit that became the inspecting
        body afterwards would settle what was asked of itself.
        """
        if self.visits.filter(remedies__isnull=False).exists():
            return (
                f"Cuộc {self.code} đã có kiến nghị nên không đổi cơ quan kiểm tra được: cơ quan đã "
                "kiểm tra là bên xác nhận hoàn thành. Nếu ghi nhầm, hãy xóa các kiến nghị đó trước."
            )
        if self.visits.filter(closed_at__isnull=False).exists():
            return (
                f"Cuộc {self.code} có lượt kiểm tra đã hoàn thành và khóa nên không đổi cơ quan "
                "kiểm tra được; nếu ghi nhầm, hãy ghi bổ sung, đính chính ở lượt đó."
            )
        return ""

    def why_not_retold(self) -> str:
        """Why its team and contents, which minutes tell, cannot change now; empty when they can."""
        closed = self.visits.filter(closed_at__isnull=False).select_related("unit").first()
        if closed is None:
            return ""
        return (
            f"Lượt kiểm tra {closed.unit.name} đã hoàn thành và khóa; biên bản ghi theo đoàn và "
            "nội dung của cuộc nên không đổi được nữa. Muốn sửa, hãy ghi bổ sung, đính chính ở "
            "lượt đó."
        )
