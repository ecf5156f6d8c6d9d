"""Put a whole set-up into plain lines, and say what changed from one to another; pure."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple

from contest_portal.contests.asking import DOCUMENT_WORDS
from contest_portal.contests.eligibility import window_text
from contest_portal.contests.rulebook import Rulebook, Window
from contest_portal.contests.setup.content import Content, Row
from contest_portal.core.filters import show_date, show_time
from contest_portal.core.i18n import _, lazy
from contest_portal.core.vietnamese import format_decimal, format_number

NEEDS: Final = (
    ("required", lazy("Bắt buộc")),
    ("optional", lazy("Không bắt buộc")),
    ("absent", lazy("Không hỏi")),
)
ROUND_KINDS: Final = (
    ("screening", lazy("Sơ khảo ở đơn vị")),
    ("judging", lazy("Hội đồng chấm theo phiếu")),
    ("arena", lazy("Thi đấu trên sân")),
)
PRIZE_SCOPES: Final = (
    ("edition", lazy("Cả kỳ thi")),
    ("division", lazy("Mỗi bảng")),
    ("field", lazy("Mỗi lĩnh vực")),
)
CONSENTS: Final = (
    ("declared", lazy("Nhà trường cam đoan đang giữ chữ ký của phụ huynh")),
    ("recorded", lazy("Phải có ý kiến của phụ huynh trong hệ thống trước khi nộp")),
)
ASKED: Final = {
    "birth_date": lazy("Ngày sinh"),
    "class_name": lazy("Lớp"),
    "school": lazy("Trường hoặc đơn vị dự thi"),
    "unit": lazy("Đơn vị (huyện, xã, phường, cụm)"),
    "division": lazy("Bảng"),
    "field": lazy("Lĩnh vực"),
    "summary": lazy("Bản tóm tắt"),
    "made_on": lazy("Ngày hoàn thành"),
    "share": lazy("Tỷ lệ đóng góp (%)"),
    "gender": lazy("Giới tính"),
    "ethnic_group": lazy("Dân tộc"),
    "address": lazy("Địa chỉ"),
    "job_title": lazy("Nghề nghiệp, chức vụ"),
    "education": lazy("Trình độ"),
}
_WORDS: Final = {code: words for pairs in (NEEDS, ROUND_KINDS, PRIZE_SCOPES, CONSENTS) for code, words in pairs}
_NAMES: Final[dict[str, Any]] = {
    "general": lazy("Tên và thời gian"),
    "who": lazy("Ai được dự thi"),
    "people": lazy("Số người"),
    "asked": lazy("Hồ sơ hỏi gì"),
    "quotas": lazy("Hạn mức"),
    "screening": lazy("Sơ khảo ở đơn vị"),
    "checking": lazy("Duyệt hồ sơ và đồng ý của phụ huynh"),
    "divisions": lazy("Các bảng"),
    "fields": lazy("Các lĩnh vực"),
    "documents": lazy("Tài liệu kèm theo"),
    "sections": lazy("Các phần của bản tóm tắt"),
    "rounds": lazy("Các vòng"),
    "criteria": lazy("Tiêu chí chấm"),
    "prizes": lazy("Giải thưởng"),
    "units": lazy("Đơn vị sơ khảo"),
}


_REASONS: Final = {
    "count": lazy("Số người"),
    "birth_date": lazy("Thiếu ngày sinh"),
    "class_name": lazy("Thiếu lớp, hoặc lớp không đọc được"),
    "grade": lazy("Khối lớp ngoài giới hạn"),
    "birth_window": lazy("Ngày sinh ngoài giới hạn"),
    "division": lazy("Bảng"),
    "field": lazy("Lĩnh vực"),
    "school": lazy("Trường hoặc đơn vị dự thi"),
    "unit": lazy("Đơn vị sơ khảo"),
    "school_quota": lazy("Quá số hồ sơ của một trường"),
    "unit_quota": lazy("Quá số hồ sơ của một đơn vị"),
    "made_since": lazy("Ngày hoàn thành quá sớm"),
}
_OTHER_REASON: Final = lazy("Nội dung của hồ sơ")


class Line(NamedTuple):
    """Be one fact of a set-up; the key stays the same from version to version."""

    key: tuple[str, str]
    label: str
    text: str


class Section(NamedTuple):
    """Be the facts of one matter."""

    title: str
    lines: list[Line]


class Change(NamedTuple):
    """Be one fact that is another now; None where there was or is none."""

    title: str
    label: str
    before: str | None
    after: str | None


def described(content: Content) -> list[Section]:
    """Return everything that holds for an edition in the reader's words."""
    return [
        Section(str(_NAMES[name]), [Line((name, key), str(label), text) for key, label, text in tell(content)])
        for name, tell in _TELLERS.items()
    ]


