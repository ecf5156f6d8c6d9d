"""What is registered of a person, without the database."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from contest_portal.contests.eligibility import parse_grade


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
    share: Decimal | None = None
    job_title: str | None = None
    education: str | None = None
    address: str | None = None

    @property
    def grade(self) -> int | None:
        """Return the grade that the class's name begins with."""
        return parse_grade(self.class_name)
