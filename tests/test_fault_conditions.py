"""Conditions that last: a full disk, no writing, a clock that jumps, a database that hangs."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from benchmarks.faults.conditions import (
    N_STALLED,
    Observed,
    clock_jumps,
    disk_full,
    disk_full_of_postgres,
    faketime,
    hanging_database,
    may_mount,
    may_take_writing_away,
    read_only,
    read_only_postgres,
    slow_bodies,
)
from benchmarks.faults.machines import cluster, make_home
from benchmarks.faults.scenarios import Site

from tests.test_faults import need_postgres

pytestmark = pytest.mark.fault


@pytest.fixture
def needs_mount() -> None:
    if not may_mount():
        pytest.skip("only root can make a small disk")


@pytest.fixture(scope="module")
def embedded() -> Iterator[Site]:
    with tempfile.TemporaryDirectory(prefix="manypaths-faults.") as folder:
        yield Site(make_home(Path(folder)))


@pytest.fixture(scope="module")
def served() -> Iterator[Site]:
    need_postgres()
    with tempfile.TemporaryDirectory(prefix="manypaths-faults.") as folder, cluster() as own:
        yield Site(make_home(Path(folder), url=own.url), own)


def require_kept(found: Observed) -> None:
    assert found.verdict is not None
    assert found.verdict.is_sound, found.verdict
    # A page with a reason is an answer to a broken machine; an error of ours is none.
    assert found.met["500"] == 0, found.met
    assert 500 not in found.pages.values()


@pytest.mark.usefixtures("needs_mount")
def test_on_a_full_disk_answers_are_refused_and_those_before_are_kept() -> None:
    found = disk_full()
    require_kept(found)
    assert found.met["503"]
    assert (found.pages["sign-in"], found.pages["health"], found.pages["ready"]) == (200, 200, 503)


@pytest.mark.usefixtures("needs_mount")
def test_a_full_disk_of_the_database_loses_nothing() -> None:
    need_postgres()
    found = disk_full_of_postgres()
    require_kept(found)
    assert found.met["503"]


@pytest.mark.usefixtures("needs_mount")
def test_on_a_disk_that_takes_no_writing_the_program_says_so() -> None:
    if not may_take_writing_away():
        pytest.skip("a disk can't be mounted anew for reading alone here")
    found = read_only()
    require_kept(found)
    assert found.pages["serve"] == 1
    assert "Traceback" not in found.words
    assert "can't be used" in found.words


def test_where_only_reading_is_allowed_a_page_says_so(served: Site) -> None:
    found = read_only_postgres(served)
    require_kept(found)
    # A look at a record is written down, or there is none.
    assert found.pages == {"sign-in": 200, "health": 200, "ready": 200, "record": 503}


def test_a_database_that_hangs_takes_nobody_along(served: Site) -> None:
    found = hanging_database(served)
    require_kept(found)
    assert found.pages == {"health": 200, "record": 503}


def test_a_clock_that_jumps_changes_no_count(embedded: Site) -> None:
    if faketime() is None:
        pytest.skip("the Debian package faketime is not here")
    require_kept(clock_jumps(embedded))


def test_senders_who_stall_keep_no_reader_waiting_for_ever(embedded: Site) -> None:
    for found in slow_bodies(embedded):
        assert found.n_stalled == N_STALLED
        assert not found.before.is_saturated, found.name
        assert not found.during.is_saturated, found.name
