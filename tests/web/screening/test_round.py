"""A coordinator sets up the unit's own round, one matter a page."""

from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from contest_portal.accounts.actor import SYSTEM, Role
from contest_portal.contests.queries import get_edition
from contest_portal.registration.status import Status
from contest_portal.screening.queries import find_result
from contest_portal.screening.round import services
from contest_portal.screening.round.models import UnitRound
from contest_portal.screening.round.queries import own_criteria_of, prizes_for, round_of
from contest_portal.screening.services import complete_unit
from tests.client import CheckingClient, Page
from tests.factories.people import unit_of
from tests.factories.screening import YOUTH, make_screener, unit_entry, write_sheet
from tests.web.screening.test_flow import browser_of

UNIT = "/screening/youth-2024/217"
ROUND = f"{UNIT}/round"
CRITERIA = f"{ROUND}/criteria"


@pytest.fixture
def coordinator(portal: Flask) -> CheckingClient:
    """Return the browser of Lạng Giang's coordinator for the youth contest."""
    return browser_of(portal, Role.COORDINATOR, unit="Huyện Lạng Giang", edition=YOUTH)


def stored(portal: Flask) -> UnitRound:
    """Return the round of Lạng Giang as stored."""
    with portal.app_context():
        return round_of(get_edition(YOUTH).id, unit_of(YOUTH).id)


def tasks(page: Page) -> dict[str, tuple[str, str, bool]]:
    """Return each task's hint and tag, and whether it can be opened."""
    found = {}
    for task in page.soup.select(".task"):
        name, hint, tag = (task.select_one(part) for part in (".task-name", ".task-hint", ".task-status"))
        assert name and hint and tag
        words = " ".join(hint.get_text().split())
        label = " ".join(name.get_text().split()).removesuffix(words).strip()
        found[label] = (words, tag.get_text(strip=True), name.select_one("a") is not None)
    return found


def somebody_else_sets(portal: Flask, **head: str) -> None:
    """Let a colleague write the head of the unit's papers."""
    with portal.app_context():
        lines: dict[str, Any] = {"parent_body": None, "issuer": None, "place": None, **head}
        services.set_head(SYSTEM, get_edition(YOUTH), unit_of(YOUTH).id, **lines, version=None)


def test_the_list_says_what_holds_until_the_unit_sets_something(portal: Flask, coordinator: CheckingClient) -> None:
    page = coordinator.follow(coordinator.get_page(UNIT), "Vòng sơ khảo của đơn vị")
    assert page.path == ROUND
    assert tasks(page) == {
        "Chấm thế nào": (
            "Cả ban thống nhất một điểm cho mỗi hồ sơ. Xếp hạng chung cả đơn vị.",
            "Theo cuộc thi",
            True,
        ),
        "Tiêu chí chấm": ("4 tiêu chí, tổng tối đa 100 điểm", "Theo cuộc thi", True),
        "Người chấm": ("Chưa có ai trong ban", "Chưa có", True),
        "Điểm sàn": ("Không có điểm sàn", "Theo cuộc thi", True),
        "Giải của đơn vị": ("Chưa đặt: ghi giải bằng lời ở kết quả của từng hồ sơ", "Chưa có", True),
        "Đầu trang văn bản": ("Huyện Lạng Giang", "Chưa có", True),
    }


