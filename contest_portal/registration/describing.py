"""Put what is registered, and what happened to it, into words."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple

from contest_portal.contests.asked import written
from contest_portal.contests.asking import DOCUMENT_WORDS
from contest_portal.contests.queries import unit_name
from contest_portal.contests.rulebook import Need, ParticipantRule, Rulebook
from contest_portal.contests.services import rulebook_of
from contest_portal.core.filters import show_name
from contest_portal.core.i18n import _, lazy
from contest_portal.core.looks import status_label
from contest_portal.core.vietnamese import format_date
from contest_portal.registration.models import Entry, EntryEvent, Participant
from contest_portal.registration.tasks import asks_summary

FIELD_LABELS: Final[dict[str, Any]] = {
    "title": lazy("Tên"),
    "division_id": lazy("Bảng thi"),
    "field_id": lazy("Lĩnh vực"),
    "unit_id": lazy("Đơn vị"),
    "summary": lazy("Tóm tắt"),
    "contact_phone": lazy("Điện thoại liên hệ"),
    "contact_email": lazy("Thư điện tử liên hệ"),
    "contact_name": lazy("Người liên hệ, đại diện"),
    "made_on": lazy("Ngày tạo ra"),
    "entrant": lazy("Dự thi với tư cách"),
    "full_name": lazy("Họ và tên"),
    "birth_date": lazy("Ngày sinh"),
    "class_name": lazy("Lớp"),
    "gender": lazy("Giới tính"),
    "phone": lazy("Điện thoại"),
    "email": lazy("Thư điện tử"),
    "workplace": lazy("Nơi công tác"),
    "share": lazy("Phần trăm đóng góp"),
    "job_title": lazy("Chức danh"),
    "education": lazy("Trình độ chuyên môn"),
    "address": lazy("Địa chỉ"),
}
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_OF_PERSON: Final = (
    *("full_name", "birth_date", "class_name", "gender", "job_title", "education"),
    *("workplace", "address", "phone", "email", "share"),
)
ENTRANTS: Final[dict[str, Any]] = {
    "people": lazy("Cá nhân hoặc nhóm tác giả"),
    "organisation": lazy("Tổ chức, đơn vị"),
}
SOURCES: Final[dict[str, Any]] = {
    "web": lazy("trên cổng"),
    "import": lazy("từ bảng tính"),
    "paper": lazy("hồ sơ giấy"),
    "demo": lazy("mùa trình diễn"),
}


@dataclass(frozen=True)
class HistoryLine:
    """Be one line of an entry's history."""

    what: str
    changes: list[str]
    reason: str | None
    happened_on: date
    recorded_at: datetime
    who: str
    source: str


class Detail(NamedTuple):
    """Be one detail of an entry; own: its school may change it."""

    label: Any
    value: Any
    own: bool = True

    @property
    def pair(self) -> tuple[Any, Any]:
        """Return the label and the value."""
        return self.label, self.value


def describe_details(entry: Entry, rules: Rulebook) -> list[Detail]:
    """Return the details of an entry in the order they are asked for."""
    rows = [Detail(lazy("Tên %(entry)s", entry=rules.entry_word), entry.title)]
    if rules.needs.division is not Need.ABSENT:
        rows.append(Detail(FIELD_LABELS["division_id"], show_name(entry.division)))
    if rules.needs.field is not Need.ABSENT:
        rows.append(Detail(FIELD_LABELS["field_id"], show_name(entry.field)))
    return [
        *rows,
        Detail(lazy("Trường hoặc đơn vị dự thi"), entry.school.name if entry.school else None, own=False),
        Detail(FIELD_LABELS["unit_id"], entry.unit.name if entry.unit else None, own=entry.unit is None),
        *_asked_details(entry, rules),
        Detail(FIELD_LABELS["contact_name"], entry.contact_name),
        Detail(FIELD_LABELS["contact_phone"], entry.contact_phone),
        Detail(FIELD_LABELS["contact_email"], entry.contact_email),
    ]


