"""Hold what an edition asks of an entry and its people: data, read from a preset or from `Edition.rules`."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Self

from contest_portal.contests.asking import (
    TWO_PAGES,
    ConsentRule,
    DocumentRule,
    Need,
    SectionRule,
    Words,
    read_documents,
    read_sections,
)
from contest_portal.contests.reading import Table
from contest_portal.core.i18n import lazy


class EntryKind(StrEnum):
    """Name what takes part."""

    TEAM = "team"
    WORK = "work"
    SOLUTION = "solution"


class PersonRole(StrEnum):
    """Name what a person is in an entry."""

    MEMBER = "member"
    AUTHOR = "author"
    COACH = "coach"


class Grouping(StrEnum):
    """Name what entries are compared within."""

    DIVISION = "division"
    FIELD = "field"


@dataclass(frozen=True)
class Window:
    """Bound who may take part: by grade, by date of birth, or by age on a day; both ends count."""

    grade_min: int | None = None
    grade_max: int | None = None
    born_from: date | None = None
    born_to: date | None = None
    age_min: int | None = None
    age_max: int | None = None
    # Ages are full years on this day; with 31 December they are "year minus year of birth".
    age_on: date | None = None

    @property
    def by_grade(self) -> bool:
        """Tell whether a grade is needed to decide."""
        return self.grade_min is not None or self.grade_max is not None

    @property
    def by_birth(self) -> bool:
        """Tell whether a date of birth is needed to decide."""
        return any(bound is not None for bound in (self.born_from, self.born_to, self.age_min, self.age_max))

    def admits_grade(self, grade: int) -> bool:
        """Tell whether a grade is inside the window."""
        return _within(grade, self.grade_min, self.grade_max)

    def admits_birth(self, born: date) -> bool:
        """Tell whether a date of birth is inside the window."""
        if not _within(born, self.born_from, self.born_to):
            return False
        return self.age_on is None or _within(age_on(born, self.age_on), self.age_min, self.age_max)

    def to_dict(self) -> dict[str, Any]:
        """Return the bounds that are set, ready for JSON."""
        return {
            field.name: value.isoformat() if isinstance(value, date) else value
            for field in fields(self)
            if (value := getattr(self, field.name)) is not None
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any], place: str = "window") -> Self:
        """Read a stored window; raises BadRules."""
        table = Table(values, place)
        window = cls.read(table)
        table.finish()
        return window

    @classmethod
    def read(cls, table: Table, year: int | None = None) -> Self:
        """Take the window's keys out of a table; a window in years before the edition's needs its year."""
        window = cls(
            grade_min=table.number("grade_min", None, least=1),
            grade_max=table.number("grade_max", None, least=1),
            age_min=table.number("age_min", None),
            age_max=table.number("age_max", None),
            age_on=_age_day(table, year),
            **_birth_bounds(table, year),
        )
        window._check(table)
        return window

    def _check(self, table: Table) -> None:
        for low, high in (("grade_min", "grade_max"), ("born_from", "born_to"), ("age_min", "age_max")):
            least, most = getattr(self, low), getattr(self, high)
            if least is not None and most is not None and least > most:
                raise table.refuse(low, lazy("không được lớn hơn %(high)s", high=high))
        if (self.age_min is not None or self.age_max is not None) and self.age_on is None:
            raise table.refuse("age_on", lazy("còn thiếu: tuổi phải tính đến một ngày"))


@dataclass(frozen=True)
class Needs:
    """Say what an edition asks for."""

    birth_date: Need = Need.OPTIONAL
    class_name: Need = Need.OPTIONAL
    school: Need = Need.REQUIRED
    unit: Need = Need.OPTIONAL
    division: Need = Need.ABSENT
    field: Need = Need.ABSENT
    summary: Need = Need.OPTIONAL
    made_on: Need = Need.ABSENT
    # Of each person: what part of the work is theirs, and what the forms of some contests ask.
    share: Need = Need.ABSENT
    gender: Need = Need.OPTIONAL
    ethnic_group: Need = Need.ABSENT
    address: Need = Need.ABSENT
    job_title: Need = Need.ABSENT
    education: Need = Need.ABSENT


@dataclass(frozen=True)
class ParticipantRule:
    """Bound how many people of one role an entry has, and what they are called."""

    role: PersonRole
    word: Words
    least: int
    most: int


@dataclass(frozen=True)
class Rulebook:
    """Be the rules of one edition."""

    entry_kind: EntryKind
    entry_word: Words
    people: ParticipantRule
    coaches: ParticipantRule
    counted_roles: tuple[PersonRole, ...]
    grouping: Grouping
    needs: Needs
    # Who may take part at all; divisions narrow it further.
    window: Window
    # The year in which the school year began whose classes count: 2023 for 2023–2024.
    school_year: int
    screening: bool = False
    # Entries a unit may forward, unless the unit has its own number.
    forward_quota: int | None = None
    # Points of the unit's screening below which an entry is not forwarded.
    pass_mark: int | None = None
    # Entries one school may have in the edition.
    school_quota: int | None = None
    organisation_may_enter: bool = False
    # Works made before this day do not count.
    made_since: date | None = None
    # Entries one unit may register in the edition.
    unit_quota: int | None = None
    # How much of a team may be replaced after it was handed in, in per cent, and until when.
    substitution_percent: int | None = None
    substitution_until: date | None = None
    documents: tuple[DocumentRule, ...] = ()
    sections: tuple[SectionRule, ...] = ()
    # Characters of the whole summary, all its parts together.
    summary_most: int = TWO_PAGES
    # The organiser checks each dossier; that is no verdict on its merit.
    document_check: bool = True
    consent: ConsentRule = ConsentRule.DECLARED
    # The edition publishes which entries take part.
    public_list: bool = False
    # Until when papers and models reach the units, whether the postmark decides that, and until when units are done.
    receive_until: date | None = None
    postmark_counts: bool = False
    screening_until: date | None = None

    @property
    def person_role(self) -> PersonRole:
        """Return the role of those who take part themselves: members or authors."""
        return self.people.role

    @property
    def roles(self) -> tuple[ParticipantRule, ...]:
        """Return the rule of every role an entry may have."""
        return (self.people, self.coaches) if self.coaches.most else (self.people,)

    def rule_for(self, role: str) -> ParticipantRule | None:
        """Return the rule of a role, if the edition has that role."""
        return next((rule for rule in self.roles if rule.role == role), None)

    def document(self, kind: str) -> DocumentRule | None:
        """Return the rule of one kind of document, if the edition asks for it."""
        wanted = (rule for rule in self.documents if rule.kind == kind and rule.need is not Need.ABSENT)
        return next(wanted, None)

    def to_dict(self) -> dict[str, Any]:
        """Return the rules as they are stored: flat, with the keys of a preset."""
        stored: dict[str, Any] = {
            "entry_kind": self.entry_kind.value,
            "entry_word": self.entry_word.vi,
            "entry_word_en": self.entry_word.en,
            "person_role": self.people.role.value,
            "person_word": self.people.word.vi,
            "person_word_en": self.people.word.en,
            "coach_word": self.coaches.word.vi,
            "coach_word_en": self.coaches.word.en,
            "min_people": self.people.least,
            "max_people": self.people.most,
            "min_coaches": self.coaches.least,
            "max_coaches": self.coaches.most,
            "counted_roles": [role.value for role in self.counted_roles],
            "grouping": self.grouping.value,
            "school_year": self.school_year,
            "screening": self.screening,
            "organisation_may_enter": self.organisation_may_enter,
            **{field.name: getattr(self.needs, field.name).value for field in fields(Needs)},
            **self.window.to_dict(),
        }
        stored |= {
            "documents": [rule.to_dict() for rule in self.documents],
            "sections": [rule.to_dict() for rule in self.sections],
            "summary_most": self.summary_most,
            "document_check": self.document_check,
            "consent": self.consent.value,
            "public_list": self.public_list,
            "postmark_counts": self.postmark_counts,
        }
        stored |= {key: value for key in _LIMITS if (value := getattr(self, key)) is not None}
        return stored | {key: value.isoformat() for key in _DAYS if (value := getattr(self, key)) is not None}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any], place: str = "rules") -> Self:
        """Read stored rules; raises BadRules."""
        table = Table(values, place)
        rulebook = cls.read(table)
        table.finish()
        return rulebook

    @classmethod
    def read(cls, table: Table, year: int | None = None) -> Self:
        """Take the rules' keys out of a table; what a preset leaves open follows from the edition's year."""
        rulebook = cls(
            entry_kind=table.choice("entry_kind", EntryKind),
            entry_word=words(table, "entry_word"),
            people=_participants(table, table.choice("person_role", PersonRole), "person_word", "people"),
            coaches=_participants(table, PersonRole.COACH, "coach_word", "coaches"),
            counted_roles=_counted(table),
            grouping=table.choice("grouping", Grouping),
            needs=Needs(**{f.name: table.choice(f.name, Need, f.default) for f in fields(Needs)}),
            window=Window.read(table, year),
            school_year=table.number("school_year", *([year - 1] if year else []), least=1900),
            screening=table.flag("screening", default=False),
            forward_quota=table.number("forward_quota", None),
            pass_mark=table.number("pass_mark", None),
            school_quota=table.number("school_quota", None, least=1),
            organisation_may_enter=table.flag("organisation_may_enter", default=False),
            made_since=table.day("made_since", None),
            unit_quota=table.number("unit_quota", None, least=1),
            substitution_percent=table.number("substitution_percent", None),
            substitution_until=table.day("substitution_until", None),
            documents=read_documents(table),
            sections=read_sections(table),
            summary_most=table.number("summary_most", TWO_PAGES, least=1),
            document_check=table.flag("document_check", default=True),
            consent=table.choice("consent", ConsentRule, ConsentRule.DECLARED),
            public_list=table.flag("public_list", default=False),
            receive_until=table.day("receive_until", None),
            postmark_counts=table.flag("postmark_counts", default=False),
            screening_until=table.day("screening_until", None),
        )
        rulebook._check(table)
        return rulebook

    def _check(self, table: Table) -> None:
        if self.person_role is PersonRole.COACH:
            raise table.refuse("person_role", lazy("cần một trong: %(choices)s", choices="member, author"))
        if self.people.most == 0:
            raise table.refuse("max_people", lazy("cần một số nguyên từ %(least)s trở lên", least=1))
        unknown = set(self.counted_roles) - {rule.role for rule in self.roles}
        if unknown:
            raise table.refuse("counted_roles", lazy("cuộc thi không có vai trò %(role)s", role=min(unknown)))
        if getattr(self.needs, self.grouping) is not Need.REQUIRED:
            raise table.refuse(self.grouping, lazy("phải là required vì bài dự thi được xếp theo mục này"))
        if (self.substitution_percent or 0) > 100:
            raise table.refuse("substitution_percent", lazy("không được lớn hơn %(high)s", high=100))
        if self.screening and self.needs.unit is not Need.REQUIRED:
            raise table.refuse("unit", lazy("phải là required vì có vòng sơ khảo ở đơn vị"))


_LIMITS = ("forward_quota", "pass_mark", "school_quota", "unit_quota", "substitution_percent")
_DAYS = ("made_since", "substitution_until", "receive_until", "screening_until")


def words(table: Table, key: str) -> Words:
    """Take a word out of a table in both languages: `key` and `key_en`."""
    return Words(table.text(key), table.text(f"{key}_en"))


def age_on(born: date, day: date) -> int:
    """Return full years of age on a day; those born on 29 February grow older on 1 March."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _within(value: Any, least: Any, most: Any) -> bool:
    return (least is None or least <= value) and (most is None or value <= most)


