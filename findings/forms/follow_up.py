"""Forms of what is done with a remedy until it is settled."""

from __future__ import annotations

from congvu.deeds import DeedForm
from congvu.forms import BlockInput, DayField, LineInput
from findings.forms.evidence import FilesField
from findings.forms.on_visit import no_citizen_id


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


class CompletionForm(DeedForm):
    """When the remedy was done, and by which document that was reported."""

    completed_on = DayField(label="Ngày hoàn thành", help_text="Ví dụ: 12/6/2023.")
    report_document = LineInput(
        label="Văn bản báo cáo",
        max_length=200,
        required=False,
        help_text="Số ký hiệu văn bản của đơn vị, ví dụ: 05/BC-UBND.",
    )
