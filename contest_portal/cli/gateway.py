"""Stand between granian and the portal: wait for slow visitors without holding a thread or a database connection.

A WSGI application reads a form while it works, so as many slow uploads as there are threads stop a server for everybody.
Here a request is received whole, within bounds, before the portal hears of it.
"""

import asyncio
import logging
import re
import sys
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import IO, Any, Protocol

from contest_portal.app import create_app
from contest_portal.cli.worker import Worker
from contest_portal.core.web import FORM_AROUND

log = logging.getLogger(__name__)

Headers = list[tuple[str, str]]
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

# Python computes on one thread at a time: more of them hand the turn around instead of working (measured with
# scripts/bench.py: 12 served a third fewer pages than 3). A few are left for those that wait for the disk.
THREADS = 4
# Where documents of entries are sent to, the only address that takes more than an ordinary upload.
DOCUMENTS = re.compile(r"/entries/[^/]+/documents/[^/]+")
IN_MEMORY = 256 * 1024
LEAST_BYTES_A_SECOND = 20_000
PATIENCE, LONGEST = 30, 600
# What is too large is read to its end where that is near: a browser shows the answer only after it has sent all.
READ_TIMES_LIMIT = 4
PLAIN = [("content-type", "text/plain; charset=utf-8"), ("connection", "close")]


class Scope(Protocol):
    """Describe what granian tells of a request."""

    method: str
    path: str
    query_string: str
    scheme: str
    server: str
    client: str
    http_version: str
    headers: Any


class Refused(Exception):
    """Answer a request that did not arrive whole, before the portal hears of it."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


def create_gateway() -> "Gateway":
    """Return the portal as granian serves it, one for each worker."""
    app = create_app()
    Worker(app).start()
    settings = app.config["SETTINGS"]
    return Gateway(app, settings.max_upload, max(settings.max_document, settings.max_upload) + FORM_AROUND)


class Gateway:
    """Serve a WSGI application over RSGI, each request received whole."""

    def __init__(self, application: Application, limit: int, documents: int | None = None) -> None:
        """Keep the application, and the size over which a request is not worth keeping: of any, and of documents."""
        self._application = application
        self._limit = limit
        self._documents = documents or limit
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="request")

    async def __rsgi__(self, scope: Scope, protocol: Any) -> None:
        """Receive a request, have the portal answer it, send the answer."""
        try:
            length = length_of(scope)
            limit = self._documents if DOCUMENTS.fullmatch(scope.path) else self._limit
            body = await self._receive(protocol, length, limit)
        except Refused as refusal:
            protocol.response_str(refusal.status, PLAIN, str(refusal))
            return
        with body:
            environ = environ_of(scope, body, length)
            loop = asyncio.get_running_loop()
            status, headers, answer = await loop.run_in_executor(self._threads, answer_of, self._application, environ)
        protocol.response_bytes(status, headers, answer)

    async def _receive(self, protocol: Any, length: int, limit: int) -> IO[bytes]:
        body: IO[bytes] = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - closed when it is answered
        try:
            if length:
                async with asyncio.timeout(seconds_for(length)):
                    await self._keep(body, protocol, length, limit)
        except TimeoutError as error:
            body.close()
            raise Refused(408, "The request took too long to arrive.") from error
        body.seek(0)
        return body

    async def _keep(self, body: IO[bytes], protocol: Any, length: int, limit: int) -> None:
        """Write what arrives; of what is too large nothing, the portal refuses it by its announced length."""
        arrived = 0
        async for chunk in protocol:
            arrived += len(chunk)
            if length <= limit:
                body.write(chunk)
            elif arrived > READ_TIMES_LIMIT * limit:
                return
        if arrived < length:
            raise Refused(400, "The request broke off.")


def length_of(scope: Scope) -> int:
    """Return the announced length of a request's body; without one nobody can tell whether it arrived whole."""
    if scope.headers.get("transfer-encoding"):
        raise Refused(411, "The request must announce its length.")
    return int(scope.headers.get("content-length") or 0)


def seconds_for(length: int) -> float:
    """Return how long a request of this size may take to arrive."""
    return min(PATIENCE + length / LEAST_BYTES_A_SECOND, LONGEST)


def environ_of(scope: Scope, body: IO[bytes], length: int) -> dict[str, Any]:
    """Return the request as WSGI (PEP 3333) describes it."""
    host, _, port = scope.server.rpartition(":")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode("utf-8", "surrogateescape").decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": host.strip("[]"),
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    _add_headers(environ, scope.headers.items())
    if length:
        environ["CONTENT_LENGTH"] = str(length)
    return environ


def _add_headers(environ: dict[str, Any], headers: Iterable[tuple[str, str]]) -> None:
    for name, value in headers:
        if "_" in name or name == "content-length":
            # A name with an underscore would pass for the same name with a hyphen, which a proxy in front may vouch for.
            continue
        key = name.upper().replace("-", "_")
        key = key if key == "CONTENT_TYPE" else f"HTTP_{key}"
        between = "; " if name == "cookie" else ","
        environ[key] = f"{environ[key]}{between}{value}" if key in environ else value


def answer_of(application: Application, environ: dict[str, Any]) -> tuple[int, Headers, bytes]:
    """Return the application's answer, whole."""
    started: list[tuple[int, Headers]] = []

    def start_response(status: str, headers: Headers, _exc_info: Any = None) -> None:
        started.append((int(status.split(" ", 1)[0]), headers))

    parts = application(environ, start_response)
    try:
        body = b"".join(parts)
    finally:
        close = getattr(parts, "close", None)
        if close is not None:
            close()
    return *started[-1], body
