"""What several commands are told: an edition, a unit, a day."""

from contextlib import suppress
from datetime import date
from typing import Any

import click
from sqlalchemy.exc import OperationalError, ProgrammingError

from contest_portal.contests.models import Edition, Unit
from contest_portal.contests.queries import all_editions, find_edition, find_unit, units_of
from contest_portal.core.vietnamese import parse_date
from contest_portal.registration.columns import heading_key
from contest_portal.screening.imports import MEANINGS


class Day(click.ParamType):
    """Read a day as 2024-05-20, or as people write it: 20/05/2024."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the day, or end with a sentence."""
        if isinstance(value, date):
            return value
        found: date | None = None
        with suppress(ValueError):
            found = parse_date(str(value))
        if found is None:
            self.fail(f"{value!r} is not a day; write it as 2024-05-20 or 20/05/2024.", param, ctx)
        return found


DAY = Day()


class Mapping(click.ParamType):
    """Read what a column means: "Nơi học=school"."""

    name = "mapping"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        """Return the heading as it is compared, and its meaning; or end with a sentence."""
        if isinstance(value, tuple):
            return value
        heading, sign, meaning = str(value).rpartition("=")
        if not sign or not heading_key(heading):
            self.fail(f"{value!r} is no HEADING=MEANING.", param, ctx)
        if meaning and meaning not in MEANINGS:
            self.fail(f"There is no meaning {meaning!r}. Known: {', '.join(MEANINGS)}.", param, ctx)
        return heading_key(heading), meaning


MAPPING = Mapping()


def edition_named(code: str) -> Edition:
    """Return an edition; ends the command where there is none of this code."""
    try:
        edition = find_edition(code)
    except (OperationalError, ProgrammingError) as error:
        raise click.ClickException("The database is not prepared; run `contest-portal init` first.") from error
    if edition is None:
        known = ", ".join(sorted(found.code for found in all_editions()))
        raise click.BadParameter(f"There is no edition {code!r}. Known: {known}.", param_hint="--edition")
    return edition


def unit_named(edition: Edition, name_or_code: str) -> Unit:
    """Return one of an edition's units; ends the command where it has none of this name."""
    unit = find_unit(edition.id, name_or_code)
    if unit is None:
        known = ", ".join(f"{found.code} {found.name}" for found in units_of(edition.id))
        raise click.BadParameter(f"{edition.code} has no unit {name_or_code!r}. Known: {known}.", param_hint="--unit")
    return unit
