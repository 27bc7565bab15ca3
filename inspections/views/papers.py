"""Pages that put documents to a plan or a round, and take them away."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.requests import UserRequest
from congvu.once import once
from congvu.text import clean, search_words
from directives.models import Document
from inspections.models import Plan, Round
from inspections.papers import attach, detach

# So many documents are offered at once; whoever needs another types more of it.
OFFERED = 20


class AttachForm(forms.Form):
    """Which document is meant."""

    document = forms.ModelChoiceField(label="Văn bản", queryset=Document.objects.none())

    def __init__(self, *args: object, request: UserRequest, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed on as they are
        field = self.fields["document"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  # declared above
        field.queryset = Document.objects.visible_to(request.user)
        field.error_messages["invalid_choice"] = "Không có văn bản này trong phạm vi của bạn."


def _attach(request: UserRequest, record: Plan | Round, noun: str, template: str) -> HttpResponse:
    """Search among the documents in reach, and put one to the record."""
    form = AttachForm(request.POST or None, request=request)
    if form.is_valid():
        attach(record, form.cleaned_data["document"], by=request.user)
        messages.success(request, f"Đã gắn văn bản {form.cleaned_data['document']}.")
        return redirect(record)
    query = clean(request.GET.get("q", ""))
    found = Document.objects.visible_to(request.user).exclude(pk__in=record.documents.values("pk"))
    for word in search_words(query):
        found = found.filter(folded__contains=word)
    documents = list(found.select_related("issuer")[: OFFERED + 1])
    context = {
        "form": form,
        "record": record,
        "title": f"Gắn văn bản vào {noun}",
        "query": query,
        "documents": documents[:OFFERED],
        "more": len(documents) > OFFERED,
        "cancel_url": record.get_absolute_url(),
    }
    return render(request, template, context)


def _detach(request: UserRequest, record: Plan | Round, noun: str, template: str) -> HttpResponse:
    """Name the record's documents, and take one away."""
    form = AttachForm(request.POST or None, request=request)
    if form.is_valid():
        document = form.cleaned_data["document"]
        detach(record, document, by=request.user)
        messages.success(
            request, f"Đã bỏ văn bản {document} khỏi {noun}; văn bản vẫn còn ở mục Văn bản."
        )
        return redirect(record)
    context = {
        "form": form,
        "record": record,
        "title": f"Bỏ văn bản khỏi {noun}",
        "documents": record.documents.visible_to(request.user),
        "cancel_url": record.get_absolute_url(),
    }
    return render(request, template, context)


def _plan(request: UserRequest, pk: int) -> Plan:
    plans = Plan.objects.visible_to(request.user).select_related("issuer")
    plan = get_object_or_404(plans, pk=pk)
    plan.require_editable(request.user)
    return plan


def _round(request: UserRequest, pk: int) -> Round:
    rounds = Round.objects.visible_to(request.user).select_related("body")
    round_ = get_object_or_404(rounds, pk=pk)
    round_.require_editable(request.user)
    return round_


@require_http_methods(["GET", "POST"])
@once
def plan_attach(request: UserRequest, pk: int) -> HttpResponse:
    """Put a document to a plan."""
    plan = _plan(request, pk)
    return _attach(request, plan, f"kế hoạch {plan.number}", "inspections/plan_attach.html")


@require_http_methods(["GET", "POST"])
@once
def plan_detach(request: UserRequest, pk: int) -> HttpResponse:
    """Take a document away from a plan."""
    plan = _plan(request, pk)
    return _detach(request, plan, f"kế hoạch {plan.number}", "inspections/plan_detach.html")


@require_http_methods(["GET", "POST"])
@once
def round_attach(request: UserRequest, pk: int) -> HttpResponse:
    """Put a document to a round."""
    round_ = _round(request, pk)
    return _attach(request, round_, f"cuộc {round_.code}", "inspections/round_attach.html")


@require_http_methods(["GET", "POST"])
@once
def round_detach(request: UserRequest, pk: int) -> HttpResponse:
    """Take a document away from a round."""
    round_ = _round(request, pk)
    return _detach(request, round_, f"cuộc {round_.code}", "inspections/round_detach.html")
