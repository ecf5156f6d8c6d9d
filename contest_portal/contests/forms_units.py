"""Forms of an edition's units: their shape, clusters, schools that screen their own, quotas."""

from collections.abc import Sequence
from typing import Any, Final

from flask_wtf.file import FileField
from wtforms import RadioField, StringField, TextAreaField

from contest_portal.contests.forms_setup import SetupForm
from contest_portal.contests.setup.content import Content
from contest_portal.contests.setup.shapes import LONGEST_NAME, Place
from contest_portal.core.forms import (
    CheckboxesField,
    WholeNumberField,
    between,
    chosen,
    length,
    optional,
    required,
)
from contest_portal.core.i18n import lazy
from contest_portal.core.validators import FileLimits

LONGEST_LIST: Final = 20_000
_QUOTA: Final = "quota-"


class ShapeForm(SetupForm):
    """Ask what the units of the edition are."""

    shape = RadioField(lazy("Đơn vị sơ khảo là"), [chosen()])


class ClusterForm(SetupForm):
    """Ask for a cluster and the places it has."""

    name = StringField(lazy("Tên cụm"), [required(), length(LONGEST_NAME)], description=lazy("Ví dụ: Cụm số 1."))
    members = CheckboxesField(
        lazy("Xã, phường của cụm"),
        [chosen(lazy("Hãy chọn ít nhất một xã, phường."))],
        description=lazy("Chỉ hiện những nơi chưa thuộc cụm khác."),
    )

    def offer(self, places: Sequence[Place]) -> None:
        """Offer the places that no other cluster has."""
        self.members.choices = [(place.code, place.name) for place in places]


class PastedTableField(TextAreaField):
    """Hold pasted cells; what a table divides with tabulators is divided visibly, so that it can be sent again."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Put a bar where the clipboard has a tabulator."""
        super().process_formdata([str(text).replace("\t", " | ") for text in valuelist])


class ClusterListForm(SetupForm):
    """Ask for all clusters as a list."""

    text = PastedTableField(
        lazy("Dán danh sách hai cột: cụm, xã (phường)"),
        [optional(), length(LONGEST_LIST)],
        description=lazy("Mỗi dòng một xã, ví dụ: Cụm số 1 | Xã Kép. Dán thẳng hai cột từ Excel cũng được."),
    )
    file = FileField(lazy("Hoặc chọn tệp Excel, CSV hai cột ấy"))

    def limit(self, most_bytes: int) -> None:
        """Bound how large a file may be."""
        self.file.validators = [FileLimits(most_bytes, ())]


class SchoolUnitsForm(SetupForm):
    """Ask which schools of a place screen their own."""

    schools = CheckboxesField(
        lazy("Trường tự sơ khảo"), [chosen(lazy("Hãy chọn ít nhất một trường."))], coerce=int, choices=[]
    )


def quotas_form(content: Content, version: int) -> SetupForm:
    """Return a form with one number for each unit."""
    fields = {
        f"{_QUOTA}{row['code']}": WholeNumberField(row["name"], [optional(), between(0, 999_999)])
        for row in content["units"]
    }
    kind: type[SetupForm] = type("UnitQuotasForm", (SetupForm,), fields)
    data = {f"{_QUOTA}{row['code']}": row["forward_quota"] for row in content["units"]}
    return kind(data=data | {"version": version})


def quotas_in(form: SetupForm) -> dict[str, int | None]:
    """Return the number of each unit by its code."""
    return {field.name.removeprefix(_QUOTA): field.data for field in quota_fields(form)}


def quota_fields(form: SetupForm) -> list[Any]:
    """Return the fields of the units, in their order."""
    return [field for field in form if field.name.startswith(_QUOTA)]
