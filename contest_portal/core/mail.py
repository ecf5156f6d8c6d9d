"""Write letters and hand them to the mail server that is configured; core.outbox says when."""

import hashlib
import re
import smtplib
import ssl
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid

from contest_portal.config import Settings
from contest_portal.core.web import settings

TIMEOUT_SECONDS = 10
ADDRESS = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+")
# Every line ending Python or a mail server knows, and the start of an encoded word: some versions of the
# standard library turn such a word into a header of its own.
BREAKS = re.compile("[\x00-\x1f\x7f\x85\u2028\u2029]+")
LONGEST_SUBJECT = 200
# From this reply code on a mail server means it for ever.
PERMANENT = 500


class Undelivered(Exception):
    """Say what kept a letter from leaving, without naming whom it was for; final: trying again would not help."""

    def __init__(self, what: str, *, final: bool = False) -> None:
        super().__init__(what)
        self.final = final


def masked(address: str) -> str:
    """Return enough of an address to recognise it by: ho…@gmail.com."""
    name, _at, host = address.partition("@")
    return f"{name[:2]}…@{host}"[:80]


def configured() -> bool:
    """Tell whether letters can be sent."""
    return bool(settings().mail_server and settings().mail_sender)


def compose(chosen: Settings, to: str, subject: str, body: str, *, number: str | None = None) -> EmailMessage:
    """Write a letter of plain text whose headers hold nothing but what they should; one number is one letter."""
    letter = EmailMessage(policy=SMTP)
    letter["From"] = chosen.mail_sender
    letter["To"] = to
    letter["Subject"] = header_text(subject)
    letter["Date"] = formatdate()
    domain = str(chosen.mail_sender).rpartition("@")[2] or "localhost"
    letter["Message-ID"] = (
        f"<{hashlib.sha256(number.encode()).hexdigest()[:32]}@{domain}>" if number else make_msgid(domain=domain)
    )
    letter.set_content(body)
    return letter


def header_text(text: str) -> str:
    """Return text that stays one line of one header."""
    return BREAKS.sub(" ", text).replace("=?", "= ?").strip()[:LONGEST_SUBJECT]


def deliver(letter: EmailMessage, to: str) -> None:
    """Hand a letter to the mail server; raises Undelivered."""
    chosen = settings()
    try:
        with smtplib.SMTP(str(chosen.mail_server), chosen.mail_port, timeout=TIMEOUT_SECONDS) as server:
            if chosen.mail_starttls:
                server.starttls(context=ssl.create_default_context())
            if chosen.mail_username:
                server.login(chosen.mail_username, chosen.mail_password or "")
            server.send_message(letter, to_addrs=[to])
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _text in error.recipients.values()]
        raise Undelivered("SMTPRecipientsRefused", final=all(code >= PERMANENT for code in codes)) from error
    except smtplib.SMTPResponseException as error:
        raise Undelivered(f"{type(error).__name__} {error.smtp_code}", final=_hopeless(error)) from error
    except (OSError, smtplib.SMTPException) as error:
        raise Undelivered(type(error).__name__) from error


def _hopeless(error: smtplib.SMTPResponseException) -> bool:
    # A password that is wrong today may be put right tomorrow; a letter that is refused for ever is not.
    return error.smtp_code >= PERMANENT and not isinstance(error, smtplib.SMTPAuthenticationError)
