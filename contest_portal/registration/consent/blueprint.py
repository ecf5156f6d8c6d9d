"""The blueprint of what is public: a parent's pages, and the list of entries that an edition publishes."""

from flask import Blueprint, Response
from markupsafe import Markup

from contest_portal.core.looks import tag
from contest_portal.registration.consent.purposes import (
    EVERYBODYS,
    PURPOSE_WORDS,
    RELATION_WORDS,
    STATE_COLOURS,
    STATE_WORDS,
    Purpose,
    Relation,
    State,
)

bp = Blueprint("consent", __name__)


@bp.after_request
def keep_out_of_search(response: Response) -> Response:
    """Tell search engines to keep every page of a parent, a child or an entry out."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response


@bp.app_template_global()
def purpose_word(purpose: str) -> str:
    """Return what a purpose is called."""
    return str(PURPOSE_WORDS[Purpose(purpose)])


@bp.app_template_global()
def relation_word(relation: str) -> str:
    """Return what somebody is to the person the data are about."""
    return str(RELATION_WORDS[Relation(relation)])


@bp.app_template_global()
def state_tag(state: str) -> Markup:
    """Return how the answers to a purpose stand, as a coloured word."""
    return tag(state, STATE_WORDS[State(state)], STATE_COLOURS[State(state)])


@bp.app_template_global()
def purposes_and_words() -> list[tuple[str, str]]:
    """Return what everybody is asked, for a list to choose from."""
    return [(purpose.value, purpose_word(purpose)) for purpose in EVERYBODYS]


bp.add_app_template_filter(purpose_word)
