"""Say why a row cannot be taken over, and what would do."""

from datetime import date
from typing import Any, Final

from contest_portal.core.i18n import lazy
from contest_portal.core.vietnamese import format_date

READING: Final = lazy("Đang đọc từng dòng")
JUDGING: Final = lazy("Đang so từng dòng với thể lệ và hồ sơ đã có")
FOREIGN_UNIT: Final = lazy("Dòng này thuộc đơn vị khác: bạn chỉ nhập được danh sách của đơn vị mình.")
FOREIGN_SCHOOL: Final = lazy("Dòng này thuộc trường khác: bạn chỉ nhập được danh sách của trường mình.")
NO_UNIT: Final = lazy("Chưa rõ đơn vị của dòng này: hãy thêm cột “Huyện, thị xã, thành phố” hoặc chọn đơn vị khi nhập.")
WITHDRAWN: Final = lazy("Hồ sơ này đã rút nên không nhập lại; nếu dự thi tiếp, hãy đăng ký lại.")
UNKNOWN_REFERENCE: Final = lazy(
    "Không có hồ sơ mang mã này trong phạm vi của bạn: hãy xóa mã để thêm mới, hoặc ghi đúng mã."
)
AHEAD: Final = lazy("Ngày còn ở phía trước: hãy ghi ngày việc đã xảy ra.")


def unknown(value: str, accepted: str) -> Any:
    """Say that a place is not the edition's, and which are."""
    return lazy("Không có “%(value)s” trong cuộc thi này. Chấp nhận: %(accepted)s.", value=value, accepted=accepted)


def twice(row: int) -> Any:
    """Say that a row repeats another one."""
    return lazy("Trùng với dòng %(row)s (cùng tên, cùng trường, cùng người): hãy xóa một dòng.", row=row)


def too_early(day: date, last: date) -> Any:
    """Say that a change cannot be dated before the entry's latest event."""
    return lazy(
        "Ngày hiệu lực %(day)s sớm hơn lần thay đổi gần nhất của hồ sơ (%(last)s): hãy chọn ngày muộn hơn.",
        day=format_date(day),
        last=format_date(last),
    )
