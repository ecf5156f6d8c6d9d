"""Pages of one's own account: sign in, sign out, change the password; an administrator's hang on the same blueprint."""

from typing import Any

from flask import Response, flash, g, make_response, redirect, render_template, request, session, url_for

from contest_portal.accounts import sessions, signing
from contest_portal.accounts.blueprint import bp
from contest_portal.accounts.forms import PasswordForm, SignInForm
from contest_portal.accounts.guards import public, requires
from contest_portal.accounts.queries import get_user
from contest_portal.core.attempts import attempt
from contest_portal.core.i18n import _
from contest_portal.core.web import local_path, refuse, render_form, settings

DEVICE_COOKIE = "device"
DEVICE_SECONDS = 180 * 24 * 3600


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
            form.add_error(None, error.message)
            refuse(error)
            return _with_patience(render_form("accounts/sign_in.html", form), error.seconds)
        else:
            return _carrying(redirect(target), signed)
    return render_form("accounts/sign_in.html", form)


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

    try:
        changed = attempt(form, act)
    except signing.TooManyTries as error:
        form.add_error("current", error.message)
        refuse(error)
        return _with_patience(render_form("accounts/password.html", form), error.seconds)
    if changed:
        sessions.adopt(tokens[0])
        flash(_("Đã đổi mật khẩu. Các máy khác đã được đăng xuất."), "success")
        return redirect(url_for("accounts.me"))
    return render_form("accounts/password.html", form)


def _carrying(response: Any, signed: signing.Signed) -> Response:
    """Give a browser its fresh sign-in, and what it is recognised by next time."""
    sessions.adopt(signed.token)
    answer = make_response(response)
    answer.set_cookie(
        DEVICE_COOKIE,
        signed.device,
        max_age=DEVICE_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings().https,
        path=url_for("accounts.sign_in"),
    )
    return answer


def _with_patience(response: Response, seconds: int) -> Response:
    response.headers["Retry-After"] = str(seconds)
    return response


# Imported for their pages; the blueprint is complete once they are.
from contest_portal.accounts import views_audit, views_users  # noqa: E402

__all__ = ["bp", "views_audit", "views_users"]
