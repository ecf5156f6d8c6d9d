"""Give every stage the words of the reader's language.

The msgids are Vietnamese, the language the portal is written in; English is the translation.
"""

import functools
import io
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import LazyProxy, Translations

FOLDER = Path(__file__).resolve().parent.parent / "translations"
LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}
DEFAULT_LANGUAGE = "vi"

_language: ContextVar[str] = ContextVar("language", default=DEFAULT_LANGUAGE)


def current_language() -> str:
    """Return the code of the reader's language."""
    return _language.get()


def set_language(code: str) -> None:
    """Speak the language with this code for the rest of the request."""
    _language.set(code if code in LANGUAGES else DEFAULT_LANGUAGE)


@contextmanager
def language(code: str) -> Iterator[None]:
    """Speak another language inside the block."""
    token = _language.set(code if code in LANGUAGES else DEFAULT_LANGUAGE)
    try:
        yield
    finally:
        _language.reset(token)


def _(msgid: str, **values: Any) -> str:
    """Translate a sentence, filling its %(name)s places."""
    code = _language.get()
    text = msgid if code == DEFAULT_LANGUAGE else catalogue(code).ugettext(msgid)
    return text % values if values else text


def lazy(msgid: str, **values: Any) -> Any:
    """Translate when the sentence is shown, not when it is written."""
    return LazyProxy(_, msgid, enable_cache=False, **values)


def local_name(thing: Any) -> Any:
    """Return a thing's name in the reader's language; of a table, the column that holds it."""
    return thing.name_en if current_language() == "en" else thing.name


@functools.cache
def catalogue(code: str) -> Translations:
    """Return one language's catalogue, compiled where that was not done yet or is out of date."""
    source = FOLDER / code / "LC_MESSAGES" / "messages.po"
    compiled = source.with_suffix(".mo")
    if not source.exists():
        return Translations()
    if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
        content = _compile(source)
        # An installation that only its administrator may write to compiles at each start instead.
        with suppress(OSError):
            _keep(content, compiled)
        return Translations(io.BytesIO(content))
    with compiled.open("rb") as stream:
        return Translations(stream)


def _compile(source: Path) -> bytes:
    with source.open("rb") as stream:
        messages = read_po(stream)
    out = io.BytesIO()
    write_mo(out, messages)
    return out.getvalue()


def _keep(content: bytes, compiled: Path) -> None:
    # Several processes may start at once: each writes its own file, and the rename is whole.
    descriptor, name = tempfile.mkstemp(dir=compiled.parent, suffix=".mo.tmp")
    with os.fdopen(descriptor, "wb") as out:
        out.write(content)
    # What mkstemp makes is for its owner only, and another account may serve.
    Path(name).chmod(0o644)
    Path(name).replace(compiled)
