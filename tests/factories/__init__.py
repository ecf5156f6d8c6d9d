"""Real objects for tests, made by the services where there is one; call inside an application context."""

from tests.factories.people import actor_for, make_school, make_user, unit_of
from tests.factories.registration import make_entry, make_participant, open_edition

__all__ = [
    "actor_for",
    "make_entry",
    "make_participant",
    "make_school",
    "make_user",
    "open_edition",
    "unit_of",
]
