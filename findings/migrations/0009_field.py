"""Evidence, checklists, citizens' cases, and the life of a remedy."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import congvu.fields
import findings.models.evidence
from findings.copies import CopyFromRound


class Migration(migrations.Migration):
    dependencies = [
        ("directives", "0003_reforms_and_signer"),
        ("findings", "0008_pause_for_field"),
        ("inspections", "0008_field"),
        ("units", "0003_reform"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Answer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "version",
                    models.PositiveIntegerField(
                        default=1, editable=False, verbose_name="phiên bản"
                    ),
                ),
                (
                    "reply",
                    models.CharField(
                        blank=True,
                        choices=[("YES", "Có"), ("NO", "Không"), ("NA", "Không áp dụng")],
                        default="",
                        max_length=3,
                        verbose_name="trả lời",
                    ),
                ),
                (
                    "number",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=12, null=True, verbose_name="số"
                    ),
                ),
                ("text", congvu.fields.BlockField(blank=True, default="", verbose_name="chữ")),
                (
                    "note",
                    congvu.fields.LineField(
                        blank=True, default="", max_length=500, verbose_name="ghi chú"
                    ),
                ),
                ("at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "verbose_name": "câu trả lời",
                "verbose_name_plural": "câu trả lời",
                "ordering": ("question__position", "pk"),
            },
        ),
        migrations.CreateModel(
            name="Checklist",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "version",
                    models.PositiveIntegerField(
                        default=1, editable=False, verbose_name="phiên bản"
                    ),
                ),
                (
                    "version_number",
                    models.PositiveSmallIntegerField(default=1, verbose_name="phiên bản"),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("DRAFT", "Dự thảo"),
                            ("IN_FORCE", "Đang dùng"),
                            ("RETIRED", "Thôi dùng"),
                        ],
                        default="DRAFT",
                        max_length=10,
                        verbose_name="trạng thái",
                    ),
                ),
                ("title", congvu.fields.LineField(max_length=200, verbose_name="tên bảng kiểm")),
            ],
            options={
                "verbose_name": "bảng kiểm",
                "verbose_name_plural": "bảng kiểm",
                "ordering": ("content__position", "content", "-version_number"),
            },
        ),
        migrations.CreateModel(
            name="CitizenCase",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "version",
                    models.PositiveIntegerField(
                        default=1, editable=False, verbose_name="phiên bản"
                    ),
                ),
                (
                    "person_name",
                    congvu.fields.LineField(
                        blank=True, default="", max_length=150, verbose_name="họ tên công dân"
                    ),
                ),
                ("subject", congvu.fields.BlockField(verbose_name="nội dung vụ việc")),
                ("since", models.DateField(blank=True, null=True, verbose_name="từ ngày")),
                (
                    "promised_by",
                    models.DateField(
                        blank=True, null=True, verbose_name="hẹn giải quyết trước ngày"
                    ),
                ),
                (
                    "settled_on",
                    models.DateField(blank=True, null=True, verbose_name="giải quyết xong ngày"),
                ),
                (
                    "folded",
                    congvu.fields.FoldedField(default="", editable=False, source=("subject",)),
                ),
            ],
            options={
                "verbose_name": "vụ việc công dân",
                "verbose_name_plural": "vụ việc công dân",
                "ordering": ("pk",),
            },
        ),
        migrations.CreateModel(
            name="Evidence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "version",
                    models.PositiveIntegerField(
                        default=1, editable=False, verbose_name="phiên bản"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("PICTURE", "Ảnh"), ("DOCUMENT", "Tài liệu")],
                        max_length=10,
                        verbose_name="loại",
                    ),
                ),
                ("name", congvu.fields.LineField(max_length=200, verbose_name="tên tệp")),
                (
                    "note",
                    congvu.fields.LineField(
                        blank=True, default="", max_length=300, verbose_name="ghi chú"
                    ),
                ),
                (
                    "file",
                    models.FileField(
                        max_length=200,
                        storage=findings.models.evidence.evidence_storage,
                        upload_to="",
                        verbose_name="tệp",
                    ),
                ),
                (
                    "thumbnail",
                    models.FileField(
                        blank=True,
                        default="",
                        max_length=200,
                        storage=findings.models.evidence.evidence_storage,
                        upload_to="",
                        verbose_name="ảnh nhỏ",
                    ),
                ),
                ("size", models.PositiveIntegerField(verbose_name="dung lượng (byte)")),
                ("sha256", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="nhận lúc")),
                ("taken_at", models.DateTimeField(blank=True, null=True, verbose_name="chụp lúc")),
            ],
            options={
                "verbose_name": "bằng chứng",
                "verbose_name_plural": "bằng chứng",
                "ordering": ("pk",),
            },
        ),
        migrations.CreateModel(
            name="ExtensionRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("until", models.DateField(verbose_name="xin đến ngày")),
                ("reason", congvu.fields.BlockField(verbose_name="lý do xin gia hạn")),
                (
                    "document",
                    congvu.fields.LineField(
                        blank=True, default="", max_length=200, verbose_name="văn bản xin gia hạn"
                    ),
                ),
                (
                    "answered_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="ngày trả lời"),
                ),
                (
                    "refusal",
                    congvu.fields.BlockField(blank=True, default="", verbose_name="lý do từ chối"),
                ),
                (
                    "refusal_document",
                    congvu.fields.LineField(
                        blank=True, default="", max_length=200, verbose_name="văn bản từ chối"
                    ),
                ),
            ],
            options={
                "verbose_name": "đề nghị gia hạn",
                "verbose_name_plural": "đề nghị gia hạn",
                "ordering": ("at", "pk"),
            },
        ),
        migrations.CreateModel(
            name="Question",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(verbose_name="thứ tự")),
                ("text", congvu.fields.LineField(max_length=300, verbose_name="câu hỏi")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("YES_NO", "Có / Không / Không áp dụng"),
                            ("NUMBER", "Số"),
                            ("TEXT", "Chữ"),
                        ],
                        default="YES_NO",
                        max_length=10,
                        verbose_name="cách trả lời",
                    ),
                ),
                (
                    "guidance",
                    congvu.fields.BlockField(blank=True, default="", verbose_name="hướng dẫn"),
                ),
                (
                    "legal_basis",
                    congvu.fields.LineField(
                        blank=True, default="", max_length=300, verbose_name="căn cứ"
                    ),
                ),
                (
                    "category",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("WORK_TIME", "Thời giờ làm việc"),
                            ("CARD_NAMEPLATE", "Đeo thẻ, biển tên"),
                            ("WORKPLACE", "Phòng làm việc, cơ sở vật chất"),
                            ("ALCOHOL_PRIVATE", "Rượu bia, việc riêng"),
                            ("ATTITUDE", "Thái độ, giao tiếp, ứng xử"),
                            ("HARASSMENT", "Nhũng nhiễu, phiền hà"),
                            ("PROCEDURE_BREACH", "Hồ sơ, quy trình TTHC trái quy định"),
                            ("PROCEDURE_OVERDUE", "Hồ sơ TTHC trễ hạn"),
                            ("PUBLICITY", "Niêm yết công khai"),
                            ("TASK_OVERDUE", "Chậm nhiệm vụ được giao"),
                            ("SHIRKING", "Đùn đẩy, né tránh, sợ trách nhiệm"),
                            ("WORK_RULES", "Nội quy, quy chế làm việc"),
                            ("ADVICE_QUALITY", "Chất lượng tham mưu, chuyên môn"),
                            ("COORDINATION", "Phối hợp công tác"),
                            ("HEAD_RESPONSIBILITY", "Trách nhiệm người đứng đầu"),
                            ("STAFF_MANAGEMENT", "Tuyển dụng, quản lý CBCCVC"),
                            ("CITIZEN_CASE", "Vụ việc, đơn thư tồn đọng"),
                            ("ETHICS_LAW", "Đạo đức, lối sống, pháp luật"),
                            ("OTHER", "Khác"),
                        ],
                        default="",
                        max_length=20,
                        verbose_name="nhóm tồn tại khi trả lời “Không”",
                    ),
                ),
                (
                    "severity",
                    models.CharField(
                        choices=[
                            ("SHORTCOMING", "Tồn tại"),
                            ("LIMITATION", "Hạn chế"),
                            ("VIOLATION", "Vi phạm"),
                        ],
                        default="SHORTCOMING",
                        max_length=15,
                        verbose_name="mức độ",
                    ),
                ),
            ],
            options={
                "verbose_name": "câu hỏi",
                "verbose_name_plural": "câu hỏi",
                "ordering": ("checklist", "position", "pk"),
            },
        ),
        migrations.CreateModel(
            name="VisitChecklist",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
            ],
            options={
                "ordering": ("pk",),
            },
        ),
        migrations.AddField(
            model_name="remedy",
            name="acknowledged_at",
            field=models.DateTimeField(
                blank=True, editable=False, null=True, verbose_name="tiếp nhận lúc"
            ),
        ),
        migrations.AddField(
            model_name="remedy",
            name="acknowledged_by",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="remedy",
            name="answerer",
            field=congvu.fields.LineField(
                blank=True, default="", max_length=200, verbose_name="người, đơn vị trả lời"
            ),
        ),
        migrations.AddField(
            model_name="remedy",
            name="decision_number",
            field=congvu.fields.LineField(
                blank=True, default="", max_length=60, verbose_name="số quyết định kỷ luật"
            ),
        ),
        migrations.AddField(
            model_name="remedy",
            name="decision_on",
            field=models.DateField(blank=True, null=True, verbose_name="ngày quyết định"),
        ),
        migrations.AddField(
            model_name="remedy",
            name="is_complicated",
            field=models.BooleanField(default=False, verbose_name="vụ việc phức tạp"),
        ),
        migrations.AddField(
            model_name="remedy",
            name="keeper",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="remedies_kept",
                to=settings.AUTH_USER_MODEL,
                verbose_name="người theo dõi",
            ),
        ),
        migrations.AddField(
            model_name="remedy",
            name="official_kind",
            field=models.CharField(
                blank=True,
                choices=[
                    ("CADRE", "Cán bộ"),
                    ("CIVIL_SERVANT", "Công chức không giữ chức vụ lãnh đạo"),
                    ("LEADING", "Công chức lãnh đạo, quản lý"),
                    ("PUBLIC_EMPLOYEE", "Viên chức không giữ chức vụ quản lý"),
                    ("MANAGER", "Viên chức quản lý"),
                ],
                default="",
                max_length=20,
                verbose_name="loại cán bộ",
            ),
        ),
        migrations.AddField(
            model_name="remedy",
            name="settled_in",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="remedies_settled",
                to="inspections.visit",
                verbose_name="lượt phúc tra",
            ),
        ),
        migrations.AddField(
            model_name="remedy",
            name="verified_by",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="remedy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "official_kind__in",
                        ["CADRE", "CIVIL_SERVANT", "LEADING", "PUBLIC_EMPLOYEE", "MANAGER", ""],
                    )
                ),
                name="findings_remedy_official_kind_code",
            ),
        ),
        migrations.AddField(
            model_name="answer",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="answer",
            name="visit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="answers",
                to="inspections.visit",
            ),
        ),
        migrations.AddField(
            model_name="checklist",
            name="content",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="checklists",
                to="inspections.content",
                verbose_name="nội dung kiểm tra",
            ),
        ),
        migrations.AddField(
            model_name="checklist",
            name="owner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="checklists",
                to="units.unit",
                verbose_name="đơn vị ban hành",
            ),
        ),
        migrations.AddField(
            model_name="citizencase",
            name="remedy",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="case",
                to="findings.remedy",
                verbose_name="kiến nghị",
            ),
        ),
        migrations.AddField(
            model_name="citizencase",
            name="visit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cases",
                to="inspections.visit",
                verbose_name="lượt kiểm tra",
            ),
        ),
        migrations.AddField(
            model_name="evidence",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="evidence",
            name="finding",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="evidence",
                to="findings.finding",
                verbose_name="tồn tại",
            ),
        ),
        migrations.AddField(
            model_name="evidence",
            name="progress",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="evidence",
                to="findings.progress",
                verbose_name="báo cáo tiến độ",
            ),
        ),
        migrations.AddField(
            model_name="evidence",
            name="remedy",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="evidence",
                to="findings.remedy",
                verbose_name="kiến nghị",
            ),
        ),
        migrations.AddField(
            model_name="evidence",
            name="visit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="evidence",
                to="inspections.visit",
                verbose_name="lượt kiểm tra",
            ),
        ),
        migrations.AddField(
            model_name="extensionrequest",
            name="answered_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="extensionrequest",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="extensionrequest",
            name="extension",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="request",
                to="findings.extension",
            ),
        ),
        migrations.AddField(
            model_name="extensionrequest",
            name="remedy",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="requests",
                to="findings.remedy",
                verbose_name="kiến nghị",
            ),
        ),
        migrations.AddField(
            model_name="question",
            name="checklist",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="questions",
                to="findings.checklist",
            ),
        ),
        migrations.AddField(
            model_name="answer",
            name="question",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="answers",
                to="findings.question",
            ),
        ),
        migrations.AddField(
            model_name="visitchecklist",
            name="checklist",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="visits",
                to="findings.checklist",
            ),
        ),
        migrations.AddField(
            model_name="visitchecklist",
            name="visit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="checklists",
                to="inspections.visit",
            ),
        ),
        migrations.AddConstraint(
            model_name="checklist",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["DRAFT", "IN_FORCE", "RETIRED"])),
                name="findings_checklist_status_code",
            ),
        ),
        migrations.AddConstraint(
            model_name="checklist",
            constraint=models.UniqueConstraint(
                fields=("owner", "content", "version_number"), name="findings_checklist_identity"
            ),
        ),
        migrations.AddConstraint(
            model_name="checklist",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "IN_FORCE")),
                fields=("owner", "content"),
                name="findings_checklist_one_in_force",
            ),
        ),
        migrations.AddConstraint(
            model_name="checklist",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "DRAFT")),
                fields=("owner", "content"),
                name="findings_checklist_one_draft",
            ),
        ),
        migrations.AddConstraint(
            model_name="citizencase",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("since__isnull", True),
                    ("settled_on__isnull", True),
                    ("settled_on__gte", models.F("since")),
                    _connector="OR",
                ),
                name="findings_citizencase_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["PICTURE", "DOCUMENT"])),
                name="findings_evidence_kind_code",
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("progress__isnull", True), ("remedy__isnull", False), _connector="OR"
                ),
                name="findings_evidence_report_has_remedy",
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.CheckConstraint(
                condition=models.Q(("size__gt", 0), ("size__lte", 20971520)),
                name="findings_evidence_size",
            ),
        ),
        migrations.AddConstraint(
            model_name="extensionrequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("answered_at__isnull", True)),
                fields=("remedy",),
                name="findings_extensionrequest_one_waiting",
                violation_error_message="Kiến nghị này đã có một đề nghị gia hạn đang chờ trả lời.",
            ),
        ),
        migrations.AddConstraint(
            model_name="extensionrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("answered_at__isnull", True), ("extension__isnull", True), ("refusal", "")
                    ),
                    models.Q(
                        ("answered_at__isnull", False),
                        ("extension__isnull", False),
                        ("refusal", ""),
                    ),
                    models.Q(
                        ("answered_at__isnull", False),
                        ("extension__isnull", True),
                        models.Q(("refusal", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="findings_extensionrequest_answer",
            ),
        ),
        migrations.AddConstraint(
            model_name="question",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["YES_NO", "NUMBER", "TEXT"])),
                name="findings_question_kind_code",
            ),
        ),
        migrations.AddConstraint(
            model_name="question",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "category__in",
                        [
                            "WORK_TIME",
                            "CARD_NAMEPLATE",
                            "WORKPLACE",
                            "ALCOHOL_PRIVATE",
                            "ATTITUDE",
                            "HARASSMENT",
                            "PROCEDURE_BREACH",
                            "PROCEDURE_OVERDUE",
                            "PUBLICITY",
                            "TASK_OVERDUE",
                            "SHIRKING",
                            "WORK_RULES",
                            "ADVICE_QUALITY",
                            "COORDINATION",
                            "HEAD_RESPONSIBILITY",
                            "STAFF_MANAGEMENT",
                            "CITIZEN_CASE",
                            "ETHICS_LAW",
                            "OTHER",
                            "",
                        ],
                    )
                ),
                name="findings_question_category_code",
            ),
        ),
        migrations.AddConstraint(
            model_name="question",
            constraint=models.CheckConstraint(
                condition=models.Q(("severity__in", ["SHORTCOMING", "LIMITATION", "VIOLATION"])),
                name="findings_question_severity_code",
            ),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.UniqueConstraint(
                fields=("visit", "question"), name="findings_answer_identity"
            ),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.CheckConstraint(
                condition=models.Q(("reply__in", ["YES", "NO", "NA", ""])),
                name="findings_answer_reply_code",
            ),
        ),
        migrations.AddConstraint(
            model_name="visitchecklist",
            constraint=models.UniqueConstraint(
                fields=("visit", "checklist"), name="findings_visitchecklist_identity"
            ),
        ),
        CopyFromRound(),
    ]
