"""contest-portal user: make accounts and set passwords from the command line."""

import sys

import click

from contest_portal.accounts.actor import SYSTEM, Role
from contest_portal.accounts.models import User
from contest_portal.accounts.names import normal_name
from contest_portal.accounts.passwords import problem_with
from contest_portal.accounts.queries import find_user
from contest_portal.accounts.services import create_user, reset_password
from contest_portal.app import create_app
from contest_portal.cli.options import edition_named
from contest_portal.contests.memberships import find_or_add_school, give_post
from contest_portal.contests.queries_memberships import find_unit_for
from contest_portal.core.database import transaction

# A unit gives a screener's post itself.
GIVEN = [role.value for role in Role if role is not Role.SCREENER]

password_option = click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input instead of asking for it."
)


@click.group()
def user() -> None:
    """Create accounts and set passwords."""


@user.command()
@click.argument("username")
@click.option("--name", "full_name", required=True, help="The person's full name.")
@click.option("--email", help="Where mail for the person goes.")
@click.option("--role", "roles", multiple=True, type=click.Choice(GIVEN), help="A post; may be repeated.")
@click.option("--edition", help="The edition the posts are for; every edition unless given.")
@click.option("--unit", help="The unit (name or code) of a coordinator, or of a school that is new.")
@click.option("--school", help="The school of a school's account.")
@password_option
def create(
    *,
    username: str,
    full_name: str,
    email: str | None,
    roles: tuple[str, ...],
    edition: str | None,
    unit: str | None,
    school: str | None,
    password_stdin: bool,
) -> None:
    """Create an account and give it its posts."""
    with create_app().app_context():
        found_edition = edition_named(edition) if edition else None
        found_unit = find_unit_for(found_edition, unit) if unit else None
        if unit and found_unit is None:
            raise click.BadParameter(f"There is no unit {unit!r}.", param_hint="--unit")
        password = _read_password(username, stdin=password_stdin)
        with transaction():
            made = create_user(SYSTEM, username=username, full_name=full_name, email=email, password=password)
            found_school = find_or_add_school(SYSTEM, school, found_unit) if school else None
            for role in roles:
                give_post(SYSTEM, made, Role(role), edition=found_edition, unit=found_unit, school=found_school)
        click.echo(f"Created {made.username}.")


@user.command()
@click.argument("username")
@password_option
def password(*, username: str, password_stdin: bool) -> None:
    """Set an account's password; whoever was signed in with it is signed out."""
    with create_app().app_context():
        found: User | None = find_user(normal_name(username))
        if found is None:
            raise click.ClickException(f"There is no account {username!r}.")
        reset_password(SYSTEM, found, _read_password(username, stdin=password_stdin))
        click.echo(f"The password of {found.username} was changed.")


def _read_password(username: str, *, stdin: bool) -> str:
    given: str
    if stdin:
        given = sys.stdin.readline().rstrip("\r\n")
    else:
        given = click.prompt(f"Password for {username}", hide_input=True, confirmation_prompt=True)
    if problem := problem_with(given, username):
        raise click.ClickException(str(problem))
    return given
