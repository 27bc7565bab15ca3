"""What the database itself holds of checklists and answers."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from findings.kept import KeepChecklists


class Migration(migrations.Migration):
    dependencies = [("findings", "0009_field")]

    operations = [
        migrations.AlterField(
            model_name="answer",
            name="at",
            field=models.DateTimeField(default=django.utils.timezone.now),
        ),
        migrations.AlterField(
            model_name="visitchecklist",
            name="visit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="checklists",
                to="inspections.visit",
            ),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        models.Q(("reply", ""), _negated=True), ("number", None), ("text", "")
                    ),
                    models.Q(("reply", ""), ("number__isnull", False), ("text", "")),
                    models.Q(
                        ("reply", ""), ("number", None), models.Q(("text", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="findings_answer_one_of_three",
            ),
        ),
        migrations.AddConstraint(
            model_name="question",
            constraint=models.CheckConstraint(
                condition=models.Q(("category", ""), ("kind", "YES_NO"), _connector="OR"),
                name="findings_question_category_of_no",
                violation_error_message="Chỉ câu hỏi Có/Không mới đề xuất tồn tại; hãy để trống "
                "nhóm tồn tại.",
            ),
        ),
        KeepChecklists(),
    ]
