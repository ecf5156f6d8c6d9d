"""Measure the portal against a bare Flask application: `python3 scripts/bench.py [--rounds N] [--seconds S]`.

Both run on the same server with the same database settings and the same number of rows, in turn, in one run; what counts
is the ratio, as the median of the rounds. Asserts nothing: machines differ, ratios less so.
"""

import argparse
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scripts import _setup
from scripts.bench_visitors import Browser, throughput

VISITORS = 16
SIZES = (1_000, 10_000, 100_000)
WORKERS = 2
THREADS = 4
EDITION = "robocon-2024"
RADIO = re.compile(r'<input(?=[^>]*name="division")[^>]*value="([^"]+)"')
WORLD: dict[int, dict[str, Any]] = {}


@dataclass(frozen=True)
class Scenario:
    """Be one thing that visitors do, and what does the same on the floor."""

    name: str
    size: int
    cookies: str
    portal: Callable[[Browser, int], None]
    floor: Callable[[Browser, int], None]


def see_contest(browser: Browser, _turn: int) -> None:
    """Open the contest's public page."""
    browser.get(f"/contests/{EDITION}")


def see_list(browser: Browser, _turn: int) -> None:
    """Open the organiser's filtered list."""
    browser.get(f"/entries/?edition={EDITION}&status=submitted&division=B")


def register_team(browser: Browser, turn: int) -> None:
    """Register a team, page by page, from the first question to the receipt."""
    browser.get(f"/entries/new?edition={EDITION}")
    browser.post(f"/entries/new?edition={EDITION}", {**browser.hidden(), "title": f"Đội thử {turn}"})
    entry = browser.location
    browser.get(entry)
    page = browser.get(f"{entry}/details").decode()
    division = RADIO.findall(page)[0]
    browser.post(
        f"{entry}/details",
        {**browser.hidden(), "title": f"Đội thử {turn}", "division": division, "contact_phone": "0912345678"},
    )
    for role, person in (("member", {"class_name": "4A1"}), ("coach", {"phone": "0912345678"})):
        browser.get(f"{entry}/people/{role}/new")
        browser.post(f"{entry}/people/{role}/new", {**browser.hidden(), "full_name": "Nguyễn Thị Hồng Ánh", **person})
    browser.get(f"{entry}/check")
    browser.post(f"{entry}/check", {**browser.hidden(), "declared": "y"})
    browser.get(f"{entry}/receipt")


def score_sheet(browser: Browser, turn: int) -> None:
    """Open a sheet and save it."""
    visitor, number = divmod(turn, 100_000)
    world = WORLD[SIZES[0]]
    token = world["sheets"][visitor][number % len(world["sheets"][visitor])]
    browser.get(f"/judging/{token}")
    points = {f"points_{criterion}": number % 10 for criterion in world["criteria"]}
    browser.post(f"/judging/{token}", {**browser.hidden(), **points, "act": "save"})


def floor_list(browser: Browser, _turn: int) -> None:
    """Open the floor's page of 50 rows."""
    browser.get("/")


def floor_form(browser: Browser, turn: int) -> None:
    """Open the floor's form and send it."""
    browser.get("/new")
    browser.post("/new", {**browser.hidden(), "title": f"Đội {turn}"})


SCENARIOS = (
    Scenario("public contest page", 1_000, "nobody", see_contest, floor_list),
    Scenario("registering a team, every page of it", 1_000, "schools", register_team, floor_form),
    Scenario("filtered list, 1,000 entries", 1_000, "organisers", see_list, floor_list),
    Scenario("filtered list, 10,000 entries", 10_000, "organisers", see_list, floor_list),
    Scenario("filtered list, 100,000 entries", 100_000, "organisers", see_list, floor_list),
    Scenario("judge opens a sheet and saves it", 1_000, "judges", score_sheet, floor_form),
)


