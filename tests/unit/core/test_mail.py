"""Test that letters leave whole, and that nothing typed becomes a header."""

import smtplib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

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


def send(settings: Settings, to: str, subject: str, body: str) -> None:
    """Compose a letter and hand it over."""
    with portal_with(settings).app_context():
        mail.deliver(mail.compose(settings, to, subject, body), to)


def test_a_letter_arrives_as_it_was_written(office: PostOffice) -> None:
    settings = replace(SETTINGS, mail_port=office.port)
    send(settings, "truong@example.edu.vn", "Biên nhận RB24-7K3M9Q: Rồng Xanh", "Đã nhận.\n\n.dòng có chấm\n")
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
    send(settings, "truong@example.edu.vn", f"Biên nhận: {title}", "Đã nhận.")
    letter = office.letters[0]
    assert letter["Bcc"] is None
    assert sorted(name.lower() for name in letter) == sorted(
        ["from", "to", "subject", "date", "message-id", "content-type", "content-transfer-encoding", "mime-version"]
    )
    assert office.envelopes == [["truong@example.edu.vn"]]


def test_a_long_subject_is_cut() -> None:
    assert len(mail.header_text("a" * 1000)) == 200


@pytest.mark.parametrize("to", ["", "a@b", "a b@c.vn", "a@b.vn\r\nBcc: c@d.vn", "a@b.vn, c@d.vn", "<a@b.vn>"])
def test_what_is_no_address_is_known_as_such(to: str) -> None:
    assert mail.ADDRESS.fullmatch(to) is None


@pytest.mark.parametrize("missing", ["mail_server", "mail_sender"])
def test_without_a_server_or_a_sender_mail_is_not_set_up(missing: str) -> None:
    with portal_with(replace(SETTINGS, **{missing: None})).app_context():  # type: ignore[arg-type]
        assert not mail.configured()
    with portal_with(SETTINGS).app_context():
        assert mail.configured()


def test_a_numbered_letter_has_one_name_and_others_have_their_own() -> None:
    def name(number: str | None) -> str:
        return str(mail.compose(SETTINGS, "a@b.vn", "Thư", "Chào", number=number)["Message-ID"])

    assert name("1") == name("1")
    assert len({name("1"), name("2"), name(None), name(None)}) == 4
    assert name("1").endswith("@example.vn>")


def test_a_lost_mail_server_is_named_and_worth_another_try(office: PostOffice) -> None:
    port = office.port
    office.shutdown()
    office.server_close()
    with pytest.raises(mail.Undelivered, match="ConnectionRefusedError") as lost:
        send(replace(SETTINGS, mail_port=port), "truong@example.edu.vn", "Thư", "Chào")
    assert not lost.value.final


@pytest.mark.parametrize(
    ("error", "what", "final"),
    [
        (smtplib.SMTPRecipientsRefused({"a@b.vn": (550, b"no such user a@b.vn")}), "SMTPRecipientsRefused", True),
        (smtplib.SMTPRecipientsRefused({"a@b.vn": (451, b"later")}), "SMTPRecipientsRefused", False),
        (smtplib.SMTPDataError(554, b"spam"), "SMTPDataError 554", True),
        (smtplib.SMTPDataError(451, b"later"), "SMTPDataError 451", False),
        (smtplib.SMTPAuthenticationError(535, b"wrong password"), "SMTPAuthenticationError 535", False),
        (smtplib.SMTPServerDisconnected("gone"), "SMTPServerDisconnected", False),
    ],
)
def test_what_a_mail_server_answers_says_whether_to_try_again(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch, error: Exception, what: str, final: bool
) -> None:
    def answer(*_args: Any, **_more: Any) -> None:
        raise error

    monkeypatch.setattr(smtplib.SMTP, "send_message", answer)
    with pytest.raises(mail.Undelivered) as refused:
        send(replace(SETTINGS, mail_port=office.port), "a@b.vn", "Thư", "Chào")
    assert (str(refused.value), refused.value.final) == (what, final)
