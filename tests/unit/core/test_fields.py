"""Dates and numbers as people write them."""

from datetime import date
from decimal import Decimal

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import Form

from contest_portal.core.fields import DateField, DecimalField, WholeNumberField


class Sample(Form):
    day = DateField("Ngày")
    points = DecimalField("Điểm")
    people = WholeNumberField("Số người")


def read(**typed: str) -> Sample:
    form = Sample(MultiDict(typed))
    form.validate()
    return form


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("20/05/2024", date(2024, 5, 20)), ("2-5-2024", date(2024, 5, 2)), (" 29/2/2024 ", date(2024, 2, 29)), ("", None)],
)
def test_dates(typed: str, expected: date | None) -> None:
    assert read(day=typed).day.data == expected


@pytest.mark.parametrize("typed", ["31/2/2024", "29/2/2023", "ngày mai", "20/13/2024"])
def test_days_that_do_not_exist(typed: str) -> None:
    form = read(day=typed)
    assert form.day.data is None
    assert len(form.day.errors) == 1
    assert f'value="{typed}"' in form.day()


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("7,5", "7.5"), ("7.5", "7.5"), ("-0,25", "-0.25"), ("1.484,5", "1484.5"), ("1 484,5", "1484.5"), ("10", "10")],
)
def test_decimals(typed: str, expected: str) -> None:
    assert read(points=typed).points.data == Decimal(expected)


@pytest.mark.parametrize("typed", ["NaN", "Infinity", "1e9", "1_0", "7,5,5", "1.4,5", "٣", "bảy", "9" * 31, "7,"])
def test_what_is_no_decimal(typed: str) -> None:
    form = read(points=typed)
    assert form.points.data is None
    assert [str(error) for error in form.points.errors] == ["Hãy nhập một số, ví dụ 7,5."]


@pytest.mark.parametrize(("typed", "expected"), [("12", 12), ("1.484", 1484), ("1 484", 1484), ("-3", -3), ("007", 7)])
def test_whole_numbers(typed: str, expected: int) -> None:
    assert read(people=typed).people.data == expected


@pytest.mark.parametrize("typed", ["1.5", "1,5", "14.84", "9999999999", "một", "²"])
def test_what_is_no_whole_number(typed: str) -> None:
    form = read(people=typed)
    assert form.people.data is None
    assert [str(error) for error in form.people.errors] == ["Hãy nhập một số nguyên."]


def test_values_are_shown_as_people_write_them() -> None:
    form = Sample(data={"day": date(2024, 5, 2), "points": Decimal("7.50"), "people": 3})
    assert 'value="02/05/2024"' in form.day()
    assert 'value="7,5"' in form.points()
    assert 'value="3"' in form.people()
    assert 'value="10"' in Sample(data={"points": Decimal("10")}).points()


def test_a_field_that_was_not_sent_keeps_its_value() -> None:
    form = Sample(MultiDict({"people": "2"}), data={"day": date(2024, 5, 2)})
    assert form.day.data == date(2024, 5, 2)
