"""Test the signed list: tied to what was printed, no longer holding once that changes; on both databases."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from contest_portal.accounts.actor import SYSTEM, Actor
from contest_portal.core.database import db
from contest_portal.core.errors import Invalid, NotAllowed
from contest_portal.registration.models import Entry, SignedList
from contest_portal.registration.queries_desk import latest_signed, list_signed, registered_of
from contest_portal.registration.services import change_details, keep_signed_list, submit_entry, withdraw_entry
from contest_portal.registration.services.entries import details_of
from contest_portal.registration.services.signing import sniff
from contest_portal.registration.signed_lists import code_of, content_of, same_code, standing
from tests.at_once import at_once
from tests.unit.registration.conftest import Stage

SCAN = b"%PDF-1.7 quet"


@pytest.fixture
def listed(stage: Stage) -> Entry:
    """Hand one entry in."""
    entry = stage.ready()
    submit_entry(stage.teacher, entry, declared=True)
    return entry


def bring(stage: Stage, folder: Path, actor: Actor | None = None, **more: Any) -> SignedList:
    """Bring the signed list of what is registered now."""
    entries = registered_of(SYSTEM, stage.edition, stage.school.id)
    values = {"data": SCAN, "code": code_of(content_of(entries)), **more}
    return keep_signed_list(actor or stage.teacher, stage.edition, stage.school, entries, folder, **values)


def now(stage: Stage) -> dict[str, str]:
    return content_of(registered_of(SYSTEM, stage.edition, stage.school.id))


def test_a_list_holds_until_something_on_it_changes(stage: Stage, listed: Entry, tmp_path: Path) -> None:
    signed = bring(stage, tmp_path)
    assert standing(signed, now(stage)).holds
    wanted = type(details_of(listed))(**{**vars(details_of(listed)), "contact_phone": "0987654321"})
    change_details(stage.teacher, listed, wanted)
    assert standing(signed, now(stage)).holds
    wanted = type(wanted)(**{**vars(wanted), "title": "Rồng Vàng"})
    change_details(stage.teacher, listed, wanted)
    assert standing(signed, now(stage)).changed == (listed.reference,)
    second = stage.ready("Đội hai")
    submit_entry(stage.teacher, second, declared=True)
    withdraw_entry(stage.teacher, listed, reason="Thôi")
    found = standing(signed, now(stage))
    assert (found.added, found.gone) == ((second.reference,), (listed.reference,))
    assert standing(bring(stage, tmp_path), now(stage)).holds


def test_a_scan_of_an_older_list_is_refused(stage: Stage, listed: Entry, tmp_path: Path) -> None:
    old = code_of(now(stage))
    change_details(
        stage.teacher, listed, type(details_of(listed))(**{**vars(details_of(listed)), "title": "Rồng Vàng"})
    )
    with pytest.raises(Invalid) as refused:
        bring(stage, tmp_path, code=old)
    assert refused.value.problems[0].field == "code"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"<svg>", b"PK\x03\x04", b"MZ", b"x%PDF-"])
def test_what_is_no_scan_is_refused(stage: Stage, listed: Entry, tmp_path: Path, data: bytes) -> None:
    with pytest.raises(Invalid):
        bring(stage, tmp_path, data=data)
    assert listed.status == "submitted"


def test_scans_are_known_by_their_content() -> None:
    assert sniff(b"\xff\xd8\xff\xe0") == ("image/jpeg", ".jpg")
    assert sniff(b"\x89PNG\r\n\x1a\nxx") == ("image/png", ".png")


def test_codes_are_read_however_they_are_typed() -> None:
    assert same_code(" 1a2b 3c4d ", "1A2B-3C4D")
    assert not same_code("1A2B", "1A2B-3C4D")


def test_others_bring_nothing_and_drafts_are_not_listed(
    stage: Stage, listed: Entry, stranger: Actor, coordinator: Actor, tmp_path: Path
) -> None:
    for actor in (stranger, coordinator):
        with pytest.raises(NotAllowed):
            bring(stage, tmp_path, actor)
    stage.draft("Nháp")
    assert list(now(stage)) == [listed.reference]


def test_the_same_form_many_times_keeps_one(app: Flask, stage: Stage, listed: Entry, tmp_path: Path) -> None:
    teacher, edition, school = stage.teacher, stage.edition, stage.school
    code, token = code_of(now(stage)), "3f2b8c0e5d6a4f7e9b1c2d3e4f5a6b7c"

    def act(_number: int) -> str:
        entries = registered_of(SYSTEM, edition, school.id)
        return keep_signed_list(
            teacher, edition, school, entries, tmp_path, data=SCAN, code=code, once_token=token
        ).token

    assert len(set(at_once(app, act, 6))) == 1
    assert db.session.scalar(select(func.count(SignedList.id))) == 1
    assert len(list(tmp_path.iterdir())) == 1
    assert listed.reference


def test_organiser_and_unit_see_which_schools_have_signed(
    stage: Stage, listed: Entry, coordinator: Actor, stranger: Actor, tmp_path: Path
) -> None:
    for actor in (SYSTEM, coordinator):
        rows = list_signed(actor, stage.edition, None).items
        assert [(row.school.name, row.holds, row.signed) for row in rows] == [(stage.school.name, False, None)]
    bring(stage, tmp_path)
    assert [row.holds for row in list_signed(coordinator, stage.edition, None).items] == [True]
    assert list_signed(stranger, stage.edition, None).items == []
    assert latest_signed(stage.edition.id, stage.school.id) is not None
    assert listed.reference
