"""Pages of one's own account: sign in, sign out, change the password; an administrator's hang on the same blueprint."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask import Response, flash, g, make_response, redirect, render_template, request, session, url_for

from contest_portal.accounts import sessions, signing
from contest_portal.accounts.blueprint import bp
from contest_portal.accounts.forms import ConfirmForm, PasswordForm, SignInForm
from contest_portal.accounts.guards import public, requires
from contest_portal.accounts.queries import get_user
from contest_portal.core import mail
from contest_portal.core.attempts import attempt
from contest_portal.core.forms import PortalForm
from contest_portal.core.i18n import _
from contest_portal.core.web import local_path, refuse, render_form, settings

DEVICE_COOKIE = "device"


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> Any:
    """Ask who somebody is, and lead on to where they wanted to go."""
    target = local_path(request.args.get("next")) or url_for("pages.home")
    if g.actor.signed_in:
        return redirect(target)
    form = SignInForm()
    if form.validate_on_submit():
        try:
            signed = signing.sign_in(
                form.username.data,
                form.password.data,
                address=sessions.client_address(),
                device=request.cookies.get(DEVICE_COOKIE),
            )
        except signing.WrongPassword as error:
            form.add_error(None, error.message)
        except signing.TooManyTries as error:
            _ask_for_patience(form, None, error)
        else:
            return _carrying(redirect(target), signed)
    return _form_page("accounts/sign_in.html", form, mail=mail.configured())


@bp.post("/sign-out")
@requires("account.own")
def sign_out() -> Any:
    """End this browser's sign-in."""
    signing.sign_out(g.actor, session[sessions.TOKEN])
    sessions.forget()
    flash(_("Bạn đã đăng xuất."), "success")
    return redirect(url_for("accounts.sign_in"))


@bp.get("/account")
@requires("account.own")
def me() -> Any:
    """Show one's own account and what one may do."""
    return render_template("accounts/me.html", user=get_user(g.actor.user_id))


@bp.route("/account/password", methods=["GET", "POST"])
@requires("account.own")
def password() -> Any:
    """Change one's own password; every other browser is signed out."""
    form = PasswordForm()
    tokens: list[str] = []

    def act() -> None:
        tokens.append(signing.change_password(g.actor, form.current.data, form.new.data))

    if _attempt(form, act, field="current"):
        sessions.adopt(tokens[0])
        flash(_("Đã đổi mật khẩu. Các máy khác đã được đăng xuất."), "success")
        return redirect(url_for("accounts.me"))
    return _form_page("accounts/password.html", form)


@bp.route("/account/confirm", methods=["GET", "POST"])
@requires("account.own")
def confirm() -> Any:
    """Ask somebody who is signed in for the password again, and lead back."""
    form = ConfirmForm()
    tokens: list[str] = []

    def act() -> None:
        tokens.append(signing.confirm(g.actor, form.password.data, session[sessions.TOKEN]))

    if _attempt(form, act, field="password"):
        sessions.adopt(tokens[0])
        return redirect(local_path(request.args.get("next")) or url_for("pages.home"))
    return _form_page("accounts/confirm.html", form)


@bp.app_errorhandler(sessions.ProofNeeded)
def ask_for_proof(error: sessions.ProofNeeded) -> Any:
    """Lead somebody to give the password again, and back to the page they acted from."""
    flash(str(error), "info")
    return redirect(url_for("accounts.confirm", next=_page_acted_from()))


def _page_acted_from() -> str | None:
    if request.method == "GET":
        return request.full_path.rstrip("?")
    came_from = urlsplit(request.referrer or "")
    return local_path(came_from.path) if came_from.netloc == request.host else None


def _carrying(response: Any, signed: signing.Signed) -> Response:
    """Give a browser its fresh sign-in, and what it is recognised by next time."""
    sessions.adopt(signed.token)
    answer = make_response(response)
    answer.set_cookie(
        DEVICE_COOKIE,
        signed.device,
        max_age=signing.DEVICE_LIFE,
        httponly=True,
        samesite="Lax",
        secure=settings().https,
        path=url_for("accounts.sign_in"),
    )
    return answer


def _attempt(form: PortalForm, act: Callable[[], None], *, field: str) -> bool:
    try:
        return attempt(form, act)
    except signing.TooManyTries as error:
        _ask_for_patience(form, field, error)
        return False


def _ask_for_patience(form: PortalForm, field: str | None, error: signing.TooManyTries) -> None:
    form.add_error(field, error.message)
    refuse(error)
    g.patience = error.seconds


def _form_page(template: str, form: PortalForm, **context: Any) -> Response:
    page = render_form(template, form, **context)
    if "patience" in g:
        page.headers["Retry-After"] = str(g.patience)
    return page


# Imported for their pages; the blueprint is complete once they are.
from contest_portal.accounts import views_audit, views_messages, views_resetting, views_users  # noqa: E402

__all__ = ["bp", "views_audit", "views_messages", "views_resetting", "views_users"]
