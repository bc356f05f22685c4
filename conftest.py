"""Fixtures for the tests of all rooms: a district to work in, and the cast."""

import os
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from django.conf import settings
from django.db.backends.base.operations import BaseDatabaseOperations
from django.test import override_settings
from hypothesis import is_hypothesis_test
from hypothesis import settings as settings_of_laws

from manypaths.accounts.hashing import CappedArgon2Hasher
from manypaths.base.append_only import clearing_logs
from manypaths.base.kept import forget
from manypaths.base.scope import district_scope
from manypaths.base.tests.remembered import remembered
from manypaths.people.models import Organization
from manypaths.people.tests.cast import Cast, make_cast, make_district


@pytest.fixture(autouse=True)
def _own_files(tmp_path: Path) -> Iterator[None]:
    """Let no test reach the files of the installation at hand."""
    with override_settings(MEDIA_ROOT=tmp_path / "files", KEYS=tmp_path / "keys"):
        yield


@pytest.fixture
def own_home(tmp_path: Path) -> Iterator[None]:
    """Let a test that writes to the home have one of its own."""
    with override_settings(HOME=tmp_path / "home"):
        yield


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    """Begin each test in a process that keeps nothing: rows of the last one had the same ids."""
    forget()


@pytest.fixture(scope="session", autouse=True)
def quick_hashes() -> Iterator[None]:
    """Hash passwords with little work: what they cost is looked at by one test alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(CappedArgon2Hasher, "memory_cost", 64)
        patch.setattr(CappedArgon2Hasher, "time_cost", 1)
        yield


@pytest.fixture(scope="session", autouse=True)
def emptied_databases() -> Iterator[None]:
    """Let the end of a test empty tables whose rows the program itself never takes out."""
    empty = BaseDatabaseOperations.execute_sql_flush

    def emptied(operations: BaseDatabaseOperations, statements: list[str]) -> None:
        with clearing_logs():
            empty(operations, statements)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseOperations, "execute_sql_flush", emptied)
        yield


@pytest.fixture
def district(db: None) -> Iterator[Organization]:
    """Make an empty district and run the test in its scope."""
    made = remembered("district", make_district)
    with district_scope(made.pk):
        yield made


@pytest.fixture
def cast(district: Organization) -> Cast:
    """Bring Ada, Ben, Cleo, Dana and Eli into the district."""
    return replace(remembered("cast", partial(make_cast, district)), district=district)


@pytest.fixture
def conformance() -> Path:
    """Return the folder of others' files, or skip where it is not there."""
    if not settings.CONFORMANCE.is_dir():
        pytest.skip("files of others are not here")
    return Path(settings.CONFORMANCE)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the choice of those tests that touch the database, for a second database."""
    parser.addoption("--database-only", action="store_true", help="only tests with a database")


def _walks_all_pages(item: pytest.Item) -> bool:
    """Say whether a test walks every page as everybody: minutes, and the same on any database."""
    return item.path.name in ("test_routes.py", "test_templates.py") and bool(
        item.get_closest_marker("sweep")
    )


# A law holds on a busy machine as well.
settings_of_laws.register_profile("manypaths", deadline=None)
settings_of_laws.load_profile("manypaths")

# `make test-all` sets it: laws are then tried with all their examples.
_IS_THOROUGH = bool(os.environ.get("THOROUGH"))
_FEWEST_EXAMPLES, _OF_EXAMPLES = 5, 8
_ROOMS = Path(__file__).parent / "src" / "manypaths"
_DOORS = (*(_ROOMS / name for name in ("web", "api", "cli")), Path(__file__).parent / "tests")


def _try_laws_less(items: list[pytest.Item]) -> None:
    """Try each law with an eighth of its examples."""
    laws = {item.obj for item in items if isinstance(item, pytest.Function) and _is_law(item)}
    for law in laws:
        # A test that has settings can't be given others by the decorator.
        usual = law._hypothesis_internal_use_settings
        n_examples = max(_FEWEST_EXAMPLES, usual.max_examples // _OF_EXAMPLES)
        law._hypothesis_internal_use_settings = settings_of_laws(usual, max_examples=n_examples)


def _is_law(item: pytest.Item) -> bool:
    return isinstance(item, pytest.Function) and is_hypothesis_test(item.obj)


def _is_further_seed(item: pytest.Item) -> bool:
    """Say whether a test is tried with another seed than the first: all are of the long tests."""
    callspec = getattr(item, "callspec", None)
    return callspec is not None and callspec.params.get("seed", 0) != 0


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Say what is quick and what is long, and leave out what a second database does not change.

    Doors and what goes across rooms ask the database what rooms ask it, so on a second one they are
    of the long tests, and so are laws.
    """
    is_second = config.getoption("--database-only")
    walks = set(filter(_walks_all_pages, items))
    for item in items:
        is_of_a_door = any(item.path.is_relative_to(door) for door in _DOORS)
        is_long = (_IS_THOROUGH and _is_law(item)) or _is_further_seed(item)
        if is_long or (is_second and (is_of_a_door or _is_law(item))):
            item.add_marker(pytest.mark.sweep)
    if not _IS_THOROUGH:
        _try_laws_less(items)
    if not is_second:
        return
    uses = {item: set(getattr(item, "fixturenames", ())) for item in items}
    kept = [
        item
        for item in items
        if (uses[item] & {"db", "transactional_db"} or item.get_closest_marker("django_db"))
        and item not in walks
    ]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
    items[:] = kept


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly, once, that files of others were not there."""
    if not settings.CONFORMANCE.is_dir():
        terminalreporter.write_line(
            "######## SKIPPED: tests on files of others, which are not on this machine ########",
            yellow=True,
            bold=True,
        )
