"""Search a large edition for duplicates in the background."""

from typing import Final

from contest_portal.accounts.actor import Actor
from contest_portal.accounts.queries import get_user
from contest_portal.contests.models import Edition
from contest_portal.contests.queries import get_edition, posts_of
from contest_portal.core import jobs
from contest_portal.core.errors import NotFound
from contest_portal.core.i18n import lazy
from contest_portal.core.jobs import Job, job_kind
from contest_portal.core.progress import Report
from contest_portal.registration.duplicates import queries
from contest_portal.registration.duplicates.services import search_edition

# Fewer are compared while one waits for the page.
LARGE: Final = 1_000


def is_large(edition: Edition) -> bool:
    """Tell whether a search of the edition, with the earlier ones, takes longer than a page may."""
    return queries.count_compared(queries.compared_editions(edition)) > LARGE


@job_kind("duplicates.search", lazy("Đang tìm hồ sơ có thể trùng"), again=True)
def search(job: Job, report: Report) -> dict[str, int]:
    """Search an edition; done twice, it finds nothing more."""
    user = get_user(job.user_id or 0)
    if not user.active:
        raise NotFound
    actor = Actor(user.id, user.full_name, user.username, posts_of(user.id), job.values.get("address"))
    return {"added": search_edition(actor, get_edition(job.values["edition"]), report)}


def begin_search(actor: Actor, edition: Edition, home: str) -> str:
    """Begin the search; it leads to the page of the pairs. Return the job's token."""
    values = {"edition": edition.code, "address": actor.address}
    return jobs.start("duplicates.search", actor.user_id, values, leads_to=home, leads_back=home).token
