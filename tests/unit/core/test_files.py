"""Files under names of our own."""

import os
import stat
from pathlib import Path

import pytest

from contest_portal.core import files
from contest_portal.core.errors import NotFound


def test_file_is_kept_under_a_name_of_our_own(tmp_path: Path) -> None:
    """Store, read and remove; only the portal's own account may read it."""
    folder = tmp_path / "uploads"
    name, checksum = files.store(folder, b"abc")
    assert checksum == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert files.load(folder, name) == b"abc"
    if os.name == "posix":
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
    assert files.store(folder, b"abc")[0] != name
    files.discard(folder, name)
    files.discard(folder, name)
    with pytest.raises(NotFound):
        files.load(folder, name)


@pytest.mark.parametrize("name", ["../secret_key", "a" * 31, "A" * 32, "0" * 32 + "/x", ""])
def test_other_names_lead_nowhere(tmp_path: Path, name: str) -> None:
    """Leave the folder for nobody."""
    (tmp_path.parent / "secret_key").write_text("x")
    for act in (files.load, files.discard):
        with pytest.raises(NotFound):
            act(tmp_path, name)
    assert (tmp_path.parent / "secret_key").exists()
