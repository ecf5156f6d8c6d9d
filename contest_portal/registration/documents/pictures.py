"""Make a picture anew from what it shows: without its metadata, its place and whatever hides behind it; pure."""

import io
import warnings
from dataclasses import dataclass
from typing import IO, Final

from PIL import Image, ImageOps, UnidentifiedImageError

from contest_portal.core.errors import Unusable
from contest_portal.core.i18n import lazy
from contest_portal.registration.documents.sniffing import JPEG, PNG, WEBP, Kind

# A decoded picture takes three or four bytes a pixel: the largest one then takes 160 MB, for a moment.
MOST_PIXELS: Final = 40_000_000
LONGEST_SIDE: Final = 4000
THUMBNAIL: Final = 320
_FORMATS: Final[dict[Kind, str]] = {JPEG: "JPEG", PNG: "PNG", WEBP: "WEBP"}
_QUALITY: Final[dict[str, dict[str, int]]] = {"JPEG": {"quality": 88}, "WEBP": {"quality": 88}, "PNG": {}}


@dataclass(frozen=True)
class Picture:
    """Be a picture ready to be stored."""

    data: bytes
    thumbnail: bytes
    width: int
    height: int


def remake(file: IO[bytes], kind: Kind) -> Picture:
    """Return a picture made anew, upright and at most 4000 pixels long; raises Unusable."""
    file.seek(0)
    name = _FORMATS[kind]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(file, formats=[name]) as image:
                return _made(_bounded(image), name)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Unusable(_TOO_MANY) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        raise Unusable(lazy("Không mở được ảnh này: tệp hỏng hoặc tải lên chưa hết. Hãy chọn lại tệp.")) from error


_TOO_MANY: Final = lazy("Ảnh quá nhiều điểm ảnh (hơn 40 triệu). Hãy thu nhỏ ảnh rồi tải lên.")


def _bounded(image: Image.Image) -> Image.Image:
    """Ask a JPEG for a smaller version of itself, and refuse what would still be too large to decode."""
    factor = min(1, LONGEST_SIDE / max(image.size))
    image.draft("RGB", (int(image.width * factor), int(image.height * factor)))
    if image.width * image.height > MOST_PIXELS:
        raise Unusable(_TOO_MANY)
    return image


def _made(image: Image.Image, name: str) -> Picture:
    upright = ImageOps.exif_transpose(image)
    keeps = name != "JPEG" and (upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info)
    plain = upright.convert("RGBA" if keeps else "RGB")
    plain.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    small = Image.new("RGB", plain.size, "white")
    small.paste(plain, mask=plain.getchannel("A") if keeps else None)
    small.thumbnail((THUMBNAIL, THUMBNAIL))
    return Picture(_encoded(plain, name), _encoded(small, "JPEG"), plain.width, plain.height)


def _encoded(image: Image.Image, name: str) -> bytes:
    # A new image has no info of the old one: EXIF, GPS, comments and profiles stay behind.
    bare = Image.new(image.mode, image.size)
    bare.paste(image)
    out = io.BytesIO()
    bare.save(out, format=name, optimize=name == "PNG", **_QUALITY[name])
    return out.getvalue()
