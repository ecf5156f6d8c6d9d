"""A school's pages about consent: how each child's stands, links and sheets to ask for it, signed paper to record."""

import io
from pathlib import Path
from typing import Any

import segno
from flask import flash, g, redirect, render_template, request, send_file, url_for

from contest_portal.accounts.guards import requires
from contest_portal.contests.asking import ConsentRule
from contest_portal.contests.rulebook import Rulebook
from contest_portal.contests.services import rulebook_of
from contest_portal.core import mail
from contest_portal.core.attempts import attempt
from contest_portal.core.errors import NotAllowed
from contest_portal.core.forms import DateField, required
from contest_portal.core.i18n import _, lazy
from contest_portal.core.web import render_form, settings
from contest_portal.registration.blueprint import bp
from contest_portal.registration.consent import links, scans, sensitive
from contest_portal.registration.consent.answering import Way, may_record, person_in
from contest_portal.registration.consent.forms import (
    GroupForm,
    SheetsForm,
    answer_form,
    paper_form,
    send_form,
)
from contest_portal.registration.consent.purposes import EVERYBODYS, Purpose, Side, asks_ethnic_group, purposes_of
from contest_portal.registration.consent.queries import Standing, history_for, links_of, standings_of
from contest_portal.registration.consent.recording import record_paper
from contest_portal.registration.consent.task import Task, task_of
from contest_portal.registration.consent.wordings import current_words, mark_of, words_that_held
from contest_portal.registration.models import Entry
from contest_portal.registration.queries import get_entry


@bp.get("/<reference>/consent")
@requires("consent.record")
def consent(reference: str) -> Any:
    """Show how the consent of each of an entry's people stands, and the ways to ask for it."""
    found, book = _load(reference)
    ids = [person.id for person in found.participants]
    return render_template(
        "consent/entry.html",
        entry=found,
        standings=_standings(found, book),
        purposes=purposes_of(book),
        links=links_of(ids),
        history=history_for(ids),
        asks_group=asks_ethnic_group(book),
        names={person.id: person.full_name for person in found.participants},
        recorded=book.consent is ConsentRule.RECORDED,
        mail_goes_out=mail.configured(),
    )


@bp.route("/<reference>/consent/send", methods=["GET", "POST"])
@requires("consent.record")
def consent_send(reference: str) -> Any:
    """Ask for the parents' addresses, and write to them."""
    found, book = _load(reference)
    form = send_form(_standings(found, book))

    def act() -> None:
        if not form.addresses():
            form.add_error(None, _("Hãy nhập ít nhất một địa chỉ."))
            return
        links.send_links(g.actor, found, form.addresses())

    if attempt(form, act) and form.addresses():
        flash(_("Đã gửi %(count)s liên kết.", count=len(form.addresses())), "success")
        return redirect(url_for("registration.consent", reference=reference))
    return render_form("consent/send.html", form, entry=found, mail_goes_out=mail.configured())


@bp.route("/<reference>/consent/sheets", methods=["GET", "POST"])
@requires("consent.record")
def consent_sheets(reference: str) -> Any:
    """Choose for whom, then show the sheets with link, picture and code; their secrets are shown this once."""
    found, book = _load(reference)
    form = SheetsForm()
    form.people.choices = [(str(person.id), person.full_name) for person in found.participants]
    made: list[links.Made] = []
    if attempt(form, lambda: made.extend(links.make_sheets(g.actor, found, map(int, form.people.data)))):
        sheets = [(one, address_of(one.token), picture_of(one.token)) for one in made]
        return render_template(
            "consent/sheets.html", entry=found, sheets=sheets, words=_words(found), code=_code_page()
        )
    if not form.is_submitted():
        form.people.data = [str(standing.person.id) for standing in _standings(found, book) if not standing.seen]
    return render_form("consent/choose.html", form, entry=found)


@bp.get("/<reference>/consent/paper")
@requires("consent.record")
def consent_paper(reference: str) -> Any:
    """Show blank forms to print and sign, one page for each of an entry's people."""
    found, book = _load(reference)
    words = _words(found)
    return render_template(
        "consent/paper.html",
        entry=found,
        standings=_standings(found, book),
        words=words,
        mark=mark_of(words),
        sides=Side,
    )


@bp.route("/<reference>/consent/record", methods=["GET", "POST"])
@requires("consent.record")
def consent_record(reference: str) -> Any:
    """Record signed sheets from their scan, for one or several people at once."""
    found, book = _load(reference)
    held = {mark_of(words): words for words in words_that_held(found.edition_id, EVERYBODYS)}
    form = paper_form(_standings(found, book), EVERYBODYS, list(held))
    done: dict[int, str] = {}

    def act() -> None:
        upload: Any = form.scan.data
        signed_on: Any = form.signed_on.data
        done.update(
            record_paper(
                g.actor,
                found,
                form.sheets(),
                signed_on=signed_on,
                words=held[form.printed.data],
                keep_scan=lambda: scans.keep_scan(g.actor, found, document_folder(), upload.stream),
            )
        )

    if attempt(form, act):
        flash(_("Đã ghi %(count)s phiếu.", count=len(done)), "success")
        return redirect(url_for("registration.consent", reference=reference))
    return render_form("consent/record.html", form, entry=found, several=len(held) > 1)


