"""Which app may import which: whoever stands further right may import whoever stands further left.

`congvu` knows no app, except in `urls` and `home` (CONTRIBUTING, "Rooms and arrows").
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ORDER = (
    "congvu", "units", "accounts", "notices", "directives", "inspections", "findings", "field",
    "reports", "exchange",
)  # fmt: skip
FREE = {"congvu/urls.py", "congvu/home.py"}
# Rooms that hold whatever found no place: there are none.
FORBIDDEN = {"common", "core", "utils", "helpers", "services", "mixins"}


def imported_apps(path: Path) -> set[str]:
    """First words of everything that a file imports, wherever in the file."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


FILES = [path for app in ORDER for path in sorted((ROOT / app).rglob("*.py"))]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_arrow_runs_back(path: Path) -> None:
    place = str(path.relative_to(ROOT))
    if place in FREE or "/migrations/" in place:
        return
    rank = ORDER.index(place.split("/")[0])
    back = {app for app in imported_apps(path) if app in ORDER and ORDER.index(app) > rank}
    assert not back, f"{place} imports {', '.join(sorted(back))}, which stands further right"


def test_no_room_for_whatever_found_no_place() -> None:
    names = {path.stem for path in FILES} | {path.parent.name for path in FILES}
    assert not names & FORBIDDEN
