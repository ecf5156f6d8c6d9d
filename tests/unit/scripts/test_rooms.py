"""Every room of every stage is under the contract about rooms; a new one cannot slip past it."""

import configparser
import re

from scripts._setup import ROOT

ROOM = re.compile(r"(views|forms|services|queries|models)(_\w+)?$")


def _contract(name: str) -> configparser.SectionProxy:
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    return setup[f"importlinter:contract:{name}"]


def _rooms() -> dict[str, set[str]]:
    """Return the stages and their rooms."""
    rooms: dict[str, set[str]] = {}
    for file in (ROOT / "contest_portal").glob("*/*"):
        if ROOM.match(file.stem) and file.parent.name != "core" and (file.suffix == ".py" or file.is_dir()):
            rooms.setdefault(file.parent.name, set()).add(file.stem)
    return rooms


def test_every_stage_is_a_container() -> None:
    containers = set(_contract("rooms")["containers"].split())
    assert containers >= {f"contest_portal.{stage}" for stage in _rooms()}
    assert all((ROOT / container.replace(".", "/")).is_dir() for container in containers)


def test_every_room_has_its_layer() -> None:
    layers = set(re.findall(r"\w+", _contract("rooms")["layers"]))
    assert set().union(*_rooms().values()) <= layers


def test_no_room_that_must_not_know_the_request_is_left_out() -> None:
    told = {module.rpartition(".")[2] for module in _contract("no-request")["source_modules"].split()}
    deep = {room for room in set().union(*_rooms().values()) if room.startswith(("services", "queries", "models"))}
    assert deep <= told
