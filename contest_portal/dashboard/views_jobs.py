"""The page on which one waits for long work: its progress with and without script, then onward by itself."""

from typing import Any

from flask import g, redirect, render_template

from contest_portal.accounts.guards import requires
from contest_portal.core import jobs
from contest_portal.dashboard.blueprint import bp


@bp.get("/jobs/<token>")
@requires("job.own")
def job(token: str) -> Any:
    """Show how far one's own long work is; lead on when it is done."""
    found = jobs.get_job(g.actor.user_id, token)
    if found.state == jobs.JobState.DONE:
        return redirect(found.leads_to)
    return render_template("dashboard/job.html", job=found, title=jobs.title_of(found))


@bp.get("/jobs/<token>/state")
@requires("job.own")
def job_state(token: str) -> Any:
    """Answer the page's script how far the work is."""
    found = jobs.get_job(g.actor.user_id, token)
    return {"active": found.active, "step": found.step, "done": found.done, "total": found.total}
