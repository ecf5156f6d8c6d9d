"""Which files do for which kind of document; pure."""

from typing import Final

from contest_portal.contests.asking import DocumentKind
from contest_portal.registration.documents.sniffing import IMAGES, PAPERS, SCANS, VIDEOS, Kind

ACCEPTED: Final[dict[DocumentKind, tuple[Kind, ...]]] = {
    DocumentKind.APPLICATION: SCANS,
    DocumentKind.DESCRIPTION: PAPERS,
    DocumentKind.PHOTO: IMAGES,
    DocumentKind.DRAWING: SCANS,
    DocumentKind.VIDEO: VIDEOS,
    DocumentKind.PORTRAIT: IMAGES,
    DocumentKind.BIRTH_CERTIFICATE: SCANS,
    DocumentKind.OTHER: (*PAPERS, *IMAGES),
}
# For the entry's own school and the organisers only: nobody else needs it, and every look is written down.
RESTRICTED: Final = frozenset({DocumentKind.BIRTH_CERTIFICATE})
# What a judge may need to see of a work; the rest tells who made it.
OF_THE_WORK: Final = (DocumentKind.DESCRIPTION, DocumentKind.PHOTO, DocumentKind.DRAWING, DocumentKind.VIDEO)
