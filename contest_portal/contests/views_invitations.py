"""Pages to invite people of schools, and to come in by an invitation."""

import io
from typing import Any

import segno
from flask import flash, g, redirect, render_template, request, session, url_for
from markupsafe import Markup

from contest_portal.accounts.guards import public, requires
from contest_portal.accounts.messages import address_of
from contest_portal.accounts.sessions import client_address
from contest_portal.accounts.signing import TooManyTries
from contest_portal.contests import invitations
from contest_portal.contests.blueprint import bp
from contest_portal.contests.forms_invitations import AccountForm, CodeForm, InviteForm, InvitePersonForm
from contest_portal.contests.invitation_codes import hash_code
from contest_portal.contests.invitations import NewAccount, Slip, WrongCode
from contest_portal.contests.models_schools import Invitation
from contest_portal.contests.queries_invitations import chosen_schools, find_open_invitation, get_invitation
from contest_portal.contests.queries_schools import all_wanted, get_school
from contest_portal.contests.views_schools import filter_from_address, kept_filters
from contest_portal.core import mail
from contest_portal.core.attempts import attempt
from contest_portal.core.forms import PortalForm
from contest_portal.core.i18n import _
from contest_portal.core.web import refuse, render_form

# The browser keeps the code between the two pages, in its own signed session.
CODE = "invitation"


@bp.route("/schools/invite", methods=["GET", "POST"])
@requires("schools.manage")
def invite_schools() -> Any:
    """Invite the schools that the list was narrowed to: by letter, or on slips that are printed now."""
    found = all_wanted(g.actor, filter_from_address(), invitations.MOST_AT_ONCE + 1)
    too_many = len(found) > invitations.MOST_AT_ONCE
    form = InviteForm()
    form.offer(found[: invitations.MOST_AT_ONCE])
    slips: list[Slip] = []

    def act() -> None:
        chosen = chosen_schools(g.actor, form.schools.data or [])
        if form.way.data == "sheet":
            slips.extend(invitations.make_slips(g.actor, chosen, form.days.data))
        else:
            reached, unreached = invitations.mail_invitations(g.actor, chosen, form.days.data, form.once.data)
            _say_who_is_reached(len(reached), [school.name for school in unreached])

    if attempt(form, act):
        if slips:
            return slip_page(slips, form.days.data)
        return redirect(url_for("contests.schools", **kept_filters()))
    return render_form(
        "contests/invite.html",
        form,
        schools=found[: invitations.MOST_AT_ONCE],
        too_many=too_many,
        most=invitations.MOST_AT_ONCE,
        mails=mail.configured(),
        kept=kept_filters(),
    )


@bp.route("/schools/<int:school_id>/invite", methods=["GET", "POST"])
@requires("schools.manage")
def invite_to_school(school_id: int) -> Any:
    """Invite one more person of a school."""
    school = get_school(g.actor, school_id)
    form = InvitePersonForm()
    made: list[Slip] = []

    def act() -> None:
        invited = invitations.invite_person(g.actor, school, full_name=form.full_name.data, email=form.email.data)
        made.append(invited)

    if attempt(form, act):
        return show_invited(made[0], form.email.data, url_for("contests.school", school_id=school_id))
    return render_form("contests/invite_person.html", form, school=school)


@bp.post("/schools/<int:school_id>/invitations/<int:invitation_id>/revoke")
@requires("schools.manage")
def revoke_school_invitation(school_id: int, invitation_id: int) -> Any:
    """Take an invitation back."""
    get_school(g.actor, school_id)
    invitations.revoke_invitation(g.actor, get_invitation(school_id, invitation_id))
    flash(_("Đã thu hồi mã mời."), "success")
    return redirect(url_for("contests.school", school_id=school_id))


