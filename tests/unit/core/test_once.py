"""A form posted twice counts once; on both databases."""

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from contest_portal.core import clock, once
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Conflict
from contest_portal.core.once import OnceToken


def test_the_second_post_learns_what_came_of_the_first(app: Flask) -> None:
    with transaction():
        assert once.find_outcome("token") is None
        once.remember("token", "RB24-7K3M9Q")
    assert once.find_outcome("token") == "RB24-7K3M9Q"
    assert once.find_outcome("another") is None


@pytest.mark.parametrize("none", [None, ""])
def test_a_form_without_a_token_is_always_the_first(app: Flask, none: str | None) -> None:
    with transaction():
        once.remember(none, "outcome")
    assert once.find_outcome(none) is None
    assert db.session.scalar(select(func.count()).select_from(OnceToken)) == 0


def test_two_posts_that_arrive_together_are_told_apart_by_the_database(app: Flask) -> None:
    with transaction():
        once.remember("token", "first")
    db.session.expunge_all()
    with pytest.raises(IntegrityError), transaction():
        once.remember("token", "second")
    assert once.find_outcome("token") == "first"


def test_what_was_undone_may_be_tried_again(app: Flask) -> None:
    with pytest.raises(ZeroDivisionError), transaction():
        once.remember("token", "nothing came of it")
        _ = 1 / 0
    assert once.find_outcome("token") is None


def test_a_token_knows_when_it_was_used(app: Flask) -> None:
    with transaction():
        once.remember("token", "x")
    age = clock.now() - db.session.scalars(select(OnceToken.used_at)).one()
    assert 0 <= age.total_seconds() < 60


@pytest.mark.parametrize("outcome", ["YC7K3M9Q22", "²", "-1", ""])
def test_a_form_of_another_kind_is_refused_where_a_number_is_meant(app: Flask, outcome: str) -> None:
    # A visitor may send the token of one public form with another.
    with transaction():
        once.remember("number", "17")
        once.remember("other", outcome)
    assert once.find_number("number") == 17
    assert once.find_number("unused") is None
    with pytest.raises(Conflict):
        once.find_number("other")