def test_one_matter_a_page_and_back_to_the_list(portal: Flask, coordinator: CheckingClient) -> None:
    page = coordinator.get_page(ROUND)
    page = coordinator.submit(coordinator.follow(page, "Chấm thế nào"), marking="sheets", rank_within="group")
    assert (page.path, page.flashes) == (ROUND, ["Đã lưu thiết lập vòng sơ khảo của Huyện Lạng Giang."])
    page = coordinator.submit(coordinator.follow(page, "Điểm sàn"), pass_mark="62,5")
    page = coordinator.submit(
        coordinator.follow(page, "Giải của đơn vị"),
        fields={
            "prizes-0-name": "Giải nhất",
            "prizes-0-quantity": "1",
            "prizes-2-name": "Giải nhì",
            "prizes-2-quantity": "2",
        },
    )
    page = coordinator.submit(
        coordinator.follow(page, "Đầu trang văn bản"),
        parent_body="UBND HUYỆN LẠNG GIANG",
        issuer="BAN TỔ CHỨC CẤP HUYỆN",
        place="Lạng Giang",
    )
    assert tasks(page) == {
        "Chấm thế nào": (
            "Mỗi người chấm một phiếu riêng, điểm của hồ sơ là trung bình các phiếu. "
            "Xếp hạng riêng trong từng lĩnh vực hoặc bảng.",
            "Riêng của đơn vị",
            True,
        ),
        "Tiêu chí chấm": ("4 tiêu chí, tổng tối đa 100 điểm", "Theo cuộc thi", True),
        "Người chấm": ("Chưa có ai trong ban", "Chưa có", True),
        "Điểm sàn": ("Từ 62,5 điểm", "Riêng của đơn vị", True),
        "Giải của đơn vị": ("Giải nhất: 1, Giải nhì: 2", "2 giải", True),
        "Đầu trang văn bản": (
            "UBND HUYỆN LẠNG GIANG – BAN TỔ CHỨC CẤP HUYỆN – Lạng Giang",
            "Riêng của đơn vị",
            True,
        ),
    }
    found = stored(portal)
    assert (found.marking, found.rank_within, found.pass_mark) == ("sheets", "group", Decimal("62.5"))


def test_two_people_see_both_versions_and_the_second_may_write_over(portal: Flask, coordinator: CheckingClient) -> None:
    form = coordinator.get_page(f"{ROUND}/head")
    somebody_else_sets(portal, place="Thị trấn Vôi")
    page = coordinator.submit(form, status=409, place="Lạng Giang", issuer="BAN TỔ CHỨC")
    assert page.errors == ["Người khác vừa đổi thiết lập vòng sơ khảo của đơn vị. Hãy xem bản đang lưu rồi lưu lại."]
    assert "Thị trấn Vôi" in page.text
    typed = {box["name"]: box.get("value") for box in page.soup.select("main input[type=text]")}
    assert typed == {"parent_body": "", "issuer": "BAN TỔ CHỨC", "place": "Lạng Giang"}
    assert coordinator.submit(page).path == ROUND
    assert (stored(portal).place, stored(portal).issuer) == ("Lạng Giang", "BAN TỔ CHỨC")


@pytest.mark.parametrize(
    ("path", "typed", "words"),
    [
        ("marking", {"marking": "sheets", "rank_within": "unit"}, "Cả ban thống nhất một điểm cho mỗi hồ sơ"),
        ("pass-mark", {"pass_mark": "70"}, "Điểm sàn của đơn vị"),
        ("prizes", {"prizes-0-name": "Giải nhất", "prizes-0-quantity": "1"}, "Giải của đơn vị"),
    ],
)
def test_every_matter_shows_what_is_stored_when_somebody_was_quicker(
    portal: Flask, coordinator: CheckingClient, path: str, typed: dict[str, str], words: str
) -> None:
    form = coordinator.get_page(f"{ROUND}/{path}")
    somebody_else_sets(portal, place="Thị trấn Vôi")
    page = coordinator.submit(form, status=409, fields=typed)
    (both,) = page.soup.select(".notice .summary-list")
    assert words in both.get_text()
    assert coordinator.submit(page).path == ROUND


def test_a_form_without_a_version_writes_over_nobody(portal: Flask, coordinator: CheckingClient) -> None:
    somebody_else_sets(portal, place="Thị trấn Vôi")
    form = coordinator.get_page(f"{ROUND}/head")
    coordinator.submit(form, status=409, place="Lạng Giang", version=None)
    assert stored(portal).place == "Thị trấn Vôi"


