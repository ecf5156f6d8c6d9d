"""A parent's pages: no account, one child, each purpose by itself; open to whoever holds the link."""

from contextlib import suppress
from typing import Any

from flask import g, redirect, render_template, url_for
from sqlalchemy.exc import OperationalError

from contest_portal.accounts.guards import public
from contest_portal.accounts.sessions import client_address
from contest_portal.accounts.signing import TooManyTries
from contest_portal.contests.services import rulebook_of
from contest_portal.core.attempts import attempt
from contest_portal.core.errors import Expired, NotFound
from contest_portal.core.i18n import _
from contest_portal.core.web import refuse, render_form
from contest_portal.registration.consent import links, sensitive
from contest_portal.registration.consent.blueprint import bp
from contest_portal.registration.consent.forms import AnswerForm, CodeForm, GroupForm, answer_form, withdraw_form
from contest_portal.registration.consent.links import Opened
from contest_portal.registration.consent.purposes import (
    EVERYBODYS,
    Purpose,
    Side,
    State,
    asks_ethnic_group,
    purposes_of,
)
from contest_portal.registration.consent.queries import Standing, answers_with_reference, standings_of
from contest_portal.registration.consent.wordings import current_words, wordings_by_id


@bp.route("/consent", methods=["GET", "POST"])
@public
def code() -> Any:
    """Ask for the code of a printed sheet, for whoever cannot use the picture beside it."""
    form = CodeForm()
    found: list[str] = []
    try:
        if attempt(form, lambda: found.append(links.redeem_code(form.code.data, client_address()))):
            return redirect(url_for("consent.answer", token=found[0]))
    except (NotFound, TooManyTries) as error:
        form.add_error("code", error.message)
        refuse(error)
    return render_form("consent/code.html", form)


@bp.route("/consent/<token>", methods=["GET", "POST"])
@public
def answer(token: str) -> Any:
    """Ask about one child; the same page lets answers be changed later."""
    opened, standing = _open(token)
    form = answer_form(standing, EVERYBODYS)
    _explain(form, opened)
    references: list[str] = []
    if attempt(form, lambda: references.append(links.answer(token, form.answers(), client_address()))):
        return redirect(url_for("consent.receipt", token=token, receipt=references[0]))
    return _page("consent/answer.html", form, opened, standing, token)


@bp.get("/consent/<token>/receipts/<receipt>")
@public
def receipt(token: str, receipt: str) -> Any:
    """Show what was answered, to keep or to print."""
    opened, standing = _open(token)
    answers = answers_with_reference(receipt, opened.person.id)
    if not answers:
        raise NotFound
    words = wordings_by_id(answer.wording_id for answer in answers)
    return render_template(
        "consent/receipt.html",
        token=token,
        reference=receipt,
        answers=[(Purpose(row.purpose), Side(row.side), row, words[row.wording_id]) for row in answers],
        wordings={Purpose(row.purpose): words[row.wording_id] for row in answers},
        **_shown(opened, standing, token),
    )


@bp.route("/consent/<token>/withdraw", methods=["GET", "POST"])
@public
def withdraw(token: str) -> Any:
    """Take every yes back."""
    opened, standing = _open(token)
    form = withdraw_form(standing)
    references: list[str] = []
    if attempt(form, lambda: references.append(links.withdraw_all(token, form.answers(), client_address()))):
        return redirect(url_for("consent.receipt", token=token, receipt=references[0]))
    return _page("consent/withdraw.html", form, opened, standing, token)


@bp.route("/consent/<token>/ethnic-group", methods=["GET", "POST"])
@public
def ethnic_group(token: str) -> Any:
    """Ask for the ethnic group on a page of its own, where the edition asks for it at all."""
    opened, standing = _open(token)
    sensitive.check_asked(opened.entry)
    form: GroupForm = answer_form(standing, (Purpose.ETHNIC_GROUP,), GroupForm)
    _explain(form, opened)
    references: list[str] = []

    def act() -> None:
        reference = sensitive.tell_through_link(token, form.group.data, form.answers(), client_address())
        references.append(reference)

    if attempt(form, act):
        return redirect(url_for("consent.receipt", token=token, receipt=references[0]))
    return _page("consent/ethnic_group.html", form, opened, standing, token)


def _open(token: str) -> tuple[Opened, Standing]:
    opened = links.open_link(token)
    # That the link was opened is worth knowing, but not worth a page that fails.
    with suppress(OperationalError, Expired):
        links.note_opened(opened.link)
    return opened, standings_of([opened.person], rulebook_of(opened.entry.edition))[0]


def _explain(form: AnswerForm, opened: Opened) -> None:
    """Put the words that are agreed to into each question; a child answers to those the parent has just read."""
    words = current_words(opened.entry.edition_id, tuple(Purpose))
    read = {question.purpose for question in form.questions(Side.REPRESENTATIVE)}
    for side in Side:
        for question in form.questions(side):
            again = side is Side.OWN and question.purpose in read
            question.field.description = _("Nội dung như mục trên.") if again else str(words[question.purpose])


def _page(template: str, form: Any, opened: Opened, standing: Standing, token: str) -> Any:
    if g.get("form_code") == 409:
        # Somebody else answered meanwhile: what holds now is on the page, and sending again is a decision.
        standing = standings_of([opened.person], rulebook_of(opened.entry.edition))[0]
        form.seen.raw_data, form.seen.data = None, standing.seen
    return render_form(template, form, token=token, **_shown(opened, standing, token))


def _shown(opened: Opened, standing: Standing, token: str) -> dict[str, Any]:
    """Return what a parent's page shows: the child's name, the contest, the school, and how things stand."""
    book = rulebook_of(opened.entry.edition)
    return {
        "person": opened.person,
        "entry": opened.entry,
        "standing": standing,
        "purposes": purposes_of(book),
        "asks_group": asks_ethnic_group(book),
        "agreed": any(standing.state(purpose) is State.AGREED for purpose in purposes_of(book)),
        "sides": Side,
        "back": url_for("consent.answer", token=token),
    }


# Imported for its page; the blueprint is complete once it is.
from contest_portal.registration.consent import views_publishing  # noqa: E402

__all__ = ["bp", "views_publishing"]
