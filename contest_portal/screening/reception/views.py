"""Pages of a unit's desk: what waits, what came, receipts, stickers, and the field a scanner types into."""

from io import BytesIO
from typing import Any, Final

from flask import Response, flash, g, redirect, render_template, request, send_file, url_for

from contest_portal.accounts.guards import requires
from contest_portal.contests.models import Edition, EditionUnit
from contest_portal.contests.services import rulebook_of
from contest_portal.core import clock
from contest_portal.core.attempts import attempt
from contest_portal.core.errors import Invalid, NotFound
from contest_portal.core.i18n import _, lazy
from contest_portal.core.paging import decode
from contest_portal.core.papers.codes import qr_drawing
from contest_portal.core.spreadsheets import Column, WorkbookWriter
from contest_portal.core.vietnamese import parse_date
from contest_portal.core.web import public_address, render_form
from contest_portal.registration.documents.sending import closed
from contest_portal.registration.models import Entry
from contest_portal.registration.queries import find_by_reference
from contest_portal.registration.status import Status
from contest_portal.screening import queries as screening
from contest_portal.screening.blueprint import bp
from contest_portal.screening.conditions import WORDS, Condition
from contest_portal.screening.models import Reception
from contest_portal.screening.reception import queries, services
from contest_portal.screening.reception.contents import absent_contents, expected_contents
from contest_portal.screening.reception.forms import CorrectForm, ManyForm, ParcelForm, StickersForm
from contest_portal.screening.reception.papers import receipt_pdf, stickers_pdf
from contest_portal.screening.reception.timing import is_late
from contest_portal.screening.rules import check_acts_for_unit, may_act_for_unit
from contest_portal.screening.services.entries import receive_parcel

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_STICKERS: Final = 240


@bp.get("/<code>/<unit_code>/desk")
@requires("screening.see")
def desk(code: str, unit_code: str) -> Any:
    """Show what waits and what came, with the field a scanner types into."""
    edition, edition_unit = _load(code, unit_code)
    scanned = request.args.get("scan", "").strip()
    found = _scanned(edition_unit, scanned) if scanned else None
    if found is not None:
        waits = found.status == Status.SUBMITTED and _may_act(edition_unit)
        return redirect(url_for("screening.receive" if waits else "screening.entry", reference=found.reference))
    day = _day_asked()
    book = rulebook_of(edition)
    return render_template(
        "screening/desk.html",
        edition=edition,
        unit=edition_unit.unit,
        scanned=scanned,
        day=day,
        waiting=queries.waiting_of(edition_unit),
        today=queries.count_received_on(edition_unit, clock.today()),
        page=queries.log_of(edition_unit, day=day, cursor=decode(request.args.get("cursor"))),
        late=lambda line: is_late(book, line.received_on, line.postmark_on),
        absent=lambda line: absent_contents(line.contents, book),
        conditions=WORDS,
        until=book.receive_until,
        may_act=_may_act(edition_unit),
    )


@bp.route("/entries/<reference>/receive", methods=["GET", "POST"])
@requires("screening.do")
def receive(reference: str) -> Any:
    """Take a parcel in."""
    found = _load_to_act(reference)
    form = ParcelForm()
    form.offer(rulebook_of(found.edition))
    if request.method == "GET":
        form.received_by.data = g.actor.name
    if attempt(form, lambda: receive_parcel(g.actor, found, form.parcel())):
        flash(_("Đã ghi nhận hồ sơ %(reference)s.", reference=found.reference), "success")
        return redirect(url_for("screening.reception", reference=found.reference))
    return render_form("screening/receive.html", form, entry=found)


@bp.get("/entries/<reference>/reception")
@requires("screening.see")
def reception(reference: str) -> Any:
    """Show the receipt of a parcel, to print."""
    found, taken = _load_taken(reference)
    book = rulebook_of(found.edition)
    address = public_address(url_for("pages.entry_by_code", reference=found.reference))
    return render_template(
        "screening/reception.html",
        entry=found,
        reception=taken,
        held=[content for content in expected_contents(book) if content.code in (taken.contents or ())],
        absent=absent_contents(taken.contents, book),
        late=is_late(book, taken.received_on, taken.postmark_on),
        conditions=WORDS,
        until=book.receive_until,
        code=qr_drawing(address),
        address=address,
        may_act=found.unit_id is not None and may_act_for_unit(g.actor, found.edition_id, found.unit_id),
    )


