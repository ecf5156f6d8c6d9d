"""What parents and schools fill in; each question stands alone, and nothing is chosen beforehand."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask_wtf.file import FileField
from wtforms import HiddenField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.widgets import HiddenInput

from contest_portal.core.forms import (
    CheckboxesField,
    DateField,
    PortalForm,
    chosen,
    email,
    length,
    optional,
    required,
    upload,
)
from contest_portal.core.i18n import lazy
from contest_portal.registration.consent.answering import LONGEST_NAME, Answers, Key, asked_of
from contest_portal.registration.consent.ethnic_groups import GROUPS, OTHER
from contest_portal.registration.consent.purposes import (
    PURPOSE_WORDS,
    RELATION_WORDS,
    REPRESENTATIVES,
    Ages,
    Purpose,
    Relation,
    Side,
)
from contest_portal.registration.consent.queries import Standing
from contest_portal.registration.consent.scans import ENDINGS, MOST_BYTES
from contest_portal.registration.consent.wordings import LONGEST

YES_NO: Final = [("yes", lazy("Đồng ý")), ("no", lazy("Không đồng ý"))]
NOT_TOLD: Final = ""


@dataclass(frozen=True)
class Question:
    """Be one question of a form: its field, and what it is about."""

    field: Any
    purpose: Purpose
    side: Side


class AnswerForm(PortalForm):
    """Ask a parent, and a child who has a say, or a grown-up participant."""

    giver = StringField(
        lazy("Họ và tên của anh chị"), validators=[required(lazy("Hãy nhập họ và tên.")), length(LONGEST_NAME)]
    )
    relation = RadioField(
        lazy("Anh chị là"),
        choices=[(relation.value, RELATION_WORDS[relation]) for relation in REPRESENTATIVES],
        validators=[chosen(lazy("Hãy chọn quan hệ với người dự thi."))],
    )
    seen = IntegerField(widget=HiddenInput())
    keys: Sequence[Key] = ()

    def questions(self, side: Side) -> list[Question]:
        """Return the questions one side is asked."""
        return [Question(self[_name(p, s)], p, s) for p, s in self.keys if s is side]

    def answers(self) -> Answers:
        """Return what was said; what was left open is left out."""
        given = {(p, s): self[_name(p, s)].data == "yes" for p, s in self.keys if self[_name(p, s)].data}
        relation = Relation(self.relation.data) if "relation" in self else None
        return Answers(given, self.giver.data or "" if "giver" in self else "", relation, self.seen.data)


class GroupForm(AnswerForm):
    """Ask for the ethnic group, which nobody has to tell."""

    group = SelectField(
        lazy("Dân tộc"),
        choices=[(NOT_TOLD, lazy("Không khai")), *((group, group) for group in GROUPS), (OTHER, lazy("Khác"))],
        validators=[optional()],
    )


def answer_form(standing: Standing, purposes: Sequence[Purpose], base: type[AnswerForm] = AnswerForm) -> Any:
    """Return the form that asks about one person, with nothing chosen; a grown-up is not asked who they are."""
    fields: dict[str, Any] = {"keys": tuple(asked_of(standing.ages, purposes))}
    for purpose, side in fields["keys"]:
        fields[_name(purpose, side)] = _choice(purpose, side, standing.ages)
    form = type("AnswerFormOfPerson", (base,), fields)()
    if standing.ages is Ages.ADULT:
        del form.giver
        del form.relation
    if not form.is_submitted():
        form.seen.data = standing.seen
    return form


class WithdrawForm(PortalForm):
    """Ask who takes everything back."""

    giver = AnswerForm.giver
    relation = AnswerForm.relation
    seen = IntegerField(widget=HiddenInput())

    def answers(self) -> Answers:
        """Return who withdraws."""
        relation = Relation(self.relation.data) if "relation" in self else None
        return Answers({}, self.giver.data or "" if "giver" in self else "", relation, self.seen.data)


def withdraw_form(standing: Standing) -> WithdrawForm:
    """Return the form that takes everything back."""
    form = WithdrawForm()
    if standing.ages is Ages.ADULT:
        del form.giver
        del form.relation
    if not form.is_submitted():
        form.seen.data = standing.seen
    return form


class CodeForm(PortalForm):
    """Ask for the code on a printed sheet."""

    code = StringField(
        lazy("Mã trên tờ giấy"),
        description=lazy("15 chữ và số, ví dụ K7MPX-2QWER-8TYHN. Viết hoa hay thường, có gạch hay không đều được."),
        validators=[required(lazy("Hãy nhập mã.")), length(60)],
    )


class PaperForm(PortalForm):
    """Record signed sheets: one scan, and what each child's sheet says."""

    scan = FileField(
        lazy("Bản quét hoặc ảnh chụp các phiếu đã ký"),
        description=lazy("PDF, JPG hoặc PNG, nhiều nhất 10 MB; một tệp có thể chứa phiếu của nhiều em."),
        validators=upload(MOST_BYTES, ENDINGS),
    )
    signed_on = DateField(lazy("Ngày ký trên phiếu"), validators=[required(lazy("Hãy nhập ngày ký."))])
    printed = SelectField(
        lazy("Bản nội dung ghi ở chân phiếu"), validators=[chosen(lazy("Hãy chọn bản nội dung của phiếu."))]
    )
    standings: Sequence[Standing] = ()
    purposes: Sequence[Purpose] = ()

    def parts(self) -> list[tuple[Standing, list[Any], list[Question]]]:
        """Return each person with the fields of who signed, and the questions of the sheet."""
        return [(s, self._who(s), self._questions(s)) for s in self.standings]

    def sheets(self) -> dict[int, Answers]:
        """Return the answers of every person for whom something was chosen."""
        found = {s.person.id: self._answers(s) for s in self.standings}
        return {person_id: answers for person_id, answers in found.items() if answers.given}

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask who signed, wherever an answer of a representative is recorded."""
        good = super().validate(extra_validators)
        for standing in self.standings:
            good = self._check_who(standing) and good
        return bool(good)

    def _check_who(self, standing: Standing) -> bool:
        spoken = any(q.field.data for q in self._questions(standing) if q.side is Side.REPRESENTATIVE)
        empty = [field for field in self._who(standing) if spoken and not field.data]
        for field in empty:
            field.errors = [
                *field.errors,
                lazy("Hãy điền mục này cho phiếu của %(name)s.", name=standing.person.full_name),
            ]
        return not empty

    def _answers(self, standing: Standing) -> Answers:
        given = {(q.purpose, q.side): q.field.data == "yes" for q in self._questions(standing) if q.field.data}
        who = self._who(standing)
        relation = Relation(who[1].data) if who and who[1].data else None
        return Answers(given, who[0].data or "" if who else "", relation, standing.seen)

    def _who(self, standing: Standing) -> list[Any]:
        if standing.ages is Ages.ADULT:
            return []
        return [self[f"p{standing.person.id}_giver"], self[f"p{standing.person.id}_relation"]]

    def _questions(self, standing: Standing) -> list[Question]:
        keys = asked_of(standing.ages, self.purposes)
        return [Question(self[f"p{standing.person.id}_{_name(p, s)}"], p, s) for p, s in keys]


def paper_form(standings: Sequence[Standing], purposes: Sequence[Purpose], printed: Sequence[str]) -> PaperForm:
    """Return the form of an entry's own people."""
    fields: dict[str, Any] = {"standings": tuple(standings), "purposes": tuple(purposes)}
    for standing in standings:
        mark = f"p{standing.person.id}_"
        if standing.ages is not Ages.ADULT:
            fields[f"{mark}giver"] = StringField(lazy("Người ký"), validators=[optional(), length(LONGEST_NAME)])
            words = [(relation.value, RELATION_WORDS[relation]) for relation in REPRESENTATIVES]
            fields[f"{mark}relation"] = SelectField(
                lazy("Quan hệ"), choices=[("", lazy("Chưa chọn")), *words], validators=[optional()]
            )
        for purpose, side in asked_of(standing.ages, purposes):
            fields[mark + _name(purpose, side)] = _choice(purpose, side, standing.ages)
    made: type[PaperForm] = type("PaperFormOfEntry", (PaperForm,), fields)
    form = made()
    form.printed.choices = [(mark, mark) for mark in printed]
    return form


