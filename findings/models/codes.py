"""Sets of codes that findings and remedies use, and how their own codes are proposed."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models


class Category(models.TextChoices):
    """What a finding is about (contract §3, "Nhóm")."""

    WORK_TIME = "WORK_TIME", "Thời giờ làm việc"
    CARD_NAMEPLATE = "CARD_NAMEPLATE", "Đeo thẻ, biển tên"
    WORKPLACE = "WORKPLACE", "Phòng làm việc, cơ sở vật chất"
    ALCOHOL_PRIVATE = "ALCOHOL_PRIVATE", "Rượu bia, việc riêng"
    ATTITUDE = "ATTITUDE", "Thái độ, giao tiếp, ứng xử"
    HARASSMENT = "HARASSMENT", "Nhũng nhiễu, phiền hà"
    PROCEDURE_BREACH = "PROCEDURE_BREACH", "Hồ sơ, quy trình TTHC trái quy định"
    PROCEDURE_OVERDUE = "PROCEDURE_OVERDUE", "Hồ sơ TTHC trễ hạn"
    PUBLICITY = "PUBLICITY", "Niêm yết công khai"
    TASK_OVERDUE = "TASK_OVERDUE", "Chậm nhiệm vụ được giao"
    SHIRKING = "SHIRKING", "Đùn đẩy, né tránh, sợ trách nhiệm"
    WORK_RULES = "WORK_RULES", "Nội quy, quy chế làm việc"
    ADVICE_QUALITY = "ADVICE_QUALITY", "Chất lượng tham mưu, chuyên môn"
    COORDINATION = "COORDINATION", "Phối hợp công tác"
    HEAD_RESPONSIBILITY = "HEAD_RESPONSIBILITY", "Trách nhiệm người đứng đầu"
    STAFF_MANAGEMENT = "STAFF_MANAGEMENT", "Tuyển dụng, quản lý CBCCVC"
    CITIZEN_CASE = "CITIZEN_CASE", "Vụ việc, đơn thư tồn đọng"
    ETHICS_LAW = "ETHICS_LAW", "Đạo đức, lối sống, pháp luật"
    OTHER = "OTHER", "Khác"


class Severity(models.TextChoices):
    """How grave a finding is, rising in this order (domain notes)."""

    SHORTCOMING = "SHORTCOMING", "Tồn tại"
    LIMITATION = "LIMITATION", "Hạn chế"
    VIOLATION = "VIOLATION", "Vi phạm"


class Subject(models.TextChoices):
    """Whom a finding or remedy concerns (contract §3, "Đối tượng")."""

    COLLECTIVE = "COLLECTIVE", "Tập thể"
    INDIVIDUAL = "INDIVIDUAL", "Cá nhân"


class RemedyKind(models.TextChoices):
    """What is demanded (contract §3, "Loại kiến nghị")."""

    REVIEW = "REVIEW", "Kiểm điểm trách nhiệm"
    DISCIPLINE = "DISCIPLINE", "Xử lý kỷ luật"
    EXPLAIN_RECTIFY = "EXPLAIN_RECTIFY", "Giải trình và khắc phục"
    REMIND = "REMIND", "Nhắc nhở, rút kinh nghiệm"
    RECTIFY_ON_SITE = "RECTIFY_ON_SITE", "Khắc phục tại chỗ"
    CRITICIZE = "CRITICIZE", "Phê bình"
    APOLOGIZE = "APOLOGIZE", "Xin lỗi công khai"
    REASSIGN = "REASSIGN", "Điều động, chuyển vị trí"
    TRAIN = "TRAIN", "Đào tạo, bồi dưỡng"
    SETTLE_CASE = "SETTLE_CASE", "Giải quyết vụ việc công dân"
    AMEND_RULES = "AMEND_RULES", "Ban hành, sửa nội quy"
    RECOMMEND = "RECOMMEND", "Kiến nghị cấp có thẩm quyền"
    TRANSFER = "TRANSFER", "Chuyển cơ quan khác"


class DisciplineForm(models.TextChoices):
    """Forms of discipline (contract §3); some only until a day, see `LAST_DAYS`."""

    REPRIMAND = "REPRIMAND", "Khiển trách"
    WARNING = "WARNING", "Cảnh cáo"
    SALARY_DOWNGRADE = "SALARY_DOWNGRADE", "Hạ bậc lương"
    DEMOTION = "DEMOTION", "Giáng chức"
    REMOVAL = "REMOVAL", "Cách chức"
    DISMISSAL = "DISMISSAL", "Bãi nhiệm"
    FORCED_RESIGNATION = "FORCED_RESIGNATION", "Buộc thôi việc"


class OfficialKind(models.TextChoices):
    """Kinds of officials, who know different forms of discipline (domain notes)."""

    CADRE = "CADRE", "Cán bộ"
    CIVIL_SERVANT = "CIVIL_SERVANT", "Công chức không giữ chức vụ lãnh đạo"
    LEADING_CIVIL_SERVANT = "LEADING", "Công chức lãnh đạo, quản lý"
    PUBLIC_EMPLOYEE = "PUBLIC_EMPLOYEE", "Viên chức không giữ chức vụ quản lý"
    MANAGER = "MANAGER", "Viên chức quản lý"


# The last day on which a form that was abolished could be taken (domain notes).
LAST_DAYS: dict[str, date] = {
    DisciplineForm.SALARY_DOWNGRADE: date(2025, 6, 30),
    DisciplineForm.DEMOTION: date(2025, 6, 30),
}


# Which forms each kind of official knows or once knew (domain notes, "Discipline forms in time").
FORMS_OF: dict[str, tuple[DisciplineForm, ...]] = {
    OfficialKind.CADRE: (
        DisciplineForm.REPRIMAND,
        DisciplineForm.WARNING,
        DisciplineForm.REMOVAL,
        DisciplineForm.DISMISSAL,
    ),
    OfficialKind.CIVIL_SERVANT: (
        DisciplineForm.REPRIMAND,
        DisciplineForm.WARNING,
        DisciplineForm.SALARY_DOWNGRADE,
        DisciplineForm.FORCED_RESIGNATION,
    ),
    OfficialKind.LEADING_CIVIL_SERVANT: (
        DisciplineForm.REPRIMAND,
        DisciplineForm.WARNING,
        DisciplineForm.DEMOTION,
        DisciplineForm.REMOVAL,
        DisciplineForm.FORCED_RESIGNATION,
    ),
    OfficialKind.PUBLIC_EMPLOYEE: (
        DisciplineForm.REPRIMAND,
        DisciplineForm.WARNING,
        DisciplineForm.FORCED_RESIGNATION,
    ),
    OfficialKind.MANAGER: (
        DisciplineForm.REPRIMAND,
        DisciplineForm.WARNING,
        DisciplineForm.REMOVAL,
        DisciplineForm.FORCED_RESIGNATION,
    ),
}


def discipline_forms_on(day: date, official_kind: str = "") -> list[DisciplineForm]:
    """The forms of discipline in force on that day, for that kind of official where it is told."""
    known = FORMS_OF.get(official_kind, tuple(DisciplineForm))
    return [form for form in known if day <= LAST_DAYS.get(form, day)]


class RemedyState(models.TextChoices):
    """Where a remedy stands on a day (contract §4 rule 6): derived, never stored."""

    DONE_ON_TIME = "done_on_time", "Xong đúng hạn"
    DONE_LATE = "done_late", "Xong quá hạn"
    OPEN = "open", "Đang thực hiện"
    OVERDUE = "overdue", "Quá hạn"


class CaseState(models.TextChoices):
    """Where a citizen's case stands on a day: derived, never stored."""

    SETTLED = "settled", "Đã giải quyết"
    OPEN = "open", "Đang chờ giải quyết"
    OVERDUE = "overdue", "Quá hẹn"


# The tone in which each state is shown, on every page.
STATE_TONES: dict[str, str] = {
    RemedyState.DONE_ON_TIME: "success",
    RemedyState.DONE_LATE: "warning",
    RemedyState.OPEN: "info",
    RemedyState.OVERDUE: "danger",
}


def next_code(records: models.QuerySet[Any], prefix: str) -> str:
    """A code not yet in use: the prefix and the next running number."""
    taken = records.filter(code__startswith=prefix).values_list("code", flat=True)
    tails = (str(code)[len(prefix) :] for code in taken)
    # A long tail is somebody's own numbering, not the next of ours.
    numbers = (int(t) for t in tails if t.isascii() and t.isdecimal() and len(t) <= 6)
    last = max(numbers, default=0)
    return f"{prefix}{last + 1:02}"
