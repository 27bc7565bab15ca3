"""One deed for many remedies: a page that says what will happen, and a report of what did."""

from __future__ import annotations

import uuid
from dataclasses import asdict
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.requests import UserRequest
from congvu.access import require
from congvu.dates import format_day, today
from congvu.numbers import number_text
from congvu.once import once
from directives.models import Document
from findings import bulk
from findings.bulk import Choice, Chosen, Report, WhyNot
from findings.columns import whom
from findings.forms.bulk import AssignForm, ExtendForm, ExtendKnownForm, RemindForm
from findings.models import Remedy
from findings.views.visits import number

# Where the session keeps what became of the last bulk deeds, and of how many.
_KEPT, _LAST = "bulk_reports", 3
# So many registered documents are offered.
OFFERED = 20
_REFUSAL = "Chỉ bên kiểm tra mới làm được việc này với nhiều kiến nghị."


@require_http_methods(["GET", "POST"])
@once
def remedies_assign(request: UserRequest) -> HttpResponse:
    """Give many remedies to one person to follow."""
    require(request.user, "remedies.change", _REFUSAL)
    user = request.user
    form = AssignForm(request.POST or None, user=user)
    chosen = _chosen(request, bulk.why_not_assigned(user))
    if form.is_valid() and _able(form, chosen):
        keeper: User = form.cleaned_data["keeper"]
        report = bulk.run(chosen.chosen, bulk.assign(user, keeper))
        return _reported(request, f"Giao {keeper} theo dõi", report)
    return _page(
        request, form, chosen,
        template="findings/remedies_assign.html",
        title="Giao người theo dõi kiến nghị",
        label="Giao theo dõi",
        consequences=["Người được giao được nhắc khi đến hạn, quá hạn và khi đơn vị báo xong."],
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@once
def remedies_remind(request: UserRequest) -> HttpResponse:
    """Remind the asked side of many remedies at once."""
    require(request.user, "remedies.settle", _REFUSAL)
    reminding = bulk.Reminding(request.user, today())
    form = RemindForm(request.POST if request.method == "POST" else None)
    chosen = _chosen(request, reminding.why_not)
    if form.is_valid() and _able(form, chosen):
        report = bulk.run(chosen.chosen, reminding.remind)
        reminding.send()
        return _reported(request, "Nhắc đơn vị", report)
    return _page(
        request, form, chosen,
        template="findings/remedies_remind.html",
        title="Nhắc đơn vị thực hiện kiến nghị",
        label="Nhắc",
        consequences=[
            "Đầu mối của mỗi đơn vị thấy lời nhắc trong ứng dụng, và trong thư nhắc của ngày nếu "
            "có nhận thư.",
            "Mỗi kiến nghị được nhắc tay nhiều nhất một lần trong ngày.",
        ],
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@once
def remedies_extend(request: UserRequest) -> HttpResponse:
    """Give many remedies more time by one document, registered here or before (`?paper=5`)."""
    require(request.user, "remedies.change", _REFUSAL)
    user = request.user
    documents = Document.objects.visible_to(user)
    paper_pk = number(request.GET.get("paper", ""))
    paper = None if paper_pk is None else get_object_or_404(documents, pk=paper_pk)
    chosen = _chosen(request, bulk.why_not_extended(user))
    reports: list[Report] = []

    def deed(by: User, document: Document) -> None:
        extending = bulk.Extending(by, document, form.cleaned_data["due_on"])
        report = bulk.run(chosen.chosen, extending.extend)
        if not report.done:
            # Nothing was permitted: the document is not registered either.
            why = [f"Không gia hạn được kiến nghị nào: {each}" for each in report.refused]
            raise ValidationError(why)
        extending.attach()
        reports.append(report)

    form: Any
    if paper is not None:
        form = ExtendKnownForm(request.POST or None)
        done = form.is_valid() and _able(form, chosen) and _did(form, lambda: deed(user, paper))
    else:
        files = request.FILES or None
        form = ExtendForm(request.POST or None, files, user=user, seal="bulk", deed=deed)
        done = form.is_valid() and _able(form, chosen) and form.save_as(user)
    if done:
        until = format_day(form.cleaned_data["due_on"])
        return _reported(request, f"Gia hạn đến {until}", reports[0])
    return _page(
        request, form, chosen,
        template="findings/remedies_extend.html",
        title="Gia hạn kiến nghị bằng một văn bản",
        label="Gia hạn",
        consequences=[
            "Mỗi kiến nghị có thêm một lần gia hạn theo ngày của văn bản; hạn cũ vẫn được lưu.",
            "Đề nghị gia hạn đang chờ của các kiến nghị này coi như được chấp nhận.",
        ],
        paper=paper,
        papers=[] if paper else documents.select_related("issuer")[:OFFERED],
        query=_without_paper(request),
    )  # fmt: skip


@require_safe
def remedies_report(request: UserRequest) -> HttpResponse:
    """What became of each remedy of a bulk deed; kept with the session of whoever did it."""
    require(request.user, "remedies.settle", _REFUSAL)
    kept = request.session.get(_KEPT, {})
    key = request.GET.get("of", "")
    found = kept.get(key)
    if key and found is None:
        raise Http404
    report = Report(found["done"], found["refused"]) if found else Report([], {})
    ids = [*report.done, *(pk for pks in report.refused.values() for pk in pks)]
    rows = Remedy.objects.visible_to(request.user).filter(pk__in=ids).order_by("pk")
    rows = rows.select_related("visit__unit").prefetch_related("visit__unit__former_names")
    by_id = {each.pk: each for each in rows}
    context = {
        "title": "Kết quả xử lý nhiều kiến nghị",
        "deed": found["deed"] if found else "",
        "done": [by_id[pk] for pk in report.done if pk in by_id],
        "refused": [
            (reason, [by_id[pk] for pk in pks if pk in by_id])
            for reason, pks in report.refused.items()
        ],
        "refused_count": sum(map(len, report.refused.values())),
    }
    return render(request, "findings/remedies_report.html", context)


# --- what the pages have in common -----------------------------------------------------------


def _chosen(request: UserRequest, why_not: WhyNot) -> Choice:
    """What the address chooses; once it is confirmed, what the form shows."""
    if request.method == "POST":
        return Choice(bulk.confirmed(request, today(), why_not))
    return bulk.choice_of(request, today(), why_not)


def _able(form: forms.BaseForm, chosen: Choice) -> bool:
    """Whether there is anything that the deed can be done to; else the form says so."""
    if chosen.able:
        return True
    form.add_error(None, "Không có kiến nghị nào trong danh sách làm được việc này.")
    return False


def _did(form: forms.BaseForm, deed: Any) -> bool:
    try:
        deed()
    except ValidationError as refusal:
        form.add_error(None, refusal)
        return False
    return True


def _reported(request: UserRequest, deed: str, report: Report) -> HttpResponse:
    """Keep what became of each with the session, and lead to it."""
    key = uuid.uuid4().hex
    kept = {**request.session.get(_KEPT, {}), key: {"deed": deed, **asdict(report)}}
    request.session[_KEPT] = dict(list(kept.items())[-_LAST:])
    return redirect(f"{reverse('findings:remedies_report')}?of={key}")


def _without_paper(request: UserRequest) -> str:
    query = request.GET.copy()
    query.pop("paper", None)
    return query.urlencode()


def _page(
    request: UserRequest,
    form: forms.BaseForm,
    chosen: Choice,
    *,
    template: str,
    title: str,
    label: str,
    consequences: list[str],
    **context: Any,
) -> HttpResponse:
    able = len(chosen.able)
    told = [f"{label} {number_text(able)} kiến nghị."] if able else []
    if chosen.unable:
        told.append(
            f"{number_text(len(chosen.unable))} kiến nghị không thay đổi; lý do ghi ở từng dòng."
        )
    shared = {
        "form": form,
        "title": title,
        "submit_label": f"{label} {number_text(able)} kiến nghị",
        "consequences": [*told, *consequences],
        "able": _rows(chosen.able, request.user),
        "unable": _rows(chosen.unable, request.user),
        "refusal": _refusal(chosen),
        "cancel_url": reverse("findings:remedy_list"),
    }
    return render(request, template, {**shared, **context})


def _rows(chosen: list[Chosen], user: User) -> list[tuple[Chosen, str]]:
    return [(each, whom(each.remedy, user)) for each in chosen]


def _refusal(chosen: Choice) -> str:
    """Why there is nothing to confirm; empty where there is."""
    if chosen.too_many:
        return (
            f"Đã chọn {number_text(chosen.too_many)} kiến nghị; mỗi lần làm được nhiều nhất "
            f"{number_text(bulk.MOST)}. Hãy lọc hẹp hơn rồi chọn lại."
        )
    if not chosen.chosen:
        return "Chưa chọn kiến nghị nào. Hãy đánh dấu ở danh sách kiến nghị rồi bấm việc cần làm."
    return ""