@bp.route("/join", methods=["GET", "POST"])
@public
def join() -> Any:
    """Ask for the code of an invitation; a link fills it in, and opening the link tells and changes nothing."""
    form = CodeForm()
    if not form.is_submitted():
        form.code.data = request.args.get("code", "")[:100]

    def act() -> None:
        invitations.look_at(form.code.data, client_address())
        session[CODE] = form.code.data

    try:
        if attempt(form, act):
            return redirect(url_for("contests.join_account"))
    except TooManyTries as error:
        session["retry_after"] = error.seconds
        form.add_error("code", error.message)
        refuse(error)
    return render_form("contests/join.html", form)


@bp.route("/join/account", methods=["GET", "POST"])
@public
def join_account() -> Any:
    """Make the account that an invitation is for."""
    invitation = _invited()
    form = AccountForm()

    def act() -> None:
        account = NewAccount(
            username=form.username.data,
            password=form.password.data,
            full_name=form.full_name.data,
            email=form.email.data,
            phone=form.phone.data,
        )
        invitations.accept(session.get(CODE, ""), account, address=client_address(), once_token=form.once.data)

    if invitation is None and not form.is_submitted():
        return _without_invitation()
    if attempt(form, act):
        session.pop(CODE, None)
        flash(_("Đã lập tài khoản %(name)s. Hãy đăng nhập.", name=form.username.data), "success")
        return redirect(url_for("accounts.sign_in"))
    if invitation is None:
        return _without_invitation()
    return render_form("contests/join_account.html", form, school=invitation.school, plain=PortalForm())


@bp.post("/join/own")
@public
def join_with_own_account() -> Any:
    """Let somebody who is signed in act for the invitation's school too."""
    try:
        school = invitations.accept_as(g.actor, session.get(CODE, ""))
    except WrongCode:
        return _without_invitation()
    session.pop(CODE, None)
    flash(_("Tài khoản của bạn nay cũng phụ trách %(school)s.", school=school.name), "success")
    return redirect(url_for("pages.home"))


def slip_page(slips: list[Slip], days: int) -> Any:
    """Show codes, this once: one slip for each school, to be printed."""
    address = join_address()
    shown = [(slip, _picture(f"{address}?code={slip.code}")) for slip in slips]
    return render_template("contests/slips.html", slips=shown, address=address, days=days)


def show_invited(slip: Slip, written_to: str | None, back: str) -> Any:
    """Say that a letter is on its way, or show the code that is to be handed over, this once."""
    if written_to:
        flash(_("Đã gửi thư mời đến %(address)s.", address=written_to), "success")
        return redirect(back)
    return render_template("contests/invitation_code.html", slip=slip, address=join_address(), back=back)


def join_address() -> str:
    """Return the public address where codes are entered."""
    return address_of(url_for("contests.join")) or url_for("contests.join", _external=True)


def _picture(text: str) -> Markup:
    """Return a QR code as a drawing that needs neither style nor script."""
    out = io.BytesIO()
    code = segno.make(text, error="m", micro=False)
    # Its size is the style sheet's matter.
    code.save(out, kind="svg", border=2, xmldecl=False, svgclass=None, lineclass=None, nl=False, omitsize=True)
    # Made of nothing but the squares of a text of our own.
    return Markup(out.getvalue().decode("ascii"))  # noqa: S704


def _invited() -> Invitation | None:
    code = session.get(CODE)
    return find_open_invitation(hash_code(code)) if isinstance(code, str) else None


def _without_invitation() -> Any:
    """Lead back to the code where the browser carries none that is open."""
    session.pop(CODE, None)
    if request.method == "GET":
        flash(str(WrongCode.default), "error")
        return redirect(url_for("contests.join"))
    form = CodeForm(formdata=None)
    form.add_error("code", WrongCode.default)
    return render_form("contests/join.html", form)


def _say_who_is_reached(reached: int, unreached: list[str]) -> None:
    if reached:
        flash(_("Đã gửi thư mời đến %(number)s trường.", number=reached), "success")
    if unreached:
        names = "; ".join(unreached[:10]) + ("…" if len(unreached) > 10 else "")
        words = _(
            "%(number)s trường chưa có thư điện tử nên chưa được mời: %(names)s.", number=len(unreached), names=names
        )
        flash(words, "error")
