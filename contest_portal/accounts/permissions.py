"""Who may do what: one table. A page that names no permission from it is refused."""

from typing import Final

from contest_portal.accounts.actor import Actor, Role

SCHOOL, COORDINATOR, SCREENER, JUDGE = Role.SCHOOL, Role.COORDINATOR, Role.SCREENER, Role.JUDGE
ORGANISER, ADMINISTRATOR, AUDITOR = Role.ORGANISER, Role.ADMINISTRATOR, Role.AUDITOR
EVERYONE: Final = frozenset(Role)

PERMISSIONS: Final[dict[str, frozenset[Role]]] = {
    # Any account, whatever its posts; also one that has none yet.
    "account.own": EVERYONE,
    "home.see": EVERYONE,
    "inbox.own": EVERYONE,
    "job.own": EVERYONE,
    # Accounts
    "users.manage": frozenset({ADMINISTRATOR}),
    "memberships.manage": frozenset({ADMINISTRATOR}),
    "audit.see": frozenset({ADMINISTRATOR, AUDITOR}),
    # Schools and units: the organisers' of every edition, for they belong to none
    "schools.manage": frozenset({ORGANISER, ADMINISTRATOR}),
    "schools.see": frozenset({COORDINATOR, ORGANISER, ADMINISTRATOR, AUDITOR}),
    "schools.recommend": frozenset({COORDINATOR}),
    "colleagues.own": frozenset({SCHOOL}),
    # Setting up editions: each organiser their own; a new one needs a post for all
    "edition.manage": frozenset({ORGANISER}),
    "edition.create": frozenset({ORGANISER}),
    # Messages
    "outbox.see": frozenset({ORGANISER, ADMINISTRATOR, AUDITOR}),
    "outbox.send": frozenset({ORGANISER, ADMINISTRATOR}),
    "announcement.send": frozenset({ORGANISER}),
    # Registration
    "entry.create": frozenset({SCHOOL, ORGANISER}),
    "entry.edit": frozenset({SCHOOL, COORDINATOR, ORGANISER}),
    "entry.withdraw": frozenset({SCHOOL, ORGANISER}),
    "entry.see": frozenset({SCHOOL, COORDINATOR, ORGANISER, AUDITOR}),
    "entry.list": frozenset({SCHOOL, COORDINATOR, ORGANISER, AUDITOR}),
    "entry.copy": frozenset({SCHOOL}),
    "change.ask": frozenset({SCHOOL}),
    "change.see": frozenset({ORGANISER, AUDITOR}),
    "change.decide": frozenset({ORGANISER}),
    "rule.override": frozenset({ORGANISER}),
    "deadline.extend": frozenset({ORGANISER}),
    "entry.import": frozenset({SCHOOL, COORDINATOR, ORGANISER}),
    "duplicates.see": frozenset({ORGANISER, AUDITOR}),
    "duplicates.decide": frozenset({ORGANISER}),
    "check.see": frozenset({ORGANISER, AUDITOR}),
    "check.do": frozenset({ORGANISER}),
    # Consent: asked for and recorded by the entry's own school; what is sensitive is not for coordinators nor judges
    "consent.record": frozenset({SCHOOL, ORGANISER}),
    "consent.overview": frozenset({ORGANISER, AUDITOR}),
    "consent.word": frozenset({ORGANISER}),
    "sensitive.see": frozenset({SCHOOL, ORGANISER}),
    "dossier.see": frozenset({COORDINATOR, ORGANISER, AUDITOR}),
    # Screening
    "screening.see": frozenset({COORDINATOR, ORGANISER, AUDITOR}),
    "screening.do": frozenset({COORDINATOR, ORGANISER}),
    "screening.reopen": frozenset({ORGANISER}),
    "quota.see": frozenset({ORGANISER, AUDITOR}),
    "arrival.see": frozenset({ORGANISER, AUDITOR}),
    "arrival.do": frozenset({ORGANISER}),
    "screening.remind": frozenset({ORGANISER}),
    "screening.board": frozenset({COORDINATOR, ORGANISER}),
    "screening.score": frozenset({SCREENER}),
    # Judging
    "panel.manage": frozenset({ORGANISER}),
    "panel.see": frozenset({ORGANISER, AUDITOR}),
    "sheet.score": frozenset({JUDGE}),
    # Results, reporting
    "results.see": frozenset({ORGANISER, AUDITOR}),
    "reports.see": frozenset({ORGANISER, AUDITOR}),
}

# What belongs to no edition: only a post that holds for every edition opens it.
EVERYWHERE: Final = frozenset(
    {"users.manage", "schools.manage", "memberships.manage", "audit.see", "outbox.see", "outbox.send", "edition.create"}
)


def may(actor: Actor, permission: str) -> bool:
    """Tell whether any of the actor's posts carries the permission; its scope is the query's matter."""
    if not actor.signed_in:
        return False
    allowed = PERMISSIONS[permission]
    if permission in EVERYWHERE:
        return actor.holds(*allowed, edition_id=None)
    return allowed is EVERYONE or not actor.roles.isdisjoint(allowed)
