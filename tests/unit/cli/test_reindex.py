"""Test the command that indexes anew."""

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import delete, func, select

from contest_portal.cli import reindex as module
from contest_portal.cli.main import cli
from contest_portal.core.database import db, transaction
from contest_portal.registration.indexing import index_missing
from contest_portal.registration.models_finding import SearchTerm
from tests.factories.registration import make_entry


def test_every_entry_is_indexed_anew(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "create_app", lambda: app)
    runner = CliRunner()
    assert "There are no entries yet." in runner.invoke(cli, ["reindex"]).output
    for _ in range(3):
        make_entry()
    with transaction():
        db.session.execute(delete(SearchTerm))
    result = runner.invoke(cli, ["reindex"])
    assert (result.exit_code, "Indexed 3 entries." in result.output) == (0, True)
    assert db.session.scalar(select(func.count(SearchTerm.entry_id.distinct()))) == 3
    assert index_missing() == 0
