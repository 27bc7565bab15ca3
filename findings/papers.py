"""What of remedies rests on documents, and to what documents are put."""

from __future__ import annotations

from django.urls import reverse

from congvu.dates import format_day
from directives.papers import Holder, Line, Reliance, rests_on_documents
from findings.models import Extension, Remedy

rests_on_documents(
    Reliance(
        heading="Kiến nghị",
        visible=lambda user: Remedy.objects.visible_to(user).select_related("visit__unit"),
        line=lambda remedy: Line(
            remedy.get_absolute_url(),
            str(remedy),
            f"{remedy.get_kind_display()}, {remedy.visit.unit.name}",
        ),
    )
)
rests_on_documents(
    Reliance(
        heading="Gia hạn kiến nghị",
        visible=lambda user: Extension.objects.visible_to(user).select_related("remedy"),
        line=lambda extension: Line(
            extension.get_absolute_url(),
            str(extension.remedy),
            f"{extension}, cho phép ngày {format_day(extension.decided_on)}",
        ),
    )
)

REMEDY = Holder(
    rows=lambda user: Remedy.objects.visible_to(user).select_related("visit__round__body"),
    noun=lambda remedy: f"kiến nghị {remedy.code}",
    crumbs=lambda remedy: [
        (reverse("findings:remedy_list"), "Kiến nghị"),
        (remedy.get_absolute_url(), remedy.code),
    ],
)
EXTENSION = Holder(
    rows=lambda user: Extension.objects.visible_to(user).select_related(
        "remedy__visit__round__body"
    ),
    noun=lambda extension: f"lần {extension.label} của kiến nghị {extension.remedy.code}",
    crumbs=lambda extension: REMEDY.crumbs(extension.remedy),
    require=lambda extension, user: extension.remedy.require_editable(user),
    keeper=lambda extension: extension.remedy,
    label=lambda extension: f"Văn bản {extension.label}",
)
