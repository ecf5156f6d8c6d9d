"""Pages for somebody who forgot the password."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from contest_portal.accounts import resetting, sessions, signing
from contest_portal.accounts.blueprint import bp
from contest_portal.accounts.forms import ForgottenForm, ResetForm
from contest_portal.accounts.guards import public
from contest_portal.core import mail
from contest_portal.core.attempts import attempt
from contest_portal.core.i18n import _
from contest_portal.core.web import refuse, render_form


@bp.route("/password/forgotten", methods=["GET", "POST"])
@public
def forgotten() -> Any:
    """Ask whose password was forgotten; the answer is the same whether there is such an account or not."""
    if not mail.configured():
        return render_template("accounts/forgotten_unsent.html"), 200 if request.method == "GET" else 409
    form = ForgottenForm()
    try:
        if attempt(form, lambda: resetting.ask_for_reset(form.name.data, address=sessions.client_address())):
            return render_template("accounts/forgotten_sent.html")
    except signing.TooManyTries as error:
        form.add_error(None, error.message)
        refuse(error)
    return render_form("accounts/forgotten.html", form)


@bp.route("/password/<token>", methods=["GET", "POST"])
@public
def reset(token: str) -> Any:
    """Set a new password with the link of a letter."""
    found = resetting.find_reset(token)
    form = ResetForm()
    if attempt(form, lambda: resetting.reset_password(token, form.new.data, address=sessions.client_address())):
        flash(_("Đã đặt mật khẩu mới. Hãy đăng nhập."), "success")
        return redirect(url_for("accounts.sign_in"))
    return render_form("accounts/reset.html", form, user=found.user)
