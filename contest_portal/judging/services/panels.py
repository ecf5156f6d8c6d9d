"""An organiser makes a panel and says who sits on it."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from contest_portal.accounts.actor import Actor
from contest_portal.contests.models import Division, Edition, Field, Round
from contest_portal.core import audit, once
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Invalid, Problem
from contest_portal.core.i18n import lazy
from contest_portal.core.vietnamese import clean_text
from contest_portal.judging.models import Panel, PanelJudge, ScoreSheet
from contest_portal.judging.queries import get_panel, judge_candidates, scored_rounds, seats_of
from contest_portal.judging.rules import check_manages


@dataclass(frozen=True)
class NewPanel:
    """Hold what an organiser fills in for a panel."""

    round: Round
    name: str
    judge_ids: Collection[int] = ()
    division: Division | None = None
    field: Field | None = None


def create_panel(actor: Actor, edition: Edition, new: NewPanel, *, once_token: str | None = None) -> Panel:
    """Make a panel; the same form sent twice makes one.

    Raises NotFound, NotAllowed, and Invalid for another edition's round or somebody who is no judge.
    """
    check_manages(actor, edition.id)
    name = clean_text(new.name)
    if not name:
        raise Invalid(problems=[Problem(lazy("Hãy đặt tên hội đồng."), field="name")])
    _check_round(edition, new)
    with transaction():
        known = once.find_number(once_token)
        if known is not None:
            return get_panel(actor, known)
        panel = Panel(round_id=new.round.id, name=name, division_id=_id(new.division), field_id=_id(new.field))
        db.session.add(panel)
        # Flushed: the seats, the log and the once token need its id.
        db.session.flush()
        _seat(panel, edition.id, set(new.judge_ids))
        audit.record(actor, "panel.created", f"panel {panel.id}", after={"name": name, "judges": sorted(new.judge_ids)})
        once.remember(once_token, str(panel.id))
    return panel


def change_judges(actor: Actor, panel: Panel, judge_ids: Collection[int]) -> None:
    """Seat these judges and no others; one who already has sheets stays."""
    edition_id = panel.round.edition_id
    check_manages(actor, edition_id)
    with transaction():
        hold_panel(panel.id)
        seated = seats_of(panel.id)
        leaving = seated - set(judge_ids)
        _check_leaving(panel.id, leaving)
        for seat in [seat for seat in panel.judges if seat.user_id in leaving]:
            db.session.delete(seat)
        _seat(panel, edition_id, set(judge_ids) - seated)
        audit.record(actor, "panel.judges", f"panel {panel.id}", before=sorted(seated), after=sorted(set(judge_ids)))


def hold_panel(panel_id: int) -> None:
    """Keep others from changing a panel's seats and sheets until the transaction ends."""
    # SQLite has one writer at a time; PostgreSQL's writers queue on the panel's row.
    db.session.execute(select(Panel.id).where(Panel.id == panel_id).with_for_update())


def _check_round(edition: Edition, new: NewPanel) -> None:
    if new.round.id not in {r.id for r in scored_rounds(edition)}:
        raise Invalid(problems=[Problem(lazy("Vòng này không có tiêu chí để hội đồng chấm."), field="round")])
    for group in (new.division, new.field):
        if group is not None and group.edition_id != edition.id:
            raise Invalid(problems=[Problem(lazy("Bảng hoặc lĩnh vực này không thuộc cuộc thi."), field="group")])


def _seat(panel: Panel, edition_id: int, judge_ids: set[int]) -> None:
    allowed = {user.id for user in judge_candidates(edition_id)}
    if judge_ids - allowed:
        raise Invalid(problems=[Problem(lazy("Có người không phải giám khảo của cuộc thi này."), field="judges")])
    db.session.add_all(PanelJudge(panel_id=panel.id, user_id=user_id) for user_id in sorted(judge_ids))


def _check_leaving(panel_id: int, leaving: set[int]) -> None:
    query = select(ScoreSheet.judge_id).where(ScoreSheet.panel_id == panel_id, ScoreSheet.judge_id.in_(leaving))
    if leaving and db.session.scalars(query).first() is not None:
        sentence = lazy("Giám khảo đã được phân công chấm thì chưa rời hội đồng được; hãy gỡ phân công trước.")
        raise Invalid(problems=[Problem(sentence, field="judges")])


def _id(group: Division | Field | None) -> int | None:
    return None if group is None else group.id
