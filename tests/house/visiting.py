"""Every address of the portal with every method, called with and without a good form token."""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from contest_portal.accounts.actor import Role
from contest_portal.accounts.guards import PUBLIC
from contest_portal.accounts.permissions import PERMISSIONS
from contest_portal.core.database import Base, db
from tests.client import CheckingClient
from tests.house.world import NOBODY, YOUTH_AUDITOR, YOUTH_ORGANISER, World
from tests.page_rules import parse

BOUNDED = {YOUTH_ORGANISER: Role.ORGANISER, YOUTH_AUDITOR: Role.AUDITOR}


@dataclass(frozen=True)
class Visit:
    """Be one address with the method to call it with."""

    rule: Rule
    method: str

    def __str__(self) -> str:
        """Name the visit in the test's output."""
        return f"{self.method} {self.rule.rule}"


def visits(app: Flask, *methods: str) -> list[Visit]:
    """Return every address of the portal with every method it takes, or with these."""
    rules = [r for r in app.url_map.iter_rules() if r.endpoint != "static"]
    every = [Visit(r, m) for r in rules for m in sorted((r.methods or set()) - {"OPTIONS", "HEAD"})]
    return [visit for visit in every if not methods or visit.method in methods]


def permission_of(app: Flask, visit: Visit) -> str | None:
    """Return what a page declares; None where it declares nothing."""
    return getattr(app.view_functions[visit.rule.endpoint], "permission", None)


def allowed(app: Flask, visit: Visit, role: str | None) -> bool:
    """Tell what the table says of this role and this page."""
    permission = permission_of(app, visit)
    if permission == PUBLIC:
        return True
    if role is None or permission is None:
        return False
    return len(PERMISSIONS[permission]) == len(Role) or (
        role != NOBODY and BOUNDED.get(role) in PERMISSIONS[permission] or role in PERMISSIONS[permission]
    )


class QuickClient(CheckingClient):
    """Be a browser that does not look at the pages: for thousands of refusals that all look alike."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send a request."""
        return FlaskClient.open(self, *args, **kwargs)


def browser_of(app: Flask, world: World, role: str | None, *, looking: bool = False) -> CheckingClient:
    """Return a browser signed in as a role, or as nobody; looking, it checks every page it is shown."""
    client: Any = (CheckingClient if looking else QuickClient)(app, app.response_class, use_cookies=True)
    if role is not None:
        client.sign_in(world.users[role])
    return client


def address_of(app: Flask, rule: Rule, values: Mapping[str, Any], method: str = "GET") -> str:
    """Return an address with these values in it."""
    with app.test_request_context():
        return app.url_map.bind("localhost").build(rule.endpoint, dict(values), method=method)


def call(client: CheckingClient, app: Flask, visit: Visit, values: Mapping[str, Any], **sent: Any) -> TestResponse:
    """Call an address, sending these fields."""
    address = address_of(app, visit.rule, values, visit.method)
    return client.open(address, method=visit.method, data=sent or None)


def token_of(client: CheckingClient) -> str:
    """Return a good form token of this browser's session."""
    page = client.get("/account")
    soup = parse((client.get("/sign-in") if page.status_code == 302 else page).get_data(as_text=True))
    box = soup.find("input", attrs={"name": "csrf_token"})
    assert box is not None
    return str(box["value"])  # type: ignore[index]


def snapshot(app: Flask) -> dict[str, tuple[int, str]]:
    """Return for each table how many rows it has and a checksum over what is in them."""
    found = {}
    with app.app_context():
        for table in Base.metadata.sorted_tables:
            rows = sorted(repr(tuple(row)) for row in db.session.execute(select(table)))
            found[table.name] = (len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest())
    return found


def changed(before: dict[str, tuple[int, str]], after: dict[str, tuple[int, str]]) -> list[str]:
    """Return the names of the tables that differ."""
    return [name for name in before if before[name] != after[name]]


@contextmanager
def nothing_changes(app: Flask, but: Collection[str] = ()) -> Iterator[None]:
    """Fail when the block leaves any table, but for those named, otherwise than it was."""
    before = snapshot(app)
    yield
    assert [name for name in changed(before, snapshot(app)) if name not in but] == []
