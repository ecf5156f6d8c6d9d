"""A unit's own round with its board, and another unit's, for the rules of the house."""

from typing import Any

from contest_portal.accounts.actor import SYSTEM
from contest_portal.accounts.models import User
from contest_portal.contests.models import Unit
from contest_portal.contests.queries import get_edition
from contest_portal.core.database import transaction
from contest_portal.screening.round.criteria import SHEETS
from contest_portal.screening.round.own_criteria import copy_criteria
from contest_portal.screening.round.queries import own_criteria_of, round_of
from tests.factories.screening import YOUTH, make_screener


def round_things(unit: Unit, far: Unit, screener: User) -> tuple[dict[str, Any], dict[str, Any]]:
    """Let a screener sit on a unit's board beside others, and somebody on another's; return what is own, what not."""
    edition = get_edition(YOUTH)
    copy_criteria(SYSTEM, edition, unit.id)
    with transaction():
        # Some of the world's entries have their scores already: only a test may change the way of marking then.
        round_of(edition.id, unit.id).marking = SHEETS
    make_screener(unit, "Giáp Thị Có Tài Khoản", screener)
    own = make_screener(unit, "Nông Văn Trên Giấy", post="secretary")
    foreign = make_screener(far, "Hoàng Thị Huyện Khác")
    criterion = own_criteria_of(edition.id, unit.id)[0].code
    return {"screener": own.token, "unit criterion": criterion}, {"screener": [foreign.token]}
