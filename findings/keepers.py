"""Who may be asked to follow a remedy."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.models import User
from accounts.roles import Role
from findings.models import Remedy


def keepers_of(remedy: Remedy) -> QuerySet[User]:
    """Active accounts that may say that the remedy is done, by name. Three queries in all."""
    settling = (Role.STAFF, Role.INSPECTOR)
    users = User.objects.get_queryset().filter(is_active=True, role__in=settling).with_scopes()
    found = [user.pk for user in users if remedy.may_be_kept_by(user)]
    return User.objects.filter(pk__in=found).select_related("unit").order_by("full_name", "pk")
