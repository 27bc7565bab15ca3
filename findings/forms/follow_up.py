"""Forms of what is done with a remedy until it is settled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms

from accounts.models import User
from congvu.deeds import DeedForm
from congvu.forms import BlockInput, DayField, LineInput
from findings.forms.evidence import FilesField
from findings.forms.on_visit import no_citizen_id
from findings.keepers import keepers_of
from findings.models import Remedy, named

if TYPE_CHECKING:
    _UserChoice = forms.ModelChoiceField[User]
else:
    # Django's own classes take no type parameters while they run.
    _UserChoice = forms.ModelChoiceField


class ExtensionForm(DeedForm):
    """A permission to finish later."""

    decided_on = DayField(
        label="Ngày cho phép gia hạn", help_text="Ngày của văn bản cho phép, ví dụ: 20/6/2023."
    )
    due_on = DayField(label="Hạn mới", help_text="Ngày cuối còn trong hạn, ví dụ: 25/8/2023.")
    document = LineInput(
        label="Văn bản cho phép",
        max_length=200,
        required=False,
        help_text="Số ký hiệu, ví dụ: 12/SNV-CCHC.",
    )


class ReportForm(DeedForm):
    """How far the asked side is."""

    text = BlockInput(
        label="Nội dung báo cáo",
        max_length=5000,
        validators=[no_citizen_id],
        help_text="Đã làm gì, còn gì, bao giờ xong. Không ghi họ tên, số căn cước cá nhân.",
    )
    completed_on = DayField(
        label="Ngày đã hoàn thành",
        required=False,
        help_text="Chỉ ghi khi đã xong, ví dụ: 12/6/2023. Cơ quan kiểm tra sẽ xem và xác nhận.",
    )
    document = LineInput(
        label="Văn bản báo cáo",
        max_length=200,
        required=False,
        help_text="Số ký hiệu, ví dụ: 05/BC-UBND.",
    )
    uploads = FilesField(label="Bằng chứng", required=False)


class KeeperChoice(_UserChoice):
    """An account, told with its unit."""

    def label_from_instance(self, obj: Any) -> str:
        """Such as: Lê Văn A (Sở Nội vụ)."""
        return named(obj)


class KeeperForm(DeedForm):
    """Who follows the remedy; the choices are those who may."""

    keeper = KeeperChoice(
        label="Người theo dõi",
        queryset=User.objects.none(),
        required=False,
        empty_label="Chưa giao cho ai",
        widget=forms.Select(attrs={"data-search-select": ""}),
        help_text="Được nhắc khi kiến nghị đến hạn. Chỉ gồm người được xác nhận hoàn thành.",
    )

    def __init__(self, *args: Any, record: Remedy, **kwargs: Any) -> None:
        super().__init__(*args, record=record, **kwargs)
        field = self.fields["keeper"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  # declared above
        field.queryset = keepers_of(record)
        self.initial["keeper"] = record.keeper_id


class CompletionForm(DeedForm):
    """When the remedy was done, and by which document that was reported."""

    completed_on = DayField(label="Ngày hoàn thành", help_text="Ví dụ: 12/6/2023.")
    report_document = LineInput(
        label="Văn bản báo cáo",
        max_length=200,
        required=False,
        help_text="Số ký hiệu văn bản của đơn vị, ví dụ: 05/BC-UBND.",
    )


class ExtensionRequestForm(DeedForm):
    """What the asked side asks for: until when, and why."""

    until = DayField(
        label="Xin gia hạn đến ngày", help_text="Ngày cuối xin được làm, ví dụ: 25/8/2023."
    )
    reason = BlockInput(
        label="Lý do xin gia hạn",
        max_length=2000,
        validators=[no_citizen_id],
        help_text="Đã làm đến đâu, vì sao chưa xong. Không ghi họ tên, số căn cước cá nhân.",
    )
    document = LineInput(
        label="Văn bản xin gia hạn",
        max_length=200,
        required=False,
        help_text="Số ký hiệu, ví dụ: 15/UBND-VP.",
    )


class ExtensionAnswerForm(DeedForm):
    """The answer to a request for more time: granted until a day, or refused with the reason."""

    GRANT = "grant"
    REFUSE = "refuse"
    needed: ClassVar[dict[str, str]] = {
        "decided_on": "bắt buộc khi cho gia hạn",
        "due_on": "bắt buộc khi cho gia hạn",
        "reason": "bắt buộc khi không cho gia hạn",
    }

    answer = forms.ChoiceField(
        label="Trả lời",
        choices=((GRANT, "Cho gia hạn"), (REFUSE, "Không cho gia hạn")),
        widget=forms.RadioSelect,
    )
    decided_on = DayField(
        label="Ngày cho phép gia hạn",
        required=False,
        help_text="Ngày của văn bản cho phép, ví dụ: 20/6/2023.",
    )
    due_on = DayField(
        label="Hạn mới",
        required=False,
        help_text="Có thể khác ngày đơn vị xin.",
    )
    reason = BlockInput(
        label="Lý do không cho gia hạn",
        max_length=2000,
        required=False,
        validators=[no_citizen_id],
        help_text="Đơn vị đọc được lý do này.",
    )
    document = LineInput(
        label="Văn bản trả lời",
        max_length=200,
        required=False,
        help_text="Số ký hiệu, ví dụ: 12/SNV-CCHC.",
    )

    def clean(self) -> dict[str, Any]:
        """What the chosen answer needs must be there."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        needed = {
            self.GRANT: {"decided_on": "Hãy ghi ngày cho phép.", "due_on": "Hãy ghi hạn mới."},
            self.REFUSE: {"reason": "Hãy ghi lý do không cho gia hạn."},
        }
        for name, said in needed.get(cleaned.get("answer", ""), {}).items():
            if name not in self.errors and not cleaned.get(name):
                self.add_error(name, said)
        return cleaned

    @property
    def granted(self) -> bool:
        """Whether more time is given. Only after `is_valid()`."""
        return bool(self.cleaned_data["answer"] == self.GRANT)

    @property
    def typed(self) -> dict[str, Any]:
        """What the deed of the chosen answer is told. Only after `is_valid()`."""
        names = ("decided_on", "due_on") if self.granted else ("reason",)
        return {name: self.cleaned_data[name] for name in (*names, "document")}
