"""Write the list of schools in exactly the shape that is read again, and an empty one to begin with."""

import io
from collections.abc import Iterable

from contest_portal.contests.levels import LEVELS
from contest_portal.contests.models import School
from contest_portal.contests.school_lists_reading import HEADINGS
from contest_portal.core.i18n import language, lazy
from contest_portal.core.spreadsheets import Column, WorkbookWriter

_WIDTHS = {"code": 14, "name": 40, "unit": 24, "level": 20, "address": 36, "phone": 15, "email": 28, "head": 24, "aliases": 28}  # fmt: skip
_HELP = (
    lazy("Mỗi trường một dòng. Bắt buộc: “Tên trường” và “Đơn vị”; các cột khác có thể để trống."),
    lazy("“Đơn vị”: tên hoặc mã xã, phường (huyện, thành phố trước ngày 01/7/2025)."),
    lazy("“Mã trường” giúp nhận ra trường khi tên đổi; mỗi mã của một trường."),
    lazy("“Tên gọi khác”: nhiều tên cách nhau bằng dấu chấm phẩy."),
    lazy("Ô để trống không xóa điều đã lưu. Tải lại cùng danh sách thì không có gì thay đổi."),
)


def write_school_list(schools: Iterable[School]) -> bytes:
    """Return a workbook of these schools."""
    out = io.BytesIO()
    # The words of a list that is read again are Vietnamese, whoever takes it.
    with language("vi"), WorkbookWriter(out, title=str(lazy("Danh sách trường"))) as book:
        sheet = book.add_sheet(lazy("Danh sách trường"), _columns(), freeze_columns=2)
        sheet.write_rows(map(_cells, schools))
    return out.getvalue()


def write_template() -> bytes:
    """Return an empty list with its headings, and a sheet that says how to fill it in."""
    out = io.BytesIO()
    with language("vi"), WorkbookWriter(out, title=str(lazy("Mẫu danh sách trường"))) as book:
        book.add_sheet(lazy("Danh sách trường"), _columns(), freeze_columns=2)
        guide = book.add_sheet(lazy("Hướng dẫn"), [Column(lazy("Cách điền"), 100)], landscape=False)
        levels = lazy("“Cấp học” là một trong: %(levels)s.", levels="; ".join(map(str, LEVELS.values())))
        guide.write_rows([[str(line)] for line in (*_HELP, levels)])
    return out.getvalue()


def _columns() -> list[Column]:
    return [Column(heading, _WIDTHS[name]) for name, heading in HEADINGS.items()]


def _cells(school: School) -> list[str | None]:
    return [
        school.code,
        school.name,
        # A name that several eras share is told apart by which one holds the school.
        school.unit.name if school.unit else None,
        str(LEVELS.get(school.level or "", "")) or None,
        school.address,
        school.phone,
        school.email,
        school.head,
        "; ".join(school.aliases or ()) or None,
    ]
