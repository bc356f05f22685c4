"""A backup made during writes comes back whole, and nobody who was erased comes with it."""

import json
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import psycopg
import pytest

from tests.installed import COMMAND, URL, Environment, answer, bare, furnished, run
from tests.test_backups import GROUP, LOG, manifest
from tests.test_upgrades import FOLDER, assert_alike, facts_now, unpack

pytestmark = [pytest.mark.django_db, pytest.mark.fault]

ROOT = Path(__file__).resolve().parent.parent
CANARY = "kestrel4f1c9b7e"


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[Environment]:
    with furnished(tmp_path / "home") as found:
        yield found


def script(environment: Environment, *words: object) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "tests.acknowledged", *map(str, words)],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def fill(environment: Environment, folder: Path, log: str = LOG) -> None:
    (folder / "log.csv").write_text(log, encoding="utf-8")
    answer(environment, "init", "--name", "Wide Valley")
    answer(environment, "import", "responses", folder / "log.csv", "--group", GROUP)


def acknowledged(ledger: Path) -> list[int]:
    """Return the whole lines of a ledger: the last one may be torn."""
    return [int(line) for line in ledger.read_text("ascii").split("\n")[:-1]]


def rows_in(backup: Path, table: str) -> set[int]:
    with zipfile.ZipFile(backup) as archive:
        lines = archive.read(f"tables/{table}.csv").decode().splitlines()
    assert lines[0].startswith("id,")
    return {int(line.partition(",")[0]) for line in lines[1:] if line.partition(",")[0].isdigit()}


def figures(facts: dict[str, Any]) -> dict[str, Any]:
    """Return what no release may say otherwise: how many rows there are, and the estimates."""
    learners = facts["learners"].items()
    numbers = {name: {key: told[key] for key in ("mean", "sd")} for name, told in learners}
    return {"rows": facts["rows"], "learners": numbers}


def test_a_backup_during_writes_holds_all_that_was_acknowledged_before_it(
    environment: Environment, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(environment, tmp_path)
    ledger, backup = tmp_path / "outside", tmp_path / "backups" / "one.zip"
    writers = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.acknowledged", ledger.with_suffix(f".{number}")],
            env=environment,
            cwd=ROOT,
        )
        for number in range(2)
    ]
    ledgers = [ledger.with_suffix(f".{number}") for number in range(2)]
    try:
        while not all(each.exists() and len(acknowledged(each)) > 20 for each in ledgers):
            assert all(writer.poll() is None for writer in writers)
            time.sleep(0.1)
        before = {pk for each in ledgers for pk in acknowledged(each)}
        began = time.perf_counter()
        answer(environment, "backup", backup)
        backed_up = time.perf_counter() - began
    finally:
        for writer in writers:
            writer.send_signal(signal.SIGKILL)
            writer.wait()
    held = rows_in(backup, "evidence_response")
    lost = before - held
    with furnished(tmp_path / "second") as second:
        began = time.perf_counter()
        restored = answer(second, "restore", backup)
        seconds = time.perf_counter() - began
        assert answer(second, "check")["ok"]
        assert answer(second, "verify-audit")["ok"]
        again = tmp_path / "backups" / "two.zip"
        answer(second, "backup", again)
    tables = manifest(backup)["tables"]
    mismatches = [
        name
        for name, table in manifest(again)["tables"].items()
        if name not in ("base_seal",) and table["sha256"] != tables[name]["sha256"]
    ]
    written = {pk for each in ledgers for pk in acknowledged(each)}
    with capsys.disabled():
        sys.stdout.write(
            f"\nrestore drill on {'PostgreSQL' if URL in environment else 'SQLite'}: "
            f"{len(before)} rows acknowledged before, {len(written)} by its end; backed up in "
            f"{backed_up:.1f} s, restored {restored['rows']} rows in {seconds:.1f} s, "
            f"{len(lost)} acknowledged rows lost, {len(mismatches)} tables differ\n"
        )
    assert not lost
    assert not mismatches


