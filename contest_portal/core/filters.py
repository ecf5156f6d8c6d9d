"""Words and figures as Vietnamese readers write them, for every template."""

from datetime import date, datetime
from typing import Any

from flask import Flask
from jinja2 import StrictUndefined

from contest_portal.core import clock, i18n, looks, vietnamese


def show_date(value: date | datetime | None) -> str:
    """Return dd/mm/yyyy, in the portal's time zone for a moment."""
    if value is None:
        return ""
    return vietnamese.format_date(clock.local(value).date() if isinstance(value, datetime) else value)


def show_time(value: datetime | None) -> str:
    """Return HH:MM dd/mm/yyyy in the portal's time zone."""
    return "" if value is None else clock.local(value).strftime("%H:%M %d/%m/%Y")


def show_clock(value: datetime | None) -> str:
    """Return HH:MM:SS dd/mm/yyyy, for a moment whose second decides."""
    return "" if value is None else clock.local(value).strftime("%H:%M:%S %d/%m/%Y")


def show_name(thing: Any) -> str:
    """Return a thing's name in the reader's language."""
    if thing is None:
        return ""
    english = getattr(thing, "name_en", None) or getattr(thing, "title_en", None)
    native = getattr(thing, "name", None) or getattr(thing, "title", "")
    return str(english if english and i18n.current_language() == "en" else native)


def show_json(value: Any) -> str:
    """Return a small object as a person reads it."""
    if value is None:
        return "–"
    if isinstance(value, dict):
        return "; ".join(f"{key}: {show_json(part)}" for key, part in value.items())
    return ", ".join(map(show_json, value)) if isinstance(value, list) else str(value)


def install(app: Flask) -> None:
    """Give templates the filters, and make an unknown name an error."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        date=show_date,
        time=show_time,
        clock_time=show_clock,
        number=vietnamese.format_number,
        decimal=vietnamese.format_decimal,
        local_name=show_name,
        plain_json=show_json,
    )
    app.jinja_env.globals.update(
        _=i18n._,
        current_language=i18n.current_language,
        languages=i18n.LANGUAGES,
        now=clock.now,
        status_tag=looks.tag,
        status_label=looks.status_label,
        table_cell=looks.cell,
    )
