"""Each role finds at home what waits for it, and the same figures as everywhere else."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from contest_portal.accounts.actor import SYSTEM, Role
from contest_portal.accounts.models import User
from contest_portal.contests.queries import all_editions, get_edition
from contest_portal.core.database import db, transaction
from contest_portal.registration.services import move_entry
from contest_portal.registration.status import Status
from contest_portal.screening.round import services
from contest_portal.screening.services import complete_unit
from tests.counting import counted_statements
from tests.factories import make_entry, make_school, make_user, open_edition, unit_of
from tests.factories.screening import make_screener, unit_entry, write_sheet

TEAM: list[dict[str, Any]] = [{"role": "member"}, {"role": "member"}, {"role": "coach"}]


def _signed_in(portal: Flask, client: Any, *roles: Role, **posts: Any) -> User:
    with portal.app_context():
        user = make_user(*roles, **posts)
    client.sign_in(user)
    return user


def _stats(page: Any) -> dict[str, str]:
    found = {}
    for stat in page.soup.select(".stat"):
        words = stat.get_text(" ", strip=True).split(" ", 1)
        found[words[1]] = words[0]
    return found


def test_strangers_read_what_the_portal_is_for(portal: Flask, client: Any, at: Any) -> None:
    at(2024, 5, 10)
    page = client.get_page("/")
    assert "Robocon" in page.text
    assert page.soup.select_one("main a[href='/sign-in']") is not None
    assert page.response.headers["Cache-Control"].startswith("public")
    assert "Set-Cookie" not in page.response.headers


def test_an_account_without_posts_is_told_whom_to_ask(portal: Flask, client: Any) -> None:
    _signed_in(portal, client)
    assert "chưa được giao vai trò nào" in client.get_page("/").text


def test_a_school_sees_its_drafts_first_and_the_days_left(portal: Flask, client: Any) -> None:
    with portal.app_context():
        open_edition(days=2)
        school = make_school(unit=unit_of("robocon-2024"))
        make_entry(school=school, title="Đội đã nộp")
        make_entry(school=school, title="Đội nháp", status=Status.DRAFT)
        make_entry(school=make_school(), title="Đội trường khác")
    _signed_in(portal, client, Role.SCHOOL, school=school)
    page = client.get_page("/")
    assert _stats(page) == {"bản nháp chưa nộp": "1", "hồ sơ đã nộp": "1"}
    assert page.text.index("Đội nháp") < page.text.index("Đội đã nộp")
    assert "Đội trường khác" not in page.text
    assert "còn 2 ngày" in page.text
    assert page.link("Đăng ký hồ sơ mới") == "/entries/new"


def test_a_coordinator_sees_the_next_thing_to_do(portal: Flask, client: Any) -> None:
    with portal.app_context():
        unit = unit_of("youth-2024")
        make_entry("youth-2024", unit_id=unit.id, status=Status.RECEIVED, people=[{"role": "author"}])
    _signed_in(portal, client, Role.COORDINATOR, unit=unit)
    page = client.get_page("/")
    assert "Việc tiếp theo: chấm sơ khảo hồ sơ đã nhận." in page.text
    assert "1 hồ sơ, 1 chưa quyết định, 0 đã chuyển / 20" in page.text
    assert "Huyện Yên Thế" not in page.text


def test_a_judge_without_sheets_is_told_so(portal: Flask, client: Any) -> None:
    _signed_in(portal, client, Role.JUDGE)
    assert "chưa được giao phiếu chấm nào" in client.get_page("/").text


@pytest.mark.parametrize("role", [Role.ORGANISER, Role.AUDITOR])
def test_organisers_and_auditors_read_the_season(portal: Flask, client: Any, role: Role) -> None:
    with portal.app_context():
        school = make_school(unit=unit_of("robocon-2024"))
        for day in (date(2024, 5, 18), date(2024, 5, 27)):
            make_entry(school=school, happened_on=day, people=TEAM)
        unit = unit_of("youth-2024")
        entry = make_entry(
            "youth-2024",
            unit_id=unit.id,
            status=Status.RECEIVED,
            happened_on=date(2024, 5, 2),
            people=[{"role": "author"}],
        )
        with transaction():
            move_entry(SYSTEM, entry, Status.SCREENED, happened_on=date(2024, 5, 20))
            move_entry(SYSTEM, entry, Status.FORWARDED, happened_on=date(2024, 5, 21))
        complete_unit(SYSTEM, get_edition("youth-2024"), unit, date(2024, 5, 30))
    _signed_in(portal, client, role)
    assert _stats(client.get_page("/?as_of=20/05/2024")) == {
        "đội đã đăng ký": "1",
        "thành viên, người hướng dẫn": "3",
        "mô hình, sản phẩm đã đăng ký": "1",
        "tác giả": "1",
        "đơn vị hoàn thành sơ khảo": "0/10",
        "chuyển lên tỉnh": "0",
    }
    later = _stats(client.get_page("/?as_of=2024-05-31"))
    assert later["đội đã đăng ký"] == "2"
    assert later["đơn vị hoàn thành sơ khảo"] == "1/10"
    assert later["chuyển lên tỉnh"] == "1"


def test_every_figure_at_home_leads_somewhere(portal: Flask, client: Any) -> None:
    with portal.app_context():
        make_entry(school=make_school(unit=unit_of("robocon-2024")), people=TEAM)
    _signed_in(portal, client, Role.ORGANISER)
    page = client.get_page("/")
    links = [link["href"] for link in page.soup.select(".stat a")]
    assert len(links) >= 2
    for link in links:
        client.get_page(link)


def test_a_day_that_is_none_is_named(portal: Flask, client: Any) -> None:
    _signed_in(portal, client, Role.ORGANISER)
    assert "“31/02/2024” không phải là một ngày" in client.get_page("/?as_of=31/02/2024").text


def test_a_day_that_is_still_ahead_is_named_and_leads_nowhere_else(portal: Flask, client: Any, at: Any) -> None:
    at(2024, 5, 20)
    with portal.app_context():
        make_entry(school=make_school(unit=unit_of("robocon-2024")), people=TEAM)
    _signed_in(portal, client, Role.ORGANISER)
    page = client.get_page("/?as_of=21/05/2024")
    assert "Ngày chốt số liệu còn ở phía trước." in page.text
    links = [link["href"] for link in page.soup.select(".stat a")]
    assert links
    assert all("21" not in link.partition("as_of=")[2] for link in links)
    assert "còn ở phía trước" not in client.get_page("/?as_of=20/05/2024").text


def test_an_organiser_of_one_edition_reads_only_that(portal: Flask, client: Any) -> None:
    with portal.app_context():
        make_entry(people=TEAM)
        make_entry("technical-2024", people=[{"role": "author"}])
        edition = get_edition("technical-2024")
    _signed_in(portal, client, Role.ORGANISER, edition=edition)
    assert list(_stats(client.get_page("/"))) == ["giải pháp đã đăng ký", "tác giả"]


def test_an_administrator_is_led_to_accounts_and_the_log(portal: Flask, client: Any) -> None:
    _signed_in(portal, client, Role.ADMINISTRATOR)
    page = client.get_page("/")
    assert page.link("Tài khoản và vai trò") == "/users"
    assert _stats(page) == {}


def _asked_at_home(client: Any) -> int:
    with counted_statements() as sent:
        client.get_page("/")
    return len(sent)


def test_home_asks_no_more_for_many_entries_and_editions_than_for_one(portal: Flask, client: Any) -> None:
    with portal.app_context():
        codes = [edition.code for edition in all_editions()]
        school = make_school(unit=unit_of("robocon-2024"))
        make_entry(school=school, people=TEAM)
    _signed_in(portal, client, Role.ORGANISER)
    asked = {1: _asked_at_home(client)}
    for number in (3, 100):
        with portal.app_context():
            for code in codes:
                for _ in range(number // len(codes) + 1):
                    make_entry(code, school=school, people=[])
        asked[number] = _asked_at_home(client)
    assert len(codes) >= 4
    assert len(client.get_page("/").soup.select("main section")) >= len(codes)
    assert asked[1] == asked[3] == asked[100]
    assert asked[1] <= 13


def test_languages_are_switched_and_kept(client: Any) -> None:
    answer = client.get("/language/en?next=/contests")
    assert answer.headers["Location"] == "/contests"
    assert 'lang="en"' in client.get("/contests").get_data(as_text=True)
    assert client.get("/language/xx").status_code == 404
    assert client.get("/language/vi?next=//evil.example").headers["Location"] == "/"


def test_the_icon_is_found_by_its_old_name(client: Any) -> None:
    assert client.get("/favicon.ico", follow_redirects=True).mimetype in ("image/vnd.microsoft.icon", "image/x-icon")


def test_health_and_readiness_tell_the_truth(portal: Flask, client: Any) -> None:
    assert client.get("/health").json == {"status": "ok"}
    assert client.get("/ready").json == {"status": "ready"}
    with portal.app_context():
        place = db.engine.url.database
        db.session.remove()
        db.engine.dispose()
    assert place
    for leftover in Path(place).parent.glob("portal.sqlite3*"):
        leftover.unlink()
    Path(place).mkdir()
    try:
        assert client.get("/ready").status_code == 503
    finally:
        Path(place).rmdir()


def test_it_is_not_ready_where_files_cannot_be_written(portal: Flask, client: Any) -> None:
    probe = portal.config["SETTINGS"].instance / ".ready"
    probe.unlink(missing_ok=True)
    # A folder in the file's place: what root may not write either.
    probe.mkdir()
    try:
        answer = client.get("/ready")
        assert (answer.status_code, answer.json) == (503, {"status": "unavailable"})
    finally:
        probe.rmdir()
    assert client.get("/ready").status_code == 200


def test_a_screener_is_led_to_the_own_sheets(portal: Flask, client: Any) -> None:
    with portal.app_context():
        unit, user = unit_of("youth-2024"), make_user()
        services.set_marking(
            SYSTEM, get_edition("youth-2024"), unit.id, marking="sheets", rank_within="unit", version=None
        )
        seat = make_screener(unit, user=user)
        entries = [unit_entry(unit, Status.RECEIVED) for _number in range(2)]
        unit_entry(unit_of("youth-2024", "Huyện Yên Thế"), Status.RECEIVED)
        client.sign_in(user)
    page = client.get_page("/")
    assert "Còn 2 phiếu chưa nộp." in page.text
    assert client.follow(page, "Chấm sơ khảo").path == "/screening/sheets"
    with portal.app_context():
        for entry in entries:
            write_sheet(entry, seat, {"novelty": "7"})
    page = client.get_page("/")
    assert "Bạn đã nộp mọi phiếu được giao. Xin cảm ơn." in page.text
    assert client.follow(page, "Xem các phiếu của tôi").path == "/screening/sheets"
