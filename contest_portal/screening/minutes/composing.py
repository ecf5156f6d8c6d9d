"""Compose a unit's minutes from what the portal holds and what the secretary wrote; the document is Vietnamese."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from typing import Final

from contest_portal.contests.models import Edition, EditionUnit
from contest_portal.contests.rulebook import Rulebook
from contest_portal.contests.services import rulebook_of
from contest_portal.core.i18n import language
from contest_portal.core.papers.model import (
    Block,
    Grid,
    Heading,
    Letterhead,
    Paper,
    Paragraph,
    Signatures,
    head_date,
)
from contest_portal.core.vietnamese import format_date, format_decimal
from contest_portal.screening.minutes.lines import Line, lines_of
from contest_portal.screening.minutes.models import UnitMinutes
from contest_portal.screening.round.criteria import CriterionLine
from contest_portal.screening.round.models import TieDecision, UnitRound
from contest_portal.screening.round.queries import criteria_for, pass_mark_for, round_of, tie_decisions_of

CODE: Final = "BTC"
NOBODY: Final = "(không có)"


@dataclass(frozen=True)
class Matter:
    """Hold all that the minutes speak of."""

    edition: Edition
    edition_unit: EditionUnit
    minutes: UnitMinutes
    rules: Rulebook
    settings: UnitRound
    criteria: Sequence[CriterionLine]
    pass_mark: Decimal | None
    ties: Sequence[TieDecision]
    lines: Sequence[Line]

    @property
    def word(self) -> str:
        """Return what an entry is called."""
        return self.rules.entry_word.vi

    @property
    def forwarded(self) -> list[Line]:
        """Return what the unit sends on."""
        return [line for line in self.lines if line.forwarded]


def compose(edition: Edition, edition_unit: EditionUnit, minutes: UnitMinutes) -> Paper:
    """Return the minutes as an official document, with the figures of this moment."""
    with language("vi"):
        matter = _gather(edition, edition_unit, minutes)
        return Paper(
            letterhead=letterhead_of(edition_unit, matter.settings),
            number=minutes.number or f"     /BB-{CODE}",
            dated=head_date(minutes.held_on),
            title="BIÊN BẢN",
            subject=[f"Chấm sơ khảo {edition.title}", f"tại {edition_unit.unit.name}"],
            blocks=list(_blocks(matter)),
            closing=False,
        )


def letterhead_of(edition_unit: EditionUnit, settings: UnitRound) -> Letterhead:
    """Return the head of a unit's papers: what it set, else its own name."""
    unit = edition_unit.unit
    return Letterhead(
        parent=settings.parent_body,
        issuer=settings.issuer or f"BAN TỔ CHỨC CUỘC THI\n{unit.name}",
        code=CODE,
        place=settings.place or unit.short_name,
        receivers=(),
    )


def _gather(edition: Edition, edition_unit: EditionUnit, minutes: UnitMinutes) -> Matter:
    unit_id = edition_unit.unit_id
    return Matter(
        edition=edition,
        edition_unit=edition_unit,
        minutes=minutes,
        rules=rulebook_of(edition),
        settings=round_of(edition.id, unit_id),
        criteria=criteria_for(edition, unit_id),
        pass_mark=pass_mark_for(edition, unit_id),
        ties=tie_decisions_of(edition.id, unit_id),
        lines=lines_of(edition, edition_unit),
    )


def _blocks(matter: Matter) -> Iterator[Block]:
    yield Heading("I. THỜI GIAN, ĐỊA ĐIỂM")
    yield from _time_and_place(matter.minutes)
    yield Heading("II. THÀNH PHẦN")
    yield from _who(matter.minutes)
    yield Heading("III. NỘI DUNG")
    for part in (_received, _how, _scores, _ties, _forwarded, _opinions):
        yield from part(matter)
    yield Heading("IV. KẾT LUẬN")
    yield from _conclusion(matter)
    yield from _signed(matter.minutes)


def _time_and_place(minutes: UnitMinutes) -> Iterator[Block]:
    yield Paragraph(f"Thời gian bắt đầu: {_hour(minutes.began_at)}, ngày {format_date(minutes.held_on)}.")
    yield Paragraph(f"Địa điểm: {minutes.place or NOBODY}.")


def _who(minutes: UnitMinutes) -> Iterator[Block]:
    yield Paragraph(f"Chủ trì: {minutes.chair or NOBODY}.")
    yield Paragraph(f"Thư ký: {minutes.secretary or NOBODY}.")
    yield Paragraph(f"Có mặt ({len(minutes.present):02d} người): {_people(minutes.present)}.")
    if minutes.absent:
        yield Paragraph(f"Vắng mặt ({len(minutes.absent):02d} người): {_people(minutes.absent)}.")


def _received(matter: Matter) -> Iterator[Block]:
    authors = sum(len(line.authors) for line in matter.lines)
    schools = len({line.school for line in matter.lines if line.school})
    yield Heading("1. Tiếp nhận hồ sơ")
    yield Paragraph(
        f"{matter.edition_unit.unit.name} đã tiếp nhận {len(matter.lines):02d} {matter.word} của "
        f"{authors:02d} {matter.rules.people.word.vi}, thuộc {schools:02d} trường, đơn vị dự thi{_period(matter)}."
    )
    counted = Counter(line.group for line in matter.lines)
    if counted:
        rows = [(str(number), group or "–", str(count)) for number, (group, count) in enumerate(counted.items(), 1)]
        group_word = "Bảng" if matter.rules.grouping == "division" else "Lĩnh vực"
        yield Grid(("TT", group_word, "Số lượng"), rows, widths=(12, 123, 30), centred=(0, 2))


