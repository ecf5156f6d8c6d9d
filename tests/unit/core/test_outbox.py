"""Letters are written with the act, sent once, tried again, and found again after a crash."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask

from contest_portal.core import clock, mail, outbox
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Conflict, NotFound
from contest_portal.core.outbox import LetterState, OutboxLetter, Written
from tests.post_office import open_post_office

NOW = datetime(2024, 5, 20, 8, 0, tzinfo=UTC)


def letter(key: str = "a", address: str = "truong@example.edu.vn", **more: Any) -> Written:
    """Return a letter as an act would write it."""
    return Written(key, "test", address, "Biên nhận", "Đã nhận.", **more)


@pytest.fixture
def server(app: Flask) -> Any:
    """Let the portal know a mail server, which the tests never call."""
    before = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(before, mail_server="127.0.0.1", mail_sender="portal@example.vn")
    yield app
    app.config["SETTINGS"] = before


def set_time(moment: datetime) -> None:
    """Set the portal's clock."""
    clock.set_clock(lambda: moment)


def put(*letters: Written) -> int:
    """Write letters in a transaction of their own."""
    with transaction():
        return outbox.put(letters)


def states() -> list[tuple[str, str, int]]:
    """Return each letter's key, state and number of tries."""
    db.session.rollback()
    rows = db.session.query(OutboxLetter).order_by(OutboxLetter.id).populate_existing()
    return [(row.key, row.state, row.tries) for row in rows]


class Sender:
    """Keep what is handed over, or fail as told."""

    def __init__(self, *failures: mail.Undelivered | None) -> None:
        self.failures = list(failures)
        self.sent: list[tuple[str, EmailMessage]] = []

    def __call__(self, composed: EmailMessage, to: str) -> None:
        failure = self.failures.pop(0) if self.failures else None
        if failure:
            raise failure
        self.sent.append((to, composed))


def test_a_letter_is_sent_once_and_stays_as_the_log_of_it(server: Flask) -> None:
    assert put(letter()) == 1
    sender = Sender()
    assert outbox.deliver_due(sender) == 1
    assert outbox.deliver_due(sender) == 0
    assert [(to, sent["Subject"], sent.get_content()) for to, sent in sender.sent] == [
        ("truong@example.edu.vn", "Biên nhận", "Đã nhận.\n")
    ]
    assert states() == [("a", "sent", 1)]
    assert outbox.counts() == {"sent": 1}


def test_the_same_key_is_written_once(server: Flask) -> None:
    assert put(letter("a"), letter("b"), letter("a")) == 2
    assert put(letter("a"), letter("c")) == 1
    assert [key for key, _state, _tries in states()] == ["a", "b", "c"]


def test_what_is_no_address_is_not_written(server: Flask) -> None:
    assert put(letter(address="không phải"), letter("b", "a@b.vn\r\nBcc: x@y.vn")) == 0


def test_an_act_that_fails_writes_no_letter(server: Flask) -> None:
    with pytest.raises(RuntimeError), transaction():
        outbox.put([letter()])
        raise RuntimeError
    assert states() == []


def test_without_a_mail_server_a_letter_waits_for_nobody(app: Flask) -> None:
    put(letter())
    assert states() == [("a", "unsent", 0)]
    assert outbox.deliver_due(Sender()) == 0
    with pytest.raises(Conflict, match="Chưa cấu hình"):
        outbox.send_again(1)


def test_a_letter_is_tried_again_later_and_later(server: Flask) -> None:
    set_time(NOW)
    put(letter())
    sender = Sender(*[mail.Undelivered("ConnectionRefusedError")] * 8)
    moment, waits = NOW, []
    for _round in range(7):
        assert outbox.deliver_due(sender) == 1
        due = db.session.query(OutboxLetter).one().next_try_at
        waits.append(due - moment)
        assert outbox.deliver_due(sender) == 0
        moment = due
        set_time(moment)
    assert tuple(waits) == outbox.PAUSES
    assert outbox.deliver_due(sender) == 1
    assert states() == [("a", "failed", 8)]
    assert db.session.query(OutboxLetter).one().error == "ConnectionRefusedError"


