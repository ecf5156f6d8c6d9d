"""QR codes as drawings, for a page and for a PDF."""

import io

import segno
from markupsafe import Markup


def qr_svg(text: str) -> str:
    """Return a QR code as a whole SVG file, for a typeset paper."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", border=2)
    return out.getvalue().decode("ascii")


def qr_drawing(text: str) -> Markup:
    """Return a QR code as a drawing within a page, without style or script; its size is the style sheet's matter."""
    out = io.BytesIO()
    code = segno.make(text, error="m", micro=False)
    code.save(out, kind="svg", border=2, xmldecl=False, svgclass=None, lineclass=None, nl=False, omitsize=True)
    # Made of nothing but the squares of a text of our own.
    return Markup(out.getvalue().decode("ascii"))  # noqa: S704
