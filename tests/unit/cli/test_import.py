"""The command that brings lists in: its figures, its JSON, its exit codes, and the whole season of 2024."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import create_engine, text

from contest_portal.cli.main import cli
from tests.factories.workbooks import SAMPLES, TEAM_HEADS, team, teams, typed_in_tcvn3, work, workbook, works

needs_samples = pytest.mark.skipif(not SAMPLES.exists(), reason="the season's samples are not here")


class Portal:
    """Run commands on a portal of one's own."""

    def __init__(self, instance: Path) -> None:
        """Prepare an empty portal."""
        self.environment = {"CONTEST_PORTAL_INSTANCE": str(instance), "DATABASE_URL": ""}
        self.database = instance / "portal.sqlite3"
        assert self.run("init").exit_code == 0

    def run(self, *words: str | Path) -> Result:
        """Run a command."""
        return CliRunner().invoke(cli, [str(word) for word in words], env=self.environment)

    def imported(self, *words: str | Path, status: int = 0) -> list[dict[str, Any]]:
        """Run an import and return its JSON."""
        result = self.run("import", *words, "--json")
        assert result.exit_code == status, result.output
        outcomes: list[dict[str, Any]] = json.loads(result.stdout)
        return outcomes

    def count(self, table: str, condition: str = "1 = 1") -> int:
        """Count rows."""
        engine = create_engine(f"sqlite:///{self.database}")
        with engine.connect() as connection:
            found: int = connection.execute(text(f"SELECT count(*) FROM {table} WHERE {condition}")).scalar_one()
        engine.dispose()
        return found


@pytest.fixture
def portal(tmp_path: Path) -> Portal:
    """Return an empty portal."""
    folder = tmp_path / "instance"
    folder.mkdir()
    return Portal(folder)


def save(folder: Path, name: str, data: bytes) -> Path:
    """Write a workbook."""
    path = folder / name
    path.write_bytes(data)
    return path


def summary(outcomes: list[dict[str, Any]], *keys: str) -> list[tuple[int, ...]]:
    """Return the named figures of each file."""
    names = keys or ("created", "updated", "unchanged", "rejected", "people")
    return [tuple(outcome[key] for key in names) for outcome in outcomes]


def test_file_is_imported_and_again_changes_nothing(portal: Portal, tmp_path: Path) -> None:
    path = save(tmp_path, "đội.xlsx", teams(team(1), team(2)))
    words = (path, "--edition", "robocon-2024", "--effective", "2024-05-20")
    (first,) = portal.imported(*words)
    assert first == {
        "file": str(path), "created": 2, "updated": 0, "unchanged": 0, "rejected": 0, "people": 6,
        "written": True, "problems": [],
    }  # fmt: skip
    assert summary(portal.imported(*words)) == [(0, 0, 2, 0, 6)]
    corrected = save(tmp_path, "sửa.xlsx", teams(team(1), team(2, c1="Đội Hai")))
    assert summary(portal.imported(corrected, *words[1:])) == [(0, 1, 1, 0, 6)]
    assert portal.count("entries") == 2


def test_rejected_rows_end_with_1_and_nothing_of_that_file(portal: Portal, tmp_path: Path) -> None:
    good = save(tmp_path, "good.xlsx", teams(team(1)))
    bad = save(tmp_path, "bad.xlsx", teams(team(2), team(3, c5="31/2/2011")))
    words = (good, bad, "--edition", "robocon-2024")
    outcomes = portal.imported(*words, status=1)
    assert summary(outcomes, "created", "rejected", "written") == [(1, 0, True), (0, 1, False)]
    (problem,) = outcomes[1]["problems"]
    assert (problem["row"], problem["column"], problem["value"]) == (3, "F", "31/2/2011")
    assert problem["message"].startswith("Ngày không có trong lịch")
    assert portal.count("entries") == 1
    assert summary(portal.imported(bad, "--edition", "robocon-2024", "--partial", status=1), "created", "rejected") == [
        (1, 1)
    ]
    assert portal.count("entries") == 2


def test_dry_run_says_and_writes_nothing(portal: Portal, tmp_path: Path) -> None:
    path = save(tmp_path, "a.xlsx", teams(team(1)))
    assert summary(portal.imported(path, "--edition", "robocon-2024", "--dry-run")) == [(1, 0, 0, 0, 3)]
    assert portal.count("entries") == 0


