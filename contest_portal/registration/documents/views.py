"""Pages of an entry's documents: what is asked for, adding, taking out, and the files themselves."""

from pathlib import Path
from typing import Any

from flask import Response, flash, g, jsonify, make_response, redirect, render_template, request, url_for

from contest_portal.accounts.guards import requires
from contest_portal.contests.asking import DocumentRule
from contest_portal.contests.rulebook import Rulebook
from contest_portal.contests.services import rulebook_of
from contest_portal.core import clock
from contest_portal.core.attempts import attempt
from contest_portal.core.errors import NotAllowed, NotFound, PortalError
from contest_portal.core.i18n import _
from contest_portal.core.validators import megabytes
from contest_portal.core.web import render_form, settings, takes_documents
from contest_portal.registration import rules
from contest_portal.registration.blueprint import bp
from contest_portal.registration.documents.forms import TakeOutForm, UploadForm
from contest_portal.registration.documents.groups import Group, groups_of, task_of
from contest_portal.registration.documents.kinds import ACCEPTED, RESTRICTED
from contest_portal.registration.documents.models import Document
from contest_portal.registration.documents.names import host_of
from contest_portal.registration.documents.queries import get_document, may_see_restricted, shown_documents
from contest_portal.registration.documents.sending import send_stored, send_thumbnail
from contest_portal.registration.documents.services import add_file, add_link, open_document, remove_document
from contest_portal.registration.documents.sniffing import endings_of
from contest_portal.registration.documents.storing import MEGABYTE
from contest_portal.registration.models import Entry, Participant
from contest_portal.registration.queries import get_entry


@bp.get("/<reference>/documents")
@requires("entry.see")
def documents(reference: str) -> Any:
    """Show each kind of document that the edition asks for, and what there is."""
    entry = get_entry(g.actor, reference)
    return render_template(
        "registration/documents/index.html", entry=entry, may_change=rules.may_change(g.actor, entry)
    )


