"""On an English page only what people wrote is Vietnamese: every word of the portal's own is English."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from contest_portal.core.database import Base, db
from contest_portal.core.i18n import LANGUAGES
from contest_portal.registration.consent.ethnic_groups import GROUPS
from tests.client import REDIRECTS
from tests.house.visiting import allowed, browser_of, call, token_of, visits
from tests.house.world import SIGNED_IN, World, build_world
from tests.page_rules import parse

ATTRIBUTES = ("aria-label", "title", "placeholder", "alt")
# What somebody typed, or has to type as it stands, is in quotation marks.
QUOTED = re.compile(r"“[^”]*”")
# The columns that hold a name in Vietnamese where its row holds the English one too.
TRANSLATED = {"name": "name_en", "title": "title_en"}
# The cells of the list that the world's people have uploaded; it is kept as a file.
UPLOADED = {"Máy gieo hạt", "Lê Văn An", "Trường THCS Tân Dĩnh", "Trường THCS Kép", "Phần mềm tin học", "Tên mô hình"}
# What is called so in every language.
NAMES = {*GROUPS, *LANGUAGES.values()}


def vietnamese(text: str) -> bool:
    """Tell whether a text has letters that English has not."""
    plain = unicodedata.normalize("NFD", text.casefold())
    return "đ" in plain or any(unicodedata.combining(letter) for letter in plain)


@pytest.mark.parametrize("role", [None, *SIGNED_IN], ids=str)
def test_every_page_and_every_refused_form_speaks_english(portal: Flask, role: str | None) -> None:
    world = build_world(portal)
    client = browser_of(portal, world, role)
    client.get("/language/en")
    token, data = token_of(client), _data(portal)
    found: set[str] = set()
    seen = 0
    # First every page, then every form with nothing in it.
    for visit in (*visits(portal, "GET"), *visits(portal, "POST")):
        if not allowed(portal, visit, role) or visit.rule.endpoint in {"pages.language", "accounts.sign_out"}:
            continue
        sent = {"csrf_token": token} if visit.method == "POST" else {}
        response = call(client, portal, visit, world.own(visit.rule, role), **sent)
        seen += response.mimetype == "text/html" and response.status_code == 200
        found |= {f"{visit}: {text}" for text in _vietnamese_in(response, data)}
    assert sorted(found) == []
    assert seen >= 3


def test_a_page_in_vietnamese_would_not_pass(portal: Flask) -> None:
    client = browser_of(portal, World(), None)
    texts = list(_own_words(parse(client.get("/").get_data(as_text=True))))
    data = _data(portal)
    assert len([text for text in texts if vietnamese(_without(text, data))]) > 10


def _vietnamese_in(response: TestResponse, data: list[str]) -> Iterator[str]:
    if response.mimetype == "text/html" and response.status_code not in REDIRECTS:
        soup = parse(response.get_data(as_text=True))
        assert soup.html is not None and soup.html["lang"] == "en"
        yield from (text for text in _own_words(soup) if vietnamese(_without(text, data)))


def _own_words(soup: BeautifulSoup) -> Iterator[str]:
    """Yield every text a person reads or hears, but for what says of itself that it is Vietnamese."""
    for tag in soup.select("script, style, textarea, body [lang=vi]"):
        tag.decompose()
    yield from (" ".join(text.split()) for text in soup.find_all(string=True))
    for tag in soup.find_all(True):
        yield from (str(tag[name]) for name in ATTRIBUTES if tag.has_attr(name))


def _without(text: str, data: list[str]) -> str:
    text = QUOTED.sub("", text)
    for words in data if vietnamese(text) else ():
        text = text.replace(words, "")
    return text


def _data(app: Flask) -> list[str]:
    """Return every Vietnamese text of the database that has no English beside it, the longest first."""
    found = UPLOADED | NAMES
    with app.app_context():
        for table in Base.metadata.sorted_tables:
            for row in db.session.execute(select(table)).mappings():
                for name, value in row.items():
                    if not row.get(TRANSLATED.get(str(name), "")):
                        found |= set(_texts(value))
    return sorted(filter(vietnamese, found), key=len, reverse=True)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if isinstance(value, list):
        for part in value:
            yield from _texts(part)
    elif isinstance(value, str):
        yield " ".join(value.split())
