"""Schools beside what they have handed in, within what each may see."""

from flask import Flask

from contest_portal.accounts.actor import Role
from contest_portal.registration.status import Status
from tests.client import CheckingClient
from tests.counting import counted_statements
from tests.factories import make_school, make_user, unit_of
from tests.factories.registration import make_entry, open_edition


def test_each_school_stands_beside_the_number_of_its_entries(portal: Flask, client: CheckingClient) -> None:
    with portal.app_context():
        edition, unit = open_edition("youth-2024"), unit_of("youth-2024")
        busy, idle = make_school("Trường THCS Kép", unit), make_school("Trường THCS Tân Dĩnh", unit)
        far = make_school("Trường THCS Xa", unit_of("youth-2024", "Huyện Yên Thế"))
        for status in (Status.SUBMITTED, Status.RECEIVED, Status.DRAFT):
            make_entry(edition, school=busy, status=status)
        make_entry(edition, school=far)
        make_user(Role.SCHOOL, school=busy, password="")
        coordinator = make_user(Role.COORDINATOR, unit=unit, edition=edition, password="")
        organiser = make_user(Role.ORGANISER, password="")
        assert idle.id
    client.sign_in(coordinator)
    page = client.follow(client.get_page("/schools"), "Số hồ sơ của các trường")
    assert [(row[0], row[2], row[3]) for row in page.rows(0)] == [
        ("Trường THCS Kép", "1 người", "2"),
        ("Trường THCS Tân Dĩnh", "Chưa có", "0"),
    ]
    client.sign_in(organiser)
    shown = client.get_page("/schools/entries?q=xa").rows(0)
    assert [(row[0], row[3]) for row in shown] == [("Trường THCS Xa", "1")]


def test_entries_of_an_edition_that_is_not_ones_own_are_not_counted(portal: Flask, client: CheckingClient) -> None:
    with portal.app_context():
        youth, robots = open_edition("youth-2024"), open_edition("robocon-2024")
        unit = unit_of("youth-2024")
        school = make_school("Trường THCS Kép", unit)
        make_entry(robots, school=school)
        client.sign_in(make_user(Role.COORDINATOR, unit=unit, edition=youth, password=""))
    (row,) = client.get_page("/schools/entries").rows(0)
    assert set(row[3:]) == {"0"}


def test_the_page_asks_the_same_however_many_schools(portal: Flask, client: CheckingClient) -> None:
    asked = []
    with portal.app_context():
        edition, unit = open_edition("youth-2024"), unit_of("youth-2024")
        client.sign_in(make_user(Role.ORGANISER, password=""))
    for number in (1, 3, 60):
        with portal.app_context():
            for each in range(number):
                make_entry(edition, school=make_school(f"Trường {number} {each}", unit), unit_id=unit.id)
        with counted_statements() as sent:
            client.get("/schools/entries")
        asked.append(len(sent))
    assert asked[0] == asked[1] == asked[2]