def _how(matter: Matter) -> Iterator[Block]:
    yield Heading("2. Cách chấm")
    yield Paragraph(
        "Mỗi người chấm một phiếu độc lập; điểm của mỗi bài là trung bình cộng các phiếu."
        if matter.settings.marking == "sheets"
        else "Hội đồng xem xét từng bài và thống nhất một điểm theo các tiêu chí sau."
    )
    weighted = any(line.weight != 1 for line in matter.criteria)
    columns = ("TT", "Tiêu chí", "Điểm tối đa", *(("Hệ số",) if weighted else ()))
    rows = [
        (str(number), line.name, _points(line.max_points), *((_points(line.weight),) if weighted else ()))
        for number, line in enumerate(matter.criteria, start=1)
    ]
    yield Grid(columns, rows, widths=(12, 103, 25, 25) if weighted else (12, 123, 30), centred=(0, 2, 3))
    if matter.pass_mark is not None:
        yield Paragraph(f"Chỉ chuyển lên cấp tỉnh bài đạt từ {_points(matter.pass_mark)} điểm.")


def _scores(matter: Matter) -> Iterator[Block]:
    yield Heading("3. Kết quả chấm")
    rows = [
        (
            str(number),
            line.reference,
            line.title,
            line.school,
            _points(line.score),
            "" if line.place is None else str(line.place),
            line.prize or "",
        )
        for number, line in enumerate(matter.lines, start=1)
    ]
    if not rows:
        yield Paragraph("Đơn vị chưa nhận bài dự thi nào.")
        return
    columns = ("TT", "Mã số", "Tên bài dự thi", "Trường", "Điểm", "Xếp thứ", "Giải")
    yield Grid(columns, rows, widths=(9, 31, 45, 36, 14, 12, 18), centred=(0, 1, 4, 5, 6), size=11)


def _ties(matter: Matter) -> Iterator[Block]:
    if not matter.ties:
        return
    yield Heading("4. Các bài bằng điểm")
    for tie in matter.ties:
        yield Paragraph(
            f"Các bài cùng {_points(tie.score)} điểm được xếp theo thứ tự {', '.join(tie.ordered)} "
            f"(quyết định ngày {format_date(tie.decided_on)}). Lý do: {tie.reason}"
        )


def _forwarded(matter: Matter) -> Iterator[Block]:
    yield Heading(f"{5 if matter.ties else 4}. Bài được chuyển dự thi cấp tỉnh")
    chosen = matter.forwarded
    if not chosen:
        yield Paragraph("Không có bài nào được chuyển dự thi cấp tỉnh.")
        return
    kept = len(matter.lines) - len(chosen)
    yield Paragraph(f"Thống nhất chuyển {len(chosen):02d} {matter.word} dự thi cấp tỉnh; {kept:02d} bài không chuyển.")
    rows = [
        (
            str(number),
            line.reference,
            line.title,
            "\n".join(person.name for person in line.authors),
            line.school,
            _points(line.score),
        )
        for number, line in enumerate(chosen, start=1)
    ]
    columns = ("TT", "Mã số", "Tên bài dự thi", matter.rules.people.word.vi.capitalize(), "Trường", "Điểm")
    yield Grid(columns, rows, widths=(9, 31, 45, 36, 30, 14), centred=(0, 1, 5), size=11)


def _opinions(matter: Matter) -> Iterator[Block]:
    yield Heading(f"{6 if matter.ties else 5}. Ý kiến thảo luận")
    for line in (matter.minutes.opinions or "Không có ý kiến khác.").split("\n"):
        if line.strip():
            yield Paragraph(line.strip())


def _conclusion(matter: Matter) -> Iterator[Block]:
    minutes = matter.minutes
    for line in (minutes.conclusion or "Các thành viên thống nhất với kết quả chấm nêu trên.").split("\n"):
        if line.strip():
            yield Paragraph(line.strip())
    yield Paragraph(
        f"Cuộc họp kết thúc lúc {_hour(minutes.ended_at)} cùng ngày. Biên bản đã được đọc lại cho những người có mặt "
        "cùng nghe và thống nhất thông qua./."
    )


def _signed(minutes: UnitMinutes) -> Iterator[Block]:
    yield Signatures([("Thư ký", minutes.secretary or ""), ("Chủ trì", minutes.chair or "")])
    others = [person for person in minutes.present if person["name"] not in (minutes.chair, minutes.secretary)]
    if others:
        rows = [(str(number), p["name"], p.get("title", ""), "") for number, p in enumerate(others, start=1)]
        yield Heading("Chữ ký của các thành viên khác")
        yield Grid(("TT", "Họ và tên", "Chức vụ", "Ký tên"), rows, widths=(12, 58, 55, 40), centred=(0,))


def _people(people: Sequence[dict[str, str]]) -> str:
    named = [f"{person['name']} ({person['title']})" if person.get("title") else person["name"] for person in people]
    return "; ".join(named) or NOBODY


def _period(matter: Matter) -> str:
    days = [line.received_on for line in matter.lines if line.received_on is not None]
    return f", từ ngày {format_date(min(days))} đến ngày {format_date(max(days))}" if days else ""


def _points(value: Decimal | None) -> str:
    return "" if value is None else format_decimal(value)


def _hour(moment: time | None) -> str:
    return "... giờ ..." if moment is None else f"{moment.hour:02d} giờ {moment.minute:02d}"
