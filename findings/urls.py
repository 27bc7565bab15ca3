"""Addresses of findings and remedies."""

from django.urls import path

from findings.views import (
    answers,
    board,
    checklists,
    conclusions,
    evidence,
    findings,
    follow_up,
    minutes,
    papers,
    remedies,
)

app_name = "findings"

urlpatterns = [
    path("findings/", findings.finding_list, name="finding_list"),
    path("findings/create/", findings.finding_create, name="finding_create"),
    # The same page, for links from a visit.
    path("visits/<int:visit_pk>/findings/create/", findings.finding_create, name="finding_create"),
    path("findings/<int:pk>/", findings.finding_detail, name="finding_detail"),
    path("findings/<int:pk>/edit/", findings.finding_edit, name="finding_edit"),
    path("findings/<int:pk>/delete/", findings.finding_delete, name="finding_delete"),
    path("visits/<int:pk>/minutes/", minutes.visit_minutes, name="visit_minutes"),
    path("visits/<int:pk>/minutes.docx", minutes.visit_minutes_docx, name="visit_minutes_docx"),
    path("visits/<int:pk>/conclude/", conclusions.visit_conclude, name="visit_conclude"),
    path("remedies/", remedies.remedy_list, name="remedy_list"),
    path("remedies/board/", board.remedy_board, name="remedy_board"),
    path("remedies/create/", remedies.remedy_create, name="remedy_create"),
    path("visits/<int:visit_pk>/remedies/create/", remedies.remedy_create, name="remedy_create"),
    path("remedies/<int:pk>/", remedies.remedy_detail, name="remedy_detail"),
    path("remedies/<int:pk>/edit/", remedies.remedy_edit, name="remedy_edit"),
    path("remedies/<int:pk>/acknowledge/", follow_up.remedy_acknowledge, name="remedy_acknowledge"),
    path(
        "remedies/<int:pk>/request-extension/",
        follow_up.remedy_request_extension,
        name="remedy_request_extension",
    ),
    path(
        "extension-requests/<int:pk>/answer/",
        follow_up.extension_request_answer,
        name="extension_request_answer",
    ),
    path("remedies/<int:pk>/assign/", follow_up.remedy_assign, name="remedy_assign"),
    path("remedies/<int:pk>/extend/", follow_up.remedy_extend, name="remedy_extend"),
    path("remedies/<int:pk>/report/", follow_up.remedy_report, name="remedy_report"),
    path("remedies/<int:pk>/complete/", follow_up.remedy_complete, name="remedy_complete"),
    path("remedies/<int:pk>/send-back/", follow_up.remedy_send_back, name="remedy_send_back"),
    path("remedies/<int:pk>/reopen/", follow_up.remedy_reopen, name="remedy_reopen"),
    path("remedies/<int:pk>/delete/", remedies.remedy_delete, name="remedy_delete"),
    path("remedies/<int:pk>/attach/", papers.remedy_attach, name="remedy_attach"),
    path("remedies/<int:pk>/detach/", papers.remedy_detach, name="remedy_detach"),
    path("visits/<int:pk>/evidence/", evidence.visit_evidence, name="visit_evidence"),
    path("findings/<int:pk>/evidence/", evidence.finding_evidence, name="finding_evidence"),
    path("remedies/<int:pk>/evidence/", evidence.remedy_evidence, name="remedy_evidence"),
    path("evidence/<int:pk>/file/", evidence.evidence_file, name="evidence_file"),
    path("evidence/<int:pk>/thumb/", evidence.evidence_thumb, name="evidence_thumb"),
    path("evidence/<int:pk>/delete/", evidence.evidence_delete, name="evidence_delete"),
    path("extensions/<int:pk>/attach/", papers.extension_attach, name="extension_attach"),
    path("extensions/<int:pk>/detach/", papers.extension_detach, name="extension_detach"),
    path("checklists/", checklists.checklist_list, name="checklist_list"),
    path("checklists/create/", checklists.checklist_create, name="checklist_create"),
    path("checklists/<int:pk>/", checklists.checklist_detail, name="checklist_detail"),
    path("checklists/<int:pk>/edit/", checklists.checklist_edit, name="checklist_edit"),
    path(
        "checklists/<int:pk>/put-in-force/",
        checklists.checklist_put_in_force,
        name="checklist_put_in_force",
    ),
    path("checklists/<int:pk>/retire/", checklists.checklist_retire, name="checklist_retire"),
    path("checklists/<int:pk>/renew/", checklists.checklist_renew, name="checklist_renew"),
    path("checklists/<int:pk>/copy/", checklists.checklist_copy, name="checklist_copy"),
    path("checklists/<int:pk>/delete/", checklists.checklist_delete, name="checklist_delete"),
    path("visits/<int:pk>/checklist/", answers.visit_checklist, name="visit_checklist"),
]
