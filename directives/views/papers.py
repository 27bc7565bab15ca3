"""Pages that put documents to a record, and take them away: the same for every kind of record.

visit_attach, visit_detach = attach_page(VISIT), detach_page(VISIT)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.requests import UserRequest
from congvu.access import record_id, require
from congvu.deeds import done
from congvu.once import once
from congvu.text import clean
from directives.models import Document
from directives.papers import Holder

Page = Callable[..., HttpResponse]

# So many documents are offered at once; whoever needs another types more of it.
OFFERED = 20


class AttachForm(forms.Form):
    """Which document is meant."""

    document = forms.ModelChoiceField(label="Văn bản", queryset=Document.objects.none())

    def __init__(self, *args: Any, request: UserRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["document"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  # declared above
        field.queryset = Document.objects.visible_to(request.user)
        field.error_messages["invalid_choice"] = "Không có văn bản này trong phạm vi của bạn."


def _record(request: UserRequest, holder: Holder, pk: int) -> Any:
    """The record that the address names: 404 out of reach, 403 for whoever may only read it."""
    record = get_object_or_404(holder.rows(request.user), pk=pk)
    holder.require(record, request.user)
    require(request.user, "documents.view", "Vai trò của bạn không được xem văn bản.")
    return record


def attach_page(holder: Holder) -> Page:
    """A page that searches among the documents in reach, and puts one to the record.

    `document` in the address is one to be offered first: the one just registered for the record.
    """

    @require_http_methods(["GET", "POST"])
    @once
    def attach(request: UserRequest, pk: int) -> HttpResponse:
        record = _record(request, holder, pk)
        form = AttachForm(request.POST or None, request=request)
        if form.is_valid():
            document = form.cleaned_data["document"]
            if done(form, lambda: holder.attach(record, document, by=request.user)):
                messages.success(request, f"Đã gắn văn bản {document}.")
                return redirect(holder.page(record))
        query = clean(request.GET.get("q", ""))
        own = record.documents.order_by().values("pk")
        found = Document.objects.visible_to(request.user).search(query).exclude(pk__in=own)
        chosen = _chosen(request, record)
        if chosen is not None:
            found = found.exclude(pk=chosen.pk)
        documents = list(found.select_related("issuer")[: OFFERED + 1])
        context = {
            **_context(holder, record, form),
            "title": f"Gắn văn bản vào {holder.noun(record)}",
            "query": query,
            "chosen": chosen,
            "documents": documents[:OFFERED],
            "more": len(documents) > OFFERED,
        }
        return render(request, "directives/attach.html", context)

    return attach


def _chosen(request: UserRequest, record: Any) -> Document | None:
    """The document in the address, if it is in reach and the record does not rest on it yet."""
    pk = record_id(request.GET.get("document", ""))
    own = record.documents.order_by().values("pk")
    free = Document.objects.visible_to(request.user).exclude(pk__in=own)
    return free.select_related("issuer").filter(pk=pk).first() if pk is not None else None


def detach_page(holder: Holder) -> Page:
    """A page that names the record's documents, and takes one away."""

    @require_http_methods(["GET", "POST"])
    @once
    def detach(request: UserRequest, pk: int) -> HttpResponse:
        record = _record(request, holder, pk)
        form = AttachForm(request.POST or None, request=request)
        if form.is_valid():
            document = form.cleaned_data["document"]
            holder.detach(record, document, by=request.user)
            messages.success(
                request,
                f"Đã bỏ văn bản {document} khỏi {holder.noun(record)}; văn bản vẫn còn ở mục Văn "
                "bản.",
            )
            return redirect(holder.page(record))
        context = {
            **_context(holder, record, form),
            "title": f"Bỏ văn bản khỏi {holder.noun(record)}",
            "documents": record.documents.visible_to(request.user),
        }
        return render(request, "directives/detach.html", context)

    return detach


def _context(holder: Holder, record: Any, form: AttachForm) -> dict[str, Any]:
    return {
        "form": form,
        "record": record,
        "crumbs": holder.crumbs(record),
        "cancel_url": holder.page(record),
    }