def changes(before: Content, after: Content) -> list[Change]:
    """Return what is not the same in two set-ups."""
    old, new = ({line.key: line for s in described(c) for line in s.lines} for c in (before, after))
    found = []
    for key in [*new, *(key for key in old if key not in new)]:
        was, now = old.get(key), new.get(key)
        if was is None or now is None or was.text != now.text or was.label != now.label:
            found.append(_change(key[0], was, now))
    return found + _reordered(before, after)


def describe_row(part: str, row: Row) -> str:
    """Return one row of a part as a plain sentence."""
    return _ROWS[part.partition("-")[0]](row)


def reason_name(rule: str) -> str:
    """Return what a rule that an entry may break is about."""
    return str(_REASONS.get(rule.partition(".")[0], _OTHER_REASON))


def row_name(part: str, row: Row) -> str:
    """Return what a row is called."""
    return str(DOCUMENT_WORDS[row["kind"]]) if part == "documents" else row["name"]


def window_words(window: Row) -> str:
    """Return whom a window admits, as a plain sentence."""
    return window_text(Window.from_dict(window or {})) or _("Không giới hạn lớp, ngày sinh, tuổi")


def _change(name: str, was: Line | None, now: Line | None) -> Change:
    shown = now or was
    label = shown.label if shown else ""
    renamed = was is not None and now is not None and was.label != now.label
    texts = [None if line is None else f"{line.label}: {line.text}" if renamed else line.text for line in (was, now)]
    return Change(str(_NAMES[name]), label, *texts)


def _reordered(before: Content, after: Content) -> list[Change]:
    found = []
    for part in ("divisions", "fields", "rounds", "prizes"):
        codes = [[row["code"] for row in content[part]] for content in (before, after)]
        if codes[0] != codes[1] and sorted(codes[0]) == sorted(codes[1]):
            texts = ["; ".join(row["name"] for row in content[part]) for content in (before, after)]
            found.append(Change(str(_NAMES[part]), _("Thứ tự"), *texts))
    return found


Told = Iterator[tuple[str, Any, str]]


def _general(content: Content) -> Told:
    yield "title", _("Tên"), content["title"]
    yield "title_en", _("Tên tiếng Anh"), content["title_en"]
    yield "number", _("Lần thứ"), str(content["number"])
    yield "year", _("Năm"), str(content["year"])
    yield "opens_at", _("Mở đăng ký"), _moment(content["opens_at"])
    yield "closes_at", _("Hết hạn đăng ký"), _moment(content["closes_at"])
    yield "contact", _("Liên hệ"), content["contact"] or _none()
    yield "published", _("Công bố"), _yes(content["published"])


def _who(content: Content) -> Told:
    rules = Rulebook.from_dict(content["rules"])
    yield "window", _("Người dự thi"), window_words(rules.window.to_dict())
    yield "school_year", _("Lớp tính theo năm học"), f"{rules.school_year}–{rules.school_year + 1}"
    yield "made_since", _("Tạo ra từ ngày"), show_date(rules.made_since) or _none()
    yield "organisation_may_enter", _("Cơ quan, tổ chức được dự thi"), _yes(rules.organisation_may_enter)


def _people(content: Content) -> Told:
    rules = Rulebook.from_dict(content["rules"])
    for key, rule in (("people", rules.people), ("coaches", rules.coaches)):
        yield key, str(rule.word), _("từ %(least)s đến %(most)s người", least=rule.least, most=rule.most)


def _asked(content: Content) -> Told:
    needs = Rulebook.from_dict(content["rules"]).needs
    for key, label in ASKED.items():
        yield key, label, str(_WORDS[getattr(needs, key)])
    most = Rulebook.from_dict(content["rules"]).summary_most
    yield "summary_most", _("Bản tóm tắt dài nhất (ký tự)"), format_number(most)


_QUOTAS: Final = {
    "school_quota": lazy("Số hồ sơ một trường được nộp"),
    "unit_quota": lazy("Số hồ sơ một đơn vị được nộp"),
    "substitution_percent": lazy("Phần đội hình được thay sau khi nộp (%)"),
}


def _quotas(content: Content) -> Told:
    for key, label in _QUOTAS.items():
        value = content["rules"].get(key)
        yield key, label, _none() if value is None else format_number(value)
    yield "substitution_until", _("Được thay người đến hết ngày"), _day(content["rules"].get("substitution_until"))


_SCREENING: Final = {
    "forward_quota": lazy("Số hồ sơ một đơn vị được gửi cấp tỉnh"),
    "pass_mark": lazy("Điểm sơ khảo tối thiểu để gửi cấp tỉnh"),
}


