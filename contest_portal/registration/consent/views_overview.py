"""An organiser's pages: how consent stands in an edition, who must not be photographed, and the words that are asked."""

import io
from typing import Any

from flask import flash, g, redirect, render_template, request, send_file, url_for

from contest_portal.accounts.guards import requires
from contest_portal.contests.services import rulebook_of
from contest_portal.core.attempts import attempt
from contest_portal.core.errors import NotFound
from contest_portal.core.i18n import _
from contest_portal.core.paging import decode
from contest_portal.core.web import render_form
from contest_portal.registration.blueprint import bp
from contest_portal.registration.consent import overview
from contest_portal.registration.consent.forms import WordingForm
from contest_portal.registration.consent.overview import Asked
from contest_portal.registration.consent.purposes import EVERYBODYS, STATE_WORDS, Purpose, State, purposes_of
from contest_portal.registration.consent.wordings import new_version, versions_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/consents")
@requires("consent.overview")
def consents() -> Any:
    """List the editions whose consent one oversees."""
    return render_template("consent/editions.html", editions=overview.editions_for(g.actor))


@bp.get("/consents/<code>")
@requires("consent.overview")
def consents_of(code: str) -> Any:
    """Show how consent stands in an edition: counts, and the people, filtered as the address says."""
    edition = overview.get_overseen(g.actor, code)
    counts = overview.count_states(edition)
    return render_template(
        "consent/overview.html",
        edition=edition,
        counts=counts,
        total=overview.total_text(counts),
        page=overview.list_people(edition, _asked(), decode(request.args.get("cursor"))),
        asked=_asked(),
        purposes=EVERYBODYS,
        states=[(state.value, str(STATE_WORDS[state])) for state in State],
    )


@bp.get("/consents/<code>/list.xlsx")
@requires("consent.overview")
def consents_workbook(code: str) -> Any:
    """Hand out the list as a workbook."""
    edition = overview.get_overseen(g.actor, code)
    target = io.BytesIO()
    overview.write_workbook(g.actor, edition, _asked(), target)
    target.seek(0)
    return send_file(target, XLSX, as_attachment=True, download_name=f"dong-y-{edition.code}.xlsx")


@bp.get("/consents/<code>/no-pictures")
@requires("consent.overview")
def no_pictures(code: str) -> Any:
    """List for photographers, to print: whoever has not agreed must not be in a picture."""
    edition = overview.get_overseen(g.actor, code)
    cursor = decode(request.args.get("cursor"))
    page = overview.list_unpictured(edition, cursor, overview.PRINTED_SIZE)
    return render_template("consent/no_pictures.html", edition=edition, page=page)


@bp.get("/consents/<code>/words")
@requires("consent.overview")
def consent_words(code: str) -> Any:
    """Show every version of the words that an edition asks consent with."""
    edition = overview.get_overseen(g.actor, code)
    versions = {purpose: versions_of(edition.id, purpose) for purpose in purposes_of(rulebook_of(edition))}
    return render_template("consent/words.html", edition=edition, versions=versions)


@bp.route("/consents/<code>/words/<purpose>", methods=["GET", "POST"])
@requires("consent.word")
def word_consent(code: str, purpose: str) -> Any:
    """Write the edition's next version of the words for one purpose."""
    edition = overview.get_overseen(g.actor, code)
    known = next((one for one in purposes_of(rulebook_of(edition)) if one == purpose), None)
    if known is None:
        raise NotFound
    form = _wording_form(edition.id, known)

    def act() -> None:
        values = {"text": form.text.data, "text_en": form.text_en.data, "seen": form.seen.data}
        new_version(g.actor, edition, known, **values)

    if attempt(form, act):
        flash(_("Đã lưu phiên bản mới. Câu trả lời đã có vẫn gắn với phiên bản cũ."), "success")
        return redirect(url_for("registration.consent_words", code=code))
    return render_form("consent/word.html", form, edition=edition, purpose=known)


def _wording_form(edition_id: int, purpose: Purpose) -> WordingForm:
    form = WordingForm()
    newest = versions_of(edition_id, purpose)[0]
    if not form.is_submitted():
        form.text.data, form.text_en.data, form.seen.data = newest.text, newest.text_en, newest.mark
    return form


def _asked() -> Asked:
    return Asked.read(request.args.get("purpose", ""), request.args.get("state", ""))
