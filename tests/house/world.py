"""One small world for the rules of the whole house: every role, and for each what is its own and what is not."""

import io
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from openpyxl import Workbook
from sqlalchemy import select
from werkzeug.routing import Rule

from contest_portal.accounts.actor import SYSTEM, Role
from contest_portal.accounts.messages import mail_to, notify
from contest_portal.accounts.models import PasswordReset, User
from contest_portal.accounts.models_messages import Notice
from contest_portal.accounts.sessions import hash_token
from contest_portal.contests.models import Membership, School
from contest_portal.contests.models_setup import EditionDraft
from contest_portal.contests.queries import get_edition
from contest_portal.contests.setup.services import content_of, save
from contest_portal.core import clock
from contest_portal.core.database import db, transaction
from contest_portal.core.jobs import Job
from contest_portal.core.outbox import OutboxLetter
from contest_portal.judging.models import ScoreSheet
from contest_portal.registration.announcing import ANNOUNCED
from contest_portal.registration.checking.batches import stage_batch
from contest_portal.registration.checking.states import CheckState
from contest_portal.registration.duplicates.models import DuplicatePair
from contest_portal.registration.models import Entry
from contest_portal.registration.saved_views import save_view
from contest_portal.registration.services import move_entry
from contest_portal.registration.status import Status
from contest_portal.registration.together import HandIn
from contest_portal.screening.arrivals.services import Seen, confirm_arrivals
from contest_portal.screening.imports import stage
from contest_portal.screening.reception.parcels import Parcel
from contest_portal.screening.services import complete_unit
from contest_portal.screening.services.entries import add_reception
from tests.factories.consent import consent_things
from tests.factories.desk import make_request, make_signed_list
from tests.factories.files import make_photo
from tests.factories.judging import assign_all, make_judge, make_panel
from tests.factories.papers import paper_things
from tests.factories.people import actor_for, make_school, make_user, unit_of
from tests.factories.registration import make_entry, open_edition
from tests.factories.rounds import round_things
from tests.factories.schools import foreign_school_things, school_things, stage_school_list
from tests.factories.screening import YOUTH, unit_entry
from tests.factories.transfers import transfer_things

ROBOCON = "robocon-2024"
OWN_UNIT, OTHER_UNIT, DONE_UNIT = "Huyện Lạng Giang", "Huyện Yên Thế", "Huyện Sơn Động"
NOBODY = "nobody"
# Somebody who organises, audits or judges one edition only: the other edition is as foreign as another school.
YOUTH_ORGANISER, YOUTH_AUDITOR = "youth organiser", "youth auditor"
SIGNED_IN = (NOBODY, *Role, YOUTH_ORGANISER, YOUTH_AUDITOR)

