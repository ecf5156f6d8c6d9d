"""Forms of an edition's set-up: one for each matter, one for each kind of row."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from wtforms import BooleanField, SelectField, StringField, TextAreaField

from contest_portal.contests.asking import DOCUMENT_WORDS
from contest_portal.contests.setup.wording import ASKED, CONSENTS, NEEDS, PRIZE_SCOPES, ROUND_KINDS
from contest_portal.core import clock
from contest_portal.core.fields import TypedField
from contest_portal.core.forms import (
    DateField,
    DecimalField,
    OncePerForm,
    PortalForm,
    VersionedForm,
    WholeNumberField,
    between,
    chosen,
    length,
    optional,
    required,
)
from contest_portal.core.i18n import lazy
from contest_portal.core.vietnamese import format_number, parse_date

# The lower and the upper of two fields.
_PAIRS: Final = (
    ("grade_min", "grade_max"),
    ("born_from", "born_to"),
    ("age_min", "age_max"),
    ("min_people", "max_people"),
    ("min_coaches", "max_coaches"),
    ("opens_at", "closes_at"),
    ("receive_until", "screening_until"),
    ("step", "max_points"),
)
WINDOW_KEYS: Final = ("grade_min", "grade_max", "born_from", "born_to", "age_min", "age_max", "age_on")


class MomentField(TypedField):
    """Read a day and a time of the portal's zone: 17:00 20/05/2024, in either order."""

    sentence = lazy("Hãy viết giờ và ngày, ví dụ 17:00 20/05/2024.")

    def read(self, text: str) -> datetime:
        """Read a time and a date that exist."""
        times = [word for word in text.split() if ":" in word]
        day = parse_date(" ".join(word for word in text.split() if ":" not in word))
        if day is None or len(times) != 1:
            raise ValueError(text)
        moment = datetime.strptime(times[0], "%H:%M" if times[0].count(":") == 1 else "%H:%M:%S")
        return clock.at_local(day, moment.hour, moment.minute, moment.second)

    def write(self, value: Any) -> str:
        """Write the time as HH:MM dd/mm/yyyy, with seconds only where there are some."""
        moment = clock.local(value)
        return moment.strftime("%H:%M:%S %d/%m/%Y" if moment.second else "%H:%M %d/%m/%Y")


class MoneyField(WholeNumberField):
    """Read and write đồng with its thousands set apart."""

    def write(self, value: Any) -> str:
        """Write 1.000.000."""
        return format_number(value)


class LinesField(TextAreaField):
    """Hold a list, one item a line."""

    def process_data(self, value: Any) -> None:
        """Show each item on a line of its own."""
        self.data = value if isinstance(value, str) else "\n".join(value or ())


class SetupForm(PortalForm, VersionedForm):
    """Be a form of the set-up: lower bounds must not be above upper ones."""

    def validate(self, extra_validators: Any = None) -> bool:
        """Check each field, then what belongs together."""
        good = bool(super().validate(extra_validators))
        for low, high in _PAIRS:
            good = self._in_order(low, high) and good
        if "age_on" in self._fields and not self["age_on"].data and (self["age_min"].data or self["age_max"].data):
            self.add_error("age_on", lazy("Tuổi phải tính đến một ngày. Hãy ghi ngày ấy, ví dụ 31/12/2024."))
            good = False
        return good

    def _in_order(self, low: str, high: str) -> bool:
        if low not in self._fields or high not in self._fields:
            return True
        least, most = self[low].data, self[high].data
        if least is None or most is None or least <= most:
            return True
        self.add_error(high, lazy("Mục này không được nhỏ hơn hoặc sớm hơn “%(label)s”.", label=self[low].label.text))
        return False


def _number(label: Any, least: int = 0, most: int = 999_999, needed: bool = False, hint: str | Any = "") -> Any:
    return WholeNumberField(label, [required() if needed else optional(), between(least, most)], description=hint)


def _text(label: Any, most: int, needed: bool = True, hint: Any = "") -> Any:
    return StringField(label, [required() if needed else optional(), length(most)], description=hint)


def _day(label: Any) -> Any:
    return DateField(label, [optional()], description=lazy("Ví dụ 31/07/2024."))


