"""Accounts: one person, one role, one unit; and what follows from them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, ClassVar, Self

from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from axes.utils import reset as lift_lock
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import Permission, PermissionsMixin
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q, Sum
from django.urls import reverse
from django.utils import timezone

from accounts.passwords import new_seed, temporary_password
from accounts.roles import DEEDS, Role
from congvu.access import Person
from congvu.fields import FoldedField, LineField, NameSortKeyField
from congvu.rules import Fault, Ruled, one_of
from congvu.trail import mark
from units.kin import lineages_of_each
from units.models import Unit, topmost, under

# The permission of contract §5; `findings` defines it, further right.
_NAMES = {"content_type__app_label": "findings", "codename": "view_personal_data"}


def idle_since() -> datetime:
    """Accounts not used since this moment count as idle."""
    return timezone.now() - timedelta(days=settings.ACCOUNT_IDLE_DAYS)


def serves_ended_unit(on: date) -> Q:
    """The condition for open accounts whose unit is no more on that day."""
    return Q(is_active=True, unit__valid_to__lt=on)


def _is_locked() -> Q:
    """The condition for accounts that wrong passwords lock now: what django-axes counts."""
    since = timezone.now() - (get_cool_off() or timedelta())
    recent = AccessAttempt.objects.filter(attempt_time__gte=since).order_by()
    counted = recent.values("username").annotate(failures=Sum("failures_since_start"))
    over = counted.filter(failures__gte=settings.AXES_FAILURE_LIMIT)
    return Q(username__in=over.values("username"))


class UserQuerySet(models.QuerySet["User"]):
    """Accounts, by who asks."""

    def visible_to(self, person: Person) -> Self:
        """Accounts of units in scope, for whoever manages accounts."""
        if not person.may("accounts.manage"):
            return self.none()
        return self.filter(under(person.scope_paths, "unit__"))

    def colleagues_of(self, person: Person) -> Self:
        """Open accounts of the provinces around the person's scope, to be put into a team.

        Wider than `visible_to`: a team takes people of departments and communes that do not stand
        under the body that sets it up. Nothing but name, post and unit may be told of them.
        """
        if not person.may("teams.change"):
            return self.none()
        units = Unit.objects.around(person).order_by()
        return self.filter(is_active=True, unit__in=units.values("pk"))

    def with_locks(self) -> Self:
        """Adds whether wrong passwords lock the account now."""
        return self.annotate(locked=_is_locked())

    def locked_out(self) -> Self:
        """Open accounts that wrong passwords lock now."""
        return self.filter(_is_locked(), is_active=True)

    def disabled(self) -> Self:
        """Accounts that an administrator has closed."""
        return self.filter(is_active=False)

    def others_with(self, email: str, account: User) -> Self:
        """Other accounts that have this address: one account a person."""
        return self.filter(email__iexact=email).exclude(pk=account.pk)

    def with_scopes(self) -> list[User]:
        """These accounts, each knowing its scope. Two queries, however many they are."""
        found = list(self)
        lines = lineages_of_each(user.unit_id for user in found if user.unit_id)
        for user in found:
            user.__dict__["_lineage"] = lines.get(user.unit_id or 0, [])
        return found

    def idle(self) -> Self:
        """Open accounts that nobody has used for so long that they may not sign in."""
        since = idle_since()
        return self.filter(Q(last_login__isnull=True) | Q(last_login__lt=since)).filter(
            is_active=True, enabled_at__lt=since
        )


class UserManager(BaseUserManager["User"]):
    """Makes accounts with a hashed password."""

    def get_queryset(self) -> UserQuerySet:
        """Accounts as a `UserQuerySet`."""
        return UserQuerySet(self.model, using=self._db)

    def visible_to(self, person: Person) -> UserQuerySet:
        """See `UserQuerySet.visible_to`."""
        return self.get_queryset().visible_to(person)

    def colleagues_of(self, person: Person) -> UserQuerySet:
        """See `UserQuerySet.colleagues_of`."""
        return self.get_queryset().colleagues_of(person)

    def disabled(self) -> UserQuerySet:
        """See `UserQuerySet.disabled`."""
        return self.get_queryset().disabled()

    def others_with(self, email: str, account: User) -> UserQuerySet:
        """See `UserQuerySet.others_with`."""
        return self.get_queryset().others_with(email, account)

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
    # Of what waits; the application's own list cannot be switched off.
    wants_email = models.BooleanField("nhận thư nhắc việc", default=True)
    must_change_password = models.BooleanField("phải đổi mật khẩu khi đăng nhập", default=True)
    created_at = models.DateTimeField("ngày tạo", default=timezone.now, editable=False)
    # When an administrator last opened a disabled account again: idleness counts from there.
    enabled_at = models.DateTimeField(default=timezone.now, editable=False)
    folded = FoldedField(source=("username", "full_name"))
    sort_key = NameSortKeyField(source=("full_name",))

    # Filled by `with_locks`.
    locked: bool
    # Filled where the account is that of the session (`accounts.backends.also_read`).
    unseen_notices: int = 0

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
    def names_granted(self) -> bool:
        """Whether this account was given the permission to see personal names."""
        return self.user_permissions.filter(**_NAMES).exists()

    @property
    def sees_names(self) -> bool:
        """Whether personal names may be shown: a leader needs the permission (contract §5)."""
        if self.role == Role.LEADER:
            return self.has_perm("findings.view_personal_data")
        return self.may("remedies.view")

    @property
    def is_idle(self) -> bool:
        """Whether nobody has used the account for so long that it may not sign in."""
        return max(self.last_login or self.enabled_at, self.enabled_at) < idle_since()

    # --- what is done to an account; each leaves a mark --------------------------------------

    def note_sign_in(self) -> None:
        """Leave a mark that the person signed in, from the address of the request."""
        mark(self, self, "signed_in")

    def change_password(self, password: str) -> None:
        """Take the person's own new password."""
        with transaction.atomic():
            self.set_password(password)
            self.must_change_password = False
            self.write("password", "must_change_password")
            mark(self, self, "password_changed")

    def reset_password(self, *, by: User) -> str:
        """Give the account a temporary password, to be changed at the next sign-in.

        Returns the password's seed. Also lifts a lock after wrong passwords.
        """
        seed = new_seed()
        with transaction.atomic():
            self.set_password(temporary_password(seed))
            self.must_change_password = True
            self.write("password", "must_change_password")
            mark(by, self, "password_changed", note="Quản trị đặt mật khẩu tạm.")
        lift_lock(username=self.username)
        return seed

    def choose_email(self, wanted: bool) -> None:
        """Take whether the person wants what waits by e-mail too."""
        if wanted == self.wants_email:
            return
        with transaction.atomic():
            self.wants_email = wanted
            self.write("wants_email")
            mark(self, self, "changed", {"wants_email": (not wanted, wanted)})

    def let_see_names(self, wanted: bool, *, by: User) -> None:
        """Give a leader the permission to see personal names, or take it; others need none."""
        granted = self.names_granted
        wanted = wanted and self.role == Role.LEADER
        if wanted == granted:
            return
        with transaction.atomic():
            permission = Permission.objects.get(**_NAMES)
            if wanted:
                self.user_permissions.add(permission)
            else:
                self.user_permissions.remove(permission)
            mark(by, self, "changed", {"Xem tên cá nhân bị xử lý": (granted, wanted)})

    def why_not_disable(self, by: User) -> str:
        """Why the account may not be disabled by that person; empty when it may."""
        if self.pk == by.pk:
            return "Bạn không thể tự khóa tài khoản của mình."
        return "" if self.is_active else "Tài khoản đã khóa."

    def disable(self, *, by: User, reason: str) -> None:
        """Close the account: its sessions end at their next request."""
        if refusal := self.why_not_disable(by):
            raise ValidationError(refusal)
        with transaction.atomic():
            self.is_active = False
            self.write("is_active")
            mark(by, self, "disabled", {"is_active": (True, False)}, note=reason)

    @property
    def why_not_enable(self) -> str:
        """Why there is nothing to open; empty when the account is closed or idle."""
        return "" if not self.is_active or self.is_idle else "Tài khoản đang dùng được."

    def enable(self, *, by: User) -> None:
        """Open a closed or idle account again: idleness counts from now."""
        if refusal := self.why_not_enable:
            raise ValidationError(refusal)
        with transaction.atomic():
            was = self.is_active
            self.is_active = True
            self.enabled_at = timezone.now()
            self.write("is_active", "enabled_at")
            mark(by, self, "enabled", {} if was else {"is_active": (False, True)})
        lift_lock(username=self.username)

    @property
    def why_not_unlock(self) -> str:
        """Why there is no lock to lift; empty when wrong passwords lock the account now."""
        if User.objects.get_queryset().locked_out().filter(pk=self.pk).exists():
            return ""
        return "Tài khoản không bị tạm khóa vì nhập sai mật khẩu."

    def unlock(self, *, by: User) -> None:
        """Lift the lock after wrong passwords before its time is up; the password stays."""
        if refusal := self.why_not_unlock:
            raise ValidationError(refusal)
        with transaction.atomic():
            lift_lock(username=self.username)
            mark(by, self, "unlocked")

    def faults(self) -> Iterator[Fault]:
        """Every account acts for a unit."""
        if self.unit_id is None:
            yield Fault("unit", "Hãy chọn đơn vị mà tài khoản này làm việc cho.")
