"""Test how texts and searches are taken apart into words."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest_portal.registration.models_finding import TERM_LENGTH
from contest_portal.registration.terms import (
    MOST_WORDS,
    Wanted,
    mail_terms,
    number_terms,
    read_query,
    terms_of,
    words_of,
)

PREFIXES = ("RB24", "ST24")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Đội Rồng Xanh", ["doi", "rong", "xanh"]),
        ("Robot-X_2 (bản 3)", ["robot", "x", "2", "ban", "3"]),
        ("NGUYỄN  THỊ Ánh", ["nguyen", "thi", "anh"]),
        ("Quý Quí", ["quy"]),
        ("%_\\'", []),
        ("", []),
    ],
)
def test_words_are_folded_each_once(text: str, words: list[str]) -> None:
    assert words_of(text) == words


@pytest.mark.parametrize(
    ("phone", "terms"),
    [
        ("0912 345.678", ["+0912345678", "-8765432190"]),
        ("+84912345678", ["+0912345678", "-8765432190"]),
        ("12", []),
        (None, []),
        ("không có", []),
    ],
)
def test_a_number_is_found_from_either_end(phone: str | None, terms: list[str]) -> None:
    assert number_terms(phone) == terms


def test_an_address_is_found_by_what_stands_before_the_at() -> None:
    assert mail_terms("Hong.Anh@thcs.edu.vn") == ["@hong.anh"]
    assert mail_terms("") == mail_terms(None) == []


@pytest.mark.parametrize(
    ("q", "wanted"),
    [
        ("rồng xanh", Wanted(words=("rong", "xanh"))),
        ("rb24-7k", Wanted(references=("RB24-7K",))),
        ("RB24 7KABCD", Wanted(words=("7kabcd",), prefixes=("RB24",))),
        ("RB24-", Wanted(prefixes=("RB24",))),
        ("RB24-7K xanh", Wanted(words=("xanh",), references=("RB24-7K",))),
        ("0912 345 678", Wanted(words=("0912", "345", "678"), number="0912345678")),
        ("+84 912345678", Wanted(words=("84", "912345678"), number="0912345678")),
        ("678", Wanted(words=("678",))),
        ("anh@truong.vn đội", Wanted(words=("doi",), mails=("@anh",))),
        ("AI-Robot", Wanted(words=("ai", "robot"))),
        ("%", Wanted()),
    ],
)
def test_a_search_is_taken_apart(q: str, wanted: Wanted) -> None:
    assert read_query(q, PREFIXES) == wanted


def test_a_search_has_so_many_words_and_no_more() -> None:
    assert len(read_query(" ".join(string.ascii_lowercase), PREFIXES).words) == MOST_WORDS


@given(st.text(max_size=100))
def test_every_word_of_a_title_finds_it(title: str) -> None:
    found = terms_of(reference="RB24-7KABCD", texts=[title], phones=[], addresses=[])
    assert set(words_of(title)) <= found
    assert "7kabcd" in found


@given(st.text(max_size=100))
def test_words_are_what_the_index_can_hold(text: str) -> None:
    for word in words_of(text):
        assert 0 < len(word) <= TERM_LENGTH
        assert word == word.lower()
        # Not one begins like a number or an address, so that none of these is found by a word.
        assert word[0] not in "+-@"
        assert words_of(word) == [word]


@given(st.text(max_size=200))
def test_no_search_is_too_odd(q: str) -> None:
    wanted = read_query(q, PREFIXES)
    assert len(wanted.words) <= MOST_WORDS
    assert wanted.nothing == (wanted == Wanted())


@given(st.text(alphabet="0123456789", min_size=4, max_size=15), st.data())
def test_any_last_figures_find_a_number(digits: str, data: st.DataObject) -> None:
    last = data.draw(st.integers(min_value=4, max_value=len(digits)))
    wanted = read_query(digits[-last:], PREFIXES)
    forwards, backwards = number_terms(digits)
    assert wanted.number
    assert forwards.startswith("+" + wanted.number) or backwards.startswith("-" + wanted.number[::-1])
