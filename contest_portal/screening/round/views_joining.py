"""Pages for whoever comes with a screener's code: the code, then an account of one's own."""

from typing import Any, Final

from flask import flash, g, redirect, request, session, url_for

from contest_portal.accounts.guards import public
from contest_portal.accounts.sessions import client_address
from contest_portal.accounts.signing import TooManyTries
from contest_portal.contests.forms_invitations import CodeForm
from contest_portal.contests.invitation_codes import hash_code
from contest_portal.contests.invitations import NewAccount, WrongCode
from contest_portal.core.attempts import attempt
from contest_portal.core.errors import Conflict
from contest_portal.core.forms import PortalForm
from contest_portal.core.i18n import _
from contest_portal.core.web import refuse, render_form
from contest_portal.screening.blueprint import bp
from contest_portal.screening.round import joining
from contest_portal.screening.round.forms_board import ScreenerAccountForm
from contest_portal.screening.round.models import Screener
from contest_portal.screening.round.queries import find_open_seat

# The browser keeps the code between the two pages, in its own signed session.
CODE: Final = "screener code"


@bp.route("/join", methods=["GET", "POST"])
@public
def join() -> Any:
    """Ask for a screener's code; a link fills it in, and opening the link tells and changes nothing."""
    form = CodeForm()
    if not form.is_submitted():
        form.code.data = request.args.get("code", "")[:100]

    def act() -> None:
        joining.look_at(form.code.data, client_address())
        session[CODE] = form.code.data

    try:
        if attempt(form, act):
            return redirect(url_for("screening.join_account"))
    except TooManyTries as error:
        session["retry_after"] = error.seconds
        form.add_error("code", error.message)
        refuse(error)
    return render_form("screening/round_join.html", form)


@bp.route("/join/account", methods=["GET", "POST"])
@public
def join_account() -> Any:
    """Make the account that a code is for."""
    screener = _invited()
    form = ScreenerAccountForm()
    if screener is not None and not form.is_submitted():
        form.full_name.data = screener.full_name

    def act() -> None:
        account = NewAccount(
            username=form.username.data,
            password=form.password.data,
            full_name=form.full_name.data,
            email=form.email.data,
        )
        joining.accept(session.get(CODE, ""), account, address=client_address(), once_token=form.once.data)

    if screener is None and not form.is_submitted():
        return _without_code()
    if attempt(form, act):
        session.pop(CODE, None)
        flash(_("Đã lập tài khoản %(name)s. Hãy đăng nhập.", name=form.username.data), "success")
        return redirect(url_for("accounts.sign_in"))
    if screener is None:
        return _without_code()
    return render_form("screening/round_join_account.html", form, screener=screener)


@bp.post("/join/own")
@public
def join_with_own_account() -> Any:
    """Let somebody who is signed in take the seat with that account."""
    try:
        screener = joining.accept_as(g.actor, session.get(CODE, ""))
    except WrongCode:
        return _without_code()
    except Conflict as error:
        flash(str(error), "error")
        return redirect(url_for("screening.join_account"))
    session.pop(CODE, None)
    flash(_("Tài khoản của bạn nay cũng chấm sơ khảo cho %(unit)s.", unit=screener.unit.name), "success")
    return redirect(url_for("pages.home"))


def _invited() -> Screener | None:
    code = session.get(CODE)
    return find_open_seat(hash_code(code)) if isinstance(code, str) else None


def _without_code() -> Any:
    """Lead back to the code where the browser carries none that is open."""
    session.pop(CODE, None)
    if request.method == "GET":
        flash(str(WrongCode.default), "error")
        return redirect(url_for("screening.join"))
    form: PortalForm = CodeForm(formdata=None)
    form.add_error("code", WrongCode.default)
    return render_form("screening/round_join.html", form)
