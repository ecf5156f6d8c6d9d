"""Visitors for the bench: processes with a few keep-alive connections each, counting what they are served."""

import http.client
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

PROCESSES = 4
HIDDEN = re.compile(rb'<input[^>]*type="hidden"[^>]*>')
NAME, VALUE = re.compile(rb'name="([^"]*)"'), re.compile(rb'value="([^"]*)"')


class Refused(Exception):
    """Say that the server answered something else than was expected; a bench of errors is no bench."""


@dataclass
class Browser:
    """Be one visitor: one connection, its cookies, how many requests it has made."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    requests: int = 0
    body: bytes = b""
    location: str = ""

    def __post_init__(self) -> None:
        """Open the connection."""
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def get(self, path: str, expect: int = 200) -> bytes:
        """Ask for a page."""
        return self._send("GET", path, None, expect)

    def post(self, path: str, values: Mapping[str, object], expect: int = 302) -> bytes:
        """Send a form."""
        return self._send("POST", path, urlencode(values, doseq=True), expect)

    def hidden(self) -> dict[str, str]:
        """Return the hidden values of the form on the page seen last: the last form, after the menu's."""
        last = self.body.rfind(b"<form")
        found = {}
        for control in HIDDEN.findall(self.body[last:]):
            name, value = NAME.search(control), VALUE.search(control)
            if name:
                found[name[1].decode()] = value[1].decode() if value else ""
        return found

    def _send(self, method: str, path: str, body: str | None, expect: int) -> bytes:
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        self.body = answer.read()
        for line in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        self.location = urlsplit(answer.headers.get("Location", "")).path
        self.requests += 1
        if answer.status != expect:
            raise Refused(f"{method} {path}: {answer.status} instead of {expect}: {self.body[-600:]!r}")
        return self.body


Walk = Callable[[Browser, int], None]


def _walk_for(walk: Walk, port: int, cookies: Sequence[Mapping[str, str]], seconds: float, first: int) -> int:
    """Let a few visitors walk in threads until the time is over; return the requests they made."""
    end = time.monotonic() + seconds
    counts = [0] * len(cookies)
    failures: list[BaseException] = []

    def visit(number: int) -> None:
        browser = Browser(port, dict(cookies[number]))
        try:
            turn = 0
            while time.monotonic() < end:
                walk(browser, (first + number) * 100_000 + turn)
                turn += 1
        except BaseException as error:  # a thread's failure is the bench's failure
            failures.append(error)
        counts[number] = browser.requests

    threads = [threading.Thread(target=visit, args=(number,)) for number in range(len(cookies))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return sum(counts)


def throughput(walk: Walk, port: int, cookies: Sequence[Mapping[str, str]], seconds: float) -> float:
    """Return the requests a second that all visitors together were served."""
    share = -(-len(cookies) // PROCESSES)
    groups = [cookies[start : start + share] for start in range(0, len(cookies), share)]
    started = time.monotonic()
    with ProcessPoolExecutor(len(groups)) as pool:
        jobs = [
            pool.submit(_walk_for, walk, port, group, seconds, number * share) for number, group in enumerate(groups)
        ]
        total = sum(job.result() for job in jobs)
    return total / (time.monotonic() - started)
