"""Inspection teams and who is in them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Self

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from congvu.access import Person
from congvu.dates import format_day
from congvu.fields import FoldedField, LineField, SortKeyField
from congvu.rules import Fault, Ruled, one_of, ordered
from congvu.trail import mark
from directives.models import Document
from units.models import Unit, under


class TeamQuerySet(models.QuerySet["Team"]):
    """Teams, by who asks."""

    def visible_to(self, person: Person) -> Self:
        """Teams set up by units in scope, and those of which the person is a member."""
        if not person.may("teams.view"):
            return self.none()
        return self.filter(under(person.scope_paths, "body__") | Q(pk__in=own_teams(person)))

    def editable_by(self, person: Person) -> Self:
        """Teams that the person may change: set up by units in scope."""
        if not person.may("teams.change"):
            return self.none()
        return self.filter(under(person.scope_paths, "body__"))


class Team(Ruled):
    """An inspection team, set up by decision for an inspecting body."""

    name = LineField("tên đoàn", max_length=200)
    body = models.ForeignKey(
        Unit, models.PROTECT, verbose_name="cơ quan kiểm tra", related_name="teams"
    )
    decision_number = LineField("số quyết định", max_length=60, blank=True, default="")
    decided_on = models.DateField("ngày quyết định", null=True, blank=True)
    # In which days the team works; either end may be open.
    valid_from = models.DateField("hoạt động từ ngày", null=True, blank=True)
    valid_to = models.DateField("hoạt động đến ngày", null=True, blank=True)
    documents = models.ManyToManyField(
        Document, verbose_name="văn bản", blank=True, related_name="teams"
    )
    folded = FoldedField(source=("name", "decision_number"))
    sort_key = SortKeyField(source=("name",))

    objects = TeamQuerySet.as_manager()

    class Meta:
        verbose_name = "đoàn kiểm tra"
        verbose_name_plural = "đoàn kiểm tra"
        ordering = ("sort_key", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["body", "name", "decision_number"],
                name="inspections_team_identity",
                violation_error_message="Cơ quan này đã có đoàn mang tên và số quyết định đó.",
            ),
            ordered("valid_from", "valid_to"),
        )

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The team's page."""
        return reverse("inspections:team_detail", args=[self.pk])

    def faults(self) -> Iterator[Fault]:
        """A decided day has a number, and the body existed on it; the team's days are in order."""
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            yield Fault("valid_to", "Ngày cuối của đoàn không được trước ngày đầu.")
        if self.decided_on and not self.decision_number:
            yield Fault("decision_number", "Đã ghi ngày quyết định thì hãy ghi cả số quyết định.")
        if self.decided_on and not self.body.exists_on(self.decided_on):
            yield Fault(
                "body",
                f"{self.body.name} không có hiệu lực vào ngày {format_day(self.decided_on)}.",
            )

    @property
    def span_text(self) -> str:
        """On which days the team works, in words."""
        match self.valid_from, self.valid_to:
            case None, date() as last:
                return f"đến {format_day(last)}"
            case date() as first, None:
                return f"từ {format_day(first)}"
            case date() as first, date() as last:
                return f"từ {format_day(first)} đến {format_day(last)}"
        return "không giới hạn thời gian"

    @property
    def groups(self) -> list[str]:
        """The team's sub-groups in the order of their members (reads `members`)."""
        return list(dict.fromkeys(each.group for each in self.members.all() if each.group))

    def is_seen_by(self, user: User) -> bool:
        """Whether the user may open the team's page; a query for whom its body is out of scope."""
        if not user.may("teams.view"):
            return False
        return user.in_scope(self.body) or self.members.filter(account=user.pk).exists()

    def is_editable_by(self, user: User) -> bool:
        """Whether the user may change this team: its body is in scope."""
        return user.may("teams.change") and user.in_scope(self.body)

    def require_editable(self, user: User) -> None:
        """Raise `PermissionDenied` (403) for whoever may only read."""
        if not self.is_editable_by(user):
            raise PermissionDenied("Vai trò của bạn chỉ được xem đoàn kiểm tra này.")

    def why_not_removed(self, *, holds_rounds: bool = False) -> str:
        """Why the team cannot be taken away; empty when it can.

        No word of what it does: that may be a round of a superior that is still to come. Whoever
        knows already that it `holds_rounds` says so, and spares a query.
        """
        if holds_rounds or self.rounds.exists() or self.plan_items.exists():
            return (
                f"{self.name} đang được gắn với hồ sơ khác nên không xóa được; hãy bỏ đoàn khỏi "
                "hồ sơ đó trước."
            )
        return ""

    def remove(self, by: User) -> None:
        """Take away a team entered by mistake; the trail keeps a mark.

        Raises `ValidationError` while a round was held by it.
        """
        with transaction.atomic():
            if refusal := self.hold().why_not_removed():
                raise ValidationError(refusal)
            mark(by, self, "removed", note=self.body.name)
            self.delete()


class TeamRole(models.TextChoices):
    """Places in a team (domain notes), in order of rank."""

    LEADER = "LEADER", "Trưởng đoàn"
    DEPUTY = "DEPUTY", "Phó trưởng đoàn"
    SECRETARY = "SECRETARY", "Thư ký"
    MEMBER = "MEMBER", "Thành viên"


class TeamMember(models.Model):
    """One person in a team, with the post and body that he or she comes from."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="members")
    role = models.CharField("vai trò", max_length=10, choices=TeamRole.choices, default="MEMBER")
    # Whoever has an account sees the team's rounds by it; others are typed.
    account = models.ForeignKey(
        User,
        models.PROTECT,
        verbose_name="tài khoản",
        null=True,
        blank=True,
        related_name="memberships",
    )
    name = LineField("họ và tên", max_length=150)
    post = LineField("chức vụ, cơ quan", max_length=200, blank=True, default="")
    unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        verbose_name="cơ quan công tác",
        null=True,
        blank=True,
        related_name="team_members",
    )
    # The sub-group; those without one belong to the whole team.
    group = LineField("tổ", max_length=60, blank=True, default="")
    position = models.PositiveSmallIntegerField("thứ tự", default=0)
    folded = FoldedField(source=("name",))

    class Meta:
        verbose_name = "thành viên đoàn"
        verbose_name_plural = "thành viên đoàn"
        ordering = ("position", "pk")
        constraints = (
            one_of("role", TeamRole),
            models.UniqueConstraint(
                fields=["team", "account"],
                condition=Q(account__isnull=False),
                name="inspections_teammember_once",
                violation_error_message="Người này đã có trong đoàn.",
            ),
        )

    def __str__(self) -> str:
        return self.name


def own_teams(person: Person) -> TeamQuerySet:
    """Teams of which the person is a member by account: their rounds are no secret to them."""
    return Team.objects.filter(members__account=person.pk).order_by()
