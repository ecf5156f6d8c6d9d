"""Pages where an organiser says what an edition's units are: places, clusters of them, schools; and their quotas."""

from typing import Any

from flask import g, redirect, render_template, request, url_for

from contest_portal.accounts.guards import requires
from contest_portal.contests.blueprint import bp
from contest_portal.contests.forms_units import (
    ClusterForm,
    ClusterListForm,
    SchoolUnitsForm,
    ShapeForm,
    quota_fields,
    quotas_form,
    quotas_in,
)
from contest_portal.contests.models import Edition, Unit
from contest_portal.contests.queries import units_valid_on
from contest_portal.contests.queries_schools import names_of_sets
from contest_portal.contests.setup import queries, services
from contest_portal.contests.setup.content import Content, Row, find_row
from contest_portal.contests.setup.shapes import (
    Place,
    Shape,
    in_shape,
    list_text,
    places_without_cluster,
    read_clusters,
    shape_of,
    split_lines,
    with_cluster,
    with_clusters,
    with_places,
    with_quotas,
    with_schools,
)
from contest_portal.contests.setup.wording import describe_row
from contest_portal.contests.views_setup import change_setup
from contest_portal.core import clock
from contest_portal.core.errors import Invalid, NotFound, Problem, Unusable
from contest_portal.core.filters import show_date
from contest_portal.core.i18n import _, lazy
from contest_portal.core.spreadsheets import read_workbook
from contest_portal.core.web import settings

_PAGES = {Shape.CLUSTERS: "contests.setup_clusters", Shape.SCHOOLS: "contests.setup_school_units"}


@bp.route("/setup/<code>/units", methods=["GET", "POST"])
@requires("edition.manage")
def setup_units(code: str) -> Any:
    """Say what the edition's units are; show those there are."""
    edition = queries.load_edition(g.actor, code)
    content = services.content_of(edition)
    now = f"{shape_of(content)}:{edition.unit_set}"
    form = ShapeForm(shape=now, version=edition.revision)
    form.shape.choices = _shapes()
    if form.is_submitted() and form.validate() and (page := _PAGES.get(_chosen(form)[0])):
        # Which clusters, which schools: asked on the next page, nothing is saved yet.
        return redirect(url_for(page, code=code, set=_chosen(form)[1]))

    def changed() -> Content:
        return content if form.shape.data == now else _with_set(edition, content, _chosen(form)[1])

    rows = [(row["code"], row["name"], describe_row("units", row)) for row in content["units"]]
    shape = shape_of(content)
    context = {"title": _("Đơn vị sơ khảo"), "rows": rows, "shape": shape, "more": _PAGES.get(shape)}
    here = url_for("contests.setup_units", code=code)
    return change_setup(edition, content, form, changed, context, template="contests/setup_units.html", then=here)


@bp.route("/setup/<code>/units/quotas", methods=["GET", "POST"])
@requires("edition.manage")
def setup_unit_quotas(code: str) -> Any:
    """Give units their own quotas, all on one page."""
    edition = queries.load_edition(g.actor, code)
    content = services.content_of(edition)
    form = quotas_form(content, edition.revision)
    shared = content["rules"].get("forward_quota")
    context = _context(code, _("Hạn mức riêng của từng đơn vị")) | {"fields": quota_fields(form), "shared": shared}
    template = "contests/setup_unit_quotas.html"
    return change_setup(
        edition, content, form, lambda: with_quotas(content, quotas_in(form)), context, template=template
    )


@bp.get("/setup/<code>/units/clusters")
@requires("edition.manage")
def setup_clusters(code: str) -> Any:
    """Show the clusters, and the places that no cluster has."""
    edition = queries.load_edition(g.actor, code)
    unit_set = _set_asked(edition)
    content = in_shape(services.content_of(edition), Shape.CLUSTERS, unit_set)
    return render_template(
        "contests/setup_clusters.html",
        edition=edition,
        unit_set=unit_set,
        rows=content["units"],
        left=places_without_cluster(content, _places(edition, unit_set)),
    )


@bp.route("/setup/<code>/units/cluster", methods=["GET", "POST"])
@requires("edition.manage")
def setup_cluster(code: str) -> Any:
    """Add a cluster, or change the one that is asked for."""
    edition = queries.load_edition(g.actor, code)
    unit_set, stored = _set_asked(edition), services.content_of(edition)
    content = in_shape(stored, Shape.CLUSTERS, unit_set)
    asked = request.args.get("cluster")
    known: Row = find_row(content, "units", asked) if asked else {"name": "", "members": []}
    own = [member["code"] for member in known["members"]]
    places = {place.code: place for place in _places(edition, unit_set)}
    free = {place.code for place in places_without_cluster(content, list(places.values()))} | set(own)
    form = ClusterForm(name=known["name"], members=own, version=edition.revision)
    form.offer([place for place in places.values() if place.code in free])

    def changed() -> Content:
        chosen = [places[member] for member in form.members.data or ()]
        return with_cluster(stored, unit_set, asked, form.name.data or "", chosen)

    context = _cluster_context(code, unit_set, known["name"] or _("Thêm cụm"))
    remove = url_for("contests.setup_row_remove", code=code, part="units", row=asked) if asked else None
    return change_setup(
        edition, stored, form, changed, context | {"remove": remove}, template="contests/setup_cluster.html"
    )


