"""Every line of what people must be able to trust is shown by tests, and these are they."""

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
HOUSE = "house/test_permissions.py"
FORMS, TRUTH, TEXT, SECRETS = (f"house/test_trust_{name}.py" for name in ("forms", "truth", "text", "secrets"))
PASSWORDS, SIGNING = "unit/accounts/test_passwords.py", "unit/accounts/test_signing.py"
BROWSER = "web/accounts/test_signing_in.py"

# The line, what it asks for in short, and where it is shown: a file, and words that its tests' names contain.
LINES: dict[tuple[int, str], list[tuple[str, str]]] = {
    (1, "every route declares who may call it"): [
        (HOUSE, "every_page_declares"),
        (HOUSE, "declares_nothing_is_refused"),
        (HOUSE, "table_decides"),
        (HOUSE, "good_form_token_opens_no_page"),
    ],
    (2, "a foreign id answers like a missing one"): [
        (HOUSE, "foreign_things_answer_as_missing"),
        (HOUSE, "no_page_of_ones_own_names_a_foreign_thing"),
        ("web/screening/test_import_pages.py", "upload_of_somebody_else"),
        ("web/judging/test_judge.py", "foreign_sheet"),
    ],
    (3, "forms accept only their own fields"): [(FORMS, "line_3")],
    (5, "argon2id, at least 8 characters, common ones refused"): [
        (PASSWORDS, "argon2id"),
        (PASSWORDS, "easy_ones"),
        (PASSWORDS, "long_ones"),
        (PASSWORDS, "nothing_short"),
    ],
    (6, "same answer, same time, growing delay, nobody shut out"): [
        (SIGNING, "same_time"),
        (SIGNING, "unknown_name"),
        (SIGNING, "slows_to_a_stop"),
        (SIGNING, "shut_the_owner_out"),
        (BROWSER, "read_the_same"),
        ("unit/accounts/test_tries_at_once.py", "at_once"),
    ],
    (7, "sessions renewed, ended, limited; closed cookies"): [
        (BROWSER, "cookies_are_closed"),
        (BROWSER, "not_the_one_after"),
        (BROWSER, "idle_browsers"),
        (BROWSER, "for_ever"),
        (SIGNING, "ends_every_other_sign_in"),
    ],
    (9, "a token on every change, no change by GET"): [(FORMS, "line_9")],
    (10, "headers"): [
        ("house/test_headers.py", "every_page_is_guarded"),
        ("house/test_headers.py", "public_pages"),
        ("house/test_headers.py", "https"),
        ("house/test_headers.py", "foreign_hosts"),
    ],
    (11, "what people typed is text"): [
        (TEXT, "line_11"),
        ("unit/core/test_spreadsheets_writer.py", "typed_text_never_runs"),
        ("unit/core/test_mail.py", "adds_no_header"),
    ],
    (12, "sizes are bounded, a slow client harms only itself"): [
        (TEXT, "line_12"),
        ("unit/cli/test_serve.py", "slow_visitors"),
        ("unit/core/test_spreadsheets_hostile.py", "bomb"),
    ],
    (13, "files by content, under names of our own"): [
        (TEXT, "line_13"),
        ("unit/core/test_files.py", "name_of_our_own"),
    ],
    (15, "saved is on disk, whole, once, and nothing is lost"): [
        (TRUTH, "line_15"),
        ("house/test_bad_input.py", "two_people"),
    ],
    (16, "the closing second"): [(TRUTH, "line_16"), ("unit/registration/test_submission.py", "closing_second")],
    (17, "only added to, tamper-evident, without secrets"): [(TRUTH, "line_17"), (SIGNING, "no_secret")],
    (21, "secrets"): [(SECRETS, "line_21"), ("unit/cli/test_serve.py", "published_passwords")],
}
BAD_INPUT = [
    "unusable_file",
    "wrong_password",
    "foreign_id_in_the_address",
    "expired_form",
    "double_click_on_submit",
    "two_people_editing_the_same_entry",
    "upload_over_the_limit",
    "date_of_31_2",
]


def names_of(name: str) -> list[str]:
    """Return the names of a file's tests."""
    tree = ast.parse((TESTS / name).read_text(encoding="utf-8"))
    return [node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]


@pytest.mark.parametrize("line", LINES, ids=lambda line: f"{line[0]} {line[1]}")
def test_each_line_is_shown(line: tuple[int, str]) -> None:
    missing = [(file, words) for file, words in LINES[line] if not any(words in name for name in names_of(file))]
    assert missing == []


def test_no_line_is_forgotten() -> None:
    assert sorted(number for number, _words in LINES) == [1, 2, 3, 5, 6, 7, 9, 10, 11, 12, 13, 15, 16, 17, 21]


@pytest.mark.parametrize("case", BAD_INPUT)
def test_each_kind_of_bad_input_is_shown(case: str) -> None:
    assert f"test_{case}" in names_of("house/test_bad_input.py")
