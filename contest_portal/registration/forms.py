"""What a school fills in."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, Final

from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import ValidationError

from contest_portal.contests.asked import ORGANISATION, check_summary, grouped
from contest_portal.contests.asking import SectionRule
from contest_portal.contests.models import Division, Edition, Field, School, Unit
from contest_portal.contests.rulebook import Need, Rulebook
from contest_portal.core.errors import Problem
from contest_portal.core.filters import show_name
from contest_portal.core.forms import (
    DateField,
    DecimalField,
    OncePerForm,
    PortalForm,
    VersionedForm,
    between,
    email,
    length,
    optional,
    phone,
    required,
)
from contest_portal.core.i18n import lazy
from contest_portal.registration.describing import ENTRANTS
from contest_portal.registration.models import Entry, Participant
from contest_portal.registration.people import Person
from contest_portal.registration.services import Details
from contest_portal.registration.tasks import asks, asks_summary

REASON = lazy("Lý do sửa")


class ReasonForm(PortalForm):
    """Ask for a reason where rules.needs_reason() says so; otherwise the field is taken away."""

    reason = StringField(REASON, validators=[required(lazy("Hãy ghi lý do sửa sau khi hết hạn.")), length(500)])

    def drop_reason(self, *, needed: bool) -> None:
        """Take the field away unless it is needed."""
        if not needed:
            del self.reason

    def reason_given(self) -> str | None:
        """Return the reason, None where none is asked for."""
        return self.reason.data if "reason" in self else None


class TwoPlaces:
    """Bound a number to hundredths, which is how it is stored: nothing is rounded behind anybody's back."""

    def __call__(self, form: PortalForm, field: DecimalField) -> None:
        """Refuse a third decimal place."""
        if field.data is not None and field.data != round(field.data, 2):
            raise ValidationError(lazy("Chỉ ghi nhiều nhất hai chữ số sau dấu phẩy, ví dụ 33,33."))


GENDERS: Final[list[tuple[str, Any]]] = [("", lazy("Chưa ghi")), ("Nam", lazy("Nam")), ("Nữ", lazy("Nữ"))]


class StartForm(OncePerForm, PortalForm):
    """Begin an entry: which contest, which school, what it is called."""

    edition = RadioField(lazy("Cuộc thi"), validators=[required(lazy("Hãy chọn cuộc thi."))])
    school = RadioField(lazy("Trường hoặc đơn vị"), validators=[required(lazy("Hãy chọn trường hoặc đơn vị."))])
    title = StringField(
        lazy("Tên đội hoặc tên sản phẩm"),
        description=lazy("Có thể sửa lại cho đến hết hạn đăng ký."),
        validators=[required(lazy("Hãy nhập tên.")), length(300)],
    )

    def offer(self, editions: Sequence[Edition], schools: Sequence[School]) -> None:
        """Offer what may be chosen; an only choice is not asked for."""
        self.edition.choices = [(edition.code, show_name(edition)) for edition in editions]
        self.school.choices = [(str(school.id), school.name) for school in schools]
        for field in (self.edition, self.school):
            if len(field.choices) == 1:
                field.data = field.choices[0][0]