@bp.route("/<reference>/documents/<document_kind>", methods=["GET", "POST"])
@requires("entry.edit")
@takes_documents
def add_document(reference: str, document_kind: str) -> Any:
    """Add documents of one kind: each file that is refused gets its sentence, the others are kept."""
    arrived = clock.now()
    entry = get_entry(g.actor, reference)
    rule = _rule(entry, document_kind)
    people = _whose(entry)
    form = UploadForm()
    form.offer(rule, people, _most(rule) // MEGABYTE)
    form.drop_reason(needed=rules.needs_reason(g.actor, entry, arrived))
    saved: list[str] = []
    attempt(form, lambda: _take(form, entry, rule, saved, arrived))
    if request.accept_mimetypes.best == "application/json":
        return _told(form, saved)
    if saved:
        flash(_("Đã lưu: %(names)s.", names=", ".join(saved)), "success")
    if saved and not form.errors:
        return redirect(url_for("registration.add_document", reference=reference, document_kind=document_kind))
    return render_form(
        "registration/documents/add.html",
        form,
        entry=entry,
        rule=rule,
        accept=endings_of(ACCEPTED[rule.kind]),
        largest=_most(rule),
        may_change=rules.may_change(g.actor, entry),
    )


@bp.get("/<reference>/documents/<document>/file")
@requires("entry.see")
def document_file(reference: str, document: str) -> Any:
    """Send a document to whoever may see it."""
    entry = get_entry(g.actor, reference)
    found = open_document(g.actor, entry, document)
    return send_stored(document_folder(), found.file, found.original_name)


@bp.get("/<reference>/documents/<document>/thumbnail")
@requires("entry.see")
def document_thumbnail(reference: str, document: str) -> Any:
    """Send the small picture of a document to whoever may see it."""
    entry = get_entry(g.actor, reference)
    found = get_document(g.actor, entry, document)
    # A private paper has none: a list would show it without a line in the log.
    return send_thumbnail(document_folder(), None if found.kind in RESTRICTED else found.file)


@bp.route("/<reference>/documents/<document>/remove", methods=["GET", "POST"])
@requires("entry.edit")
def take_out_document(reference: str, document: str) -> Any:
    """Ask once more, then take a document out."""
    arrived = clock.now()
    entry = get_entry(g.actor, reference)
    _require_hands(entry)
    found = get_document(g.actor, entry, document)
    form = TakeOutForm()
    form.drop_reason(needed=rules.needs_reason(g.actor, entry, arrived))
    if attempt(form, lambda: remove_document(g.actor, entry, document, reason=form.reason_given(), at=arrived)):
        flash(_("Đã bỏ tài liệu."), "success")
        return redirect(url_for("registration.documents", reference=reference))
    return render_form("registration/documents/remove.html", form, entry=entry, document=found)


@bp.app_template_global()
def document_groups(entry: Entry) -> list[Group]:
    """Return an entry's documents as the reader may see them."""
    shown = shown_documents(g.actor, entry)
    restricted = may_see_restricted(g.actor, entry)
    return groups_of(rulebook_of(entry.edition), shown, entry.participants, restricted=restricted)


@bp.app_template_global()
def document_task(entry: Entry, book: Rulebook) -> tuple[str, str, str] | None:
    """Return the line of an entry's page about its documents; None where the edition asks for none."""
    groups = document_groups(entry)
    return task_of(groups) if groups else None


@bp.app_template_global()
def link_host(document: Document) -> str:
    """Return where a document's link leads."""
    return host_of(document.link or "")


@bp.app_template_filter("file_kind")
def file_kind(mime: str) -> str:
    """Return what a person calls a kind of file."""
    return next((kind.word for kinds in ACCEPTED.values() for kind in kinds if kind.mime == mime), mime)


bp.add_app_template_filter(megabytes, "megabytes")


def document_folder() -> Path:
    """Return where the documents lie."""
    return settings().uploads / "documents"


def _take(form: UploadForm, entry: Entry, rule: DocumentRule, saved: list[str], arrived: Any) -> None:
    """Keep what will do, and put at the form what will not."""
    common: dict[str, Any] = {"title": form.title.data, "reason": form.reason_given(), "at": arrived}
    link = form.link_given()
    if link:
        _each(form, "link", link, lambda: add_link(g.actor, entry, rule.kind, link, **common), saved)
    limits: dict[str, Any] = {"room": settings().school_storage, "most": settings().max_document}
    for file in form.chosen():
        _each(
            form,
            "files",
            file.filename,
            lambda file=file: add_file(
                g.actor,
                entry,
                rule.kind,
                document_folder(),
                file.stream,
                file.filename,
                person_id=form.person_chosen(),
                **limits,
                **common,
            ),
            saved,
        )


def _each(form: UploadForm, field: str, name: str, act: Any, saved: list[str]) -> None:
    try:
        act()
        saved.append(name)
    except (NotFound, NotAllowed):
        raise
    except PortalError as error:
        form.add_error(field, _("%(name)s: %(sentence)s", name=name[-100:], sentence=str(error)))


def _told(form: UploadForm, saved: list[str]) -> Response:
    """Answer the page's script, which shows each file's own sentence."""
    refused = [str(mistake.message) for mistake in form.problem_list()]
    if g.get("form_expired"):
        refused = [_("Biểu mẫu đã hết hạn. Hãy tải lại trang rồi chọn lại tệp.")]
    return make_response(jsonify(saved=saved, refused=refused), 422 if refused or not saved else 200)


def _rule(entry: Entry, kind: str) -> DocumentRule:
    _require_hands(entry)
    rule = rulebook_of(entry.edition).document(kind)
    if rule is None:
        raise NotFound
    return rule


def _require_hands(entry: Entry) -> None:
    if not rules.runs(g.actor, entry.edition_id) and not rules.is_own(g.actor, entry):
        raise NotAllowed


def _whose(entry: Entry) -> list[Participant]:
    role = rulebook_of(entry.edition).person_role
    return [person for person in entry.participants if person.role == role]


def _most(rule: DocumentRule) -> int:
    return min(rule.megabytes * MEGABYTE, settings().max_document)
