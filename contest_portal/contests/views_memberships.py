"""An administrator's page of one account's posts."""

from typing import Any

from flask import flash, g, redirect, url_for
from wtforms import SelectField, StringField

from contest_portal.accounts.actor import Role
from contest_portal.accounts.guards import requires
from contest_portal.accounts.queries import get_user
from contest_portal.accounts.sessions import dangerous
from contest_portal.accounts.words import ROLES
from contest_portal.contests.blueprint import bp
from contest_portal.contests.memberships import end_post, find_or_add_school, give_post
from contest_portal.contests.models import Edition, School, Unit
from contest_portal.contests.queries import all_editions
from contest_portal.contests.queries_memberships import find_unit_for, get_post, posts_held_by
from contest_portal.core.attempts import attempt
from contest_portal.core.errors import Invalid, Problem
from contest_portal.core.filters import show_name
from contest_portal.core.forms import OncePerForm, PortalForm, chosen, length, optional
from contest_portal.core.i18n import _, lazy
from contest_portal.core.web import render_form


class PostForm(PortalForm, OncePerForm):
    """Ask for a role and where it holds."""

    role = SelectField(lazy("Vai trò"), validators=[chosen(lazy("Hãy chọn vai trò."))])
    edition = SelectField(lazy("Cuộc thi"), description=lazy("Để trống: mọi cuộc thi."), validators=[optional()])
    unit = StringField(
        lazy("Đơn vị"),
        description=lazy("Cho cán bộ đơn vị, và cho trường mới: mã hoặc tên, ví dụ 217 hoặc Huyện Lạng Giang."),
        validators=[optional(), length(150)],
    )
    school = StringField(
        lazy("Trường hoặc cơ quan"),
        description=lazy("Cho nhà trường: tên đầy đủ. Trường chưa có trong danh sách được thêm vào đơn vị ở trên."),
        validators=[optional(), length(200)],
    )


@bp.route("/users/<int:user_id>/posts", methods=["GET", "POST"])
@requires("memberships.manage")
@dangerous
def memberships(user_id: int) -> Any:
    """Show an account's posts, and give one more."""
    user = get_user(user_id)
    editions = all_editions()
    form = PostForm()
    form.role.choices = [("", ""), *((r.value, name) for r, name in ROLES.items() if r is not Role.SCREENER)]
    form.edition.choices = [("", _("Mọi cuộc thi")), *((e.code, show_name(e)) for e in editions)]

    def act() -> None:
        edition = next((e for e in editions if e.code == form.edition.data), None)
        unit = _unit(edition, form.unit.data)
        give_post(
            g.actor,
            user,
            Role(form.role.data),
            edition=edition,
            unit=unit,
            school=_school(form.school.data, unit) if form.role.data == Role.SCHOOL else None,
            once_token=form.once.data,
        )

    if attempt(form, act):
        flash(_("Đã giao vai trò."), "success")
        return redirect(url_for("contests.memberships", user_id=user_id))
    return render_form("contests/memberships.html", form, user=user, posts=posts_held_by(user_id), plain=PortalForm())


@bp.post("/users/<int:user_id>/posts/<int:post_id>/end")
@requires("memberships.manage")
@dangerous
def end_membership(user_id: int, post_id: int) -> Any:
    """End a post."""
    user = get_user(user_id)
    end_post(g.actor, get_post(user_id, post_id), user)
    flash(_("Đã kết thúc vai trò."), "success")
    return redirect(url_for("contests.memberships", user_id=user_id))


def _unit(edition: Edition | None, text: str | None) -> Unit | None:
    if not text:
        return None
    found = find_unit_for(edition, text)
    if found is None:
        raise Invalid(problems=[Problem(lazy("Không có đơn vị “%(name)s”.", name=text), field="unit")])
    return found


def _school(text: str | None, unit: Unit | None) -> School | None:
    return find_or_add_school(g.actor, text, unit) if text else None
