"""Which grade a class is of, as people write classes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest_portal.contests.eligibility import parse_grade


@pytest.mark.parametrize(
    ("text", "grade"),
    [
        ("8A5", 8),
        ("12D3", 12),
        ("10 Tin", 10),
        ("8", 8),
        (" 9/2 ", 9),
        ("Lớp 6B5", 6),
        ("lop 7", 7),
        ("LỚP: 3A", 3),
        ("Khối 11", 11),
        ("05A", 5),
        ("Lơ\u0301p 4C", 4),
        ("1", 1),
        ("13A", None),
        ("0", None),
        ("2024", None),
        ("123", None),
        ("10/2/2010", None),
        ("2-2-2010", None),
        ("Lá 1", None),
        ("A8", None),
        ("", None),
        (None, None),
    ],
)
def test_a_grade_stands_first_in_the_class(text: str | None, grade: int | None) -> None:
    assert parse_grade(text) == grade


@given(st.integers(1, 12), st.sampled_from(["", "Lớp ", "lớp", "Khối "]), st.from_regex(r"[A-Z][0-9]?", fullmatch=True))
def test_every_class_of_every_grade_is_read(grade: int, word: str, letters: str) -> None:
    assert parse_grade(f"{word}{grade}{letters}") == grade


@given(st.text())
def test_any_text_is_a_grade_of_school_or_none(text: str) -> None:
    assert parse_grade(text) in {None, *range(1, 13)}