@pytest.mark.parametrize(
    ("path", "typed", "sentences"),
    [
        ("marking", {"marking": None, "rank_within": "unit"}, ["Hãy chọn một mục."]),
        ("pass-mark", {"pass_mark": "cao"}, ["Hãy nhập một số, ví dụ 7,5."]),
        (
            "pass-mark",
            {"pass_mark": "120"},
            ["Điểm sàn phải từ 0 (điểm sàn của cuộc thi) đến 100 (tổng điểm tối đa)."],
        ),
        ("prizes", {"prizes-0-name": "Giải nhất"}, ["Hãy nhập số giải từ 1 đến 999."]),
        ("prizes", {"prizes-0-name": "Giải nhất", "prizes-0-quantity": "0"}, ["Hãy nhập số giải từ 1 đến 999."]),
        ("prizes", {"prizes-0-name": "Giải nhất", "prizes-0-quantity": "hai"}, ["Hãy nhập một số nguyên."]),
        ("prizes", {"prizes-0-quantity": "2"}, ["Hãy ghi tên giải, hoặc xóa số giải ở dòng này."]),
        (
            "prizes",
            {
                "prizes-0-name": "Giải nhất",
                "prizes-0-quantity": "1",
                "prizes-1-name": "GIẢI NHẤT",
                "prizes-1-quantity": "1",
            },
            ["Có hai giải tên “GIẢI NHẤT”. Hãy gộp làm một và ghi tổng số giải."],
        ),
        ("head", {"place": "L" * 101}, ["Chỉ được viết nhiều nhất 100 ký tự."]),
    ],
)
def test_bad_input_says_what_to_do_and_loses_nothing(
    portal: Flask, coordinator: CheckingClient, path: str, typed: dict[str, str], sentences: list[str]
) -> None:
    page = coordinator.submit(coordinator.get_page(f"{ROUND}/{path}"), status=422, fields=typed)
    assert page.errors == sentences
    for name, value in typed.items():
        box = page.soup.select_one(f"input[name={name}]:not([type=radio])")
        assert box is None or box.get("value") == value
    assert stored(portal).version == 0


