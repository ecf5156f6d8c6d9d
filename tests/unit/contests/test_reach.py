"""Which unit screens a school: the school itself, its place, the cluster of its place, or none."""

from flask import Flask

from contest_portal.accounts.actor import Post, Role
from contest_portal.contests import reach
from contest_portal.contests.models import EditionUnit, School, Unit
from contest_portal.contests.models_units import UnitReach
from contest_portal.contests.queries import get_edition, posts_of
from contest_portal.contests.queries_memberships import users_of_unit
from contest_portal.core.database import db, transaction
from tests.counting import counted_statements
from tests.factories import make_school, make_user, unit_of

YOUTH = "youth-2024"


def make_unit(name: str, kind: str, *, takes_part: bool = True) -> Unit:
    """Make a unit of a set of its own; it takes part unless told otherwise."""
    unit = Unit(unit_set=YOUTH, code=name[:20], name=name, short_name=name, kind=kind, aliases=[])
    with transaction():
        db.session.add(unit)
        db.session.flush()
        if takes_part:
            db.session.add(EditionUnit(edition_id=get_edition(YOUTH).id, unit_id=unit.id))
    return unit


def give(unit: Unit, *, place: Unit | None = None, school: School | None = None) -> None:
    """Give a place or a school to a unit."""
    row = UnitReach(edition_id=get_edition(YOUTH).id, unit_id=unit.id)
    row.member_unit_id, row.school_id = place.id if place else None, school.id if school else None
    with transaction():
        db.session.add(row)


def test_the_school_itself_comes_before_its_place_and_its_place_before_the_cluster(app: Flask) -> None:
    edition = get_edition(YOUTH)
    district, commune = unit_of(YOUTH), make_unit("Xã Xa", "commune", takes_part=False)
    cluster, own = make_unit("Cụm 1", "cluster"), make_unit("Trường Một", "school")
    here, there, alone = make_school(unit=district), make_school(unit=commune), make_school(unit=district)
    nowhere = make_school()
    give(cluster, place=commune)
    # The district takes part itself: what says otherwise of its place does not count.
    give(cluster, place=district)
    give(own, school=alone)
    schools = [here, there, alone, nowhere]
    wanted = {here.id: district.id, there.id: cluster.id, alone.id: own.id}
    with counted_statements() as counted:
        assert reach.screening_units(edition.id, [school.id for school in schools]) == wanted
    assert len(counted) == 1
    assert [reach.screening_unit_of(edition.id, school) for school in schools] == [
        district.id,
        cluster.id,
        own.id,
        None,
    ]
    assert reach.units_of_schools(edition.id) == wanted
    for unit, found in ((district, [here]), (cluster, [there]), (own, [alone]), (commune, [])):
        assert list(reach.schools_screened_by(edition.id, unit.id)) == found
    assert reach.screens_itself(edition.id, own) is alone
    assert reach.screens_itself(edition.id, cluster) is None


def test_another_edition_knows_nothing_of_the_clusters_of_this_one(app: Flask) -> None:
    commune, cluster = make_unit("Xã Xa", "commune", takes_part=False), make_unit("Cụm 1", "cluster")
    give(cluster, place=commune)
    school = make_school(unit=commune)
    assert reach.screening_unit_of(get_edition(YOUTH).id, school) == cluster.id
    assert reach.screening_unit_of(get_edition("robocon-2024").id, school) is None


def test_who_acts_for_a_school_that_is_its_own_unit_coordinates_it_in_that_edition(app: Flask) -> None:
    edition, school, own = get_edition(YOUTH), make_school(), make_unit("Trường Một", "school")
    user, stranger = make_user(Role.SCHOOL, school=school), make_user(Role.SCHOOL, school=make_school())
    give(own, school=school)
    assert set(posts_of(user.id)) == {
        Post(Role.SCHOOL, None, None, school.id),
        Post(Role.COORDINATOR, edition.id, own.id, school.id),
    }
    assert [post.role for post in posts_of(stranger.id)] == [Role.SCHOOL]
    assert list(users_of_unit(edition.id, own.id)) == [user.id]
    assert list(users_of_unit(get_edition("robocon-2024").id, own.id)) == []


def test_a_school_given_to_another_unit_does_not_coordinate_that_unit(app: Flask) -> None:
    school, cluster = make_school(), make_unit("Cụm 1", "cluster")
    user = make_user(Role.SCHOOL, school=school)
    give(cluster, school=school)
    assert [post.role for post in posts_of(user.id)] == [Role.SCHOOL]
    assert list(users_of_unit(get_edition(YOUTH).id, cluster.id)) == []
