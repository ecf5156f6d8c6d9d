"""Pages of a list by keyset, and cursors that cannot do harm."""

import base64
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine, insert, select
from sqlalchemy.engine import Connection

from contest_portal.contests.models import Unit
from contest_portal.core.database import Points, db
from contest_portal.core.paging import LARGEST_INTEGER, Cursor, Key, Page, decode, encode, keyset, make_page

TEAMS = Table("teams", MetaData(), Column("id", Integer, primary_key=True), Column("name", String(50)))
NAMES = ["An", "Bình", "Bình", "Chi", "Dũng", "Giang", "Giang", "Giang", "Hà"]


@pytest.fixture
def connection() -> Any:
    engine = create_engine("sqlite://")
    TEAMS.metadata.create_all(engine)
    with engine.begin() as opened:
        opened.execute(insert(TEAMS), [{"id": n, "name": name} for n, name in enumerate(NAMES, 1)])
        yield opened
    engine.dispose()


def turn(connection: Connection, text: str | None, *, size: int = 4, descending: bool = False) -> Page[Any]:
    statement, cursor = keyset(
        select(TEAMS.c.id, TEAMS.c.name), [TEAMS.c.name, TEAMS.c.id], decode(text), size=size, descending=descending
    )
    return make_page(connection.execute(statement).all(), cursor, lambda row: (row.name, row.id), size=size)


def numbers(page: Page[Any]) -> list[int]:
    return [row.id for row in page.items]


def test_forth_and_back_shows_every_row_once(connection: Connection) -> None:
    first = turn(connection, None)
    second = turn(connection, first.next_cursor)
    third = turn(connection, second.next_cursor)
    assert [numbers(page) for page in (first, second, third)] == [[1, 2, 3, 4], [5, 6, 7, 8], [9]]
    assert (first.previous_cursor, third.next_cursor) == (None, None)
    back = turn(connection, third.previous_cursor)
    assert numbers(back) == [5, 6, 7, 8]
    start = turn(connection, back.previous_cursor)
    assert numbers(start) == [1, 2, 3, 4]
    assert start.previous_cursor is None
    assert numbers(turn(connection, start.next_cursor)) == [5, 6, 7, 8]


def test_descending(connection: Connection) -> None:
    first = turn(connection, None, descending=True)
    second = turn(connection, first.next_cursor, descending=True)
    assert [numbers(page) for page in (first, second)] == [[9, 8, 7, 6], [5, 4, 3, 2]]
    assert numbers(turn(connection, second.previous_cursor, descending=True)) == [9, 8, 7, 6]


def test_a_page_that_is_just_full_has_no_next(connection: Connection) -> None:
    page = turn(connection, None, size=9)
    assert len(page.items) == 9
    assert page.next_cursor is None


def test_beyond_the_end_is_an_empty_page(connection: Connection) -> None:
    page = turn(connection, encode(Cursor(("Zz", 99))))
    assert page == Page([])


@pytest.mark.parametrize("keys", [("An",), ("An", "1"), (1, 1), ("An", 1.5), ("An", date(2024, 1, 1)), ("An", 1, 1)])
def test_a_cursor_of_other_columns_shows_the_first_page(connection: Connection, keys: tuple[Key, ...]) -> None:
    assert numbers(turn(connection, encode(Cursor(keys)))) == [1, 2, 3, 4]


moments = st.datetimes(timezones=st.just(UTC))
texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40)
keys = st.one_of(
    texts,
    st.integers(-LARGEST_INTEGER, LARGEST_INTEGER),
    st.floats(allow_nan=False, allow_infinity=False),
    st.dates(),
    moments,
)


@given(st.lists(keys, min_size=1, max_size=4), st.booleans())
def test_a_cursor_survives_the_address(parts: list[Key], backwards: bool) -> None:
    cursor = Cursor(tuple(parts), backwards)
    text = encode(cursor)
    if len(text) <= 1000:
        assert decode(text) == cursor
    assert text.replace("-", "").replace("_", "").isalnum()


@given(st.text(max_size=60))
def test_anything_else_is_the_first_page_and_no_error(text: str) -> None:
    found = decode(text)
    assert found is None or decode(encode(found)) == found


def crafted(*values: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(list(values)).encode()).decode()


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "không",
        "a" * 1001,
        crafted(0),
        crafted(),
        crafted(0, None),
        crafted(0, True),
        crafted(0, [1]),
        crafted(0, {"t": "hôm nay"}),
        crafted(0, {"d": "2024-02-31"}),
        crafted(0, "a\0b"),
        crafted(0, "\ud800"),
        crafted(0, 2**63),
        crafted(0, float("nan")),
        crafted(0, float("inf")),
        crafted(0, {"x": 1}),
        crafted(0, {"n": "1e400"}),
        crafted(0, {"n": "NaN"}),
        crafted(0, {"n": "99999999"}),
        crafted(0, {"t": "2024-05-20T10:00"}),
        crafted(0, {"t": "0001-01-01T00:00+14:00"}),
        base64.urlsafe_b64encode(b"[" * 700).decode(),
        base64.urlsafe_b64encode(b'{"a": 1}').decode(),
    ],
)
def test_crafted_cursors_are_dropped(text: str | None) -> None:
    assert decode(text) is None


def test_points_are_compared_as_points() -> None:
    sheets = Table("sheets", MetaData(), Column("id", Integer, primary_key=True), Column("points", Points))
    engine = create_engine("sqlite://")
    sheets.metadata.create_all(engine)
    columns = [sheets.c.points, sheets.c.id]
    with engine.begin() as opened:
        opened.execute(
            insert(sheets), [{"id": n, "points": Decimal(p)} for n, p in enumerate(["9.5", "10", "9.25"], 1)]
        )
        statement, used = keyset(select(sheets), columns, decode(encode(Cursor((Decimal("9.5"), 1)))))
        assert used is not None
        assert [row.id for row in opened.execute(statement)] == [2]
        assert keyset(select(sheets), columns, Cursor((9, 1)))[1] is None
    engine.dispose()


def test_moments_and_points_survive_the_address() -> None:
    cursor = Cursor((datetime(2024, 5, 20, 10, tzinfo=UTC), 3, Decimal("-7.50")))
    assert decode(encode(cursor)) == cursor


def test_both_databases_turn_pages_alike(app: Flask) -> None:
    """Walk all units by name on SQLite and PostgreSQL, forth and back."""
    every = {(unit.name, unit.id) for unit in db.session.execute(select(Unit)).scalars()}
    seen: list[tuple[str, int]] = []
    cursor: str | None = None
    while True:
        statement, used = keyset(select(Unit), [Unit.name, Unit.id], decode(cursor), size=30)
        page = make_page(db.session.execute(statement).scalars().all(), used, lambda u: (u.name, u.id), size=30)
        seen += [(unit.name, unit.id) for unit in page.items]
        if page.next_cursor is None:
            break
        cursor = page.next_cursor
    assert len(seen) == len(every) > 60
    assert set(seen) == every


@pytest.mark.parametrize(
    "keys", [(2**63 - 1, 1), ("'; --", 1), ("a\x01", 1), ("a", 2**31), ("a", -(2**40)), ("a", 2**31 - 1)]
)
def test_odd_cursors_never_upset_a_database(app: Flask, keys: tuple[Key, ...]) -> None:
    statement, _ = keyset(select(Unit.id), [Unit.name, Unit.id], decode(encode(Cursor(keys))), size=5)
    assert len(db.session.execute(statement).all()) <= 6
