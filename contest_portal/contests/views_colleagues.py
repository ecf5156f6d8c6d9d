"""Pages of a school's own people: who acts for it, who else is invited, whose post ends."""

from typing import Any

from flask import flash, g, redirect, render_template, url_for

from contest_portal.accounts.guards import requires
from contest_portal.accounts.sessions import dangerous
from contest_portal.contests.blueprint import bp
from contest_portal.contests.colleagues import end_colleague
from contest_portal.contests.forms_invitations import InvitePersonForm
from contest_portal.contests.invitations import Slip, invite_person, revoke_invitation
from contest_portal.contests.queries import schools_of
from contest_portal.contests.queries_invitations import get_invitation, invitations_of
from contest_portal.contests.queries_schools import get_own_school, people_of_school
from contest_portal.contests.views_invitations import show_invited
from contest_portal.core.attempts import attempt
from contest_portal.core.i18n import _
from contest_portal.core.web import render_form


@bp.get("/schools/own")
@requires("colleagues.own")
def own_schools() -> Any:
    """Lead to the people of one's own school, or let choose among several."""
    found = schools_of(g.actor)
    if len(found) == 1:
        return redirect(url_for("contests.colleagues", school_id=found[0].id))
    return render_template("contests/own_schools.html", schools=found)


@bp.route("/schools/<int:school_id>/people", methods=["GET", "POST"])
@requires("colleagues.own")
def colleagues(school_id: int) -> Any:
    """Show who acts for one's own school, and invite one more."""
    school = get_own_school(g.actor, school_id)
    form = InvitePersonForm()
    made: list[Slip] = []

    def act() -> None:
        name, address = form.full_name.data, form.email.data
        made.append(invite_person(g.actor, school, full_name=name, email=address, by_colleague=True))

    if attempt(form, act):
        return show_invited(made[0], form.email.data, url_for("contests.colleagues", school_id=school_id))
    people = people_of_school(school_id)
    open_ones = [i for i in invitations_of(school_id) if i.way == "colleague" and i.state == "invited"]
    return render_form("contests/colleagues.html", form, school=school, people=people, invitations=open_ones)


@bp.post("/schools/<int:school_id>/people/<int:post_id>/end")
@requires("colleagues.own")
@dangerous
def end_own_colleague(school_id: int, post_id: int) -> Any:
    """End a colleague's post, or one's own."""
    end_colleague(g.actor, get_own_school(g.actor, school_id), post_id)
    flash(_("Đã kết thúc vai trò."), "success")
    return redirect(url_for("pages.home"))


@bp.post("/schools/<int:school_id>/people/invitations/<int:invitation_id>/revoke")
@requires("colleagues.own")
def revoke_own_invitation(school_id: int, invitation_id: int) -> Any:
    """Take back an invitation of one's own school."""
    get_own_school(g.actor, school_id)
    revoke_invitation(g.actor, get_invitation(school_id, invitation_id))
    flash(_("Đã thu hồi mã mời."), "success")
    return redirect(url_for("contests.colleagues", school_id=school_id))