def test_who_was_erased_is_not_brought_back_by_an_older_backup(
    environment: Environment, tmp_path: Path
) -> None:
    fill(environment, tmp_path, LOG.replace("dagmar", CANARY))
    old = tmp_path / "backups" / "old.zip"
    answer(environment, "backup", old)
    erasure = script(environment, "--erase", CANARY)
    assert run(environment, "confirm-erasure", erasure).returncode == 0
    assert script(environment, "--carry-out") == "1"
    new = tmp_path / "backups" / "new.zip"
    answer(environment, "backup", new)
    for file in Path(environment["MANYPATHS_HOME"]).rglob("*"):
        assert not file.is_file() or CANARY.encode() not in file.read_bytes(), file
    with zipfile.ZipFile(new) as archive:
        assert not [name for name in archive.namelist() if CANARY.encode() in archive.read(name)]
    assert rows_in(old, "evidence_response") > rows_in(new, "evidence_response")
    with furnished(tmp_path / "second") as second:
        assert answer(second, "restore", old)["erased_again"] == 1
        assert run(second, "next", "--learner", CANARY).returncode == 1
        home = Path(second["MANYPATHS_HOME"])
        assert not [
            file
            for file in home.rglob("*")
            if file.is_file() and CANARY.encode() in file.read_bytes()
        ]
        assert answer(second, "check")["ok"]
    elsewhere = tmp_path / "alone" / "old.zip"
    elsewhere.parent.mkdir()
    elsewhere.write_bytes(old.read_bytes())
    done = run(bare(tmp_path / "third"), "restore", elsewhere)
    assert done.returncode == 0
    assert "No ledger of deletions was found" in done.stderr
    ledger = old.with_name("deletions.ledger")
    fourth = bare(tmp_path / "fourth")
    assert answer(fourth, "restore", elsewhere, "--ledger", ledger)["erased_again"] == 1


def test_a_restore_that_was_broken_off_lets_nobody_in(
    environment: Environment, tmp_path: Path
) -> None:
    fill(environment, tmp_path)
    mark = Path(environment["MANYPATHS_HOME"]) / "restore-unfinished"
    mark.touch()
    for command in ("init", "class", "check"):
        done = run(environment, command, *(("--group", GROUP) if command == "class" else ()))
        assert done.returncode == 1
        assert "broken off" in done.stderr


@pytest.mark.parametrize("seed", range(3))
def test_a_migration_that_was_killed_is_whole_after_another_run(
    environment: Environment, seed: int
) -> None:
    unpack("0.1.0", environment)
    chance = Random(seed)
    for _ in range(3):
        with subprocess.Popen(
            (COMMAND, "init"), env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as running:
            time.sleep(1.0 + 4.0 * chance.random())
            running.send_signal(signal.SIGKILL)
    answer(environment, "init")
    assert answer(environment, "check")["ok"]
    then = json.loads((FOLDER / "0.1.0" / "facts.json").read_text("utf-8"))
    assert_alike(figures(facts_now(environment)), figures(then))


# How a database refuses to note that one migration was applied, and how it does so no more.
_REFUSE = {
    "sqlite": """CREATE TRIGGER refuse BEFORE INSERT ON django_migrations
        WHEN new.app = '{app}' AND new.name = '{name}'
        BEGIN SELECT RAISE(ABORT, 'no note today'); END""",
    "postgresql": """CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'no note today'; END $$;
        CREATE TRIGGER refuse BEFORE INSERT ON django_migrations FOR EACH ROW
        WHEN (new.app = '{app}' AND new.name = '{name}') EXECUTE FUNCTION refuse()""",
}
_ALLOW = {"sqlite": "DROP TRIGGER refuse", "postgresql": "DROP FUNCTION refuse CASCADE"}


def execute(environment: Environment, statements: dict[str, str]) -> None:
    if URL in environment:
        with psycopg.connect(environment[URL], autocommit=True) as database:
            database.execute(statements["postgresql"].encode())
        return
    file = Path(environment["MANYPATHS_HOME"]) / "manypaths.sqlite3"
    with closing(sqlite3.connect(file)) as database:
        database.execute(statements["sqlite"])


@pytest.mark.parametrize(
    ("app", "name"), [("plans", "0005_frameworks_of_groups"), ("people", "0008_rows_of_rosters")]
)
def test_a_migration_that_could_not_be_noted_was_not_applied(
    environment: Environment, app: str, name: str
) -> None:
    unpack("0.1.0", environment)
    refusal = {kind: words.format(app=app, name=name) for kind, words in _REFUSE.items()}
    execute(environment, refusal)
    refused = run(environment, "init")
    assert refused.returncode == 1
    assert "no note today" in refused.stderr
    execute(environment, _ALLOW)
    answer(environment, "init")
    assert answer(environment, "check")["ok"]
    then = json.loads((FOLDER / "0.1.0" / "facts.json").read_text("utf-8"))
    assert_alike(figures(facts_now(environment)), figures(then))