# What an argument of an address means; an address with another argument has to be thought of here first.
KINDS = {
    "accounts.letter_id": "letter",
    "accounts.notice_id": "notice",
    "accounts.token": "reset link",
    "accounts.user_id": "user",
    "consent.code": "public edition",
    "consent.receipt": "consent receipt",
    "consent.token": "consent link",
    "contests.code": "public edition",
    "contests.end_own_colleague.post_id": "school post",
    "contests.end_school_post.post_id": "school post",
    "contests.invitation_id": "invitation",
    "contests.post_id": "post",
    "contests.reference": "access request",
    "contests.school_id": "school",
    "contests.token": "school list",
    "contests.setup.code": "edition",
    "contests.setup_matter.code": "edition",
    "contests.setup_part.code": "edition",
    "contests.setup_row_new.code": "edition",
    "contests.setup_row.code": "edition",
    "contests.setup_row_remove.code": "edition",
    "contests.setup_check.code": "edition",
    "contests.setup_units.code": "edition",
    "contests.setup_unit_quotas.code": "edition",
    "contests.setup_clusters.code": "edition",
    "contests.setup_cluster.code": "edition",
    "contests.setup_cluster_list.code": "edition",
    "contests.setup_school_units.code": "edition",
    "contests.setup_versions.code": "edition",
    "contests.setup_version.code": "edition",
    "contests.matter": "setup matter",
    "contests.part": "setup part",
    "contests.row": "setup row",
    "contests.number": "setup version",
    "contests.setup_check.token": "setup draft",
    "contests.unit_code": "unit",
    "contests.unit_set": "unit set",
    "contests.user_id": "user",
    "judging.code": "edition",
    "judging.panel_id": "panel",
    "judging.token": "sheet",
    "pages.code": "language",
    "pages.reference": "entry",
    "pages.token": "job",
    "registration.code": "public edition",
    "registration.check_queue.code": "edition",
    "registration.check_entry.code": "edition",
    "registration.decide_entry.code": "edition",
    "registration.choose_batch.code": "edition",
    "registration.check_batch.code": "edition",
    "registration.confirm_batch.code": "edition",
    "registration.check_batch.token": "check batch",
    "registration.confirm_batch.token": "check batch",
    "registration.change_request.token": "change request",
    "registration.decide_request.token": "change request",
    "registration.withdraw_request.token": "change request",
    "registration.deadline.code": "edition",
    "registration.take_back_extension.code": "edition",
    "registration.download_scan.token": "signed list",
    "registration.consents_of.code": "edition",
    "registration.consents_workbook.code": "edition",
    "registration.no_pictures.code": "edition",
    "registration.consent_words.code": "edition",
    "registration.word_consent.code": "edition",
    "registration.purpose": "purpose",
    "registration.scan_id": "consent scan",
    "registration.rule": "rule",
    "registration.person_id": "person",
    "registration.duplicates.code": "edition",
    "registration.search_duplicates.code": "edition",
    "registration.duplicate_pair.code": "edition",
    "registration.decide_duplicate.code": "edition",
    "registration.pair_id": "pair",
    "registration.document": "document",
    "registration.document_kind": "kind of document",
    "registration.view_id": "saved view",
    "registration.together_receipt.token": "hand in",
    "registration.reference": "entry",
    "registration.role": "kind of person",
    "reporting.code": "edition",
    "results.code": "edition",
    "screening.code": "edition",
    # That a contest exists is no secret: who may not import into it is told so.
    "screening.import_upload.code": "public edition",
    "screening.reference": "entry",
    "screening.reception.reference": "received entry",
    "screening.reception_pdf.reference": "received entry",
    "screening.correct_reception.reference": "received entry",
    "screening.undo_arrival.reference": "arrived entry",
    # A screener knows only what there is to mark.
    "screening.own_sheet.reference": "marked entry",
    "screening.token": "batch",
    **{
        f"screening.{endpoint}.token": "unit minutes"
        for endpoint in (
            "minutes",
            "edit_minutes",
            "issue_minutes",
            "discard_minutes",
            "minutes_docx",
            "minutes_pdf",
        )
    },
    **{f"screening.{endpoint}.token": "transfer" for endpoint in ("transfer", "answer_transfer", "take_back_transfer")},
    "screening.signed_paper.token": "signed paper",
    "screening.slip.token": "handover",
    "screening.slip_pdf.token": "handover",
    "screening.confirm_slip.token": "handover",
    "screening.cancel_slip.token": "handover",
    "screening.quota_request.token": "quota request",
    "screening.take_back_quota.token": "quota request",
    "screening.remove_signed.token": "signed paper",
    "screening.unit_code": "unit",
    "screening.seat": "screener",
    "screening.criterion": "unit criterion",
    "static.filename": "file",
}
MISSING: dict[str, Any] = {
    "setup matter": "nothing",
    "setup part": "nothing",
    "setup row": "nothing",
    "setup version": 999_999,
    "setup draft": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "access request": "YC22222222",
    "invitation": 999_999,
    "school": 999_999,
    "school list": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "school post": 999_999,
    "unit set": "nowhere-1999",
    "batch": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "check batch": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "change request": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "signed list": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "consent link": "A" * 43,
    "consent receipt": "DY-22222-22222",
    "consent scan": 999_999,
    "purpose": "fame",
    "document": "A" * 32,
    "pair": 999_999,
    "kind of document": "passport",
    "rule": "no_such_rule",
    "edition": "robocon-1999",
    "entry": "RB24-000000",
    "marked entry": "RB24-000000",
    "hand in": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "job": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "letter": 999_999,
    "notice": 999_999,
    "saved view": 999_999,
    "reset link": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "panel": 999_999,
    "person": 999_999,
    "post": 999_999,
    "sheet": "AAAAAAAAAAAAAAAAAAAAAA",
    "sheet of a panel": "AAAAAAAAAAAAAAAAAAAAAA",
    "transfer": "A" * 32,
    "unit": "999",
    "unit minutes": "A" * 32,
    "received entry": "RB24-000000",
    "arrived entry": "RB24-000000",
    "screener": "A" * 22,
    "unit criterion": "nothing",
    "signed paper": "A" * 32,
    "quota request": "A" * 32,
    "handover": "A" * 32,
    "user": 999_999,
}


