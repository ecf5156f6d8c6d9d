"""Remind the units that are behind: their people, in the inbox and by mail, and keep that it was done."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contest_portal.accounts.actor import Actor
from contest_portal.accounts.messages import Letter, notify
from contest_portal.contests.models import Edition
from contest_portal.core import audit, clock, once
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Invalid, NotFound
from contest_portal.core.i18n import lazy
from contest_portal.core.vietnamese import format_date
from contest_portal.registration.status import Status
from contest_portal.screening.letters import BEHIND, BEHIND_DUE
from contest_portal.screening.progress.behind import Due
from contest_portal.screening.progress.models import UnitReminder
from contest_portal.screening.progress.queries import Laggard, due_of, held_units, units_behind
from contest_portal.screening.progress.standing import UnitStanding
from contest_portal.screening.rules import check_organises


@dataclass(frozen=True)
class Choice:
    """Be what pressing the button would do: whom it reaches, and whom it passes over and why."""

    reached: Sequence[Laggard]
    reminded: Sequence[Laggard]
    nobody: Sequence[Laggard]

    @property
    def people(self) -> int:
        """Return how many people are written to."""
        return len({user_id for laggard in self.reached for user_id in laggard.people})


def choose(laggards: Sequence[Laggard], *, again: bool = False) -> Choice:
    """Sort out who is written to: not a unit without people, nor one reminded within a day unless it is asked for."""
    with_people = [laggard for laggard in laggards if laggard.people]
    passed = [] if again else [laggard for laggard in with_people if laggard.reminded_today]
    reached = [laggard for laggard in with_people if laggard not in passed]
    return Choice(reached, passed, [laggard for laggard in laggards if not laggard.people])


def chosen_of(laggards: Sequence[Laggard], codes: Collection[str]) -> list[Laggard]:
    """Return the units with these codes, or all where none is named; raises NotFound for one that is not behind."""
    if not codes:
        return list(laggards)
    found = [laggard for laggard in laggards if laggard.unit.code in codes]
    if len(found) != len(set(codes)):
        raise NotFound
    return found


def remind(
    actor: Actor,
    edition: Edition,
    codes: Collection[str] = (),
    *,
    again: bool = False,
    once_token: str | None = None,
) -> int:
    """Remind the units that are behind, or those with these codes; return how many units were written to.

    The same form sent twice reminds once. Raises NotAllowed, and Invalid where nobody is left to write to.
    """
    check_organises(actor, edition.id)
    with transaction():
        known = once.find_number(once_token)
        if known is not None:
            return known
        held_units(edition.id, [laggard.unit.id for laggard in chosen_of(units_behind(edition), codes)])
        # Read again: who pressed a moment earlier has just reminded them.
        db.session.expire_all()
        choice = choose(chosen_of(units_behind(edition), codes), again=again)
        if not choice.reached:
            raise Invalid(_why_nobody(choice))
        _send(actor, edition, choice.reached)
        once.remember(once_token, str(len(choice.reached)))
        return len(choice.reached)


def words_for(edition: Edition, laggard: Laggard) -> tuple[Letter, Mapping[str, str]]:
    """Return the letter that a unit gets, and what stands in its places."""
    return _words(edition, due_of(edition), laggard)


def _why_nobody(choice: Choice) -> Any:
    if choice.reminded:
        return lazy("Các đơn vị này đã được nhắc trong vòng một ngày. Hãy đánh dấu ô bên dưới nếu vẫn muốn nhắc lại.")
    return lazy("Các đơn vị này chưa có ai có tài khoản để nhắc.")


def _send(actor: Actor, edition: Edition, laggards: Sequence[Laggard]) -> None:
    now, due = clock.now(), due_of(edition)
    written = [(laggard, _reminder(actor, edition, laggard, now)) for laggard in laggards]
    db.session.add_all(reminder for _laggard, reminder in written)
    # Flushed: a reminder's own number keeps its letter from being sent twice.
    db.session.flush()
    for laggard, reminder in written:
        template, values = _words(edition, due, laggard)
        link = f"/screening/{edition.code}/{laggard.unit.code}/open"
        notify(laggard.people, template.kind, values, key=f"unit_behind:{reminder.id}", link=link)
    after = {"units": [laggard.unit.code for laggard in laggards]}
    audit.record(actor, "unit.reminded", edition.code, after=after)


def _reminder(actor: Actor, edition: Edition, laggard: Laggard, now: datetime) -> UnitReminder:
    return UnitReminder(
        edition_id=edition.id,
        unit_id=laggard.unit.id,
        sent_at=now,
        sent_by=actor.user_id,
        actor_name=actor.name,
        people=len(laggard.people),
        state=laggard.standing.state.value,
        figures=_figures(laggard.standing),
    )


def _figures(standing: UnitStanding) -> dict[str, int]:
    counts = standing.counts
    return {
        "waiting": counts.waiting,
        "received": counts.count(Status.RECEIVED),
        "screened": counts.count(Status.SCREENED),
        "forwarded": counts.forwarded,
    }


def _words(edition: Edition, due: Due, laggard: Laggard) -> tuple[Letter, Mapping[str, str]]:
    values = {name: str(number) for name, number in _figures(laggard.standing).items()}
    values |= {"unit": laggard.unit.name, "edition": edition.title}
    if due.finish is None:
        return BEHIND, values
    return BEHIND_DUE, values | {"due": format_date(due.finish)}