def _screening(content: Content) -> Told:
    rules = content["rules"]
    yield "screening", _("Có sơ khảo ở đơn vị"), _yes(rules.get("screening", False))
    for key, label in _SCREENING.items():
        value = rules.get(key)
        yield key, label, _none() if value is None else format_number(value)
    yield "receive_until", _("Đơn vị nhận hồ sơ, mô hình đến hết ngày"), _day(rules.get("receive_until"))
    yield "postmark_counts", _("Tính theo dấu bưu điện"), _yes(rules.get("postmark_counts", False))
    yield "screening_until", _("Đơn vị sơ khảo xong trước hết ngày"), _day(rules.get("screening_until"))


def _checking(content: Content) -> Told:
    rules = Rulebook.from_dict(content["rules"])
    yield "document_check", _("Ban Tổ chức duyệt hồ sơ"), _yes(rules.document_check)
    yield "consent", _("Đồng ý của phụ huynh"), str(_WORDS[rules.consent])
    yield "public_list", _("Công bố danh sách dự thi"), _yes(rules.public_list)


def _rows(part: str) -> Callable[[Content], Told]:
    def tell(content: Content) -> Told:
        rows = content["rules"].get(part, []) if part in ("documents", "sections") else content[part]
        for row in rows:
            yield row.get("code") or row["kind"], row_name(part, row), describe_row(part, row)

    return tell


def _criteria(content: Content) -> Told:
    for found in content["rounds"]:
        for row in found["criteria"]:
            yield f"{found['code']}/{row['code']}", f"{found['name']} – {row['name']}", _criterion(row)


def _division(row: Row) -> str:
    return window_words(row["window"])


def _field(row: Row) -> str:
    return "; ".join(row["aliases"] or []) or "–"


def _document(row: Row) -> str:
    size = _("nhiều nhất %(most)s tệp, mỗi tệp %(size)s MB", most=row["most"], size=row["megabytes"])
    link = _("; nhận đường dẫn") if row["link"] else ""
    return f"{_WORDS[row['need']]}; {size}{link}"


def _section(row: Row) -> str:
    words = _("nhiều nhất %(most)s ký tự", most=format_number(row["most"]))
    return f"{_WORDS[row['need']]}; {words}"


def _round(row: Row) -> str:
    when = _("từ %(opens)s đến %(closes)s", opens=_moment(row["opens_at"]), closes=_moment(row["closes_at"]))
    weight = _("hệ số %(weight)s", weight=format_decimal(Decimal(row["weight"])))
    blind = [_("ẩn danh")] if row["blind"] else []
    return "; ".join([str(_WORDS[row["kind"]]), when, weight, *blind])


def _criterion(row: Row) -> str:
    most, step = (format_decimal(Decimal(row[key])) for key in ("max_points", "step"))
    words = _("nhiều nhất %(most)s điểm, bước %(step)s", most=most, step=step)
    return f"{words}. {row['guidance']}" if row["guidance"] else words


def _prize(row: Row) -> str:
    words = _("%(count)s giải, tính theo: %(per)s", count=format_number(row["quantity"]), per=str(_WORDS[row["per"]]))
    if row["amount"] is None:
        return words
    return _("%(words)s; %(amount)s đồng mỗi giải", words=words, amount=format_number(row["amount"]))


def _unit(row: Row) -> str:
    quota = _("hạn mức chung")
    if row["forward_quota"] is not None:
        quota = _("được gửi cấp tỉnh nhiều nhất %(count)s hồ sơ", count=format_number(row["forward_quota"]))
    if "members" not in row:
        return quota
    names = ", ".join(member["name"] for member in row["members"])
    return _("%(quota)s; gồm %(names)s", quota=quota, names=names)


_ROWS: Final[dict[str, Callable[[Row], str]]] = {
    "divisions": _division,
    "fields": _field,
    "documents": _document,
    "sections": _section,
    "rounds": _round,
    "criteria": _criterion,
    "prizes": _prize,
    "units": _unit,
}
_TELLERS: Final[dict[str, Callable[[Content], Told]]] = {
    "general": _general,
    "who": _who,
    "people": _people,
    "asked": _asked,
    "quotas": _quotas,
    "screening": _screening,
    "checking": _checking,
    "divisions": _rows("divisions"),
    "fields": _rows("fields"),
    "documents": _rows("documents"),
    "sections": _rows("sections"),
    "rounds": _rows("rounds"),
    "criteria": _criteria,
    "prizes": _rows("prizes"),
    "units": _rows("units"),
}


def _moment(text: str | None) -> str:
    return show_time(datetime.fromisoformat(text)) if text else _("chưa định")


def _day(text: str | None) -> str:
    return show_date(date.fromisoformat(text)) if text else _none()


def _yes(value: bool) -> str:
    return _("Có") if value else _("Không")


def _none() -> str:
    return _("Không đặt")
