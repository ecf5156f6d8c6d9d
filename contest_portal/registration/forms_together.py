"""What is asked before several drafts are handed in together."""

from collections.abc import Sequence

from wtforms import BooleanField

from contest_portal.core.forms import CheckboxesField, OncePerForm, PortalForm, required
from contest_portal.core.i18n import lazy
from contest_portal.registration.together import Draft


class TogetherForm(OncePerForm, PortalForm):
    """Choose among the drafts that are complete, declare once, hand in."""

    references = CheckboxesField(lazy("Hồ sơ sẽ nộp"), choices=[])
    declared = BooleanField(
        lazy(
            "Tôi cam đoan thông tin của các hồ sơ này đúng sự thật và cha mẹ (người giám hộ) của các em đã đồng ý "
            "cho các em dự thi."
        ),
        validators=[required(lazy("Hãy đánh dấu lời cam đoan trước khi nộp."))],
    )

    def offer(self, drafts: Sequence[Draft]) -> None:
        """Offer what is complete, all of it chosen at first."""
        complete = [draft.entry for draft in drafts if draft.complete]
        self.references.flags.required = True
        self.references.choices = [(entry.reference, f"{entry.title} ({entry.reference})") for entry in complete]
        if not self.is_submitted():
            self.references.data = [entry.reference for entry in complete]