def test_unusable_file_ends_with_2_and_the_others_are_read(portal: Portal, tmp_path: Path) -> None:
    broken = save(tmp_path, "broken.xlsx", b"PK\x03\x04 broken")
    strange = save(tmp_path, "strange.xlsx", workbook(["Kính gửi"], ["các trường"]))
    good = save(tmp_path, "good.xlsx", teams(team(1)))
    missing = tmp_path / "missing.xlsx"
    outcomes = portal.imported(broken, strange, missing, good, "--edition", "robocon-2024", status=2)
    assert ["error" in outcome for outcome in outcomes] == [True, True, True, False]
    assert "hỏng" in outcomes[0]["error"]
    assert "thiếu cột" in outcomes[1]["error"]
    assert portal.count("entries") == 1


def test_figures_and_problems_for_people(portal: Portal, tmp_path: Path) -> None:
    path = save(tmp_path, "a.xlsx", teams(team(1), team(2, c3="Z")))
    result = portal.run("import", path, "--edition", "robocon-2024")
    assert result.exit_code == 1
    assert "0 created, 0 updated, 0 unchanged, 1 rejected" in result.stdout
    assert "nothing of this file was written" in result.stdout
    assert "D3 “Z”" in result.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--edition", "robocon-1999"), "robocon-2024"),
        (("--edition", "robocon-2024", "--unit", "Huyện Gia Bình"), "Huyện Lạng Giang"),
        (("--edition", "robocon-2024", "--effective", "31/2/2024"), "2024-05-20"),
        ((), "--edition"),
    ],
)
def test_wrong_words_end_with_a_sentence(portal: Portal, tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    result = portal.run("import", save(tmp_path, "a.xlsx", teams(team(1))), *words)
    assert result.exit_code == 2
    assert said in result.stderr


def test_database_that_is_not_prepared_is_told(tmp_path: Path) -> None:
    path = save(tmp_path, "a.xlsx", teams(team(1)))
    environment = {"CONTEST_PORTAL_INSTANCE": str(tmp_path / "empty"), "DATABASE_URL": ""}
    result = CliRunner().invoke(cli, ["import", str(path), "--edition", "robocon-2024"], env=environment)
    assert result.exit_code == 1
    assert "contest-portal init" in result.stderr


def test_day_ahead_is_refused_in_a_sentence(portal: Portal, tmp_path: Path) -> None:
    path = save(tmp_path, "a.xlsx", teams(team(1)))
    result = portal.run("import", path, "--edition", "robocon-2024", "--effective", "2999-01-01")
    assert result.exit_code != 0
    assert "Traceback" not in result.output


def test_unknown_columns_can_be_explained(portal: Portal, tmp_path: Path) -> None:
    heads = ["TT", "Nhóm", *TEAM_HEADS[2:]]
    file = save(tmp_path, "doi.xlsx", workbook(heads, team(1)))
    assert "error" in portal.imported(file, "--edition", "robocon-2024", status=2)[0]
    explained = ("--mapping", "Nhóm=title", "--mapping", "Lớp TV2=")
    (outcome,) = portal.imported(file, "--edition", "robocon-2024", *explained, "--dry-run", status=1)
    assert [problem["message"][:4] for problem in outcome["problems"]] == ["Vũ T"]
    (outcome,) = portal.imported(file, "--edition", "robocon-2024", "--mapping", "Nhóm=title")
    assert outcome["created"] == 1


@pytest.mark.parametrize(
    ("given", "said"), [("Nhóm", "is no HEADING=MEANING"), ("Nhóm=tên", "There is no meaning"), ("=title", "is no")]
)
def test_a_wrong_explanation_ends_with_a_sentence(portal: Portal, tmp_path: Path, given: str, said: str) -> None:
    file = save(tmp_path, "doi.xlsx", teams(team(1)))
    result = portal.run("import", file, "--edition", "robocon-2024", "--mapping", given)
    assert result.exit_code == 2
    assert said in result.output


def test_old_letters_are_converted_unless_told_to_keep_them(portal: Portal, tmp_path: Path) -> None:
    file = save(tmp_path, "cu.xlsx", typed_in_tcvn3(TEAM_HEADS, team(1), team(2)))
    kept = portal.imported(file, "--edition", "robocon-2024", "--keep-letters", status=2)
    assert "tiêu đề" in kept[0]["error"]
    (outcome,) = portal.imported(file, "--edition", "robocon-2024")
    assert (outcome["created"], outcome["rejected"]) == (2, 0)
    assert portal.count("entries", "title = 'Đội 1'") == 1


def test_text_files_are_read_too(portal: Portal, tmp_path: Path) -> None:
    lines = (";".join(map(str, line)) for line in (TEAM_HEADS, team(1)))
    file = save(tmp_path, "doi.csv", "\n".join(lines).encode("utf-16"))
    assert portal.imported(file, "--edition", "robocon-2024")[0]["created"] == 1


def test_unit_can_be_named_by_code_or_name(portal: Portal, tmp_path: Path) -> None:
    for number, name in enumerate(("217", "lạng giang", "Huyện Lạng Giang"), start=1):
        path = save(tmp_path, f"{number}.xlsx", works(work(number), unit="TỈNH BẮC GIANG"))
        assert summary(portal.imported(path, "--edition", "youth-2024", "--unit", name), "created") == [(1,)]
    assert portal.count("entries", "unit_id IS NOT NULL") == 3


def test_unit_completes_once_everything_is_decided(portal: Portal, tmp_path: Path) -> None:
    words = ("complete-unit", "--edition", "youth-2024", "--unit", "Lạng Giang", "--effective", "2024-05-31")
    portal.imported(
        save(tmp_path, "a.xlsx", works(work(1, c9="x"), work(2, c7=""))),
        "--edition",
        "youth-2024",
        "--effective",
        "2024-05-20",
    )
    waiting = portal.run(*words)
    assert waiting.exit_code == 1
    assert "chưa có quyết định" in waiting.stderr
    portal.imported(
        save(tmp_path, "b.xlsx", works(work(1, c9="x"), work(2))),
        "--edition",
        "youth-2024",
        "--effective",
        "2024-05-21",
    )
    assert portal.run(*words).exit_code == 0
    assert portal.count("unit_events", "kind = 'completed' AND happened_on = '2024-05-31'") == 1
    assert portal.run(*words).exit_code == 1


@needs_samples
class TestSeason:
    """The season of 2024, from the workbooks as they are to the figures of the manifest."""

    manifest: Any = json.loads((SAMPLES / "manifest.json").read_text()) if SAMPLES.exists() else {}

    def test_robocon(self, portal: Portal) -> None:
        early = sorted(SAMPLES.glob("robocon-dang-ky-*.xlsx"))
        outcomes = portal.imported(*early, "--edition", "robocon-2024", "--effective", "2024-05-20")
        wanted = self.manifest["robocon"]
        assert sum(outcome["created"] for outcome in outcomes) == wanted["teams"] == portal.count("entries")
        assert sum(outcome["people"] for outcome in outcomes) == wanted["people"] == portal.count("participants")
        late = (SAMPLES / "robocon-bo-sung-sau-20-5.xlsx", "--edition", "robocon-2024", "--effective", "2024-05-25")
        assert summary(portal.imported(*late), "created", "people") == [(wanted["late_teams"], wanted["late_people"])]
        assert portal.count("participants", "joined_on <= '2024-05-20'") == wanted["people"]
        again = portal.imported(*early, late[0], "--edition", "robocon-2024")
        assert summary(again, "created", "updated", "rejected") == [(0, 0, 0)] * 3

    def test_youth(self, portal: Portal) -> None:
        files = sorted(SAMPLES.glob("sang-tao-ttnnd-*.xlsx"))
        words = ("--edition", "youth-2024", "--effective", "2024-05-20")
        outcomes = portal.imported(*files, *words)
        wanted = self.manifest["youth"]
        figures = sorted((unit["entries"], unit["people"]) for unit in wanted["units"].values())
        assert sorted(summary(outcomes, "created", "people")) == figures
        for name, unit in wanted["units"].items():
            of_unit = f"unit_id = (SELECT id FROM units WHERE name = '{name}' AND unit_set = 'bac-giang-2024')"
            assert portal.count("entries", of_unit) == unit["entries"]
            assert portal.count("entries", f"{of_unit} AND status = 'forwarded'") == unit["forwarded"]
        assert portal.count("entries", "status = 'forwarded'") == wanted["forwarded"]
        assert portal.count("screening_results") == portal.count("entries")
        for name in wanted["units"]:
            done = portal.run("complete-unit", "--edition", "youth-2024", "--unit", name, "--effective", "2024-05-31")
            assert done.exit_code == 0, done.output
        assert portal.count("unit_events", "kind = 'completed'") == len(wanted["units"])
        assert summary(portal.imported(*files, *words), "created", "updated", "rejected") == [(0, 0, 0)] * len(files)

    def test_technical(self, portal: Portal) -> None:
        words = (SAMPLES / "sang-tao-ky-thuat.xlsx", "--edition", "technical-2024")
        assert summary(portal.imported(*words), "created", "rejected") == [(self.manifest["technical"]["entries"], 0)]
        assert summary(portal.imported(*words), "unchanged") == [(self.manifest["technical"]["entries"],)]
