"""What breaks under the program: nothing acknowledged is lost, doubled or half done."""

import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from benchmarks.faults.machines import cluster, make_home, postgres_binaries
from benchmarks.faults.scenarios import (
    Rounds,
    Site,
    kill_app,
    kill_database,
    kill_process,
    lose_replies,
)

pytestmark = pytest.mark.fault
ROUNDS = 20
ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module", params=["SQLite", "PostgreSQL"])
def site(request: pytest.FixtureRequest) -> Iterator[Site]:
    """Give a home full of learners, on each kind of database."""
    with tempfile.TemporaryDirectory(prefix="manypaths-faults.") as folder:
        if request.param == "SQLite":
            yield Site(make_home(Path(folder)))
            return
        need_postgres()
        with cluster() as own:
            yield Site(make_home(Path(folder), url=own.url), own)


def need_postgres() -> None:
    """Skip, and say so, where there is no PostgreSQL and none can be installed."""
    if postgres_binaries() is None:
        subprocess.run([ROOT / "tools" / "with-postgres", "true"], check=False)
    if postgres_binaries() is None:
        pytest.skip("PostgreSQL is not here")


def require_sound(found: Rounds, site: Site, *, rounds: int = ROUNDS) -> None:
    assert found.n == rounds
    assert found.acknowledged >= rounds
    assert all(verdict.is_sound for verdict in found.verdicts), found.worst
    assert all(v.n_achievements == site.home.n_achievements for v in found.verdicts)
    # A page with a reason is an answer to a broken machine; an error of ours is none.
    assert found.met["500"] == 0, found.met


def test_a_killed_program_has_kept_what_it_acknowledged(site: Site) -> None:
    require_sound(kill_app(site, ROUNDS), site)


def test_a_killed_process_of_several_loses_nothing(site: Site) -> None:
    require_sound(kill_process(site, ROUNDS), site)


def test_a_killed_database_has_kept_what_was_acknowledged(site: Site) -> None:
    if site.cluster is None:
        pytest.skip("SQLite lives and dies with the program")
    require_sound(kill_database(site, ROUNDS), site)


def test_an_answer_that_is_sent_again_counts_once(site: Site) -> None:
    found = lose_replies(site, ROUNDS)
    require_sound(found, site)
    assert found.n_lost_replies >= ROUNDS
