"""Know the columns of an edition's workbook: one row a person, whatever the contest, as shares and dates are one a person."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from contest_portal.contests.rulebook import EntryKind, Need, PersonRole, Rulebook
from contest_portal.core.i18n import lazy
from contest_portal.core.spreadsheets import Column
from contest_portal.registration.columns import Kind
from contest_portal.registration.models import Entry, Participant

Value = Callable[[Entry, Participant | None], Any]

# Headings are what the reader knows columns by, and workbooks travel between people: they are not translated.
ROLE_WORDS: Final[Mapping[str, str]] = {
    PersonRole.MEMBER: "Thành viên",
    PersonRole.AUTHOR: "Tác giả",
    PersonRole.COACH: "Người hướng dẫn",
}
ENTRANT_WORDS: Final[Mapping[str, str]] = {"people": "Cá nhân", "organisation": "Tổ chức"}
GENDERS: Final = ("Nam", "Nữ")
_TITLES: Final = {
    EntryKind.TEAM: "Tên đội",
    EntryKind.WORK: "Tên mô hình, sản phẩm",
    EntryKind.SOLUTION: "Tên giải pháp",
}


@dataclass(frozen=True, slots=True)
class Part:
    """Be one column: what it holds, what it is called, what is to be written in it."""

    kind: Kind
    heading: str
    width: float
    help: Any
    value: Value
    date: bool = False
    required: bool = False

    @property
    def column(self) -> Column:
        """Return the column as it is written."""
        return Column(self.heading, self.width, "date" if self.date else "text")


def parts_of(rules: Rulebook) -> list[Part]:
    """Return the columns that an edition asks for, in their order."""
    needs = rules.needs
    wanted = {part.kind: part for part in _all_parts(rules)}
    asked: dict[Kind, Need] = {
        Kind.DIVISION: needs.division,
        Kind.FIELD: needs.field,
        Kind.SCHOOL: needs.school,
        Kind.UNIT: needs.unit,
        Kind.BIRTH_DATE: needs.birth_date,
        Kind.CLASS_NAME: needs.class_name,
        Kind.GENDER: needs.gender,
        Kind.JOB_TITLE: needs.job_title,
        Kind.EDUCATION: needs.education,
        Kind.ADDRESS: needs.address,
        Kind.SHARE: needs.share,
        Kind.MADE_ON: needs.made_on,
        Kind.ENTRANT: Need.OPTIONAL if rules.organisation_may_enter else Need.ABSENT,
    }
    return [part for kind, part in wanted.items() if asked.get(kind) is not Need.ABSENT]


def _all_parts(rules: Rulebook) -> Sequence[Part]:
    required = {
        name
        for name in ("division", "field", "birth_date", "class_name")
        if getattr(rules.needs, name) is Need.REQUIRED
    }
    return (
        Part(Kind.NUMBER, "STT", 7, lazy("Số thứ tự; có thể để trống."), lambda e, p: None),
        Part(
            Kind.REFERENCE, "Mã hồ sơ", 15,
            lazy("Cổng tự cấp; để trống khi thêm mới, giữ nguyên khi sửa hồ sơ đã có."), lambda e, p: e.reference,
        ),
        Part(
            Kind.TITLE, _TITLES[rules.entry_kind], 32,
            lazy("Bắt buộc. Ghi lại ở mọi dòng của cùng một hồ sơ."), lambda e, p: e.title, required=True,
        ),
        Part(
            Kind.ENTRANT, "Hình thức dự thi", 14, lazy("Chọn Cá nhân hoặc Tổ chức."),
            lambda e, p: ENTRANT_WORDS.get(e.entrant),
        ),
        Part(
            Kind.DIVISION, "Bảng", 16, lazy("Chọn trong danh sách."),
            lambda e, p: e.division.name if e.division else None, required="division" in required,
        ),
        Part(
            Kind.FIELD, "Lĩnh vực", 28, lazy("Chọn trong danh sách."),
            lambda e, p: e.field.name if e.field else None, required="field" in required,
        ),
        Part(
            Kind.SCHOOL, "Trường, đơn vị", 28, lazy("Chọn trong danh sách hoặc gõ đúng tên."),
            lambda e, p: e.school.name if e.school else None,
        ),
        Part(
            Kind.UNIT, "Đơn vị sơ khảo", 22, lazy("Huyện, thị xã, thành phố, xã hoặc phường; chọn trong danh sách."),
            lambda e, p: e.unit.name if e.unit else None,
        ),
        Part(
            Kind.PERSON, "Họ và tên", 26, lazy("Bắt buộc. Mỗi dòng một người."),
            lambda e, p: p.full_name if p else None, required=True,
        ),
        Part(
            Kind.ROLE, "Vai trò", 16, lazy("Chọn trong danh sách."),
            lambda e, p: ROLE_WORDS[p.role] if p else None,
        ),
        Part(
            Kind.BIRTH_DATE, "Ngày sinh", 13, lazy("Dạng ngày/tháng/năm, ví dụ 18/10/2014."),
            lambda e, p: p.birth_date if p else None, date=True, required="birth_date" in required,
        ),
        Part(Kind.GENDER, "Giới tính", 10, lazy("Nam hoặc Nữ."), _of("gender")),
        Part(
            Kind.CLASS_NAME, "Lớp", 9, lazy("Ví dụ 8A5."), _of("class_name"), required="class_name" in required,
        ),
        Part(Kind.WORKPLACE, "Nơi công tác", 24, lazy("Cơ quan của tác giả hoặc người hướng dẫn."), _of("workplace")),
        Part(Kind.JOB_TITLE, "Chức danh", 16, lazy("Ví dụ giáo viên, kỹ sư."), _of("job_title")),
        Part(Kind.EDUCATION, "Trình độ chuyên môn", 16, lazy("Ví dụ cử nhân, thạc sĩ."), _of("education")),
        Part(Kind.ADDRESS, "Địa chỉ", 26, lazy("Xã, phường và tỉnh là đủ."), _of("address")),
        Part(
            Kind.SHARE, "Tỷ lệ đóng góp", 10, lazy("Số từ 0 đến 100, ví dụ 40."),
            lambda e, p: str(p.share.normalize().__format__("f")).replace(".", ",") if p and p.share is not None else None,
        ),
        Part(Kind.PHONE, "Điện thoại", 14, lazy("Giữ số 0 ở đầu; ô đã đặt sẵn dạng chữ."), _of("phone")),
        Part(Kind.EMAIL, "Thư điện tử", 24, lazy("Có thể để trống."), _of("email")),
        Part(Kind.MADE_ON, "Ngày tạo ra", 13, lazy("Dạng ngày/tháng/năm."), lambda e, p: e.made_on, date=True),
        Part(Kind.CONTACT_NAME, "Người liên hệ", 22, lazy("Người mà Ban Tổ chức gọi khi cần."), lambda e, p: e.contact_name),
        Part(Kind.NOTE, "Ghi chú", 24, lazy("Có thể để trống."), lambda e, p: e.note),
    )  # fmt: skip


def _of(name: str) -> Value:
    return lambda e, p: getattr(p, name) if p else None
