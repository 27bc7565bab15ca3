"""Parts of pages: what they escape, what they say to screen readers, how forms are drawn."""

from __future__ import annotations

import re
import uuid
from datetime import date
from typing import Any

import pytest
from django import forms
from django.template import Context, Template
from django.test import Client, RequestFactory

from congvu.forms import LineInput, Meanwhile
from congvu.tables import Cell, Row
from congvu.trail import mark
from tests.conftest import World


def draw(source: str, **context: Any) -> str:
    return Template(source).render(Context(context))


class SmallForm(forms.Form):
    groups = (("Nhóm một", ("kind",)),)

    name = LineInput(label="Tên", help_text="Ví dụ: Hòa.")
    kind = forms.ChoiceField(label="Loại", choices=(("", "---------"), ("A", "Loại A")))
    note = forms.CharField(label="Ghi chú", required=False)


def test_a_state_is_sign_and_word_and_escapes() -> None:
    shown = draw("{% status_badge 'danger' text %}", text="<b>Quá hạn</b>")
    assert "state-danger" in shown
    assert "<svg" in shown
    assert "&lt;b&gt;Quá hạn" in shown
    assert "state-secondary" in draw("{% status_badge 'purple' 'lạ' %}")


def test_a_row_escapes_what_people_typed() -> None:
    cells = (
        Cell('Mã "x"', "<i>1</i>", url="/x/?a=1&b=2", small="<u>"),
        Cell("Nội dung", "<script>"),
        Cell("Trạng thái", "Xong<", tone="success"),
        Cell("Trống", ""),
    )
    shown = draw("{% table_row row %}", row=Row(cells, None, None))
    assert "<i>" not in shown
    assert "<script>" not in shown
    assert "<u>" not in shown
    assert 'href="/x/?a=1&amp;b=2"' in shown
    assert 'data-label="Mã &quot;x&quot;"' in shown
    assert shown.count("main") == 1
    assert shown.count("void") == 1


def test_breadcrumb_only_where_there_is_something_above() -> None:
    assert draw("{% breadcrumb %} {% endbreadcrumb %}") == ""
    source = "{% breadcrumb %}{% crumb '/rounds/' name %}{% endbreadcrumb %}"
    shown = draw(source, name="Cuộc <1>")
    assert "Trang chủ" in shown
    assert "Cuộc &lt;1&gt;" in shown


def test_a_form_sent_back_keeps_its_key() -> None:
    key = str(uuid.uuid4())
    request = RequestFactory().post("/", {"_once": key})
    assert draw("{% once_key %}", request=request) == key
    other = RequestFactory().post("/", {"_once": "'><script>"})
    assert uuid.UUID(draw("{% once_key %}", request=other))


def test_fields_by_group_the_rest_last() -> None:
    shown = draw(
        "{% form_groups form as groups %}"
        "{% for group in groups %}[{{ group.title }}:"
        "{% for field in group.fields %}{{ field.name }},{% endfor %}]{% endfor %}",
        form=SmallForm(),
    )
    assert shown == "[Nhóm một:kind,][:name,note,]"


def test_optional_fields_say_so_and_required_ones_do_not() -> None:
    shown = draw("{{ form }}", form=SmallForm())
    assert shown.count("(không bắt buộc)") == 1
    assert "– Chọn –" in shown
    assert "---------" not in shown


def test_a_fault_is_tied_to_its_field() -> None:
    form = SmallForm({"name": "", "kind": "A"})
    shown = draw("{{ form }}", form=form)
    assert 'aria-invalid="true"' in shown
    assert 'aria-describedby="id_name_helptext id_name_error"' in shown
    assert 'id="id_name_error"' in shown
    summary = draw("{% include 'congvu/parts/error_summary.html' %}", form=form)
    assert '<a href="#id_name">Tên: Hãy điền mục này.</a>' in summary


