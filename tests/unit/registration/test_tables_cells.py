"""One cell, many people: what is taken apart and how."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest_portal.registration.tables.cells import (
    NamedPerson,
    class_only,
    is_undecided,
    read_person,
    read_yes,
    same_number,
    split_class_school,
    split_lines,
    split_people,
)


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("Nguyễn Văn An", ["Nguyễn Văn An"]),
        ("Nguyễn Văn An\nTrần Thị Bình", ["Nguyễn Văn An", "Trần Thị Bình"]),
        ("Nguyễn Văn An\r\nTrần Thị Bình\n", ["Nguyễn Văn An", "Trần Thị Bình"]),
        ("Trịnh Hữu Cường; Bùi Văn Phúc", ["Trịnh Hữu Cường", "Bùi Văn Phúc"]),
        ("1. Nguyễn Văn An\n2. Trần Thị Bình", ["Nguyễn Văn An", "Trần Thị Bình"]),
        ("1. Nguyễn Văn An 2. Trần Thị Bình", ["Nguyễn Văn An", "Trần Thị Bình"]),
        ("1)Nguyễn Văn An\n2)Trần Thị Bình", ["Nguyễn Văn An", "Trần Thị Bình"]),
        ("- Nguyễn Văn An\n- Trần Thị Bình", ["Nguyễn Văn An", "Trần Thị Bình"]),
        ("Nguyễn Văn An, Trần Thị Bình và Lê Chi", ["Nguyễn Văn An", "Trần Thị Bình", "Lê Chi"]),
        ("", []),
        (" \n ", []),
    ],
)
def test_names_in_a_cell(cell: str, names: list[str]) -> None:
    """Find every person of a cell."""
    assert [person.name for person in split_people(cell)] == names


@pytest.mark.parametrize(
    ("line", "person"),
    [
        ("Tống Minh Trâm - ĐT: 0916919189", NamedPerson("Tống Minh Trâm", phone="0916919189")),
        ("Tống Minh Trâm (0916 919 189)", NamedPerson("Tống Minh Trâm", phone="0916919189")),
        ("Tống Minh Trâm, SĐT 0916.919.189", NamedPerson("Tống Minh Trâm", phone="0916919189")),
        ("Tống Minh Trâm – Điện thoại: +84 916 919 189", NamedPerson("Tống Minh Trâm", phone="0916919189")),
        ("Lê Chi - tram@truong.edu.vn", NamedPerson("Lê Chi", email="tram@truong.edu.vn")),
        ("Lê Chi, Email: a.b@c.vn, ĐT: 0916919189", NamedPerson("Lê Chi", phone="0916919189", email="a.b@c.vn")),
        ("Lê Chi (8C3)", NamedPerson("Lê Chi", class_name="8C3")),
        ("Lê Chi - lớp 8C3", NamedPerson("Lê Chi", class_name="8C3")),
        ("Lê Chi, 05.06.2010, 7A", NamedPerson("Lê Chi", birth_date=date(2010, 6, 5), class_name="7A")),
        ("Lê Chi (nhóm trưởng)", NamedPerson("Lê Chi")),
        ("Lê Chi, Trường THCS Kép", NamedPerson("Lê Chi", workplace="Trường THCS Kép")),
        ("ĐT: 0916919189", NamedPerson("", phone="0916919189")),
    ],
)
def test_what_stands_beside_a_name(line: str, person: NamedPerson) -> None:
    """Read a telephone, an address, a class or a day beside a name."""
    assert read_person(line) == person


@given(st.text())
def test_any_cell_can_be_taken_apart(text: str) -> None:
    """Never break, whatever stands in a cell."""
    for person in split_people(text):
        assert isinstance(person.name, str)
    split_class_school(text)
    read_yes(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Lớp 8C3, Trường THCS Kép số 2", ("8C3", "Trường THCS Kép số 2")),
        ("8C3 - THCS Kép", ("8C3", "THCS Kép")),
        ("lớp 12A10 trường THPT Lục Nam", ("12A10", "Trường THPT Lục Nam")),
        ("Trường THCS Kép, lớp 8C3", ("8C3", "Trường THCS Kép")),
        ("Lớp 5A", ("5A", None)),
        ("Trường THCS Kép", (None, "Trường THCS Kép")),
        ("", (None, None)),
    ],
)
def test_class_and_school(text: str, found: tuple[str | None, str | None]) -> None:
    """Split a class from its school."""
    assert split_class_school(text) == found


@pytest.mark.parametrize(("text", "name"), [("Lớp 8C3", "8C3"), ("8C3", "8C3"), ("Chồi 1", "Chồi 1")])
def test_class_alone(text: str, name: str) -> None:
    """Leave the word before a class out."""
    assert class_only(text) == name


def test_lines_keep_their_places() -> None:
    """Keep an empty line between, so that dates stay beside their names."""
    assert split_lines("a\n\nc\n") == ["a", "", "c"]
    assert split_lines(12.0) == ["12"]


def test_same_number() -> None:
    """Match values to people, empty ones in their places or not at all."""
    assert same_number(["a", ""], 2) == ["a", ""]
    assert same_number(["a", "", "b"], 2) == ["a", "b"]
    assert same_number(["a"], 2) is None


@pytest.mark.parametrize(
    ("cell", "said"),
    [("x", True), ("X", True), ("Có", True), (1.0, True), (True, True), ("✓", True), ("", False), ("không", False),
     (0.0, False), ("có lẽ", None), ("7", None)],
)  # fmt: skip
def test_yes_and_no(cell: Any, said: bool | None) -> None:
    """Read a mark, and tell what is none."""
    assert read_yes(cell) is said


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("chưa", True),
        ("Chưa xét.", True),
        ("chưa quyết định", True),
        ("Undecided", True),
        ("", False),
        ("x", False),
        (0, False),
    ],
)
def test_undecided_is_neither_yes_nor_no(cell: Any, said: bool) -> None:
    assert is_undecided(cell) is said
    assert not (said and read_yes(cell))
