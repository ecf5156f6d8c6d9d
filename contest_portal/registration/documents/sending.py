"""Send a stored file so that a browser can do nothing with it but show a picture or keep it."""

from pathlib import Path

from flask import Response, send_file

from contest_portal.core import files
from contest_portal.core.errors import NotFound
from contest_portal.registration.documents.models import StoredFile
from contest_portal.registration.documents.sniffing import IMAGES

# Even were it opened as a page, nothing in it would run, load or reach this portal.
CLOSED = "default-src 'none'; frame-ancestors 'none'; sandbox"
_SHOWN = frozenset(kind.mime for kind in IMAGES)


def send_stored(folder: Path, file: StoredFile | None, name: str) -> Response:
    """Send a file under a safe name: a picture, which we made ourselves, may be shown; all else is only kept."""
    if file is None:
        raise NotFound
    path = files.path_of(folder, file.stored_name)
    answer = send_file(
        path,
        mimetype=file.mime,
        as_attachment=file.mime not in _SHOWN,
        download_name=name,
        conditional=True,
        etag=file.checksum,
    )
    return closed(answer)


def send_thumbnail(folder: Path, file: StoredFile | None) -> Response:
    """Send the small picture of a picture; raises NotFound where there is none."""
    if file is None or file.thumbnail_name is None:
        raise NotFound
    return closed(send_file(files.path_of(folder, file.thumbnail_name), mimetype="image/jpeg", etag=False))


def closed(answer: Response) -> Response:
    """Close every way by which a file could act."""
    answer.headers["Content-Security-Policy"] = CLOSED
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer
