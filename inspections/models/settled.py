"""What of a round stays as it is once demands or the minutes of a locked visit rest on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db.models import Count

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

    def why_settled(self) -> tuple[str, str]:
        """Why its body cannot change, and why what minutes tell of it cannot; empty where it can.

        Who inspected decides who may say that a demand is met: a unit that became the inspecting
        body afterwards would settle what was asked of itself. One query.
        """
        visits: Any = self.visits.select_related("unit").annotate(asked=Count("remedies"))
        found = list(visits)
        closed = next((each for each in found if each.is_closed), None)
        if any(each.asked for each in found):
            handed_over = (
                f"Cuộc {self.code} đã có kiến nghị nên không đổi cơ quan kiểm tra được: cơ quan đã "
                "kiểm tra là bên xác nhận hoàn thành. Nếu ghi nhầm, hãy xóa các kiến nghị đó trước."
            )
        elif closed is not None:
            handed_over = (
                f"Cuộc {self.code} có lượt kiểm tra đã hoàn thành và khóa nên không đổi cơ quan "
                "kiểm tra được; nếu ghi nhầm, hãy ghi bổ sung, đính chính ở lượt đó."
            )
        else:
            handed_over = ""
        retold = (
            f"Lượt kiểm tra {closed.unit.name} đã hoàn thành và khóa; biên bản ghi theo đoàn và "
            "nội dung của cuộc nên không đổi được nữa. Muốn sửa, hãy ghi bổ sung, đính chính ở "
            "lượt đó."
            if closed is not None
            else ""
        )
        return handed_over, retold

    def why_not_handed_over(self) -> str:
        """Why another body cannot be put down as the one that inspected; empty when one can."""
        return self.why_settled()[0]

    def why_not_retold(self) -> str:
        """Why its team and contents, which minutes tell, cannot change now; empty when they can."""
        return self.why_settled()[1]
