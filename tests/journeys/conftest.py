"""A real browser against a real server; skipped, with a line that says so, where there is no Chromium."""

import os
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server

from tests.conftest import Database

WIDE, NARROW = (1280, 900), (390, 844)
SCREENSHOTS = Path(os.environ.get("CONTEST_PORTAL_SCREENSHOTS", Path(__file__).parent / "screenshots"))
# Chromium as root needs --no-sandbox; the rest keeps it from calling anybody.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def chromium() -> str | None:
    """Return where the system's Chromium or Chrome is."""
    named = os.environ.get("CHROMIUM")
    names = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
    return named or next((found for name in names if (found := shutil.which(name))), None)


@dataclass
class Journey:
    """Be one person's browser: pages, what the console complained of, pictures."""

    page: Any
    address: str
    name: str
    complaints: list[str] = field(default_factory=list)

    def complain(self, message: Any) -> None:
        """Keep what the console says, with the address it speaks of."""
        where = str(message.location.get("url", "")).removeprefix(self.address)
        self.complaints.append(f"{message.text} {where}".strip())

    def open(self, path: str) -> None:
        """Go to a page."""
        self.page.goto(self.address + path)

    def picture(self, title: str) -> None:
        """Keep a picture of the page as a wide and as a narrow screen shows it."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        for width, height in (NARROW, WIDE):
            self.page.set_viewport_size({"width": width, "height": height})
            self.page.screenshot(path=str(SCREENSHOTS / f"{self.name}-{title}-{width}.png"), full_page=True)

    def sideways(self) -> int:
        """Return by how many pixels the page is wider than a phone."""
        self.page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
        over = int(self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))
        self.page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
        return over

    def sign_in(self, username: str, password: str) -> None:
        """Sign in as a person does."""
        self.open("/sign-in")
        self.page.fill("[name=username]", username)
        self.page.fill("[name=password]", password)
        self.page.click("main button[type=submit]")


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Start one Chromium for this worker."""
    path = chromium()
    if path is None:
        pytest.skip("no Chromium on this machine: the browser journeys are not walked")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def live(sqlite_database: Database) -> Iterator[tuple[Flask, str]]:
    """Serve a fresh portal on a free port."""
    app = sqlite_database.fresh()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield app, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def journey(browser: Any, live: tuple[Flask, str], request: pytest.FixtureRequest) -> Iterator[Any]:
    """Return a maker of journeys; at the end no console of theirs may have complained."""
    made: list[Journey] = []

    def start(name: str) -> Journey:
        context = browser.new_context(locale="vi-VN", viewport={"width": WIDE[0], "height": WIDE[1]})
        page = context.new_page()
        page.set_default_timeout(30_000)
        walk = Journey(page, live[1], name)
        page.on("console", lambda m: walk.complain(m) if m.type in {"error", "warning"} else None)
        page.on("pageerror", lambda e: walk.complaints.append(str(e)))
        made.append(walk)
        return walk

    yield start
    for walk in made:
        walk.page.context.close()
    assert [c for walk in made for c in walk.complaints] == []
