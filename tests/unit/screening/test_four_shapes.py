"""One small edition in each of the four shapes units have: from a school's registration to the last unit's completion."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

import pytest
from flask import Flask
from sqlalchemy import select

from contest_portal.accounts.actor import Actor, Role
from contest_portal.accounts.models import User
from contest_portal.contests.models import Edition, School, Unit
from contest_portal.contests.queries import get_edition, get_edition_unit, units_of
from contest_portal.contests.setup import services as setup
from contest_portal.contests.setup.content import Content
from contest_portal.contests.setup.queries import load_edition
from contest_portal.contests.setup.shapes import Place, with_cluster, with_places, with_quotas, with_schools
from contest_portal.core import clock
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Conflict, Invalid, NotFound
from contest_portal.registration.models import Entry
from contest_portal.registration.people import Person
from contest_portal.registration.services import add_person, change_details, start_draft, submit_entry
from contest_portal.registration.services.entries import details_of
from contest_portal.registration.status import Status
from contest_portal.reporting.emulation import units_word as word_in_report
from contest_portal.reporting.tallies import figures_of
from contest_portal.screening.progress.map import unit_map
from contest_portal.screening.progress.queries import people_by_unit
from contest_portal.screening.services import Decision, Verdict, complete_unit, decide, receive, record_result
from contest_portal.screening.services.paper import PaperEntry, log_paper
from tests.factories.people import actor_for, make_school, make_user
from tests.factories.screening import YOUTH, coordinator_of, field_of, organiser

COMMUNES = "bac-ninh-2025"
DISTRICTS = "bac-giang-2024"


class Case(NamedTuple):
    """Say how a shape is set up, where its schools are, and what it comes to."""

    code: str
    unit_set: str
    # The places of the three schools: two of one unit, where units can have two, and one of another.
    places: tuple[str, str, str]
    shape: Callable[[Content, list[School]], Content]
    units: tuple[str, ...]
    word: str
    report_word: str


def place(name: str, unit_set: str) -> Place:
    """Return a place by name."""
    unit = unit_at(name, unit_set)
    return Place(unit.code, unit.name)


def unit_at(name: str, unit_set: str) -> Unit:
    """Return a unit of a set by name."""
    return db.session.scalars(select(Unit).where(Unit.unit_set == unit_set, Unit.name == name)).one()


def districts(content: Content, schools: list[School]) -> Content:
    """Let two districts take part."""
    return with_places(content, DISTRICTS, [place(n, DISTRICTS) for n in ("Thành phố Bắc Giang", "Huyện Lạng Giang")])


def communes(content: Content, schools: list[School]) -> Content:
    """Let a commune and a ward take part."""
    return with_places(content, COMMUNES, [place(n, COMMUNES) for n in ("Xã Kép", "Phường Chũ")])


def clusters(content: Content, schools: list[School]) -> Content:
    """Make two clusters, the first of two communes."""
    kep, tien_luc, chu = (place(name, COMMUNES) for name in ("Xã Kép", "Xã Tiên Lục", "Phường Chũ"))
    first = with_cluster(content, COMMUNES, None, "Cụm số 1", [kep, tien_luc])
    return with_cluster(first, COMMUNES, None, "Cụm số 2", [chu])


def direct(content: Content, schools: list[School]) -> Content:
    """Let each school screen its own."""
    return with_schools(content, COMMUNES, [(school.id, school.name, "") for school in schools])


SCHOOLS = ("Trường THCS Một", "Trường THCS Hai", "Trường THCS Ba")
CASES = {
    "districts": Case(
        "youth-2024",
        DISTRICTS,
        ("Thành phố Bắc Giang", "Thành phố Bắc Giang", "Huyện Lạng Giang"),
        districts,
        ("Thành phố Bắc Giang", "Huyện Lạng Giang"),
        "huyện, thị, thành phố",
        "huyện, thị xã, thành phố",
    ),
    "communes": Case(
        "youth-2026",
        COMMUNES,
        ("Xã Kép", "Xã Kép", "Phường Chũ"),
        communes,
        ("Xã Kép", "Phường Chũ"),
        "xã, phường",
        "xã, phường",
    ),
    "clusters": Case(
        "youth-2026",
        COMMUNES,
        ("Xã Kép", "Xã Tiên Lục", "Phường Chũ"),
        clusters,
        ("Cụm số 1", "Cụm số 2"),
        "cụm",
        "cụm",
    ),
    "direct": Case("youth-2026", COMMUNES, ("Xã Kép", "Xã Kép", "Phường Chũ"), direct, SCHOOLS, "trường", "trường"),
}


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest, app: Flask, at: Callable[..., datetime]) -> Case:
    """Return one shape, on a day on which its registration is open."""
    found = CASES[request.param]
    at(int(found.code[-4:]), 4, 10)
    return found


def set_up(case: Case) -> tuple[Edition, list[School], list[User]]:
    """Set the edition up with the schools, each with an account, and each unit forwarding one work."""
    boss = organiser()
    schools = [
        make_school(name, unit=unit_at(at, case.unit_set)) for name, at in zip(SCHOOLS, case.places, strict=True)
    ]
    users = [make_user(Role.SCHOOL, school=school) for school in schools]
    edition = get_edition(YOUTH) if case.code == YOUTH else later_edition(boss, case)
    edition = load_edition(boss, edition.code)
    content = case.shape(setup.content_of(edition), schools)
    content = with_quotas(content, {row["code"]: 1 for row in content["units"]}) | {"published": True}
    setup.save(boss, edition, edition.revision, content, None)
    return edition, schools, users


def later_edition(boss: Actor, case: Case) -> Edition:
    """Open the youth contest anew in a later year."""
    year = int(case.code[-4:])
    return setup.copy_edition(
        boss,
        get_edition(YOUTH),
        code=case.code,
        number=22,
        year=year,
        title=f"Cuộc thi Sáng tạo năm {year}",
        prefix="ST26",
        unit_set=case.unit_set,
        opens_at=clock.at_local(date(year, 1, 2), 8),
        closes_at=clock.at_local(date(year, 5, 31), 17),
    )


def register(edition: Edition, school: School, user: User, title: str) -> Entry:
    """Register a work as a school does: a draft, its field, its author, handed in."""
    actor = actor_for(user)
    entry = start_draft(actor, edition, title=title, school=school)
    change_details(actor, entry, replace(details_of(entry), field_id=field_of(edition).id))
    born = date(edition.year - 12, 9, 1)
    add_person(actor, entry, Person("author", f"Trần {title}", born, "6A"))
    submit_entry(actor, entry, declared=True)
    return entry


def acting(case: Case, edition: Edition, unit: Unit, users: list[User]) -> Actor:
    """Return who acts for a unit: its coordinator, or the school itself."""
    if case.word != "trường":
        return coordinator_of(unit, edition)
    return next(actor for actor in map(actor_for, users) if unit.id in actor.unit_ids(edition.id))


def entries_at(edition: Edition, unit: Unit) -> list[Entry]:
    """Return a unit's entries."""
    wanted = select(Entry).where(Entry.edition_id == edition.id, Entry.unit_id == unit.id)
    return list(db.session.scalars(wanted.order_by(Entry.id)))


