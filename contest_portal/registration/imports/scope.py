"""Say what an actor may import: everything, one unit's lists, or one school's own."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, true

from contest_portal.accounts.actor import Actor
from contest_portal.contests.models import Edition
from contest_portal.contests.queries import schools_of
from contest_portal.core import clock
from contest_portal.core.errors import NotAllowed
from contest_portal.core.i18n import lazy
from contest_portal.registration import rules
from contest_portal.registration.models import Entry
from contest_portal.registration.status import Status


@dataclass(frozen=True)
class ImportScope:
    """Bound an import; None means without bound."""

    units: frozenset[int] | None = None
    schools: frozenset[int] | None = None

    @property
    def everything(self) -> bool:
        """Tell whether nothing is out of bounds."""
        return self.units is None and self.schools is None

    def condition(self) -> ColumnElement[bool]:
        """Return which stored entries a row may speak of: a stranger's is not among them."""
        if self.schools is not None:
            return Entry.school_id.in_(self.schools)
        if self.units is not None:
            # A school's draft is nobody else's business.
            return Entry.unit_id.in_(self.units) & (Entry.status != Status.DRAFT)
        return true()

    def only_unit(self) -> int | None:
        """Return the one unit the actor acts for, if there is just one."""
        return next(iter(self.units)) if self.units is not None and len(self.units) == 1 else None

    def refusal_to_change(self, entry: Entry) -> Any:
        """Say why this actor may not change a stored entry any more; None where that is possible."""
        if self.schools is not None and entry.status not in rules.IN_THE_SCHOOLS_HANDS:
            return lazy("Hồ sơ đã chuyển sang bước sau nên nhà trường không tự sửa được; hãy liên hệ Ban Tổ chức.")
        if not self.everything and entry.status == Status.SCORED:
            return lazy("Hồ sơ đã được chấm điểm cấp tỉnh nên chỉ Ban Tổ chức sửa được.")
        return None


def import_scope(actor: Actor, edition: Edition) -> ImportScope:
    """Return what the actor may import into an edition now; raises NotAllowed, rules.Closed."""
    if rules.runs(actor, edition.id):
        return ImportScope()
    # A school that screens its own lists what it enters as a school does: as drafts, in time.
    by_school = {post.unit_id for post in actor.posts if post.school_id is not None}
    units = actor.unit_ids(edition.id) - by_school
    if units:
        return ImportScope(units=units)
    if actor.school_ids:
        rules.check_any_open(edition, schools_of(actor), clock.now())
        return ImportScope(schools=actor.school_ids)
    raise NotAllowed
