"""What people are asked to agree to, who must say yes, and what their answers come to; pure."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any, Final

from contest_portal.contests.rulebook import Need, PersonRole, Rulebook, age_on
from contest_portal.core.i18n import lazy


class Purpose(StrEnum):
    """Name one thing that personal data are used for; each is agreed to by itself."""

    TAKE_PART = "take_part"
    PUBLISH = "publish"
    MEDIA = "media"
    ETHNIC_GROUP = "ethnic_group"


class Side(StrEnum):
    """Name who answers: the legal representative, or the person the data are about."""

    REPRESENTATIVE = "representative"
    OWN = "own"


class Ages(StrEnum):
    """Name what the law tells apart."""

    SMALL = "small"
    YOUNG = "young"
    ADULT = "adult"


class State(StrEnum):
    """Name what the answers to one purpose come to."""

    AGREED = "agreed"
    REFUSED = "refused"
    UNANSWERED = "unanswered"


class Relation(StrEnum):
    """Name what the person who answers is to the person the data are about."""

    MOTHER = "mother"
    FATHER = "father"
    GUARDIAN = "guardian"
    CHILD = "child"
    ADULT = "adult"


# From seven years on a child's own yes is needed before anything private about the child is published.
OWN_SAY_FROM: Final = 7
OF_AGE: Final = 18

PURPOSE_WORDS: Final[dict[Purpose, Any]] = {
    Purpose.TAKE_PART: lazy("Tham gia cuộc thi"),
    Purpose.PUBLISH: lazy("Công bố tên và kết quả"),
    Purpose.MEDIA: lazy("Chụp ảnh, quay phim và đăng"),
    Purpose.ETHNIC_GROUP: lazy("Khai thành phần dân tộc"),
}
RELATION_WORDS: Final[dict[Relation, Any]] = {
    Relation.MOTHER: lazy("Mẹ"),
    Relation.FATHER: lazy("Cha"),
    Relation.GUARDIAN: lazy("Người giám hộ"),
    Relation.CHILD: lazy("Chính người chưa thành niên"),
    Relation.ADULT: lazy("Chính người dự thi (từ 18 tuổi)"),
}
STATE_WORDS: Final[dict[State, Any]] = {
    State.AGREED: lazy("Đồng ý"),
    State.REFUSED: lazy("Không đồng ý"),
    State.UNANSWERED: lazy("Chưa trả lời"),
}
STATE_COLOURS: Final[dict[State, str]] = {State.AGREED: "green", State.REFUSED: "red", State.UNANSWERED: "amber"}
REPRESENTATIVES: Final = (Relation.MOTHER, Relation.FATHER, Relation.GUARDIAN)
# What everybody is asked; the ethnic group has a page of its own, and only where an edition asks for it.
EVERYBODYS: Final = (Purpose.TAKE_PART, Purpose.PUBLISH, Purpose.MEDIA)
# What shows a person to the public.
_SHOWING: Final = frozenset({Purpose.PUBLISH, Purpose.MEDIA})


def ages_of(birth_date: date | None, role: str, *, pupils: bool, day: date) -> Ages:
    """Tell how the law sees a person on a day; of a pupil whose birth date is unknown, as a child who has a say."""
    if role == PersonRole.COACH:
        return Ages.ADULT
    if birth_date is None:
        return Ages.YOUNG if pupils else Ages.ADULT
    age = age_on(birth_date, day)
    if age >= OF_AGE:
        return Ages.ADULT
    return Ages.YOUNG if age >= OWN_SAY_FROM else Ages.SMALL


def sides_needed(purpose: Purpose, ages: Ages) -> tuple[Side, ...]:
    """Return everybody whose yes is needed."""
    if ages is Ages.ADULT:
        return (Side.OWN,)
    if ages is Ages.YOUNG and purpose in _SHOWING:
        return (Side.REPRESENTATIVE, Side.OWN)
    return (Side.REPRESENTATIVE,)


def state_of(purpose: Purpose, ages: Ages, answers: Mapping[Side, bool]) -> State:
    """Return what the latest answer of each side comes to: one no is a no, and silence is not a yes."""
    found = [answers.get(side) for side in sides_needed(purpose, ages)]
    if False in found:
        return State.REFUSED
    return State.UNANSWERED if None in found else State.AGREED


def is_for_pupils(rules: Rulebook) -> bool:
    """Tell whether an edition is for pupils, so that whoever has no birth date in it counts as a child."""
    return rules.needs.class_name is not Need.ABSENT or rules.window.by_grade


def asks_ethnic_group(rules: Rulebook) -> bool:
    """Tell whether an edition asks for the ethnic group; whatever it says, nobody has to tell it."""
    return rules.needs.ethnic_group is not Need.ABSENT


def purposes_of(rules: Rulebook) -> tuple[Purpose, ...]:
    """Return every purpose of an edition."""
    return (*EVERYBODYS, Purpose.ETHNIC_GROUP) if asks_ethnic_group(rules) else EVERYBODYS


def years_before(day: date, years: int) -> date:
    """Return the latest birth date of somebody who is so many years old on a day."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        # On 29 February: whoever was born on 1 March has their birthday tomorrow.
        return day.replace(year=day.year - years, day=28)
