"""What each act of the log is called; acts are named as strings, so that no page imports another stage's."""

from typing import Any, Final

from contest_portal.core.i18n import lazy

ACTS: Final[dict[str, Any]] = {
    "account.signed_in": lazy("Đăng nhập"),
    "account.signed_out": lazy("Đăng xuất"),
    "account.confirmed": lazy("Xác nhận mật khẩu"),
    "account.password_changed": lazy("Tự đổi mật khẩu"),
    "account.reset": lazy("Đặt lại mật khẩu qua thư"),
    "account.letters": lazy("Đổi ngôn ngữ của thư"),
    "user.created": lazy("Tạo tài khoản"),
    "user.changed": lazy("Sửa tài khoản"),
    "user.closed": lazy("Khóa tài khoản"),
    "user.opened": lazy("Mở lại tài khoản"),
    "user.password_reset": lazy("Cấp mật khẩu mới"),
    "post.given": lazy("Giao vai trò"),
    "post.ended": lazy("Kết thúc vai trò"),
    "school.added": lazy("Thêm trường"),
    "school.changed": lazy("Sửa thông tin trường"),
    "school.moved": lazy("Chuyển trường sang đơn vị khác"),
    "schools.staged": lazy("Tải danh sách trường lên"),
    "schools.imported": lazy("Nhập danh sách trường"),
    "schools.downloaded": lazy("Tải danh sách trường về"),
    "school.invited": lazy("Mời nhà trường lập tài khoản"),
    "invitation.revoked": lazy("Thu hồi mã mời"),
    "invitation.used": lazy("Lập tài khoản bằng mã mời"),
    "access.requested": lazy("Xin tài khoản cho trường"),
    "access.recommended": lazy("Xác nhận yêu cầu tài khoản"),
    "access.approved": lazy("Duyệt yêu cầu tài khoản"),
    "access.refused": lazy("Từ chối yêu cầu tài khoản"),
    "unit.added": lazy("Thêm đơn vị"),
    "unit.closed": lazy("Ngừng đơn vị"),
    "unit.opened": lazy("Bỏ ngày ngừng của đơn vị"),
    "letter.again": lazy("Gửi lại thư"),
    "announcement.sent": lazy("Gửi thông báo"),
    "presets.installed": lazy("Nạp cuộc thi mẫu"),
    "edition.created": lazy("Mở kỳ thi mới"),
    "entry.created": lazy("Lập hồ sơ"),
    "entry.changed": lazy("Sửa hồ sơ"),
    "entry.submitted": lazy("Nộp hồ sơ"),
    "entry.withdrawn": lazy("Rút hồ sơ"),
    "entry.revived": lazy("Mở lại hồ sơ đã rút"),
    "entry.checked": lazy("Duyệt hồ sơ"),
    "entry.mended": lazy("Gửi lại hồ sơ đã bổ sung"),
    "entries.checked": lazy("Duyệt nhiều hồ sơ một lần"),
    "import.staged": lazy("Tải tệp danh sách lên"),
    "entries.imported": lazy("Nhập hồ sơ từ tệp"),
    "screening.result": lazy("Ghi kết quả sơ khảo"),
    "screening.forward": lazy("Gửi dự thi cấp tỉnh"),
    "screening.keep": lazy("Không gửi cấp tỉnh"),
    "screening.take_back": lazy("Rút lại quyết định sơ khảo"),
    "unit.completed": lazy("Đơn vị hoàn thành sơ khảo"),
    "unit.reopened": lazy("Mở lại sơ khảo của đơn vị"),
    "panel.created": lazy("Lập hội đồng"),
    "panel.judges": lazy("Đổi giám khảo của hội đồng"),
    "panel.assigned": lazy("Phân công chấm"),
    "sheet.submitted": lazy("Nộp phiếu chấm"),
    "sheet.reopened": lazy("Mở lại phiếu chấm"),
    "sheet.removed": lazy("Bỏ phiếu chấm"),
}


def act_name(action: str) -> str:
    """Return what an act is called in the reader's language; its own name where nobody has named it."""
    return str(ACTS.get(action, action))
