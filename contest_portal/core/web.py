"""What every page needs of the request: the actor, safe ways back, one form pattern, security headers."""

import functools
import hashlib
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, flash, g, make_response, render_template, request
from flask_wtf.csrf import CSRFProtect, generate_csrf, validate_csrf
from wtforms import Form
from wtforms.validators import ValidationError

from contest_portal.config import Settings
from contest_portal.core.database import writes_refused
from contest_portal.core.errors import Expired, PortalError
from contest_portal.core.i18n import DEFAULT_LANGUAGE, LANGUAGES, set_language

LANGUAGE_COOKIE = "language"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)

# What a form adds to its file: names, tokens, boundaries.
FORM_AROUND = 64 * 1024

csrf = CSRFProtect()


def settings() -> Settings:
    """Return the settings of the running portal."""
    found: Settings = current_app.config["SETTINGS"]
    return found


def choose_language() -> None:
    """Speak the language the visitor chose, Vietnamese at first."""
    wanted = request.cookies.get(LANGUAGE_COOKIE, DEFAULT_LANGUAGE)
    set_language(wanted if wanted in LANGUAGES else DEFAULT_LANGUAGE)


def check_csrf() -> None:
    """Let a form with a bad token come back to its page, with everything typed, and write nothing.

    The service layer's transaction() refuses for the rest of the request; a page without a form of its
    own therefore answers Expired. A request from another site is refused at once.
    """
    writes_refused.set(False)
    g.form_expired = False
    if request.method in SAFE_METHODS or not current_app.config.get("WTF_CSRF_ENABLED", True):
        return
    token = request.headers.get("X-CSRF-Token") or request.form.get("csrf_token")
    try:
        validate_csrf(token if token is None or token.isascii() else "")
        g.csrf_valid = True
    except ValidationError as error:
        if not _same_origin() or request.is_json:
            raise Expired from error
        writes_refused.set(True)
        g.form_expired = True


def _same_origin() -> bool:
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        return False
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.host


def render_form(template: str, form: Form, **context: Any) -> Response:
    """Render a form's page, with the status that says how its last sending went."""
    if g.get("form_expired"):
        flash(str(Expired.default), "error")
    code = 400 if g.get("form_expired") else g.get("form_code", 422 if form.errors else 200)
    return make_response(render_template(template, form=form, **context), code)


def refuse(error: PortalError) -> None:
    """Let the next render_form() answer with this error's status."""
    g.form_code = error.code


def local_path(target: str | None) -> str | None:
    """Return a path of our own to go to next; None for anything that could lead elsewhere."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    if any(ord(c) < 32 or c == "\\" for c in target):
        return None
    parts = urlsplit(target)
    return None if parts.scheme or parts.netloc else target


def public_address(path: str) -> str:
    """Return where one of our paths is reached from outside, for paper: the settings' address, else this host's."""
    return (settings().public_url or request.host_url).rstrip("/") + path


def takes_documents(view: Any) -> Any:
    """Let this view alone receive what is larger than an ordinary upload."""
    view.takes_documents = True
    return view


def raise_limit(view: Any) -> None:
    """Raise the limit of this request where its view takes documents; called once the caller is known to be allowed."""
    if getattr(view, "takes_documents", False) and request.mimetype == "multipart/form-data":
        request.max_content_length = max(settings().max_document, settings().max_upload) + FORM_AROUND


def set_headers(response: Response) -> Response:
    """Add the headers that keep a page from being framed, sniffed or stored."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("X-Frame-Options", "DENY")
    if settings().https:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    if request.endpoint == "static":
        # Its address changes with its content.
        headers["Cache-Control"] = "public, max-age=31536000, immutable"
    elif not headers.get("Cache-Control", "").startswith("public"):
        headers["Cache-Control"] = "no-store"
    return response


def page_reference() -> str:
    """Return a short reference that ties what the visitor sees to a line of the log."""
    return secrets.token_hex(4).upper()


def versioned_static(app: Flask) -> None:
    """Give every static file an address that changes with its content, and let browsers keep it."""
    folder = Path(app.static_folder or "")

    @functools.cache
    def version(name: str) -> str:
        return hashlib.sha256((folder / name).read_bytes()).hexdigest()[:10]

    def static_url(name: str) -> str:
        return f"{app.static_url_path}/{name}?v={version(name)}"

    app.jinja_env.globals["static_url"] = static_url


__all__ = [
    "check_csrf",
    "choose_language",
    "csrf",
    "generate_csrf",
    "local_path",
    "page_reference",
    "refuse",
    "render_form",
    "set_headers",
    "settings",
    "versioned_static",
]
