"""The page of results: who sees it, what it shows, round by round and group by group."""

from typing import Any

import pytest
from flask import Flask

from contest_portal.accounts.actor import SYSTEM, Role
from contest_portal.contests.queries import get_edition
from contest_portal.core.database import transaction
from contest_portal.judging.queries import get_panel
from contest_portal.registration.status import Status
from tests.client import CheckingClient
from tests.counting import counted_statements
from tests.factories.judging import assign_all, make_judge, make_panel, score, sheet_for
from tests.factories.people import make_school, make_user, unit_of
from tests.factories.registration import make_entry
from tests.factories.screening import YOUTH, unit_entry

ADDRESS = f"/results/?edition={YOUTH}"


def browser_of(portal: Flask, role: Role, edition: str | None = None) -> CheckingClient:
    """Return the browser of somebody with this post."""
    with portal.app_context():
        place = get_edition(edition) if edition else None
        user_id = make_user(role, edition=place, unit=unit_of(YOUTH), school=make_school()).id
    browser: Any = portal.test_client()
    browser.sign_in(user_id)
    return browser


@pytest.fixture
def organiser(portal: Flask) -> CheckingClient:
    """Return the browser of the youth contest's organiser."""
    return browser_of(portal, Role.ORGANISER, YOUTH)


def scored(portal: Flask, totals: dict[str, tuple[str | None, ...]], field: str = "green") -> None:
    """Let a panel give each title these points for the first criterion, nothing for the others."""
    with portal.app_context():
        count = len(next(iter(totals.values())))
        judges = [make_judge(full_name=f"Giám khảo {letter}") for letter in "ABC"[:count]]
        entries = {title: unit_entry(status=Status.FORWARDED, title=title, field=field) for title in totals}
        panel = make_panel(judges, group=field)
        assign_all(panel)
        for title, points in totals.items():
            for judge, first in zip(judges, points, strict=True):
                if first is not None:
                    score(judge, sheet_for(panel, entries[title], judge).token, first, "0", "0", "0")


def test_an_empty_contest_says_so(organiser: CheckingClient) -> None:
    assert "Chưa có bài nào được chấm ở vòng này." in organiser.get_page("/results/").text


def test_places_totals_means_and_missing_sheets(portal: Flask, organiser: CheckingClient) -> None:
    scored(portal, {"An": ("30", "35"), "Bình": ("40", "25"), "Chi": ("40", "40"), "Dung": ("40", None)})
    page = organiser.get_page(ADDRESS)
    shown = [[row[0], row[1].split(" (")[0], *row[4:]] for row in page.rows()]
    assert shown == [
        ["1", "Chi", "40", "40", "40", "–"],
        ["2", "An", "30", "35", "32,5", "–"],
        ["2", "Bình", "40", "25", "32,5", "–"],
        ["–", "Dung", "40", "–", "–", "1"],
    ]
    assert "Còn 1 phiếu chưa nộp trong nhóm này" in page.text
    assert "GK1: Giám khảo A" in page.text
    heads = [tag.get_text() for tag in page.soup.select("thead th")]
    assert heads == ["Hạng", "Bài dự thi", "Trường", "Đơn vị", "GK1", "GK2", "Điểm trung bình", "Phiếu thiếu"]


def test_one_group_at_a_time(portal: Flask, organiser: CheckingClient) -> None:
    scored(portal, {"An": ("30",)}, field="learning")
    scored(portal, {"Bình": ("20",)}, field="green")
    first = organiser.get_page(ADDRESS)
    assert [row[1].split(" (")[0] for row in first.rows()] == ["An"]
    second = organiser.follow(first, "Sản phẩm thân thiện với môi trường")
    assert [(row[0], row[1].split(" (")[0]) for row in second.rows()] == [("1", "Bình")]


def test_the_units_round_is_shown_too(portal: Flask, organiser: CheckingClient) -> None:
    with portal.app_context():
        unit_entry(status=Status.SCREENED, title="Máy gieo hạt", score="77.5")
    page = organiser.follow(organiser.get_page(ADDRESS), "Sơ khảo cấp huyện")
    assert page.rows()[0][3:6] == ["Huyện Lạng Giang", "77,5", "77,5"]


def test_the_sum_of_rounds_is_offered_where_there_are_several(portal: Flask) -> None:
    organiser = browser_of(portal, Role.ORGANISER)
    page = organiser.get_page("/results/?edition=robocon-2024")
    assert organiser.follow(page, "Tổng hợp các vòng").status == 200
    assert "Tổng hợp các vòng" not in organiser.get_page(ADDRESS).text


def test_without_a_choice_the_last_round_with_sheets_is_shown(portal: Flask) -> None:
    organiser = browser_of(portal, Role.ORGANISER)
    address = "/results/?edition=robocon-2024"

    def current() -> list[str]:
        found = organiser.get_page(address).soup.select(".tabs [aria-current=page]")
        return [tag.get_text(strip=True) for tag in found]

    assert current()[0] == "Vòng loại trực tuyến"
    with portal.app_context():
        judge = make_judge("robocon-2024")
        entry = make_entry("robocon-2024")
        sheet = assign_all(make_panel([judge], "robocon-2024", "qualifier"))[0]
        score(judge, sheet.token, "60", "5")
        assert current()[0] == "Vòng loại trực tuyến"
        assign_all(make_panel([judge], "robocon-2024", "final"), [entry])
    assert current()[0] == "Vòng chung kết"


@pytest.mark.parametrize("query", ["edition=nothing", f"edition={YOUTH}&round=nothing", "edition=robocon-2024"])
def test_what_does_not_exist_or_is_anothers_is_not_found(organiser: CheckingClient, query: str) -> None:
    organiser.get_page(f"/results/?{query}", status=404)


def test_a_group_that_does_not_exist_is_not_found(portal: Flask, organiser: CheckingClient) -> None:
    scored(portal, {"An": ("30",)})
    organiser.get_page(f"{ADDRESS}&group=nothing", status=404)


@pytest.mark.parametrize("role", [Role.SCHOOL, Role.COORDINATOR, Role.JUDGE, Role.ADMINISTRATOR])
def test_others_do_not_see_results(portal: Flask, role: Role) -> None:
    browser_of(portal, role).get_page(ADDRESS, status=403)


def test_an_auditor_reads_and_cannot_post(portal: Flask) -> None:
    scored(portal, {"An": ("30",)})
    auditor = browser_of(portal, Role.AUDITOR)
    assert auditor.get_page(ADDRESS).rows()[0][0] == "1"
    assert auditor.post(ADDRESS).status_code == 405


def test_a_long_ranking_is_paged_and_asks_no_more(portal: Flask, organiser: CheckingClient) -> None:
    with portal.app_context():
        number = make_panel([make_judge()], group="green").id
    sent = []
    for more in (1, 2, 57):
        with portal.app_context():
            school = make_school(unit=unit_of(YOUTH))
            entries = [unit_entry(field="green", school=school, people=[]) for _ in range(more)]
            with transaction():
                for entry in entries:
                    entry.status = Status.FORWARDED
            assign_all(get_panel(SYSTEM, number), entries)
        with counted_statements() as statements:
            page = organiser.get_page(ADDRESS)
        sent.append(len(statements))
    assert sent[0] == sent[1] == sent[2] <= 12
    rest = organiser.follow(page, "Trang sau")
    assert (len(page.rows()), len(rest.rows())) == (50, 10)
    assert len({row[1] for row in page.rows() + rest.rows()}) == 60
    assert organiser.follow(rest, "Trang trước").rows() == page.rows()
