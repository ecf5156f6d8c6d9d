"""The log of who did what, for those who watch."""

from typing import Any

from flask import render_template, request

from contest_portal.accounts.acts import ACTS
from contest_portal.accounts.blueprint import bp
from contest_portal.accounts.guards import requires
from contest_portal.accounts.queries import list_audit
from contest_portal.core.paging import decode
from contest_portal.core.vietnamese import clean_text


@bp.get("/audit")
@requires("audit.see")
def audit() -> Any:
    """List the log, the newest first, filtered by act, person or subject."""
    wanted = {name: clean_text(request.args.get(name, ""))[:100] for name in ("action", "actor", "subject")}
    page = list_audit(wanted, decode(request.args.get("cursor")))
    return render_template("accounts/audit.html", wanted=wanted, page=page, acts=list(ACTS.items()))