def _participants(table: Table, role: PersonRole, word: str, count: str) -> ParticipantRule:
    least, most = table.number(f"min_{count}"), table.number(f"max_{count}")
    if least > most:
        raise table.refuse(f"min_{count}", lazy("không được lớn hơn %(high)s", high=f"max_{count}"))
    return ParticipantRule(role, words(table, word), least, most)


def _counted(table: Table) -> tuple[PersonRole, ...]:
    named = table.texts("counted_roles")
    if not named or any(name not in list(PersonRole) for name in named):
        wanted = lazy("cần một trong: %(choices)s", choices=", ".join(PersonRole))
        raise table.refuse("counted_roles", wanted)
    return tuple(PersonRole(name) for name in named)


def _birth_bounds(table: Table, year: int | None) -> dict[str, date | None]:
    """Return the window of birth; one given in years moves with the edition."""
    if not table.has("born_oldest") and not table.has("born_youngest"):
        return {"born_from": table.day("born_from", None), "born_to": table.day("born_to", None)}
    oldest, youngest, day = table.number("born_oldest"), table.number("born_youngest"), table.text("born_day")
    if year is None:
        raise table.refuse("born_oldest", lazy("chỉ dùng được khi biết năm tổ chức"))
    return {
        "born_from": _day_of(table, "born_day", day, year - oldest),
        "born_to": _day_of(table, "born_day", day, year - youngest),
    }


def _age_day(table: Table, year: int | None) -> date | None:
    """Return the day ages are counted on; "12-31" means that day of the edition's year."""
    if year is None:
        found: date | None = table.day("age_on", None)
        return found
    day = table.text("age_on", None)
    return None if day is None else _day_of(table, "age_on", day, year)


def _day_of(table: Table, key: str, month_and_day: str, year: int) -> date:
    try:
        return datetime.strptime(f"{year:04d}-{month_and_day}", "%Y-%m-%d").date()
    except ValueError:
        raise table.refuse(key, lazy("cần ngày và tháng dạng 07-31")) from None
