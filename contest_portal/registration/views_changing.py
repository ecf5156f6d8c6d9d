"""What every page shares on which something of an entry is changed: in time it is saved, late it becomes a request."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import flash, g, redirect, request, url_for

from contest_portal.core.attempts import attempt
from contest_portal.core.errors import Conflict, Invalid, NotFound, PortalError
from contest_portal.core.forms import PortalForm, apply_problems
from contest_portal.core.i18n import _, lazy
from contest_portal.core.web import refuse
from contest_portal.registration import deadlines, rules, services
from contest_portal.registration.checking.queries import last_check
from contest_portal.registration.forms_desk import show_proposed
from contest_portal.registration.models import ChangeRequest, Entry
from contest_portal.registration.queries_desk import requests_of

ASKING = "asking"
LARGEST_ID = 2**31 - 1
SAVED = "saved"


@dataclass
class Change:
    """Be one sending of a form that changes an entry: the part it is about, and when it arrived."""

    entry: Entry
    part: str
    arrived: datetime
    # Of what was typed too late.
    late: ChangeRequest | None = None

    @property
    def asking(self) -> bool:
        """Tell whether saving here asks for a change instead of making it."""
        if self.part == "withdraw" and rules.may_withdraw(g.actor, self.entry):
            return False
        return rules.may_ask(g.actor, self.entry, self.arrived)

    @property
    def needs_reason(self) -> bool:
        """Tell whether the form asks for a reason."""
        return self.asking or rules.needs_reason(g.actor, self.entry, self.arrived)

    @property
    def unasked(self) -> bool:
        """Tell whether the form was opened while one could still save, and came when one could only ask."""
        return self.asking and request.form.get(ASKING) != "yes"

    def context(self) -> dict[str, Any]:
        """Return what the page says of time: how much is left, that it is over, that this is a request."""
        closes, mending = deadlines.left_of(self.entry, self.arrived)
        own = rules.is_own(g.actor, self.entry) and not rules.runs(g.actor, self.entry.edition_id)
        return {
            "asking": self.asking,
            "late": self.late,
            "arrived": self.arrived,
            "closes": closes,
            "mending": mending,
            "left": deadlines.time_left(closes, self.arrived) if own and not self.asking else "",
        }


def send(
    form: PortalForm,
    change: Change,
    proposed: Callable[[], Any],
    act: Callable[[], Any],
    names: Mapping[str, str] | None = None,
) -> Any:
    """Save what was typed, or ask for it; return where to go next, None where the page must come back.

    What comes too late is refused and kept: the page shows it again, and so does the entry's own page.
    """
    if not form.is_submitted():
        return None
    if change.unasked:
        _refuse_late(form, change, proposed)
        return None
    if change.asking:
        return _ask(form, change, proposed, names)
    if attempt(form, act, names):
        return SAVED
    if came_late(change) and not g.get("form_expired"):
        change.late = _keep(form, change, proposed)
    return None


def came_late(change: Change) -> bool:
    """Tell whether a school's form arrived after its time; the deadline is then remembered as passed."""
    entry = change.entry
    if rules.runs(g.actor, entry.edition_id) or not rules.is_own(g.actor, entry):
        return False
    closes, _mending = deadlines.left_of(entry, change.arrived)
    if change.arrived < closes and not deadlines.was_over(entry.edition, closes):
        return False
    if not g.get("form_expired"):
        services.note_passed(entry.edition, deadlines.closes_for(entry))
    return True


def prefill(form: PortalForm, change: Change) -> None:
    """Show what was kept of an earlier typing about this part, where the address names it."""
    wanted = request.args.get("kept", "")
    if not wanted or form.is_submitted():
        return
    for kept in requests_of(change.entry.id):
        if kept.token == wanted and kept.part == change.part and kept.state == "kept":
            show_proposed(form, kept.proposed)


def number_given(name: str) -> int | None:
    """Return a number that the address gives; raises NotFound for what cannot be one of ours."""
    given = request.args.get(name)
    if not given:
        return None
    if not given.isascii() or not given.isdigit() or int(given[:20]) > LARGEST_ID:
        raise NotFound
    return int(given)


def remarks_of(entry: Entry) -> list[dict[str, str]]:
    """Return what has to be mended while the entry is returned to its school."""
    if not rules.may_mend(g.actor, entry):
        return []
    event = last_check(entry.id)
    return list((event.details or {}).get("remarks", [])) if event is not None else []


def remarks_by_person(entry: Entry) -> dict[int, list[str]]:
    """Return what has to be mended of each person, by the person's id."""
    found: dict[int, list[str]] = {}
    for remark in remarks_of(entry):
        kind, _colon, person = remark["part"].partition(":")
        if kind == "person" and person.isdigit():
            found.setdefault(int(person), []).append(remark["text"])
    return found


def mark_remarks(form: PortalForm, remarks: Sequence[Mapping[str, str]], part: str) -> list[str]:
    """Write each remark beside its field; return those of the part that name no field of this form."""
    others: list[str] = []
    for remark in remarks:
        if remark["part"] != part:
            continue
        field = form._fields.get(remark["field"]) or form._fields.get(remark["field"].removesuffix("_id"))
        if field is None:
            others.append(remark["text"])
            continue
        told = lazy("Ban Tổ chức yêu cầu: %(text)s", text=remark["text"])
        field.description = lazy("%(hint)s %(told)s", hint=field.description, told=told) if field.description else told
    return others


def _ask(form: PortalForm, change: Change, proposed: Callable[[], Any], names: Mapping[str, str] | None) -> Any:
    made: list[ChangeRequest] = []

    def act() -> None:
        version = getattr(form, "version", None)
        once = getattr(form, "once", None)
        made.append(
            services.ask_change(
                g.actor,
                change.entry,
                change.part,
                proposed(),
                form["reason"].data,
                version=version.data if version is not None else None,
                once_token=once.data if once is not None else None,
                at=change.arrived,
            )
        )

    if not attempt(form, act, names):
        return None
    flash(_("Đã gửi yêu cầu thay đổi. Ban Tổ chức sẽ trả lời ở đây và trong hộp thư của cổng."), "success")
    return redirect(url_for("registration.change_request", reference=change.entry.reference, token=made[0].token))


def _refuse_late(form: PortalForm, change: Change, proposed: Callable[[], Any]) -> None:
    """Say that the time was over when the form came, keep what was typed, and let the page offer to ask for it."""
    form.validate_on_submit()
    if "reason" in form:
        # It was not on the page that was sent.
        form["reason"].errors = []
    if g.get("form_expired"):
        return
    came_late(change)
    try:
        rules.check_change(g.actor, change.entry, change.arrived)
    except PortalError as error:
        form.add_error(None, error.message)
        refuse(Conflict(error.message))
    change.late = _keep(form, change, proposed)


def _keep(form: PortalForm, change: Change, proposed: Callable[[], Any]) -> ChangeRequest | None:
    if any(field.errors for field in form):
        return None
    try:
        return services.keep_late(g.actor, change.entry, change.part, proposed())
    except Invalid as error:
        apply_problems(form, error)
    return None
