"""Make the names and links that people give safe to show and to download; pure."""

import re
from typing import Final
from urllib.parse import urlsplit

from contest_portal.core.vietnamese import clean_text

LONGEST_NAME: Final = 150
LONGEST_LINK: Final = 500
_UNSAFE: Final = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u2028\u2029]+')


def safe_name(given: str | None, ending: str) -> str:
    """Return a file's name without its folders and signs that mean something, with the ending of what it is."""
    last = re.split(r"[/\\]", given or "")[-1]
    plain = _UNSAFE.sub(" ", clean_text(last))
    stem = plain.rsplit(".", 1)[0] if "." in plain else plain
    stem = stem.strip(" .")[: LONGEST_NAME - len(ending)].strip(" .")
    return f"{stem or 'tai-lieu'}{ending}"


def read_link(given: str | None) -> str | None:
    """Return a link that leads over https to a named host; None for any other. It is shown and never fetched."""
    text = (given or "").strip()
    if len(text) > LONGEST_LINK or not text.isascii() or any(c.isspace() or ord(c) < 33 or c in '\\<>"' for c in text):
        return None
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    named = re.fullmatch(r"(?:[a-z0-9-]+\.)+[a-z]{2,}", host)
    return text if parts.scheme == "https" and named and port in (None, 443) and parts.username is None else None


def host_of(link: str) -> str:
    """Return where a link leads, to be shown beside it."""
    return urlsplit(link).hostname or ""
