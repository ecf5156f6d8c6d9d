"""Pages that cross stages: the public start page, each role's home, the language switch."""

from typing import Any

from flask import Blueprint, redirect, request

from contest_portal.accounts.guards import public
from contest_portal.contests.queries import all_editions
from contest_portal.contests.views import cacheable
from contest_portal.core.errors import NotFound
from contest_portal.core.i18n import LANGUAGES
from contest_portal.core.web import LANGUAGE_COOKIE, local_path, settings

bp = Blueprint("pages", __name__)


@bp.get("/")
@public
def home() -> Any:
    """Show everybody what the portal is for, and those who are signed in what waits for them."""
    editions = [edition for edition in all_editions() if edition.is_open()]
    return cacheable("dashboard/start.html", editions=editions)


@bp.get("/language/<code>")
@public
def language(code: str) -> Any:
    """Remember in the visitor's own browser which language it reads; nothing is kept here."""
    if code not in LANGUAGES:
        raise NotFound
    response = redirect(local_path(request.args.get("next")) or "/")
    response.set_cookie(
        LANGUAGE_COOKIE, code, max_age=31_536_000, httponly=True, samesite="Lax", secure=settings().https
    )
    return response


@bp.get("/health")
@public
def health() -> Any:
    """Answer that the process lives."""
    return {"status": "ok"}
