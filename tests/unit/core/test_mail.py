"""Test that letters leave whole, and that nothing typed becomes a header."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from contest_portal.config import Settings
from contest_portal.core import mail
from tests.post_office import PostOffice, open_post_office

SETTINGS = Settings(
    instance=Path(),
    database_url="sqlite://",
    secret_key="x" * 40,
    mail_server="127.0.0.1",
    mail_sender="portal@example.vn",
)


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with open_post_office() as found:
        yield found


def portal_with(settings: Settings) -> Flask:
    """Return an application that knows these settings and nothing else."""
    app = Flask(__name__)
    app.config["SETTINGS"] = settings
    return app


def send(settings: Settings, to: str | None, subject: str, body: str) -> bool:
    """Send a letter and wait until it is gone; tell whether it was tried at all."""
    with portal_with(settings).app_context():
        thread = mail.send(to, subject, body)
    if thread is None:
        return False
    thread.join(20)
    return True


def test_a_letter_arrives_as_it_was_written(office: PostOffice) -> None:
    settings = replace(SETTINGS, mail_port=office.port)
    assert send(settings, "truong@example.edu.vn", "Biên nhận RB24-7K3M9Q: Rồng Xanh", "Đã nhận.\n\n.dòng có chấm\n")
    letter = office.letters[0]
    assert (letter["To"], letter["From"]) == ("truong@example.edu.vn", "portal@example.vn")
    assert letter["Subject"] == "Biên nhận RB24-7K3M9Q: Rồng Xanh"
    assert letter.get_content().replace("\r\n", "\n") == "Đã nhận.\n\n.dòng có chấm\n"
    assert office.envelopes == [["truong@example.edu.vn"]]


@pytest.mark.parametrize(
    "title",
    [
        "Rồng\r\nBcc: ai@example.com",
        "Rồng\nBcc: ai@example.com",
        "=?utf-8?q?=0d=0aBcc:_ai@example.com?=",
        "Rồng\u2028Bcc: ai@example.com",
        "Rồng\x85Bcc: ai@example.com",
        "==??utf-8?b?DQpCY2M6IGFpQGV4YW1wbGUuY29t?=",
    ],
)
def test_what_was_typed_adds_no_header(office: PostOffice, title: str) -> None:
    settings = replace(SETTINGS, mail_port=office.port)
    assert send(settings, "truong@example.edu.vn", f"Biên nhận: {title}", "Đã nhận.")
    letter = office.letters[0]
    assert letter["Bcc"] is None
    assert sorted(name.lower() for name in letter) == sorted(
        ["from", "to", "subject", "date", "message-id", "content-type", "content-transfer-encoding", "mime-version"]
    )
    assert office.envelopes == [["truong@example.edu.vn"]]


def test_a_long_subject_is_cut() -> None:
    assert len(mail.header_text("a" * 1000)) == 200


@pytest.mark.parametrize("to", [None, "", "a@b", "a b@c.vn", "a@b.vn\r\nBcc: c@d.vn", "a@b.vn, c@d.vn", "<a@b.vn>"])
def test_what_is_no_address_is_not_written_to(office: PostOffice, to: str | None) -> None:
    assert send(replace(SETTINGS, mail_port=office.port), to, "Thư", "Chào") is False
    assert office.letters == []


@pytest.mark.parametrize("missing", ["mail_server", "mail_sender"])
def test_nothing_is_sent_where_mail_is_not_set_up(missing: str) -> None:
    assert send(replace(SETTINGS, **{missing: None}), "truong@example.edu.vn", "Thư", "Chào") is False  # type: ignore[arg-type]


def test_a_lost_mail_server_is_noted_and_stops_nothing(caplog: pytest.LogCaptureFixture, office: PostOffice) -> None:
    port = office.port
    office.shutdown()
    office.server_close()
    assert send(replace(SETTINGS, mail_port=port), "truong@example.edu.vn", "Thư", "Chào") is True
    assert [record.getMessage() for record in caplog.records] == ["a letter was not sent: ConnectionRefusedError"]
