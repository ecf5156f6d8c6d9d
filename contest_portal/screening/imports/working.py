"""What is done with long lists in the background: read, mark, write."""

from pathlib import Path
from typing import Any

from contest_portal.accounts.actor import Actor
from contest_portal.accounts.queries import get_user
from contest_portal.contests.queries import posts_of
from contest_portal.core import jobs
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import NotFound
from contest_portal.core.i18n import lazy
from contest_portal.core.jobs import Job, job_kind
from contest_portal.core.progress import Report
from contest_portal.registration.models import ImportBatch
from contest_portal.screening.imports import batches

MARKING = lazy("Đang đánh dấu vào tệp")


@job_kind("import.read", lazy("Đang đọc danh sách"), again=True)
def read(job: Job, report: Report) -> dict[str, Any]:
    """Read a long list through; done twice, it is read twice."""
    actor, batch, folder = _given(job)
    return {"step": batches.examine_batch(actor, batch, folder, report).step}


@job_kind("import.mark", lazy("Đang đánh dấu chỗ cần sửa vào tệp"), again=True)
def mark(job: Job, report: Report) -> None:
    """Mark the problems of a long list in it."""
    actor, batch, folder = _given(job)
    report(MARKING, 0, 0)
    batches.mark_batch(actor, batch, folder)


@job_kind("import.confirm", lazy("Đang nhập danh sách"), again=True)
def confirm(job: Job, report: Report) -> dict[str, Any]:
    """Write a long list; begun again after a crash it is written once all the same."""
    actor, batch, folder = _given(job)
    outcome = batches.confirm(actor, batch, folder, partial=bool(job.values.get("partial")), report=report)
    if not outcome["written"]:
        # Something changed since the preview: what is shown next must say so.
        batches.examine_batch(actor, batch, folder, report)
    return {"written": outcome["written"]}


def begin(
    actor: Actor, batch: ImportBatch, kind: str, values: dict[str, Any], *, leads_to: str, leads_back: str
) -> str:
    """Begin work on a long list; return the job's token, which the list keeps."""
    values = {"batch": batch.token, "address": actor.address, **values}
    job = jobs.start(kind, actor.user_id, values, leads_to=leads_to, leads_back=leads_back)
    with transaction():
        batch.job_token = job.token
    return job.token


def _given(job: Job) -> tuple[Actor, ImportBatch, Path]:
    """Return who asked, with the posts of this moment, for which list, kept where."""
    user = get_user(job.user_id or 0)
    if not user.active:
        raise NotFound
    db.session.expire_all()
    actor = Actor(user.id, user.full_name, user.username, posts_of(user.id), job.values.get("address"))
    return actor, batches.get_batch(actor, job.values["batch"]), Path(job.values["folder"])
