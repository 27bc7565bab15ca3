"""What each role may do (contract §5): the one table that `User.may` reads.

A deed is `<what>.<verb>`. Whether a certain record is in reach is the querysets' business.
"""

from __future__ import annotations

from django.db import models


class Role(models.TextChoices):
    """One role an account."""

    STAFF = "STAFF", "Cán bộ Sở Nội vụ"
    INSPECTOR = "INSPECTOR", "Kiểm tra viên"
    REPORTER = "REPORTER", "Đầu mối đơn vị"
    LEADER = "LEADER", "Lãnh đạo"
    ADMIN = "ADMIN", "Quản trị"


_READ_RECORDS = {"units.view", "rounds.view", "findings.view", "remedies.view"}

DEEDS: dict[str, frozenset[str]] = {
    Role.STAFF: frozenset(
        _READ_RECORDS
        | {"units.change", "documents.view", "documents.change", "plans.view", "plans.change"}
        | {"teams.view", "teams.change", "rounds.change", "findings.change", "remedies.change"}
        | {"remedies.report", "remedies.settle", "returns.view", "returns.change"}
        | {"returns.decide", "summary.view", "workbook.import", "workbook.export"}
        | {"checklists.view", "checklists.change"}
        | {"proposals.view"}
    ),
    Role.INSPECTOR: frozenset(
        _READ_RECORDS
        | {"documents.view", "documents.change", "plans.view", "teams.view", "teams.change"}
        | {"rounds.change", "findings.change", "remedies.change", "remedies.report"}
        | {"remedies.settle", "returns.view", "summary.view", "checklists.view"}
    ),
    Role.REPORTER: frozenset(_READ_RECORDS | {"remedies.report", "returns.view", "returns.change"}),
    Role.LEADER: frozenset(
        _READ_RECORDS
        | {"documents.view", "plans.view", "teams.view", "returns.view", "summary.view"}
        | {"checklists.view"}
        | {"proposals.view"}
    ),
    Role.ADMIN: frozenset({"units.view", "units.change", "accounts.manage", "catalogue.change"}),
}
