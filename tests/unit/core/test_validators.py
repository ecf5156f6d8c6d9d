"""Checks of a field say what to do."""

from typing import Any

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import Form, StringField

from contest_portal.core.fields import DecimalField, WholeNumberField
from contest_portal.core.validators import between, chosen, email, length, megabytes, optional, phone


def errors(validator: Any, typed: str, kind: Any = StringField) -> list[str]:
    class Sample(Form):
        answer = kind("Trả lời", [validator])

    form = Sample(MultiDict({"answer": typed}))
    form.validate()
    return [str(error) for error in form.answer.errors]


@pytest.mark.parametrize("typed", ["0912345678", "0912 345 678", "+84 912.345.678", "(0204) 3854-123"])
def test_telephone_numbers(typed: str) -> None:
    assert errors(phone(), typed) == []


@pytest.mark.parametrize("typed", ["0912", "số nhà 5", "0912345678 (mẹ)", "1" * 16, "٠٩١٢٣٤٥٦٧٨"])
def test_what_is_no_telephone_number(typed: str) -> None:
    assert errors(phone(), typed) == ["Số điện thoại chưa đúng, ví dụ đúng: 0912 345 678."]


def test_mail_addresses() -> None:
    assert errors(email(), "hong.anh@thaidao.edu.vn") == []
    assert errors(email(), "hong.anh@") == ["Địa chỉ thư điện tử chưa đúng, ví dụ đúng: ten@truong.edu.vn."]


def test_lengths() -> None:
    assert errors(length(3), "bốn ký tự") == ["Chỉ được viết nhiều nhất 3 ký tự."]
    assert errors(length(8, least=4), "ba") == ["Hãy viết từ 4 đến 8 ký tự."]
    assert errors(length(3), "ba") == []


def test_numbers_in_between() -> None:
    assert errors(between(0, 10), "11", WholeNumberField) == ["Hãy nhập số từ 0 đến 10."]
    assert errors(between(0.5, 10), "0,25", DecimalField) == ["Hãy nhập số từ 0,5 đến 10."]
    assert errors(between(0, 10), "10", DecimalField) == []


def test_own_words_replace_the_usual_ones() -> None:
    assert errors(chosen("Hãy chọn bảng."), "") == ["Hãy chọn bảng."]
    assert errors(phone("Sai số."), "x") == ["Sai số."]


def test_an_optional_field_may_stay_empty() -> None:
    class Sample(Form):
        answer = StringField("Điện thoại", [optional(), phone()])

    assert Sample(MultiDict({"answer": "  "})).validate()
    assert not Sample(MultiDict({"answer": "x"})).validate()


@pytest.mark.parametrize(("size", "words"), [(1_048_576, "1"), (13_107_200, "12,5"), (10_485_760, "10")])
def test_sizes_are_written_with_a_comma(size: int, words: str) -> None:
    assert megabytes(size) == words
