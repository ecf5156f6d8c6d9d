"""The locks hold what setup.cfg asks for, with hashes, and name no place to fetch it from."""

import ast
import configparser
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from scripts._setup import ROOT

LOCKS = {"requirements.lock": ("build", "postgres"), "requirements-test.lock": ("build", "postgres", "test")}
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", re.MULTILINE)


def _asked(extras: tuple[str, ...]) -> list[Requirement]:
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    texts = [setup["options"]["install_requires"], *(setup["options.extras_require"][extra] for extra in extras)]
    return [Requirement(line) for text in texts for line in text.splitlines() if line.strip()]


def _pinned(lock: str) -> dict[str, set[str]]:
    pinned: dict[str, set[str]] = {}
    for name, version in PINNED.findall((ROOT / lock).read_text(encoding="ascii")):
        pinned.setdefault(canonicalize_name(name), set()).add(version)
    return pinned


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_holds_what_is_asked_for(lock: str) -> None:
    pinned = _pinned(lock)
    for requirement in _asked(LOCKS[lock]):
        versions = pinned.get(canonicalize_name(requirement.name), set())
        assert versions, requirement
        assert all(requirement.specifier.contains(version) for version in versions), requirement


def test_tests_run_on_what_is_served() -> None:
    served, tested = _pinned("requirements.lock"), _pinned("requirements-test.lock")
    assert {name: tested.get(name) for name in served} == served


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_hashes_and_no_place(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="ascii")
    pins = re.findall(r"^[a-z].*(?:\n .*)*", text, re.MULTILINE)
    assert len(pins) > 20
    assert [pin.splitlines()[0] for pin in pins if "--hash=sha256:" not in pin] == []
    assert not re.search(r"https?:|file:|--(extra-)?index|--find-links|--trusted", text)


def test_every_imported_library_is_asked_for() -> None:
    asked = {canonicalize_name(requirement.name) for requirement in _asked(())}
    known = packages_distributions()
    missing = {
        module
        for module in _imported() - set(sys.stdlib_module_names) - {"contest_portal"}
        if not asked & {canonicalize_name(name) for name in known.get(module, [])}
    }
    assert missing == set()


def _imported() -> set[str]:
    files = [*(ROOT / "contest_portal").rglob("*.py"), *(ROOT / "migrations").rglob("*.py")]
    return {name.partition(".")[0] for file in files for name in _imports_of(ast.parse(file.read_text("utf-8")))}


def _imports_of(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module
