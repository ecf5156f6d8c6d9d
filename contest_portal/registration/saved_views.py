"""Keep filters under a name: each person's own, one of which the list may open with."""

from collections.abc import Sequence
from functools import cache
from typing import Any, Final
from urllib.parse import parse_qsl

from sqlalchemy import bindparam, func, select, update

from contest_portal.accounts.actor import Actor
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Invalid, NotFound, Problem
from contest_portal.core.i18n import lazy
from contest_portal.core.vietnamese import clean_text
from contest_portal.registration.filters import Filters
from contest_portal.registration.models_finding import SavedView

MOST: Final = 20
LONGEST_NAME: Final = 60
LONGEST_QUERY: Final = 4000


def views_of(user_id: int) -> Sequence[SavedView]:
    """Return a person's saved views in the order they were made."""
    return db.session.scalars(_views(), {"user_id": user_id}).all()


@cache
def _views() -> Any:
    return select(SavedView).where(SavedView.user_id == bindparam("user_id")).order_by(SavedView.id)


def get_view(actor: Actor, view_id: int) -> SavedView:
    """Return a view of the actor's own; raises NotFound."""
    view = db.session.get(SavedView, view_id, populate_existing=True)
    if view is None or view.user_id != actor.user_id:
        raise NotFound
    return view


def save_view(actor: Actor, name: str, query: str, *, opening: bool = False) -> SavedView:
    """Keep filters under a name; one of the same name is replaced. Raises Invalid."""
    cleaned = _checked(name)
    kept = filters_in(query).query()
    if not kept:
        raise Invalid(lazy("Chưa có điều kiện lọc nào để lưu. Hãy lọc danh sách trước."))
    with transaction():
        view = db.session.scalar(select(SavedView).where(SavedView.user_id == actor.user_id, SavedView.name == cleaned))
        if view is None:
            _check_room(actor)
            view = SavedView(user_id=actor.user_id, name=cleaned)
            db.session.add(view)
        view.query = kept
        if opening:
            _open_with(actor, view)
    return view


def filters_in(query: str) -> Filters:
    """Return the filters of an address, and nothing else that stood in it."""
    return Filters.read(dict(parse_qsl(query[:LONGEST_QUERY])))


def delete_view(actor: Actor, view_id: int) -> None:
    """Forget a view of the actor's own; raises NotFound."""
    with transaction():
        db.session.delete(get_view(actor, view_id))


def open_with(actor: Actor, view_id: int, *, wanted: bool) -> None:
    """Let the list open with this view, or no longer; raises NotFound."""
    with transaction():
        view = get_view(actor, view_id)
        if wanted:
            _open_with(actor, view)
        else:
            view.opening = False


def _open_with(actor: Actor, view: SavedView) -> None:
    # First no view and then this one: at no moment are there two.
    db.session.execute(update(SavedView).where(SavedView.user_id == actor.user_id).values(opening=False))
    view.opening = True


def _checked(name: str) -> str:
    cleaned = clean_text(name)
    if not cleaned or len(cleaned) > LONGEST_NAME:
        words = lazy("Hãy đặt tên cho bộ lọc, nhiều nhất %(most)s ký tự.", most=LONGEST_NAME)
        raise Invalid(problems=[Problem(words, field="name")])
    return cleaned


def _check_room(actor: Actor) -> None:
    count = db.session.scalar(select(func.count()).where(SavedView.user_id == actor.user_id)) or 0
    if count >= MOST:
        raise Invalid(lazy("Bạn đã lưu %(most)s bộ lọc. Hãy xóa bớt rồi lưu tiếp.", most=MOST))
