"""Set how a unit marks: alone or together, its pass mark, its prizes, the head of its papers; and begin anew."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, Final

from contest_portal.accounts.actor import Actor
from contest_portal.contests.models import Edition
from contest_portal.contests.services import rulebook_of
from contest_portal.core import audit, clock
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, Invalid, Problem
from contest_portal.core.i18n import lazy
from contest_portal.core.vietnamese import clean_text, fold, format_decimal
from contest_portal.registration.models import Entry
from contest_portal.registration.services import move_entry, write_event
from contest_portal.registration.status import Status
from contest_portal.screening.round.criteria import MEAN_STEP, most_of
from contest_portal.screening.round.marked import (
    decided_in,
    forwarded_below,
    marked_in,
    prizes_given,
    results_in,
    sheets_with_points,
)
from contest_portal.screening.round.models import ScreeningSheet, UnitRound
from contest_portal.screening.round.queries import criteria_in
from contest_portal.screening.services.units import unit_at_work

CHANGED: Final = lazy("Người khác vừa đổi thiết lập vòng sơ khảo của đơn vị. Hãy xem bản đang lưu rồi lưu lại.")
MOST_PRIZES: Final = 20
# As many references as a sentence can carry.
NAMED: Final = 10
_TOLD: Final = ("marking", "own_criteria", "pass_mark", "rank_within", "prizes", "parent_body", "issuer", "place")


@contextmanager
def round_at_work(actor: Actor, edition: Edition, unit_id: int, version: int | None = None) -> Iterator[UnitRound]:
    """Open a transaction in which nobody else changes the unit's round, and write down what changed.

    Raises NotFound, NotAllowed, Conflict once the unit is complete or its rules are not of this version any more.
    """
    with unit_at_work(actor, edition.id, unit_id) as edition_unit:
        stored = db.session.get(UnitRound, (edition.id, unit_id), populate_existing=True)
        if version is not None and (stored.version if stored else 0) != version:
            raise Conflict(CHANGED)
        row = stored or UnitRound(edition_id=edition.id, unit_id=unit_id)
        db.session.add(row)
        # Flushed: a new row's defaults are what is compared.
        db.session.flush()
        before = _told(row)
        yield row
        row.updated_at, row.updated_by = clock.now(), actor.user_id
        after = _told(row)
        changed = [name for name in _TOLD if before[name] != after[name]]
        if changed:
            subject = f"{edition.code}/{edition_unit.unit.code}"
            old, new = ({name: told[name] for name in changed} for told in (before, after))
            audit.record(actor, "round.changed", subject, before=old, after=new)


def set_marking(
    actor: Actor, edition: Edition, unit_id: int, *, marking: str, rank_within: str, version: int | None
) -> None:
    """Say whether screeners mark by themselves, and within what entries are ranked.

    Raises Invalid once something was marked the other way.
    """
    with round_at_work(actor, edition, unit_id, version) as unit_round:
        if marking != unit_round.marking:
            check_unmarked(edition.id, unit_id, "marking")
        unit_round.marking, unit_round.rank_within = marking, rank_within


def set_pass_mark(
    actor: Actor, edition: Edition, unit_id: int, pass_mark: Decimal | None, *, version: int | None
) -> None:
    """Say below which score the unit forwards nothing; None for the edition's own mark.

    Raises Invalid below the edition's mark, above the highest total, and above what was forwarded with less.
    """
    with round_at_work(actor, edition, unit_id, version) as unit_round:
        problem = None if pass_mark is None else _pass_mark_problem(edition, unit_id, pass_mark)
        if problem is not None:
            raise Invalid(problems=[Problem(problem, field="pass_mark", value=str(pass_mark))])
        unit_round.pass_mark = pass_mark


def set_prizes(
    actor: Actor, edition: Edition, unit_id: int, prizes: Sequence[tuple[str, int]], *, version: int | None
) -> None:
    """Name the unit's prizes and how many there are of each; none: any words will do in a result.

    Raises Invalid for two of one name, and for prizes that were given and would not be there any more.
    """
    wanted = [(clean_text(name), quantity) for name, quantity in prizes]
    with round_at_work(actor, edition, unit_id, version) as unit_round:
        problem = _prizes_problem(wanted) or _given_problem(edition.id, unit_id, dict(wanted))
        if problem is not None:
            raise Invalid(problems=[Problem(problem, field="prizes")])
        unit_round.prizes = [{"name": name, "quantity": quantity} for name, quantity in wanted]


def set_head(
    actor: Actor,
    edition: Edition,
    unit_id: int,
    *,
    parent_body: str | None,
    issuer: str | None,
    place: str | None,
    version: int | None,
) -> None:
    """Say what stands at the head of the unit's papers."""
    with round_at_work(actor, edition, unit_id, version) as unit_round:
        unit_round.parent_body = clean_text(parent_body or "") or None
        unit_round.issuer = clean_text(issuer or "") or None
        unit_round.place = clean_text(place or "") or None


def mark_again(actor: Actor, edition: Edition, unit_id: int, reason: str) -> int:
    """Clear every score and every sheet of a unit, so that it may change how it marks; return how many entries.

    What was marked stays in each entry's history and in the log. Raises Invalid without a reason, Conflict while the
    forwarding of an entry is decided.
    """
    said = clean_text(reason, lines=True)
    if not said:
        raise Invalid(problems=[Problem(lazy("Hãy ghi lý do chấm lại từ đầu."), field="reason")])
    with unit_at_work(actor, edition.id, unit_id) as edition_unit:
        _check_undecided(edition.id, unit_id)
        marked = marked_in(edition.id, unit_id)
        if not marked:
            raise Conflict(lazy("Chưa có điểm nào nên không cần chấm lại: hãy đổi thẳng cách chấm hoặc tiêu chí."))
        sheets = _clear_sheets(edition.id, unit_id)
        cleared = _clear_results(actor, edition.id, unit_id, sheets, said)
        counted = {"reason": said, "sheets": marked.sheets, "results": marked.results}
        before = {entry.reference: told for entry, told in sheets.items()}
        audit.record(actor, "round.again", f"{edition.code}/{edition_unit.unit.code}", before=before, after=counted)
        return cleared