@bp.get("/<reference>/consent/scans/<int:scan_id>")
@requires("consent.record")
def consent_scan(reference: str, scan_id: int) -> Any:
    """Hand out the scan of signed sheets."""
    found, _book = _load(reference)
    data, kind, name = scans.read_scan(g.actor, found, scan_id, document_folder())
    return send_file(io.BytesIO(data), kind, as_attachment=True, download_name=name)


@bp.post("/<reference>/people/<int:person_id>/consent/end")
@requires("consent.record")
def consent_end(reference: str, person_id: int) -> Any:
    """End the links of one person."""
    found, _book = _load(reference)
    person = person_in(found, person_id)
    links.revoke_links(g.actor, found, person_id)
    flash(_("Đã thu hồi mọi liên kết của %(name)s.", name=person.full_name), "success")
    return redirect(url_for("registration.consent", reference=reference))


@bp.get("/<reference>/sensitive")
@requires("sensitive.see")
def sensitive_details(reference: str) -> Any:
    """Show what the people of an entry told of their ethnic group; the look is logged."""
    found, _book = _load(reference)
    return render_template("consent/sensitive.html", entry=found, groups=dict(_told(found)))


@bp.route("/<reference>/people/<int:person_id>/ethnic-group", methods=["GET", "POST"])
@requires("sensitive.see")
def person_ethnic_group(reference: str, person_id: int) -> Any:
    """Record from signed paper what a parent told of the ethnic group."""
    found, book = _load(reference)
    sensitive.check_asked(found)
    person = person_in(found, person_id)
    standing = standings_of([person], book)[0]
    form = answer_form(standing, (Purpose.ETHNIC_GROUP,), GroupOnPaperForm)
    words = current_words(found.edition_id, (Purpose.ETHNIC_GROUP,))
    for side in Side:
        for question in form.questions(side):
            question.field.description = str(words[question.purpose])

    def act() -> None:
        way = Way("paper", signed_on=form.signed_on.data)
        sensitive.tell_from_paper(g.actor, found, person_id, form.group.data, form.answers(), way)

    if attempt(form, act):
        flash(_("Đã ghi lại."), "success")
        return redirect(url_for("registration.sensitive_details", reference=reference))
    back = url_for("registration.sensitive_details", reference=reference)
    return render_form("consent/ethnic_group.html", form, entry=found, person=person, back=back, sides=Side)


class GroupOnPaperForm(GroupForm):
    """Ask for the ethnic group as it was signed on paper."""

    signed_on = DateField(lazy("Ngày ký trên phiếu"), validators=[required(lazy("Hãy nhập ngày ký."))])


@bp.app_template_global()
def consent_task(entry: Entry, rules: Rulebook) -> Task | None:
    """Return the task of an entry's page; None for those who may not ask for consent, and where there is nobody."""
    if not entry.participants or not may_record(g.actor, entry):
        return None
    return task_of(_standings(entry, rules), recorded=rules.consent is ConsentRule.RECORDED)


def address_of(token: str) -> str:
    """Return the public address of a link, for paper."""
    base = (settings().public_url or request.host_url).rstrip("/")
    return base + url_for("consent.answer", token=token)


def picture_of(token: str) -> str:
    """Return the square picture that a phone reads a link from, as an image's address."""
    return str(segno.make(address_of(token), error="m").svg_data_uri(scale=4, border=2))


def document_folder() -> Path:
    """Return where scans are kept."""
    return settings().uploads / "documents"


def _code_page() -> str:
    base = (settings().public_url or request.host_url).rstrip("/")
    return base + url_for("consent.code")


def _load(reference: str) -> tuple[Entry, Rulebook]:
    """Return an entry whose consent the actor may ask for; raises NotFound, NotAllowed."""
    found = get_entry(g.actor, reference)
    if not may_record(g.actor, found):
        raise NotAllowed
    return found, rulebook_of(found.edition)


def _told(entry: Entry) -> list[tuple[int, str]]:
    return [(person.id, group) for person, group in sensitive.view_groups(g.actor, entry)]


def _standings(entry: Entry, book: Rulebook) -> list[Standing]:
    return standings_of(entry.participants, book)


def _words(entry: Entry) -> Any:
    return current_words(entry.edition_id, EVERYBODYS)
