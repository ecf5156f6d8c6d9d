"""What a school fills in to add a document or to take one out."""

from collections.abc import Sequence
from typing import Any

from flask_wtf.file import MultipleFileField
from wtforms import RadioField, StringField

from contest_portal.contests.asking import DocumentRule
from contest_portal.core.forms import length, optional
from contest_portal.core.i18n import lazy
from contest_portal.registration.documents.kinds import ACCEPTED
from contest_portal.registration.documents.sniffing import names_of
from contest_portal.registration.forms import ReasonForm
from contest_portal.registration.models import Participant


class UploadForm(ReasonForm):
    """Add documents of one kind: files, or the link to a video."""

    person = RadioField(lazy("Của ai"), validators=[optional()])
    link = StringField(
        lazy("Liên kết đến video"),
        description=lazy("Bắt đầu bằng https://. Hãy đặt video ở chế độ ai có liên kết cũng xem được."),
        validators=[optional()],
    )
    files = MultipleFileField(lazy("Tệp"))
    title = StringField(
        lazy("Chú thích"), description=lazy("Ví dụ: mặt trước của mô hình."), validators=[optional(), length(150)]
    )

    @property
    def has_files(self) -> bool:
        """Tell that the form carries files."""
        return True

    def offer(self, rule: DocumentRule, people: Sequence[Participant], most: int) -> None:
        """Ask what this kind of document needs."""
        kinds = names_of(ACCEPTED[rule.kind])
        self.files.description = lazy(
            "%(kinds)s, mỗi tệp nhiều nhất %(most)s MB. Có thể chọn nhiều tệp.", kinds=kinds, most=most
        )
        if not rule.link:
            del self.link
        if not rule.per_person:
            del self.person
            return
        self.person.choices = [(str(person.id), person.full_name) for person in people]
        if len(people) == 1:
            self.person.data = str(people[0].id)

    def chosen(self) -> list[Any]:
        """Return the files that were chosen; a browser sends an empty one for none."""
        return [file for file in self.files.data or [] if file and file.filename]

    def link_given(self) -> str | None:
        """Return the link that was typed."""
        return self.link.data or None if "link" in self else None

    def person_chosen(self) -> int | None:
        """Return whose document it is."""
        return int(self.person.data) if "person" in self and self.person.data else None

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask for a file, or for a link where one will do."""
        valid = bool(super().validate(extra_validators))
        if not self.chosen() and not self.link_given():
            self.add_error("files", lazy("Hãy chọn ít nhất một tệp."))
            return False
        return valid


class TakeOutForm(ReasonForm):
    """Confirm that a document is taken out."""
