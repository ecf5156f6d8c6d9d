"""What an address asks of a list: filters, their order, and the same written down again."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Final, NamedTuple, Self
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, select

from contest_portal.core.i18n import lazy
from contest_portal.core.vietnamese import clean_text, parse_date
from contest_portal.registration.checking.states import CheckState
from contest_portal.registration.models import Entry, EntryEvent
from contest_portal.registration.status import Status

LONGEST_SEARCH: Final = 100
CHECK_STATES: Final = tuple(CheckState)


class Sort(NamedTuple):
    """Be one order of the list: its columns, of which the last tells equals apart."""

    label: Any
    columns: tuple[str, ...]
    descending: bool = False


# An edition has an index for each; over all editions the list is read newest first.
SORTS: Final[dict[str, Sort]] = {
    "": Sort(lazy("Mới nhất trước"), ("id",), descending=True),
    "newest": Sort(lazy("Mới nhất trước"), ("id",), descending=True),
    "oldest": Sort(lazy("Cũ nhất trước"), ("id",)),
    "title": Sort(lazy("Tên, theo vần"), ("title_key", "id")),
    "school": Sort(lazy("Trường, theo vần"), ("school_key", "id")),
    "status": Sort(lazy("Ngày thay đổi, mới nhất trước"), ("status_on", "id"), descending=True),
}


@dataclass(frozen=True)
class Filters:
    """Hold what the address asks for; whatever is not possible is as if it had not been asked."""

    edition: str = ""
    status: str = ""
    check: str = ""
    unit: str = ""
    division: str = ""
    field: str = ""
    school: str = ""
    since: str = ""
    until: str = ""
    problems: str = ""
    again: str = ""
    q: str = ""
    sort: str = ""
    # What could not be read, in words: a day that no calendar has.
    faults: tuple[Any, ...] = ()

    @classmethod
    def read(cls, args: Mapping[str, str]) -> Self:
        """Read the filters of an address."""
        texts = {name: clean_text(args.get(name, ""))[:LONGEST_SEARCH] for name in NAMES}
        for name, known in _KNOWN.items():
            if texts[name] not in known:
                texts[name] = ""
        faults = [_fault(name, texts[name]) for name in ("since", "until") if texts[name] and not read_day(texts[name])]
        return cls(**texts, faults=tuple(faults))

    def query(self) -> str:
        """Return the filters as they stand in an address, those without an answer left out."""
        return urlencode([(name, value) for name in NAMES if (value := getattr(self, name))])

    def plain_conditions(self) -> list[ColumnElement[bool]]:
        """Return what the filters ask that stands in the entry itself."""
        days = {name: read_day(getattr(self, name)) for name in ("since", "until")}
        asked = [
            Entry.status == self.status if self.status else None,
            Entry.check_state == self.check if self.check in CHECK_STATES else None,
            Entry.status_on >= days["since"] if days["since"] else None,
            Entry.status_on <= days["until"] if days["until"] else None,
            was_checked() if self.again else None,
        ]
        return [condition for condition in asked if condition is not None]


NAMES: Final = tuple(f.name for f in fields(Filters) if f.name != "faults")
# The queue shows what waits unless "all" is asked for.
EVERY: Final = "all"
_KNOWN: Final[dict[str, Any]] = {
    "status": list(Status),
    "check": (*CHECK_STATES, EVERY),
    "problems": ("1",),
    "again": ("1",),
    "sort": SORTS,
}


def was_checked() -> ColumnElement[bool]:
    """Return the condition that an entry's papers were decided on before, whatever came after."""
    return select(EntryEvent.id).where(EntryEvent.entry_id == Entry.id, EntryEvent.kind == "checked").exists()


def read_day(text: str) -> date | None:
    """Return the day somebody wrote; None for nothing and for what is no day."""
    try:
        return parse_date(text)
    except ValueError:
        return None


def _fault(name: str, written: str) -> Any:
    words = {
        "since": lazy("“Từ ngày” không đọc được: %(text)s. Hãy viết như 20/05/2024.", text=written),
        "until": lazy("“Đến ngày” không đọc được: %(text)s. Hãy viết như 20/05/2024.", text=written),
    }
    return words[name]