def test_a_refusal_for_ever_is_not_tried_again(server: Flask) -> None:
    put(letter())
    outbox.deliver_due(Sender(mail.Undelivered("SMTPRecipientsRefused", final=True)))
    assert states() == [("a", "failed", 1)]
    outbox.send_again(db.session.query(OutboxLetter).one().id)
    sender = Sender()
    assert outbox.deliver_due(sender) == 1
    assert len(sender.sent) == 1


def test_a_letter_that_was_sent_is_not_sent_again(server: Flask) -> None:
    put(letter())
    outbox.deliver_due(Sender())
    with pytest.raises(Conflict, match="không gửi lại"):
        outbox.send_again(db.session.query(OutboxLetter).one().id)
    with pytest.raises(NotFound):
        outbox.send_again(999_999)


def test_a_letter_whose_sender_died_is_left_to_a_person(server: Flask) -> None:
    set_time(NOW)
    put(letter())

    def die(_composed: EmailMessage, _to: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        outbox.deliver_due(die)
    assert states() == [("a", "sending", 1)]
    set_time(NOW + outbox.LEASE + timedelta(seconds=1))
    sender = Sender()
    assert outbox.deliver_due(sender) == 0
    assert states() == [("a", "unsure", 1)]
    outbox.send_again(db.session.query(OutboxLetter).one().id)
    assert outbox.deliver_due(sender) == 1
    assert states() == [("a", "sent", 1)]


def test_many_senders_send_each_letter_once(server: Flask) -> None:
    put(*[letter(f"letter {number}") for number in range(30)])
    sent: list[str] = []

    def keep(composed: EmailMessage, _to: str) -> None:
        sent.append(composed["Message-ID"])

    def work() -> None:
        with server.app_context():
            while outbox.count_due():
                outbox.deliver_due(keep, most=5)
            db.session.remove()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(sent) == len(set(sent)) == 30
    assert {state for _key, state, _tries in states()} == {LetterState.SENT}


def test_words_that_open_something_are_forgotten_once_sent(server: Flask) -> None:
    put(letter("invitation", secret=True), letter("receipt"))
    outbox.deliver_due(Sender())
    kept = {row.key: row.body for row in db.session.query(OutboxLetter)}
    assert kept == {"invitation": "", "receipt": "Đã nhận."}


def test_addresses_collected_for_one_letter_are_forgotten_with_it(
    server: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "FORGETTING", {"asking"})
    put(Written("ask", "asking", "me.em@gmail.com", "Xin ý kiến", "…"), letter("receipt"))
    outbox.deliver_due(Sender())
    kept = {row.key: row.address for row in db.session.query(OutboxLetter)}
    assert kept == {"ask": "me…@gmail.com", "receipt": "truong@example.edu.vn"}


def test_each_try_has_the_same_name(server: Flask) -> None:
    set_time(NOW)
    put(letter())
    names: list[str] = []

    def fail_once(composed: EmailMessage, _to: str) -> None:
        names.append(composed["Message-ID"])
        if len(names) == 1:
            raise mail.Undelivered("TimeoutError")

    outbox.deliver_due(fail_once)
    set_time(NOW + timedelta(minutes=2))
    outbox.deliver_due(fail_once)
    assert len(names) == 2
    assert len(set(names)) == 1


def test_letters_arrive_at_a_real_mail_server(server: Flask) -> None:
    with open_post_office() as office:
        server.config["SETTINGS"] = replace(server.config["SETTINGS"], mail_port=office.port)
        put(letter(), letter("b", "khac@example.vn"))
        assert outbox.deliver_due() == 2
    assert office.envelopes == [["truong@example.edu.vn"], ["khac@example.vn"]]
    assert [sent["Subject"] for sent in office.letters] == ["Biên nhận"] * 2


def test_a_server_that_is_away_puts_a_letter_off(server: Flask) -> None:
    with open_post_office() as office:
        port = office.port
    server.config["SETTINGS"] = replace(server.config["SETTINGS"], mail_port=port)
    put(letter())
    assert outbox.deliver_due() == 1
    assert states() == [("a", "waiting", 1)]
