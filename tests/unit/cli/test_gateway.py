"""The request as the portal sees it, for what granian told."""

import asyncio
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from werkzeug.wrappers import Request

from contest_portal.cli.gateway import Gateway, Refused, answer_of, environ_of, length_of, seconds_for


class Headers:
    """Be headers as granian has them: a list, asked by name for the first."""

    def __init__(self, *pairs: tuple[str, str]) -> None:
        self._pairs = pairs

    def items(self) -> tuple[tuple[str, str], ...]:
        return self._pairs

    def get(self, name: str) -> str | None:
        return next((value for known, value in self._pairs if known == name), None)


@dataclass
class Told:
    """Be what granian tells of a request."""

    path: str = "/"
    query_string: str = ""
    method: str = "GET"
    scheme: str = "http"
    server: str = "127.0.0.1:8000"
    client: str = "192.0.2.7:50312"
    http_version: str = "1.1"
    headers: Headers = field(default_factory=lambda: Headers(("host", "portal.example")))


def _request(told: Told, body: bytes = b"") -> Request:
    return Request(environ_of(told, io.BytesIO(body), len(body)))


def test_vietnamese_paths_and_queries_arrive() -> None:
    request = _request(Told(path="/hội-thi/đội", query_string="q=%C4%91%E1%BB%99i&q=b"))
    assert request.path == "/hội-thi/đội"
    assert request.args.getlist("q") == ["đội", "b"]


def test_visitor_and_address_are_kept_apart() -> None:
    request = _request(Told(server="[::1]:8000", client="[2001:db8::7]:50312"))
    assert request.remote_addr == "2001:db8::7"
    assert request.url == "http://portal.example/"
    assert request.environ["SERVER_NAME"] == "::1"
    assert request.environ["SERVER_PORT"] == "8000"


def test_form_is_read_to_its_length() -> None:
    headers = Headers(("content-type", "application/x-www-form-urlencoded"), ("content-length", "999"))
    request = _request(Told(method="POST", headers=headers), b"name=An&unit=217")
    assert request.form.to_dict() == {"name": "An", "unit": "217"}
    assert request.content_length == 16


def test_repeated_headers_are_joined() -> None:
    headers = Headers(("cookie", "a=1"), ("accept", "text/html"), ("cookie", "b=2"), ("accept", "image/png"))
    request = _request(Told(headers=headers))
    assert request.cookies.to_dict() == {"a": "1", "b": "2"}
    assert request.headers["Accept"] == "text/html,image/png"


def test_header_with_an_underscore_passes_for_no_other() -> None:
    request = _request(Told(headers=Headers(("x-forwarded-for", "192.0.2.1"), ("x_forwarded_for", "forged"))))
    assert request.headers["X-Forwarded-For"] == "192.0.2.1"


@pytest.mark.parametrize(("length", "seconds"), [(0, 30), (2_000_000, 130), (10**12, 600)])
def test_more_takes_longer_but_not_for_ever(length: int, seconds: float) -> None:
    assert seconds_for(length) == seconds


def test_announced_length_is_believed_and_none_means_nothing() -> None:
    assert length_of(Told(headers=Headers(("content-length", "42")))) == 42
    assert length_of(Told()) == 0


def test_unannounced_length_is_refused() -> None:
    with pytest.raises(Refused) as refusal:
        length_of(Told(headers=Headers(("transfer-encoding", "chunked"))))
    assert refusal.value.status == 411


def test_answer_is_whole_and_closed() -> None:
    closed: list[bool] = []

    class Parts(list[bytes]):
        def close(self) -> None:
            closed.append(True)

    def application(environ: dict[str, Any], start_response: Any) -> Parts:
        start_response("201 CREATED", [("x-path", environ["PATH_INFO"])])
        return Parts([b"one ", b"two"])

    assert answer_of(application, {"PATH_INFO": "/a"}) == (201, [("x-path", "/a")], b"one two")
    assert closed == [True]


def test_answer_is_closed_when_making_it_fails() -> None:
    closed: list[bool] = []

    class Failing:
        def __iter__(self) -> Any:
            raise ValueError("half an answer")

        def close(self) -> None:
            closed.append(True)

    with pytest.raises(ValueError, match="half an answer"):
        answer_of(lambda _environ, _start: Failing(), {})
    assert closed == [True]


class Line:
    """Be the line to a browser: what it sends, and what it is answered."""

    def __init__(self, sent: bytes) -> None:
        self.sent, self.answer = sent, (0, b"")

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self.sent

    def response_bytes(self, status: int, _headers: Any, body: bytes) -> None:
        self.answer = (status, body)


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/entries/RB24-AAAAAA/documents/video", 500),
        ("/entries/RB24-AAAAAA/details", 0),
        ("/entries/RB24-AAAAAA/documents/video/more", 0),
    ],
)
def test_only_documents_may_be_larger_than_an_ordinary_form(path: str, kept: int) -> None:
    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        return [str(len(environ["wsgi.input"].read())).encode()]

    line, headers = Line(b"x" * 500), Headers(("host", "portal.example"), ("content-length", "500"))
    gateway = Gateway(application, 100, 1000)
    asyncio.run(gateway.__rsgi__(Told(path=path, method="POST", headers=headers), line))
    assert line.answer == (200, str(kept).encode())