@bp.get("/entries/<reference>/reception.pdf")
@requires("screening.see")
def reception_pdf(reference: str) -> Response:
    """Give the receipt of a parcel as PDF."""
    found, taken = _load_taken(reference)
    address = public_address(url_for("pages.entry_by_code", reference=found.reference))
    return _download(receipt_pdf(found, taken, address), "application/pdf", f"bien-nhan-{found.reference}.pdf")


@bp.route("/entries/<reference>/reception/edit", methods=["GET", "POST"])
@requires("screening.do")
def correct_reception(reference: str) -> Any:
    """Correct what was written of a parcel."""
    found, taken = _load_taken(reference)
    check_acts_for_unit(g.actor, found.edition_id, found.unit_id or 0)
    form = CorrectForm()
    form.offer(rulebook_of(found.edition))
    if request.method == "GET":
        form.show(services.parcel_of(taken))
        form.version.data = taken.version
    seen = form.version.data or 0
    if attempt(form, lambda: services.correct_reception(g.actor, found, form.parcel(), version=seen)):
        flash(_("Đã sửa lần nhận hồ sơ %(reference)s.", reference=found.reference), "success")
        return redirect(url_for("screening.reception", reference=found.reference))
    stored = screening.find_reception(found.id)
    other = stored if stored is not None and form.is_submitted() and stored.version != seen else None
    if other is not None:
        form.accept_version(other.version)
    return render_form("screening/receive.html", form, entry=found, other=other, correcting=True)


@bp.route("/<code>/<unit_code>/desk/receive", methods=["GET", "POST"])
@requires("screening.do")
def receive_many(code: str, unit_code: str) -> Any:
    """Take several parcels in, brought together on one day."""
    edition, edition_unit = _load_to_act_for(code, unit_code)
    form = ManyForm()
    if request.method == "GET":
        form.references.data = request.args.getlist("references")
        form.received_by.data = g.actor.name
    chosen = screening.entries_by_reference(edition_unit, form.references.data or [])
    made: list[Entry] = []

    def act() -> None:
        made.extend(services.receive_many(g.actor, edition_unit, form.references.data or [], form.parcel()))

    if attempt(form, act):
        flash(_("Đã ghi nhận %(number)s hồ sơ.", number=len(made)), "success")
        return redirect(_desk_address(edition, edition_unit))
    return render_form("screening/receive_many.html", form, edition=edition, unit=edition_unit.unit, chosen=chosen)


@bp.get("/<code>/<unit_code>/desk/log.xlsx")
@requires("screening.see")
def reception_log(code: str, unit_code: str) -> Response:
    """Give the desk's log as a workbook."""
    edition, edition_unit = _load(code, unit_code)
    book = rulebook_of(edition)
    stream = BytesIO()
    with WorkbookWriter(stream, title=_("Sổ nhận hồ sơ")) as workbook:
        title = _("SỔ NHẬN HỒ SƠ – %(unit)s", unit=edition_unit.unit.name)
        sheet = workbook.add_sheet(_("Sổ nhận"), _columns(), head=[title], freeze_columns=2)
        sheet.write_rows(
            (_row(number, line, book) for number, line in enumerate(queries.whole_log(edition_unit), start=1)),
            fit=True,
        )
    return _download(stream.getvalue(), XLSX, f"so-nhan-{edition.code}-{unit_code}.xlsx")


