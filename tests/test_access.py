"""Every address × persona × method → code (contract §2, §5). A new address without a row fails.

The small world of `conftest.py`, seen by seven persons. The records: a completed round of the
province that visited huyện Đại Từ, with a finding and a remedy; a scheduled one that will; a return
of Đại Từ; a plan, a team and a document of the province; units and accounts. So the inspector and
the reporter of Đại Từ read what was completed on them and know nothing of what is ahead.

Columns: nobody, staff, inspector, reporter, leader, admin, outsider (staff of another province).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from directives.models import Document
from exchange.models import ImportJob
from field.models import Entry
from findings.models import CitizenCase, Extension, ExtensionRequest
from inspections.models import Adjustment, CalendarFeed, Content
from notices.models import Notice
from reports.models import Draw, Proposal
from tests.conftest import World
from tests.factories import (
    make_checklist,
    make_draft,
    make_evidence,
    make_finding,
    make_item,
    make_plan,
    make_remedy,
    make_return,
    make_round,
    make_team,
    make_unit,
    make_user,
    make_visit,
)
from units.models import Reform

PERSONAS = ("nobody", "staff", "inspector", "reporter", "leader", "admin", "outsider")


def named_urls(patterns: Any = None, namespace: str = "") -> Iterator[str]:
    """Every URL name of the project."""
    for each in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(each, URLPattern):
            yield f"{namespace}{each.name}"
        else:
            yield from named_urls(each.url_patterns, f"{each.namespace}:" if each.namespace else "")


@dataclass(frozen=True)
class Row:
    """What one address answers: the record its path names, and a code for each persona."""

    get: str
    post: str = ""
    record: str = ""
    query: str = ""


# fmt: off
TABLE: dict[str, Row] = {
    # Columns:                          nobody staff insp. rep. lead. admin outs.
    "home":                          Row("302 200 200 200 200 200 200"),
    "search":                        Row("302 200 200 200 200 200 200", query="q=dai"),
    "help":                          Row("302 200 200 200 200 200 200"),
    "healthz":                       Row("200 200 200 200 200 200 200"),
    "components":                    Row("302 404 404 404 404 404 404"),

    "accounts:login":                Row("200 302 302 302 302 302 302"),
    "accounts:logout":               Row("302 405 405 405 405 405 405", "302 302 302 302 302 302 302"),
    "accounts:session":              Row("302 204 204 204 204 204 204"),
    "accounts:password_change":      Row("302 200 200 200 200 200 200", "302 200 200 200 200 200 200"),
    "accounts:profile":              Row("302 200 200 200 200 200 200"),
    "accounts:account_list":         Row("302 403 403 403 403 200 403"),
    # Whoever sets up teams chooses their members among accounts.
    "accounts:account_choices":      Row("302 200 200 403 403 403 200", query="q=an"),
    "accounts:account_create":       Row("302 403 403 403 403 200 403", "302 403 403 403 403 200 403"),
    "accounts:account_detail":       Row("302 403 403 403 403 200 403", record="account"),
    "accounts:account_edit":         Row("302 403 403 403 403 200 403", "302 403 403 403 403 200 403", "account"),
    "accounts:account_disable":      Row("302 403 403 403 403 200 403", "302 403 403 403 403 200 403", "account"),
    "accounts:account_enable":       Row("302 403 403 403 403 200 403", "302 403 403 403 403 302 403", "account"),
    "accounts:account_unlock":       Row("302 403 403 403 403 200 403", "302 403 403 403 403 200 403", "account"),
    # Nothing was set that could be shown: one is led to the account.
    "accounts:account_password":      Row("302 403 403 403 403 302 403", "302 403 403 403 403 302 403", "account"),
    "accounts:account_reset_password": Row("302 403 403 403 403 200 403", "302 403 403 403 403 302 403", "account"),

    "units:unit_list":               Row("302 200 200 200 200 200 200"),
    "units:unit_choices":            Row("302 200 200 200 200 200 200", query="q=dai"),
    "units:unit_create":             Row("302 200 403 403 403 200 200", "302 200 403 403 403 200 200"),
    "units:unit_detail":             Row("302 200 200 200 200 200 404", record="unit"),
    "units:unit_edit":               Row("302 200 403 403 403 200 404", "302 200 403 403 403 200 404", "unit"),
    "units:unit_rename":             Row("302 200 403 403 403 200 404", "302 200 403 403 403 200 404", "unit"),
    "units:unit_close":              Row("302 200 403 403 403 200 404", "302 200 403 403 403 200 404", "unit"),
    "units:unit_merge":              Row("302 200 403 403 403 200 404", "302 200 403 403 403 200 404", "unit"),
    "units:unit_split":              Row("302 200 403 403 403 200 404", "302 200 403 403 403 200 404", "unit"),
    "units:unit_continue":           Row("302 200 403 403 403 200 404", "302 200 403 403 403 200 404", "unit"),
    "units:reform_detail":           Row("302 200 200 200 200 200 404", record="reform"),
    "units:unit_undo":               Row("302 403 403 403 403 403 404", "302 403 403 403 403 403 404", "unit"),

    # One's own alone; e-mails are the business of whoever keeps the accounts.
    "notices:notice_list":           Row("302 200 200 200 200 200 200"),
    "notices:notice_see_all":        Row("302 405 405 405 405 405 405", "302 302 302 302 302 302 302"),
    "notices:notice_settings":       Row("302 200 200 200 200 200 200", "302 302 302 302 302 302 302"),
    "notices:notice_open":           Row("302 404 404 302 404 404 404", record="notice"),
    "notices:notice_see":            Row("302 405 405 405 405 405 405", "302 404 404 302 404 404 404", "notice"),
    "notices:digest_list":           Row("302 403 403 403 403 200 403"),
    "notices:digest_resend":         Row("302 403 403 403 403 200 403", "302 403 403 403 403 302 403"),

    "directives:document_list":      Row("302 200 200 403 200 403 200"),
    "directives:document_create":    Row("302 200 200 403 403 403 200", "302 200 200 403 403 403 200"),
    "directives:document_detail":    Row("302 200 404 404 200 404 404", record="document"),
    "directives:document_edit":      Row("302 200 404 404 403 404 404", "302 200 404 404 403 404 404", "document"),
    "directives:document_delete":    Row("302 200 404 404 403 404 404", "302 200 404 404 403 404 404", "document"),
    "directives:document_file":      Row("302 404 404 404 404 404 404", record="document"),
    # Administrators change units and see no documents.
    "directives:reform_attach":      Row("302 200 403 403 403 403 404", "302 200 403 403 403 403 404", "reform"),
    "directives:reform_detach":      Row("302 200 403 403 403 403 404", "302 200 403 403 403 403 404", "reform"),

    "inspections:plan_list":         Row("302 200 200 403 200 403 200"),
    "inspections:plan_create":       Row("302 200 403 403 403 403 200", "302 200 403 403 403 403 200"),
    "inspections:plan_detail":       Row("302 200 404 404 200 404 404", record="plan"),
    "inspections:plan_edit":         Row("302 200 404 404 403 404 404", "302 200 404 404 403 404 404", "plan"),
    "inspections:plan_delete":       Row("302 200 404 404 403 404 404", "302 200 404 404 403 404 404", "plan"),
    "inspections:plan_attach":       Row("302 200 404 404 403 404 404", "302 200 404 404 403 404 404", "plan"),
    "inspections:plan_detach":       Row("302 200 404 404 403 404 404", "302 200 404 404 403 404 404", "plan"),
    "inspections:plan_record":       Row("302 200 403 403 403 403 200", "302 200 403 403 403 403 200"),
    "inspections:plan_copy":         Row("302 200 404 404 403 404 404", "302 200 404 404 403 404 404", "draft"),
    "inspections:plan_submit":       Row("302 200 404 404 403 404 404", "302 200 404 404 403 404 404", "draft"),
    "inspections:plan_send_back":    Row("302 200 404 404 403 404 404", "302 200 404 404 403 404 404", "draft"),
    "inspections:plan_issue":        Row("302 200 404 404 403 404 404", "302 200 404 404 403 404 404", "draft"),
    "inspections:plan_withdraw":     Row("302 200 404 404 403 404 404", "302 200 404 404 403 404 404", "plan"),
    "inspections:plan_close":        Row("302 200 404 404 403 404 404", "302 200 404 404 403 404 404", "plan"),
    "inspections:plan_reopen":       Row("302 200 404 404 403 404 404", "302 200 404 404 403 404 404", "plan"),
    "inspections:plan_adjust":       Row("302 200 404 404 403 404 404", "302 200 404 404 403 404 404", "plan"),
    # An item is known to those who draw up the plan or carry it out, not to the unit.
    "inspections:item_create":       Row("302 200 404 404 403 404 404", "302 200 404 404 403 404 404", "draft"),
    "inspections:item_detail":       Row("302 200 404 404 200 404 404", record="item"),
    "inspections:item_edit":         Row("302 200 404 404 403 404 404", "302 200 404 404 403 404 404", "item"),
    "inspections:item_move":         Row("302 200 404 404 403 404 404", "302 200 404 404 403 404 404", "item"),
    "inspections:item_drop":         Row("302 200 404 404 403 404 404", "302 200 404 404 403 404 404", "item"),
    "inspections:item_keep":         Row("302 200 404 404 403 404 404", "302 200 404 404 403 404 404", "item"),
    "inspections:item_delete":       Row("302 200 404 404 403 404 404", "302 200 404 404 403 404 404", "item"),
    "inspections:adjustment_detail": Row("302 200 404 404 200 404 404", record="adjustment"),
    "inspections:adjustment_overlaps": Row("302 200 404 404 200 404 404", record="adjustment"),
    "inspections:adjustment_issue":  Row("302 200 404 404 403 404 404", "302 200 404 404 403 404 404", "adjustment"),
    "inspections:adjustment_delete": Row("302 200 404 404 403 404 404", "302 200 404 404 403 404 404", "adjustment"),
    "inspections:overlap_list":      Row("302 200 200 403 200 403 200"),
    "inspections:team_list":         Row("302 200 200 403 200 403 200"),
    "inspections:team_create":       Row("302 200 200 403 403 403 200", "302 200 200 403 403 403 200"),
    "inspections:team_detail":       Row("302 200 404 404 200 404 404", record="team"),
    "inspections:team_edit":         Row("302 200 404 404 403 404 404", "302 200 404 404 403 404 404", "team"),
    "inspections:team_delete":       Row("302 200 404 404 403 404 404", "302 200 404 404 403 404 404", "team"),
    "inspections:team_attach":       Row("302 200 404 404 403 404 404", "302 200 404 404 403 404 404", "team"),
    "inspections:team_detach":       Row("302 200 404 404 403 404 404", "302 200 404 404 403 404 404", "team"),
    "inspections:content_list":      Row("302 403 403 403 403 200 403"),
    "inspections:content_create":    Row("302 403 403 403 403 200 403", "302 403 403 403 403 200 403"),
    "inspections:content_edit":      Row("302 403 403 403 403 200 403", "302 403 403 403 403 200 403", "content"),
    "inspections:round_list":        Row("302 200 200 200 200 403 200"),
    "inspections:round_create":      Row("302 200 200 403 403 403 200", "302 200 200 403 403 403 200"),
    # What is ahead exists for staff and leaders of the inspecting body, and for nobody of the unit.
    "inspections:round_detail":      Row("302 200 404 404 200 404 404", record="round_ahead"),
    "inspections:round_start":       Row("302 200 404 404 403 404 404", "302 200 404 404 403 404 404", "round_ahead"),
    "inspections:round_complete":    Row("302 200 404 404 403 404 404", "302 200 404 404 403 404 404", "round_ahead"),
    "inspections:round_cancel":      Row("302 200 404 404 403 404 404", "302 200 404 404 403 404 404", "round_ahead"),
    "inspections:round_items":       Row("302 200 404 404 403 404 404", "302 200 404 404 403 404 404", "round_ahead"),
    "inspections:visit_detail":      Row("302 200 404 404 200 404 404", record="visit_ahead"),
    "inspections:round_move":        Row("302 200 404 404 403 404 404", "302 200 404 404 403 404 404", "round_ahead"),
    "inspections:calendar":          Row("302 200 200 200 200 403 200"),
    "inspections:calendar_feed":     Row("302 200 200 200 200 403 200"),
    "inspections:calendar_renew":    Row("302 200 200 200 200 403 200", "302 200 200 200 200 403 200"),
    # Whoever has the address reads what its person may see.
    "inspections:calendar_ics":      Row("200 200 200 200 200 200 200", record="token"),
    # What was completed on Đại Từ is read there, and changed by the province alone.
    "inspections:round_edit":        Row("302 200 403 403 403 404 404", "302 200 403 403 403 404 404", "round"),
    "inspections:round_delete":      Row("302 200 403 403 403 404 404", "302 200 403 403 403 404 404", "round"),
    "inspections:round_reopen":      Row("302 200 403 403 403 404 404", "302 200 403 403 403 404 404", "round"),
    "inspections:round_attach":      Row("302 200 403 403 403 404 404", "302 200 403 403 403 404 404", "round"),
    "inspections:round_detach":      Row("302 200 403 403 403 404 404", "302 200 403 403 403 404 404", "round"),
    "inspections:visit_create":      Row("302 200 403 403 403 404 404", "302 200 403 403 403 404 404", "round"),
    "inspections:visit_edit":        Row("302 200 403 403 403 404 404", "302 200 403 403 403 404 404", "visit"),
    "inspections:visit_delete":      Row("302 200 403 403 403 404 404", "302 200 403 403 403 404 404", "visit"),
    "inspections:visit_attach":      Row("302 200 403 403 403 404 404", "302 200 403 403 403 404 404", "visit"),
    "inspections:visit_detach":      Row("302 200 403 403 403 404 404", "302 200 403 403 403 404 404", "visit"),
    "inspections:visit_roll_call":   Row("302 200 403 403 403 404 404", "302 200 403 403 403 404 404", "visit"),
    "inspections:visit_close":       Row("302 200 403 403 403 404 404", "302 200 403 403 403 404 404", "visit"),
    "inspections:addendum_create":   Row("302 200 403 403 403 404 404", "302 200 403 403 403 404 404", "visit"),

    "findings:finding_list":         Row("302 200 200 200 200 403 200"),
    "findings:visit_minutes":        Row("302 200 200 200 200 403 404", record="visit"),
    "findings:visit_minutes_docx":   Row("302 200 200 200 200 403 404", record="visit"),
    "findings:visit_conclude":       Row("302 200 403 403 403 403 404", "302 200 403 403 403 403 404", "visit"),
    "findings:finding_create":       Row("302 200 403 403 403 403 404", "302 200 403 403 403 403 404", "visit"),
    "findings:finding_detail":       Row("302 200 200 200 200 404 404", record="finding"),
    "findings:finding_edit":         Row("302 200 403 403 403 404 404", "302 200 403 403 403 404 404", "finding"),
    "findings:finding_delete":       Row("302 200 403 403 403 404 404", "302 200 403 403 403 404 404", "finding"),
    "findings:remedy_list":          Row("302 200 200 200 200 403 200"),
    "findings:round_line":           Row("302 200 200 200 200 404 404", record="round"),
    "findings:unit_line":            Row("302 200 200 200 200 403 404", record="unit"),
    "findings:remedy_board":         Row("302 200 200 200 200 403 200"),
    "findings:remedies_assign":      Row("302 200 200 403 403 403 200", "302 200 200 403 403 403 200"),
    "findings:remedies_remind":      Row("302 200 200 403 403 403 200", "302 200 200 403 403 403 200"),
    "findings:remedies_extend":      Row("302 200 200 403 403 403 200", "302 200 200 403 403 403 200"),
    "findings:remedies_report":      Row("302 200 200 403 403 403 200"),
    "findings:remedy_create":        Row("302 200 403 403 403 403 404", "302 200 403 403 403 403 404", "visit"),
    "findings:remedy_detail":        Row("302 200 200 200 200 404 404", record="remedy"),
    "findings:remedy_edit":          Row("302 200 403 403 403 404 404", "302 200 403 403 403 404 404", "remedy"),
    "findings:remedy_extend":        Row("302 200 403 403 403 404 404", "302 200 403 403 403 404 404", "remedy"),
    # The asked side knows of it, asks for more time and reports, and never settles its own work.
    "findings:remedy_acknowledge":   Row("302 405 405 405 405 405 405", "302 403 302 302 403 404 404", "remedy"),
    "findings:remedy_request_extension": Row("302 403 200 200 403 404 404", "302 403 200 200 403 404 404", "remedy"),
    "findings:extension_request_answer": Row("302 200 403 403 403 404 404", "302 200 403 403 403 404 404", "request"),
    "findings:remedy_report":        Row("302 200 200 200 403 404 404", "302 200 200 200 403 404 404", "remedy"),
    "findings:remedy_complete":      Row("302 200 403 403 403 404 404", "302 200 403 403 403 404 404", "remedy"),
    "findings:remedy_send_back":     Row("302 200 403 403 403 404 404", "302 200 403 403 403 404 404", "remedy"),
    "findings:remedy_reopen":        Row("302 200 403 403 403 404 404", "302 200 403 403 403 404 404", "remedy"),
    "findings:remedy_assign":        Row("302 200 403 403 403 404 404", "302 200 403 403 403 404 404", "remedy"),
    "findings:remedy_delete":        Row("302 200 403 403 403 404 404", "302 200 403 403 403 404 404", "remedy"),
    "findings:remedy_attach":        Row("302 200 403 403 403 404 404", "302 200 403 403 403 404 404", "remedy"),
    "findings:remedy_detach":        Row("302 200 403 403 403 404 404", "302 200 403 403 403 404 404", "remedy"),
    # No re-check: nothing is verified there.
    "findings:visit_recheck":        Row("302 404 403 403 403 403 404", "302 404 403 403 403 403 404", "visit"),
    "findings:case_list":            Row("302 200 200 200 200 403 200"),
    "findings:case_create":          Row("302 200 403 403 403 403 404", "302 200 403 403 403 403 404", "visit"),
    "findings:case_detail":          Row("302 200 200 200 200 404 404", record="case"),
    "findings:case_edit":            Row("302 200 403 403 403 404 404", "302 200 403 403 403 404 404", "case"),
    "findings:case_hand_over":       Row("302 200 403 403 403 404 404", "302 200 403 403 403 404 404", "case"),
    "findings:case_delete":          Row("302 200 403 403 403 404 404", "302 200 403 403 403 404 404", "case"),
    "findings:visit_evidence":       Row("302 200 403 403 403 404 404", "302 200 403 403 403 404 404", "visit"),
    "findings:finding_evidence":     Row("302 200 403 403 403 404 404", "302 200 403 403 403 404 404", "finding"),
    "findings:remedy_evidence":      Row("302 200 200 200 403 404 404", "302 200 200 200 403 404 404", "remedy"),
    "findings:evidence_file":        Row("302 200 200 200 200 404 404", record="evidence"),
    "findings:evidence_thumb":       Row("302 200 200 200 200 404 404", record="evidence"),
    "findings:evidence_delete":      Row("302 200 403 403 403 404 404", "302 200 403 403 403 404 404", "evidence"),
    "findings:extension_attach":     Row("302 200 403 403 403 404 404", "302 200 403 403 403 404 404", "extension"),
    "findings:extension_detach":     Row("302 200 403 403 403 404 404", "302 200 403 403 403 404 404", "extension"),

    # Read by those who inspect; another province's does not exist, administrators see none.
    "findings:checklist_list":       Row("302 200 200 403 200 403 200"),
    "findings:checklist_create":     Row("302 200 403 403 403 403 200", "302 200 403 403 403 403 200"),
    "findings:checklist_detail":     Row("302 200 200 404 200 404 404", record="checklist"),
    "findings:checklist_edit":       Row("302 200 403 404 403 404 404", "302 200 403 404 403 404 404", "checklist_draft"),
    "findings:checklist_put_in_force": Row("302 200 403 404 403 404 404", "302 200 403 404 403 404 404", "checklist_draft"),
    "findings:checklist_delete":     Row("302 200 403 404 403 404 404", "302 200 403 404 403 404 404", "checklist_draft"),
    "findings:checklist_retire":     Row("302 200 403 404 403 404 404", "302 200 403 404 403 404 404", "checklist"),
    "findings:checklist_renew":      Row("302 200 403 404 403 404 404", "302 200 403 404 403 404 404", "checklist"),
    "findings:checklist_copy":       Row("302 200 403 404 403 404 404", "302 200 403 404 403 404 404", "checklist"),
    "findings:visit_checklist":      Row("302 200 403 403 403 404 404", "302 200 403 403 403 404 404", "visit"),

    "reports:summary":               Row("302 200 404 404 200 403 404", query="unit=19&year=2023"),
    "reports:summary_xlsx":          Row("302 200 404 404 200 403 404", query="unit=19&year=2023"),
    "reports:summary_figure":        Row("302 200 404 404 200 403 404", record="figure", query="unit=19&year=2023"),
    "reports:plan_progress":         Row("302 200 404 404 200 404 404", record="plan"),
    "reports:plan_progress_xlsx":    Row("302 200 404 404 200 404 404", record="plan"),
    # What a draft is to become, and what was drawn for it, is known to whoever may change it, and to leaders.
    "reports:plan_proposal":         Row("302 200 404 404 200 404 404", "302 200 404 404 403 404 404", "draft"),
    "reports:proposal_add":          Row("302 405 405 405 405 405 405", "302 200 404 404 403 404 404", "draft"),
    "reports:plan_draw":             Row("302 200 404 404 403 404 404", "302 200 404 404 403 404 404", "draft"),
    "reports:draw_detail":           Row("302 200 404 404 200 404 404", record="draw"),
    "reports:draw_add":              Row("302 405 405 405 405 405 405", "302 200 404 404 403 404 404", "draw"),
    # Pages that a device keeps: nobody's data is in them.
    "field:today":                   Row("302 200 200 403 403 403 200"),
    "field:visit":                   Row("302 200 200 403 403 403 200"),
    "field:worker":                  Row("302 200 200 200 200 200 200"),
    "field:work":                    Row("302 200 200 403 403 403 200"),
    "field:suggestions":             Row("302 200 200 403 403 403 200"),
    "field:visit_state":             Row("302 200 404 404 404 404 404", record="visit_ahead"),
    # Whoever does not say for whom it was kept sends nothing.
    "field:entry_create":            Row("302 405 405 405 405 405 405", "302 409 409 409 409 409 409", "visit_ahead"),
    "field:photo_create":            Row("302 405 405 405 405 405 405", "302 409 409 409 409 409 409", "visit_ahead"),
    "field:entry_list":              Row("302 200 200 403 403 403 200"),
    "field:entry_detail":            Row("302 200 404 404 404 404 404", record="entry"),
    # Nothing came with it.
    "field:entry_file":              Row("302 404 404 404 404 404 404", record="entry"),
    "field:entry_settle":            Row("302 200 404 404 404 404 404", "302 200 404 404 404 404 404", "entry"),
    "field:entry_set_aside":         Row("302 200 404 404 404 404 404", "302 200 404 404 404 404 404", "entry"),

    "reports:visited":               Row("302 200 404 404 200 403 404", query="unit=19&year=2023"),
    "reports:visited_xlsx":          Row("302 200 404 404 200 403 404", query="unit=19&year=2023"),
    "reports:followed":              Row("302 200 404 404 200 403 404", query="unit=19&year=2023"),
    "reports:followed_xlsx":         Row("302 200 404 404 200 403 404", query="unit=19&year=2023"),
    "reports:return_list":           Row("302 200 200 200 200 403 200"),
    "reports:return_create":         Row("302 200 403 200 403 403 200", "302 200 403 200 403 403 200"),
    "reports:return_detail":         Row("302 200 200 200 200 404 404", record="return"),
    # It was sent: the reporter reads it, and staff decide.
    "reports:return_edit":           Row("302 200 403 403 403 404 404", "302 200 403 403 403 404 404", "return"),
    "reports:return_submit":         Row("302 200 403 403 403 404 404", "302 200 403 403 403 404 404", "return"),
    "reports:return_accept":         Row("302 200 403 403 403 404 404", "302 200 403 403 403 404 404", "return"),
    "reports:return_send_back":      Row("302 200 403 403 403 404 404", "302 200 403 403 403 404 404", "return"),
    "reports:return_delete":         Row("302 200 403 403 403 404 404", "302 200 403 403 403 404 404", "return"),

    "exchange:import_list":          Row("302 200 403 403 403 403 200", "302 200 403 403 403 403 200"),
    "exchange:import_template":      Row("302 200 403 403 403 403 200"),
    "exchange:import_export":        Row("302 200 403 403 403 403 200"),
    # An upload is its sender's alone.
    "exchange:import_detail":        Row("302 200 403 403 403 403 404", record="job"),
    "exchange:import_faults":        Row("302 404 403 403 403 403 404", record="job"),
    "exchange:import_apply":         Row("302 405 405 405 405 405 405", "302 302 403 403 403 403 404", "job"),
    "exchange:import_retry":         Row("302 405 405 405 405 405 405", "302 302 403 403 403 403 404", "job"),
    "exchange:plan_items_import":    Row("302 200 404 404 403 404 404", "302 200 404 404 403 404 404", "draft"),
    "exchange:plan_items_template":  Row("302 200 404 404 403 404 404", record="draft"),
    "exchange:plan_items_export":    Row("302 200 404 404 200 404 404", record="plan"),
    "exchange:import_cancel":        Row("302 405 405 405 405 405 405", "302 302 403 403 403 403 404", "job"),
}
# fmt: on


@pytest.fixture
def records(world: World, staff: Client, reporter: Client) -> dict[str, tuple[Any, ...]]:
    """The record that each kind of address names in its path."""
    visit = make_visit(make_round(world.province), world.dai_tu)
    finding = make_finding(visit)
    remedy = make_remedy(visit, finding=finding)
    ahead = make_round(world.province, status="SCHEDULED")
    document = Document.objects.create(
        number="45/KH-UBND", issued_on=date(2023, 3, 17), issuer=world.province,
        kept_by=world.province, type="KH", subject="Kế hoạch",
    )  # fmt: skip
    adjusted = make_plan(world.province)
    draft = make_draft(world.province)
    draw = Draw.make(
        Proposal.of(draft), lambda: [world.dai_tu], by=make_user("STAFF", world.province), number=1
    )
    reform = Reform.objects.create(deed="added", effective_on=date(2023, 3, 1))
    make_unit("05810", "Xã Mới", world.tien_hoi, kind="COMMUNE", opened_in=reform)
    made = {
        "": (),
        "unit": (world.dai_tu,),
        "round": (visit.round,),
        "round_ahead": (ahead,),
        "visit": (visit,),
        "visit_ahead": (make_visit(ahead, world.dai_tu),),
        "finding": (finding,),
        "remedy": (remedy,),
        "evidence": (make_evidence(visit, staff.user),),  # type: ignore[attr-defined]  # see client_of
        "plan": (make_plan(world.province),),
        "item": (make_item(adjusted, world.dai_tu),),
        "adjustment": (Adjustment.objects.create(plan=adjusted, position=1),),
        "draft": (draft,),
        "draw": (draw,),
        "team": (make_team(world.province),),
        "document": (document,),
        "extension": (
            Extension.objects.create(
                remedy=remedy, decided_on=date(2023, 6, 20), due_on=date(2023, 8, 1)
            ),
        ),
        "case": (CitizenCase.objects.create(visit=visit, subject="Cấp giấy chứng nhận"),),
        "request": (
            ExtensionRequest.objects.create(
                remedy=make_remedy(visit),
                by=reporter.user,  # type: ignore[attr-defined]  # see client_of
                until=date(2023, 8, 1),
                reason="Chờ kinh phí",
            ),
        ),
        "reform": (reform,),
        "checklist": (make_checklist(world.province),),
        "checklist_draft": (make_checklist(world.province, content="other", status="DRAFT"),),
        "content": (Content.objects.get_or_create(code="other", defaults={"label": "Khác"})[0],),
        "return": (
            make_return(world.dai_tu, date(2023, 1, 1), date(2023, 12, 31), status="SUBMITTED"),
        ),
        "account": (make_user("REPORTER", world.dai_tu),),
        # Told to the reporter alone.
        "notice": (
            Notice.objects.create(
                person=reporter.user,  # type: ignore[attr-defined]  # see client_of
                role="REPORTER",
                unit=world.dai_tu,
                key="remedy:1",
                text="Kiến nghị đến hạn",
                url=remedy.get_absolute_url(),
                day=date(2023, 6, 30),
            ),
        ),
        "entry": (
            Entry.objects.create(
                key=uuid.uuid4(),
                visit=visit,
                by=staff.user,  # type: ignore[attr-defined]  # see client_of
                kind="strengths",
                value={"text": "Sạch"},
                written_at=timezone.now(),
                state="clash",
            ),
        ),
        "job": (ImportJob.objects.create(by=staff.user, name="cu.xlsx", state="DONE"),),  # type: ignore[attr-defined]  # see client_of
    }
    keys: dict[str, tuple[Any, ...]] = {
        name: tuple(each.pk for each in found) for name, found in made.items()
    }
    token = CalendarFeed.of(staff.user).token  # type: ignore[attr-defined]  # see client_of
    return {**keys, "figure": ("rounds.total",), "token": (token,)}


def test_every_address_has_its_row() -> None:
    names = set(named_urls())
    assert names - TABLE.keys() == set(), "addresses without a row"
    assert TABLE.keys() - names == set(), "rows without an address"


@pytest.fixture
def clients(
    staff: Client, inspector: Client, reporter: Client, leader: Client, admin: Client,
    outsider: Client,
) -> dict[str, Client]:  # fmt: skip
    """A browser for each persona."""
    signed_in = (staff, inspector, reporter, leader, admin, outsider)
    return dict(zip(PERSONAS, (Client(), *signed_in), strict=True))


@pytest.mark.parametrize("name", TABLE)
def test_reading(
    name: str, records: dict[str, tuple[Any, ...]], clients: dict[str, Client]
) -> None:
    row = TABLE[name]
    url = reverse(name, args=records[row.record]) + (f"?{row.query}" if row.query else "")
    found = {}
    for who, client in clients.items():
        answer = client.get(url)
        found[who] = str(answer.status_code)
        if answer.streaming:
            b"".join(answer.streaming_content)  # type: ignore[attr-defined]  # read to its end, a file is closed
    assert found == dict(zip(PERSONAS, row.get.split(), strict=True))


@pytest.mark.parametrize("name", [name for name, row in TABLE.items() if row.post])
def test_writing(
    name: str, records: dict[str, tuple[Any, ...]], clients: dict[str, Client]
) -> None:
    """An empty form: 200 with its faults, or 302 where it needs none."""
    row = TABLE[name]
    url = reverse(name, args=records[row.record]) + (f"?{row.query}" if row.query else "")
    found = {}
    # Whoever may not, first: the deed of whoever may must not spoil what the others find.
    order = sorted(
        PERSONAS, key=lambda who: row.post.split()[PERSONAS.index(who)] in ("200", "302")
    )
    for who in order:
        answer = clients[who].post(url, {"_once": str(uuid.uuid4())})
        found[who] = str(answer.status_code)
    assert found == dict(zip(PERSONAS, row.post.split(), strict=True))


@pytest.mark.parametrize("name", [name for name, row in TABLE.items() if not row.post])
def test_addresses_for_reading_refuse_to_write(
    name: str, records: dict[str, tuple[Any, ...]], staff: Client
) -> None:
    answer = staff.post(reverse(name, args=records[TABLE[name].record]))
    # Signed in already, one is led on from the sign-in page whatever one sends there.
    assert answer.status_code in ((302,) if name == "accounts:login" else (403, 404, 405))


def test_what_nobody_knows_is_led_to_a_page_with_a_way_on(staff: Client) -> None:
    answer = staff.get("/khong-co-trang-nay/")
    assert answer.status_code == 404
    assert 'href="/"' in answer.content.decode()
