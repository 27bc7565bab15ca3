"""Who is told: open accounts with their scopes, found by where a unit stands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from accounts.models import User


class People:
    """Open accounts, read once for thousands of records. Two queries."""

    def __init__(self, users: Iterable[User]) -> None:
        self._by_id = {user.pk: user for user in users}
        self._by_path: dict[str, list[User]] = defaultdict(list)
        self._by_unit: dict[int, list[User]] = defaultdict(list)
        for user in self._by_id.values():
            for path in user.scope_paths:
                self._by_path[path].append(user)
            for unit in user.lineage_ids:
                self._by_unit[unit].append(user)

    @classmethod
    def now(cls) -> People:
        """Every account that is open now."""
        return cls(User.objects.get_queryset().filter(is_active=True).order_by("pk").with_scopes())

    def get(self, pk: int | None) -> User | None:
        """The account of that id, unless it is closed."""
        return self._by_id.get(pk or 0)

    def standing_for(self, unit: int, *roles: str) -> list[User]:
        """Whoever's own unit is that unit, or has it among those that it stands for."""
        return [user for user in self._by_unit.get(unit, ()) if user.role in roles]

    def rising(self, path: str, *roles: str) -> Iterator[list[User]]:
        """Whoever has the unit at that path in scope: those of the closest unit first."""
        parts = path.rstrip("/").split("/")
        for depth in range(len(parts), 0, -1):
            here = self._by_path.get("/".join(parts[:depth]) + "/", ())
            if found := [user for user in here if user.role in roles]:
                yield found

    def covering(self, path: str, *roles: str) -> list[User]:
        """Whoever has the unit at that path in scope."""
        return [user for group in self.rising(path, *roles) for user in group]

    def nearest(self, path: str, *roles: str) -> list[User]:
        """Whoever has the unit at that path in scope, of the closest unit that has such people."""
        return next(self.rising(path, *roles), [])