def test_a_conflict_is_told_in_words() -> None:
    meanwhile = Meanwhile(
        "Nguyễn Thị Hòa", None, [("Loại", "A", ""), ("Ngày", date(2023, 3, 1), None)]
    )
    shown = draw("{% include 'congvu/parts/conflict.html' %}", form=SmallForm(), conflict=meanwhile)
    assert "Loại A" in shown
    assert "01/03/2023" in shown
    assert shown.count("(trống)") == 2


def test_the_trail_reads_as_sentences(world: World, staff: Client) -> None:
    unit = world.dai_tu
    changes = {
        "valid_to": (None, date(2025, 6, 30)),
        "kind": ("DISTRICT", "COMMUNE"),
        "Tên gọi riêng": ("a", "b"),
    }
    mark(staff.user, unit, "changed", changes, note="Theo nghị quyết")  # type: ignore[attr-defined]  # set by conftest
    unit.refresh_from_db()
    shown = draw(
        "{% include 'congvu/parts/trail.html' %}",
        record=unit,
        events=type(mark(None, unit, "closed")).objects.of(unit),
    )
    assert "<ins>30/06/2025</ins>" in shown
    assert "<del>Cấp huyện</del>" in shown
    assert "Tên gọi riêng" in shown
    assert "Theo nghị quyết" in shown
    assert "Hệ thống" in shown


@pytest.mark.django_db
def test_error_pages_say_what_to_do(client: Client, staff: Client) -> None:
    for each in (client, staff):
        page = each.get("/khong-co-trang-nay/")
        assert page.status_code == 404
        assert "Về trang chủ" in page.content.decode()
    assert "Hệ thống gặp lỗi" in draw("{% include '500.html' %}")


def test_the_frame_offers_only_what_the_role_may(staff: Client, inspector: Client) -> None:
    page = staff.get("/accounts/profile/").content.decode()
    assert "/accounts/profile/" in page
    assert 'href="/accounts/"' not in page
    assert "bottom-bar" not in page
    assert "bottom-bar" in inspector.get("/accounts/profile/").content.decode()


class Choices(forms.Form):
    """Choices of each look, and a file."""

    choice = forms.ChoiceField(choices=(("", "– Chọn –"), ("A", "Loại A")))
    radio = forms.ChoiceField(choices=(("A", "Loại A"),), widget=forms.RadioSelect)
    file = forms.FileField()


def test_a_missing_choice_is_to_be_chosen() -> None:
    errors = Choices({}).errors
    assert errors["choice"] == errors["radio"] == ["Hãy chọn một mục."]
    assert errors["file"] == ["Hãy chọn một tệp."]


def test_a_fault_is_tied_to_its_group_of_choices() -> None:
    shown = draw("{{ form }}", form=Choices({}))
    assert re.search(r'<fieldset[^>]* aria-describedby="id_radio_error"', shown)
    assert 'id="id_radio_error"' in shown
    summary = draw("{% include 'congvu/parts/error_summary.html' %}", form=Choices({}))
    assert 'href="#id_radio_0"' in summary
    assert 'id="id_radio_0"' in shown


def test_a_refusal_speaks_of_what_was_typed_only_when_something_was_sent(
    leader: Client, world: World
) -> None:
    kept = "Nội dung bạn vừa nhập vẫn được giữ"
    assert kept not in leader.get("/rounds/create/").content.decode()
    assert kept in leader.post("/rounds/create/", {"code": "X"}).content.decode()


def test_one_fault_of_a_unit_gives_one_sentence(staff: Client, admin: Client, world: World) -> None:
    document = {"number": "45/KH-UBND", "issued_on": "17/3/2023", "type": "KH", "subject": "A"}
    account = {"full_name": "A", "username": "a.b", "role": "STAFF"}
    for client, path, name, typed in (
        (staff, "/documents/create/", "issuer", document),
        (admin, "/accounts/create/", "unit", account),
    ):
        for text in ("", "xyz"):
            sent = {**typed, name: text, "_once": str(uuid.uuid4())}
            assert len(client.post(path, sent).context["form"].errors[name]) == 1
    # What a constraint says of a record half filled in would be no help.
    errors = staff.post("/documents/create/", {"_once": str(uuid.uuid4())}).context["form"].errors
    assert "__all__" not in errors
