"""Changes of units as records that rest on documents: `units` cannot say so itself."""

from __future__ import annotations

from django.urls import reverse

from directives.papers import Holder, Line, Reliance, rests_on_documents
from units.models import Reform

rests_on_documents(
    Reliance(
        heading="Thay đổi đơn vị",
        visible=lambda user: Reform.objects.visible_to(user).order_by("effective_on", "pk"),
        line=lambda reform: Line(reform.get_absolute_url(), str(reform), reform.legal_basis),
    )
)

REFORM = Holder(
    rows=lambda user: Reform.objects.visible_to(user),
    noun=lambda reform: f"việc “{reform}”",
    crumbs=lambda reform: [
        (reverse("units:unit_list"), "Đơn vị"),
        (reform.get_absolute_url(), str(reform)),
    ],
    # The change itself has no column for them.
    label=lambda reform: "Văn bản",
)
