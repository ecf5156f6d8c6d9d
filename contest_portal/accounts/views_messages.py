"""Pages of what the portal tells people: one's own inbox, and for organisers the log of letters."""

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for

from contest_portal.accounts import messages
from contest_portal.accounts.blueprint import bp
from contest_portal.accounts.forms import LettersForm
from contest_portal.accounts.guards import requires
from contest_portal.accounts.permissions import may
from contest_portal.accounts.queries import get_user
from contest_portal.accounts.queries_messages import inbox as read_inbox
from contest_portal.accounts.queries_messages import letters
from contest_portal.core import audit, mail, outbox
from contest_portal.core.attempts import attempt
from contest_portal.core.database import transaction
from contest_portal.core.i18n import _
from contest_portal.core.paging import decode
from contest_portal.core.web import local_path, render_form

LARGEST_ID = 2**31 - 1


@bp.get("/inbox")
@requires("inbox.own")
def inbox() -> Any:
    """Show one's own notices, the newest first."""
    page = read_inbox(g.actor.user_id, decode(request.args.get("cursor")))
    notices = [(notice, messages.subject_of(notice), messages.body_of(notice)) for notice in page.items]
    return render_template("accounts/inbox.html", page=page, notices=notices)


@bp.post("/inbox/<int:notice_id>/open")
@requires("inbox.own")
def open_notice(notice_id: int) -> Any:
    """Note that a notice was read, and lead to what it is about."""
    found = messages.read_notice(g.actor.user_id, notice_id)
    return redirect(local_path(found.link) or url_for("accounts.inbox"))


@bp.post("/inbox/read")
@requires("inbox.own")
def read_inbox_whole() -> Any:
    """Note that everything shown has been read."""
    until = request.form.get("until", 0, type=int)
    messages.read_all(g.actor.user_id, until=min(max(until, 0), LARGEST_ID))
    return redirect(url_for("accounts.inbox"))


@bp.route("/account/letters", methods=["GET", "POST"])
@requires("account.own")
def letters_language() -> Any:
    """Choose in which language one's own letters come."""
    form = LettersForm(language=get_user(g.actor.user_id).language)
    if attempt(form, lambda: messages.choose_language(g.actor, form.language.data)):
        flash(_("Đã lưu ngôn ngữ của thư."), "success")
        return redirect(url_for("accounts.me"))
    return render_form("accounts/letters.html", form)


@bp.get("/outbox")
@requires("outbox.see")
def outbox_log() -> Any:
    """Show which letters left, which wait, and which could not be delivered."""
    state, address = request.args.get("state", ""), request.args.get("address", "").strip()
    return render_template(
        "accounts/outbox.html",
        page=letters(state, address, decode(request.args.get("cursor"))),
        counts=outbox.counts(),
        states=list(outbox.LetterState),
        state=state,
        address=address,
        may_send=mail.configured() and may(g.actor, "outbox.send"),
        configured=mail.configured(),
    )


@bp.post("/outbox/<int:letter_id>/again")
@requires("outbox.send")
def send_letter_again(letter_id: int) -> Any:
    """Let a letter that did not leave be tried once more."""
    with transaction():
        outbox.send_again(letter_id)
        audit.record(g.actor, "letter.again", str(letter_id))
    flash(_("Thư sẽ được gửi lại trong ít phút."), "success")
    return redirect(url_for("accounts.outbox_log"))
