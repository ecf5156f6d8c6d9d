"""Typeset papers as PDF with Typst; what people typed is data and never markup."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from contest_portal.core.papers.model import Paper, plain

# Typst may read nothing above this folder.
ROOT: Final = Path(__file__).resolve().parent.parent.parent


def typeset(template: str, data: Mapping[str, Any]) -> bytes:
    """Return a PDF of a template, named by its path from the package ("/screening/custody/slip.typ").

    The template reads the data by `#let data = json(bytes(sys.inputs.data))`.
    """
    # Loaded where it is used: the server starts without it.
    import typst

    made = typst.compile(
        ROOT / template.lstrip("/"),
        root=ROOT,
        font_paths=_fonts(),
        sys_inputs={"data": json.dumps(_printable(data), ensure_ascii=False)},
        format="pdf",
    )
    return bytes(made)


def write_pdf(paper: Paper) -> bytes:
    """Return an official document as PDF."""
    return typeset("/core/papers/official_paper.typ", paper.to_dict())


def _printable(value: Any) -> Any:
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, Mapping):
        return {key: _printable(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_printable(part) for part in value]
    return value


@cache
def _fonts() -> Any:
    # Looked through once: a quarter of a second where a machine has many.
    import typst

    return typst.Fonts()
