"""Pages where an organiser sets up an edition: a task list, one matter a page, rows of the parts."""

from copy import deepcopy
from typing import Any

from flask import Response, flash, g, redirect, render_template, request, url_for

from contest_portal.accounts.guards import requires
from contest_portal.contests.blueprint import bp
from contest_portal.contests.forms_setup import (
    MATTERS,
    ROWS,
    WINDOW_KEYS,
    MoveRowForm,
    NewEditionForm,
    SetupConfirmForm,
    SetupForm,
    data_from,
    values_of,
)
from contest_portal.contests.models import Edition
from contest_portal.contests.models_setup import EditionVersion
from contest_portal.contests.queries_schools import names_of_sets
from contest_portal.contests.setup import queries, services
from contest_portal.contests.setup.content import (
    KEYS,
    TOP,
    Content,
    Row,
    find_row,
    moved_row,
    new_code,
    pack,
    rows_of,
    with_row,
    without_row,
)
from contest_portal.contests.setup.creating import open_draft, sources
from contest_portal.contests.setup.wording import changes, describe_row, described, reason_name, row_name
from contest_portal.core.attempts import attempt
from contest_portal.core.errors import NotFound
from contest_portal.core.i18n import _
from contest_portal.core.web import render_form

PER_PAGE = 50
VERSIONS_SHOWN = 20


@bp.get("/setup")
@requires("edition.manage")
def setups() -> Any:
    """List the editions the actor sets up, drafts first."""
    editions = sorted(queries.managed_editions(g.actor), key=lambda edition: edition.published)
    return render_template("contests/setup_index.html", editions=editions, may_open=queries.manages(g.actor, None))


@bp.route("/setup/new", methods=["GET", "POST"])
@requires("edition.create")
def new_edition() -> Any:
    """Open a new edition, as a draft, from a preset or an earlier edition."""
    form = NewEditionForm()
    form.source.choices, form.unit_set.choices = sources(), _unit_sets()
    made: list[Edition] = []
    if attempt(form, lambda: made.append(open_draft(g.actor, form.data))):
        flash(_("Đã lập bản nháp. Chưa ai khác thấy cho đến khi bạn công bố."), "success")
        return redirect(url_for("contests.setup", code=made[0].code))
    return render_form("contests/setup_new.html", form)


@bp.get("/setup/<code>")
@requires("edition.manage")
def setup(code: str) -> Any:
    """Show everything of an edition's set-up, with links to change it."""
    edition = queries.load_edition(g.actor, code)
    content = services.content_of(edition)
    parts = {part: len(rows_of(content, part)) for part in ROWS if part != "criteria"}
    return render_template(
        "contests/setup.html", edition=edition, content=content, matters=MATTERS, kinds=ROWS, parts=parts
    )


@bp.route("/setup/<code>/matter/<matter>", methods=["GET", "POST"])
@requires("edition.manage")
def setup_matter(code: str, matter: str) -> Any:
    """Change one matter of the set-up."""
    edition = queries.load_edition(g.actor, code)
    if matter not in MATTERS:
        raise NotFound
    title, kind = MATTERS[matter]
    content = services.content_of(edition)
    form = kind(data=data_from(content["rules"] | content, kind) | {"version": edition.revision})
    context = {"title": title, "back": url_for("contests.setup", code=code), "back_label": _("Thiết lập kỳ thi")}
    return change_setup(edition, content, form, lambda: _with_matter(content, form), context)


@bp.route("/setup/<code>/part/<part>", methods=["GET", "POST"])
@requires("edition.manage")
def setup_part(code: str, part: str) -> Any:
    """List the rows of a part; move one of them higher or lower."""
    edition = queries.load_edition(g.actor, code)
    title, add, _form = _kind_of(part)
    content = services.content_of(edition)
    rows = [
        (row[KEYS.get(part, "code")], row_name(part, row), describe_row(part, row)) for row in rows_of(content, part)
    ]
    form = MoveRowForm(version=edition.revision)

    def moved() -> Content:
        return moved_row(content, part, form.row.data or "", up=form.way.data == "up")

    context = {"title": title, "add": add, "part": part, "rows": rows}
    here = url_for("contests.setup_part", code=code, part=part)
    return change_setup(edition, content, form, moved, context, template="contests/setup_part.html", then=here)


