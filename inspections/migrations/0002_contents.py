"""The contents that a round may cover (domain notes); administrators may adapt them."""

from django.db import migrations

CONTENTS = [
    ("leadership", "Lãnh đạo, chỉ đạo, quán triệt văn bản"),
    ("head_responsibility", "Trách nhiệm người đứng đầu"),
    ("working_rules", "Nội quy, quy chế làm việc"),
    ("working_hours", "Thời giờ làm việc"),
    ("conduct", "Văn hóa công sở, đeo thẻ, trang phục"),
    ("one_stop_desk", "Bộ phận một cửa, giải quyết thủ tục hành chính"),
    ("assigned_tasks", "Nhiệm vụ được Ủy ban nhân dân giao"),
    ("citizens", "Tiếp công dân, đơn thư, đường dây nóng"),
    ("staff_management", "Tuyển dụng, quản lý, sử dụng CBCCVC"),
    ("administrative_reform", "Cải cách hành chính"),
    ("internal_checks", "Công tác tự kiểm tra"),
    ("earlier_conclusions", "Thực hiện các kết luận trước đây"),
    ("corruption_waste", "Phòng, chống tham nhũng, lãng phí, tiêu cực"),
    ("other", "Nội dung khác"),
]


def fill(apps, schema_editor):
    """Add the default contents."""
    content = apps.get_model("inspections", "Content")
    content.objects.bulk_create(
        content(code=code, label=label, position=place)
        for place, (code, label) in enumerate(CONTENTS, start=1)
    )


class Migration(migrations.Migration):
    dependencies = [("inspections", "0001_initial")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
