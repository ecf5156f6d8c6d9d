"""Send letters when a mail server is configured; a letter that cannot leave never stops the work it tells of."""

import logging
import re
import smtplib
import ssl
import threading
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid

from contest_portal.config import Settings
from contest_portal.core.web import settings

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 10
ADDRESS = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+")
# Every line ending Python or a mail server knows, and the start of an encoded word: some versions of the
# standard library turn such a word into a header of its own.
BREAKS = re.compile("[\x00-\x1f\x7f\x85\u2028\u2029]+")
LONGEST_SUBJECT = 200


def configured() -> bool:
    """Tell whether letters can be sent."""
    return bool(settings().mail_server and settings().mail_sender)


def send(to: str | None, subject: str, body: str) -> threading.Thread | None:
    """Hand a letter to the mail server in the background; None when there is nobody or no way to send it to."""
    if not to or not configured():
        return None
    if not ADDRESS.fullmatch(to):
        log.warning("a letter was not sent: its address is not one")
        return None
    letter = compose(settings(), to, subject, body)
    # Not a daemon: a server that stops still delivers what it has promised, for as long as TIMEOUT_SECONDS.
    thread = threading.Thread(target=_deliver, args=(settings(), letter), name="mail")
    thread.start()
    return thread


def compose(chosen: Settings, to: str, subject: str, body: str) -> EmailMessage:
    """Write a letter of plain text whose headers hold nothing but what they should."""
    letter = EmailMessage(policy=SMTP)
    letter["From"] = chosen.mail_sender
    letter["To"] = to
    letter["Subject"] = header_text(subject)
    letter["Date"] = formatdate()
    letter["Message-ID"] = make_msgid(domain=str(chosen.mail_sender).rpartition("@")[2] or None)
    letter.set_content(body)
    return letter


def header_text(text: str) -> str:
    """Return text that stays one line of one header."""
    return BREAKS.sub(" ", text).replace("=?", "= ?").strip()[:LONGEST_SUBJECT]


def _deliver(chosen: Settings, letter: EmailMessage) -> None:
    try:
        with smtplib.SMTP(str(chosen.mail_server), chosen.mail_port, timeout=TIMEOUT_SECONDS) as server:
            if chosen.mail_starttls:
                server.starttls(context=ssl.create_default_context())
            if chosen.mail_username:
                server.login(chosen.mail_username, chosen.mail_password or "")
            server.send_message(letter)
    except (OSError, smtplib.SMTPException) as error:
        # The address is a person's: the log keeps what went wrong, not whom it was for.
        log.warning("a letter was not sent: %s", type(error).__name__)
