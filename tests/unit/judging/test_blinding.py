"""What a title may tell a judge in a blind round."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest_portal.core.vietnamese import fold
from contest_portal.judging.blinding import HIDDEN, blind_title

SCHOOL = "Trường THCS Tân Mỹ"


@pytest.mark.parametrize(
    ("title", "names", "shown"),
    [
        ("Máy cắt cỏ", [SCHOOL], "Máy cắt cỏ"),
        ("Máy cắt cỏ của trường THCS Tân Mỹ, bản 2", [SCHOOL], "Máy cắt cỏ của …, bản 2"),
        ("THCS TÂN MỸ 1", [SCHOOL], "… 1"),
        ("Máy lọc nước (tan my)", [SCHOOL], "Máy lọc nước (…)"),
        ("Robot Tân-Mỹ", [SCHOOL], "Robot …"),
        ("Đội Vôi chiến thắng", ["Trường Tiểu học Vôi"], "Đội … chiến thắng"),
        ("Phần mềm cho học sinh tiểu học", ["Trường Tiểu học Vôi"], "Phần mềm cho học sinh tiểu học"),
        ("Cối xay của Nguyễn Văn An", ["Nguyễn Văn An"], "Cối xay của …"),
        ("Nước sạch Lạng Giang", ["Huyện Lạng Giang"], "Nước sạch …"),
        ("Đèn học", [None, ""], "Đèn học"),
        ("Nguyễn Văn An, THCS Tân Mỹ", [SCHOOL, "Nguyễn Văn An"], "…"),
    ],
)
def test_words_shared_with_a_name_are_hidden(title: str, names: list[str | None], shown: str) -> None:
    assert blind_title(title, names) == shown


@given(st.text(max_size=40), st.lists(st.text(max_size=20), max_size=3))
def test_any_title_can_be_blinded_and_gains_no_words(title: str, names: list[str]) -> None:
    shown = blind_title(title, names)
    assert set(shown) <= set(title) | {HIDDEN}


@given(st.text("abcdeăâđ ", max_size=20), st.text("abcdeăâđ ", max_size=20))
def test_a_whole_name_of_two_words_never_shows(before: str, after: str) -> None:
    shown = blind_title(f"{before} Quỳnh Lưu {after}", ["THPT Quỳnh Lưu"])
    assert "quynh luu" not in fold(shown)
