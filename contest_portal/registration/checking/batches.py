"""Decide on many entries at once: first fixed and shown with their references, then done exactly as shown."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select

from contest_portal.accounts.actor import Actor
from contest_portal.contests.models import Edition
from contest_portal.core import audit, clock
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Invalid, NotAllowed, NotFound, Problem
from contest_portal.core.i18n import lazy
from contest_portal.core.looks import status_label
from contest_portal.registration import rules
from contest_portal.registration.checking.letters import tell_school
from contest_portal.registration.checking.models import CheckBatch
from contest_portal.registration.checking.services import Verdict, check_return, write_verdict
from contest_portal.registration.checking.states import DECISIONS, CheckState, is_checked
from contest_portal.registration.models import Entry
from contest_portal.registration.reviewing import entries_with_all, problems_in

MOST: Final = 500
# Entries decided in one transaction: others who save meanwhile wait for one portion, not for all.
PORTION: Final = 50


@dataclass(frozen=True)
class Skipped:
    """Be an entry that a batch leaves alone, and why."""

    reference: str
    title: str
    why: Any


@dataclass(frozen=True)
class BatchPlan:
    """Say which entries a batch touches and which it leaves alone."""

    touched: Sequence[Entry]
    skipped: Sequence[Skipped]


def stage_batch(actor: Actor, edition: Edition, entry_ids: Iterable[int], state: str, *, query: str = "") -> CheckBatch:
    """Fix which entries somebody has chosen, as they are now; entries of other editions are not among them.

    Raises NotAllowed, Invalid when nothing or no decision was chosen.
    """
    _check_runs(actor, edition.id)
    if state not in list(DECISIONS):
        raise Invalid(problems=[Problem(lazy("Hãy chọn một quyết định."), field="state")])
    wanted = list(dict.fromkeys(entry_ids))[:MOST]
    rows = db.session.execute(
        select(Entry.id, Entry.version).where(Entry.id.in_(wanted), Entry.edition_id == edition.id)
    )
    versions = {row.id: row.version for row in rows}
    chosen = [[entry_id, versions[entry_id]] for entry_id in wanted if entry_id in versions]
    if not chosen:
        raise Invalid(problems=[Problem(lazy("Hãy chọn ít nhất một hồ sơ."), field="entries")])
    with transaction():
        batch = CheckBatch(
            token=secrets.token_urlsafe(32),
            edition_id=edition.id,
            user_id=actor.user_id,
            state=state,
            chosen=chosen,
            query=query,
        )
        db.session.add(batch)
    return batch


def get_batch(actor: Actor, edition: Edition, token: str) -> CheckBatch:
    """Return a batch of the actor's own; raises NotFound."""
    batch = db.session.scalar(
        select(CheckBatch).where(CheckBatch.token == token).execution_options(populate_existing=True)
    )
    if batch is None or batch.user_id != actor.user_id or batch.edition_id != edition.id:
        raise NotFound
    return batch


def plan_batch(batch: CheckBatch) -> BatchPlan:
    """Say what confirming the batch would do now."""
    return _plan(CheckState(batch.state), batch.chosen)


def apply_batch(
    actor: Actor, batch: CheckBatch, *, reason: str = "", mend_until: datetime | None = None
) -> dict[str, Any]:
    """Decide on everything the batch holds, portion by portion; confirmed twice, or broken off, it goes on where it was.

    Returns {"seen": how many, "done": [references], "skipped": [[reference, why]]}. Raises NotAllowed, Invalid.
    """
    _check_runs(actor, batch.edition_id)
    verdict = Verdict(CheckState(batch.state), reason, (), mend_until)
    _check_common(verdict)
    while batch.done_at is None:
        with transaction():
            _apply_portion(actor, batch, verdict)
    outcome: dict[str, Any] = batch.outcome
    return outcome


def _apply_portion(actor: Actor, batch: CheckBatch, verdict: Verdict) -> None:
    # Read again and held: the same batch may have been confirmed twice at once.
    db.session.refresh(batch, with_for_update=True)
    if batch.done_at is not None:
        return
    outcome = batch.outcome or {"seen": 0, "done": [], "skipped": []}
    start = outcome["seen"]
    portion = batch.chosen[start : start + PORTION]
    _hold([entry_id for entry_id, _version in portion])
    plan = _plan(verdict.state, portion)
    for entry in plan.touched:
        tell_school(entry, write_verdict(actor, entry, verdict), verdict.state)
    done = [entry.reference for entry in plan.touched]
    if done:
        after = {"state": verdict.state, "references": done}
        audit.record(actor, "entries.checked", batch.edition.code, after=after)
    batch.outcome = {
        "seen": start + len(portion),
        "done": outcome["done"] + done,
        "skipped": outcome["skipped"] + [[skipped.reference, str(skipped.why)] for skipped in plan.skipped],
    }
    if start + len(portion) >= len(batch.chosen):
        batch.done_at = clock.now()


def _hold(entry_ids: Sequence[int]) -> None:
    """Keep others from changing these entries until the transaction ends; always in the same order."""
    held = select(Entry.id).where(Entry.id.in_(entry_ids)).order_by(Entry.id)
    db.session.execute(held.with_for_update(key_share=True))


def _plan(state: CheckState, chosen: Sequence[Sequence[int]]) -> BatchPlan:
    seen = {row[0]: row[1] for row in chosen}
    entries = entries_with_all(list(seen))
    flawed = problems_in(entries) if state == CheckState.ELIGIBLE else {}
    touched: list[Entry] = []
    skipped: list[Skipped] = []
    for entry in entries:
        why = _why_not(entry, state, seen[entry.id], flaws=len(flawed.get(entry.id, ())))
        if why is None:
            touched.append(entry)
        else:
            skipped.append(Skipped(entry.reference, entry.title, why))
    return BatchPlan(touched, skipped)


def _why_not(entry: Entry, state: CheckState, version: int, *, flaws: int) -> Any:
    """Return why a batch leaves an entry alone; None where it does not."""
    if entry.version != version:
        return lazy("vừa được thay đổi sau khi bạn chọn; hãy xem riêng")
    if not is_checked(entry.status):
        return lazy("đang ở trạng thái “%(status)s”, chưa nộp hoặc đã rút", status=status_label(entry.status))
    if entry.check_state == state:
        return lazy("đã là “%(state)s”", state=status_label(state))
    if entry.check_state != CheckState.PENDING:
        return lazy("đã có quyết định “%(state)s”; hãy sửa riêng, có lý do", state=status_label(entry.check_state))
    if flaws:
        return lazy("còn %(count)s mục chưa đúng thể lệ; hãy xem riêng", count=flaws)
    return None


def _check_common(verdict: Verdict) -> None:
    """Raise Invalid unless what is said holds for every entry of the batch."""
    if verdict.state == CheckState.INELIGIBLE and not verdict.reason.strip():
        words = lazy("Hãy chọn hoặc ghi lý do hồ sơ không đủ điều kiện.")
        raise Invalid(problems=[Problem(words, field="reason")])
    if verdict.state == CheckState.INCOMPLETE:
        check_return(verdict)


def _check_runs(actor: Actor, edition_id: int) -> None:
    if not rules.runs(actor, edition_id):
        raise NotAllowed
