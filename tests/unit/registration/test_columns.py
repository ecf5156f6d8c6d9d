"""Headings as people write them."""

import pytest

from contest_portal.registration.columns import Heading, Kind, find_role, read_heading


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        ("TT", Heading(Kind.NUMBER)),
        ("  Số\u00a0TT ", Heading(Kind.NUMBER)),
        ("TÊN ĐỘI", Heading(Kind.TITLE)),
        ("Tên mô hình, sản phẩm dự thi cấp huyện năm 2024", Heading(Kind.TITLE)),
        ("Tên giải pháp dự thi", Heading(Kind.TITLE)),
        ("Đơn vị (trường)", Heading(Kind.SCHOOL)),
        ("Huyện, TX, TP", Heading(Kind.UNIT)),
        ("Huyện/TP", Heading(Kind.UNIT)),
        ("Bảng thi đấu", Heading(Kind.DIVISION)),
        ("Cấp học", Heading(Kind.DIVISION)),
        ("Lĩnh vực dự thi", Heading(Kind.FIELD)),
        ("Ngày, tháng, năm sinh", Heading(Kind.BIRTH_DATE)),
        ("Lớp, trường", Heading(Kind.CLASS_SCHOOL)),
        ("Cơ quan/Đơn vị công tác", Heading(Kind.WORKPLACE)),
        ("Điểm chấm cấp huyện", Heading(Kind.UNIT_SCORE)),
        ("Xếp giải", Heading(Kind.UNIT_PRIZE)),
        ("Đề nghị dự thi cấp tỉnh", Heading(Kind.FORWARDED)),
        ("Ngày nhận hồ sơ", Heading(Kind.RECEIVED_ON)),
        ("Mã số (nếu có)", Heading(Kind.REFERENCE)),
        ("Họ và tên", Heading(Kind.PERSON)),
        ("Thành viên 2", Heading(Kind.PERSON, "member", 2)),
        ("TV3", Heading(Kind.PERSON, "member", 3)),
        ("Tác giả, nhóm tác giả", Heading(Kind.PERSON, "author")),
        ("Họ tên tác giả (chủ trì)", Heading(Kind.PERSON, "author")),
        ("Đồng tác giả", Heading(Kind.PERSON, "author", None, True)),
        ("Họ và tên giáo viên hướng dẫn", Heading(Kind.PERSON, "coach")),
        ("HLV", Heading(Kind.PERSON, "coach")),
        ("SĐT HLV", Heading(Kind.PHONE, "coach")),
        ("Ngày sinh thành viên 1", Heading(Kind.BIRTH_DATE, "member", 1)),
        ("Lớp (TV1)", Heading(Kind.CLASS_NAME, "member", 1)),
        ("Dân tộc", None),
        ("", None),
        ("Nguyễn Văn Giáp", None),
        ("HIỆU TRƯỞNG", None),
        ("Trường THCS Lục Ngạn số 1", None),
        ("x" * 200, None),
    ],
)
def test_headings(text: str, heading: Heading | None) -> None:
    """Know a column by its name in any spelling, and know what is no heading."""
    assert read_heading(text) == heading


def test_heading_below_another_takes_its_person() -> None:
    """Read "Lớp" below "Thành viên 3" as the class of the third member, and leave what speaks of the entry."""
    assert read_heading("Lớp", "Thành viên 3") == Heading(Kind.CLASS_NAME, "member", 3)
    assert read_heading("Họ và tên", "Thông tin người hướng dẫn") == Heading(Kind.PERSON, "coach")
    assert read_heading("Tên đội", "Thành viên 1") == Heading(Kind.TITLE)
    assert read_heading("Lớp", "Thông tin chung") == Heading(Kind.CLASS_NAME)
    assert read_heading("Số", "Điện thoại") == Heading(Kind.PHONE)


@pytest.mark.parametrize(
    ("word", "role"),
    [("Thành viên", "member"), ("TV 2", "member"), ("HLV", "coach"), ("Người hướng dẫn", "coach"), ("GVHD", "coach"),
     ("Đồng tác giả", "author"), ("đội trưởng", "member"), ("Trọng tài", None), ("", None)],
)  # fmt: skip
def test_roles(word: str, role: str | None) -> None:
    """Know the role that a word names."""
    assert find_role(word) == role
