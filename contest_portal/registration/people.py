"""What is registered of a person, without the database."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

_GRADE: Final = re.compile(r"(?:lớp|khối)?\s*(1[0-2]|[1-9])(?!\d)", re.IGNORECASE)


@dataclass(frozen=True)
class Person:
    """Hold one person of an entry as it was typed."""

    role: str
    full_name: str
    birth_date: date | None = None
    class_name: str | None = None
    gender: str | None = None
    phone: str | None = None
    email: str | None = None
    workplace: str | None = None

    @property
    def grade(self) -> int | None:
        """Return the grade that the class's name begins with."""
        return grade_of(self.class_name)


def grade_of(class_name: str | None) -> int | None:
    """Return 8 for 8A3, "Lớp 8/2" or "8"; None where no grade from 1 to 12 stands first."""
    found = _GRADE.match((class_name or "").strip())
    return int(found[1]) if found else None
