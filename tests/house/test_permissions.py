"""Every page × every role × own and foreign things: nobody gets in by a way the table does not name.

These show lines 1 and 2 of what people must be able to trust: who may call what is declared and kept to, and
what is not one's own answers exactly as what does not exist.
"""

import io
import re
import zipfile
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from contest_portal.accounts.actor import Role
from contest_portal.accounts.guards import PUBLIC, check
from contest_portal.accounts.permissions import PERMISSIONS
from contest_portal.core.errors import NotAllowed
from tests.factories.people import actor_for, make_user
from tests.house.visiting import (
    address_of,
    allowed,
    browser_of,
    call,
    changed,
    permission_of,
    snapshot,
    token_of,
    visits,
)
from tests.house.world import NOBODY, SIGNED_IN, YOUTH_AUDITOR, YOUTH_ORGANISER, build_world

ROLES = [None, *SIGNED_IN]
BOUNDED_ROLES = [
    Role.SCHOOL,
    Role.COORDINATOR,
    Role.SCREENER,
    Role.JUDGE,
    Role.ORGANISER,
    Role.ADMINISTRATOR,
    YOUTH_ORGANISER,
    YOUTH_AUDITOR,
]
OWNING_ROLES = [Role.SCHOOL, Role.COORDINATOR, Role.SCREENER, Role.JUDGE, YOUTH_ORGANISER, YOUTH_AUDITOR]
REFUSED = {302, 403}
# What may differ between two refusals: the form's token, and the address to come back to after changing the language.
OF_THE_MOMENT = re.compile(r'name="csrf_token"[^>]*|next=[^"]*')
ODD_IDS = ["99999999999999999999", "0", "-1", "%00", "ﬀ", "..%2f..%2fsecret_key", "' OR 1=1 --"]
# They end or begin the session the other calls are made in; tests/web/accounts walks them.
SESSION = {"accounts.sign_in", "accounts.sign_out"}
# Coordinators change entries by importing lists again and in screening, not on the school's own pages.
# The log belongs to no edition, so whoever audits one edition only does not read it.
NOT_THEIRS = {
    (Role.COORDINATOR, "entry.edit"),
    (YOUTH_AUDITOR, "audit.see"),
    # Nor do letters belong to one.
    (YOUTH_AUDITOR, "outbox.see"),
    (YOUTH_ORGANISER, "outbox.see"),
    (YOUTH_ORGANISER, "outbox.send"),
    # Nor do schools and units.
    (YOUTH_ORGANISER, "schools.manage"),
    # Nor does an edition that is not there yet.
    (YOUTH_ORGANISER, "edition.create"),
}


def test_every_page_declares_a_permission_of_the_table(portal: Flask) -> None:
    assert len(visits(portal)) > 40
    for visit in visits(portal):
        declared = permission_of(portal, visit)
        assert declared == PUBLIC or declared in PERMISSIONS, visit


def test_what_declares_nothing_is_refused_to_everybody(app: Flask) -> None:
    everything = actor_for(make_user(*set(Role) - {Role.SCHOOL, Role.COORDINATOR}, password=""))
    with pytest.raises(NotAllowed):
        check(lambda: None, everything)
    with pytest.raises(NotAllowed):
        check(None, everything)


@pytest.mark.parametrize("role", ROLES, ids=str)
def test_table_decides_at_every_address(portal: Flask, role: str | None) -> None:
    world = build_world(portal)
    client = browser_of(portal, world, role)
    wrong = []
    for visit in visits(portal):
        if visit.rule.endpoint in SESSION:
            continue
        status = call(client, portal, visit, world.own(visit.rule, role)).status_code
        may = allowed(portal, visit, role)
        theirs = may and (role, permission_of(portal, visit)) not in NOT_THEIRS
        if status >= 500 or (not may and status not in REFUSED) or (theirs and visit.method == "GET" and status == 403):
            wrong.append(f"{visit}: {status}, allowed: {may}")
    assert wrong == []


@pytest.mark.parametrize("role", ROLES, ids=str)
def test_a_good_form_token_opens_no_page_the_table_closes(portal: Flask, role: str | None) -> None:
    world = build_world(portal)
    client = browser_of(portal, world, role)
    token = token_of(client)
    before, wrong = snapshot(portal), []
    for visit in visits(portal, "POST", "PUT", "PATCH", "DELETE"):
        if visit.rule.endpoint in SESSION or allowed(portal, visit, role):
            continue
        status = call(client, portal, visit, world.own(visit.rule, role), csrf_token=token).status_code
        if status not in REFUSED:
            wrong.append(f"{visit}: {status}")
    assert wrong == []
    assert changed(before, snapshot(portal)) == []


@pytest.mark.parametrize("role", SIGNED_IN, ids=str)
def test_own_things_are_shown(portal: Flask, role: str) -> None:
    # Without this, a page that is lost to everybody would pass for a page that is closed to strangers.
    world = build_world(portal)
    client = browser_of(portal, world, role, looking=True)
    wrong = []
    for visit in visits(portal, "GET"):
        if not allowed(portal, visit, role) or (role, permission_of(portal, visit)) in NOT_THEIRS:
            continue
        if visit.rule.endpoint in UNLIKE_THE_WORLDS:
            continue
        status = call(client, portal, visit, world.own(visit.rule, role)).status_code
        if status not in {200, 302}:
            wrong.append(f"{visit}: {status}")
    assert wrong == []