def kind_of(rule: Rule, argument: str) -> str:
    """Tell what an argument of an address means; fail for one nobody has thought of."""
    name = f"{rule.endpoint.partition('.')[0]}.{argument}"
    kind = KINDS.get(f"{rule.endpoint}.{argument}") or KINDS.get(name)
    if kind is None:
        raise AssertionError(f"{rule.rule}: say in tests/house/world.py what {name!r} is, and whose it may be")
    return "sheet of a panel" if kind == "sheet" and "panel_id" in rule.arguments else kind


def _list() -> bytes:
    book = Workbook()
    sheet: Any = book.active
    sheet.append(["STT", "Tên mô hình", "Tác giả", "Ngày sinh", "Trường", "Đơn vị", "Lĩnh vực"])
    sheet.append([1, "Máy gieo hạt", "Lê Văn An", "20/05/2011", "Trường THCS Tân Dĩnh", OWN_UNIT, "Phần mềm tin học"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


LIST = _list()
RESET_LINK = "R" * 43
Values = dict[str, Any]


@dataclass
class World:
    """Hold the accounts by role, and things by kind: a role's own, and those that are not its own."""

    users: dict[str | Role, int] = field(default_factory=dict)
    things: dict[str, Any] = field(default_factory=dict)
    batches: dict[str, str] = field(default_factory=dict)
    notices: dict[str | Role, int] = field(default_factory=dict)
    jobs: dict[str | Role, str] = field(default_factory=dict)
    school_lists: dict[str | Role, str] = field(default_factory=dict)
    hand_ins: dict[str | Role, str] = field(default_factory=dict)
    check_batches: dict[str | Role, str] = field(default_factory=dict)
    saved_views: dict[str | Role, int] = field(default_factory=dict)
    setup_drafts: dict[str | Role, str] = field(default_factory=dict)
    strangers: dict[str, dict[str, list[Any]]] = field(default_factory=dict)

    def own(self, rule: Rule, role: str | None = None) -> Values:
        """Return the values that lead a role to something of its own."""
        values: Values = {}
        for argument in rule.arguments:
            kind = kind_of(rule, argument)
            # What each role has of its own; a visitor tries the organiser's.
            personal: dict[str, Any] = {
                "batch": self.batches,
                "notice": self.notices,
                "job": self.jobs,
                "hand in": self.hand_ins,
                "check batch": self.check_batches,
                "saved view": self.saved_views,
                "setup draft": self.setup_drafts,
                "school list": self.school_lists,
            }
            values[argument] = personal[kind][role or Role.ORGANISER] if kind in personal else self.things[kind]
        return values

    def has_scope(self, rule: Rule, role: str) -> bool:
        """Tell whether this address can lead this role to something that is not its own."""
        return any(self.strangers.get(role, {}).get(kind_of(rule, argument)) for argument in rule.arguments)

    def foreign(self, rule: Rule, role: str) -> Iterator[tuple[Values, Values]]:
        """Yield values with something foreign in them, each beside the same with something that does not exist."""
        own = self.own(rule, role)
        kinds = {argument: kind_of(rule, argument) for argument in rule.arguments}
        for argument, kind in kinds.items():
            for stranger in self.strangers.get(role, {}).get(kind, []):
                yield own | {argument: stranger}, own | {argument: MISSING[kind]}

    def foreign_things(self, role: str) -> set[Any]:
        """Return everything that is not a role's own."""
        return set(itertools.chain.from_iterable(self.strangers.get(role, {}).values()))


def build_world(app: Flask) -> World:
    """Make the world on an empty portal."""
    world = World()
    with app.app_context():
        for code in (YOUTH, ROBOCON):
            open_edition(code)
        mine = make_school("Trường THCS Tân Dĩnh", unit_of(YOUTH, OWN_UNIT))
        theirs = make_school("Trường THCS Xương Lâm", unit_of(YOUTH, OWN_UNIT))
        _people(world, mine)
        entries = _entries(mine, theirs)
        _registered(world, entries)
        _judged(world, entries)
        _accounts(world)
        _imports(app, world)
        _messages(world)
        _jobs(world)
        _hand_ins(world, entries)
        _desk(app, world, entries, mine, theirs)
        _checking(world, entries)
        _saved_views(world)
        _setup(world)
        _schools(app, world, mine, theirs)
        _consents(world, entries)
        _documents(app, world, entries)
        _duplicates(world, entries)
        _units_papers(app, world)
        _parcels(world, entries)
        _units_rounds(world)
        _transfers(world)
        complete_unit(SYSTEM, get_edition(YOUTH), unit_of(YOUTH, DONE_UNIT))
        db.session.remove()
    return world


def _people(world: World, mine: School) -> None:
    youth, unit = get_edition(YOUTH), unit_of(YOUTH, OWN_UNIT)
    posts: dict[str | Role, tuple[Role, ...]] = {role: (role,) for role in Role}
    posts |= {NOBODY: (), YOUTH_ORGANISER: (Role.ORGANISER,), YOUTH_AUDITOR: (Role.AUDITOR,)}
    bounded = {Role.COORDINATOR, Role.SCREENER, YOUTH_ORGANISER, YOUTH_AUDITOR}
    for name, roles in posts.items():
        edition = youth if name in bounded else None
        # An empty password is none: nobody signs in with one here.
        made = make_user(*roles, school=mine, unit=unit, edition=edition, password="", full_name=f"Người {name}")
        world.users[name] = made.id


def _entries(mine: School, theirs: School) -> dict[str, Entry]:
    """Make entries in every status; those of the robot contest come from the other school."""
    far = unit_of(YOUTH, OTHER_UNIT)
    made = {status.value: unit_entry(school=mine, status=status) for status in Status if status not in _LATER}
    made["withdrawn"] = unit_entry(school=mine)
    move_entry(SYSTEM, made["withdrawn"], Status.WITHDRAWN, reason="Đổi ý")
    made["neighbour"] = unit_entry(school=theirs)
    made["neighbour forwarded"] = unit_entry(school=theirs, status=Status.FORWARDED)
    made["neighbour draft"] = unit_entry(school=theirs, status=Status.DRAFT)
    made["far"] = unit_entry(far)
    made["far forwarded"] = unit_entry(far, Status.FORWARDED)
    made["robot"] = make_entry(ROBOCON, school=theirs, division=get_edition(ROBOCON).divisions[1])
    return made


_LATER = (Status.SCORED, Status.WITHDRAWN)


def _registered(world: World, entries: dict[str, Entry]) -> None:
    own = entries["submitted"]
    world.things |= {
        "entry": own.reference,
        "marked entry": entries["received"].reference,
        "person": own.participants[0].id,
        "kind of person": "author",
        "public edition": YOUTH,
        "edition": YOUTH,
        "unit": unit_of(YOUTH, OWN_UNIT).code,
        "language": "en",
        "file": "css/base.css",
    }
    references = {name: entry.reference for name, entry in entries.items()}
    persons = {name: entry.participants[0].id for name, entry in entries.items()}
    robot = {"entry": [references["robot"]], "person": [persons["robot"], persons["far"]], "edition": [ROBOCON]}
    world.strangers = {
        Role.SCHOOL: {
            "entry": [references[name] for name in ("neighbour", "neighbour draft", "far", "robot")],
            "person": [persons["neighbour"], persons["draft"]],
        },
        Role.COORDINATOR: {
            "entry": [references[name] for name in ("far", "draft", "neighbour draft", "robot")],
            "unit": [unit_of(YOUTH, OTHER_UNIT).code],
            "edition": [ROBOCON],
        },
        Role.JUDGE: {},
        Role.SCREENER: {"marked entry": [references[name] for name in ("far", "submitted", "draft", "robot")]},
        Role.ORGANISER: {"person": [persons["neighbour"]]},
        Role.ADMINISTRATOR: {},
        YOUTH_ORGANISER: dict(robot),
        YOUTH_AUDITOR: dict(robot),
    }


def _consents(world: World, entries: dict[str, Entry]) -> None:
    """Let families have answered, of an own entry and of another; a link that was ended is as foreign as any."""
    with transaction():
        edition = get_edition(YOUTH)
        edition.rules = {**edition.rules, "ethnic_group": "optional"}
    mine, theirs = consent_things(entries["submitted"], entries["neighbour"])
    world.things |= mine
    for role in (*Role, YOUTH_ORGANISER, YOUTH_AUDITOR):
        world.strangers.setdefault(role, {}).update(theirs)


def _duplicates(world: World, entries: dict[str, Entry]) -> None:
    """Let two entries of the youth contest be alike, and one of the robot contest be like another."""
    near = {"kind": "title", "score": 90, "state": "open"}
    mine, theirs = entries["submitted"], entries["robot"]
    with transaction():
        own = DuplicatePair(
            key="own", edition_id=mine.edition_id, first_id=mine.id, second_id=entries["neighbour"].id, **near
        )
        other = DuplicatePair(key="other", edition_id=theirs.edition_id, first_id=mine.id, second_id=theirs.id, **near)
        db.session.add_all([own, other])
    world.things["pair"] = own.id
    for role in (Role.ORGANISER, YOUTH_ORGANISER, YOUTH_AUDITOR):
        world.strangers[role]["pair"] = [other.id]


def _documents(app: Flask, world: World, entries: dict[str, Entry]) -> None:
    """Let entries have photographs: an own one, a neighbour's, and one of another contest."""
    folder = app.config["SETTINGS"].uploads / "documents"
    named = {"own": "submitted", "neighbour": "neighbour", "robot": "robot"}
    tokens = {name: make_photo(entries[key], folder).token for name, key in named.items()}
    world.things |= {"document": tokens["own"], "kind of document": "photo"}
    for role in (*Role, YOUTH_ORGANISER, YOUTH_AUDITOR):
        world.strangers.setdefault(role, {})["document"] = [tokens["neighbour"], tokens["robot"]]


def _imports(app: Flask, world: World) -> None:
    """Let everybody who may import have uploaded a list of their own."""
    youth, folder = get_edition(YOUTH), app.config["SETTINGS"].uploads / "imports"
    importers = (Role.SCHOOL, Role.COORDINATOR, Role.ORGANISER, YOUTH_ORGANISER)
    for role in importers:
        actor = actor_for(db.session.get_one(User, world.users[role]))
        batch = stage(actor, youth, folder, data=LIST, file_name="Danh sách.xlsx", unit=None, effective=clock.today())
        world.batches[role] = batch.token
    for role in importers:
        world.strangers[role]["batch"] = [token for owner, token in world.batches.items() if owner != role]
    for other in set(SIGNED_IN) - set(importers):
        world.batches[other] = world.batches[Role.ORGANISER]


def _judged(world: World, entries: dict[str, Entry]) -> None:
    colleague = make_judge(None, "Ngô Đồng Nghiệp", password="")
    judge = world.users[Role.JUDGE]
    panel = make_panel([db.session.get_one(User, judge), colleague])
    assign_all(panel, [entries["forwarded"], entries["far forwarded"]])
    other = make_panel([colleague], name="Hội đồng 2")
    assign_all(other, [entries["neighbour forwarded"]])
    robots = make_panel([colleague], ROBOCON, "qualifier", name="Hội đồng rô-bốt")
    assign_all(robots, [entries["robot"]])
    mine, theirs = _tokens(panel.id, judge), _tokens(panel.id, colleague.id)
    elsewhere, robotic = _tokens(other.id, colleague.id), _tokens(robots.id, colleague.id)
    world.things |= {"panel": panel.id, "sheet": mine[0], "sheet of a panel": mine[0]}
    world.strangers[Role.JUDGE]["sheet"] = [*theirs, *elsewhere, *robotic]
    world.strangers[Role.ORGANISER]["sheet of a panel"] = [*elsewhere, *robotic]
    for role in (YOUTH_ORGANISER, YOUTH_AUDITOR):
        world.strangers[role] |= {"panel": [robots.id], "sheet of a panel": robotic}


def _tokens(panel_id: int, judge_id: int) -> list[str]:
    wanted = select(ScoreSheet.token).where(ScoreSheet.panel_id == panel_id, ScoreSheet.judge_id == judge_id)
    return list(db.session.scalars(wanted.order_by(ScoreSheet.id)))


def _messages(world: World) -> None:
    """Tell everybody something, and let one letter be one that did not leave."""
    with transaction():
        notify(world.users.values(), ANNOUNCED.kind, {"subject": "Chào", "body": "Chào"}, key="hello")
        mail_to("ai.do@example.vn", ANNOUNCED.kind, {"subject": "Chào", "body": "Chào"}, key="hello")
    with transaction():
        db.session.add(PasswordReset(token_hash=hash_token(RESET_LINK), user_id=world.users[Role.JUDGE]))
    world.things["reset link"] = RESET_LINK
    world.things["letter"] = db.session.scalars(select(OutboxLetter.id)).first()
    rows = db.session.execute(select(Notice.user_id, Notice.id)).all()
    notices = {row.user_id: row.id for row in rows}
    for role, user_id in world.users.items():
        world.notices[role] = notices[user_id]
        world.strangers.setdefault(role, {})["notice"] = [other for known, other in rows if known != user_id]


def _jobs(world: World) -> None:
    """Let everybody wait for long work of their own, as if another process did it."""
    with transaction():
        for number, (role, user_id) in enumerate(world.users.items()):
            world.jobs[role] = token = f"j{number:042}"
            paths = {"leads_to": "/", "leads_back": "/"}
            db.session.add(
                Job(
                    token=token, kind="import.read", user_id=user_id, language="vi", values={}, state="running", **paths
                )
            )
    for role in world.users:
        others = [token for owner, token in world.jobs.items() if owner != role]
        world.strangers.setdefault(role, {})["job"] = others


def _desk(app: Flask, world: World, entries: dict[str, Entry], mine: School, theirs: School) -> None:
    """Let schools have asked for changes and brought their signed lists."""
    own = entries["submitted"]
    signed = make_signed_list(mine, [own])
    folder = app.config["SETTINGS"].uploads / "signed-lists"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / signed.stored_name).write_bytes(b"%PDF-1.4")
    world.things |= {"change request": make_request(own).token, "signed list": signed.token}
    world.things["rule"] = "count.author"
    others = [make_request(entries["neighbour"]).token, make_request(entries["robot"]).token]
    lists = {"far": make_signed_list(theirs, [entries["robot"]]).token}
    for role in (Role.SCHOOL, Role.COORDINATOR, YOUTH_ORGANISER, YOUTH_AUDITOR):
        # Whoever runs an edition is shown every request in it.
        foreign = others if role in (Role.SCHOOL, Role.COORDINATOR) else others[1:]
        world.strangers[role] |= {"change request": foreign, "signed list": list(lists.values())}


def _setup(world: World) -> None:
    """Let an edition have a version, and everybody a change of it that waits for their word."""
    youth = get_edition(YOUTH)
    content = content_of(youth)
    organiser = actor_for(db.session.get_one(User, world.users[Role.ORGANISER]))
    save(organiser, youth, youth.revision, content | {"contact": "Văn phòng Liên hiệp hội"}, "Ghi người liên hệ")
    world.things |= {"setup matter": "who", "setup part": "fields", "setup row": "software", "setup version": 1}
    shared = {"edition_id": youth.id, "base": youth.revision, "content": content_of(youth)}
    impact = {"checked": 0, "rows": [], "broken": 0, "kept": 0, "reasons": []}
    with transaction():
        for number, (role, user_id) in enumerate(world.users.items()):
            world.setup_drafts[role] = token = f"d{number:042}"
            db.session.add(EditionDraft(token=token, user_id=user_id, impact=impact, **shared))
    for role in world.users:
        others = [token for owner, token in world.setup_drafts.items() if owner != role]
        world.strangers.setdefault(role, {})["setup draft"] = others


def _hand_ins(world: World, entries: dict[str, Entry]) -> None:
    """Let everybody have handed something in together with others."""
    youth = get_edition(YOUTH)
    with transaction():
        for number, (role, user_id) in enumerate(world.users.items()):
            world.hand_ins[role] = token = f"h{number:042}"
            references = [entries["submitted"].reference]
            db.session.add(HandIn(token=token, edition_id=youth.id, user_id=user_id, references=references))
    for role in world.users:
        others = [token for owner, token in world.hand_ins.items() if owner != role]
        world.strangers.setdefault(role, {})["hand in"] = others


def _schools(app: Flask, world: World, mine: School, theirs: School) -> None:
    """Give each role schools, people, invitations and requests of its own, and others that are not."""
    far_unit = unit_of(YOUTH, OTHER_UNIT)
    far = make_school("Trường THCS Xuân Lương", far_unit)
    world.things |= school_things(mine, world.users[Role.SCHOOL])
    strangers = foreign_school_things(theirs, far, world.users[Role.AUDITOR])
    for role, found in strangers.items():
        world.strangers.setdefault(role, {}).update(found)
    folder = app.config["SETTINGS"].uploads / "schools"
    keepers = (Role.ORGANISER, Role.ADMINISTRATOR)
    for role in keepers:
        actor = actor_for(db.session.get_one(User, world.users[role]))
        world.school_lists[role] = stage_school_list(actor, folder)
    for role in keepers:
        others = [token for owner, token in world.school_lists.items() if owner != role]
        world.strangers.setdefault(role, {})["school list"] = others
    for role in set(SIGNED_IN) - set(keepers):
        world.school_lists[role] = world.school_lists[Role.ORGANISER]


def _units_rounds(world: World) -> None:
    """Let units have boards, and one its own criteria."""
    units = unit_of(YOUTH, OWN_UNIT), unit_of(YOUTH, OTHER_UNIT)
    own, theirs = round_things(*units, db.session.get_one(User, world.users[Role.SCREENER]))
    world.things |= own
    for role in (Role.COORDINATOR, Role.ORGANISER, YOUTH_ORGANISER, YOUTH_AUDITOR):
        world.strangers.setdefault(role, {}).update(theirs)


def _parcels(world: World, entries: dict[str, Entry]) -> None:
    """Let units have received what they screen, and the province what was forwarded to it."""
    with transaction():
        for name in ("received", "far forwarded"):
            add_reception(SYSTEM, entries[name], Parcel(entries[name].status_on))
    arrived = entries["forwarded"]
    confirm_arrivals(SYSTEM, get_edition(YOUTH), {arrived.reference: Seen()})
    world.things |= {"received entry": entries["received"].reference, "arrived entry": arrived.reference}
    far, robot = entries["far forwarded"].reference, entries["robot"].reference
    world.strangers[Role.COORDINATOR]["received entry"] = [far, robot]
    for role in (YOUTH_ORGANISER, YOUTH_AUDITOR):
        world.strangers[role] |= {"received entry": [robot], "arrived entry": [robot]}


def _units_papers(app: Flask, world: World) -> None:
    """Let units keep minutes and signed scans."""
    folder = app.config["SETTINGS"].uploads / "documents"
    world.things |= paper_things(unit_of(YOUTH, OWN_UNIT), folder)
    for kind, token in paper_things(unit_of(YOUTH, OTHER_UNIT), folder).items():
        world.strangers[Role.COORDINATOR][kind] = [token]


def _transfers(world: World) -> None:
    """Let a unit have asked another for something, and two others each other: that is nobody else's business."""
    units = unit_of(YOUTH, OWN_UNIT), unit_of(YOUTH, OTHER_UNIT), unit_of(YOUTH, "Huyện Lục Nam")
    own, theirs = transfer_things(*units)
    world.things["transfer"] = own
    world.strangers[Role.COORDINATOR]["transfer"] = [theirs]


def _accounts(world: World) -> None:
    def post(user_id: int) -> int:
        return db.session.scalars(select(Membership.id).where(Membership.user_id == user_id)).one()

    somebody = make_user(Role.JUDGE, password="", full_name="Vũ Văn Chấm")
    world.things |= {"user": somebody.id, "post": post(somebody.id)}
    world.strangers[Role.ADMINISTRATOR]["post"] = [post(world.users[Role.AUDITOR])]


def _checking(world: World, entries: dict[str, Entry]) -> None:
    """Let each who checks papers have chosen an entry; what the others chose is not theirs."""
    youth, deciders = get_edition(YOUTH), (Role.ORGANISER, YOUTH_ORGANISER)
    for role in deciders:
        actor = actor_for(db.session.get_one(User, world.users[role]))
        batch = stage_batch(actor, youth, [entries["submitted"].id], CheckState.ELIGIBLE)
        world.check_batches[role] = batch.token
    for role in deciders:
        others = [token for owner, token in world.check_batches.items() if owner != role]
        world.strangers.setdefault(role, {})["check batch"] = others
    for other in set(SIGNED_IN) - set(deciders):
        world.check_batches[other] = world.check_batches[Role.ORGANISER]


def _saved_views(world: World) -> None:
    """Let everybody have saved filters of their own."""
    for role in SIGNED_IN:
        actor = actor_for(db.session.get_one(User, world.users[role]))
        world.saved_views[role] = save_view(actor, f"Bộ lọc của {role}", f"edition={YOUTH}").id
    for role in SIGNED_IN:
        others = [view for owner, view in world.saved_views.items() if owner != role]
        world.strangers.setdefault(role, {})["saved view"] = others[:1]
