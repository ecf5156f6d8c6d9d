"""Account names are plain, and no two look alike."""

import pytest

from contest_portal.accounts.names import normal_name, problem_with_name, skeleton


@pytest.mark.parametrize("name", ["thcs.kep", "to-chuc_2024", "a.b@c.vn", "123abc"])
def test_plain_names_are_accepted(name: str) -> None:
    assert problem_with_name(name) is None


@pytest.mark.parametrize("name", ["ab", "x" * 61, "trường.kép", "аdmin", "a b", ".abc", "a\u200bbc", "<b>x", ""])
def test_others_are_refused(name: str) -> None:
    assert problem_with_name(name) is not None


def test_names_are_looked_up_without_case() -> None:
    assert normal_name("  To.Chuc ") == "to.chuc"


@pytest.mark.parametrize(
    ("one", "other"),
    [("to.chuc", "t0.chuc"), ("giam.khao1", "giam.khaol"), ("quantri", "quan-tri"), ("modern", "modem"), ("si", "sl")],
)
def test_look_alikes_share_a_skeleton(one: str, other: str) -> None:
    assert skeleton(one) == skeleton(other)
