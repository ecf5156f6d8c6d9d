"""What a school fills in."""

from collections.abc import Sequence
from typing import Any

from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField

from contest_portal.contests.models import Division, Edition, Field, School, Unit
from contest_portal.contests.rulebook import Need, Rulebook
from contest_portal.core.filters import show_name
from contest_portal.core.forms import (
    DateField,
    OncePerForm,
    PortalForm,
    VersionedForm,
    email,
    length,
    optional,
    phone,
    required,
)
from contest_portal.core.i18n import lazy
from contest_portal.registration.models import Entry, Participant
from contest_portal.registration.people import Person
from contest_portal.registration.services import Details
from contest_portal.registration.tasks import asks

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

    title = StringField(lazy("Tên"), validators=[required(lazy("Hãy nhập tên.")), length(300)])
    division = RadioField(lazy("Bảng thi"), validators=[required(lazy("Hãy chọn một bảng."))])
    field = RadioField(lazy("Lĩnh vực"), validators=[required(lazy("Hãy chọn một lĩnh vực."))])
    unit = SelectField(lazy("Đơn vị sơ khảo"), validators=[optional()])
    summary = TextAreaField(
        lazy("Tóm tắt"),
        description=lazy("Vài câu về ý tưởng; nhiều nhất 2.000 ký tự."),
        validators=[optional(), length(2000)],
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
        nothing = [("", lazy("Chưa chọn"))]
        self._offer("unit", rules.needs.unit, [*nothing, *((str(u.id), u.name) for u in units)] if units else [])

    def show(self, entry: Entry) -> None:
        """Fill in what is stored."""
        self.version.data = entry.version
        for name in ("title", "summary", "contact_phone", "contact_email"):
            self[name].data = getattr(entry, name)
        for name in ("division", "field", "unit"):
            if name in self:
                stored = getattr(entry, f"{name}_id")
                self[name].data = str(stored) if stored else ""

    def details(self, entry: Entry) -> Details:
        """Return what was typed; what was not asked for stays as it is stored."""
        places = {f"{name}_id": self._chosen(name, entry) for name in ("division", "field", "unit")}
        return Details(
            title=self.title.data,
            summary=self.summary.data or None,
            contact_phone=self.contact_phone.data or None,
            contact_email=self.contact_email.data or None,
            **places,
        )

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


class PersonForm(ReasonForm):
    """Hold one person, as far as the edition asks for it."""

    full_name = StringField(
        lazy("Họ và tên"),
        description=lazy("Viết đủ họ, tên đệm và tên, có dấu."),
        validators=[required(lazy("Hãy nhập họ và tên.")), length(150)],
    )
    birth_date = DateField(lazy("Ngày sinh"), description=lazy("Ngày/tháng/năm, ví dụ 20/05/2012."))
    class_name = StringField(lazy("Lớp"), description=lazy("Ví dụ 8A5."), validators=[length(30)])
    workplace = StringField(lazy("Nơi công tác"), validators=[optional(), length(200)])
    phone = StringField(lazy("Điện thoại"), validators=[optional(), phone(), length(30)])
    email = StringField(lazy("Thư điện tử"), validators=[optional(), email(), length(254)])

    ASKED = ("birth_date", "class_name", "workplace", "phone", "email")

    def ask(self, rules: Rulebook, role: str) -> None:
        """Keep the fields that this role is asked for."""
        for name in self.ASKED:
            need = asks(rules, role, name)
            if need is Need.ABSENT:
                del self[name]
                continue
            first = required() if need is Need.REQUIRED else optional()
            self[name].validators = [first, *(v for v in self[name].validators if not _opens(v))]
            self[name].flags.required = need is Need.REQUIRED

    def show(self, person: Participant) -> None:
        """Fill in what is stored."""
        for name in ("full_name", *self.ASKED):
            if name in self:
                self[name].data = getattr(person, name)

    def person(self, role: str, stored: Participant | None = None) -> Person:
        """Return what was typed; what was not asked for stays as it is stored."""
        values = {name: getattr(stored, name) for name in (*self.ASKED, "gender")} if stored else {}
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
