"""What organisers fill in for a panel, and a judge in a sheet."""

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any, ClassVar

from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from contest_portal.accounts.models import User
from contest_portal.contests.models import Division, Edition, Field, Round
from contest_portal.contests.services import rulebook_of
from contest_portal.core.forms import (
    CheckboxesField,
    DecimalField,
    OncePerForm,
    PortalForm,
    VersionedForm,
    chosen,
    length,
    optional,
    required,
)
from contest_portal.core.i18n import lazy, local_name
from contest_portal.core.vietnamese import format_decimal
from contest_portal.judging.models import ScoreSheet
from contest_portal.judging.scoring import Line
from contest_portal.judging.services import Marks, NewPanel

ALL, CHOSEN = "all", "chosen"


class PanelForm(OncePerForm, PortalForm):
    """Make a panel."""

    round = SelectField(lazy("Vòng"), validators=[chosen()])
    name = StringField(lazy("Tên hội đồng"), validators=[required(), length(150)])
    group = SelectField(lazy("Bảng hoặc lĩnh vực"), description=lazy("Để trống thì hội đồng chấm tất cả."))
    judges = CheckboxesField(lazy("Giám khảo"), coerce=int, choices=[])

    def offer(self, edition: Edition, rounds: Sequence[Round], judges: Sequence[User]) -> None:
        """Offer the edition's rounds, groups and judges."""
        self.round.choices = [(r.code, local_name(r)) for r in rounds]
        self.group.choices = [("", lazy("Tất cả")), *((g.code, local_name(g)) for g in groups_of(edition))]
        self.judges.choices = [(user.id, user.full_name) for user in judges]

    def new_panel(self, edition: Edition) -> NewPanel:
        """Return what was filled in."""
        group = next((g for g in groups_of(edition) if g.code == self.group.data), None)
        return NewPanel(
            round=next(r for r in edition.rounds if r.code == self.round.data),
            name=self.name.data,
            judge_ids=self.judges.data or [],
            division=group if isinstance(group, Division) else None,
            field=group if isinstance(group, Field) else None,
        )


class JudgesForm(PortalForm):
    """Say who sits on a panel."""

    judges = CheckboxesField(lazy("Giám khảo"), coerce=int, choices=[])


class AssignForm(PortalForm):
    """Give entries to a panel's judges."""

    scope = RadioField(
        lazy("Hồ sơ"),
        choices=[(ALL, lazy("Tất cả hồ sơ đủ điều kiện")), (CHOSEN, lazy("Chỉ các hồ sơ ghi bên dưới"))],
        default=ALL,
        validators=[chosen()],
    )
    references = TextAreaField(
        lazy("Mã hồ sơ"),
        description=lazy("Mỗi dòng một mã, hoặc cách nhau bằng dấu phẩy."),
        validators=[length(20_000)],
    )
    judges = CheckboxesField(lazy("Giám khảo"), coerce=int, choices=[])

    def chosen_references(self) -> list[str] | None:
        """Return the references that were typed; None for every eligible entry."""
        if self.scope.data == ALL:
            return None
        return list(dict.fromkeys(re.findall(r"[^\s,;]+", (self.references.data or "").upper())))


class ReopenSheetForm(PortalForm):
    """Let a judge change a sheet that was handed in."""

    reason = TextAreaField(lazy("Lý do mở lại phiếu"), validators=[required(), length(1000)])


class RemoveForm(PortalForm):
    """Carry the token of an act that is one button."""


class EmptyUntilSubmitted(Optional):
    """Let a draft leave a line empty, though a sheet that is handed in needs it."""

    field_flags: ClassVar = {"required": True}


class SheetForm(VersionedForm, PortalForm):
    """Score one entry; each criterion adds its own field."""

    remark = TextAreaField(lazy("Nhận xét"), validators=[optional(), length(2000)])

    def show(self, sheet: ScoreSheet, lines: Sequence[Line], points: dict[int, Decimal]) -> None:
        """Fill in what is stored."""
        for line in lines:
            self[line.field].data = points.get(line.id)
        self.remark.data, self.version.data = sheet.remark, sheet.version

    def accept_version(self, version: int) -> None:
        """Let the next sending write over this version, now that the judge has seen it."""
        self.version.data, self.version.raw_data = version, None

    def marks(self, lines: Sequence[Line]) -> Marks:
        """Return what was filled in."""
        given = {line.id: self[line.field].data for line in lines if self[line.field].data is not None}
        return Marks(given, self.remark.data, self.version.data)


@lru_cache(maxsize=256)
def sheet_form(lines: tuple[Line, ...]) -> type[SheetForm]:
    """Return the form of a sheet with these lines; made once for each round and language."""
    return type("LinedSheetForm", (SheetForm,), {line.field: _line_field(line) for line in lines})


def _line_field(line: Line) -> Any:
    hint = lazy(
        "%(guidance)s Từ 0 đến %(most)s điểm, bước %(step)s.",
        guidance=line.guidance or "",
        most=format_decimal(line.max_points),
        step=format_decimal(line.step),
    )
    return DecimalField(line.name, description=hint, validators=[EmptyUntilSubmitted()])


def groups_of(edition: Edition) -> Sequence[Division | Field]:
    """Return what the edition's entries are compared within."""
    by_division = rulebook_of(edition).grouping == "division"
    return edition.divisions if by_division else edition.fields
