"""A unit's ranking, forwarding from its top, and ties put in order, page by page."""

from typing import Any

import pytest
from flask import Flask

from contest_portal.accounts.actor import Role
from contest_portal.core.database import transaction
from contest_portal.registration.status import Status
from tests.client import CheckingClient, Page
from tests.counting import counted_statements
from tests.factories.people import make_school, unit_of
from tests.factories.screening import YOUTH, set_quota, set_round, unit_entry
from tests.web.screening.test_flow import UNIT, browser_of, made, status_of

RANKING = f"{UNIT}/ranking"


@pytest.fixture
def coordinator(portal: Flask) -> CheckingClient:
    """Return the browser of Lạng Giang's coordinator."""
    return browser_of(portal, Role.COORDINATOR, unit="Huyện Lạng Giang", edition=YOUTH)


def _ranked(portal: Flask, *scores: str | None, quota: int | None = None) -> list[str]:
    """Make screened entries with these scores; return their references."""
    with portal.app_context(), transaction():
        set_quota(unit_of(YOUTH), quota)
    return [made(portal, Status.SCREENED, score=score)[0] for score in scores]


def _places(page: Page) -> list[tuple[str, str]]:
    """Return place and reference of each row of the ranking."""
    rows = page.soup.select("table")[0].select("tbody tr")
    return [
        (row.th.get_text(strip=True), row.select_one(".reference").get_text(strip=True))  # type: ignore[union-attr]
        for row in rows
        if row.th
    ]


def _ticked(page: Page) -> set[str]:
    return {str(box["value"]) for box in page.soup.select("input[name=references][checked]")}


def test_the_ranking_shows_places_lines_and_prizes(portal: Flask, coordinator: CheckingClient) -> None:
    best, one, two, below, unscored = _ranked(portal, "90", "80", "80", "40", None, quota=3)
    with portal.app_context():
        prizes = [{"name": "Giải nhất", "quantity": 1}, {"name": "Giải nhì", "quantity": 1}]
        set_round(unit_of(YOUTH), criteria=False, marking="agreed", pass_mark=50, prizes=prizes)
    page = coordinator.follow(coordinator.get_page(UNIT), "Xếp hạng")
    places = _places(page)
    assert (places[0], places[3], places[4]) == (("1", best), ("4", below), ("–", unscored))
    assert set(places[1:3]) == {("2", one), ("2", two)}
    assert "dự kiến: Giải nhất" in page.text
    assert "dự kiến: Giải nhì" not in page.text
    assert "Ở ranh giới giải: cần xếp thứ tự" in page.text
    assert "Dưới điểm sàn" in page.text
    lines = [row.get_text(strip=True) for row in page.soup.select("tr.ranking-line")]
    assert lines == ["Vạch hạn mức: 3 hồ sơ"]
    assert page.soup.select_one("tr.ranking-line").find_previous_sibling("tr").th.get_text(strip=True) == "2"  # type: ignore[union-attr]


def test_the_first_n_are_ticked_and_forwarded(portal: Flask, coordinator: CheckingClient) -> None:
    best, second, third = _ranked(portal, "90", "80", "70", quota=2)
    page = coordinator.follow(coordinator.get_page(RANKING), "Chọn 2 hồ sơ đứng đầu")
    assert _ticked(page) == {best, second}
    asked = coordinator.submit(page, "Chuyển các hồ sơ đã chọn")
    assert asked.h1.endswith("Chuyển lên tỉnh 2 hồ sơ?")
    coordinator.submit(asked, "Chuyển lên tỉnh")
    assert [status_of(portal, name) for name in (best, second, third)] == ["forwarded", "forwarded", "screened"]
    assert "hồ sơ đứng đầu" not in coordinator.get_page(RANKING).text


def test_a_tie_across_the_line_is_refused_decided_and_then_forwarded(
    portal: Flask, coordinator: CheckingClient
) -> None:
    best, one, two = _ranked(portal, "90", "80", "80", quota=2)
    page = coordinator.get_page(RANKING)
    assert "Ở vạch hạn mức: cần xếp thứ tự" in page.text
    assert _ticked(coordinator.get_page(f"{RANKING}?first=1")) == {best}
    asked = coordinator.get_page(f"{UNIT}/decide?references={best}&references={one}&decision=forward")
    refused = coordinator.submit(asked, "Chuyển lên tỉnh", status=422)
    assert "cùng 80 điểm nhưng hạn mức không đủ cho tất cả" in refused.errors[0]
    assert "Xếp hạng" in refused.errors[0]
    assert status_of(portal, best) == "screened"
    tie = coordinator.get_page(f"{RANKING}/ties/{one}")
    done = coordinator.submit(
        tie, "Ghi thứ tự này", fields={f"order_{one}": "2", f"order_{two}": "1"}, reason="Tính mới cao hơn"
    )
    assert done.flashes == ["Đã ghi thứ tự của 2 hồ sơ đồng điểm."]
    assert _places(done) == [("1", best), ("2", two), ("3", one)]
    history = done.rows(1)
    assert (history[0][1:4]) == ["80", f"{two} > {one}", "Tính mới cao hơn"]
    assert _ticked(coordinator.get_page(f"{RANKING}?first=1")) == {best, two}