def _asked_details(entry: Entry, rules: Rulebook) -> list[Detail]:
    """Return what only some editions ask, and what is stored although it is asked no more."""
    rows = []
    if rules.organisation_may_enter or entry.entrant != "people":
        rows.append(Detail(FIELD_LABELS["entrant"], str(ENTRANTS.get(entry.entrant, entry.entrant))))
    if rules.needs.made_on is not Need.ABSENT or entry.made_on:
        rows.append(Detail(FIELD_LABELS["made_on"], _plain(entry.made_on)))
    if asks_summary(rules, entry.summary):
        rows.append(Detail(FIELD_LABELS["summary"], (entry.summary or "").splitlines()))
    texts = entry.texts or {}
    return rows + [Detail(part.name, (texts.get(part.code) or "").splitlines()) for part in rules.sections]


def group_people(entry: Entry, rules: Rulebook) -> list[tuple[ParticipantRule, list[list[str]]]]:
    """Return the people of each role, each as lines."""
    return [
        (rule, [person_lines(person) for person in entry.participants if person.role == rule.role])
        for rule in rules.roles
    ]


def person_lines(person: Participant) -> list[str]:
    """Return what is registered of a person, the name first."""
    rest = (
        _("sinh ngày %(day)s", day=format_date(person.birth_date)) if person.birth_date else "",
        _("lớp %(name)s", name=person.class_name) if person.class_name else "",
        person.gender or "",
        person.job_title or "",
        person.education or "",
        person.workplace or "",
        person.address or "",
        person.phone or "",
        person.email or "",
        _("đóng góp %(share)s %%", share=_plain(person.share)) if person.share is not None else "",
    )
    return [person.full_name, ", ".join(part for part in rest if part)]


def describe_person(person: Participant) -> list[tuple[Any, Any]]:
    """Return what is stored of a person as labels and values."""
    return [(FIELD_LABELS[name], _plain(getattr(person, name))) for name in _OF_PERSON if getattr(person, name)]


def describe_history(entry: Entry, events: Sequence[EntryEvent]) -> list[HistoryLine]:
    """Return an entry's history, the latest line first."""
    names = place_names(entry, [event.details for event in events])
    return [
        HistoryLine(
            what=_what(event),
            changes=list(_changes(event.details, names)) if event.kind in ("changed", "asked") else [],
            reason=event.reason,
            happened_on=event.happened_on,
            recorded_at=event.recorded_at,
            who=event.actor_name,
            source=str(SOURCES.get(event.source, event.source)),
        )
        for event in reversed(events)
    ]


def place_names(entry: Entry, changes: Iterable[Any]) -> dict[tuple[str, Any], str]:
    """Return the names behind the ids in changes; units are few and rarely change, so they are read one by one."""
    names: dict[tuple[str, Any], str] = {
        ("division_id", division.id): show_name(division) for division in entry.edition.divisions
    }
    changes = list(changes)
    if any("field_id" in _mapping(details, key) for details in changes for key in ("before", "after")):
        names |= {("field_id", field.id): show_name(field) for field in entry.edition.fields}
    names |= {("entrant", code): str(words) for code, words in ENTRANTS.items()}
    names |= {("texts", part.code): str(part.name) for part in rulebook_of(entry.edition).sections}
    for details in changes:
        for key in ("before", "after"):
            unit_id = _mapping(details, key).get("unit_id")
            if isinstance(unit_id, int) and ("unit_id", unit_id) not in names:
                names["unit_id", unit_id] = unit_name(unit_id)
    return names


def _what(event: EntryEvent) -> str:
    if event.kind in ("moved", "checked") and event.status_to:
        return status_label(event.status_to)
    details = event.details if isinstance(event.details, dict) else {}
    if event.kind in _KINDS:
        return _kind_words(event.kind, details)
    part, before, after = str(details.get("part", "")), _mapping(details, "before"), _mapping(details, "after")
    if not part.startswith("person:"):
        return _("Sửa thông tin")
    name = after.get("full_name") or before.get("full_name") or ""
    if not before:
        return _("Thêm %(name)s", name=name)
    return _("Sửa %(name)s", name=name) if after else _("Bớt %(name)s", name=name)


