"""An administrator's pages: the accounts, and one account."""

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for

from contest_portal.accounts import services
from contest_portal.accounts.blueprint import bp
from contest_portal.accounts.forms import ChangeUserForm, NewUserForm
from contest_portal.accounts.guards import requires
from contest_portal.accounts.models import User
from contest_portal.accounts.queries import get_user, list_users
from contest_portal.accounts.sessions import dangerous
from contest_portal.core.attempts import attempt
from contest_portal.core.i18n import _
from contest_portal.core.paging import decode
from contest_portal.core.vietnamese import clean_text
from contest_portal.core.web import render_form


@bp.get("/users")
@requires("users.manage")
def users() -> Any:
    """List the accounts, by given name."""
    q = clean_text(request.args.get("q", ""))[:100]
    return render_template("accounts/users.html", q=q, page=list_users(q, decode(request.args.get("cursor"))))


@bp.route("/users/new", methods=["GET", "POST"])
@requires("users.manage")
def new_user() -> Any:
    """Make an account; its first password is shown on the next page, once."""
    form = NewUserForm()
    made: list[User] = []

    def act() -> None:
        made.append(
            services.create_user(
                g.actor,
                username=form.username.data,
                full_name=form.full_name.data,
                email=form.email.data,
                phone=form.phone.data,
                password=form.password.data or None,
                once_token=form.once.data,
            )
        )

    if attempt(form, act):
        flash(_("Đã tạo tài khoản %(name)s. Hãy giao vai trò và cấp mật khẩu.", name=made[0].username), "success")
        return redirect(url_for("accounts.user", user_id=made[0].id))
    return render_form("accounts/new_user.html", form)


@bp.route("/users/<int:user_id>", methods=["GET", "POST"])
@requires("users.manage")
def user(user_id: int) -> Any:
    """Show an account, and save changes of its person."""
    found = get_user(user_id)
    form = ChangeUserForm(obj=found)

    def act() -> None:
        services.change_user(
            g.actor,
            found,
            full_name=form.full_name.data,
            email=form.email.data,
            phone=form.phone.data,
            version=int(form.version.data or 0),
        )

    if attempt(form, act):
        flash(_("Đã lưu."), "success")
        return redirect(url_for("accounts.user", user_id=user_id))
    newer = g.get("form_code") == 409
    if newer:
        # The form now carries the newer version: saving again is a decision.
        form.version.raw_data, form.version.data = None, found.version
    return render_form("accounts/user.html", form, user=found, newer=newer)


@bp.post("/users/<int:user_id>/close")
@requires("users.manage")
@dangerous
def close_user(user_id: int) -> Any:
    """Close an account."""
    services.set_active(g.actor, get_user(user_id), active=False)
    flash(_("Đã khóa tài khoản."), "success")
    return redirect(url_for("accounts.user", user_id=user_id))


@bp.post("/users/<int:user_id>/open")
@requires("users.manage")
@dangerous
def open_user(user_id: int) -> Any:
    """Open a closed account again."""
    services.set_active(g.actor, get_user(user_id), active=True)
    flash(_("Đã mở lại tài khoản."), "success")
    return redirect(url_for("accounts.user", user_id=user_id))


@bp.post("/users/<int:user_id>/password")
@requires("users.manage")
@dangerous
def reset_user_password(user_id: int) -> Any:
    """Give an account a new password, shown on this page and never again."""
    found = get_user(user_id)
    return render_template("accounts/new_password.html", user=found, password=services.reset_password(g.actor, found))
