"""What is printed at a unit's desk: the receipt of a parcel, and stickers for the models."""

from collections.abc import Sequence
from typing import Any, Final

from contest_portal.contests.services import rulebook_of
from contest_portal.core.filters import show_name
from contest_portal.core.i18n import language
from contest_portal.core.papers.codes import qr_svg
from contest_portal.core.papers.pdf import typeset
from contest_portal.core.vietnamese import format_date
from contest_portal.registration.models import Entry
from contest_portal.screening.conditions import WORDS, Condition
from contest_portal.screening.models import Reception
from contest_portal.screening.reception.contents import absent_contents, expected_contents

LONGEST_TITLE: Final = 90


def receipt_pdf(entry: Entry, reception: Reception, address: str) -> bytes:
    """Return the receipt of a parcel as PDF; its code opens the entry."""
    with language("vi"):
        return typeset("/screening/reception/receipt.typ", _receipt(entry, reception, address))


def _receipt(entry: Entry, reception: Reception, address: str) -> dict[str, Any]:
    book = rulebook_of(entry.edition)
    told = [
        ("Cuộc thi", entry.edition.title),
        ("Bài dự thi", entry.title),
        ("Trường, đơn vị dự thi", entry.school.name if entry.school else "–"),
        ("Ngày nhận", format_date(reception.received_on)),
        ("Dấu bưu điện", format_date(reception.postmark_on)),
        ("Người giao", reception.brought_by or ""),
        ("Người nhận", reception.received_by or ""),
        ("Đã nhận", ", ".join(str(c.label) for c in expected_contents(book) if c.code in (reception.contents or ()))),
        ("Chưa có", ", ".join(str(c.label) for c in absent_contents(reception.contents, book))),
        ("Mô hình", _condition(reception)),
        ("Ghi chú", reception.note or ""),
    ]
    return {
        "unit": entry.unit.name if entry.unit else "",
        "reference": entry.reference,
        "rows": [[name, value] for name, value in told if value],
        "code": qr_svg(address),
        "address": address,
    }


def stickers_pdf(entries: Sequence[Entry], addresses: dict[str, str], *, first: int = 1) -> bytes:
    """Return sheets of stickers for the models: no names and no school, for judges will see them."""
    labels: list[dict[str, Any]] = [
        {
            "reference": entry.reference,
            "title": _short(entry.title),
            "group": str(show_name(entry.division or entry.field) or ""),
            "code": qr_svg(addresses[entry.reference]),
        }
        for entry in entries
    ]
    return typeset("/screening/reception/stickers.typ", {"labels": labels, "skip": first - 1})


def _condition(reception: Reception) -> str:
    if reception.condition is None:
        return ""
    words = str(WORDS[Condition(reception.condition)])
    return f"{words} ({reception.condition_note})" if reception.condition_note else words


def _short(title: str) -> str:
    return title if len(title) <= LONGEST_TITLE else title[: LONGEST_TITLE - 1].rstrip() + "…"