class DetailsForm(VersionedForm, ReasonForm):
    """Change what an entry is called, where it competes and how to reach those who made it."""

    PLAIN = ("title", "entrant", "made_on", "summary", "contact_name", "contact_phone", "contact_email")
    rules: Rulebook
    stored_summary: str | None = None

    title = StringField(lazy("Tên"), validators=[required(lazy("Hãy nhập tên.")), length(300)])
    division = RadioField(lazy("Bảng thi"), validators=[required(lazy("Hãy chọn một bảng."))])
    field = RadioField(lazy("Lĩnh vực"), validators=[required(lazy("Hãy chọn một lĩnh vực."))])
    unit = SelectField(lazy("Đơn vị sơ khảo"), validators=[optional()])
    entrant = RadioField(
        lazy("Dự thi với tư cách"),
        choices=list(ENTRANTS.items()),
        description=lazy("Tổ chức dự thi là trường hoặc đơn vị của hồ sơ này; cần có người đại diện."),
        validators=[required(lazy("Hãy chọn cá nhân hoặc tổ chức."))],
    )
    made_on = DateField(lazy("Ngày tạo ra"), description=lazy("Ngày làm xong hoặc áp dụng lần đầu, ví dụ 15/03/2024."))
    summary = TextAreaField(lazy("Tóm tắt"))
    contact_name = StringField(
        lazy("Người liên hệ"),
        description=lazy("Nếu tổ chức dự thi: họ tên người đại diện."),
        validators=[optional(), length(150)],
    )
    contact_phone = StringField(lazy("Điện thoại liên hệ"), validators=[required(), phone(), length(30)])
    contact_email = StringField(
        lazy("Thư điện tử liên hệ"),
        description=lazy("Biên nhận được gửi tới địa chỉ này."),
        validators=[optional(), email(), length(254)],
    )

    def offer(
        self, rules: Rulebook, divisions: Sequence[Division], fields: Sequence[Field], units: Sequence[Unit]
    ) -> None:
        """Offer the edition's own divisions, fields and units; what it has not is not asked for."""
        self.title.label.text = lazy("Tên %(entry)s", entry=rules.entry_word)
        self._offer("division", rules.needs.division, [(str(d.id), show_name(d)) for d in divisions])
        self._offer("field", rules.needs.field, [(str(f.id), show_name(f)) for f in fields])
        self._ask_forms(rules)
        nothing = [("", lazy("Chưa chọn"))]
        self._offer("unit", rules.needs.unit, [*nothing, *((str(u.id), u.name) for u in units)] if units else [])

    def show(self, entry: Entry) -> None:
        """Fill in what is stored."""
        self.version.data = entry.version
        for name in self.PLAIN:
            if name in self:
                self[name].data = getattr(entry, name)
        for code, text in (entry.texts or {}).items():
            if f"text_{code}" in self:
                self[f"text_{code}"].data = text
        for name in ("division", "field", "unit"):
            if name in self:
                stored = getattr(entry, f"{name}_id")
                self[name].data = str(stored) if stored else ""

    def details(self, entry: Entry) -> Details:
        """Return what was typed; what was not asked for stays as it is stored."""
        places = {f"{name}_id": self._chosen(name, entry) for name in ("division", "field", "unit")}
        values: dict[str, Any] = {name: getattr(entry, name) for name in self.PLAIN}
        values |= {name: self[name].data or None for name in self.PLAIN if name in self}
        return Details(**{**values, **places, "texts": self._texts(entry)})

    def validate(self, extra_validators: Any = None) -> bool:
        """Hold the whole summary against its two pages, and an organisation against its representative."""
        valid = bool(super().validate(extra_validators))
        found = [*check_summary(self.rules, self._summary(), self._typed()), *self._unnamed()]
        for problem in found:
            self.add_error(problem.field if problem.field in self else self._longest(), problem.message)
        return valid and not found

    def _unnamed(self) -> Iterator[Problem]:
        if "entrant" in self and self.entrant.data == ORGANISATION and not self.contact_name.data:
            yield Problem(lazy("Tổ chức dự thi cần có người đại diện: hãy ghi họ và tên."), field="contact_name")

    def _typed(self) -> dict[str, str]:
        """Return the parts of the summary that were typed."""
        parts = {part.code: self[f"text_{part.code}"].data for part in self.rules.sections}
        return {code: text for code, text in parts.items() if text}

    def _texts(self, entry: Entry) -> dict[str, str] | None:
        """Return the parts as they will be stored: those that are asked no more stay."""
        asked = {part.code for part in self.rules.sections}
        kept = {code: text for code, text in (entry.texts or {}).items() if code not in asked}
        return (kept | self._typed()) or None

    def _summary(self) -> str | None:
        return self.summary.data if "summary" in self else None

    def _longest(self) -> str | None:
        typed = self._typed()
        return f"text_{max(typed, key=lambda code: len(typed[code]))}" if typed else None

    def _ask_forms(self, rules: Rulebook) -> None:
        """Keep what this contest's own form asks."""
        if not rules.organisation_may_enter:
            del self.entrant
        elif not self.entrant.data:
            self.entrant.data = "people"
        self._need("made_on", rules.needs.made_on)
        if not asks_summary(rules, self.stored_summary):
            del self.summary
        else:
            self._need("summary", Need.OPTIONAL)
            self.summary.description = lazy(
                "Nhiều nhất %(most)s ký tự (hai trang A4).", most=grouped(rules.summary_most)
            )

    def _need(self, name: str, need: Need) -> None:
        """Take a field away, let it be empty, or leave the asking to the check before handing in: a draft may lack it."""
        if need is Need.ABSENT:
            del self[name]
            return
        self[name].validators = [optional(), *self[name].validators]

    def _offer(self, name: str, need: Need, choices: list[tuple[str, Any]]) -> None:
        if need is Need.ABSENT or not choices:
            del self[name]
            return
        self[name].choices = choices
        if need is Need.OPTIONAL:
            self[name].validators = [optional()]
            self[name].flags.required = False

    def _chosen(self, name: str, entry: Entry) -> int | None:
        if name not in self:
            stored: int | None = getattr(entry, f"{name}_id")
            return stored
        return int(self[name].data) if self[name].data else None


def details_form(rules: Rulebook, entry: Entry) -> DetailsForm:
    """Return the form of an edition: with a field for each part of its written summary."""
    parts = {f"text_{part.code}": _section(part) for part in rules.sections}
    form: DetailsForm = type(
        "DetailsFormOfEdition", (DetailsForm,), {**parts, "rules": rules, "stored_summary": entry.summary}
    )()
    return form


