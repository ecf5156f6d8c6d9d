"""Write the map of units as a workbook: one line for each unit, as it stood on a day."""

from io import BytesIO

from contest_portal.contests.models import Edition
from contest_portal.core.i18n import _
from contest_portal.core.spreadsheets import Column, WorkbookWriter
from contest_portal.core.vietnamese import format_date
from contest_portal.screening.progress.map import UnitMap
from contest_portal.screening.states import LABELS


def write_map(edition: Edition, found: UnitMap) -> bytes:
    """Return the map as .xlsx."""
    stream = BytesIO()
    day = format_date(found.as_of)
    head = [
        _("Tiến độ sơ khảo của các đơn vị đến ngày %(day)s", day=day),
        edition.title,
        _(
            "%(done)s/%(total)s %(word)s đã hoàn thành",
            done=len(found.complete),
            total=len(found.tiles),
            word=str(found.word),
        ),
    ]
    with WorkbookWriter(stream, title=head[0]) as book:
        sheet = book.add_sheet(_("Tiến độ"), _columns(), head=head, freeze_columns=2)
        sheet.write_rows(
            [
                number,
                tile.unit.name,
                str(LABELS[tile.state]),
                tile.standing.received_on,
                tile.standing.closed_on,
                tile.standing.screened_on,
                tile.standing.counts.completed_on,
                tile.standing.counts.total,
                tile.standing.received,
                tile.standing.screened,
                tile.standing.counts.forwarded,
            ]
            for number, tile in enumerate(found.tiles, start=1)
        )
    return stream.getvalue()


def _columns() -> list[Column]:
    return [
        Column(_("TT"), 5, "number"),
        Column(_("Đơn vị"), 26),
        Column(_("Tình trạng"), 18),
        Column(_("Nhận hồ sơ đầu tiên"), 14, "date"),
        Column(_("Nhận xong"), 14, "date"),
        Column(_("Chấm hồ sơ đầu tiên"), 14, "date"),
        Column(_("Hoàn thành"), 14, "date"),
        Column(_("Hồ sơ"), 10, "number"),
        Column(_("Đã nhận"), 10, "number"),
        Column(_("Đã chấm"), 10, "number"),
        Column(_("Chuyển lên tỉnh"), 12, "number"),
    ]
