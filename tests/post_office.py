"""A mail server for tests: it takes letters and keeps them."""

import email
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import default


class PostOffice(socketserver.ThreadingTCPServer):
    """Take letters as a mail server does, and keep them."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.envelopes: list[list[str]] = []
        super().__init__(("127.0.0.1", 0), Counter)

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class Counter(socketserver.StreamRequestHandler):
    """Speak just enough SMTP to be handed a letter."""

    server: PostOffice

    def handle(self) -> None:
        self.say("220 post office")
        recipients: list[str] = []
        while line := self.rfile.readline().decode().strip():
            verb = line.split()[0].upper()
            if verb == "RCPT":
                recipients.append(line.partition("<")[2].partition(">")[0])
            if verb == "DATA":
                self.say("354 go on")
                self.keep(recipients)
            self.say("221 bye" if verb == "QUIT" else "250 ok")

    def keep(self, recipients: list[str]) -> None:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b"."))
        self.server.letters.append(email.message_from_bytes(b"".join(lines), policy=default))  # type: ignore[arg-type]
        self.server.envelopes.append(recipients)

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


@contextmanager
def open_post_office() -> Iterator[PostOffice]:
    """Serve for as long as the block lasts."""
    with PostOffice() as found:
        threading.Thread(target=found.serve_forever, daemon=True).start()
        yield found
        found.shutdown()
