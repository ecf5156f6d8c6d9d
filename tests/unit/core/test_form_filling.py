"""The checking client sends what a browser would."""

from io import BytesIO

import pytest

from tests.form_filling import fill, find_form, present_values
from tests.page_rules import parse

HTML = """<main><form id="person" method="post">
<input type="hidden" name="csrf_token" value="t"><input name="name" value="An">
<input type="checkbox" name="consent" value="y"><input type="checkbox" name="kept" value="y" checked>
<input type="checkbox" name="fields" value="a"><input type="checkbox" name="fields" value="b" checked>
<input type="radio" name="role" value="member"><input type="radio" name="role" value="coach" checked>
<select name="grade"><option value="">Chọn</option><option value="8">Lớp 8</option></select>
<select name="unit"><option value="1">Một</option><option value="2" selected>Hai</option></select>
<textarea name="idea">
dòng một
dòng hai</textarea>
<input name="off" value="x" disabled><input type="file" name="doc">
<button type="submit" name="act" value="save">Lưu</button>
<button type="submit" name="act" value="drop">Xóa <span class="unseen">An</span></button></form></main>
<form method="post" id="other"><button type="submit">Đăng xuất</button></form>"""

SOUP = parse(HTML)
FORM, SAVE = find_form(SOUP, None)


def test_untouched_form_sends_what_it_shows() -> None:
    assert present_values(FORM) == {
        "csrf_token": ["t"],
        "name": ["An"],
        "consent": [],
        "kept": ["y"],
        "fields": ["b"],
        "role": ["coach"],
        "grade": [""],
        "unit": ["2"],
        "idea": ["dòng một\r\ndòng hai"],
    }


def test_the_only_form_of_main_is_found_with_its_first_button() -> None:
    assert FORM["id"] == "person"
    assert SAVE is not None
    assert SAVE["value"] == "save"


def test_a_form_is_found_by_the_words_of_its_button() -> None:
    form, button = find_form(SOUP, "Đăng xuất")
    assert (form["id"], button.get_text() if button else "") == ("other", "Đăng xuất")
    assert find_form(SOUP, "Xóa")[1]["value"] == "drop"  # type: ignore[index]


def test_a_form_is_found_by_selector() -> None:
    assert find_form(SOUP, "#other")[0]["id"] == "other"


def test_an_unknown_button_is_refused() -> None:
    with pytest.raises(AssertionError, match="Lưu"):
        find_form(SOUP, "Gửi")


def test_two_forms_in_main_have_to_be_named() -> None:
    with pytest.raises(AssertionError, match="2 forms"):
        find_form(parse('<main><form method="post"></form><form method="post"></form></main>'), None)


def test_typed_values_replace_what_was_there() -> None:
    stream = BytesIO(b"x")
    sent = fill(
        FORM,
        SAVE,
        {"name": "Bình", "consent": True, "kept": False, "fields": ["a", "b"], "grade": 8, "doc": (stream, "a.pdf")},
    )
    assert sent["name"] == ["Bình"]
    assert sent["consent"] == ["y"]
    assert "kept" not in sent
    assert sent["fields"] == ["a", "b"]
    assert sent["grade"] == ["8"]
    assert sent["doc"] == [(stream, "a.pdf")]
    assert sent["act"] == ["save"]


def test_none_leaves_a_control_out() -> None:
    assert "csrf_token" not in fill(FORM, SAVE, {"csrf_token": None})


@pytest.mark.parametrize("typed", [{"nothing": "x"}, {"grade": "13"}, {"role": "judge"}, {"name": True}])
def test_what_a_browser_could_not_send_is_refused(typed: dict[str, object]) -> None:
    with pytest.raises(AssertionError):
        fill(FORM, SAVE, typed)