@bp.route("/setup/<code>/units/clusters/list", methods=["GET", "POST"])
@requires("edition.manage")
def setup_cluster_list(code: str) -> Any:
    """Say all clusters at once: a list pasted, or a file."""
    edition = queries.load_edition(g.actor, code)
    unit_set, content = _set_asked(edition), services.content_of(edition)
    text = list_text(in_shape(content, Shape.CLUSTERS, unit_set))
    form = ClusterListForm(text=text, version=edition.revision)
    form.limit(settings().max_upload)

    def changed() -> Content:
        found = read_clusters(_lines(form), _places(edition, unit_set))
        if not found.clusters and not found.problems:
            found.problems.append(Problem(lazy("Danh sách chưa có dòng nào."), field="text"))
        if found.problems:
            raise Invalid(problems=found.problems)
        return with_clusters(content, unit_set, found.clusters)

    context = _cluster_context(code, unit_set, _("Danh sách cụm và xã, phường"))
    return change_setup(edition, content, form, changed, context)


@bp.route("/setup/<code>/units/schools", methods=["GET", "POST"])
@requires("edition.manage")
def setup_school_units(code: str) -> Any:
    """Choose schools, place by place, that screen their own entries."""
    edition = queries.load_edition(g.actor, code)
    unit_set, stored = _set_asked(edition), services.content_of(edition)
    content = in_shape(stored, Shape.SCHOOLS, unit_set)
    places = queries.places_with_schools(unit_set)
    place = next((found for found in places if found[0] == request.args.get("place")), None)
    known = {row["school"] for row in content["units"]}
    offered = [s for s in queries.schools_to_choose(unit_set, place[0]) if s.id not in known] if place else []
    form = SchoolUnitsForm(version=edition.revision)
    form.schools.choices = [(school.id, school.name) for school in offered]

    def changed() -> Content:
        chosen = [(s.id, s.name, place[1] if place else "") for s in offered if s.id in (form.schools.data or ())]
        return with_schools(stored, unit_set, chosen)

    context = _context(code, _("Trường tự sơ khảo")) | {
        "rows": content["units"],
        "places": places,
        "place": place,
        "unit_set": unit_set,
    }
    here = url_for("contests.setup_school_units", code=code, place=place[0] if place else None)
    return change_setup(edition, stored, form, changed, context, template="contests/setup_schools.html", then=here)


def _context(code: str, title: Any) -> dict[str, Any]:
    return {
        "title": title,
        "back": url_for("contests.setup_units", code=code),
        "back_label": _("Đơn vị sơ khảo"),
    }


def _cluster_context(code: str, unit_set: str, title: Any) -> dict[str, Any]:
    back = url_for("contests.setup_clusters", code=code, set=unit_set)
    return {"title": title, "back": back, "back_label": _("Các cụm")}


def _shapes() -> list[tuple[str, str]]:
    names = names_of_sets()
    sets = [(code, names.get(code, code)) for code in queries.unit_sets()]
    return [
        *((f"{Shape.UNITS}:{code}", _("Mỗi huyện, xã hoặc phường: %(set)s", set=name)) for code, name in sets),
        *((f"{Shape.CLUSTERS}:{code}", _("Cụm, ghép từ: %(set)s", set=name)) for code, name in sets),
        *(
            (f"{Shape.SCHOOLS}:{code}", _("Từng trường tự sơ khảo, trường thuộc: %(set)s", set=name))
            for code, name in sets
        ),
    ]


def _chosen(form: ShapeForm) -> tuple[Shape, str]:
    shape, _colon, unit_set = (form.shape.data or "").partition(":")
    return Shape(shape), unit_set


def _with_set(edition: Edition, content: Content, unit_set: str) -> Content:
    return with_places(content, unit_set, _some_places(edition, unit_set))


def _set_asked(edition: Edition) -> str:
    asked = request.args.get("set", edition.unit_set)
    if asked not in queries.unit_sets():
        raise NotFound
    return asked


def _place(unit: Unit) -> Place:
    return Place(unit.code, unit.name, (unit.short_name, *unit.aliases))


def _places(edition: Edition, unit_set: str) -> list[Place]:
    """Return the places of a set that there are when the registration opens."""
    day = clock.local(edition.opens_at).date()
    return [_place(unit) for unit in units_valid_on(unit_set, day)]


def _some_places(edition: Edition, unit_set: str) -> list[Place]:
    """Return the places of a set; raises Invalid where there are none any more, or none yet."""
    found = _places(edition, unit_set)
    if not found:
        day = show_date(clock.local(edition.opens_at).date())
        words = lazy("Ngày mở đăng ký (%(day)s) danh sách này không có đơn vị nào. Hãy chọn danh sách khác.", day=day)
        raise Invalid(problems=[Problem(words, field="shape")])
    return found


def _lines(form: ClusterListForm) -> list[list[str]]:
    sent = form.file.data
    if not sent:
        return split_lines(form.text.data or "")
    try:
        book = read_workbook(sent.stream.read())
    except Unusable as error:
        raise Invalid(problems=[Problem(error.message, field="file")]) from error
    return [[str(cell) for cell in row[:2]] for sheet in book.sheets[:1] for row in sheet.rows]
