"""A rule that is missing, wrong or misspelt is named; nothing is guessed."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import pytest

from contest_portal.contests.reading import BadRules, Table


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


def table(**values: Any) -> Table:
    return Table(values, "x.toml.rules")


def message(read: Callable[[], Any]) -> str:
    with pytest.raises(BadRules) as caught:
        read()
    return str(caught.value)


def test_values_are_handed_out_as_what_they_are() -> None:
    found = table(name="Robocon", on=True, count=3, weight=1.5, words=["a", "b"], colour="blue")
    assert found.text("name") == "Robocon"
    assert found.flag("on", default=False) is True
    assert found.number("count") == 3
    assert found.points("weight") == Decimal("1.5")
    assert found.texts("words") == ("a", "b")
    assert found.choice("colour", Colour) is Colour.BLUE
    found.finish()


def test_dates_come_from_toml_or_from_stored_text() -> None:
    assert table(day=date(2024, 5, 31)).day("day") == date(2024, 5, 31)
    assert table(day="2024-05-31").day("day") == date(2024, 5, 31)
    assert table(at=datetime(2024, 5, 31, 17)).moment("at") == datetime(2024, 5, 31, 17)
    assert table(at="2024-05-31T17:00:00").moment("at") == datetime(2024, 5, 31, 17)


def test_a_default_stands_in_for_what_is_not_there() -> None:
    empty = table()
    assert empty.text("name", None) is None
    assert empty.flag("on", default=True) is True
    assert empty.number("count", 7) == 7
    assert empty.points("weight", Decimal(1)) == Decimal(1)
    assert empty.day("day", None) is None
    assert empty.moment("at", None) is None
    assert empty.texts("words") == ()
    assert empty.choice("colour", Colour, Colour.RED) is Colour.RED
    assert empty.tables("rounds") == []


def test_what_is_missing_is_named_with_its_place() -> None:
    assert message(lambda: table().text("name")) == "x.toml.rules.name: còn thiếu; cần một dòng chữ."
    assert message(lambda: table().number("count")) == (
        "x.toml.rules.count: còn thiếu; cần một số nguyên từ 0 trở lên."
    )


@pytest.mark.parametrize("value", [3, "", "  ", ["a"], True])
def test_a_text_is_words(value: Any) -> None:
    assert message(lambda: table(name=value).text("name")) == "x.toml.rules.name: cần một dòng chữ."


@pytest.mark.parametrize("value", [-1, 1.0, "3", True, [3]])
def test_a_number_is_whole_and_not_negative(value: Any) -> None:
    assert message(lambda: table(n=value).number("n")) == "x.toml.rules.n: cần một số nguyên từ 0 trở lên."


@pytest.mark.parametrize("value", [0, -2, "abc", "NaN", "Infinity", True])
def test_points_are_over_zero(value: Any) -> None:
    assert message(lambda: table(n=value).points("n")) == "x.toml.rules.n: cần một số lớn hơn 0."


@pytest.mark.parametrize("value", [1, "true", "không"])
def test_a_flag_is_true_or_false(value: Any) -> None:
    assert message(lambda: table(on=value).flag("on", default=False)) == "x.toml.rules.on: cần true hoặc false."


@pytest.mark.parametrize("value", ["31/5/2024", "2024-02-30", 2024, datetime(2024, 5, 31)])
def test_a_day_is_one_of_the_calendar(value: Any) -> None:
    assert message(lambda: table(d=value).day("d")) == "x.toml.rules.d: cần một ngày dạng 2024-05-31."


@pytest.mark.parametrize("value", ["tối qua", date(2024, 5, 31), "2024-05-31T17:00:00+07:00"])
def test_a_moment_has_an_hour_and_no_zone(value: Any) -> None:
    said = message(lambda: table(at=value).moment("at"))
    assert said == "x.toml.rules.at: cần ngày giờ dạng 2024-05-31T17:00:00, không kèm múi giờ."


def test_a_choice_names_what_can_be_chosen() -> None:
    assert message(lambda: table(c="green").choice("c", Colour)) == "x.toml.rules.c: cần một trong: red, blue."


@pytest.mark.parametrize("value", ["a", [1], ["a", ""], {"a": "b"}])
def test_texts_are_a_list_of_words(value: Any) -> None:
    assert message(lambda: table(t=value).texts("t")) == "x.toml.rules.t: cần một danh sách các dòng chữ."


def test_inner_tables_know_where_they_stand() -> None:
    first, second = table(rounds=[{"code": "a"}, {}]).tables("rounds")
    assert first.text("code") == "a"
    assert message(lambda: second.text("code")) == "x.toml.rules.rounds[2].code: còn thiếu; cần một dòng chữ."
    assert message(lambda: table(rounds={"a": 1}).tables("rounds")) == (
        "x.toml.rules.rounds: cần một danh sách các bảng."
    )
    assert message(lambda: table(dates=[1]).table("dates")) == "x.toml.rules.dates: cần một bảng các mục."


def test_a_misspelt_key_is_refused() -> None:
    found = table(name="Robocon", max_memebrs=3)
    found.text("name")
    assert message(found.finish) == "x.toml.rules.max_memebrs: không có mục nào tên như vậy."
