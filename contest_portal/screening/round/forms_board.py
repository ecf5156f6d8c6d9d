"""What is asked about the people of a unit's board, and of whoever joins it by a code."""

from typing import Any

from wtforms import BooleanField, RadioField, StringField

from contest_portal.contests.forms_invitations import AccountForm
from contest_portal.core.forms import OncePerForm, PortalForm, chosen, length, optional, required
from contest_portal.core.i18n import lazy
from contest_portal.screening.round.board import POST_WORDS, Seat
from contest_portal.screening.round.forms import SeenForm
from contest_portal.screening.round.models import Screener


class ScreenerForm(OncePerForm, SeenForm):
    """Ask who sits on the board."""

    full_name = StringField(lazy("Họ và tên"), validators=[required(lazy("Hãy nhập họ và tên.")), length(150)])
    job_title = StringField(
        lazy("Chức vụ, nơi công tác"),
        description=lazy("Ví dụ Giáo viên Tin học, Trường THCS Kép. Được in vào biên bản."),
        validators=[optional(), length(150)],
    )
    post = RadioField(
        lazy("Nhiệm vụ trong ban"), choices=[*POST_WORDS.items()], default="member", validators=[chosen()]
    )
    marks = BooleanField(lazy("Người này chấm điểm"), default=True)

    def show(self, screener: Screener) -> None:
        """Fill in a member of the board."""
        self.full_name.data, self.job_title.data = screener.full_name, screener.job_title
        self.post.data, self.marks.data, self.version.data = screener.post, screener.marks, screener.version

    def seat(self) -> Seat:
        """Return what was filled in."""
        name, title = self.full_name.data or "", self.job_title.data or None
        return Seat(name, title, self.post.data, bool(self.marks.data))


class EndForm(PortalForm):
    """Ask once more before somebody leaves the board."""


class ScreenerAccountForm(AccountForm):
    """Ask a member of the board for an account; nobody needs to telephone a screener through the portal."""

    phone: Any = None
