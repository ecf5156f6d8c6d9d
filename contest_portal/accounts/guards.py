"""Declare on every page who may call it; what declares nothing is refused."""

from collections.abc import Callable
from typing import Any, TypeVar

from contest_portal.accounts.actor import Actor
from contest_portal.accounts.permissions import PERMISSIONS, may
from contest_portal.core.errors import NotAllowed

PUBLIC = "public"

View = Callable[..., Any]
AnyView = TypeVar("AnyView", bound=View)


class SignInNeeded(NotAllowed):
    """Lead a visitor who is not signed in to the sign-in page and back."""


def requires(permission: str) -> Callable[[AnyView], AnyView]:
    """Let in only those whose posts carry the permission."""
    if permission not in PERMISSIONS:
        raise KeyError(permission)

    def declare(view: AnyView) -> AnyView:
        view.permission = permission  # type: ignore[attr-defined]
        return view

    return declare


def public(view: AnyView) -> AnyView:
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
