"""What a unit fills in."""

from collections.abc import Sequence
from typing import Any

from wtforms import FieldList, FormField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import AnyOf, ValidationError

from contest_portal.contests.models import Division, Edition, Field, School
from contest_portal.contests.rulebook import Rulebook
from contest_portal.contests.services import rulebook_of
from contest_portal.core import clock
from contest_portal.core.forms import (
    CheckboxesField,
    DateField,
    DecimalField,
    OncePerForm,
    PortalForm,
    VersionedForm,
    chosen,
    length,
    optional,
    required,
)
from contest_portal.core.i18n import lazy, local_name
from contest_portal.registration.people import Person
from contest_portal.screening.conditions import WORDS
from contest_portal.screening.models import ScreeningResult
from contest_portal.screening.queries import Scale
from contest_portal.screening.reception.contents import expected_contents
from contest_portal.screening.reception.parcels import Parcel
from contest_portal.screening.services import Decision, PaperEntry, Verdict

NEW_SCHOOL = "new"
NO_DECISION = "later"
PEOPLE_AT_ONCE = 4
MOST_PEOPLE = 20
REOPEN = lazy("Biểu mẫu này không đầy đủ. Hãy mở lại trang.")


def not_ahead(_form: Any, field: Any) -> None:
    """Refuse a day that has not come yet."""
    if field.data is not None and field.data > clock.today():
        raise ValidationError(lazy("Ngày này còn ở phía trước: hãy nhập ngày việc đã xảy ra."))


def day_field(label: Any, description: Any = "") -> DateField:
    """Return the field of the day something happened: today unless it is told otherwise."""
    return DateField(label, description=description, validators=[required(), not_ahead], default=clock.today)


class ResultForm(VersionedForm, PortalForm):
    """Write what the unit found of an entry."""

    score = DecimalField(lazy("Điểm sơ khảo"), validators=[optional()])
    prize = StringField(lazy("Giải của đơn vị"), validators=[optional(), length(60)])
    remark = TextAreaField(lazy("Nhận xét"), validators=[optional(), length(2000)])
    decision = RadioField(
        lazy("Quyết định"),
        choices=[
            (NO_DECISION, lazy("Chưa quyết định")),
            (Decision.FORWARD.value, lazy("Chuyển lên tỉnh")),
            (Decision.KEEP.value, lazy("Không chuyển lên tỉnh")),
        ],
        default=NO_DECISION,
        validators=[chosen()],
    )
    decided_on = day_field(lazy("Ngày sơ khảo"))

    def explain(self, scale: Scale) -> None:
        """Say between which bounds the score lies."""
        self.score.description = lazy(
            "Từ 0 đến %(most)s, bước %(step)s.", most=self.score.write(scale.most), step=self.score.write(scale.step)
        )

    def show(self, result: ScreeningResult | None) -> None:
        """Fill in what is stored; a first result begins from version 0."""
        self.version.data = 0
        if result is None:
            return
        self.score.data, self.prize.data, self.remark.data = result.score, result.prize, result.remark
        self.decided_on.data, self.version.data = result.decided_on, result.version

    def accept_version(self, version: int) -> None:
        """Let the next sending write over this version, now that the person has seen it."""
        self.version.data, self.version.raw_data = version, None

    def verdict(self) -> Verdict:
        """Return what was filled in."""
        decision = None if self.decision.data == NO_DECISION else Decision(self.decision.data)
        decided_on: Any = self.decided_on.data
        return Verdict(decided_on, self.score.data, self.prize.data, self.remark.data, decision)


class PrizedResultForm(ResultForm):
    """Write what the unit found, with one of the prizes the unit has set."""

    prize = SelectField(lazy("Giải của đơn vị"), choices=[])

    def offer(self, prizes: Sequence[tuple[str, int]], stored: str | None) -> None:
        """Offer the unit's prizes, and what a stored result has although it is offered no more."""
        names = [name for name, _quantity in prizes]
        kept = [stored] if stored and stored not in names else []
        self.prize.choices = [("", lazy("Không có giải")), *((name, name) for name in [*names, *kept])]


def result_form(prizes: Sequence[tuple[str, int]], stored: str | None) -> ResultForm:
    """Return the form of a unit: its prizes are chosen where it has set them, else written."""
    if not prizes:
        return ResultForm()
    form = PrizedResultForm()
    form.offer(prizes, stored)
    return form


class TakeBackForm(PortalForm):
    """Undo a decision."""

    reason = TextAreaField(lazy("Lý do"), validators=[required(), length(1000)])
    happened_on = day_field(lazy("Ngày rút lại quyết định"))


class DecideForm(PortalForm):
    """Decide of several entries at once; the boxes are in the list."""

    references = CheckboxesField(lazy("Hồ sơ"), choices=[], validate_choice=False)
    decision = HiddenField(default=Decision.FORWARD.value, validators=[AnyOf([d.value for d in Decision], REOPEN)])
    happened_on = day_field(lazy("Ngày quyết định"))
    reason = TextAreaField(
        lazy("Lý do chuyển hồ sơ chưa đủ"),
        description=lazy("Chỉ Ban Tổ chức chuyển được hồ sơ chưa đủ; lý do ghi vào diễn biến của hồ sơ."),
        validators=[optional(), length(1000)],
    )


class CompleteForm(PortalForm):
    """Say that the unit is done."""

    happened_on = day_field(lazy("Ngày hoàn thành"))