@bp.route("/<code>/<unit_code>/stickers", methods=["GET", "POST"])
@requires("screening.do")
def stickers(code: str, unit_code: str) -> Any:
    """Choose the models, then give their stickers as PDF."""
    edition, edition_unit = _load_to_act_for(code, unit_code)
    form = StickersForm()
    made: list[bytes] = []

    def act() -> None:
        chosen = screening.entries_by_reference(edition_unit, form.references.data or [])
        if not chosen or len(chosen) > MOST_STICKERS:
            raise Invalid(lazy("Hãy chọn từ 1 đến %(most)s hồ sơ.", most=MOST_STICKERS))
        addresses = {e.reference: public_address(url_for("pages.entry_by_code", reference=e.reference)) for e in chosen}
        made.append(stickers_pdf(chosen, addresses, first=form.first.data or 1))

    if attempt(form, act):
        return _download(made[0], "application/pdf", f"nhan-{edition.code}-{unit_code}.pdf")
    page = screening.list_entries(edition_unit, cursor=decode(request.args.get("cursor")), size=100)
    return render_form("screening/stickers.html", form, edition=edition, unit=edition_unit.unit, page=page)


def _columns() -> list[Column]:
    return [
        Column(_("TT"), 5, "number"),
        Column(_("Mã hồ sơ"), 15),
        Column(_("Bài dự thi"), 34),
        Column(_("Trường"), 28),
        Column(_("Nhóm"), 22),
        Column(_("Ngày nhận"), 12, "date"),
        Column(_("Dấu bưu điện"), 12, "date"),
        Column(_("Trong hạn"), 10, align="center"),
        Column(_("Người giao"), 18),
        Column(_("Người nhận"), 18),
        Column(_("Đã có"), 30),
        Column(_("Chưa có"), 30),
        Column(_("Tình trạng mô hình"), 22),
        Column(_("Ghi chú"), 24),
        Column(_("Nhập lúc"), 16),
    ]


def _row(number: int, line: queries.LogLine, book: Any) -> list[Any]:
    held = [str(c.label) for c in expected_contents(book) if c.code in (line.contents or ())]
    return [
        number,
        line.reference,
        line.title,
        line.school,
        line.group,
        line.received_on,
        line.postmark_on,
        _("Muộn") if is_late(book, line.received_on, line.postmark_on) else _("Đúng hạn"),
        line.brought_by,
        line.received_by,
        ", ".join(held),
        ", ".join(str(c.label) for c in absent_contents(line.contents, book)),
        str(WORDS[Condition(line.condition)]) if line.condition else "",
        line.note,
        clock.local(line.recorded_at).strftime("%d/%m/%Y %H:%M"),
    ]


def _scanned(edition_unit: EditionUnit, scanned: str) -> Entry | None:
    reference = queries.reference_in(scanned)
    found = find_by_reference(reference) if reference else None
    # Only this unit's: whatever else the code may name does not exist here.
    own = found is not None and (found.edition_id, found.unit_id) == (edition_unit.edition_id, edition_unit.unit_id)
    return found if own and found is not None and found.status != Status.DRAFT else None


def _day_asked() -> Any:
    try:
        return parse_date(request.args.get("day") or "")
    except ValueError:
        return None


def _load(code: str, unit_code: str) -> tuple[Edition, EditionUnit]:
    edition = screening.screened_edition(code)
    return edition, screening.get_unit(g.actor, edition, unit_code)


def _load_to_act_for(code: str, unit_code: str) -> tuple[Edition, EditionUnit]:
    edition, edition_unit = _load(code, unit_code)
    check_acts_for_unit(g.actor, edition.id, edition_unit.unit_id)
    return edition, edition_unit


def _load_to_act(reference: str) -> Entry:
    found = screening.get_unit_entry(g.actor, reference)
    check_acts_for_unit(g.actor, found.edition_id, found.unit_id or 0)
    return found


def _load_taken(reference: str) -> tuple[Entry, Reception]:
    found = screening.get_unit_entry(g.actor, reference)
    taken = screening.find_reception(found.id)
    if taken is None or found.status == Status.SUBMITTED:
        raise NotFound
    return found, taken


def _may_act(edition_unit: EditionUnit) -> bool:
    return may_act_for_unit(g.actor, edition_unit.edition_id, edition_unit.unit_id)


def _desk_address(edition: Edition, edition_unit: EditionUnit) -> str:
    return url_for("screening.desk", code=edition.code, unit_code=edition_unit.unit.code)


def _download(data: bytes, kind: str, name: str) -> Response:
    return closed(send_file(BytesIO(data), mimetype=kind, as_attachment=True, download_name=name))
