"""Lists as schools and units send them, for tests."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples" / "season-2024"

TEAM_HEADS = ["TT", "Tên đội", "Trường", "Bảng", "Thành viên 1", "Ngày sinh TV1", "Lớp TV1", "Thành viên 2", "Ngày sinh TV2", "Lớp TV2", "HLV", "Huyện, TX, TP"]  # fmt: skip
WORK_HEADS = ["TT", "Tên mô hình, sản phẩm", "Lĩnh vực", "Tác giả, nhóm tác giả", "Ngày sinh", "Lớp, trường", "Giáo viên hướng dẫn", "Điểm chấm cấp huyện", "Xếp giải", "Đề nghị dự thi cấp tỉnh"]  # fmt: skip
FIELD = "Phần mềm tin học"


def team(number: int = 1, **cells: Any) -> list[Any]:
    """Return one team's row; a cell is changed by its heading's first word or by its place: {4: "…"}."""
    row = [number, f"Đội {number}", f"Trường THCS Số {number}", "THCS", f"Lê Văn {_name(number)}", "18/10/2011", "7A", f"Vũ Thị {_name(number)}", "02/02/2010", "8B", f"Hà Văn {_name(number)} - ĐT: 0912345678", "Lạng Giang"]  # fmt: skip
    return _changed(row, cells)


def work(number: int = 1, **cells: Any) -> list[Any]:
    """Return one work's row."""
    row = [number, f"Mô hình {number}", FIELD, f"Lê Văn {_name(number)}\nVũ Thị {_name(number)}", "18/10/2011\n02/02/2010", f"Lớp 7A, Trường THCS Số {number}", f"Hà Văn {_name(number)}", 80.0, "", ""]  # fmt: skip
    return _changed(row, cells)


def _name(number: int) -> str:
    letters = "ABCDEGHIKLMNOPQRSTUVXY"
    words, rest = [], number
    while rest or not words:
        rest, place = divmod(rest, len(letters))
        words.append(letters[place] + "n")
    return " ".join(reversed(words))


def _changed(row: list[Any], cells: dict[str, Any]) -> list[Any]:
    return [cells.get(f"c{index}", cell) for index, cell in enumerate(row)]


def teams(*rows: Sequence[Any]) -> bytes:
    """Return a workbook of teams."""
    return workbook(TEAM_HEADS, *rows)


def works(*rows: Sequence[Any], unit: str = "HUYỆN LẠNG GIANG") -> bytes:
    """Return a unit's workbook of works, the unit named above the table."""
    return workbook([f"UBND {unit}"], [], WORK_HEADS, *rows, [], ["", f"(Danh sách có {len(rows)} mô hình)"])


def workbook(*rows: Sequence[Any]) -> bytes:
    """Return a workbook of one sheet."""
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def typed_in_tcvn3(*rows: list[Any]) -> bytes:
    """Return a workbook as it was typed with a .Vn font."""
    signs = dict(
        zip(
            "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵĐ",
            "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô\xadõøö÷ùúýûüþ§",
            strict=True,
        )
    )
    table = str.maketrans(signs)
    return workbook(*([cell.translate(table) if isinstance(cell, str) else cell for cell in row] for row in rows))
