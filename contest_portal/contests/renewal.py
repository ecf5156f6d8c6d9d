"""Make of a preset's edition the edition of another year: windows of birth and age move along, rounds lose their dates."""

from dataclasses import replace
from datetime import date

from contest_portal.contests.presets import EditionPreset
from contest_portal.contests.rulebook import Rulebook, Window


def renewed(edition: EditionPreset, year: int) -> EditionPreset:
    """Return the edition as its rules would hold in another year."""
    years = year - edition.year
    return replace(
        edition,
        year=year,
        rules=later_rules(edition.rules, years),
        divisions=tuple(replace(part, window=later_window(part.window, years)) for part in edition.divisions),
        rounds=tuple(replace(part, opens=None, closes=None) for part in edition.rounds),
    )


def later_rules(rules: Rulebook, years: int) -> Rulebook:
    """Return rules whose days lie some years later."""
    return replace(
        rules,
        window=later_window(rules.window, years),
        school_year=rules.school_year + years,
        made_since=_later(rules.made_since, years),
        substitution_until=_later(rules.substitution_until, years),
    )


def later_window(window: Window, years: int) -> Window:
    """Return a window whose days lie some years later."""
    return replace(
        window,
        born_from=_later(window.born_from, years),
        born_to=_later(window.born_to, years),
        age_on=_later(window.age_on, years),
    )


def _later(day: date | None, years: int) -> date | None:
    if day is None:
        return None
    if (day.month, day.day) == (2, 29):
        return date(day.year + years, 2, 28)
    return day.replace(year=day.year + years)
