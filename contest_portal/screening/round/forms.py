"""What a unit fills in about its own round: how it marks, by what, from which score on, for which prizes."""

from decimal import Decimal
from typing import Any, Final

from wtforms import FieldList, FormField, RadioField, StringField, TextAreaField
from wtforms.validators import ValidationError

from contest_portal.core.forms import (
    DecimalField,
    OncePerForm,
    PortalForm,
    VersionedForm,
    WholeNumberField,
    chosen,
    length,
    optional,
    required,
)
from contest_portal.core.i18n import lazy
from contest_portal.screening.round.criteria import AGREED, SHEETS, CriterionLine
from contest_portal.screening.round.models import UnitRound
from contest_portal.screening.round.services import MOST_PRIZES

MARKING: Final[dict[str, Any]] = {
    AGREED: lazy("Cả ban thống nhất một điểm cho mỗi hồ sơ"),
    SHEETS: lazy("Mỗi người chấm một phiếu riêng, điểm của hồ sơ là trung bình các phiếu"),
}
RANKED: Final[dict[str, Any]] = {
    "unit": lazy("Xếp hạng chung cả đơn vị"),
    "group": lazy("Xếp hạng riêng trong từng lĩnh vực hoặc bảng"),
}
LINES_AT_ONCE: Final = 4
MOST_OF_A_PRIZE: Final = 999


class SeenForm(VersionedForm, PortalForm):
    """Carry which version was seen when the change began."""

    def seen(self) -> int:
        """Return the version that was seen; a form that carries none has seen no version at all."""
        found = self.version.data
        return found if isinstance(found, int) else -1

    def accept_version(self, version: int) -> None:
        """Let the next sending write over this version, now that the person has seen it."""
        self.version.data, self.version.raw_data = version, None


class SettingsForm(SeenForm):
    """Begin with what holds now."""

    def begin(self, unit_round: UnitRound) -> None:
        """Fill in what holds now; a unit that has set nothing begins from version 0."""
        self.version.data = unit_round.version
        self.show(unit_round)

    def show(self, unit_round: UnitRound) -> None:
        """Fill in this page's part of it."""
        raise NotImplementedError


class MarkingForm(SettingsForm):
    """Ask how the unit comes to a score, and within what it ranks."""

    marking = RadioField(lazy("Chấm thế nào?"), choices=[*MARKING.items()], validators=[chosen()])
    rank_within = RadioField(lazy("Xếp hạng thế nào?"), choices=[*RANKED.items()], validators=[chosen()])

    def show(self, unit_round: UnitRound) -> None:
        """Fill in how the unit marks now."""
        self.marking.data, self.rank_within.data = unit_round.marking, unit_round.rank_within


class PassMarkForm(SettingsForm):
    """Ask for the unit's own pass mark."""

    pass_mark = DecimalField(lazy("Điểm sàn của đơn vị"), validators=[optional()])

    def show(self, unit_round: UnitRound) -> None:
        """Fill in the unit's own mark."""
        self.pass_mark.data = unit_round.pass_mark


class PrizeLine(PortalForm):
    """Be one prize; a line without a name is none."""

    class Meta(PortalForm.Meta):
        """Leave the token to the form around it."""

        csrf = False

    name = StringField(lazy("Tên giải"), validators=[length(60)])
    quantity = WholeNumberField(lazy("Số giải"))

    def validate_name(self, field: StringField) -> None:
        """Ask what a number is the number of."""
        if not field.data and self.quantity.data is not None:
            raise ValidationError(lazy("Hãy ghi tên giải, hoặc xóa số giải ở dòng này."))

    def validate_quantity(self, field: WholeNumberField) -> None:
        """Ask how many there are of a prize."""
        if not self.name.data or field.errors:
            return
        if field.data is None or not 1 <= field.data <= MOST_OF_A_PRIZE:
            raise ValidationError(lazy("Hãy nhập số giải từ 1 đến %(most)s.", most=MOST_OF_A_PRIZE))


