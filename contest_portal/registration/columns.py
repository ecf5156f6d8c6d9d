"""Know the columns of a registration list by what people call them, never by where they stand."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from contest_portal.core.i18n import lazy
from contest_portal.core.vietnamese import fold


class Kind(StrEnum):
    """Name what a column holds."""

    NUMBER = "number"
    REFERENCE = "reference"
    TITLE = "title"
    SCHOOL = "school"
    UNIT = "unit"
    DIVISION = "division"
    FIELD = "field"
    PERSON = "person"
    ROLE = "role"
    BIRTH_DATE = "birth_date"
    CLASS_NAME = "class_name"
    CLASS_SCHOOL = "class_school"
    PHONE = "phone"
    EMAIL = "email"
    GENDER = "gender"
    WORKPLACE = "workplace"
    SHARE = "share"
    JOB_TITLE = "job_title"
    EDUCATION = "education"
    ADDRESS = "address"
    MADE_ON = "made_on"
    ENTRANT = "entrant"
    CONTACT_NAME = "contact_name"
    RECEIVED_ON = "received_on"
    UNIT_SCORE = "unit_score"
    UNIT_PRIZE = "unit_prize"
    FORWARDED = "forwarded"
    NOTE = "note"


# What is said of one person, so that a column of it belongs to a column of names.
OF_PERSON: Final = frozenset(
    {
        Kind.ROLE,
        Kind.BIRTH_DATE,
        Kind.CLASS_NAME,
        Kind.CLASS_SCHOOL,
        Kind.PHONE,
        Kind.EMAIL,
        Kind.GENDER,
        Kind.WORKPLACE,
        Kind.SHARE,
        Kind.JOB_TITLE,
        Kind.EDUCATION,
        Kind.ADDRESS,
    }
)

LABELS: Final[Mapping[Kind, Any]] = {
    Kind.NUMBER: lazy("STT"),
    Kind.REFERENCE: lazy("Mã số"),
    Kind.TITLE: lazy("Tên đội (mô hình, sản phẩm, giải pháp)"),
    Kind.SCHOOL: lazy("Trường"),
    Kind.UNIT: lazy("Huyện, thị xã, thành phố"),
    Kind.DIVISION: lazy("Bảng"),
    Kind.FIELD: lazy("Lĩnh vực"),
    Kind.PERSON: lazy("Họ và tên (thành viên, tác giả)"),
    Kind.ROLE: lazy("Vai trò"),
    Kind.BIRTH_DATE: lazy("Ngày sinh"),
    Kind.CLASS_NAME: lazy("Lớp"),
    Kind.CLASS_SCHOOL: lazy("Lớp, trường"),
    Kind.PHONE: lazy("Điện thoại"),
    Kind.EMAIL: lazy("Thư điện tử"),
    Kind.GENDER: lazy("Giới tính"),
    Kind.WORKPLACE: lazy("Đơn vị công tác"),
    Kind.SHARE: lazy("Tỷ lệ đóng góp (phần trăm)"),
    Kind.JOB_TITLE: lazy("Chức danh"),
    Kind.EDUCATION: lazy("Trình độ chuyên môn"),
    Kind.ADDRESS: lazy("Địa chỉ"),
    Kind.MADE_ON: lazy("Ngày tạo ra"),
    Kind.ENTRANT: lazy("Hình thức dự thi"),
    Kind.CONTACT_NAME: lazy("Người liên hệ"),
    Kind.RECEIVED_ON: lazy("Ngày nhận hồ sơ"),
    Kind.UNIT_SCORE: lazy("Điểm chấm cấp huyện"),
    Kind.UNIT_PRIZE: lazy("Xếp giải"),
    Kind.FORWARDED: lazy("Đề nghị dự thi cấp tỉnh"),
    Kind.NOTE: lazy("Ghi chú"),
}

_NAMES: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.NUMBER: ("STT", "TT", "Số TT", "Số thứ tự", "Thứ tự", "No", "#"),
    Kind.REFERENCE: ("Mã số", "Mã hồ sơ", "Mã số hồ sơ", "Mã đội", "Mã dự thi", "Mã số dự thi", "Số báo danh", "SBD"),
    Kind.TITLE: (
        "Tên đội", "Đội", "Đội thi", "Tên đội thi", "Đội dự thi", "Tên đội dự thi", "Mô hình, sản phẩm", "Tên mô hình",
        "Tên sản phẩm", "Sản phẩm", "Sản phẩm dự thi", "Mô hình", "Giải pháp", "Giải pháp dự thi", "Tên giải pháp",
        "Tên đề tài", "Đề tài", "Tên công trình", "Công trình", "Tên sáng kiến", "Tên tác phẩm", "Tác phẩm",
        "Tên bài dự thi", "Bài dự thi", "Tên mẫu biểu trưng", "Tên dự án", "Dự án",
    ),
    Kind.SCHOOL: (
        "Trường", "Tên trường", "Đơn vị (trường)", "Trường học", "Đơn vị dự thi", "Đơn vị đăng ký", "Nhà trường",
        "Đơn vị trường", "Trường, đơn vị", "Cơ sở giáo dục", "Học sinh trường", "Đơn vị đăng ký dự thi", "Đơn vị",
    ),
    Kind.UNIT: (
        "Huyện, TX, TP", "Huyện/TP", "Huyện", "Huyện, thị xã, thành phố", "Huyện/thị xã/thành phố", "Huyện, thành phố",
        "Huyện (TX, TP)", "Địa bàn", "Xã, phường", "Xã/phường", "Xã, phường, thị trấn", "Đơn vị sơ khảo", "Quận, huyện",
        "Huyện/TX/TP", "Đơn vị cấp huyện", "Đơn vị hành chính", "Thuộc huyện", "Phòng GD&ĐT", "Huyện TP",
    ),
    Kind.DIVISION: (
        "Bảng", "Bảng thi", "Bảng thi đấu", "Bảng đấu", "Cấp học", "Cấp", "Khối", "Bảng dự thi", "Bậc học", "Bảng đăng ký",
        "Nội dung thi", "Khối thi",
    ),
    Kind.FIELD: ("Lĩnh vực", "Lĩnh vực dự thi", "Thuộc lĩnh vực", "Lĩnh vực đăng ký", "Nhóm lĩnh vực"),
    Kind.PERSON: (
        "Họ và tên", "Họ tên", "Họ và tên thí sinh", "Họ, tên", "Họ và tên học sinh", "Tên thí sinh", "Họ đệm và tên",
        "Họ và tên người dự thi", "Họ tên người dự thi", "Người dự thi", "Full name",
    ),
    Kind.ROLE: ("Vai trò", "Nhiệm vụ", "Vai trò trong đội", "Tư cách", "Chức danh trong đội", "Vị trí"),
    Kind.BIRTH_DATE: (
        "Ngày sinh", "Ngày, tháng, năm sinh", "Ngày tháng năm sinh", "Năm sinh", "NTNS", "Sinh ngày", "Ngày/tháng/năm sinh",
        "NS", "Ngày sinh (dd/mm/yyyy)", "Date of birth",
    ),
    Kind.CLASS_NAME: ("Lớp", "Học lớp", "Học sinh lớp", "Tên lớp", "Khối lớp", "Lớp học"),
    Kind.CLASS_SCHOOL: ("Lớp, trường", "Lớp - Trường", "Trường, lớp", "Lớp/Trường", "Trường/Lớp", "Học sinh lớp, trường", "Lớp và trường"),
    Kind.PHONE: (
        "Điện thoại", "Số điện thoại", "SĐT", "ĐT", "Điện thoại liên hệ", "Số ĐT", "Di động", "ĐTDĐ", "Điện thoại di động",
        "Số điện thoại liên hệ", "Liên hệ", "Thông tin liên hệ", "SĐT liên hệ", "Tel", "Phone",
    ),
    Kind.EMAIL: ("Email", "E-mail", "Thư điện tử", "Địa chỉ email", "Địa chỉ thư điện tử", "Hộp thư"),
    Kind.GENDER: ("Giới tính", "Nam/Nữ", "Giới", "Nam, nữ", "Phái"),
    Kind.WORKPLACE: (
        "Cơ quan/Đơn vị công tác", "Cơ quan công tác", "Đơn vị công tác", "Nơi công tác", "Cơ quan", "Nơi làm việc",
        "Cơ quan, đơn vị", "Cơ quan, đơn vị công tác", "Nơi công tác (hoặc nơi thường trú)", "Tổ chức", "Cơ quan/Đơn vị",
    ),
    Kind.SHARE: (
        "Tỷ lệ đóng góp", "Tỷ lệ (%) đóng góp", "% đóng góp", "Tỷ lệ", "Tỷ lệ %", "Tỉ lệ đóng góp", "Tỉ lệ (%) đóng góp", "Tỉ lệ",
        "Mức đóng góp", "Tỷ lệ đóng góp (%)", "Tỷ lệ % đóng góp vào việc tạo ra giải pháp",
    ),
    Kind.JOB_TITLE: ("Chức danh", "Chức vụ", "Nghề nghiệp", "Chức danh, chức vụ", "Chức vụ, nghề nghiệp"),
    Kind.EDUCATION: ("Trình độ chuyên môn", "Trình độ", "Học vị", "Học hàm, học vị", "Trình độ học vấn", "Trình độ đào tạo"),
    Kind.ADDRESS: (
        "Địa chỉ", "Nơi ở", "Nơi thường trú", "Địa chỉ thường trú", "Hộ khẩu thường trú", "Chỗ ở hiện nay", "Địa chỉ nhà",
        "Địa chỉ liên hệ", "Nơi cư trú",
    ),
    Kind.MADE_ON: (
        "Ngày tạo ra", "Ngày, tháng, năm tạo ra", "Ngày hoàn thành", "Thời gian tạo ra", "Ngày tạo ra giải pháp", "Ngày áp dụng",
        "Ngày áp dụng lần đầu",
    ),
    Kind.ENTRANT: ("Hình thức dự thi", "Tư cách dự thi", "Đối tượng dự thi", "Loại hình dự thi", "Chủ thể dự thi"),
    Kind.CONTACT_NAME: ("Người liên hệ", "Đầu mối liên hệ", "Họ tên người liên hệ", "Họ và tên người liên hệ", "Cán bộ đầu mối"),
    Kind.RECEIVED_ON: ("Ngày nhận hồ sơ", "Ngày nhận", "Ngày nộp", "Ngày nộp hồ sơ", "Ngày đăng ký", "Ngày tiếp nhận", "Ngày gửi"),
    Kind.UNIT_SCORE: (
        "Điểm chấm cấp huyện", "Điểm", "Điểm chấm", "Điểm sơ khảo", "Điểm cấp huyện", "Điểm chấm sơ khảo", "Tổng điểm",
        "Điểm TB", "Điểm trung bình", "Kết quả sơ khảo", "Kết quả chấm",
    ),
    Kind.UNIT_PRIZE: ("Xếp giải", "Giải", "Đạt giải", "Giải cấp huyện", "Xếp giải cấp huyện", "Đề nghị xếp giải", "Xếp loại", "Giải thưởng"),
    Kind.FORWARDED: (
        "Đề nghị dự thi cấp tỉnh", "Dự thi cấp tỉnh", "Gửi cấp tỉnh", "Chọn dự thi cấp tỉnh", "Gửi dự thi cấp tỉnh",
        "Đề nghị cấp tỉnh", "Được chọn", "Chọn gửi tỉnh", "Đề nghị dự thi", "Tham gia cấp tỉnh",
    ),
    Kind.NOTE: ("Ghi chú", "Chú thích", "Lưu ý", "Note"),
}  # fmt: skip

_SIGNS: Final = re.compile(r"[^0-9a-z#]+")


def heading_key(text: str) -> str:
    """Return a heading in the form headings are compared in."""
    return _SIGNS.sub(" ", fold(text)).strip()


# How a heading of more words than we know begins.
_BEGINNINGS: Final[tuple[tuple[str, Kind], ...]] = tuple(
    (heading_key(words), kind)
    for words, kind in (
        ("Tên mô hình", Kind.TITLE),
        ("Tên sản phẩm", Kind.TITLE),
        ("Tên giải pháp", Kind.TITLE),
        ("Tên đội", Kind.TITLE),
        ("Tên đề tài", Kind.TITLE),
        ("Tên công trình", Kind.TITLE),
        ("Tên và nội dung", Kind.TITLE),
        ("Lĩnh vực", Kind.FIELD),
        ("Điểm chấm", Kind.UNIT_SCORE),
        ("Đề nghị dự thi", Kind.FORWARDED),
        ("Đề nghị gửi", Kind.FORWARDED),
        ("Ngày nhận", Kind.RECEIVED_ON),
        ("Ngày, tháng, năm sinh", Kind.BIRTH_DATE),
        ("Ngày sinh", Kind.BIRTH_DATE),
        ("Cơ quan", Kind.WORKPLACE),
        ("Đơn vị công tác", Kind.WORKPLACE),
        ("Huyện,", Kind.UNIT),
        ("Ghi chú", Kind.NOTE),
    )
)

_ROLES: Final[Mapping[str, tuple[str, ...]]] = {
    "member": (
        "thành viên", "TV", "đội viên", "thí sinh", "học sinh", "vận động viên", "thành viên đội", "HS", "đội trưởng",
        "nhóm trưởng", "trưởng nhóm", "đội phó", "VĐV", "member",
    ),
    "author": (
        "tác giả", "nhóm tác giả", "tác giả, nhóm tác giả", "tác giả/nhóm tác giả", "đồng tác giả", "tác giả chính",
        "chủ nhiệm", "chủ trì", "tác giả (chủ trì)", "tác giả chủ trì", "cộng sự", "các tác giả", "đại diện nhóm tác giả",
        "các đồng tác giả", "tác giả chính (chủ trì)", "đồng tác giả (nếu có)", "chủ nhiệm giải pháp", "author",
        "tác giả hoặc nhóm tác giả", "tác giả (nhóm tác giả)",
    ),
    "coach": (
        "HLV", "huấn luyện viên", "người hướng dẫn", "giáo viên hướng dẫn", "GVHD", "GV hướng dẫn", "GV", "giáo viên",
        "hướng dẫn", "cán bộ hướng dẫn", "thầy cô hướng dẫn", "giáo viên phụ trách", "phụ trách", "người HD", "coach",
        "giáo viên, người hướng dẫn", "huấn luyện viên (HLV)",
    ),
}  # fmt: skip
# People named beside the first author, of whom the columns of age, telephone and workplace do not speak.
_BESIDE: Final = frozenset(map(fold, ("đồng tác giả", "cộng sự", "các đồng tác giả")))

_BRACKETS: Final = re.compile(r"\([^)]*\)")
_NUMBER_AT_END: Final = re.compile(r"(?:\b(?:so|thu)\s+)?\b0?(\d{1,2})$")
_NOISE: Final = re.compile(r"\b(?:thong tin(?: ve)?|danh sach|cua|du thi)\b")


def _known(names: Mapping[Any, Iterable[str]]) -> dict[str, Any]:
    return {heading_key(name): key for key, several in names.items() for name in several}


_KINDS: Final[dict[str, Kind]] = _known(_NAMES)
_ROLE_WORDS: Final[dict[str, str]] = _known(_ROLES)
# The longest first: "giáo viên hướng dẫn" before "giáo viên".
_ROLE_IN_HEADING: Final = re.compile(
    r"\b("
    + "|".join(sorted((word for word in _ROLE_WORDS if len(word) > 1), key=len, reverse=True))
    + r")(?:\s*0?(\d{1,2}))?\b"
)


@dataclass(frozen=True, slots=True)
class Heading:
    """Say what a column holds and, where it speaks of people, of whom."""

    kind: Kind
    role: str | None = None
    # 1 for "Thành viên 1"; None where people are not numbered.
    number: int | None = None
    beside: bool = False


def find_role(text: str) -> str | None:
    """Return the role that a word names: "HLV" is a coach."""
    key = heading_key(text)
    return _ROLE_WORDS.get(key) or _ROLE_WORDS.get(_NUMBER_AT_END.sub("", key).strip())


def read_heading(text: str, above: str = "") -> Heading | None:
    """Return what a heading says, with the heading merged above it; None for one we do not know."""
    own = _read(text)
    if not above.strip():
        return own
    upper = _read(above)
    if own is None:
        return _read(f"{text} {above}")
    if upper is None or upper.role is None:
        return own
    if own.kind is Kind.PERSON or own.kind in OF_PERSON:
        return Heading(own.kind, own.role or upper.role, own.number or upper.number, upper.beside)
    return own


def _read(text: str) -> Heading | None:
    whole = heading_key(text)
    if not whole or len(whole) > 90:
        return None
    short = heading_key(_BRACKETS.sub(" ", fold(text)))
    for key in (whole, short):
        if key in _KINDS:
            return Heading(_KINDS[key])
        if found := _read_person(key):
            return found
    return _read_beginning(whole)


def _read_person(key: str) -> Heading | None:
    """Read "Ngày sinh thành viên 1": a role, perhaps a number, and what is said of the person."""
    found = _ROLE_IN_HEADING.search(key)
    if found is None:
        return None
    rest = " ".join((key[: found.start()] + key[found.end() :]).split())
    role, number = _ROLE_WORDS[found[1]], int(found[2]) if found[2] else None
    rest = " ".join(_NOISE.sub(" ", rest).split())
    # A second word of the same role: "Tác giả, nhóm tác giả".
    if rest and (again := _ROLE_IN_HEADING.fullmatch(rest)) and _ROLE_WORDS[again[1]] == role:
        rest = ""
    kind = Kind.PERSON if rest in ("", "ten", "ho va ten", "ho ten") else _KINDS.get(rest)
    if kind is None or (kind is not Kind.PERSON and kind not in OF_PERSON):
        return None
    return Heading(kind, role, number, found[1] in _BESIDE)


def _read_beginning(key: str) -> Heading | None:
    for words, kind in _BEGINNINGS:
        if key.startswith(words):
            return Heading(kind)
    return None