# Pages of a state the world's own things are not in; the tests of their stages walk them.
UNLIKE_THE_WORLDS: set[str] = set()


def plain(answer: TestResponse, values: dict[str, Any]) -> str:
    """Return an answer's head and body without the address that was asked for and the form tokens."""
    text = f"{answer.status_code} {answer.mimetype} {OF_THE_MOMENT.sub('', answer.get_data(as_text=True))}"
    for value in values.values():
        text = re.sub(rf"\\b{re.escape(str(value))}\\b", "…", text)
    return text


@pytest.mark.parametrize("role", BOUNDED_ROLES, ids=str)
def test_foreign_things_answer_as_missing_ones(portal: Flask, role: str) -> None:
    world = build_world(portal)
    client = browser_of(portal, world, role)
    token = token_of(client)
    before, wrong, tried = snapshot(portal), [], 0
    for visit in visits(portal):
        if not allowed(portal, visit, role) or visit.rule.endpoint in SESSION:
            continue
        if (role, permission_of(portal, visit)) in NOT_THEIRS:
            continue
        for foreign, missing in world.foreign(visit.rule, role):
            sent = {} if visit.method == "GET" else {"csrf_token": token}
            got = call(client, portal, visit, foreign, **sent)
            expected = call(client, portal, visit, missing, **sent)
            tried += 1
            if got.status_code != 404 or plain(got, foreign) != plain(expected, missing):
                wrong.append(f"{visit} {foreign}: {got.status_code}, missing: {expected.status_code}")
    assert wrong == []
    assert tried > 0
    assert changed(before, snapshot(portal)) == []


def read(answer: TestResponse) -> str:
    """Return the text of a page, or of everything inside a workbook or a document."""
    if not zipfile.is_zipfile(io.BytesIO(answer.data)):
        return answer.get_data(as_text=True)
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        return "\n".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())


@pytest.mark.parametrize("role", OWNING_ROLES, ids=str)
def test_no_page_of_ones_own_names_a_foreign_thing(portal: Flask, role: str) -> None:
    world = build_world(portal)
    client = browser_of(portal, world, role)
    foreign = {str(thing) for thing in world.foreign_things(role) if isinstance(thing, str) and len(thing) > 9}
    wrong = []
    for visit in visits(portal, "GET"):
        if not allowed(portal, visit, role) or permission_of(portal, visit) == PUBLIC:
            continue
        # A workbook is no text; what it names is tested where it is written.
        text = call(client, portal, visit, world.own(visit.rule, role)).get_data().decode(errors="replace")
        wrong += [f"{visit} shows {thing}" for thing in foreign - {"robocon-2024"} if thing in text]
    assert wrong == []


def test_an_account_without_a_post_sees_its_own_account_and_nothing_else(portal: Flask) -> None:
    world = build_world(portal)
    client = browser_of(portal, world, NOBODY)
    assert client.get("/account").status_code == 200
    assert client.get("/").status_code == 200
    assert {client.get(a).status_code for a in ("/entries/", "/screening/", "/judging/", "/users", "/audit")} == {403}


def test_odd_ids_are_missing_things(both: Flask) -> None:
    world = build_world(both)
    client = browser_of(both, world, Role.ADMINISTRATOR)
    organiser = browser_of(both, world, Role.ORGANISER)
    wrong = []
    for visit in visits(both, "GET"):
        if not visit.rule.arguments:
            continue
        for odd in ODD_IDS:
            address = visit.rule.rule
            for argument in visit.rule.arguments:
                for form in (f"<{argument}>", f"<int:{argument}>", f"<path:{argument}>"):
                    address = address.replace(form, odd)
            for browser in (client, organiser):
                status = browser.get(address).status_code
                if status >= 500 or (status == 200 and visit.rule.endpoint != "pages.language"):
                    wrong.append(f"{address}: {status}")
    assert wrong == []


def test_odd_questions_are_answered(both: Flask) -> None:
    world = build_world(both)
    client = browser_of(both, world, Role.ORGANISER)
    wrong = []
    names = ("q", "cursor", "page", "edition", "unit", "status", "as_of", "from", "to", "division", "field", "next")
    for visit in visits(both, "GET"):
        if not allowed(both, visit, Role.ORGANISER):
            continue
        address = address_of(both, visit.rule, world.own(visit.rule))
        for odd in ("9" * 20, "%EF%BF%BE", "%F0%9F%A4%96", "'", "-1", "2024-02-31", "%25", "a" * 5000, "%00"):
            query = "&".join(f"{name}={odd}" for name in names)
            status = client.get(f"{address}?{query}").status_code
            if status >= 500:
                wrong.append(f"{address} {odd[:20]}: {status}")
    assert wrong == []
