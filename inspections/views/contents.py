"""The catalogue of what a round may cover, kept by administrators."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import UserRequest
from congvu.access import require
from congvu.once import once
from congvu.pages import Action
from congvu.tables import Badge, Column, Listing
from inspections.forms import ContentForm
from inspections.models import Content


def _state(content: Content) -> Badge:
    return Badge("Đang dùng", "success") if content.is_offered else Badge("Ngừng dùng", "secondary")


COLUMNS = (
    Column(
        "Nội dung kiểm tra",
        lambda each: each.label,
        link=lambda each: reverse("inspections:content_edit", args=[each.pk]),
        width=50,
    ),
    Column("Thứ tự", lambda each: each.position, sort="position", align="end", width=10),
    Column("Trạng thái", _state, sort="is_offered"),
    Column("Mã", lambda each: each.code, on_screen=False, width=24),
)


@require_safe
def content_list(request: UserRequest) -> HttpResponseBase:
    """The whole catalogue, in its order."""
    require(request.user, "catalogue.change")
    listing = Listing(
        request,
        title="Danh mục nội dung kiểm tra",
        queryset=Content.objects.order_by("position"),
        shape=COLUMNS,
        order="position,pk",
        count_noun="nội dung",
        empty_title="Danh mục còn trống",
        empty_hint="Bấm “Thêm nội dung” để có nội dung cho các cuộc kiểm tra chọn.",
        file_name="danh-muc-noi-dung",
    )
    actions = [Action("Thêm nội dung", reverse("inspections:content_create"))]
    return listing.respond("inspections/content_list.html", {"actions": actions})


@require_http_methods(["GET", "POST"])
@once
def content_create(request: UserRequest) -> HttpResponse:
    """A content that rounds may cover from now on."""
    require(request.user, "catalogue.change")
    form = ContentForm(request.POST or None)
    if form.is_valid() and form.save_as(request.user):
        messages.success(request, f"Đã thêm nội dung “{form.instance.label}”.")
        return redirect("inspections:content_list")
    context = {
        "form": form,
        "title": "Thêm nội dung kiểm tra",
        "submit_label": "Thêm nội dung",
        "cancel_url": reverse("inspections:content_list"),
    }
    return render(request, "inspections/content_create.html", context)


@require_http_methods(["GET", "POST"])
@once
def content_edit(request: UserRequest, pk: int) -> HttpResponse:
    """Rename, move, or no longer offer a content; rounds that have it keep it."""
    require(request.user, "catalogue.change")
    content = get_object_or_404(Content, pk=pk)
    form = ContentForm(request.POST or None, instance=content)
    if form.is_valid() and form.save_as(request.user):
        messages.success(request, f"Đã lưu nội dung “{content.label}”.")
        return redirect("inspections:content_list")
    context = {
        "content": content,
        "form": form,
        "title": f"Sửa nội dung “{content.label}”",
        "submit_label": "Lưu thay đổi",
        "cancel_url": reverse("inspections:content_list"),
    }
    return render(request, "inspections/content_edit.html", context)
