"""The page on which an entry is copied into a new draft."""

from typing import Any

from flask import flash, g, redirect, render_template, url_for

from contest_portal.accounts.guards import requires
from contest_portal.contests.models import Edition
from contest_portal.contests.queries import open_editions
from contest_portal.contests.reach import closes_for_school
from contest_portal.contests.services import rulebook_of
from contest_portal.core import clock
from contest_portal.core.attempts import attempt
from contest_portal.core.errors import NotFound
from contest_portal.core.i18n import _
from contest_portal.core.web import render_form
from contest_portal.registration import rules, services
from contest_portal.registration.blueprint import bp
from contest_portal.registration.forms_desk import CopyForm
from contest_portal.registration.models import Entry
from contest_portal.registration.queries import get_entry


@bp.route("/<reference>/copy", methods=["GET", "POST"])
@requires("entry.copy")
def copy(reference: str) -> Any:
    """Choose where an entry is copied to and who comes along."""
    arrived = clock.now()
    source = get_entry(g.actor, reference)
    if not rules.is_own(g.actor, source):
        raise NotFound
    editions = _open_for(source, arrived)
    if not editions:
        return render_template("registration/cannot_copy.html", entry=source)
    form = CopyForm(title=source.title)
    form.offer(editions, rulebook_of(source.edition))
    made: list[Entry] = []

    def act() -> None:
        edition = next(edition for edition in editions if edition.code == form.edition.data)
        made.append(
            services.copy_entry(
                g.actor,
                source,
                edition,
                title=form.title.data,
                roles=form.roles.data,
                once_token=form.once.data,
                at=arrived,
            )
        )

    if attempt(form, act):
        flash(_("Đã sao chép thành bản nháp. Hãy xem lại lớp và ngày sinh của từng người rồi nộp."), "success")
        return redirect(url_for("registration.entry", reference=made[0].reference))
    return render_form("registration/copy.html", form, entry=source, editions=editions)


def _open_for(source: Entry, at: Any) -> list[Edition]:
    """Return the editions that the entry's school may register for now, the entry's own contest first."""
    school = source.school
    found = [e for e in open_editions(at) if at < (closes_for_school(e, school) if school else e.closes_for())]
    return sorted(found, key=lambda edition: edition.contest_id != source.edition.contest_id)
