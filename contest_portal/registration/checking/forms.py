"""What an organiser fills in to decide on papers: nothing for most, remarks for a return, a reason for a refusal."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from wtforms import BooleanField, RadioField, StringField, TextAreaField

from contest_portal.contests.rulebook import Rulebook
from contest_portal.core import clock
from contest_portal.core.forms import (
    DateField,
    OncePerForm,
    PortalForm,
    VersionedForm,
    chosen,
    length,
    optional,
    required,
)
from contest_portal.core.i18n import lazy
from contest_portal.registration.checking.reasons import OTHER, reason_text, refusals_for
from contest_portal.registration.checking.services import Remark, Verdict
from contest_portal.registration.checking.states import CheckState
from contest_portal.registration.checking.targets import Target

USUAL_MENDING: Final = timedelta(days=7)


def end_of(day: date | None) -> datetime | None:
    """Return the last second of a day: a deadline is the end of the day that is named."""
    return clock.at_local(day, 23, 59, 59) if day else None


class DecisionForm(OncePerForm, VersionedForm, PortalForm):
    """Share what every decision carries."""

    def verdict(self) -> Verdict:
        """Return what was decided."""
        raise NotImplementedError


class AcceptForm(DecisionForm):
    """Accept the papers; a reason is asked for where something speaks against it."""

    accept_reason = TextAreaField(lazy("Lý do"), validators=[optional(), length(500)])

    def verdict(self) -> Verdict:
        """Return the acceptance."""
        return Verdict(CheckState.ELIGIBLE, self.accept_reason.data or "")


class RefuseForm(DecisionForm):
    """Refuse the papers, with a usual reason, words of one's own, or both."""

    refusal = RadioField(lazy("Lý do không đủ điều kiện"), validators=[chosen(lazy("Hãy chọn một lý do."))])
    refusal_more = TextAreaField(lazy("Ghi thêm"), validators=[optional(), length(1000)])

    def offer(self, rules: Rulebook) -> None:
        """Offer the edition's usual reasons."""
        self.refusal.choices = refusals_for(rules)

    def verdict(self) -> Verdict:
        """Return the refusal."""
        more = self.refusal_more.data or ""
        return Verdict(CheckState.INELIGIBLE, reason_text(self.refusal.data or OTHER, more))


class ReturnForm(DecisionForm):
    """Return an entry: what is to be mended, why, and until when."""

    return_reason = TextAreaField(lazy("Yêu cầu chung"), validators=[optional(), length(1000)])
    mend_until = DateField(
        lazy("Hạn bổ sung"),
        description=lazy("Đến hết ngày này nhà trường vẫn sửa được hồ sơ, kể cả sau hạn đăng ký."),
        validators=[required(lazy("Hãy cho hạn bổ sung."))],
    )
    targets: Sequence[Target] = ()

    def show(self) -> None:
        """Suggest a deadline, and mark what the rules already say is wrong."""
        self.mend_until.data = clock.today() + USUAL_MENDING
        for target, mark, note in self.lines():
            mark.data, note.data = bool(target.said), target.said

    def lines(self) -> list[tuple[Target, Any, Any]]:
        """Return each target with its box and its words."""
        return [(target, self[f"mark_{n}"], self[f"note_{n}"]) for n, target in enumerate(self.targets)]

    def verdict(self) -> Verdict:
        """Return what is to be mended: words beside an empty box mark it too."""
        remarks = tuple(
            Remark(target.part, note.data or "", target.field)
            for target, mark, note in self.lines()
            if mark.data or (note.data and not target.said)
        )
        until = end_of(self.mend_until.data)
        return Verdict(CheckState.INCOMPLETE, self.return_reason.data or "", remarks, until)


def return_form(targets: Sequence[Target], **arguments: Any) -> ReturnForm:
    """Return the form of an entry's own targets."""
    fields: dict[str, Any] = {"targets": tuple(targets)}
    for number, target in enumerate(targets):
        fields[f"mark_{number}"] = BooleanField(target.label)
        words = lazy("Cần bổ sung gì ở mục “%(label)s”", label=target.label)
        fields[f"note_{number}"] = StringField(words, validators=[optional(), length(500)])
    made: type[ReturnForm] = type("ReturnFormOfEntry", (ReturnForm,), fields)
    return made(**arguments)


class MendedForm(OncePerForm, PortalForm):
    """Hand a mended entry back."""


class BatchForm(PortalForm):
    """Confirm a decision on many entries, with what has to be said of all of them."""

    refusal = RadioField(lazy("Lý do không đủ điều kiện"), validators=[chosen(lazy("Hãy chọn một lý do."))])
    reason = TextAreaField(lazy("Ghi thêm"), validators=[optional(), length(1000)])
    mend_until = DateField(lazy("Hạn bổ sung"), validators=[required(lazy("Hãy cho hạn bổ sung."))])

    def ask(self, state: CheckState, rules: Rulebook) -> None:
        """Keep what this decision needs."""
        if state == CheckState.INELIGIBLE:
            self.refusal.choices = refusals_for(rules)
        else:
            del self.refusal
        if state == CheckState.INCOMPLETE:
            self.reason.label.text = lazy("Cần bổ sung gì")
            self.reason.validators = [required(lazy("Hãy ghi cần bổ sung gì.")), length(1000)]
            self.reason.flags.required = True
        else:
            del self.mend_until
        if state == CheckState.ELIGIBLE:
            del self.reason

    def said(self) -> dict[str, Any]:
        """Return what was said, as the service takes it."""
        more = self.reason.data or "" if "reason" in self else ""
        reason = reason_text(self.refusal.data, more) if "refusal" in self else more
        return {"reason": reason, "mend_until": end_of(self.mend_until.data) if "mend_until" in self else None}