def check_unmarked(edition_id: int, unit_id: int, field: str | None = None) -> None:
    """Raise Invalid once something was marked in a unit: points mean nothing without what they were given for."""
    marked = marked_in(edition_id, unit_id)
    if marked:
        raise Invalid(problems=[Problem(marked.sentence, field=field)])


def _told(unit_round: UnitRound) -> dict[str, Any]:
    told = {name: getattr(unit_round, name) for name in _TOLD}
    return {name: str(value) if isinstance(value, Decimal) else value for name, value in told.items()}


def _pass_mark_problem(edition: Edition, unit_id: int, mark: Decimal) -> Any:
    least = Decimal(rulebook_of(edition).pass_mark or 0)
    most = most_of(criteria_in(edition.id, unit_id))
    if not least <= mark <= most:
        return lazy(
            "Điểm sàn phải từ %(least)s (điểm sàn của cuộc thi) đến %(most)s (tổng điểm tối đa).",
            least=format_decimal(least),
            most=format_decimal(most),
        )
    if mark % MEAN_STEP:
        return lazy("Hãy nhập nhiều nhất hai chữ số sau dấu phẩy.")
    below = forwarded_below(edition.id, unit_id, mark)
    if below:
        return lazy(
            "%(number)s hồ sơ đã chuyển lên tỉnh có điểm thấp hơn: %(references)s. "
            "Hãy rút lại quyết định của các hồ sơ đó trước.",
            number=len(below),
            references=named(below),
        )
    return None


def _prizes_problem(prizes: Sequence[tuple[str, int]]) -> Any:
    if len(prizes) > MOST_PRIZES:
        return lazy("Mỗi đơn vị đặt nhiều nhất %(most)s giải.", most=MOST_PRIZES)
    seen: set[str] = set()
    for name, _quantity in prizes:
        if fold(name) in seen:
            return lazy("Có hai giải tên “%(name)s”. Hãy gộp làm một và ghi tổng số giải.", name=name)
        seen.add(fold(name))
    return None


def _given_problem(edition_id: int, unit_id: int, prizes: dict[str, int]) -> Any:
    """Say which prizes were given that the new list has not, or has fewer of; without a list any words will do."""
    for name, references in prizes_given(edition_id, unit_id).items() if prizes else ():
        if len(references) > prizes.get(name, 0):
            return lazy(
                "%(number)s hồ sơ đang có “%(name)s”: %(references)s. Hãy để đủ số giải này, hoặc sửa kết quả các hồ sơ "
                "đó trước.",
                number=len(references),
                name=name,
                references=named(references),
            )
    return None


def named(references: Sequence[str]) -> str:
    """Write references in a sentence, the first of many."""
    return ", ".join(references[:NAMED]) + (", …" if len(references) > NAMED else "")


def _check_undecided(edition_id: int, unit_id: int) -> None:
    decided = decided_in(edition_id, unit_id)
    if decided:
        raise Conflict(
            lazy(
                "%(number)s hồ sơ đã có quyết định: %(references)s. Hãy rút lại quyết định của các hồ sơ đó trước khi "
                "chấm lại từ đầu.",
                number=len(decided),
                references=named(decided),
            )
        )


def _clear_sheets(edition_id: int, unit_id: int) -> dict[Entry, list[dict[str, Any]]]:
    """Empty every sheet; return what stood on each, by entry."""
    found: dict[Entry, list[dict[str, Any]]] = {}
    for sheet in sheets_with_points(edition_id, unit_id):
        found.setdefault(sheet.entry, []).append(_sheet_told(sheet))
        sheet.marks.clear()
        sheet.total, sheet.submitted_at = None, None
    return found


def _sheet_told(sheet: ScreeningSheet) -> dict[str, Any]:
    return {
        "screener": sheet.screener.full_name,
        "points": {mark.criterion_code: str(mark.points) for mark in sheet.marks},
        "total": None if sheet.total is None else str(sheet.total),
    }


def _clear_results(
    actor: Actor, edition_id: int, unit_id: int, sheets: dict[Entry, list[dict[str, Any]]], reason: str
) -> int:
    """Clear the scores, and write into the history of each entry what it had; return how many entries had anything."""
    had: dict[Entry, dict[str, Any]] = {entry: {} for entry in sheets}
    for result in results_in(edition_id, unit_id):
        if result.score is not None or result.entry.status == Status.SCREENED:
            score = None if result.score is None else str(result.score)
            had[result.entry] = {"score": score, "prize": result.prize}
            # A remark stays: it is not points.
            result.score = result.prize = None
    for entry, told in had.items():
        _send_back(actor, entry, {"screening": {**told, "sheets": sheets.get(entry, [])}}, reason)
    return len(had)


def _send_back(actor: Actor, entry: Entry, details: dict[str, Any], reason: str) -> None:
    """Let an entry wait for its score again."""
    if entry.status == Status.SCREENED:
        move_entry(actor, entry, Status.RECEIVED, reason=reason, details=details)
    else:
        write_event(actor, entry, "changed", day=clock.today(), source="web", details=details, reason=reason)