def screen(actor: Actor, edition: Edition, unit: Unit) -> None:
    """Receive what came, mark it, forward the best within the quota, keep the rest, and be done."""
    entries = entries_at(edition, unit)
    for points, entry in zip((90, 70, 50, 40), entries, strict=False):
        receive(actor, entry)
        record_result(actor, entry, Verdict(clock.today(), Decimal(points)))
    found = get_edition_unit(edition.id, unit.id)
    with pytest.raises(Invalid, match="hạn mức|nhiều nhất"):
        decide(actor, found, [entry.reference for entry in entries], Decision.FORWARD)
    decide(actor, found, [entries[0].reference], Decision.FORWARD)
    with pytest.raises(Invalid, match="chưa có quyết định"):
        complete_unit(actor, edition, unit)
    decide(actor, found, [entry.reference for entry in entries[1:]], Decision.KEEP)
    complete_unit(actor, edition, unit)


def test_from_a_schools_registration_to_the_completion_of_every_unit(case: Case) -> None:
    edition, schools, users = set_up(case)
    for school, user in zip(schools, users, strict=True):
        for number in (1, 2):
            register(edition, school, user, f"{school.name} {number}")
    units = units_of(edition.id)
    assert tuple(unit.name for unit in units) == case.units
    assert sum(len(entries_at(edition, unit)) for unit in units) == 6
    # What a school hands in stands with its own unit, and nowhere else.
    here = entries_at(edition, units[0])
    wanted = SCHOOLS[:1] if case.word == "trường" else SCHOOLS[:2]
    assert {entry.school.name for entry in here if entry.school} == set(wanted)
    for done, unit in enumerate(units):
        assert figures_of(edition).units_completed == done
        screen(acting(case, edition, unit, users), edition, unit)
    found = unit_map(organiser(edition), edition, clock.today())
    assert (len(found.complete), len(found.tiles), str(found.word)) == (len(units), len(units), case.word)
    figures = figures_of(edition)
    assert (figures.units_completed, figures.units_total, figures.forwarded) == (len(units), len(units), len(units))
    assert figures.by_unit == {unit.name: len(entries_at(edition, unit)) for unit in units}
    assert word_in_report(edition) == case.report_word


