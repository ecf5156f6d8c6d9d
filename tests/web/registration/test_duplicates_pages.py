"""Organisers see what may be there twice, side by side, and decide; schools never learn of it."""

import pytest
from flask import Flask

from contest_portal.accounts.actor import Role
from contest_portal.core.jobs import settle
from contest_portal.registration.duplicates import working
from contest_portal.registration.duplicates.services import compare_waiting
from contest_portal.registration.queries import find_by_reference
from tests.factories.registration import make_entry
from tests.web.registration.conftest import Browser, World

HOME = "/entries/duplicates/robocon-2024"


def twin(portal: Flask) -> str:
    """Make an entry whose title is that of the world's own, and return its reference."""
    with portal.app_context():
        return make_entry(title="Rong Xanh").reference


def test_a_pair_is_found_compared_and_decided(world: World, portal: Flask, browser_of: Browser) -> None:
    other = twin(portal)
    organiser = browser_of(Role.ORGANISER)
    page = organiser.submit(organiser.get_page(HOME), "Tìm lại trong cả kỳ thi")
    assert page.flashes == ["Đã tìm xong: có thêm 1 cặp có thể trùng."]
    assert other in page.text
    assert world.reference in page.text
    pair = organiser.get_page(f"{HOME}/1")
    assert "Rồng Xanh" in pair.text
    assert "Rong Xanh" in pair.text
    assert organiser.submit(pair, "Ghi kết luận", state="different", status=422).errors == ["Hãy ghi lý do."]
    organiser.submit(pair, "Ghi kết luận", state="different", reason="Hai trường khác nhau")
    assert "Không có cặp nào theo bộ lọc này." in organiser.get_page(HOME).text
    done = organiser.get_page(f"{HOME}?state=different&kind=title&where=same")
    assert other in done.text
    assert "Hai trường khác nhau" in organiser.get_page(pair.path).text


def test_a_large_edition_is_searched_in_the_background(
    world: World, portal: Flask, browser_of: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page that follows shows how far the search is, and leads to the pairs."""
    monkeypatch.setattr(working, "LARGE", 1)
    other = twin(portal)
    organiser = browser_of(Role.ORGANISER)
    sent = organiser.submit(organiser.get_page(HOME), "Tìm lại trong cả kỳ thi")
    with portal.app_context():
        settle()
    page = organiser.get_page(sent.path)
    assert page.path == HOME
    assert other in page.text
    assert "2 hồ sơ, thêm 1 cặp có thể trùng" in page.text


def test_the_entry_is_flagged_to_organisers_only(world: World, portal: Flask, browser_of: Browser) -> None:
    twin(portal)
    world.school.submit(world.school.get_page(f"{world.home}/check"), "Nộp hồ sơ", declared=True)
    with portal.app_context():
        compare_waiting()
    words = "So với hồ sơ có thể trùng"
    assert words in browser_of(Role.ORGANISER).get_page(world.home).text
    assert words not in world.school.get_page(world.home).text
    assert words not in browser_of(Role.AUDITOR).get_page(world.home).text
    assert world.school.get(HOME).status_code == 403
    with portal.app_context():
        entry = find_by_reference(world.reference)
        assert entry is not None
        assert entry.status == "submitted"


def test_auditors_look_and_do_not_decide(world: World, portal: Flask, browser_of: Browser) -> None:
    twin(portal)
    organiser = browser_of(Role.ORGANISER)
    organiser.submit(organiser.get_page(HOME), "Tìm lại trong cả kỳ thi")
    auditor = browser_of(Role.AUDITOR)
    page = auditor.get_page(f"{HOME}/1")
    assert "Ghi kết luận" not in page.text
    assert auditor.post(f"{HOME}/1", data={"state": "same"}).status_code == 403


def test_a_list_of_many_is_paged(world: World, portal: Flask, browser_of: Browser) -> None:
    with portal.app_context():
        for _number in range(12):
            make_entry(title="Rồng Xanh")
    organiser = browser_of(Role.ORGANISER)
    page = organiser.submit(organiser.get_page(HOME), "Tìm lại trong cả kỳ thi")
    assert page.flashes == ["Đã tìm xong: có thêm 78 cặp có thể trùng."]
    assert len(page.rows(0)) < 78
    assert len(organiser.follow(page, "Trang sau").rows(0)) > 0
