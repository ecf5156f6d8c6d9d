"""Declare on every page who may call it; what declares nothing is refused."""

from collections.abc import Callable
from typing import Any

from contest_portal.accounts.actor import Actor
from contest_portal.accounts.permissions import PERMISSIONS, may
from contest_portal.core.errors import NotAllowed

PUBLIC = "public"

type View = Callable[..., Any]


class SignInNeeded(NotAllowed):
    """Lead a visitor who is not signed in to the sign-in page and back."""


def requires[V: View](permission: str) -> Callable[[V], V]:
    """Let in only those whose posts carry the permission."""
    if permission not in PERMISSIONS:
        raise KeyError(permission)

    def declare(view: V) -> V:
        view.permission = permission  # type: ignore[attr-defined]
        return view

    return declare


def public[V: View](view: V) -> V:
    """Let everybody in."""
    view.permission = PUBLIC  # type: ignore[attr-defined]
    return view


def check(view: View | None, actor: Actor) -> None:
    """Raise unless the view declares a permission that the actor has.

    Raises SignInNeeded, NotAllowed.
    """
    permission = getattr(view, "permission", None)
    if permission == PUBLIC:
        return
    if permission is None:
        raise NotAllowed
    if not actor.signed_in:
        raise SignInNeeded
    if not may(actor, permission):
        raise NotAllowed


def declare(view: View, permission: str = PUBLIC) -> None:
    """Declare the permission of a view that is not ours to decorate."""
    view.permission = permission  # type: ignore[attr-defined]
