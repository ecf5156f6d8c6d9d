"""Templates carry no style and no script of their own, and no page is too long to read."""

import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "contest_portal"
TEMPLATES = sorted(PACKAGE.glob("templates/**/*.html"))
STYLES = sorted(PACKAGE.glob("static/css/**/*.css"))
INLINE = re.compile(r"\sstyle=|<style|<script(?![^>]*\bsrc=)|\son[a-z]+=\"|javascript:|https?://(?!www\.w3\.org)")


def test_there_are_templates_to_check() -> None:
    assert len(TEMPLATES) > 40
    assert len(STYLES) > 5


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_template_is_plain_and_short(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert INLINE.search(text) is None
    assert text.count("\n") <= 100


@pytest.mark.parametrize("path", STYLES, ids=lambda p: p.name)
def test_stylesheet_is_short_and_local(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 300
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")
