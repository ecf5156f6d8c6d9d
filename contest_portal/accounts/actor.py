"""Who is acting: a person, the posts that person holds, and where the request came from."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """Name what a post lets its holder do."""

    SCHOOL = "school"
    COORDINATOR = "coordinator"
    SCREENER = "screener"
    JUDGE = "judge"
    ORGANISER = "organiser"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


@dataclass(frozen=True)
class Post:
    """Say where a role holds: for one edition (or all), one unit or one school."""

    role: Role
    edition_id: int | None = None
    unit_id: int | None = None
    school_id: int | None = None


@dataclass(frozen=True)
class Actor:
    """Be the person every service is handed; never looked up from the request inside a service."""

    user_id: int | None
    name: str
    username: str
    posts: tuple[Post, ...] = ()
    address: str | None = None

    @property
    def signed_in(self) -> bool:
        """Tell whether somebody is signed in."""
        return self.user_id is not None

    @property
    def roles(self) -> frozenset[Role]:
        """Return every role the actor holds anywhere."""
        return frozenset(post.role for post in self.posts)

    def has(self, *roles: Role) -> bool:
        """Tell whether the actor holds any of these roles."""
        return not self.roles.isdisjoint(roles)

    def holds(self, *roles: Role, edition_id: int | None) -> bool:
        """Tell whether a post of these roles covers the edition."""
        return any(p.role in roles and p.edition_id in (None, edition_id) for p in self.posts)

    @property
    def school_ids(self) -> frozenset[int]:
        """Return the schools the actor registers for."""
        return frozenset(p.school_id for p in self.posts if p.role is Role.SCHOOL and p.school_id is not None)

    def unit_ids(self, edition_id: int | None = None) -> frozenset[int]:
        """Return the units the actor coordinates, for one edition where it is given."""
        return frozenset(
            p.unit_id
            for p in self.posts
            if p.role is Role.COORDINATOR
            and p.unit_id is not None
            and (edition_id is None or p.edition_id in (None, edition_id))
        )


NOBODY = Actor(user_id=None, name="", username="")
SYSTEM = Actor(user_id=None, name="Hệ thống", username="system", posts=(Post(Role.ADMINISTRATOR), Post(Role.ORGANISER)))