def main() -> int:
    """Fill, serve, visit, compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3.0)
    wanted = parser.parse_args()
    if Path(sys.prefix) != _setup.VENV:
        _setup.set_up("requirements.lock")
        return subprocess.call([str(_setup.program("python")), *sys.argv])
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
        ports = {size: stack.enter_context(_servers(folder / str(size), size)) for size in SIZES}
        _print_pages(ports, wanted.rounds, wanted.seconds)
        _print_workbook(folder / str(SIZES[1]), wanted.rounds)
    return 0


def _print_pages(ports: dict[int, tuple[int, int]], rounds: int, seconds: float) -> None:
    print(f"\n{'pages a second, ' + str(VISITORS) + ' visitors':42}{'portal':>9}{'floor':>9}{'ratio':>8}   least–most")
    medians = {}
    for scenario in SCENARIOS:
        portal, floor, ratios = _compare(scenario, ports[scenario.size], rounds, seconds)
        medians[scenario.name] = statistics.median(portal)
        print(
            f"{scenario.name:42}{statistics.median(portal):9.0f}{statistics.median(floor):9.0f}"
            f"{statistics.median(ratios):8.2f}   {min(ratios):.2f}–{max(ratios):.2f}",
            flush=True,
        )
    small, large = medians["filtered list, 1,000 entries"], medians["filtered list, 100,000 entries"]
    print(f"{'list at 100,000: time against 1,000':42}{'':18}{small / large:8.2f}")


def _compare(
    scenario: Scenario, ports: tuple[int, int], rounds: int, seconds: float
) -> tuple[list[float], list[float], list[float]]:
    cookies = WORLD[scenario.size].get(scenario.cookies) or [{}] * VISITORS
    portal, floor = [], []
    for _ in range(rounds):
        portal.append(throughput(scenario.portal, ports[0], cookies, seconds))
        floor.append(throughput(scenario.floor, ports[1], [{}] * VISITORS, seconds))
    return portal, floor, [mine / bare for mine, bare in zip(portal, floor, strict=True)]


def _print_workbook(instance: Path, rounds: int) -> None:
    command = [sys.executable, "-m", "scripts.bench_workbook", str(instance), EDITION, str(rounds)]
    print(subprocess.run(command, cwd=_setup.ROOT, check=True, capture_output=True, text=True).stdout, end="")


@contextmanager
def _servers(folder: Path, size: int) -> Iterator[tuple[int, int]]:
    print(f"Filling {size:,} entries …", flush=True)
    folder.mkdir()
    fill = [sys.executable, "-m", "scripts.bench_world", str(folder), str(size), str(VISITORS)]
    subprocess.run(fill, cwd=_setup.ROOT, check=True)
    WORLD[size] = json.loads((folder / "world.json").read_text(encoding="utf-8"))
    environ = {
        "CONTEST_PORTAL_INSTANCE": str(folder),
        "FLOOR_DATABASE": f"sqlite:///{(folder / 'floor.sqlite3').as_posix()}",
    }
    with ExitStack() as stack:
        portal, seconds = stack.enter_context(_server("contest_portal.app:create_app", "/health", environ))
        floor, _ = stack.enter_context(_server("scripts.bench_floor:create_app", "/new", environ))
        print(f"  the portal answered {seconds:.1f} s after its start")
        yield portal, floor


@contextmanager
def _server(target: str, path: str, environ: dict[str, str]) -> Iterator[tuple[int, float]]:
    port = _free_port()
    command = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--factory", "--no-ws", "--log-level", "critical"),
        *("--workers", str(WORKERS), "--blocking-threads", str(THREADS), "--port", str(port), target),
    ]
    started = time.monotonic()
    server = subprocess.Popen(command, cwd=_setup.ROOT, env={**os.environ, **environ})
    try:
        _wait_until_served(f"http://127.0.0.1:{port}{path}")
        yield port, time.monotonic() - started
    finally:
        server.terminate()
        server.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_served(address: str) -> None:
    for _ in range(600):
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(0.05)
    raise SystemExit(f"error: {address} was not served within half a minute")


if __name__ == "__main__":
    sys.exit(main())
