"""The command `contest-portal`: one file per command, loaded when it is called."""

import importlib
from typing import Any

import click

from contest_portal.config import ConfigurationError
from contest_portal.core.errors import PortalError

# name of the command -> module with a click command of that name, and what `--help` lists
COMMANDS = {
    "init": ("init:init", "Create or migrate the database and load the presets."),
    "demo": ("demo:demo", "Fill an empty portal with a demonstration season."),
    "serve": ("serve:serve", "Serve the portal."),
    "user": ("user:user", "Create accounts and set passwords."),
    "import": ("import_:import_", "Read a district's workbooks into an edition."),
    "complete-unit": ("complete_unit:complete_unit", "Record that a unit has finished its screening."),
    "tally": ("tally:tally", "Print an edition's figures as of a day."),
    "export": ("export:export", "Write an edition's summary workbook."),
    "template": ("template:template", "Write the workbook that schools fill in."),
    "report": ("report:report", "Write the emulation report with its figures."),
    "mail": ("mail:mail", "Send the letters that wait and remind schools."),
    "reindex": ("reindex:reindex", "Write anew what entries are found by."),
    "verify": ("verify:verify", "Check that the log was only ever added to."),
}


class OneFilePerCommand(click.Group):
    """Import the module of a command only when that command is called, so that `--help` is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the work."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(f"contest_portal.cli.{module}"), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands from the table, importing none."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; end what a person can mend with one sentence instead of a traceback."""
        try:
            return super().invoke(ctx)
        except (ConfigurationError, PortalError) as error:
            raise click.ClickException(str(error)) from error
        except PermissionError as error:
            place = error.filename or "a file of the portal"
            raise click.ClickException(f"This account may not read or write {place}.") from error


@click.group(cls=OneFilePerCommand, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="contest-portal")
def cli() -> None:
    """Run a province's contests: from the schools' entries to the report's figures."""