class ReopenForm(PortalForm):
    """Let a completed unit work again."""

    reason = TextAreaField(lazy("Lý do mở lại"), validators=[required(), length(1000)])
    happened_on = day_field(lazy("Ngày mở lại"))


class PersonLine(PortalForm):
    """Be one person on a paper; a line without a name is nobody."""

    class Meta(PortalForm.Meta):
        """Leave the token to the form around it."""

        csrf = False

    full_name = StringField(lazy("Họ và tên"), validators=[optional(), length(150)])
    role = SelectField(lazy("Vai trò"), choices=[])
    birth_date = DateField(lazy("Ngày sinh"), validators=[optional(), not_ahead])
    class_name = StringField(lazy("Lớp hoặc nơi công tác"), validators=[optional(), length(30)])


class PaperForm(OncePerForm, PortalForm):
    """Log an entry that came on paper, with its people."""

    received_on = day_field(
        lazy("Ngày nhận chính thức"), lazy("Ngày hồ sơ giấy đến đơn vị, không phải ngày nhập vào đây.")
    )
    title = StringField(lazy("Tên bài dự thi"), validators=[required(), length(300)])
    school = SelectField(lazy("Trường"), validators=[chosen()])
    new_school = StringField(
        lazy("Tên trường mới"),
        description=lazy("Chỉ điền khi trường chưa có trong danh sách."),
        validators=[length(200)],
    )
    group = SelectField(lazy("Nhóm"), validators=[chosen()])
    postmark_on = DateField(
        lazy("Ngày trên dấu bưu điện"),
        description=lazy("Chỉ ghi khi hồ sơ gửi qua bưu điện."),
        validators=[optional(), not_ahead],
    )
    brought_by = StringField(lazy("Người giao"), validators=[optional(), length(150)])
    received_by = StringField(lazy("Người nhận tại đơn vị"), validators=[optional(), length(150)])
    contents = CheckboxesField(lazy("Trong hồ sơ có"), choices=[], validators=[optional()])
    condition = SelectField(lazy("Tình trạng mô hình"), validators=[optional()])
    condition_note = StringField(lazy("Mô tả tình trạng"), validators=[optional(), length(500)])
    people = FieldList(FormField(PersonLine), min_entries=PEOPLE_AT_ONCE, max_entries=MOST_PEOPLE)
    note = StringField(lazy("Ghi chú"), validators=[optional(), length(500)])

    def offer(self, schools: Sequence[School], groups: Sequence[Division | Field], rules: Rulebook) -> None:
        """Offer the unit's schools, the edition's divisions or fields, and the roles of its people."""
        places = [(str(school.id), school.name) for school in schools]
        self.school.choices = [("", lazy("Chọn trường")), *places, (NEW_SCHOOL, lazy("Trường khác (điền bên dưới)"))]
        self.group.choices = [("", lazy("Chọn một mục")), *((group.code, local_name(group)) for group in groups)]
        self.group.label.text = lazy("Bảng") if rules.grouping == "division" else lazy("Lĩnh vực")
        self.contents.choices = [(content.code, str(content.label)) for content in expected_contents(rules)]
        self.condition.choices = [("", lazy("Chưa xem")), *((code.value, words) for code, words in WORDS.items())]
        for line in self.people:
            line.form.role.choices = [(rule.role.value, str(rule.word).capitalize()) for rule in rules.roles]

    def paper(self, edition: Edition, schools: Sequence[School]) -> PaperEntry:
        """Return what was filled in."""
        group = next(g for g in groups_of(edition) if g.code == self.group.data)
        received_on: Any = self.received_on.data
        return PaperEntry(
            title=self.title.data,
            received_on=received_on,
            school=next((school for school in schools if str(school.id) == self.school.data), None),
            new_school=self.new_school.data,
            division=group if isinstance(group, Division) else None,
            field=group if isinstance(group, Field) else None,
            people=self.persons(),
            note=self.note.data,
            parcel=self.parcel(),
        )

    def parcel(self) -> Parcel:
        """Return what was seen of the parcel the paper came in."""
        received_on: Any = self.received_on.data
        return Parcel(
            received_on=received_on,
            postmark_on=self.postmark_on.data,
            brought_by=self.brought_by.data or None,
            received_by=self.received_by.data or None,
            contents=tuple(self.contents.data) if self.contents.data else None,
            condition=self.condition.data or None,
            condition_note=self.condition_note.data or None,
            note=self.note.data or None,
        )

    def persons(self) -> list[Person]:
        """Return the people of the lines that have a name."""
        return [_person(line.form) for line in self.people if line.form.full_name.data]

    def validate_new_school(self, field: StringField) -> None:
        """Ask for a name where the school is new."""
        if self.school.data == NEW_SCHOOL and not field.data:
            raise ValidationError(lazy("Hãy điền tên trường."))


def _person(line: PersonLine) -> Person:
    text = line.class_name.data or None
    studies = line.role.data != "coach"
    return Person(
        role=line.role.data,
        full_name=line.full_name.data,
        birth_date=line.birth_date.data,
        class_name=text if studies else None,
        workplace=None if studies else text,
    )


def groups_of(edition: Edition) -> Sequence[Division | Field]:
    """Return what the edition's entries are compared within."""
    by_division = rulebook_of(edition).grouping == "division"
    return edition.divisions if by_division else edition.fields


__all__ = [
    "CompleteForm",
    "DecideForm",
    "PaperForm",
    "PersonLine",
    "PrizedResultForm",
    "ReopenForm",
    "ResultForm",
    "TakeBackForm",
    "groups_of",
    "result_form",
]
