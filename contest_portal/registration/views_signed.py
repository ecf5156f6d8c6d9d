"""The registration list for the principal's signature and stamp, and its scan brought back."""

from io import BytesIO
from pathlib import Path
from typing import Any

from flask import flash, g, redirect, render_template, request, send_file, url_for

from contest_portal.accounts.guards import requires
from contest_portal.contests.queries import get_edition, schools_of
from contest_portal.contests.services import rulebook_of
from contest_portal.core import clock, files
from contest_portal.core.attempts import attempt
from contest_portal.core.errors import NotFound
from contest_portal.core.i18n import _
from contest_portal.core.paging import decode
from contest_portal.core.web import render_form, settings
from contest_portal.registration import rules, services
from contest_portal.registration.blueprint import bp
from contest_portal.registration.forms_desk import ScanForm
from contest_portal.registration.queries_desk import (
    find_signed_token,
    latest_signed,
    list_signed,
    listed_school,
    registered_of,
)
from contest_portal.registration.signed_lists import code_of, content_of, standing
from contest_portal.registration.views_changing import number_given


@bp.get("/school-list/<code>")
@requires("entry.list")
def school_list(code: str) -> Any:
    """Show what a school has registered for an edition as a page to print, sign and stamp."""
    edition = get_edition(code)
    wanted = number_given("school")
    if wanted is None and not g.actor.school_ids:
        page = list_signed(g.actor, edition, decode(request.args.get("cursor")))
        return render_template("registration/signed_lists.html", edition=edition, page=page)
    school = listed_school(g.actor, edition, wanted)
    entries = registered_of(g.actor, edition, school.id)
    content = content_of(entries)
    signed = latest_signed(edition.id, school.id)
    return render_template(
        "registration/school_list.html",
        edition=edition,
        school=school,
        schools=[other for other in schools_of(g.actor) if other.id != school.id],
        rules=rulebook_of(edition),
        entries=entries,
        code=code_of(content) if content else "",
        printed_at=clock.now(),
        signed=signed,
        standing=standing(signed, content) if signed else None,
        may_bring=school.id in g.actor.school_ids or rules.runs(g.actor, edition.id),
    )


@bp.route("/school-list/<code>/scan", methods=["GET", "POST"])
@requires("entry.create")
def signed_scan(code: str) -> Any:
    """Bring the signed list back."""
    edition, wanted = get_edition(code), number_given("school")
    if wanted is None and not g.actor.school_ids:
        return redirect(url_for("registration.school_list", code=code))
    school = listed_school(g.actor, edition, wanted)
    if school.id not in g.actor.school_ids and not rules.runs(g.actor, edition.id):
        raise NotFound
    form = ScanForm()

    def act() -> None:
        services.keep_signed_list(
            g.actor,
            edition,
            school,
            registered_of(g.actor, edition, school.id),
            _folder(),
            data=form.file.data.read(),
            code=form.code.data,
            once_token=form.once.data,
        )

    if attempt(form, act):
        flash(_("Đã nhận bản quét danh sách có chữ ký và dấu."), "success")
        return redirect(url_for("registration.school_list", code=code, school=school.id))
    return render_form("registration/scan.html", form, edition=edition, school=school)


@bp.get("/school-list/<code>/scans/<token>")
@requires("entry.list")
def download_scan(code: str, token: str) -> Any:
    """Hand a scan to those who may see the list it belongs to; as a download, never shown inside the portal."""
    signed = find_signed_token(token)
    edition = get_edition(code)
    if signed.edition_id != edition.id:
        raise NotFound
    listed_school(g.actor, edition, signed.school_id)
    data = files.load(_folder(), signed.stored_name)
    return send_file(BytesIO(data), mimetype=signed.media_type, as_attachment=True, download_name=signed.file_name)


def _folder() -> Path:
    return settings().uploads / "signed-lists"
