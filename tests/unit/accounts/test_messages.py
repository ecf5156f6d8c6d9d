"""A notice and a letter for each person, the same thing never twice."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from contest_portal.accounts import messages
from contest_portal.accounts.messages import (
    LETTERS,
    body_of,
    letter,
    mail_to,
    notify,
    read_all,
    read_notice,
    subject_of,
)
from contest_portal.accounts.models import User
from contest_portal.accounts.models_messages import Notice
from contest_portal.accounts.queries_messages import count_unread, inbox
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import NotFound
from contest_portal.core.i18n import language, lazy
from contest_portal.core.outbox import OutboxLetter
from tests.counting import counted_statements
from tests.factories.people import make_user

VALUES = {"reference": "RB24-7K3M9Q"}


@pytest.fixture(autouse=True)
def template() -> Iterator[None]:
    """Declare a template for the tests."""
    letter("test.saved", subject=lazy("Đã lưu"), body="Hồ sơ %(reference)s")
    yield
    del LETTERS["test.saved"]


@pytest.fixture
def server(app: Flask) -> Iterator[Flask]:
    """Let the portal know a mail server and its own address."""
    before = app.config["SETTINGS"]
    more: dict[str, Any] = {
        "mail_server": "127.0.0.1",
        "mail_sender": "a@b.vn",
        "public_url": "https://thi.example.vn/",
    }
    app.config["SETTINGS"] = replace(before, **more)
    yield app
    app.config["SETTINGS"] = before


def tell(*users: User, key: str = "saved:1", link: str | None = None) -> int:
    """Notify people in a transaction of its own."""
    with transaction():
        return notify([user.id for user in users], "test.saved", VALUES, key=key, link=link)


def letters() -> list[OutboxLetter]:
    """Return the outbox."""
    return list(db.session.scalars(select(OutboxLetter).order_by(OutboxLetter.id)))


def test_everybody_finds_a_notice_and_those_with_an_address_get_a_letter(server: Flask) -> None:
    with_address, without = make_user(email="an@example.vn"), make_user()
    assert tell(with_address, without, link="/entries/RB24-7K3M9Q") == 2
    assert [count_unread(user.id) for user in (with_address, without)] == [1, 1]
    (sent,) = letters()
    assert (sent.address, sent.subject, sent.state) == ("an@example.vn", "Đã lưu", "waiting")
    assert sent.body.startswith("Hồ sơ RB24-7K3M9Q\n\nhttps://thi.example.vn/entries/RB24-7K3M9Q\n\n")


def test_the_same_thing_is_told_once(server: Flask) -> None:
    first, second = make_user(email="an@example.vn"), make_user(email="ba@example.vn")
    assert tell(first) == 1
    assert tell(first, second) == 1
    assert tell(first, key="saved:2") == 1
    assert [count_unread(first.id), count_unread(second.id), len(letters())] == [2, 1, 3]


def test_a_closed_account_is_told_nothing(server: Flask) -> None:
    gone = make_user(email="an@example.vn")
    with transaction():
        gone.active = False
    assert tell(gone) == 0
    assert letters() == []


def test_an_act_that_fails_tells_nobody(server: Flask) -> None:
    user = make_user(email="an@example.vn")
    with pytest.raises(RuntimeError), transaction():
        notify([user.id], "test.saved", VALUES, key="k")
        raise RuntimeError
    assert (count_unread(user.id), letters()) == (0, [])


def test_somebody_without_an_account_is_written_to_once(server: Flask) -> None:
    with transaction():
        assert mail_to("phu.huynh@example.vn", "test.saved", VALUES, key="parent:1")
        assert not mail_to("phu.huynh@example.vn", "test.saved", VALUES, key="parent:1")
    assert [sent.address for sent in letters()] == ["phu.huynh@example.vn"]


def test_a_letter_speaks_its_receivers_language_and_a_notice_its_readers(server: Flask) -> None:
    user = make_user(email="an@example.vn")
    with transaction():
        user.language = "en"
        db.session.flush()
        notify([user.id], "test.saved", VALUES, key="k")
    (sent,), notice = letters(), db.session.scalars(select(Notice)).one()
    with language("en"):
        assert subject_of(notice) == "Saved"
    assert sent.subject == "Saved"
    assert (subject_of(notice), body_of(notice)) == ("Đã lưu", "Hồ sơ RB24-7K3M9Q")


def test_a_percent_sign_in_what_was_typed_is_only_that(server: Flask) -> None:
    user = make_user()
    with transaction():
        notify([user.id], "test.saved", {"reference": "100 % (%(reference)s)"}, key="k")
    assert body_of(db.session.scalars(select(Notice)).one()) == "Hồ sơ 100 % (%(reference)s)"


def test_only_ones_own_notices_are_read(server: Flask) -> None:
    mine, yours = make_user(), make_user()
    tell(mine, yours)
    notice = db.session.scalars(select(Notice).where(Notice.user_id == mine.id)).one()
    with pytest.raises(NotFound):
        read_notice(yours.id, notice.id)
    assert read_notice(mine.id, notice.id).read_at is not None
    assert [count_unread(mine.id), count_unread(yours.id)] == [0, 1]
    with pytest.raises(NotFound):
        read_notice(mine.id, 999_999)


def test_reading_everything_leaves_what_came_meanwhile(server: Flask) -> None:
    user, other = make_user(), make_user()
    tell(user, other)
    seen = inbox(user.id, None).items[0].id
    tell(user, key="saved:2")
    read_all(user.id, until=seen)
    assert [count_unread(user.id), count_unread(other.id)] == [1, 1]


def test_telling_a_thousand_people_takes_few_statements(server: Flask) -> None:
    one = make_user(email="an@example.vn")
    with transaction():
        db.session.add_all(
            User(
                username=f"u{n}",
                username_folded=f"u{n}",
                full_name="An",
                name_folded="an",
                name_key="an",
                email="a@b.vn",
            )
            for n in range(1000)
        )
    ids = list(db.session.scalars(select(User.id)))
    with counted_statements() as counted, transaction():
        assert notify(ids, "test.saved", VALUES, key="k") == len(ids)
    assert len(counted) <= 20
    assert count_unread(one.id) == 1


def test_a_template_is_declared_once() -> None:
    with pytest.raises(ValueError, match="test.saved"):
        letter("test.saved", subject="a", body="b")


def test_without_a_public_address_a_letter_has_no_link(app: Flask) -> None:
    assert messages.address_of("/entries/x") is None