class TestCriteria:
    """A unit's own criteria: from the edition's or from nothing, in an order, with what they add up to."""

    def test_from_the_editions_to_the_units_own(self, portal: Flask, coordinator: CheckingClient) -> None:
        page = coordinator.follow(coordinator.get_page(ROUND), "Tiêu chí chấm")
        assert "Đang chấm theo tiêu chí của cuộc thi." in page.text
        assert "Tổng tối đa: 100 điểm" in page.text
        page = coordinator.submit(page, "Sao chép tiêu chí của cuộc thi để sửa")
        assert page.flashes == ["Đã sao chép tiêu chí của cuộc thi. Nay sửa được từng tiêu chí."]
        assert "Đang chấm theo tiêu chí riêng của đơn vị." in page.text
        first = page.rows()[0][0]
        with portal.app_context():
            line = own_criteria_of(get_edition(YOUTH).id, unit_of(YOUTH).id)[0]
        form = coordinator.follow(page, line.name)
        page = coordinator.submit(form, weight="1,5", name="Tính mới")
        assert page.flashes == ["Đã lưu tiêu chí “Tính mới”."]
        assert f"Tổng tối đa: {_comma(Decimal(100) + line.max_points / 2)} điểm" in page.text
        assert first == line.name

    def test_added_moved_and_dropped(self, portal: Flask, coordinator: CheckingClient) -> None:
        page = coordinator.get_page(CRITERIA)
        for name, most in (("Tính mới", "10"), ("Tính hiệu quả", "20")):
            form = coordinator.follow(page, "Thêm tiêu chí riêng")
            page = coordinator.submit(form, name=name, max_points=most, guidance="Xem mô hình chạy")
        assert [row[0] for row in page.rows()] == ["Tính mới", "Tính hiệu quả"]
        assert [row[1:5] for row in page.rows()] == [
            ["Xem mô hình chạy", "10", "0,5", "1"],
            ["Xem mô hình chạy", "20", "0,5", "1"],
        ]
        assert "Tổng tối đa: 30 điểm" in page.text
        page = coordinator.submit(page, "form[action$='c2/move']")
        assert [row[0] for row in page.rows()] == ["Tính hiệu quả", "Tính mới"]
        page = coordinator.submit(page, "form[action$='c2/remove']")
        assert page.flashes == ["Đã bỏ tiêu chí."]
        assert "Tổng tối đa: 10 điểm" in page.text
        page = coordinator.submit(page, "Dùng tiêu chí của cuộc thi")
        assert "Tiêu chí riêng, chưa dùng" in page.text
        page = coordinator.submit(page, "Dùng tiêu chí riêng")
        assert "Đang chấm theo tiêu chí riêng của đơn vị." in page.text

    @pytest.mark.parametrize(
        ("typed", "sentence"),
        [
            ({"name": "", "max_points": "10"}, "Hãy nhập tên tiêu chí."),
            ({"name": "Tính mới", "max_points": ""}, "Hãy nhập điểm tối đa."),
            ({"name": "Tính mới", "max_points": "mười"}, "Hãy nhập một số, ví dụ 7,5."),
            ({"name": "Tính mới", "max_points": "-1"}, "Hãy nhập một số lớn hơn 0 và không quá 1.000."),
            ({"name": "Tính mới", "max_points": "10", "step": "3"}, "Điểm tối đa 10 phải chia hết cho bước điểm."),
        ],
    )
    def test_bad_input_comes_back(
        self, portal: Flask, coordinator: CheckingClient, typed: dict[str, str], sentence: str
    ) -> None:
        page = coordinator.submit(coordinator.get_page(f"{CRITERIA}/new"), status=422, fields=typed)
        assert page.errors == [sentence]
        box = page.soup.select_one("input[name=max_points]")
        assert box is not None
        assert box.get("value") == typed["max_points"]

    def test_two_people_on_one_criterion_see_both_versions(self, portal: Flask, coordinator: CheckingClient) -> None:
        coordinator.submit(coordinator.get_page(f"{CRITERIA}/new"), name="Tính mới", max_points="10")
        form = coordinator.get_page(f"{CRITERIA}/c1")
        coordinator.submit(coordinator.get_page(f"{CRITERIA}/c1"), max_points="20")
        page = coordinator.submit(form, status=409, max_points="30")
        (both,) = page.soup.select(".notice .summary-list")
        assert "Điểm tối đa 20" in " ".join(both.get_text().split())
        coordinator.submit(page)
        with portal.app_context():
            (line,) = own_criteria_of(get_edition(YOUTH).id, unit_of(YOUTH).id)
        assert line.max_points == Decimal(30)

    def test_what_was_marked_is_named_and_the_way_out_shown(self, portal: Flask, coordinator: CheckingClient) -> None:
        coordinator.submit(coordinator.get_page(f"{CRITERIA}/new"), name="Tính mới", max_points="10")
        with portal.app_context():
            entry = unit_entry(status=Status.RECEIVED)
            write_sheet(entry, make_screener(), {"c1": "7.5"})
            reference = entry.reference
        sentence = "Đã có 1 phiếu chấm và 0 hồ sơ có điểm"
        page = coordinator.get_page(CRITERIA)
        assert sentence in page.text
        assert page.soup.select("form[action$=remove], form[action$=choose]") == []
        refused = coordinator.submit(coordinator.get_page(f"{CRITERIA}/new"), status=422, name="Hai", max_points="5")
        assert refused.errors[0].startswith(sentence)
        page = coordinator.submit(coordinator.get_page(f"{CRITERIA}/c1"), name="Tính mới, tính sáng tạo")
        assert page.flashes == ["Đã lưu tiêu chí “Tính mới, tính sáng tạo”."]
        page = coordinator.follow(page, "Chấm lại từ đầu")
        assert coordinator.submit(page, status=422, reason="").errors == ["Hãy ghi lý do chấm lại từ đầu."]
        page = coordinator.submit(page, reason="Chấm nhầm tiêu chí")
        assert page.flashes == ["Đã xóa điểm của 1 hồ sơ. Nay đổi được cách chấm và tiêu chí."]
        history = coordinator.get_page(f"/screening/entries/{reference}")
        assert "Chấm nhầm tiêu chí" in history.text

    def test_a_stale_button_is_answered_with_a_sentence(self, portal: Flask, coordinator: CheckingClient) -> None:
        coordinator.submit(coordinator.get_page(f"{CRITERIA}/new"), name="Tính mới", max_points="10")
        page = coordinator.get_page(CRITERIA)
        with portal.app_context():
            unit_entry(status=Status.SCREENED, score="7.5")
        page = coordinator.submit(page, "form[action$='c1/remove']")
        assert page.flashes[0].startswith("Đã có 0 phiếu chấm và 1 hồ sơ có điểm")
        assert [row[0] for row in page.rows()] == ["Tính mới"]

    def test_a_criterion_that_is_not_there_is_not_found(self, portal: Flask, coordinator: CheckingClient) -> None:
        coordinator.get_page(f"{CRITERIA}/c9", status=404)