def test_a_unit_reaches_nothing_of_another(case: Case) -> None:
    edition, schools, users = set_up(case)
    register(edition, schools[0], users[0], "Của ta")
    foreign = register(edition, schools[2], users[2], "Của họ")
    units = units_of(edition.id)
    actor = acting(case, edition, units[0], users)
    with pytest.raises(NotFound):
        receive(actor, foreign)
    with pytest.raises(NotFound):
        complete_unit(actor, edition, units[-1])
    assert [tile.unit.id for tile in unit_map(actor, edition, clock.today()).tiles] == [units[0].id]


def test_paper_is_logged_for_the_units_own_schools_only(case: Case) -> None:
    edition, schools, users = set_up(case)
    units = units_of(edition.id)
    actor = acting(case, edition, units[0], users)
    paper = PaperEntry("Bản giấy", clock.today(), school=schools[0], field=field_of(edition))
    entry = log_paper(actor, edition, units[0], replace(paper, people=[Person("author", "Trần Văn Giấy")]))
    assert (entry.status, entry.unit_id) == (Status.RECEIVED, units[0].id)
    with pytest.raises(Invalid, match="không thuộc đơn vị"):
        log_paper(actor, edition, units[0], replace(paper, school=schools[2]))
    named = replace(paper, school=None, new_school=schools[0].name)
    assert log_paper(actor, edition, units[0], named).school_id == schools[0].id
    stranger = replace(paper, school=None, new_school="Trường chưa có trong danh sách")
    if case.word == "trường":
        with pytest.raises(Invalid, match="chỉ nhận hồ sơ của Trường THCS Một"):
            log_paper(actor, edition, units[0], stranger)
    else:
        assert log_paper(actor, edition, units[0], stranger).unit_id == units[0].id


def test_a_complete_unit_changes_nothing_more(case: Case) -> None:
    edition, schools, users = set_up(case)
    entry = register(edition, schools[2], users[2], "Đến sau")
    unit = units_of(edition.id)[-1]
    actor = acting(case, edition, unit, users)
    receive(actor, entry)
    record_result(actor, entry, Verdict(clock.today(), Decimal(80), decision=Decision.FORWARD))
    complete_unit(actor, edition, unit)
    with pytest.raises(Conflict, match="đã hoàn thành sơ khảo"):
        record_result(actor, entry, Verdict(clock.today(), Decimal(85)))


def test_whoever_acts_for_a_unit_is_reminded(case: Case) -> None:
    edition, _schools, users = set_up(case)
    unit = units_of(edition.id)[0]
    actor = acting(case, edition, unit, users)
    assert people_by_unit(edition.id)[unit.id] == [actor.user_id]


@pytest.mark.parametrize("code", ["robocon-2024", "technical-2024"])
def test_an_edition_without_a_unit_round_goes_on_as_before(app: Flask, at: Callable[..., datetime], code: str) -> None:
    at(2024, 4, 10)
    edition = get_edition(code)
    with transaction():
        edition.opens_at, edition.closes_at = clock.at_local(date(2024, 1, 2)), clock.at_local(date(2024, 5, 31))
    school = make_school(unit=unit_at("Huyện Lạng Giang", DISTRICTS))
    entry: Any = start_draft(actor_for(make_user(Role.SCHOOL, school=school)), edition, title="Đội Một", school=school)
    assert entry.unit_id == school.unit_id
    assert units_of(edition.id)[0].kind in {"city", "town", "district"}
