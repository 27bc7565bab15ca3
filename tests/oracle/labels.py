"""The codes and labels of contract §3, copied from its table."""

from __future__ import annotations

_TABLE = {
    "unit kind": (
        "PROVINCE = Cấp tỉnh · DEPARTMENT = Sở, ban, ngành · DISTRICT = Cấp huyện · "
        "COMMUNE = Cấp xã · PUBLIC_SERVICE_UNIT = Đơn vị sự nghiệp · DIVISION = Phòng, bộ phận"
    ),
    "succession": "MERGE = Nhập · SPLIT = Chia · CONTINUE = Tiếp tục",
    "round form": (
        "PLANNED = Theo kế hoạch · SURPRISE = Đột xuất · VERIFICATION = Xác minh · "
        "THEMATIC = Chuyên đề · RECHECK = Phúc tra"
    ),
    "round status": (
        "SCHEDULED = Dự kiến · IN_PROGRESS = Đang kiểm tra · COMPLETED = Hoàn thành · "
        "CANCELLED = Hủy"
    ),
    "severity": "SHORTCOMING = Tồn tại · LIMITATION = Hạn chế · VIOLATION = Vi phạm",
    "subject": "COLLECTIVE = Tập thể · INDIVIDUAL = Cá nhân",
    "finding category": (
        "WORK_TIME = Thời giờ làm việc · CARD_NAMEPLATE = Đeo thẻ, biển tên · "
        "WORKPLACE = Phòng làm việc, cơ sở vật chất · ALCOHOL_PRIVATE = Rượu bia, việc riêng · "
        "ATTITUDE = Thái độ, giao tiếp, ứng xử · HARASSMENT = Nhũng nhiễu, phiền hà · "
        "PROCEDURE_BREACH = Hồ sơ, quy trình TTHC trái quy định · "
        "PROCEDURE_OVERDUE = Hồ sơ TTHC trễ hạn · PUBLICITY = Niêm yết công khai · "
        "TASK_OVERDUE = Chậm nhiệm vụ được giao · "
        "SHIRKING = Đùn đẩy, né tránh, sợ trách nhiệm · "
        "WORK_RULES = Nội quy, quy chế làm việc · "
        "ADVICE_QUALITY = Chất lượng tham mưu, chuyên môn · COORDINATION = Phối hợp công tác · "
        "HEAD_RESPONSIBILITY = Trách nhiệm người đứng đầu · "
        "STAFF_MANAGEMENT = Tuyển dụng, quản lý CBCCVC · "
        "CITIZEN_CASE = Vụ việc, đơn thư tồn đọng · "
        "ETHICS_LAW = Đạo đức, lối sống, pháp luật · OTHER = Khác"
    ),
    "remedy": (
        "REVIEW = Kiểm điểm trách nhiệm · DISCIPLINE = Xử lý kỷ luật · "
        "EXPLAIN_RECTIFY = Giải trình và khắc phục · REMIND = Nhắc nhở, rút kinh nghiệm · "
        "RECTIFY_ON_SITE = Khắc phục tại chỗ · CRITICIZE = Phê bình · "
        "APOLOGIZE = Xin lỗi công khai · REASSIGN = Điều động, chuyển vị trí · "
        "TRAIN = Đào tạo, bồi dưỡng · SETTLE_CASE = Giải quyết vụ việc công dân · "
        "AMEND_RULES = Ban hành, sửa nội quy · RECOMMEND = Kiến nghị cấp có thẩm quyền · "
        "TRANSFER = Chuyển cơ quan khác"
    ),
    "discipline form": (
        "REPRIMAND = Khiển trách · WARNING = Cảnh cáo · SALARY_DOWNGRADE = Hạ bậc lương · "
        "DEMOTION = Giáng chức · REMOVAL = Cách chức · DISMISSAL = Bãi nhiệm · "
        "FORCED_RESIGNATION = Buộc thôi việc"
    ),
}

# Set → code → label.
LABELS: dict[str, dict[str, str]] = {
    name: {part.split(" = ")[0]: part.split(" = ")[1] for part in row.split(" · ")}
    for name, row in _TABLE.items()
}

# Label or code → code, over all sets: no label stands for two codes.
CODES: dict[str, str] = {}
for _labels in LABELS.values():
    for _code, _label in _labels.items():
        CODES[_label] = CODES[_code] = _code

DISCIPLINE_FORMS = tuple(LABELS["discipline form"])
# To 30/06/2025.
FORMER_DISCIPLINE_FORMS = ("SALARY_DOWNGRADE", "DEMOTION")
