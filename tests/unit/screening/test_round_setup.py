"""An organiser does not change the edition's criteria below what units have marked by them; on both databases."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from flask import Flask

from contest_portal.accounts.actor import SYSTEM, Actor
from contest_portal.contests.models import Edition
from contest_portal.contests.queries import get_edition
from contest_portal.contests.setup.queries import load_edition
from contest_portal.contests.setup.services import content_of, propose
from contest_portal.core.errors import Invalid
from contest_portal.registration.status import Status
from contest_portal.screening.round import services
from contest_portal.screening.round.own_criteria import copy_criteria
from tests.factories.people import unit_of
from tests.factories.screening import YOUTH, make_screener, organiser, unit_entry, write_sheet


@pytest.fixture
def chief(app: Flask) -> Actor:
    """Return somebody who organises every edition."""
    return organiser()


def screening_criteria(content: Any) -> list[Any]:
    """Return the rows of the screening round's criteria."""
    found: list[Any] = next(row["criteria"] for row in content["rounds"] if row["kind"] == "screening")
    return found


def lower(rows: list[Any]) -> None:
    """Let the first criterion have fewer points."""
    rows[0]["max_points"] = "6"


def finer(rows: list[Any]) -> None:
    """Let the first criterion go by another step."""
    rows[0]["step"] = "0.25"


def shorter(rows: list[Any]) -> None:
    """Drop the last criterion."""
    rows.pop()


def proposed(chief: Actor, change: Callable[[list[Any]], None]) -> object:
    """Propose a change of the edition's screening criteria."""
    edition: Edition = load_edition(chief, YOUTH)
    content = deepcopy(content_of(edition))
    change(screening_criteria(content))
    return propose(chief, edition, edition.revision, content)


def mark_by_sheet() -> None:
    """Let a screener of Lạng Giang give the first criterion seven points."""
    first = next(r for r in get_edition(YOUTH).rounds if r.kind == "screening").criteria[0]
    write_sheet(unit_entry(status=Status.RECEIVED), make_screener(), {first.code: "7"})


CHANGES = [
    (lower, "đã có điểm 7: điểm tối đa không thấp hơn được"),
    (finer, "không đổi bước điểm được nữa"),
    (shorter, "không thêm hoặc bỏ tiêu chí được nữa"),
]


@pytest.mark.parametrize(("change", "words"), CHANGES)
def test_points_on_units_sheets_hold_the_editions_criteria(chief: Actor, change: Any, words: str) -> None:
    mark_by_sheet()
    with pytest.raises(Invalid, match=words):
        proposed(chief, change)


def test_a_score_that_was_agreed_on_holds_them_whole(chief: Actor) -> None:
    unit_entry(status=Status.SCREENED, score="100")
    for change, words in [(lower, "đã có điểm 40"), *CHANGES[1:]]:
        with pytest.raises(Invalid, match=words):
            proposed(chief, change)


@pytest.mark.parametrize(("change", "_words"), CHANGES)
def test_units_with_criteria_of_their_own_hold_nothing(chief: Actor, change: Any, _words: str) -> None:
    copy_criteria(SYSTEM, get_edition(YOUTH), unit_of(YOUTH).id)
    mark_by_sheet()
    unit_entry(status=Status.SCREENED, score="100")
    assert proposed(chief, change) is not None


def test_what_was_cleared_holds_nothing_any_more(chief: Actor) -> None:
    mark_by_sheet()
    unit_entry(status=Status.SCREENED, score="100")
    services.mark_again(SYSTEM, get_edition(YOUTH), unit_of(YOUTH).id, "Đổi tiêu chí")
    assert proposed(chief, shorter) is not None
