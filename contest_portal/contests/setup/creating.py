"""Open a new edition from what a form says: a preset's newest rules, or an earlier edition's."""

from typing import Any

from contest_portal.accounts.actor import Actor
from contest_portal.contests.models import Edition
from contest_portal.contests.presets import load_presets
from contest_portal.contests.queries import all_editions, find_edition
from contest_portal.contests.services import create_edition
from contest_portal.contests.setup.services import begin_draft, copy_edition
from contest_portal.core import once
from contest_portal.core.database import transaction
from contest_portal.core.errors import Invalid, Problem
from contest_portal.core.filters import show_name
from contest_portal.core.i18n import lazy, local_name


def sources() -> list[tuple[str, Any]]:
    """Return what a new edition can be made from: earlier editions, the newest first, then presets."""
    editions = [(f"edition:{found.code}", show_name(found)) for found in all_editions()]
    presets = [(f"preset:{found.code}", lazy("Mẫu: %(name)s", name=local_name(found))) for found in load_presets()]
    return [*editions, *presets]


def open_draft(actor: Actor, values: dict[str, Any]) -> Edition:
    """Open a new edition as a draft; sent twice, it is opened once. Raises NotAllowed, Conflict, Invalid."""
    way, _, name = values["source"].partition(":")
    if values["opens_at"] >= values["closes_at"]:
        raise Invalid(problems=[Problem(lazy("Ngày mở phải trước ngày đóng."), field="closes_at")])
    shared = {key: values[key] for key in ("number", "year", "title", "unit_set", "opens_at", "closes_at")}
    if way == "preset":
        return _from_preset(actor, name, shared, values.get("once"))
    source = find_edition(name)
    if source is None:
        raise Invalid(problems=[Problem(lazy("Kỳ thi này không còn."), field="source")])
    prefix = f"{source.prefix.rstrip('0123456789')}{values['year'] % 100:02}"
    code = f"{source.contest.code}-{values['year']}"
    return copy_edition(actor, source, code=code, prefix=prefix, once_token=values.get("once"), **shared)


def _from_preset(actor: Actor, name: str, shared: dict[str, Any], once_token: str | None) -> Edition:
    code = f"{name}-{shared['year']}"
    with transaction():
        known = once.find_outcome(once_token)
        made = find_edition(known) if known else None
        if made is not None:
            return made
        edition = create_edition(actor, name, code=code, **shared)
        begin_draft(actor, edition, lazy("Lập từ mẫu"))
        once.remember(once_token, code)
    return edition
