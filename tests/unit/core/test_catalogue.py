"""The English catalogue is compiled once where that can be kept, and at each start where it cannot."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from contest_portal.core import i18n

PO = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "Đội"\nmsgstr "%s"\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a folder with a catalogue of one word."""
    place = tmp_path / "en" / "LC_MESSAGES"
    place.mkdir(parents=True)
    (place / "messages.po").write_text(PO % "Team", encoding="utf-8")
    monkeypatch.setattr(i18n, "FOLDER", tmp_path)
    i18n.catalogue.cache_clear()
    yield place
    i18n.catalogue.cache_clear()


def test_it_is_compiled_and_kept_for_everybody(folder: Path) -> None:
    assert i18n.catalogue("en").ugettext("Đội") == "Team"
    assert (folder / "messages.mo").stat().st_mode & 0o044 or os.name != "posix"
    assert [path.name for path in folder.iterdir() if path.suffix == ".tmp"] == []


def test_a_newer_source_is_compiled_again(folder: Path) -> None:
    assert i18n.catalogue("en").ugettext("Đội") == "Team"
    source = folder / "messages.po"
    source.write_text(PO % "Crew", encoding="utf-8")
    later = (folder / "messages.mo").stat().st_mtime + 5
    os.utime(source, (later, later))
    i18n.catalogue.cache_clear()
    assert i18n.catalogue("en").ugettext("Đội") == "Crew"


def test_where_nothing_can_be_written_it_works_all_the_same(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_named: object) -> None:
        raise PermissionError("read only")

    monkeypatch.setattr(i18n.tempfile, "mkstemp", refuse)
    assert i18n.catalogue("en").ugettext("Đội") == "Team"
    assert not (folder / "messages.mo").exists()


def test_a_language_without_a_catalogue_says_what_is_written(folder: Path) -> None:
    assert i18n.catalogue("fr").ugettext("Đội") == "Đội"
