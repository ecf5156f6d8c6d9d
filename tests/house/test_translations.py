"""Every sentence has its English, and no sentence lost a placeholder on the way."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2] / "contest_portal"
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
KEYWORDS = {"_": None, "lazy": None}
PLACE = re.compile(r"%\((\w+)\)[sd]")


def _written() -> dict[str, str]:
    found = extract_from_dir(
        ROOT,
        METHODS,
        options_map={"**/templates/**.html": {"trimmed": "true"}},
        keywords=KEYWORDS,
        comment_tags=(),
    )
    return {message: f"{name}:{line}" for name, line, message, *_ in found if isinstance(message, str)}


@pytest.fixture(scope="module")
def english() -> Catalog:
    """Return the English catalogue."""
    with (ROOT / "translations/en/LC_MESSAGES/messages.po").open("rb") as stream:
        return read_po(stream)


def test_every_sentence_is_translated(english: Catalog) -> None:
    written = _written()
    assert len(written) > 300
    missing = [f"{where} {text}" for text, where in written.items() if not _translation(english, text)]
    assert missing == []


def test_no_translation_is_left_over(english: Catalog) -> None:
    written = _written()
    assert [m.id for m in english if m.id and m.id not in written] == []


def test_placeholders_survive(english: Catalog) -> None:
    broken = [
        m.id for m in english if m.id and sorted(PLACE.findall(str(m.id))) != sorted(PLACE.findall(str(m.string)))
    ]
    assert broken == []


def _translation(catalog: Catalog, text: str) -> str | None:
    found: Message | None = catalog.get(text)
    return str(found.string) if found and found.string and not found.fuzzy else None
