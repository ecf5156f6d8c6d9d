"""Every act that is written into the log has a name that people understand."""

import ast
from collections.abc import Iterator
from pathlib import Path

from contest_portal.accounts.acts import ACTS, act_name
from contest_portal.core.i18n import language
from contest_portal.screening.models import UnitEvent
from contest_portal.screening.services.entries import STATUS_OF

SOURCE = Path(__file__).resolve().parents[3] / "contest_portal"
# What stands in the place that an f-string leaves open.
OPEN = {
    "screening.": [str(decision) for decision in STATUS_OF],
    "unit.": ["received_all", "receiving_again", "completed", "reopened"],
    "transfer.": ["accepted", "refused", "taken_back"],
    "rule.": ["overridden", "override_ended"],
    "change.": ["approved", "refused", "withdrawn"],
}


def written() -> Iterator[str]:
    """Yield every action that some service records."""
    for file in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "audit.record":
                yield from actions(node.args[1])


def actions(argument: ast.expr) -> Iterator[str]:
    """Yield the actions an argument may be: text, one of two texts, or text with an open place."""
    match argument:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp(body=one, orelse=other):
            yield from actions(one)
            yield from actions(other)
        case ast.JoinedStr(values=[ast.Constant(value=str(start)), ast.FormattedValue()]):
            yield from (start + end for end in OPEN[start])
        case _:
            raise AssertionError(ast.unparse(argument))


def test_every_act_is_named_and_no_name_is_left_over() -> None:
    assert set(written()) == set(ACTS)


def test_the_open_places_are_all_thought_of() -> None:
    (check,) = (c for c in UnitEvent.__table__.constraints if c.name == "ck_unit_events_kind")  # type: ignore[attr-defined]
    assert str(check.sqltext) == "kind IN ('received_all', 'receiving_again', 'completed', 'reopened')"


def test_names_are_words_and_unlike_each_other() -> None:
    with language("vi"):
        names = [act_name(action) for action in ACTS]
    assert len(set(names)) == len(names)
    assert [name for name in names if "." in name or "_" in name] == []


def test_an_act_of_another_time_keeps_its_own_name() -> None:
    assert act_name("door.painted") == "door.painted"
