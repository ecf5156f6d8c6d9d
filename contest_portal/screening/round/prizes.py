"""Hold a unit's results to the prizes it has set: their names, and how many there are of each."""

from collections.abc import Mapping, Sequence
from typing import Any

from contest_portal.core.errors import Invalid, Problem
from contest_portal.core.i18n import lazy
from contest_portal.core.vietnamese import fold
from contest_portal.screening.round.marked import prizes_given
from contest_portal.screening.round.queries import prizes_for


def prize_named(prizes: Mapping[str, int], typed: str) -> str | None:
    """Return the unit's prize that is meant: lists write "Nhất" for "Giải nhất"; None for a prize it has not."""
    return next((name for name in prizes if _key(name) == _key(typed)), None)


def _key(name: str) -> str:
    return fold(name).removeprefix("giai ")


def unknown_prize(prizes: Mapping[str, int]) -> Any:
    """Say which prizes there are."""
    return lazy("Đơn vị không có giải này. Các giải của đơn vị: %(names)s.", names=", ".join(prizes))


def too_many(name: str, quantity: int, others: Sequence[str]) -> Any:
    """Say that a prize is given away, and to whom."""
    return lazy(
        "“%(name)s” chỉ có %(quantity)s, đã trao cho %(references)s. Hãy chọn giải khác, hoặc sửa số giải của đơn vị.",
        name=name,
        quantity=quantity,
        references=", ".join(others),
    )


def settle_prize(edition_id: int, unit_id: int, reference: str, typed: str | None) -> str | None:
    """Return the prize an entry gets, as the unit names it; called inside the transaction that holds the unit.

    Raises Invalid for a prize the unit has not, and for one that other entries have already.
    """
    prizes = dict(prizes_for(edition_id, unit_id))
    if not typed or not prizes:
        return typed or None
    name = prize_named(prizes, typed)
    if name is None:
        raise Invalid(problems=[Problem(unknown_prize(prizes), field="prize", value=typed)])
    others = [other for other in prizes_given(edition_id, unit_id, name).get(name, []) if other != reference]
    if len(others) >= prizes[name]:
        raise Invalid(problems=[Problem(too_many(name, prizes[name], others), field="prize", value=typed)])
    return name
