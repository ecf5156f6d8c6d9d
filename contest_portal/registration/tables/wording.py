"""Say what is wrong on a row and what to do about it."""

from typing import Any, Final

from contest_portal.core.i18n import lazy

READING: Final = lazy("Đang đọc từng dòng của bảng")
FAILED_FORMULA: Final = lazy("Ô bị lỗi công thức: hãy sửa công thức hoặc gõ giá trị vào ô.")
NO_TITLE: Final = lazy("Thiếu tên đội (mô hình, sản phẩm, giải pháp): hãy điền tên.")
LONG_TITLE: Final = lazy("Tên dài quá 300 ký tự: hãy rút gọn.")
NO_PEOPLE: Final = lazy("Không có người dự thi nào: hãy điền họ và tên.")
NO_NAME: Final = lazy("Có ngày sinh hoặc lớp nhưng thiếu họ và tên: hãy điền họ và tên.")
ODD_NAME: Final = lazy("Họ và tên chưa đúng: chỉ ghi chữ, mỗi người một dòng, không quá 150 ký tự.")
NOT_A_DATE: Final = lazy("Ngày không có trong lịch hoặc không đọc được: hãy ghi ngày/tháng/năm, ví dụ 18/10/2014.")
ONLY_A_YEAR: Final = lazy("Mới có năm: hãy ghi đủ ngày/tháng/năm, ví dụ 18/10/2014.")
BORN_AHEAD: Final = lazy("Ngày sinh còn ở phía trước: hãy kiểm tra lại năm.")
UNKNOWN_ROLE: Final = lazy("Không rõ vai trò: hãy ghi Thành viên, Tác giả hoặc Người hướng dẫn.")
NOT_A_SCORE: Final = lazy("Điểm phải là số không âm, ví dụ 78,5.")
NOT_A_SHARE: Final = lazy("Tỷ lệ đóng góp phải là số từ 0 đến 100, ví dụ 40.")
UNKNOWN_ENTRANT: Final = lazy("Không rõ ai dự thi: hãy ghi Cá nhân hoặc Tổ chức.")
NOT_YES_OR_NO: Final = lazy("Chỉ đánh dấu x, để trống, hoặc ghi “chưa” nếu chưa quyết định.")
TOO_MANY: Final = lazy("Ô này có quá nhiều người: hãy ghi mỗi người một dòng, mỗi hồ sơ một ô.")
HIDDEN_ROW: Final = lazy("Dòng này đang ẩn trong tệp nhưng vẫn được đọc: hãy xóa dòng nếu không muốn nhập.")
TWICE: Final = lazy("Người này có hai lần trong cùng một hồ sơ: hãy xóa bớt một lần.")


def uneven(names: int, others: int, column: str) -> Any:
    """Say that one cell names more people than the cell beside it describes."""
    return lazy(
        "Có %(names)s họ tên nhưng %(others)s mục ở cột “%(column)s”: hãy ghi mỗi người một dòng ở cả hai ô.",
        names=names,
        others=others,
        column=column,
    )


def too_many_tables(sheet: str) -> Any:
    """Say that a sheet has more tables than any list."""
    return lazy("Trang “%(sheet)s” có quá nhiều bảng khác nhau. Hãy chia thành nhiều trang rồi tải lại.", sheet=sheet)
