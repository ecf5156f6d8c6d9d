"""Let `python -m contest_portal.cli` be the command, where no console script is on the path."""

from contest_portal.cli.main import cli

if __name__ == "__main__":
    cli(prog_name="contest-portal")
