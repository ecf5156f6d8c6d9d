"""Test the setting up of contests, editions and units."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from contest_portal.accounts.actor import SYSTEM, Actor, Post, Role
from contest_portal.contests.models import Contest, Division, Edition, EditionUnit, Unit
from contest_portal.contests.presets import load_preset, load_presets, load_unit_sets
from contest_portal.contests.queries import find_unit, get_edition, get_edition_with_rules, units_of
from contest_portal.contests.renewal import renewed
from contest_portal.contests.rulebook import Window
from contest_portal.contests.services import create_edition, install_presets, rulebook_of
from contest_portal.core import clock
from contest_portal.core.audit import AuditRecord
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Conflict, Invalid, NotAllowed

pytestmark = pytest.mark.usefixtures("app")


def open_next(actor: Actor = SYSTEM, **changes: object) -> Edition:
    """Open the Robocon edition of 2026."""
    wanted: dict[str, object] = {
        "code": "robocon-2026",
        "number": 3,
        "year": 2026,
        "title": "Cuộc thi Robocon lần thứ 3",
        "opens_at": datetime(2026, 1, 5, 1, tzinfo=UTC),
        "closes_at": datetime(2026, 5, 5, 1, tzinfo=UTC),
        "unit_set": "bac-giang-2024",
    }
    return create_edition(actor, "robocon", **(wanted | changes))  # type: ignore[arg-type]


def test_every_preset_and_every_unit_is_stored() -> None:
    contests = db.session.scalars(select(Contest.code).order_by(Contest.position)).all()
    assert contests == [preset.code for preset in load_presets()]
    editions = set(db.session.scalars(select(Edition.code)))
    assert editions == {edition.code for preset in load_presets() for edition in preset.editions}
    stored = {(unit.unit_set, unit.code) for unit in db.session.scalars(select(Unit))}
    assert stored == {(found.code, unit.code) for found in load_unit_sets() for unit in found.units}


def test_the_2024_contests_have_the_ten_districts_of_2024() -> None:
    names = [unit.name for unit in units_of(get_edition("robocon-2024").id)]
    assert len(names) == 10
    assert "Huyện Yên Dũng" in names
    assert "Tỉnh Bắc Giang" not in names


def test_units_stand_under_their_province() -> None:
    unit = find_unit(get_edition("robocon-2024").id, "Lạng Giang")
    assert unit is not None
    province = db.session.get(Unit, unit.parent_id)
    assert province is not None
    assert (province.name, province.kind) == ("Tỉnh Bắc Giang", "province")


def test_an_edition_is_stored_with_all_its_parts() -> None:
    edition = get_edition_with_rules("robocon-2024")
    preset = load_preset("robocon").editions[0]
    assert [(d.code, Window.from_dict(d.window)) for d in edition.divisions] == [
        (d.code, d.window) for d in preset.divisions
    ]
    assert [[c.max_points for c in r.criteria] for r in edition.rounds] == [
        [Decimal(90), Decimal(10)],
        [Decimal(20), Decimal(70), Decimal(10)],
    ]
    assert [(p.code, p.quantity, p.per) for p in edition.prizes] == [
        ("first", 1, "division"),
        ("second", 2, "division"),
        ("third", 3, "division"),
        ("consolation", 4, "division"),
    ]
    assert clock.local(edition.closes_at).strftime("%H:%M %d/%m/%Y") == "17:00 15/06/2024"


def test_the_rules_stored_are_the_rules_of_the_preset() -> None:
    for preset in load_presets():
        for wanted in preset.editions:
            assert rulebook_of(get_edition(wanted.code)) == wanted.rules


def test_rules_are_read_once_for_each_content() -> None:
    edition = get_edition("robocon-2024")
    first = rulebook_of(edition)
    assert rulebook_of(edition) is first
    with transaction():
        edition.rules = {**edition.rules, "max_people": 5}
    assert rulebook_of(edition).people.most == 5


def test_installing_again_changes_nothing_that_an_organiser_changed() -> None:
    edition = get_edition("robocon-2024")
    with transaction():
        edition.title = "Tên do Ban Tổ chức sửa"
        edition.rules = {**edition.rules, "max_people": 4}
    counts = [
        db.session.scalar(select(func.count()).select_from(t))
        for t in (Edition, Division, Unit, EditionUnit, AuditRecord)
    ]
    install_presets()
    db.session.expire_all()
    again = [
        db.session.scalar(select(func.count()).select_from(t))
        for t in (Edition, Division, Unit, EditionUnit, AuditRecord)
    ]
    assert again == counts
    stored = get_edition("robocon-2024")
    assert (stored.title, rulebook_of(stored).people.most) == ("Tên do Ban Tổ chức sửa", 4)


def test_installing_puts_back_what_is_missing() -> None:
    missing = db.session.scalars(select(Unit).where(Unit.code == "220", Unit.unit_set == "bac-giang-2024")).one()
    with transaction():
        db.session.execute(EditionUnit.__table__.delete().where(EditionUnit.unit_id == missing.id))  # type: ignore[attr-defined]
        db.session.delete(missing)
    install_presets()
    restored = db.session.scalars(select(Unit).where(Unit.code == "220", Unit.unit_set == "bac-giang-2024")).one()
    assert (restored.name, restored.parent_id is not None) == ("Huyện Sơn Động", True)
    record = db.session.scalars(select(AuditRecord).order_by(AuditRecord.id.desc()).limit(1)).one()
    assert (record.action, record.after) == ("presets.installed", ["bac-giang-2024/220"])


def test_a_new_edition_takes_the_rules_of_the_newest_preset() -> None:
    edition = open_next()
    assert (edition.prefix, edition.contest.code, edition.title_en) == ("RB26", "robocon", "Cuộc thi Robocon lần thứ 3")
    assert [division.code for division in edition.divisions] == ["A", "B", "C"]
    assert rulebook_of(edition).school_year == 2025
    assert all(found.opens_at is None and found.closes_at is None for found in edition.rounds)


def test_a_new_edition_has_the_units_that_exist_when_it_opens() -> None:
    before = open_next(
        code="robocon-2024b",
        number=8,
        year=2024,
        opens_at=datetime(2024, 2, 1, tzinfo=UTC),
        closes_at=datetime(2024, 3, 1, tzinfo=UTC),
    )
    names = {unit.name for unit in units_of(before.id)}
    assert names == {unit.name for unit in units_of(get_edition("robocon-2024").id)}
    after = open_next()
    assert len(units_of(after.id)) < len(names)


def test_windows_move_with_the_year() -> None:
    youth = load_preset("youth").editions[0]
    later = renewed(youth, youth.year + 2)
    assert youth.rules.window.born_from is not None
    assert later.rules.window.born_from == youth.rules.window.born_from.replace(
        year=youth.rules.window.born_from.year + 2
    )
    assert later.rules.school_year == youth.rules.school_year + 2
    leap = replace(youth, rules=replace(youth.rules, made_since=date(2024, 2, 29)))
    assert renewed(leap, youth.year + 1).rules.made_since == date(2025, 2, 28)


def test_a_code_is_used_once() -> None:
    open_next()
    with pytest.raises(Conflict):
        open_next(number=4)
    assert db.session.scalar(select(func.count()).where(Edition.code == "robocon-2026")) == 1


def test_an_edition_opens_before_it_closes() -> None:
    with pytest.raises(Invalid):
        open_next(closes_at=datetime(2026, 1, 5, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    "post", [Post(Role.SCHOOL, school_id=1), Post(Role.AUDITOR), Post(Role.JUDGE), Post(Role.ORGANISER, edition_id=1)]
)
def test_only_who_organises_everything_opens_an_edition(post: Post) -> None:
    with pytest.raises(NotAllowed):
        open_next(Actor(1, "Ai đó", "ai.do", (post,)))
    assert db.session.scalar(select(func.count()).where(Edition.code == "robocon-2026")) == 0