def _section(part: SectionRule) -> TextAreaField:
    return TextAreaField(
        part.name,
        description=lazy("Nhiều nhất %(most)s ký tự.", most=grouped(part.most)),
        validators=[optional(), Longest(part.most)],
    )


class Longest:
    """Bound a text without a maxlength: a browser would cut silently what somebody pastes."""

    def __init__(self, most: int) -> None:
        self.most = most

    def __call__(self, form: PortalForm, field: TextAreaField) -> None:
        """Say how much is too much."""
        over = len(field.data or "") - self.most
        if over > 0:
            words = lazy(
                "Phần này dài hơn mức cho phép. Hãy bớt %(over)s ký tự, còn nhiều nhất %(most)s.",
                over=grouped(over),
                most=grouped(self.most),
            )
            raise ValidationError(words)


class PersonForm(ReasonForm):
    """Hold one person, as far as the edition asks for it."""

    full_name = StringField(
        lazy("Họ và tên"),
        description=lazy("Viết đủ họ, tên đệm và tên, có dấu."),
        validators=[required(lazy("Hãy nhập họ và tên.")), length(150)],
    )
    birth_date = DateField(lazy("Ngày sinh"), description=lazy("Ngày/tháng/năm, ví dụ 20/05/2012."))
    class_name = StringField(lazy("Lớp"), description=lazy("Ví dụ 8A5."), validators=[length(30)])
    gender = SelectField(lazy("Giới tính"), choices=GENDERS, validators=[optional()])
    job_title = StringField(lazy("Chức danh"), validators=[optional(), length(150)])
    education = StringField(
        lazy("Trình độ chuyên môn"), description=lazy("Ví dụ kỹ sư, thạc sĩ."), validators=[optional(), length(150)]
    )
    workplace = StringField(lazy("Nơi công tác"), validators=[optional(), length(200)])
    address = StringField(lazy("Địa chỉ"), validators=[optional(), length(200)])
    phone = StringField(lazy("Điện thoại"), validators=[optional(), phone(), length(30)])
    email = StringField(lazy("Thư điện tử"), validators=[optional(), email(), length(254)])

    share = DecimalField(
        lazy("Phần trăm đóng góp"),
        description=lazy("Ví dụ 50 hoặc 33,5; của mọi tác giả cộng lại bằng 100."),
        validators=[between(Decimal("0.01"), 100), TwoPlaces()],
    )

    ASKED = (
        "birth_date",
        "class_name",
        "gender",
        "job_title",
        "education",
        "workplace",
        "address",
        "phone",
        "email",
        "share",
    )

    def ask(self, rules: Rulebook, role: str) -> None:
        """Keep the fields that this role is asked for."""
        for name in self.ASKED:
            need = asks(rules, role, name)
            if need is Need.ABSENT:
                del self[name]
                continue
            # Shares are known only once everybody is there: the check before handing in asks for them.
            first = required() if need is Need.REQUIRED and name != "share" else optional()
            self[name].validators = [first, *(v for v in self[name].validators if not _opens(v))]
            self[name].flags.required = need is Need.REQUIRED and name != "share"

    def show(self, person: Participant) -> None:
        """Fill in what is stored."""
        if "gender" in self and person.gender and person.gender not in dict(GENDERS):
            self.gender.choices = [*GENDERS, (person.gender, person.gender)]
        for name in ("full_name", *self.ASKED):
            if name in self:
                self[name].data = getattr(person, name)

    def person(self, role: str, stored: Participant | None = None) -> Person:
        """Return what was typed; what was not asked for stays as it is stored."""
        values = {name: getattr(stored, name) for name in self.ASKED} if stored else {}
        values |= {name: self[name].data or None for name in self.ASKED if name in self}
        return Person(role=role, full_name=self.full_name.data, **values)


class NewPersonForm(OncePerForm, PersonForm):
    """Add a person."""


class EditPersonForm(VersionedForm, PersonForm):
    """Change a person."""


class LeaveForm(ReasonForm):
    """Confirm that a person leaves."""


class SubmitForm(OncePerForm, ReasonForm):
    """Declare and hand in."""

    declared = BooleanField(
        lazy("Tôi cam đoan thông tin đúng sự thật và cha mẹ (người giám hộ) của các em đã đồng ý cho các em dự thi."),
        validators=[required(lazy("Hãy đánh dấu lời cam đoan trước khi nộp."))],
    )


class WithdrawForm(PortalForm):
    """Take an entry back."""

    reason = TextAreaField(
        lazy("Lý do rút"),
        description=lazy("Đơn vị và Ban Tổ chức đọc được lý do này."),
        validators=[required(lazy("Hãy ghi lý do rút hồ sơ.")), length(500)],
    )


def _opens(validator: Any) -> bool:
    return type(validator) in (type(optional()), type(required()))
