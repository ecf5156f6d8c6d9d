"""What can go wrong in a stage, in words a person understands; HTTP meets it once, in app.py."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from contest_portal.core.i18n import lazy


@dataclass(frozen=True)
class Problem:
    """Name one thing to mend: where it is, what was given and what to do."""

    message: Any
    field: str | None = None
    row: int | None = None
    column: str | None = None
    value: str | None = None


class PortalError(Exception):
    """Carry a sentence in the reader's language."""

    code = 400
    default: Any = lazy("Yêu cầu không hợp lệ.")

    def __init__(self, message: Any = None) -> None:
        self.message = message or self.default
        super().__init__(self.message)

    def __str__(self) -> str:
        return str(self.message)


class Expired(PortalError):
    """Refuse a form whose token is missing, old or of another session."""

    default = lazy("Biểu mẫu đã hết hạn. Nội dung bạn nhập vẫn còn: hãy kiểm tra và gửi lại.")


class NotAllowed(PortalError):
    """Refuse an act that the actor's posts do not cover."""

    code = 403
    default = lazy("Bạn không có quyền làm việc này.")


class NotFound(PortalError):
    """Answer for what does not exist, and in the same words for what is somebody else's."""

    code = 404
    default = lazy("Không tìm thấy trang hoặc hồ sơ này.")


class Conflict(PortalError):
    """Refuse a change made on an older version."""

    code = 409
    default = lazy("Hồ sơ vừa được người khác thay đổi. Hãy xem lại hai bản rồi lưu.")


class TooLarge(PortalError):
    """Refuse an upload over the limit."""

    code = 413
    default = lazy("Tệp tải lên quá lớn.")


class Invalid(PortalError):
    """Refuse input, naming every problem."""

    code = 422
    default = lazy("Có thông tin chưa hợp lệ.")

    def __init__(self, message: Any = None, problems: Sequence[Problem] = ()) -> None:
        super().__init__(message or (problems[0].message if problems else None))
        self.problems: list[Problem] = list(problems) or [Problem(self.message)]


class Unusable(PortalError):
    """Refuse a file that cannot be read."""

    code = 422
    default = lazy("Không đọc được tệp này.")