class WindowFields:
    """Ask for grades, dates of birth or ages; what is left empty bounds nothing."""

    grade_min = _number(lazy("Từ lớp"), 1, 12)
    grade_max = _number(lazy("Đến lớp"), 1, 12)
    born_from = _day(lazy("Sinh từ ngày"))
    born_to = _day(lazy("Sinh đến hết ngày"))
    age_min = _number(lazy("Từ tuổi"), 0, 120)
    age_max = _number(lazy("Đến tuổi"), 0, 120)
    age_on = _day(lazy("Tuổi tính đến ngày"))


class NameForm(SetupForm):
    """Ask for the name, the number and the time of registration."""

    title = _text(lazy("Tên kỳ thi"), 300)
    title_en = _text(lazy("Tên tiếng Anh"), 300, needed=False, hint=lazy("Để trống thì dùng tên tiếng Việt."))
    opens_at = MomentField(lazy("Mở đăng ký lúc"), [required()], description=lazy("Ví dụ 08:00 01/03/2024."))
    closes_at = MomentField(lazy("Hết hạn đăng ký lúc"), [required()], description=lazy("Ví dụ 17:00 15/06/2024."))


class WhoForm(WindowFields, SetupForm):
    """Ask who may take part."""

    school_year = _number(
        lazy("Năm bắt đầu năm học để tính lớp"), 1990, 2100, needed=True, hint=lazy("Năm học 2023–2024 thì ghi 2023.")
    )
    made_since = _day(lazy("Chỉ nhận những gì tạo ra từ ngày"))
    organisation_may_enter = BooleanField(lazy("Cơ quan, tổ chức cũng được dự thi"))


class PeopleForm(SetupForm):
    """Ask how many people an entry has."""

    min_people = _number(lazy("Số người dự thi ít nhất"), 0, 50, needed=True)
    max_people = _number(lazy("Số người dự thi nhiều nhất"), 1, 50, needed=True)
    min_coaches = _number(lazy("Số người hướng dẫn ít nhất"), 0, 20, needed=True)
    max_coaches = _number(lazy("Số người hướng dẫn nhiều nhất"), 0, 20, needed=True)


class QuotasForm(SetupForm):
    """Ask for quotas; empty ones bound nothing."""

    school_quota = _number(lazy("Một trường được nộp nhiều nhất mấy hồ sơ"), 1)
    unit_quota = _number(lazy("Một đơn vị được nộp nhiều nhất mấy hồ sơ"), 1)
    substitution_percent = _number(lazy("Được thay nhiều nhất bao nhiêu phần trăm đội hình sau khi nộp"), 0, 100)
    substitution_until = _day(lazy("Được thay người đến hết ngày"))


class ScreeningForm(SetupForm):
    """Ask how units screen what schools hand in; empty quotas and days bound nothing."""

    screening = BooleanField(
        lazy("Có vòng sơ khảo ở đơn vị"), description=lazy("Khi đó mỗi hồ sơ bắt buộc thuộc một đơn vị sơ khảo.")
    )
    forward_quota = _number(
        lazy("Một đơn vị được gửi cấp tỉnh nhiều nhất mấy hồ sơ"),
        hint=lazy("Đơn vị có số riêng thì theo số riêng. Để trống là không giới hạn."),
    )
    pass_mark = _number(lazy("Điểm sơ khảo tối thiểu để gửi cấp tỉnh"))
    receive_until = _day(lazy("Đơn vị nhận hồ sơ, mô hình đến hết ngày"))
    postmark_counts = BooleanField(lazy("Tính theo ngày trên dấu bưu điện đối với hồ sơ gửi qua bưu điện"))
    screening_until = _day(lazy("Đơn vị sơ khảo xong trước hết ngày"))


class CheckingForm(SetupForm):
    """Ask how dossiers are checked, how parents agree, what is published."""

    document_check = BooleanField(lazy("Ban Tổ chức duyệt từng hồ sơ"))
    consent = SelectField(lazy("Đồng ý của phụ huynh"), [chosen()], choices=CONSENTS)
    public_list = BooleanField(lazy("Công bố danh sách hồ sơ dự thi"))


class AskedForm(SetupForm):
    """Ask what a dossier asks for."""

    summary_most = _number(
        lazy("Bản tóm tắt dài nhất (ký tự)"), 100, 50_000, needed=True, hint=lazy("Hai trang A4 khoảng 6.000 ký tự.")
    )


for _key, _label in ASKED.items():
    setattr(AskedForm, _key, SelectField(_label, [chosen()], choices=NEEDS))


