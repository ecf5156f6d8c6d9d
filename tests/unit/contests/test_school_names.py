"""Levels, near names and one-time codes, without a database."""

import pytest

from contest_portal.contests import invitation_codes as codes
from contest_portal.contests.levels import LEVELS, level_of_name, read_level
from contest_portal.contests.nearness import is_near, nearest


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("THCS", "lower"),
        ("Trung học cơ sở", "lower"),
        ("TH&THCS", "primary_lower"),
        ("Cấp 3", "upper"),
        ("tiểu học", "primary"),
        ("GDNN - GDTX", "vocational"),
        ("cấp 9", None),
        ("", None),
    ],
)
def test_a_level_is_read_however_it_is_written(text: str, level: str | None) -> None:
    assert read_level(text) == level


def test_every_level_is_read_back_from_its_own_word() -> None:
    assert {read_level(str(word)) for word in LEVELS.values()} == set(LEVELS)


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("Trường THCS Kép", "lower"),
        ("Trường TH&THCS Sa Lý", "primary_lower"),
        ("Trường Tiểu học số 1", "primary"),
        ("Trường THPT Chuyên", "upper"),
        ("Công ty Sao Mai", None),
    ],
)
def test_a_name_says_its_level(name: str, level: str | None) -> None:
    assert level_of_name(name) == level


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("Trường THCS Kép", "Trường Trung học cơ sở Kép", True),
        ("Trường THCS Tân Dĩnh", "THCS Tân Dĩnh", True),
        ("Trường THCS Nguyễn Khắc Nhu", "Trường THCS Nguyễn Khắc Nhuu", True),
        ("Trường THCS số 1 Kép", "Trường THCS số 2 Kép", False),
        ("Trường Tiểu học Kép", "Trường THCS Kép", False),
        ("Trường THCS Kép", "Trường THCS Tân Dĩnh", False),
    ],
)
def test_names_that_are_nearly_one(one: str, other: str, near: bool) -> None:
    assert is_near(one, other) is near


def test_the_likest_names_come_first() -> None:
    known = ["Trường THCS Tân Dĩnh", "Trường THCS Kép", "Trường Tiểu học Kép"]
    assert nearest("thcs kep", known)[0] == "Trường THCS Kép"
    assert nearest("Đại học Xa Lạ Nào Đó", known) == []


def test_codes_are_long_different_and_easily_read() -> None:
    many = {codes.new_code(codes.PRINTED_GROUPS) for _ in range(500)}
    assert len(many) == 500
    assert {len(code) for code in many} == {23}
    assert not set("".join(many)) & set("01ILOU")
    bits = len(codes.ALPHABET) ** (codes.LINKED_GROUPS * codes.GROUP)
    assert bits > 2**128


def test_a_code_is_one_however_it_is_typed() -> None:
    code = "K7MPX-2QWER-ABCDE-23456"
    for typed in (code.lower(), code.replace("-", " "), " k7mpx2qwerabcde23456 ", "K7MPX–2QWER–ABCDE–23456"):
        assert codes.hash_code(typed) == codes.hash_code(code)
    assert codes.hash_code("K7MPX-2QWER-ABCDE-23457") != codes.hash_code(code)
    assert code not in codes.hash_code(code)
