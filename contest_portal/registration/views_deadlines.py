"""The organisers' page of an edition's deadline: who has more time, and giving more."""

from typing import Any

from flask import flash, g, redirect, url_for

from contest_portal.accounts.guards import requires
from contest_portal.contests.deadlines import DeadlineKind, newest_words
from contest_portal.contests.models import Edition, School, Unit
from contest_portal.contests.queries import find_edition, units_of
from contest_portal.contests.queries_memberships import schools_named
from contest_portal.core import clock
from contest_portal.core.attempts import attempt
from contest_portal.core.database import db
from contest_portal.core.errors import Invalid, NotFound, Problem
from contest_portal.core.forms import PortalForm
from contest_portal.core.i18n import _, lazy
from contest_portal.core.web import render_form
from contest_portal.registration import rules, services
from contest_portal.registration.blueprint import bp
from contest_portal.registration.forms_desk import ExtendForm, ReasonOnlyForm
from contest_portal.registration.services import Scope
from contest_portal.registration.views_changing import number_given


@bp.route("/deadlines/<code>", methods=["GET", "POST"])
@requires("deadline.extend")
def deadline(code: str) -> Any:
    """Show an edition's deadline with every extension; give one more."""
    edition = _load(code)
    form = ExtendForm()
    units = units_of(edition.id)
    form.offer(units)

    def act() -> None:
        scope = _scope(form, units)
        services.extend(g.actor, edition, scope, form.moment(), form.reason.data, once_token=form.once.data)

    if attempt(form, act):
        flash(_("Đã gia hạn và báo cho những người liên quan."), "success")
        return redirect(url_for("registration.deadline", code=code))
    return _page(form, edition)


@bp.route("/deadlines/<code>/take-back", methods=["GET", "POST"])
@requires("deadline.extend")
def take_back_extension(code: str) -> Any:
    """Ask for the reason, then take one extension back."""
    edition = _load(code)
    scope = _given(edition)
    if scope is None:
        flash(_("Gia hạn này không còn: có lẽ người khác vừa thôi."), "error")
        return redirect(url_for("registration.deadline", code=code))
    form = ReasonOnlyForm()
    if attempt(form, lambda: services.take_back(g.actor, edition, scope, form.reason.data)):
        flash(_("Đã thôi gia hạn cho %(scope)s.", scope=scope.name), "success")
        return redirect(url_for("registration.deadline", code=code))
    return render_form("registration/take_back.html", form, edition=edition, scope=scope)


def _page(form: PortalForm, edition: Edition) -> Any:
    given = [event for event in edition.deadline_events if event.kind == DeadlineKind.EXTENDED]
    newest = {(event.unit_id, event.school_id): event for event in given}
    return render_form(
        "registration/deadlines.html",
        form,
        edition=edition,
        present=[event for event in newest.values() if event.closes_at is not None],
        past=list(reversed(given)),
        at=clock.now(),
    )


def _load(code: str) -> Edition:
    found = find_edition(code)
    if found is None or not rules.runs(g.actor, found.id):
        raise NotFound
    return found


def _scope(form: ExtendForm, units: Any) -> Scope:
    unit = next((unit for unit in units if str(unit.id) == form.unit.data), None)
    if form.scope.data == "all":
        return Scope()
    if form.scope.data == "unit":
        if unit is None:
            raise Invalid(problems=[Problem(lazy("Hãy chọn đơn vị."), field="unit")])
        return Scope(unit=unit)
    return Scope(school=_school(form.school.data or "", unit))


def _school(name: str, unit: Unit | None) -> School:
    found = schools_named(name, unit) if name.strip() else []
    if not found:
        raise Invalid(problems=[Problem(lazy("Không có trường nào tên như vậy."), field="school")])
    if len(found) > 1:
        words = lazy("Có nhiều trường cùng tên này: hãy chọn thêm đơn vị.")
        raise Invalid(problems=[Problem(words, field="school")])
    return found[0]


def _given(edition: Edition) -> Scope | None:
    """Return the extension that the address names; None for one that is not there."""
    unit_id, school_id = number_given("unit"), number_given("school")
    if newest_words(edition.deadline_events).get((unit_id, school_id)) is None:
        return None
    return Scope(
        unit=db.session.get(Unit, unit_id) if unit_id else None,
        school=db.session.get(School, school_id) if school_id else None,
    )