class ContactForm(SetupForm):
    """Ask whom to turn to."""

    contact = TextAreaField(
        lazy("Liên hệ"),
        [optional(), length(2000)],
        description=lazy("Tên, điện thoại, thư điện tử, địa chỉ của người trả lời."),
    )


class PublishForm(SetupForm):
    """Ask whether everybody may see the edition."""

    published = BooleanField(lazy("Công bố kỳ thi: mọi người thấy, nhà trường đăng ký được trong thời gian mở"))


_ALIASES = lazy("Tên gọi khác, mỗi dòng một tên: để đọc được danh sách Excel viết theo nhiều cách.")


class NamedRow:
    """Ask for a name in both languages."""

    name = _text(lazy("Tên"), 200)
    name_en = _text(lazy("Tên tiếng Anh"), 200, needed=False, hint=lazy("Để trống thì dùng tên tiếng Việt."))


class DivisionForm(NamedRow, WindowFields, SetupForm):
    """Ask for a division and whom it is for."""

    aliases = LinesField(lazy("Tên gọi khác"), [optional(), length(2000)], description=_ALIASES)


class FieldForm(NamedRow, SetupForm):
    """Ask for a field."""

    aliases = LinesField(lazy("Tên gọi khác"), [optional(), length(2000)], description=_ALIASES)


class DocumentForm(SetupForm):
    """Ask how much of one kind of document is wanted."""

    kind = SelectField(
        lazy("Loại tài liệu"), [chosen()], choices=[(kind.value, words) for kind, words in DOCUMENT_WORDS.items()]
    )
    need = SelectField(lazy("Có bắt buộc không"), [chosen()], choices=NEEDS[:2])
    most = _number(lazy("Nhiều nhất mấy tệp"), 1, 50, needed=True)
    megabytes = _number(lazy("Mỗi tệp nặng nhất (MB)"), 1, 500, needed=True)
    link = BooleanField(lazy("Nhận đường dẫn thay cho tệp (chỉ dùng cho video)"))

    def validate_link(self, field: Any) -> None:
        """Refuse a link for anything but a video."""
        # A row that is changed keeps its kind, which is then not asked: the rules themselves refuse.
        kind = self._fields.get("kind")
        if field.data and kind is not None and kind.data != "video":
            raise ValueError(lazy("Chỉ video mới nộp bằng đường dẫn được."))


class SectionForm(NamedRow, SetupForm):
    """Ask for a part of the written summary."""

    need = SelectField(lazy("Có bắt buộc không"), [chosen()], choices=NEEDS[:2])
    most = _number(lazy("Dài nhất (ký tự)"), 50, 50_000, needed=True)


class RoundForm(NamedRow, SetupForm):
    """Ask for a round and when it is."""

    kind = SelectField(lazy("Cách tính"), [chosen()], choices=ROUND_KINDS)
    opens_at = MomentField(
        lazy("Bắt đầu lúc"), [optional()], description=lazy("Ví dụ 08:00 30/06/2024; chưa định thì để trống.")
    )
    closes_at = MomentField(lazy("Kết thúc lúc"), [optional()], description=lazy("Ví dụ 17:00 30/06/2024."))
    weight = DecimalField(lazy("Hệ số"), [required(), between(0, 100)])
    blind = BooleanField(lazy("Giám khảo không biết hồ sơ của ai"))


class CriterionForm(SetupForm):
    """Ask for a line of the score sheet."""

    name = _text(lazy("Tiêu chí"), 300)
    name_en = _text(lazy("Tên tiếng Anh"), 300, needed=False, hint=lazy("Để trống thì dùng tên tiếng Việt."))
    guidance = TextAreaField(lazy("Hướng dẫn chấm"), [optional(), length(2000)])
    max_points = DecimalField(lazy("Điểm tối đa"), [required(), between(Decimal("0.01"), 1000)])
    step = DecimalField(lazy("Bước điểm"), [required(), between(Decimal("0.01"), 1000)], description=lazy("Ví dụ 0,5."))


class PrizeForm(SetupForm):
    """Ask for a kind of prize."""

    name = _text(lazy("Tên giải"), 100)
    name_en = _text(lazy("Tên tiếng Anh"), 100, needed=False, hint=lazy("Để trống thì dùng tên tiếng Việt."))
    quantity = _number(lazy("Số giải"), 1, 1000, needed=True)
    per = SelectField(lazy("Tính theo"), [chosen()], choices=PRIZE_SCOPES)
    amount = MoneyField(
        lazy("Tiền thưởng mỗi giải (đồng)"), [optional(), between(0, 999_999_999)], description=lazy("Ví dụ 1.000.000.")
    )