@bp.route("/setup/<code>/part/<part>/new", methods=["GET", "POST"])
@requires("edition.manage")
def setup_row_new(code: str, part: str) -> Any:
    """Add a row to a part."""
    edition = queries.load_edition(g.actor, code)
    _title, add, kind = _kind_of(part)
    content = services.content_of(edition)
    rows = rows_of(content, part)
    form = _row_form(kind, edition, part, rows, {})
    return change_setup(edition, content, form, lambda: _added(content, part, form), _row_context(code, part, add))


@bp.route("/setup/<code>/part/<part>/row/<row>", methods=["GET", "POST"])
@requires("edition.manage")
def setup_row(code: str, part: str, row: str) -> Any:
    """Change one row of a part."""
    edition = queries.load_edition(g.actor, code)
    _title, _add, kind = _kind_of(part)
    content = services.content_of(edition)
    known = find_row(content, part, row)
    form = _row_form(kind, edition, part, [known], known)
    context = _row_context(code, part, row_name(part, known)) | {"row": row, "part": part}

    def changed() -> Content:
        return with_row(content, part, known | _row_values(part, form) | {KEYS.get(part, "code"): row})

    return change_setup(edition, content, form, changed, context)


@bp.route("/setup/<code>/part/<part>/row/<row>/remove", methods=["GET", "POST"])
@requires("edition.manage")
def setup_row_remove(code: str, part: str, row: str) -> Any:
    """Ask, then take one row away; what is in use stays."""
    edition = queries.load_edition(g.actor, code)
    _kind_of(part)
    content = services.content_of(edition)
    name = row_name(part, find_row(content, part, row))
    form = SetupForm(version=edition.revision)
    context = _row_context(code, part, _("Bỏ “%(name)s”?", name=name))
    return change_setup(edition, content, form, lambda: without_row(content, part, row), context | {"removing": True})


