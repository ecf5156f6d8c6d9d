"""What is filled in on sheets and about ties: one sheet, a pile of paper sheets, a reason, an order."""

from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any, ClassVar, Final

from wtforms import HiddenField, TextAreaField
from wtforms.validators import Optional

from contest_portal.core.forms import DateField, DecimalField, PortalForm, WholeNumberField, length, optional, required
from contest_portal.core.i18n import lazy
from contest_portal.core.vietnamese import format_decimal
from contest_portal.registration.models import Entry
from contest_portal.screening.round.criteria import CriterionLine
from contest_portal.screening.round.forms import SeenForm
from contest_portal.screening.round.models import ScreeningSheet
from contest_portal.screening.round.ranking import Tie
from contest_portal.screening.round.scoring import field_of
from contest_portal.screening.round.sheet_queries import points_of
from contest_portal.screening.round.sheets import Filled

LARGEST_VERSION: Final = 2**31 - 1


class EmptyUntilSubmitted(Optional):
    """Let a sheet that is only saved leave a line empty, though one that is handed in needs it."""

    field_flags: ClassVar = {"required": True}


class SheetForm(SeenForm):
    """Mark one entry; each criterion adds its own field."""

    remark = TextAreaField(lazy("Nhận xét"), validators=[optional(), length(2000)])

    def show(self, sheet: ScreeningSheet | None, lines: Sequence[CriterionLine]) -> None:
        """Fill in what is stored."""
        points = points_of(sheet)
        for line in lines:
            self[field_of(line.code)].data = points.get(line.code)
        self.remark.data = sheet.remark if sheet else None
        self.version.data = sheet.version if sheet else 0

    def filled(self, lines: Sequence[CriterionLine]) -> Filled:
        """Return what was filled in."""
        given = {line.code: self[field_of(line.code)].data for line in lines}
        points = {code: value for code, value in given.items() if isinstance(value, Decimal)}
        return Filled(points, self.remark.data, self.seen())


@lru_cache(maxsize=256)
def sheet_form(lines: tuple[CriterionLine, ...]) -> type[SheetForm]:
    """Return the form of a sheet with these lines."""
    return type("LinedSheetForm", (SheetForm,), {field_of(line.code): _line_field(line) for line in lines})


def _line_field(line: CriterionLine) -> Any:
    bounds = {"most": format_decimal(line.max_points), "step": format_decimal(line.step)}
    hint = lazy("Từ 0 đến %(most)s điểm, bước %(step)s.", **bounds)
    if line.weight != 1:
        hint = lazy(
            "Từ 0 đến %(most)s điểm, bước %(step)s, nhân hệ số %(weight)s.",
            weight=format_decimal(line.weight),
            **bounds,
        )
    return DecimalField(line.shown, description=hint, validators=[EmptyUntilSubmitted()])


class PileForm(PortalForm):
    """Type in one member's paper sheets, a row an entry; the fields of a row begin with the entry's reference."""

    def show(self, entries: Sequence[Entry], sheets: dict[int, ScreeningSheet], lines: Sequence[CriterionLine]) -> None:
        """Fill in what is stored."""
        for entry in entries:
            sheet = sheets.get(entry.id)
            points = points_of(sheet)
            for line in lines:
                self[cell_name(entry.reference, line.code)].data = points.get(line.code)
            self[f"{entry.reference}:version"].data = str(sheet.version if sheet else 0)

    def rows(
        self, entries: Sequence[Entry], sheets: dict[int, ScreeningSheet], lines: Sequence[CriterionLine]
    ) -> list[tuple[Entry, Filled]]:
        """Return what was filled in, with the remark that is stored."""
        found = []
        for entry in entries:
            given = {line.code: self[cell_name(entry.reference, line.code)].data for line in lines}
            points = {code: value for code, value in given.items() if isinstance(value, Decimal)}
            sheet = sheets.get(entry.id)
            found.append((entry, Filled(points, sheet.remark if sheet else None, self._version(entry))))
        return found

    def _version(self, entry: Entry) -> int:
        seen = str(self[f"{entry.reference}:version"].data or "")
        return int(seen) if seen.isascii() and seen.isdigit() and int(seen) <= LARGEST_VERSION else -1


def pile_form(entries: Sequence[Entry], lines: Sequence[CriterionLine]) -> PileForm:
    """Return the form of these entries' rows."""
    fields: dict[str, Any] = {}
    for entry in entries:
        fields[f"{entry.reference}:version"] = HiddenField()
        for line in lines:
            label = lazy("%(reference)s, %(name)s", reference=entry.reference, name=line.shown)
            fields[cell_name(entry.reference, line.code)] = DecimalField(label, validators=[optional()])
    made: PileForm = type("RowsForm", (PileForm,), fields)()
    return made


def cell_name(reference: str, code: str) -> str:
    """Return the name of the control for one criterion of one entry."""
    return f"{reference}:{field_of(code)}"


class ReopenSheetForm(PortalForm):
    """Let a sheet that was handed in be changed."""

    reason = TextAreaField(lazy("Lý do mở lại phiếu"), validators=[required(), length(1000)])


class CloseForm(PortalForm):
    """Score an entry though some sheets are missing."""

    reason = TextAreaField(
        lazy("Lý do chốt điểm khi còn thiếu phiếu"),
        description=lazy("Ví dụ: ai vắng, vì sao không chấm được."),
        validators=[required(), length(1000)],
    )


class TieForm(PortalForm):
    """Put tied entries in order, with the reason; each entry adds the field of its number."""

    reason = TextAreaField(
        lazy("Lý do xếp thứ tự này"),
        description=lazy("Ví dụ: điểm tính mới cao hơn. Lý do được giữ cùng biên bản."),
        validators=[required(), length(1000)],
    )
    decided_on = DateField(lazy("Ngày quyết định"), validators=[required()])

    def ordered(self, tie: Tie) -> list[str] | None:
        """Return the references by their numbers; None, with the sentence, unless these are 1, 2, 3 and so on."""
        numbers = {reference: self[order_name(reference)].data for reference in tie.references}
        if sorted(numbers.values()) == list(range(1, len(numbers) + 1)):
            return sorted(numbers, key=lambda reference: numbers[reference] or 0)
        sentence = lazy("Hãy ghi các số từ 1 đến %(last)s, mỗi số một lần.", last=len(numbers))
        self.add_error(order_name(tie.references[0]), sentence)
        return None


def tie_form(tie: Tie, titles: dict[str, str]) -> TieForm:
    """Return the form of a tie: a decided one begins with its order, another with no number."""
    fields = {
        order_name(reference): WholeNumberField(
            lazy("Thứ tự của %(title)s (%(reference)s)", title=titles[reference], reference=reference),
            validators=[required()],
        )
        for reference in tie.references
    }
    made: TieForm = type("NumberedTieForm", (TieForm,), fields)()
    if not made.is_submitted() and tie.decided:
        for number, reference in enumerate(tie.references, start=1):
            made[order_name(reference)].data = number
    return made


def order_name(reference: str) -> str:
    """Return the name of the control for an entry's number in a tie."""
    return f"order_{reference}"
