"""Pages of documents, and the way to their files."""

from __future__ import annotations

from pathlib import PurePath

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import Resolver404, resolve, reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.requests import UserRequest
from congvu.access import require
from congvu.dates import format_day
from congvu.deeds import DeedForm, confirm
from congvu.models import Event
from congvu.once import once
from congvu.pages import Action, Fact
from congvu.tables import Column, Listing
from directives.filters import DocumentFilter
from directives.forms import DocumentForm
from directives.models import Document
from directives.papers import resting_on
from directives.uploads import TYPES


def _file_url(document: Document) -> str | None:
    return reverse("directives:document_file", args=[document.pk]) if document.file else None


COLUMNS = (
    Column("Số ký hiệu", lambda each: each.number, sort="number", link=True, width=20),
    Column("Ngày ban hành", lambda each: each.issued_on, sort="issued_on"),
    Column("Cơ quan ban hành", lambda each: each.issuer_text, width=32),
    Column("Loại", lambda each: each.get_type_display(), sort="type"),
    Column("Trích yếu", lambda each: each.subject, width=60),
    Column("Người ký", lambda each: each.signer, on_screen=False, width=26),
    Column("Tệp", lambda each: "Tải về" if each.file else "", link=_file_url, in_export=False),
)


@require_safe
def document_list(request: UserRequest) -> HttpResponseBase:
    """Documents in reach, the latest first."""
    user = request.user
    require(user, "documents.view")
    writes = user.may("documents.change")
    rows = Document.objects.visible_to(user)
    searched = DocumentFilter(request.GET, rows, request)
    # Filters that cannot be read leave the list unfiltered, and then nothing has a rank.
    has_rank = bool(request.GET.get("q", "").strip()) and searched.form.is_valid()
    listing = Listing(
        request,
        title="Văn bản",
        queryset=rows.select_related("issuer").prefetch_related("issuer__former_names"),
        shape=COLUMNS,
        filterset=DocumentFilter,
        order="rank,-issued_on,-pk" if has_rank else "-issued_on",
        count_noun="văn bản",
        empty_title="Chưa có văn bản nào",
        empty_hint="Bấm “Đăng ký văn bản” để ghi kế hoạch, quyết định, kết luận đã ban hành."
        if writes
        else "",
        file_name="van-ban",
    )
    actions = [Action("Đăng ký văn bản", reverse("directives:document_create"))] if writes else []
    return listing.respond("directives/document_list.html", {"actions": actions})


def _facts(document: Document, user: User) -> list[Fact]:
    facts = [
        Fact("Số ký hiệu", document.number),
        Fact("Ngày ban hành", format_day(document.issued_on)),
        Fact("Cơ quan ban hành", document.issuer_text),
        Fact("Loại văn bản", document.get_type_display()),
        Fact("Đơn vị lưu", document.kept_by.name),
    ]
    if document.signer:
        facts.append(Fact("Người ký", document.signer))
    url = _file_url(document)
    kind = PurePath(document.file.name or "").suffix.lstrip(".").upper() if url else ""
    facts.append(Fact("Tệp", f"Tải về ({kind})" if url else "Chưa có tệp", url=url))
    return facts


@require_safe
def document_detail(request: UserRequest, pk: int) -> HttpResponse:
    """A document and what rests on it, as far as the person may see that."""
    user = request.user
    documents = Document.objects.visible_to(user).select_related("issuer", "kept_by")
    document = get_object_or_404(documents.prefetch_related("issuer__former_names"), pk=pk)
    resting = resting_on(document, user)
    editable = document.is_editable_by(user)
    actions = []
    if editable:
        edit = reverse("directives:document_edit", args=[document.pk])
        delete = reverse("directives:document_delete", args=[document.pk])
        why_not = document.why_not_removed(seen=bool(resting))
        actions = [
            Action("Sửa văn bản", edit),
            Action("Xóa văn bản", delete, why_not, danger=True),
        ]
    context = {
        "document": document,
        "title": f"{document.get_type_display()} {document.number}",
        "facts": _facts(document, user),
        "resting": resting,
        "record": document,
        "events": Event.objects.of(document) if editable else None,
        "editable": editable,
        "actions": actions,
    }
    return render(request, "directives/document_detail.html", context)


