"""The base of every form: cleaned text, our sentences, errors that find their field."""

import uuid
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage, MultiDict
from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)

from contest_portal.core.errors import Invalid, Problem
from contest_portal.core.forms import (
    CheckboxesField,
    DateField,
    Mistake,
    OncePerForm,
    PortalForm,
    VersionedForm,
    apply_problems,
    required,
    upload,
)


@pytest.fixture(autouse=True)
def request_of_a_bare_app() -> Iterator[None]:
    bare = Flask(__name__)
    bare.secret_key = "x"
    with bare.test_request_context("/", method="POST"):
        yield


class Person(Form):
    name = StringField("Tên", [required("Hãy viết tên.")])


class Sample(PortalForm):
    name = StringField("Họ và tên", [required("Hãy viết họ và tên.")], filters=[lambda text: text and text.title()])
    idea = TextAreaField("Ý tưởng")
    secret = PasswordField("Mật khẩu")
    born_on = DateField("Ngày sinh", [required()])
    grade = SelectField("Lớp", choices=[("8", "Lớp 8")], validate_choice=True)
    role = RadioField("Vai trò", choices=[("member", "Thành viên"), ("coach", "Hướng dẫn")], default="member")
    fields = CheckboxesField("Lĩnh vực", choices=[("a", "A"), ("b", "B")])
    seats = IntegerField("Số chỗ")


def filled(kind: type[PortalForm] = Sample, **data: Any) -> Any:
    form = kind(formdata=MultiDict(data), meta={"csrf": False})
    form.validate()
    return form


def valid(**changes: Any) -> dict[str, Any]:
    return {"name": "an", "born_on": "1/2/2012", "grade": "8", "role": "member", "seats": "1"} | changes


def test_a_line_is_stripped_composed_and_then_filtered() -> None:
    assert filled(**valid(name="  nguye\u0302\u0303n\u00a0  an ")).name.data == "Nguyễn An"


def test_a_longer_text_keeps_its_lines() -> None:
    assert filled(**valid(idea="  mo\u0323\u0302t  \r\n\r\n hai ")).idea.data == "một\n\nhai"


def test_a_password_is_left_as_typed() -> None:
    assert filled(**valid(secret="  a  b ")).secret.data == "  a  b "


def test_text_of_spaces_is_no_answer() -> None:
    assert filled(**valid(name=" \u00a0\u200b ")).errors["name"] == ["Hãy viết họ và tên."]


def test_an_impossible_date_keeps_its_own_sentence_and_what_was_typed() -> None:
    form = filled(**valid(born_on="31/2/2012"))
    sentence = "Không có ngày này. Hãy viết ngày/tháng/năm, ví dụ 20/05/2024."
    assert [str(error) for error in form.born_on.errors] == [sentence]
    assert 'value="31/2/2012"' in form.born_on()


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("grade", "13", "Lựa chọn này không có trong danh sách. Hãy chọn lại."),
        ("role", "judge", "Lựa chọn này không có trong danh sách. Hãy chọn lại."),
        ("seats", "nhiều", "Hãy nhập một số nguyên."),
        ("born_on", "", "Hãy điền mục này."),
    ],
)
def test_wtforms_speaks_our_sentences(field: str, typed: str, sentence: str) -> None:
    assert [str(error) for error in filled(**valid(**{field: typed})).errors[field]] == [sentence]


def test_several_boxes_are_read() -> None:
    form = Sample(formdata=MultiDict([*valid().items(), ("fields", "a"), ("fields", "b")]), meta={"csrf": False})
    assert form.validate()
    assert form.fields.data == ["a", "b"]


def test_mistakes_come_in_the_order_of_the_page_with_their_anchors() -> None:
    form = filled(**valid(name="", role="judge", seats="x"))
    form.add_error(None, "Đội đã đủ người.")
    assert [(str(mistake.message), mistake.anchor) for mistake in form.problem_list()] == [
        ("Đội đã đủ người.", None),
        ("Hãy viết họ và tên.", "name"),
        ("Lựa chọn này không có trong danh sách. Hãy chọn lại.", "role-0"),
        ("Hãy nhập một số nguyên.", "seats"),
    ]


