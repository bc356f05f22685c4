"""A database of each earlier release is brought up to date and says what it said."""

import json
import lzma
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.installed import URL, Environment, answer, bare, furnished

pytestmark = [pytest.mark.django_db, pytest.mark.sweep]

FOLDER = Path(__file__).parent / "releases"
RELEASES = sorted(path.name for path in FOLDER.iterdir() if (path / "facts.json").exists())


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[Environment]:
    with furnished(tmp_path / "home") as found:
        yield found


def unpack(release: str, environment: Environment) -> None:
    """Put the database of a release where the environment leads to."""
    folder = FOLDER / release
    if URL in environment:
        with psycopg.connect(environment[URL], autocommit=True) as connection:
            statements = lzma.decompress((folder / "postgresql.sql.xz").read_bytes())
            connection.execute(statements)
        return
    home = Path(environment["MANYPATHS_HOME"])
    home.mkdir(parents=True)
    (home / "manypaths.sqlite3").write_bytes(lzma.decompress((folder / "sqlite3.xz").read_bytes()))


def facts_now(environment: Environment) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.releases.facts"],
        env=environment,
        cwd=FOLDER.parent.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def assert_alike(now: object, then: object, place: str = "") -> None:
    """Compare JSON values, numbers to 1e-9.

    Of offers, as many: they are advice on what is on record, and a later release may know better.
    Of a reason, that there is one: a later release may say it better.
    """
    if place.endswith("/offers/offers"):
        assert isinstance(now, list), place
        assert isinstance(then, list), place
        assert len(now) == len(then), place
    elif place.endswith("/reason"):
        assert bool(now) == bool(then), place
    elif isinstance(then, dict):
        assert isinstance(now, dict), place
        assert now.keys() >= then.keys(), place
        for key, value in then.items():
            assert_alike(now[key], value, f"{place}/{key}")
    elif isinstance(then, list):
        assert isinstance(now, list), place
        assert len(now) == len(then), place
        for number, pair in enumerate(zip(now, then, strict=True)):
            assert_alike(*pair, f"{place}/{number}")
    elif isinstance(then, float):
        assert now == pytest.approx(then, abs=1e-9), place
    else:
        assert now == then, place


def test_the_first_release_is_kept() -> None:
    assert "0.1.0" in RELEASES


@pytest.mark.parametrize("release", RELEASES)
def test_a_demo_of_an_earlier_release_that_somebody_worked_in_opens_as_it_is(
    release: str, tmp_path: Path
) -> None:
    environment = bare(tmp_path / "home")
    unpack(release, environment)
    with sqlite3.connect(tmp_path / "home" / "manypaths.sqlite3") as database:
        database.row_factory = sqlite3.Row
        last = dict(
            database.execute("SELECT * FROM base_auditentry ORDER BY id DESC LIMIT 1").fetchone()
        )
        last["id"] += 1
        marks = ", ".join("?" * len(last))
        database.execute(
            f"INSERT INTO base_auditentry ({', '.join(last)}) VALUES ({marks})", [*last.values()]
        )
    shown = answer(environment, "demo", "--no-serve")
    assert answer(environment, "class", "--group", shown["class"])["group"] == shown["class"]


@pytest.mark.parametrize("release", RELEASES)
def test_a_database_of_an_earlier_release_says_what_it_said(
    release: str, environment: Environment
) -> None:
    unpack(release, environment)
    answer(environment, "init")
    assert answer(environment, "check")["ok"]
    then = json.loads((FOLDER / release / "facts.json").read_text("utf-8"))
    assert_alike(facts_now(environment), then)