class PrizesForm(SettingsForm):
    """Ask which prizes the unit gives, and how many of each."""

    prizes = FieldList(FormField(PrizeLine), min_entries=LINES_AT_ONCE, max_entries=MOST_PRIZES)

    def show(self, unit_round: UnitRound) -> None:
        """Fill in the unit's prizes, with empty lines for more."""
        while self.prizes.entries:
            self.prizes.pop_entry()
        lines: list[dict[str, Any]] = [*unit_round.prizes, *({} for _line in range(LINES_AT_ONCE))]
        for line in lines[:MOST_PRIZES]:
            self.prizes.append_entry(line)

    def wanted(self) -> list[tuple[str, int]]:
        """Return the lines that have a name."""
        lines = [(line.form.name.data, line.form.quantity.data) for line in self.prizes]
        return [(name, quantity) for name, quantity in lines if name]


class HeadForm(SettingsForm):
    """Ask what stands at the head of the unit's papers."""

    parent_body = StringField(
        lazy("Cơ quan cấp trên"),
        description=lazy("Dòng trên cùng bên trái, ví dụ UBND HUYỆN LẠNG GIANG."),
        validators=[optional(), length(200)],
    )
    issuer = StringField(
        lazy("Cơ quan ban hành"),
        description=lazy("Dòng dưới, in đậm, ví dụ BAN TỔ CHỨC CUỘC THI CẤP HUYỆN. Để trống: tên của đơn vị."),
        validators=[optional(), length(200)],
    )
    place = StringField(
        lazy("Địa danh"),
        description=lazy("Đứng trước ngày tháng, ví dụ Lạng Giang."),
        validators=[optional(), length(100)],
    )

    def show(self, unit_round: UnitRound) -> None:
        """Fill in the present head."""
        self.parent_body.data, self.issuer.data = unit_round.parent_body, unit_round.issuer
        self.place.data = unit_round.place


class CriterionForm(OncePerForm, SeenForm):
    """Ask for one criterion of the unit's own."""

    name = StringField(lazy("Tên tiêu chí"), validators=[required(lazy("Hãy nhập tên tiêu chí.")), length(300)])
    guidance = TextAreaField(
        lazy("Hướng dẫn chấm"),
        description=lazy("Người chấm đọc được câu này ngay dưới tên tiêu chí."),
        validators=[optional(), length(2000)],
    )
    max_points = DecimalField(lazy("Điểm tối đa"), validators=[required(lazy("Hãy nhập điểm tối đa."))])
    step = DecimalField(
        lazy("Bước điểm"),
        description=lazy("Khoảng cách nhỏ nhất giữa hai mức điểm, ví dụ 0,5."),
        default=Decimal("0.5"),
        validators=[required(lazy("Hãy nhập bước điểm."))],
    )
    weight = DecimalField(
        lazy("Hệ số"),
        description=lazy("Điểm của tiêu chí được nhân với số này; 1 là bình thường."),
        default=Decimal(1),
        validators=[required(lazy("Hãy nhập hệ số."))],
    )

    def show(self, line: CriterionLine, version: int) -> None:
        """Fill in a stored criterion."""
        self.name.data, self.guidance.data = line.name, line.guidance
        self.max_points.data, self.step.data, self.weight.data = line.max_points, line.step, line.weight
        self.version.data = version

    def line(self, code: str = "") -> CriterionLine:
        """Return what was filled in."""
        points: Any = (self.max_points.data, self.step.data, self.weight.data)
        return CriterionLine(code, self.name.data or "", self.guidance.data or None, *points)


class AgainForm(PortalForm):
    """Ask why everything marked is cleared."""

    reason = TextAreaField(
        lazy("Lý do chấm lại từ đầu"),
        description=lazy("Câu này được ghi vào lịch sử của từng hồ sơ."),
        validators=[required(lazy("Hãy ghi lý do chấm lại từ đầu.")), length(1000)],
    )