def test_results_choose_among_the_units_prizes(portal: Flask, coordinator: CheckingClient) -> None:
    with portal.app_context():
        edition, unit = get_edition(YOUTH), unit_of(YOUTH)
        services.set_prizes(SYSTEM, edition, unit.id, [("Giải nhất", 1), ("Giải nhì", 1)], version=None)
        assert prizes_for(edition.id, unit.id) == [("Giải nhất", 1), ("Giải nhì", 1)]
        first, second = (unit_entry(status=Status.RECEIVED) for _number in range(2))
        one, two, second_id = first.reference, second.reference, second.id
    form = coordinator.get_page(f"/screening/entries/{one}/result")
    assert [o.get_text() for o in form.soup.select("select[name=prize] option")] == [
        "Không có giải",
        "Giải nhất",
        "Giải nhì",
    ]
    coordinator.submit(form, score="90", prize="Giải nhất", decision="later")
    page = coordinator.submit(
        coordinator.get_page(f"/screening/entries/{two}/result"),
        status=422,
        score="80",
        prize="Giải nhất",
        decision="later",
    )
    assert page.errors == [f"“Giải nhất” chỉ có 1, đã trao cho {one}. Hãy chọn giải khác, hoặc sửa số giải của đơn vị."]
    coordinator.submit(page, prize="Giải nhì")
    with portal.app_context():
        result = find_result(second_id)
        assert result is not None
        assert result.prize == "Giải nhì"


def test_an_auditor_reads_and_changes_nothing(portal: Flask) -> None:
    auditor = browser_of(portal, Role.AUDITOR)
    page = auditor.get_page(ROUND)
    assert {label for label, (_hint, _tag, opens) in tasks(page).items() if opens} == {"Tiêu chí chấm", "Người chấm"}
    page = auditor.get_page(CRITERIA)
    assert page.soup.select("main form") == []
    auditor.get_page(f"{ROUND}/marking", status=403)
    auditor.get_page(f"{ROUND}/board/new", status=403)


def test_a_foreign_units_round_is_not_found(portal: Flask) -> None:
    stranger = browser_of(portal, Role.COORDINATOR, unit="Huyện Yên Thế", edition=YOUTH)
    for path in ("", "/marking", "/criteria", "/criteria/new", "/pass-mark", "/prizes", "/head", "/again", "/board"):
        stranger.get_page(ROUND + path, status=404)


def test_a_complete_units_round_is_only_read(portal: Flask, coordinator: CheckingClient) -> None:
    form = coordinator.get_page(f"{ROUND}/pass-mark")
    with portal.app_context():
        complete_unit(SYSTEM, get_edition(YOUTH), unit_of(YOUTH))
    assert [opens for _hint, _tag, opens in tasks(coordinator.get_page(ROUND)).values()] == [
        False,
        True,
        True,
        False,
        False,
        False,
    ]
    page = coordinator.submit(form, status=409, pass_mark="60")
    assert "đã hoàn thành sơ khảo" in page.errors[0]


def _comma(value: Decimal) -> str:
    return f"{value.normalize():f}".replace(".", ",")