def _attach_page(request: UserRequest) -> str:
    """The page from which one came to register what it is to attach; empty when one did not."""
    path = request.GET.get("for", "")
    try:
        name = resolve(path).url_name or ""
    except Resolver404:
        return ""
    return path if name.endswith("_attach") else ""


@require_http_methods(["GET", "POST"])
@once
def document_create(request: UserRequest) -> HttpResponse:
    """A document is registered; whoever came from a page that attaches one is led back there."""
    require(request.user, "documents.change")
    back = _attach_page(request)
    form = DocumentForm(request.POST or None, request.FILES or None, user=request.user)
    if form.is_valid() and form.save_as(request.user):
        messages.success(request, f"Đã đăng ký văn bản {form.instance.number}.")
        return redirect(f"{back}?document={form.instance.pk}" if back else form.instance)
    context = {
        "form": form,
        "title": "Đăng ký văn bản",
        "lead": "Đăng ký xong, bạn trở lại trang gắn văn bản với văn bản này." if back else "",
        "submit_label": "Đăng ký văn bản",
        "attach_page": back,
        "cancel_url": back or reverse("directives:document_list"),
    }
    return render(request, "directives/document_create.html", context)


@require_http_methods(["GET", "POST"])
@once
def document_edit(request: UserRequest, pk: int) -> HttpResponse:
    """Put a document's record right, or replace its file."""
    documents = Document.objects.visible_to(request.user).select_related("issuer", "kept_by")
    document = get_object_or_404(documents, pk=pk)
    document.require_editable(request.user)
    form = DocumentForm(
        request.POST or None, request.FILES or None, instance=document, user=request.user
    )
    if form.is_valid() and form.save_as(request.user):
        messages.success(request, f"Đã lưu văn bản {document.number}.")
        return redirect(document)
    context = {
        "document": document,
        "form": form,
        "title": f"Sửa văn bản {document.number}",
        "submit_label": "Lưu thay đổi",
        "cancel_url": document.get_absolute_url(),
    }
    return render(request, "directives/document_edit.html", context)


@require_safe
def document_file(request: UserRequest, pk: int) -> HttpResponseBase:
    """The document's file, for whoever may see the document; always as a download."""
    document = get_object_or_404(Document.objects.visible_to(request.user), pk=pk)
    if not document.file:
        raise Http404
    ending = PurePath(document.file.name or "").suffix.lower()
    try:
        content = document.file.open("rb")
    except FileNotFoundError as fault:
        raise Http404 from fault
    name = document.number.replace("/", "-")
    return FileResponse(
        content,
        as_attachment=True,
        filename=f"{name}{ending}",
        content_type=TYPES.get(ending, "application/octet-stream"),
        headers={"X-Content-Type-Options": "nosniff"},
    )


@require_http_methods(["GET", "POST"])
@once
def document_delete(request: UserRequest, pk: int) -> HttpResponse:
    """Take away a document entered by mistake; one that something rests on stays."""
    documents = Document.objects.visible_to(request.user).select_related("issuer", "kept_by")
    document = get_object_or_404(documents.prefetch_related("issuer__former_names"), pk=pk)
    document.require_editable(request.user)
    return confirm(
        request,
        DeedForm(request.POST or None, record=document),
        document.remove,
        template="directives/document_delete.html",
        title=f"Xóa văn bản {document.number}",
        label="Xóa văn bản này",
        success=f"Đã xóa văn bản {document.number}.",
        consequences=[
            f"Văn bản {document} bị xóa hẳn cùng tệp đã tải lên và không khôi phục được.",
            "Nhật ký vẫn ghi ai đã xóa và xóa lúc nào.",
        ],
        refusal=document.why_not_removed(),
        then="directives:document_list",
        danger=True,
        document=document,
    )
