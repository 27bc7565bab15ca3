"""What a plan should inspect: weights by which units are ranked, and draws for surprise rounds.

A draw keeps its seed and its pool, so that anybody can repeat it and see that it was fair: units
stand in the order of the SHA-256 of "seed:code", and the first of them are drawn.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from congvu.access import Person
from congvu.dates import format_day, today
from congvu.fields import LineField
from congvu.rules import Fault, Ruled
from congvu.trail import mark
from inspections.models import Plan, PlanItem
from units.kin import kin_of
from units.models import Kind, Unit, under

# The criteria of the ranking, in their order: what each is called, and its weight at first.
CRITERIA: dict[str, tuple[str, int]] = {
    "time": ("Thời gian từ lần kiểm tra cuối", 35),
    "findings": ("Tồn tại ba năm gần đây", 25),
    "overdue": ("Kiến nghị quá hạn", 20),
    "repeated": ("Nhóm tồn tại lặp lại", 10),
    "size": ("Quy mô đơn vị", 10),
}
HEAVIEST = 100
# No plan is of an earlier year, and no figure of an earlier day.
EARLIEST = date(1945, 1, 1)


def _kinds() -> list[str]:
    """The kinds of unit that are ranked unless told otherwise."""
    return [Kind.DEPARTMENT, Kind.DISTRICT, Kind.COMMUNE, Kind.PUBLIC_SERVICE_UNIT]


def _weight(criterion: str) -> Any:
    label, weight = CRITERIA[criterion]
    return models.PositiveSmallIntegerField(
        label,
        default=weight,
        validators=[MaxValueValidator(HEAVIEST, f"Trọng số từ 0 đến {HEAVIEST}.")],
    )


class Proposal(Ruled):
    """How the candidates of one draft are ranked; kept with the plan."""

    plan = models.OneToOneField(
        Plan, models.CASCADE, verbose_name="kế hoạch", related_name="proposal"
    )
    weight_time = _weight("time")
    weight_findings = _weight("findings")
    weight_overdue = _weight("overdue")
    weight_repeated = _weight("repeated")
    weight_size = _weight("size")
    kinds = models.JSONField("loại đơn vị", default=_kinds)
    as_of = models.DateField("tính đến ngày", default=today)

    class Meta:
        verbose_name = "đề xuất kế hoạch"
        verbose_name_plural = "đề xuất kế hoạch"
        constraints = (
            models.CheckConstraint(
                condition=Q(
                    **{f"weight_{name}__lte": HEAVIEST for name in CRITERIA},
                ),
                name="reports_proposal_weights",
                violation_error_message=f"Trọng số từ 0 đến {HEAVIEST}.",
            ),
        )

    def __str__(self) -> str:
        return f"Đề xuất cho {self.plan}"

    def get_absolute_url(self) -> str:
        """The page of the plan's proposal."""
        return reverse("reports:plan_proposal", args=[self.plan_id])

    @classmethod
    def of(cls, plan: Plan) -> Proposal:
        """The plan's proposal; one with the usual weights, not yet saved, where there is none."""
        found = cls.objects.filter(plan=plan).first() or cls()
        found.plan = plan
        return found

    @classmethod
    def is_told_to(cls, plan: Plan, user: User) -> bool:
        """Whether the user reads what a plan is to become: staff and leaders of its issuer."""
        return user.may("proposals.view") and user.in_scope(plan.issuer)

    @property
    def weights(self) -> dict[str, int]:
        """The weight of each criterion."""
        return {name: getattr(self, f"weight_{name}") for name in CRITERIA}

    @property
    def starts_on(self) -> date:
        """The day whose units are ranked: 1 January, or the issuer's first day in that year."""
        first = date(self.plan.year, 1, 1)
        return max(first, self.plan.issuer.valid_from or first)

    def faults(self) -> Iterator[Fault]:
        """Something must weigh, some kind of unit be ranked, and the day can be known."""
        if self.knows(*(f"weight_{name}" for name in CRITERIA)) and not any(self.weights.values()):
            yield Fault("weight_time", "Ít nhất một tiêu chí phải có trọng số lớn hơn 0.")
        if not self.kinds:
            yield Fault("kinds", "Hãy chọn ít nhất một loại đơn vị.")
        elif set(self.kinds) - set(Kind.values):
            yield Fault("kinds", "Có loại đơn vị không hợp lệ; hãy chọn lại.")
        if self.knows("as_of"):
            if self.as_of > today():
                yield Fault(
                    "as_of",
                    f"Ngày {format_day(self.as_of)} chưa đến nên chưa có số liệu; hãy ghi ngày hôm "
                    "nay hoặc trước đó.",
                )
            elif self.as_of < EARLIEST:
                yield Fault(
                    "as_of",
                    f"Ngày {format_day(self.as_of)} trước mọi số liệu; hãy ghi từ ngày "
                    f"{format_day(EARLIEST)} trở đi.",
                )


class DrawQuerySet(models.QuerySet["Draw"]):
    """Draws: they are added and read, never changed."""

    def visible_to(self, person: Person) -> Self:
        """Draws of plans of issuers in scope, for those who weigh such plans: staff and leaders.

        A surprise is known to nobody else.
        """
        if not person.may("proposals.view"):
            return self.none()
        return self.filter(under(person.scope_paths, "proposal__plan__issuer__"))

    def update(self, **_: Any) -> int:
        """Refused: a draw that could be changed would prove nothing."""
        raise TypeError("Kết quả bốc thăm không sửa được.")

    def delete(self) -> tuple[int, dict[str, int]]:
        """Refused: all draws stay listed."""
        raise TypeError("Kết quả bốc thăm không xóa được.")