@pytest.mark.parametrize(
    ("first", "second", "reason", "errors"),
    [
        ("1", "1", "Vì thế", ["Hãy ghi các số từ 1 đến 2, mỗi số một lần."]),
        ("1", "3", "Vì thế", ["Hãy ghi các số từ 1 đến 2, mỗi số một lần."]),
        ("1", "2", "", ["Hãy điền mục này."]),
        ("một", "2", "Vì thế", ["Hãy nhập một số nguyên."]),
    ],
)
def test_an_order_that_is_none_comes_back(
    portal: Flask, coordinator: CheckingClient, first: str, second: str, reason: str, errors: list[str]
) -> None:
    one, two = _ranked(portal, "80", "80")
    page = coordinator.get_page(f"{RANKING}/ties/{one}")
    fields = {f"order_{one}": first, f"order_{two}": second}
    again = coordinator.submit(page, "Ghi thứ tự này", status=422, fields=fields, reason=reason)
    assert again.errors == errors
    assert str(again.soup.select_one(f"#order_{one}")["value"]) == first  # type: ignore[index]
    assert "Các lần xếp thứ tự" not in coordinator.get_page(RANKING).text


def test_a_decision_that_holds_no_more_is_told(portal: Flask, coordinator: CheckingClient) -> None:
    one, two = _ranked(portal, "80", "80", quota=1)
    page = coordinator.get_page(f"{RANKING}/ties/{one}")
    coordinator.submit(page, "Ghi thứ tự này", fields={f"order_{one}": "1", f"order_{two}": "2"}, reason="Tính mới")
    coordinator.submit(coordinator.get_page(f"/screening/entries/{two}/result"), score="81")
    shown = coordinator.get_page(RANKING)
    assert f"Thứ tự đã ghi của {one}, {two} không còn áp dụng: điểm đã thay đổi." in shown.text


def test_an_entry_without_a_tie_leads_back(portal: Flask, coordinator: CheckingClient) -> None:
    (one,) = _ranked(portal, "80")
    page = coordinator.get_page(f"{RANKING}/ties/{one}")
    assert (page.path, page.flashes) == (RANKING, [f"Hồ sơ {one} không đồng điểm với hồ sơ nào."])


def test_other_units_rankings_and_entries_are_not_there(portal: Flask, coordinator: CheckingClient) -> None:
    _ranked(portal, "80")
    (far,) = made(portal, Status.SCREENED, unit="Huyện Yên Thế", score="80")
    with portal.app_context():
        code = unit_of(YOUTH, "Huyện Yên Thế").code
    assert far not in coordinator.get_page(RANKING).text
    for address in (f"/screening/youth-2024/{code}/ranking", f"{RANKING}/ties/{far}", f"{RANKING}/ties/TN24-000000"):
        coordinator.get_page(address, status=404)


def test_an_auditor_reads_and_decides_nothing(portal: Flask) -> None:
    (one, _two) = _ranked(portal, "80", "80")
    auditor = browser_of(portal, Role.AUDITOR)
    page = auditor.get_page(RANKING)
    assert not page.soup.select("input[name=references]")
    assert "Xếp thứ tự" not in {link.get_text(strip=True) for link in page.soup.select("a")}
    auditor.get_page(f"{RANKING}/ties/{one}", status=403)


def test_pages_of_a_long_ranking_keep_the_ticks_and_ask_as_much(portal: Flask, coordinator: CheckingClient) -> None:
    numbers: list[int] = []
    for more in (1, 2, 57):
        with portal.app_context():
            unit, school = unit_of(YOUTH), make_school(unit=unit_of(YOUTH))
            for number in range(more):
                unit_entry(unit, Status.SCREENED, school=school, people=[], score=str(number + more % 7 / 2))
            set_quota(unit, 55)
        with counted_statements() as sent:
            coordinator.get_page(RANKING)
        numbers.append(len(sent))
    assert numbers[0] == numbers[1] == numbers[2]
    first = coordinator.get_page(f"{RANKING}?first=1")
    second = coordinator.follow(first, "Trang sau")
    assert (len(_places(first)), len(_places(second))) == (50, 10)
    hidden = {str(tag["value"]) for tag in second.soup.select("input[type=hidden][name=references]")}
    assert _ticked(first) <= hidden
    assert _names(first).isdisjoint(_names(second))
    assert _places(coordinator.follow(second, "Trang trước")) == _places(first)


def _names(page: Page) -> set[Any]:
    return {reference for _place, reference in _places(page)}