class SendForm(PortalForm):
    """Ask for the addresses of parents; a line left empty sends nothing."""

    standings: Sequence[Standing] = ()

    def lines(self) -> list[tuple[Standing, Any]]:
        """Return each person with the field of the parent's address."""
        return [(s, self[f"address_{s.person.id}"]) for s in self.standings]

    def addresses(self) -> dict[int, str]:
        """Return the addresses that were written."""
        return {s.person.id: field.data for s, field in self.lines() if field.data}


def send_form(standings: Sequence[Standing]) -> SendForm:
    """Return the form that asks for the parents' addresses of these people."""
    fields: dict[str, Any] = {"standings": tuple(standings)}
    for standing in standings:
        label = lazy("Thư điện tử của phụ huynh em %(name)s", name=standing.person.full_name)
        if standing.ages is Ages.ADULT:
            label = lazy("Thư điện tử của %(name)s", name=standing.person.full_name)
        fields[f"address_{standing.person.id}"] = StringField(label, validators=[optional(), length(254), email()])
    made: type[SendForm] = type("SendFormOfEntry", (SendForm,), fields)
    return made()


class SheetsForm(PortalForm):
    """Choose for whom sheets are printed."""

    people = CheckboxesField(lazy("In phiếu cho"), validators=[chosen(lazy("Hãy chọn ít nhất một người."))])


class WordingForm(PortalForm):
    """Write the next version of the words for one purpose."""

    text = TextAreaField(lazy("Nội dung tiếng Việt"), validators=[required(), length(LONGEST)])
    text_en = TextAreaField(lazy("Nội dung tiếng Anh"), validators=[required(), length(LONGEST)])
    seen = HiddenField()


def _name(purpose: Purpose, side: Side) -> str:
    return f"{side.value}_{purpose.value}"


def _choice(purpose: Purpose, side: Side, ages: Ages) -> RadioField:
    # No answer is an answer nobody gave: it is neither asked for twice nor taken for a yes.
    label = PURPOSE_WORDS[purpose]
    if side is Side.OWN and ages is not Ages.ADULT:
        label = lazy("Chính em: %(what)s", what=PURPOSE_WORDS[purpose])
    return RadioField(label, choices=YES_NO, validators=[optional()])