@bp.route("/setup/<code>/check/<token>", methods=["GET", "POST"])
@requires("edition.manage")
def setup_check(code: str, token: str) -> Any:
    """Show what a change says and which entries it would touch; save it with a reason."""
    edition = queries.load_edition(g.actor, code)
    draft = queries.get_draft(g.actor, edition.id, token)
    form = SetupConfirmForm()
    if attempt(form, lambda: services.confirm(g.actor, edition, draft, form.reason.data or "")):
        flash(_("Đã lưu thành bản %(number)s.", number=draft.saved_as), "success")
        return redirect(url_for("contests.setup", code=code))
    base = queries.find_version(edition.id, draft.base)
    page = _page_number()
    rows = draft.impact["rows"]
    return render_form(
        "contests/setup_check.html",
        form,
        edition=edition,
        draft=draft,
        changes=changes(base.content if base else services.content_of(edition), draft.content),
        reasons=[(way, reason_name(rule), count) for way, rule, count in draft.impact["reasons"]],
        rows=rows[(page - 1) * PER_PAGE : page * PER_PAGE],
        page=page,
        pages=max(1, -(-len(rows) // PER_PAGE)),
    )


@bp.get("/setup/<code>/versions")
@requires("edition.manage")
def setup_versions(code: str) -> Any:
    """List the versions, the newest first, each with what it changed."""
    edition = queries.load_edition(g.actor, code)
    before = request.args.get("before", type=int)
    found = queries.versions_of(edition.id, before if before and before < 1_000_000 else None, VERSIONS_SHOWN + 1)
    shown = found[:VERSIONS_SHOWN]
    following: list[EditionVersion | None] = [*found[1:], None]
    # The one before the last of the page is read to compare with, and not shown.
    rows = [
        (version, changes(earlier.content, version.content) if earlier else [])
        for version, earlier in zip(shown, following, strict=False)
    ]
    more = shown[-1].number if len(found) > VERSIONS_SHOWN else None
    return render_template("contests/setup_versions.html", edition=edition, rows=rows, more=more)


@bp.get("/setup/<code>/versions/<int:number>")
@requires("edition.manage")
def setup_version(code: str, number: int) -> Any:
    """Show one version in full."""
    edition = queries.load_edition(g.actor, code)
    version = queries.find_version(edition.id, number) if number < 1_000_000 else None
    if version is None:
        raise NotFound
    sections = described(version.content)
    return render_template("contests/setup_version.html", edition=edition, version=version, sections=sections)


def change_setup(
    edition: Edition,
    content: Content,
    form: SetupForm,
    changed: Any,
    context: dict[str, Any],
    *,
    template: str = "contests/setup_form.html",
    then: str | None = None,
) -> Response | Any:
    """Propose what a form says; show the check page where entries exist, and what another saved meanwhile."""
    base = form.version.data
    drafts: list[Any] = []
    if attempt(form, lambda: drafts.append(services.propose(g.actor, edition, base or 0, changed()))):
        if drafts[0] is not None:
            return redirect(url_for("contests.setup_check", code=edition.code, token=drafts[0].token))
        flash(_("Đã lưu."), "success")
        return redirect(then or context.get("back") or url_for("contests.setup", code=edition.code))
    newer = _newer(edition, base) if form.is_submitted() else []
    if newer:
        # Saving again is done knowingly, on what the other saved.
        form.version.raw_data, form.version.data = None, edition.revision
    return render_form(template, form, edition=edition, newer=newer, **context)


def _newer(edition: Edition, base: int | None) -> list[Any]:
    """Return what others changed since the form was opened."""
    if base is None or base == edition.revision:
        return []
    # An edition that was never changed has no version 0: its first keeps what was before.
    old, new = (queries.find_version(edition.id, number) for number in (max(base, 1), edition.revision))
    return changes(old.content, new.content) if old and new else []


def _with_matter(content: Content, form: SetupForm) -> Content:
    changed = deepcopy(content)
    for key, value in values_of(form).items():
        holder = changed if key in TOP else changed["rules"]
        if key == "title_en":
            value = value or form["title"].data
        if value is None and holder is changed["rules"]:
            holder.pop(key, None)
        else:
            holder[key] = pack(value)
    if "screening" in form and changed["rules"].get("screening"):
        # Whoever is screened belongs to a unit: the page says so.
        changed["rules"]["unit"] = "required"
    return changed


def _kind_of(part: str) -> tuple[Any, Any, type[SetupForm]]:
    found = ROWS.get(part.partition("-")[0])
    if found is None:
        raise NotFound
    return found


def _row_form(kind: type[SetupForm], edition: Edition, part: str, rows: list[Row], known: Row) -> Any:
    data = data_from(known | (known.get("window") or {}), kind) or _FRESH.get(part.partition("-")[0], {})
    form = kind(data=data | {"version": edition.revision})
    if known and part in ("documents", "units"):
        # What a row is known by does not change: another is another row.
        del form[KEYS.get(part, "code")]
    elif part == "units":
        taken = {row["code"] for row in rows}
        form["code"].choices = [c for c in queries.unit_choices(edition.unit_set) if c[0] not in taken]
    elif part == "documents":
        taken = {row["kind"] for row in rows}
        form["kind"].choices = [c for c in form["kind"].choices if c[0] not in taken]
    return form


_FRESH: dict[str, dict[str, Any]] = {
    "documents": {"most": 1, "megabytes": 10, "need": "optional"},
    "sections": {"most": 1500, "need": "optional"},
    "rounds": {"weight": 1, "kind": "judging"},
    "criteria": {"step": 1},
    "prizes": {"quantity": 1},
}


def _row_values(part: str, form: SetupForm) -> Row:
    values = {key: pack(value) for key, value in values_of(form).items()}
    if "name_en" in values:
        values["name_en"] = values["name_en"] or values["name"]
    if "aliases" in values:
        values["aliases"] = [line for line in (values["aliases"] or "").splitlines() if line.strip()]
    if part == "divisions":
        window = {key: values.pop(key) for key in WINDOW_KEYS}
        values["window"] = {key: value for key, value in window.items() if value is not None}
    return values


def _added(content: Content, part: str, form: SetupForm) -> Content:
    values = _row_values(part, form)
    if part == "rounds":
        values["criteria"] = []
    if part == "units":
        values["name"] = dict(form["code"].choices)[values["code"]]
    elif part not in KEYS:
        values["code"] = new_code(rows_of(content, part), values["name"])
    return with_row(content, part, values)


def _row_context(code: str, part: str, title: Any) -> dict[str, Any]:
    label = _kind_of(part)[0]
    return {"title": title, "back": url_for("contests.setup_part", code=code, part=part), "back_label": label}


def _unit_sets() -> list[tuple[str, str]]:
    names = names_of_sets()
    return [(code, names.get(code, code)) for code in queries.unit_sets()]


def _page_number() -> int:
    page = request.args.get("page", 1, type=int)
    return page if 1 <= page <= 100_000 else 1