def test_mistakes_of_inner_forms_lead_to_the_inner_field() -> None:
    class Team(PortalForm):
        people = FieldList(FormField(Person), min_entries=1)
        lead = FormField(Person)

    form = filled(Team, **{"people-0-name": "", "people-1-name": "An", "lead-name": ""})
    assert form.problem_list() == [Mistake("Hãy viết tên.", "people-0-name"), Mistake("Hãy viết tên.", "lead-name")]


def test_an_expired_token_is_left_to_the_pages_own_message() -> None:
    form = Sample(formdata=MultiDict(valid(csrf_token="old")))
    assert not form.validate()
    assert "csrf_token" in form.errors
    assert form.problem_list() == []


def test_domain_problems_go_to_their_fields_or_to_the_form() -> None:
    form = filled(**valid())
    problems = [
        Problem("Quá tuổi của bảng B.", field="birth_date"),
        Problem("Đội đã đủ người.", field="participants"),
        Problem("Thiếu ngày sinh.", row=7),
    ]
    apply_problems(form, Invalid(problems=problems), {"birth_date": "born_on"})
    assert form.born_on.errors == ["Quá tuổi của bảng B."]
    assert [str(error) for error in form.form_errors] == ["Đội đã đủ người.", "Dòng 7: Thiếu ngày sinh."]
    assert [mistake.anchor for mistake in form.problem_list()] == [None, None, "born_on"]


def test_an_invalid_without_problems_shows_its_message() -> None:
    form = filled(**valid())
    apply_problems(form, Invalid("Đã hết hạn nộp."))
    assert form.form_errors == ["Đã hết hạn nộp."]


class Creating(PortalForm, OncePerForm):
    name = StringField("Tên")


class Editing(PortalForm, VersionedForm):
    name = StringField("Tên")


def test_each_new_form_has_its_own_one_time_token() -> None:
    first, second = (Creating(formdata=None, meta={"csrf": False}).once.data for _ in range(2))
    assert first != second
    assert uuid.UUID(hex=first).hex == first


def test_a_refused_form_keeps_its_one_time_token() -> None:
    token = uuid.uuid4().hex
    form = filled(Creating, name="", once=token)
    assert form.once.data == token
    assert token in form.once()


@pytest.mark.parametrize("token", ["", "x", "1" * 31, "'; drop table"])
def test_a_foreign_one_time_token_is_refused(token: str) -> None:
    form = filled(Creating, name="a", once=token)
    assert [mistake.anchor for mistake in form.problem_list()] == [None]
    assert uuid.UUID(hex=form.once.data).hex in form.once()


def test_a_version_is_a_number() -> None:
    assert filled(Editing, name="a", version="3").version.data == 3
    assert filled(Editing, name="a", version="x").errors["version"] == ["Hãy nhập một số nguyên."]


class Sending(PortalForm):
    doc = FileField("Tệp", upload(2_000_000, (".pdf", "XLSX")))
    agreed = BooleanField("Đồng ý", [required("Cần có sự đồng ý.")])


@pytest.mark.parametrize(
    ("name", "size", "sentence"),
    [
        ("a.PDF", 10, None),
        ("a.xlsx", 2_000_000, None),
        ("a.exe", 10, "Tệp phải thuộc loại: .pdf, .xlsx."),
        ("a.pdf", 0, "Tệp này trống. Hãy chọn tệp khác."),
        ("a.pdf", 2_621_440, "Tệp nặng 2,5 MB, quá giới hạn 1,9 MB."),
    ],
)
def test_a_files_size_and_kind_are_bounded(name: str, size: int, sentence: str | None) -> None:
    file = FileStorage(BytesIO(b"x" * size), filename=name)
    form = filled(Sending, doc=file, agreed="y")
    assert [str(error) for error in form.doc.errors] == ([sentence] if sentence else [])
    assert file.stream.tell() == 0


def test_a_missing_file_and_an_empty_box_are_named() -> None:
    form = filled(Sending)
    assert form.has_files
    assert [(str(m.message), m.anchor) for m in form.problem_list()] == [
        ("Hãy chọn một tệp.", "doc"),
        ("Cần có sự đồng ý.", "agreed"),
    ]
    assert not filled(Creating).has_files
