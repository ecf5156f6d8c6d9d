"""Every page × every role × own and foreign things: nobody gets in by a way the table does not name."""

from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from contest_portal.accounts.actor import Role
from contest_portal.accounts.guards import PUBLIC
from contest_portal.accounts.permissions import PERMISSIONS
from tests.house.world import build_world

ROLES = [None, "nobody", *Role]
REFUSED = {302, 403}
ODD_IDS = ["99999999999999999999", "0", "-1", "%00", "ﬀ", "..%2f..%2fsecret_key", "' OR 1=1 --"]


@dataclass(frozen=True)
class Visit:
    """Be one address with the method to call it with."""

    rule: Rule
    method: str

    def __str__(self) -> str:
        """Name the visit in the test's output."""
        return f"{self.method} {self.rule.rule}"


def visits(app: Flask) -> list[Visit]:
    """Return every address of the portal with every method it takes."""
    rules = [r for r in app.url_map.iter_rules() if r.endpoint != "static"]
    return [Visit(r, m) for r in rules for m in sorted((r.methods or set()) - {"OPTIONS", "HEAD"})]


def allowed(app: Flask, visit: Visit, role: str | None) -> bool:
    """Tell what the table says of this role and this page."""
    permission = app.view_functions[visit.rule.endpoint].permission  # type: ignore[attr-defined]
    if permission == PUBLIC:
        return True
    if role is None:
        return False
    return len(PERMISSIONS[permission]) == len(Role) or (role != "nobody" and Role(role) in PERMISSIONS[permission])


def call(client: Any, app: Flask, visit: Visit, values: dict[str, Any]) -> int:
    """Call an address without a form token and return the status."""
    with app.test_request_context():
        address = app.url_map.bind("localhost").build(visit.rule.endpoint, values, method=visit.method)
    return int(client.open(address, method=visit.method).status_code)


def test_every_page_declares_a_permission_of_the_table(portal: Flask) -> None:
    for visit in visits(portal):
        declared = getattr(portal.view_functions[visit.rule.endpoint], "permission", None)
        assert declared == PUBLIC or declared in PERMISSIONS, visit


@pytest.mark.parametrize("role", ROLES, ids=str)
def test_table_decides_at_every_address(portal: Flask, role: str | None) -> None:
    world = build_world(portal)
    client = portal.test_client()
    if role is not None:
        client.sign_in(world.users[role])
    wrong = []
    for visit in visits(portal):
        if visit.rule.endpoint in {"accounts.sign_in", "accounts.sign_out"}:
            continue
        status = call(client, portal, visit, world.own(visit.rule))
        may = allowed(portal, visit, role)
        if status >= 500 or (not may and status not in REFUSED) or (may and visit.method == "GET" and status == 403):
            wrong.append(f"{visit}: {status}, allowed: {may}")
    assert wrong == []


@pytest.mark.parametrize("role", [Role.SCHOOL, Role.COORDINATOR, Role.JUDGE], ids=str)
def test_foreign_things_answer_as_missing_ones(portal: Flask, role: Role) -> None:
    world = build_world(portal)
    client = portal.test_client()
    client.sign_in(world.users[role])
    wrong = []
    for visit in visits(portal):
        if not world.has_scope(visit.rule) or not allowed(portal, visit, role):
            continue
        foreign = call(client, portal, visit, world.foreign(visit.rule))
        missing = call(client, portal, visit, world.missing(visit.rule))
        # A post without a token is stopped before or after the lookup, but never lets anything through.
        expected = {404} if visit.method == "GET" else {400, 403, 404, 405}
        if foreign not in expected or foreign != missing:
            wrong.append(f"{visit}: foreign {foreign}, missing {missing}")
    assert wrong == []


def test_odd_ids_are_missing_things(both: Flask) -> None:
    world = build_world(both)
    client = both.test_client()
    client.sign_in(world.users[Role.ADMINISTRATOR])
    wrong = []
    for visit in visits(both):
        if visit.method != "GET" or not visit.rule.arguments:
            continue
        for odd in ODD_IDS:
            address = visit.rule.rule
            for argument in visit.rule.arguments:
                for form in (f"<{argument}>", f"<int:{argument}>", f"<path:{argument}>"):
                    address = address.replace(form, odd)
            status = client.get(address).status_code
            if status >= 500 or (status == 200 and visit.rule.endpoint != "pages.language"):
                wrong.append(f"{address}: {status}")
    assert wrong == []


def test_odd_questions_are_answered(both: Flask) -> None:
    world = build_world(both)
    client = both.test_client()
    client.sign_in(world.users[Role.ORGANISER])
    wrong = []
    names = ("q", "cursor", "page", "edition", "unit", "status", "as_of", "from", "to", "division", "field", "next")
    for visit in visits(both):
        if visit.method != "GET" or not allowed(both, visit, Role.ORGANISER):
            continue
        with both.test_request_context():
            address = both.url_map.bind("localhost").build(visit.rule.endpoint, world.own(visit.rule))
        for odd in ("9" * 20, "%EF%BF%BE", "%F0%9F%A4%96", "'", "-1", "2024-02-31", "%25", "a" * 5000, "%00"):
            query = "&".join(f"{name}={odd}" for name in names)
            status = client.get(f"{address}?{query}").status_code
            if status >= 500:
                wrong.append(f"{address} {odd[:20]}: {status}")
    assert wrong == []


