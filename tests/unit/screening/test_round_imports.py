"""A list keeps to what the unit of each row has set for its own round; on both databases."""

from datetime import date
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select

from contest_portal.accounts.actor import SYSTEM
from contest_portal.contests.models import Unit
from contest_portal.contests.queries import get_edition
from contest_portal.core.database import db
from contest_portal.screening.imports import Outcome, import_workbook
from contest_portal.screening.models import ScreeningResult
from contest_portal.screening.round import services
from contest_portal.screening.round.criteria import CriterionLine
from contest_portal.screening.round.own_criteria import add_criterion
from tests.factories.people import unit_of
from tests.factories.screening import YOUTH
from tests.factories.workbooks import work, works

DAY, LATER = date(2024, 5, 20), date(2024, 5, 25)


@pytest.fixture
def unit(app: Flask) -> Unit:
    """Return the unit whose lists come in."""
    return unit_of(YOUTH)


def brought(data: bytes, effective: date = DAY) -> Outcome:
    """Import a workbook into the youth contest."""
    return import_workbook(SYSTEM, get_edition(YOUTH), data, effective=effective)


def figures(outcome: Outcome) -> tuple[int, int, int, int]:
    """Return created, updated, unchanged and rejected."""
    return outcome.created, outcome.updated, outcome.unchanged, outcome.rejected


def sentences(outcome: Outcome) -> list[str]:
    """Return what the list is told."""
    return [problem["message"] for problem in outcome.problems]


def prizes() -> list[str | None]:
    """Return the stored prizes in the order of the entries."""
    db.session.expire_all()
    return list(db.session.scalars(select(ScreeningResult.prize).order_by(ScreeningResult.entry_id)))


def set_prizes(unit: Unit, *wanted: tuple[str, int]) -> None:
    """Name the unit's prizes."""
    services.set_prizes(SYSTEM, get_edition(YOUTH), unit.id, wanted, version=None)


def test_scores_keep_to_the_units_own_criteria(unit: Unit) -> None:
    line = CriterionLine("", "Tính mới", None, Decimal(20), Decimal("0.25"))
    add_criterion(SYSTEM, get_edition(YOUTH), unit.id, line)
    outcome = brought(works(work(1, c7="19,25"), work(2, c7=20.5), work(3, c7=10.1)))
    assert figures(outcome) == (0, 0, 0, 2)
    assert sentences(outcome) == ["Điểm phải từ 0 đến 20.", "Điểm phải là bội số của 0,25."]


def test_another_units_criteria_bound_nothing_here(unit: Unit) -> None:
    far = unit_of(YOUTH, "Huyện Yên Thế")
    add_criterion(SYSTEM, get_edition(YOUTH), far.id, CriterionLine("", "Tính mới", None, Decimal(20), Decimal(1)))
    assert figures(brought(works(work(1, c7=88.5)))) == (1, 0, 0, 0)


def test_the_units_own_pass_mark_holds_for_its_rows(unit: Unit) -> None:
    services.set_pass_mark(SYSTEM, get_edition(YOUTH), unit.id, Decimal("80.5"), version=None)
    outcome = brought(works(work(1, c7=80.0, c9="x"), work(2, c7=80.5, c9="x")))
    assert figures(outcome) == (0, 0, 0, 1)
    assert sentences(outcome) == ["Dưới 80,5 điểm thì không chuyển lên tỉnh được."]


def test_prizes_are_called_as_the_unit_calls_them(unit: Unit) -> None:
    set_prizes(unit, ("Giải Nhất", 1), ("Giải Nhì", 2))
    rows = [work(1, c8="Nhất"), work(2, c7=70.0, c8="giải nhì"), work(4, c7=50.0)]
    outcome = brought(works(*rows, work(3, c7=60.0, c8="Ba")))
    assert figures(outcome) == (0, 0, 0, 1)
    assert sentences(outcome) == ["Đơn vị không có giải này. Các giải của đơn vị: Giải Nhất, Giải Nhì."]
    assert figures(brought(works(*rows))) == (3, 0, 0, 0)
    assert prizes() == ["Giải Nhất", "Giải Nhì", None]
    # The same list again is no change, although it writes the prizes otherwise.
    assert figures(brought(works(*rows), LATER)) == (0, 0, 3, 0)


def test_a_list_gives_no_more_prizes_than_there_are(unit: Unit) -> None:
    set_prizes(unit, ("Giải nhất", 1))
    outcome = brought(works(work(1, c8="Nhất"), work(2, c7=70.0, c8="Nhất")))
    assert figures(outcome) == (0, 0, 0, 1)
    (sentence,) = sentences(outcome)
    assert sentence.startswith("“Giải nhất” chỉ có 1, đã trao cho ")
    assert figures(brought(works(work(1, c8="Nhất")))) == (1, 0, 0, 0)
    # What is stored counts too: the next list brings another holder.
    assert figures(brought(works(work(2, c7=70.0, c8="Nhất")), LATER)) == (0, 0, 0, 1)
    assert prizes() == ["Giải nhất"]


def test_a_corrected_list_may_give_the_prize_to_another(unit: Unit) -> None:
    set_prizes(unit, ("Giải nhất", 1), ("Giải nhì", 1))
    brought(works(work(1, c8="Nhất"), work(2, c7=70.0, c8="Nhì")))
    swapped = works(work(1, c8="Nhì"), work(2, c7=70.0, c8="Nhất"))
    assert figures(brought(swapped, LATER)) == (0, 2, 0, 0)
    assert prizes() == ["Giải nhì", "Giải nhất"]


def test_without_prizes_of_the_unit_any_words_come_in(unit: Unit) -> None:
    brought(works(work(1, c8="Giải sáng tạo trẻ")))
    assert prizes() == ["Giải sáng tạo trẻ"]
