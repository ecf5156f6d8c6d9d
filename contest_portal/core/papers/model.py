"""An official document as data: its head, its parts, who signs; laid out by word.py and pdf.py alike."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Final, Self

# Millimetres between the margins of an upright A4 page.
TEXT_WIDTH: Final = 165.0


@dataclass(frozen=True)
class Letterhead:
    """Be who issues a document, and who receives and signs it."""

    parent: str | None = None
    issuer: str = "LIÊN HIỆP CÁC HỘI\nKHOA HỌC VÀ KỸ THUẬT\nTỈNH BẮC GIANG"
    code: str = "LHH"
    place: str = "Bắc Giang"
    receivers: tuple[str, ...] = ("Liên hiệp hội Việt Nam", "Cụm Thi đua số 1", "Thường trực Liên hiệp hội")
    authority: str = "TM. BAN THƯỜNG VỤ"
    signer: str = "PHÓ CHỦ TỊCH"


@dataclass(frozen=True)
class Heading:
    """Be a heading of the body, bold."""

    text: str
    kind: str = "heading"


@dataclass(frozen=True)
class Paragraph:
    """Be a paragraph of the body; italic for what the document rests on."""

    text: str
    italic: bool = False
    kind: str = "paragraph"


@dataclass(frozen=True)
class FillIn:
    """Be a line that a person still has to write, marked so that nobody overlooks it."""

    text: str
    kind: str = "fill_in"


@dataclass(frozen=True)
class Grid:
    """Be a table; widths in millimetres, centred: the columns that hold figures and codes."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[float]
    centred: Sequence[int] = ()
    size: float = 12
    kind: str = "grid"


@dataclass(frozen=True)
class Signatures:
    """Be the places where several people sign, side by side: what they are, and their names."""

    places: Sequence[tuple[str, str]]
    kind: str = "signatures"


@dataclass(frozen=True)
class Annex:
    """Be an annex with one table on a page of its own."""

    title: str
    reference: str
    grid: Grid


Block = Heading | Paragraph | FillIn | Grid | Signatures


@dataclass(frozen=True)
class Paper:
    """Be one official document, from its head to its annexes."""

    letterhead: Letterhead
    # What follows "Số:"; None for a paper that carries no number.
    number: str | None
    dated: str
    title: str
    subject: Sequence[str]
    blocks: Sequence[Block]
    # Receivers at the left and the signer at the right; minutes end with their own signatures instead.
    closing: bool = True
    annexes: Sequence[Annex] = field(default=())

    def to_dict(self) -> dict[str, Any]:
        """Return the document as plain values, for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> Self:
        """Read a document back from what to_dict() returned."""
        head = {**stored["letterhead"], "receivers": tuple(stored["letterhead"]["receivers"])}
        return cls(
            **{
                **stored,
                "letterhead": Letterhead(**head),
                "blocks": [_BLOCKS[block["kind"]](**block) for block in stored["blocks"]],
                "annexes": [Annex(a["title"], a["reference"], Grid(**a["grid"])) for a in stored["annexes"]],
            }
        )


_BLOCKS: Final[dict[str, Any]] = {kind.kind: kind for kind in (Heading, Paragraph, FillIn, Grid, Signatures)}


def head_date(day: date) -> str:
    """Return a date as Decree 30/2020 writes it in the head: days below 10 and only months 1 and 2 are padded."""
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def plain(text: str) -> str:
    """Return text without what XML cannot hold."""
    return "".join(
        c for c in text if c in "\t\n" or (ord(c) >= 32 and not 0xD800 <= ord(c) <= 0xDFFF and ord(c) < 0xFFFE)
    )
