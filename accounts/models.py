"""Accounts: one person, one role, one unit; and what follows from them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any, ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone

from accounts.roles import DEEDS, Role
from congvu.access import Person
from congvu.fields import FoldedField, LineField, NameSortKeyField
from congvu.rules import Fault, Ruled, one_of
from units.models import Unit, topmost, under


class UserQuerySet(models.QuerySet["User"]):
    """Accounts, by who asks."""

    def visible_to(self, person: Person) -> Self:
        """Accounts of units in scope, for whoever manages accounts."""
        if not person.may("accounts.manage"):
            return self.none()
        return self.filter(under(person.scope_paths, "unit__"))


class UserManager(BaseUserManager["User"]):
    """Makes accounts with a hashed password."""

    def get_queryset(self) -> UserQuerySet:
        """Accounts as a `UserQuerySet`."""
        return UserQuerySet(self.model, using=self._db)

    def visible_to(self, person: Person) -> UserQuerySet:
        """See `UserQuerySet.visible_to`."""
        return self.get_queryset().visible_to(person)

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        """Add an account; without a password nobody can sign in to it."""
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> User:
        """Add the first ADMIN (`manage.py createsuperuser`): here nobody stands above the roles."""
        return self.create_user(username, password, **{"role": Role.ADMIN, **fields})


class User(Ruled, AbstractBaseUser, PermissionsMixin):
    """An account: one person, one role, one unit (contract §5)."""

    Role = Role

    username = models.CharField(
        "tên đăng nhập",
        max_length=60,
        unique=True,
        validators=[UnicodeUsernameValidator()],
        error_messages={"unique": "Tên đăng nhập này đã có người dùng; hãy chọn tên khác."},
    )
    full_name = LineField("họ và tên", max_length=150)
    post = LineField("chức vụ", max_length=150, blank=True, default="")
    email = models.EmailField("thư điện tử", blank=True, default="")
    role = models.CharField("vai trò", max_length=10, choices=Role.choices)
    unit = models.ForeignKey(
        Unit, models.PROTECT, verbose_name="đơn vị", null=True, related_name="users"
    )
    is_active = models.BooleanField("đang hoạt động", default=True)
    must_change_password = models.BooleanField("phải đổi mật khẩu khi đăng nhập", default=True)
    created_at = models.DateTimeField("ngày tạo", default=timezone.now, editable=False)
    # When an administrator last opened a disabled account again: idleness counts from there.
    enabled_at = models.DateTimeField(default=timezone.now, editable=False)
    folded = FoldedField(source=("username", "full_name"))
    sort_key = NameSortKeyField(source=("full_name",))

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]

    objects = UserManager()

    class Meta:
        verbose_name = "tài khoản"
        verbose_name_plural = "tài khoản"
        ordering = ("sort_key", "username")
        constraints = (one_of("role", Role),)

    def __str__(self) -> str:
        return self.full_name or self.username

    def get_absolute_url(self) -> str:
        """The account's page, for whoever manages accounts."""
        return reverse("accounts:account_detail", args=[self.pk])

    def may(self, deed: str) -> bool:
        """Whether the role allows the deed; an unknown role may do nothing."""
        return deed in DEEDS.get(self.role, frozenset())

    @cached_property
    def lineage_ids(self) -> frozenset[int]:
        """Ids of the units that this account's own unit stands for, without those under them."""
        return frozenset(unit.pk for unit in self._lineage)

    @cached_property
    def scope_paths(self) -> tuple[str, ...]:
        """Paths of the topmost units in scope: the unit's lineage (contract §5)."""
        return tuple(unit.path for unit in topmost(self._lineage))

    @cached_property
    def _lineage(self) -> list[Unit]:
        return self.unit.lineage() if self.unit_id and self.unit else []

    def in_scope(self, unit: Unit) -> bool:
        """Whether the unit is in this account's scope; no query beyond the first."""
        return any(unit.path.startswith(path) for path in self.scope_paths)

    @property
    def sees_names(self) -> bool:
        """Whether personal names may be shown: a leader needs the permission (contract §5)."""
        if self.role == Role.LEADER:
            return self.has_perm("findings.view_personal_data")
        return self.may("remedies.view")

    def faults(self) -> Iterator[Fault]:
        """Every account acts for a unit."""
        if self.unit_id is None:
            yield Fault("unit", "Hãy chọn đơn vị mà tài khoản này làm việc cho.")
