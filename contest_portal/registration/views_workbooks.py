"""Workbooks to take away: the empty one of an edition, and the entries of the list in front of one."""

import io
from typing import Any

from flask import g, request, send_file

from contest_portal.accounts.guards import requires
from contest_portal.contests.models import Edition
from contest_portal.contests.queries import get_edition
from contest_portal.registration.blueprint import bp
from contest_portal.registration.filters import Filters
from contest_portal.registration.workbooks import export_of, template_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/workbooks/<code>/template.xlsx")
@requires("entry.import")
def template(code: str) -> Any:
    """Give the empty workbook of an edition, with the places of whoever asks."""
    edition = get_edition(code)
    return _send(template_of(edition, g.actor), f"mau_{edition.code}.xlsx")


@bp.get("/workbooks/<code>/entries.xlsx")
@requires("entry.import")
def workbook(code: str) -> Any:
    """Give the entries that the actor may see and the address asks for."""
    edition = get_edition(code)
    filters = Filters.read({**request.args.to_dict(), "edition": edition.code})
    return _send(export_of(g.actor, edition, filters), _name(edition))


def _name(edition: Edition) -> str:
    return f"ho-so_{edition.code}.xlsx"


def _send(data: bytes, name: str) -> Any:
    response = send_file(io.BytesIO(data), XLSX, as_attachment=True, download_name=name)
    # Names of children: nothing on the way keeps a copy.
    response.headers["Cache-Control"] = "no-store"
    return response