@dataclass(frozen=True)
class DrawPlace:
    """One unit of a pool: its place by the draw's rule, its hash, and whether it was drawn."""

    place: int
    unit_id: int
    code: str
    digest: str
    is_drawn: bool


def draw_places(pool: Sequence[tuple[int, str]], seed: str, number: int) -> list[DrawPlace]:
    """The pool of ids and codes in the order of the SHA-256 of "seed:code"; the first are drawn.

    A rule that anybody can repeat with any program that knows SHA-256: text in UTF-8, hash in
    lower-case hexadecimal digits, compared as text.
    """
    hashed = sorted(
        (hashlib.sha256(f"{seed}:{code}".encode()).hexdigest(), code, unit) for unit, code in pool
    )
    return [
        DrawPlace(place, unit, code, digest, place <= number)
        for place, (digest, code, unit) in enumerate(hashed, start=1)
    ]


class Draw(models.Model):
    """One draw of units for surprise rounds, with all that is needed to repeat it; append-only."""

    # A draft from which units were drawn stays: else a second draw would look like the first.
    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="draws")
    # Counted from 1 within the proposal.
    position = models.PositiveSmallIntegerField("lần")
    seed = LineField("chuỗi ngẫu nhiên", max_length=100)
    number = models.PositiveIntegerField("số đơn vị bốc")
    # [[id, code], …] in the order of the ranking, as it was when the draw was made.
    pool = models.JSONField("danh sách bốc thăm")
    reason = LineField("lý do bốc lại", max_length=300, blank=True, default="")
    at = models.DateTimeField("thời điểm", auto_now_add=True)
    by = models.ForeignKey(User, models.PROTECT, verbose_name="người thực hiện", related_name="+")

    objects = DrawQuerySet.as_manager()

    class Meta:
        verbose_name = "lần bốc thăm"
        verbose_name_plural = "lần bốc thăm"
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=["proposal", "position"], name="reports_draw_identity"),
            models.CheckConstraint(condition=Q(number__gte=1), name="reports_draw_number"),
            models.CheckConstraint(condition=~Q(seed=""), name="reports_draw_seed"),
        )

    def __str__(self) -> str:
        return f"Bốc thăm lần {self.position}, {self.proposal.plan}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the draw; refused for one that exists."""
        if not self._state.adding:
            raise TypeError("Kết quả bốc thăm không sửa được.")
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        """The draw's page."""
        return reverse("reports:draw_detail", args=[self.pk])

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refused: all draws stay listed."""
        raise TypeError("Kết quả bốc thăm không xóa được.")

    @property
    def places(self) -> list[DrawPlace]:
        """Every unit of the pool by the rule, worked out anew: the first `number` are drawn."""
        return draw_places([(unit, code) for unit, code in self.pool], self.seed, self.number)

    @property
    def drawn_ids(self) -> list[int]:
        """The units drawn, in the order of the draw."""
        return [each.unit_id for each in self.places if each.is_drawn]

    def left(self) -> list[int]:
        """The units drawn that the plan has no item for, by lineage too; two queries."""
        kin = kin_of(self.drawn_ids)
        rows = PlanItem.objects.filter(plan=self.proposal.plan_id).order_by()
        planned = set(rows.values_list("unit", flat=True))
        return [unit for unit in self.drawn_ids if planned.isdisjoint(kin[unit])]

    @staticmethod
    def why_not(number: int, pool: Sequence[Unit]) -> str:
        """Why so many cannot be drawn from that pool; empty when they can."""
        if not pool:
            return (
                "Không còn đơn vị nào để bốc thăm: mọi đơn vị thuộc loại đã chọn đều đã có trong "
                "kế hoạch."
            )
        if number < 1:
            return "Hãy bốc ít nhất một đơn vị."
        if number > len(pool):
            return (
                f"Danh sách chỉ có {len(pool)} đơn vị nên không bốc được {number}; hãy ghi số từ 1 "
                f"đến {len(pool)}."
            )
        return ""

    @classmethod
    def make(
        cls,
        proposal: Proposal,
        pool_now: Callable[[], Sequence[Unit]],
        *,
        by: User,
        number: int,
        seed: str = "",
        reason: str = "",
    ) -> Draw:
        """Draw so many units of the pool; without a seed one is made that nobody can foresee.

        `pool_now` is asked while the plan is held: what somebody has just put into the plan is not
        drawn. Raises `ValidationError` where there are not so many, where the plan is no draft, and
        for a second draw without a reason.
        """
        with transaction.atomic():
            plan = proposal.plan.hold()
            if not plan.is_draft:
                raise ValidationError(f"{plan.name} không còn là dự thảo nên không bốc thăm nữa.")
            pool = pool_now()
            if refusal := cls.why_not(number, pool):
                raise ValidationError({"number": refusal})
            # Somebody else may just have kept the first one.
            proposal = Proposal.objects.filter(plan=plan).first() or proposal
            if proposal.pk is None:
                proposal.save()
            last = cls.objects.filter(proposal=proposal).order_by("-position").first()
            if last is not None and not reason:
                raise ValidationError(
                    {
                        "reason": f"Kế hoạch đã bốc thăm {last.position} lần; hãy ghi lý do bốc "
                        "lại. Mọi lần bốc đều được lưu và hiện ra."
                    }
                )
            draw = cls.objects.create(
                proposal=proposal,
                position=last.position + 1 if last else 1,
                seed=seed or secrets.token_hex(16),
                number=number,
                pool=[[unit.pk, unit.code] for unit in pool],
                reason=reason,
                by=by,
            )
            note = f"Lần {draw.position}: {number}/{len(pool)} đơn vị, chuỗi “{draw.seed}”."
            mark(by, plan, "drawn", note=f"{note} {reason}".strip())
            return draw