def _kind_words(kind: str, details: Mapping[str, Any]) -> str:
    """Say what an event of the desk was."""
    words = str(_KINDS[kind])
    if kind.startswith("document_"):
        word = DOCUMENT_WORDS.get(details.get("document", ""), details.get("document", ""))
        return f"{words}: {word}" + (f" ({details['name']})" if details.get("name") else "")
    if kind.startswith("handover"):
        return f"{words} {_mapping(details, 'handover').get('number', '')}".strip()
    more = {"copied": "from", "transferred": "to", "overridden": "fact", "override_ended": "fact"}.get(kind)
    return f"{words}: {details.get(more, '')}" if more else words


_KINDS: Final[dict[str, Any]] = {
    "consent": lazy("Ghi ý kiến của gia đình"),
    "document_added": lazy("Thêm tài liệu"),
    "document_removed": lazy("Bỏ tài liệu"),
    "asked": lazy("Nhà trường xin thay đổi"),
    "refused": lazy("Ban Tổ chức không đồng ý thay đổi"),
    "copied": lazy("Sao chép từ hồ sơ"),
    "tie": lazy("Đơn vị xếp thứ tự các hồ sơ đồng điểm"),
    "reception": lazy("Đơn vị sửa lần nhận hồ sơ"),
    "handover": lazy("Giao mô hình theo phiếu"),
    "handover_received": lazy("Đã nhận mô hình theo phiếu"),
    "handover_cancelled": lazy("Hủy phiếu giao mô hình"),
    "arrived": lazy("Ban Tổ chức đã nhận từ đơn vị"),
    "arrival_undone": lazy("Ban Tổ chức bỏ xác nhận đã nhận"),
    "transferred": lazy("Chuyển sang đơn vị sơ khảo khác"),
    "overridden": lazy("Ban Tổ chức cho phép khác thể lệ"),
    "override_ended": lazy("Ban Tổ chức thôi cho phép khác thể lệ"),
}


def describe_difference(
    entry: Entry, before: Mapping[str, Any], after: Mapping[str, Any]
) -> list[tuple[Any, str, str]]:
    """Return what differs as label, before and after, each in words; all of it where there was nothing before."""
    names = place_names(entry, [{"before": before, "after": after}])
    return list(_differences(before, after, names))


def _changes(details: Any, names: Mapping[tuple[str, Any], str]) -> Iterable[str]:
    before, after = _mapping(details, "before"), _mapping(details, "after")
    if not before:
        return
    for label, old, new in _differences(before, after, names):
        yield _("%(label)s: “%(old)s” → “%(new)s”", label=label, old=old or "–", new=new or "–")


def _differences(
    before: Mapping[str, Any], after: Mapping[str, Any], names: Mapping[tuple[str, Any], str]
) -> Iterable[tuple[Any, str, str]]:
    for code, old, new in _parts(before.get("texts"), after.get("texts")):
        yield names.get(("texts", code)) or code, old, new
    for name in after:
        if name in FIELD_LABELS and (before.get(name) or None) != (after[name] or None):
            old, new = (names.get((name, value)) or _stored(value) for value in (before.get(name), after[name]))
            yield FIELD_LABELS[name], old, new


def _parts(before: Any, after: Any) -> Iterable[tuple[str, str, str]]:
    """Return the parts of a written summary that differ, each by its code."""
    old, new = before or {}, after or {}
    for code in dict.fromkeys([*old, *new]):
        if (old.get(code) or "") != (new.get(code) or ""):
            yield code, old.get(code) or "", new.get(code) or ""


def _stored(value: Any) -> str:
    """Return a stored value as a reader writes it: days are stored as 2011-05-20, parts of a text by their code."""
    if isinstance(value, dict):
        return "; ".join(str(part) for part in value.values() if part)
    if isinstance(value, str) and _DAY.fullmatch(value):
        return format_date(date.fromisoformat(value))
    return _plain(value)


def _mapping(details: Any, key: str) -> Mapping[str, Any]:
    found = details.get(key) if isinstance(details, dict) else None
    return found if isinstance(found, dict) else {}


def _plain(value: Any) -> str:
    if isinstance(value, date):
        return format_date(value)
    if isinstance(value, Decimal):
        return written(value)
    return "" if value is None else str(value)
