"""The sheets keep to their layers, and the palette to the contrast people need."""

import re
from pathlib import Path

import pytest

import contest_portal

CSS = Path(contest_portal.__file__).parent / "static" / "css"
SHEETS = sorted(CSS.rglob("*.css"))
TOKENS = dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6});", (CSS / "tokens.css").read_text(encoding="utf-8")))

TEXT_PAIRS = [
    ("ink", "paper"),
    ("ink", "surface-sunk"),
    ("ink", "turmeric"),
    ("ink-soft", "paper"),
    ("ink-soft", "surface-sunk"),
    ("link", "paper"),
    ("link", "surface-sunk"),
    ("link", "blue-soft"),
    ("link", "turmeric-soft"),
    ("link", "red-soft"),
    ("link", "green-100"),
    ("link-hover", "green-50"),
    ("red", "surface"),
    ("red", "paper"),
    ("red-dark", "red-soft"),
    ("turmeric-ink", "turmeric-soft"),
    ("surface", "green-700"),
    ("surface", "green-900"),
    ("surface", "green-950"),
    ("surface", "red"),
    ("green-700", "surface"),
]
EDGE_PAIRS = [("line-strong", "surface"), ("line-strong", "paper"), ("green-700", "paper"), ("turmeric", "green-950")]


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_measure_of_contrast_is_right() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_text_stands_out(text: str, ground: str) -> None:
    assert contrast(TOKENS[text], TOKENS[ground]) >= 4.5


@pytest.mark.parametrize(("edge", "ground"), EDGE_PAIRS)
def test_edges_stand_out(edge: str, ground: str) -> None:
    assert contrast(TOKENS[edge], TOKENS[ground]) >= 3


@pytest.mark.parametrize(
    "colour",
    re.findall(
        r"\.tag-\w+ \{\s*background: ([^;]+);\s*color: ([^;]+);",
        "".join(sheet.read_text(encoding="utf-8") for sheet in SHEETS),
    ),
)
def test_tags_can_be_read(colour: tuple[str, str]) -> None:
    ground, text = (TOKENS[name[6:-1]] if name.startswith("var(") else name for name in colour)
    assert contrast(text, ground) >= 4.5


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_a_sheet_is_short_and_from_here(sheet: Path) -> None:
    text = sheet.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 300
    assert "@import" not in text
    assert "url(" not in text
    assert text.count("{") == text.count("}")


def test_every_token_used_is_defined_and_every_one_defined_is_used() -> None:
    text = "".join(sheet.read_text(encoding="utf-8") for sheet in SHEETS)
    defined = set(re.findall(r"^\s*(--[\w-]+):", text, re.MULTILINE))
    assert set(re.findall(r"var\((--[\w-]+)", text)) == defined


def test_lines_leave_room_for_stacked_diacritics() -> None:
    body = re.search(r"body \{[^}]*line-height: ([\d.]+)", (CSS / "base.css").read_text(encoding="utf-8"))
    assert body is not None
    assert float(body[1]) >= 1.5