class UnitRowForm(SetupForm):
    """Ask for a unit's own quota."""

    code = SelectField(lazy("Đơn vị"), [chosen()])
    forward_quota = _number(
        lazy("Được gửi cấp tỉnh nhiều nhất mấy hồ sơ"), hint=lazy("Để trống thì theo hạn mức chung.")
    )


class MoveRowForm(SetupForm):
    """Move a row one place."""

    row = StringField(validators=[required(), length(40)])
    way = SelectField(choices=[("up", "up"), ("down", "down")])


class SetupConfirmForm(PortalForm):
    """Ask why a set-up is changed while entries exist."""

    reason = TextAreaField(
        lazy("Lý do thay đổi"),
        [required(), length(1000)],
        description=lazy("Ví dụ: theo Kế hoạch số 12 ngày 05/04/2024."),
    )


class NewEditionForm(PortalForm, OncePerForm):
    """Ask for a new edition."""

    source = SelectField(lazy("Lấy quy định từ"), [chosen()])
    number = _number(lazy("Lần thứ"), 1, 200, needed=True)
    year = _number(lazy("Năm"), 2000, 2100, needed=True)
    title = _text(lazy("Tên kỳ thi"), 300)
    unit_set = SelectField(lazy("Danh sách đơn vị"), [chosen()])
    opens_at = MomentField(lazy("Mở đăng ký lúc"), [required()], description=lazy("Ví dụ 08:00 01/03/2024."))
    closes_at = MomentField(lazy("Hết hạn đăng ký lúc"), [required()], description=lazy("Ví dụ 17:00 15/06/2024."))


MATTERS: Final[Mapping[str, tuple[Any, type[SetupForm]]]] = {
    "name": (lazy("Tên và thời gian đăng ký"), NameForm),
    "who": (lazy("Ai được dự thi"), WhoForm),
    "people": (lazy("Số người của mỗi hồ sơ"), PeopleForm),
    "asked": (lazy("Hồ sơ hỏi gì"), AskedForm),
    "quotas": (lazy("Hạn mức"), QuotasForm),
    "screening": (lazy("Sơ khảo ở đơn vị"), ScreeningForm),
    "checking": (lazy("Duyệt hồ sơ và đồng ý của phụ huynh"), CheckingForm),
    "contact": (lazy("Liên hệ"), ContactForm),
    "publish": (lazy("Công bố kỳ thi"), PublishForm),
}
ROWS: Final[Mapping[str, tuple[Any, Any, type[SetupForm]]]] = {
    "divisions": (lazy("Các bảng"), lazy("Thêm bảng"), DivisionForm),
    "fields": (lazy("Các lĩnh vực"), lazy("Thêm lĩnh vực"), FieldForm),
    "documents": (lazy("Tài liệu kèm theo"), lazy("Thêm loại tài liệu"), DocumentForm),
    "sections": (lazy("Các phần của bản tóm tắt"), lazy("Thêm phần"), SectionForm),
    "rounds": (lazy("Các vòng"), lazy("Thêm vòng"), RoundForm),
    "criteria": (lazy("Tiêu chí chấm"), lazy("Thêm tiêu chí"), CriterionForm),
    "prizes": (lazy("Giải thưởng"), lazy("Thêm giải"), PrizeForm),
    "units": (lazy("Đơn vị sơ khảo"), lazy("Thêm đơn vị"), UnitRowForm),
}


def values_of(form: SetupForm) -> dict[str, Any]:
    """Return what a form asks for, as the set-up keeps it."""
    asked = (field for field in form if field.short_name not in ("csrf_token", "version"))
    return {field.short_name: None if field.data == "" else field.data for field in asked}


def data_from(values: Mapping[str, Any], form: type[SetupForm]) -> dict[str, Any]:
    """Return stored values as a form's fields have them."""
    kinds = {name: getattr(form, name).field_class for name in dir(form) if hasattr(getattr(form, name), "field_class")}
    found = {name: values[name] for name in kinds if name in values}
    return {name: _READERS.get(kinds[name], _same)(value) for name, value in found.items() if value is not None}


def _same(value: Any) -> Any:
    return value


_READERS: Final[dict[Any, Any]] = {
    DateField: lambda text: date.fromisoformat(text),
    MomentField: lambda text: datetime.fromisoformat(text),
    DecimalField: Decimal,
}
