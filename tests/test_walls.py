"""An outsider gets the same answer for a forbidden and for a missing record, whatever is called.

Every query and deed of the rooms is walked. One that is new fails here until somebody has said, in
`tests/walls/`, how it is called with records, or why nobody's record is behind it.
"""

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction

import manypaths
from manypaths.base.errors import ManypathsError, NotFound
from manypaths.base.models import AuditEntry
from manypaths.base.scope import district_scope
from manypaths.integrations.services.evidence import Taken
from manypaths.people.access import Actor
from manypaths.people.tests.cast import OPERATOR, Cast, make_district
from tests.stage import Records, Stage, make_stage
from tests.walls import OPEN, PARTS, REACHED_BY_PROGRAMS, WALLS, Call, Wall

ROOMS = (
    *("people", "demographics", "accounts", "frameworks", "evidence", "estimates", "plans"),
    *("sittings", "integrations", "records"),
)
NOT_FOUND = NotFound().as_json()
# They read rows of people for queries and deeds that know who asks.
_INNER = (
    "estimates.evidence_log",
    "estimates.rows",
    "estimates.table",
    "estimates.switching",
    "estimates.comparison",
)
# They look at who may, and are what the walked functions ask.
_DOORS = ("people.access.person_for", "people.access.group_for")


@pytest.fixture
def stage(cast: Cast) -> Stage:
    return make_stage(cast)


def modules_of(room: str) -> Iterator[ModuleType]:
    package = importlib.import_module(f"manypaths.{room}")
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not any(part in ("tests", "migrations") for part in found.name.split(".")):
            yield importlib.import_module(found.name)


def functions_of(module: ModuleType) -> Iterator[FunctionType]:
    """Yield the public functions that a module defines itself."""
    for name, found in inspect.getmembers(module, inspect.isfunction):
        if found.__module__ == module.__name__ and not name.startswith("_"):
            yield found


def is_walked(function: FunctionType) -> bool:
    """Say whether the function is a query, a deed or a door, or asks who calls, wherever it is."""
    place = function.__module__.split(".")[2]
    if place == "access":
        return name_of(function) in _DOORS
    return place in ("queries", "services") or "by" in inspect.signature(function).parameters


def name_of(function: FunctionType) -> str:
    return f"{function.__module__}.{function.__qualname__}".removeprefix("manypaths.")


def walked() -> set[str]:
    return {
        name_of(function)
        for room in ROOMS
        for module in modules_of(room)
        for function in functions_of(module)
        if is_walked(function)
    }


def known() -> set[str]:
    """Return the functions of both tables; an entry may add in brackets how it is called."""
    return {name.partition(" ")[0] for name in (*WALLS, *OPEN)}


def test_every_query_and_deed_is_known_to_the_walker() -> None:
    new = sorted(walked() - known())
    assert not new, (
        f"{', '.join(new)}: say in tests/walls/ how an outsider would call it on Ada's records "
        "(WALLS), or why nobody's record is behind it (OPEN)"
    )


def test_no_entry_is_left_of_a_function_that_is_gone() -> None:
    gone = sorted(known() - walked())
    assert not gone, f"{', '.join(gone)}: there is no such function, so take it out of tests/walls/"


def test_each_function_is_in_one_table() -> None:
    assert not {name.partition(" ")[0] for name in WALLS} & OPEN.keys()


@pytest.mark.parametrize("outsider", ["cleo", "gwen"])
@pytest.mark.parametrize("room", ROOMS)
def test_a_forbidden_record_and_a_missing_one_answer_alike(
    stage: Stage, room: str, outsider: str
) -> None:
    by = stage.actors[outsider]
    for name, wall in walls_of(room):
        answers = [answer_to(wall.call, by, records) for records in (stage.adas, stage.ghosts)]
        assert answers == [NOT_FOUND, NOT_FOUND], f"{name} by {outsider}"


@pytest.mark.parametrize("room", ROOMS)
def test_a_program_reaches_what_it_is_for_and_nothing_else(stage: Stage, room: str) -> None:
    by = stage.actors["program"]
    for name, wall in walls_of(room):
        if name.partition(" ")[0] in REACHED_BY_PROGRAMS:
            continue
        answers = [answer_to(wall.call, by, records) for records in (stage.adas, stage.ghosts)]
        assert answers == [NOT_FOUND, NOT_FOUND], name


def test_a_program_elsewhere_reaches_nobody_here(stage: Stage) -> None:
    by = stage.actors["program elsewhere"]
    for name in sorted(REACHED_BY_PROGRAMS - {"integrations.services.webhooks.add_endpoint"}):
        answer = answer_to(WALLS[name].call, by, stage.adas)
        # A row that is handed on is refused in words, like one about nobody.
        assert answer == NOT_FOUND or str(stage.adas.public_id) in str(answer), name
        assert not isinstance(answer, Taken), name


@pytest.mark.parametrize("room", ROOMS)
def test_nobody_is_reached_through_an_organization_of_ones_own(stage: Stage, room: str) -> None:
    by = stage.actors["gwen"]
    for name, wall in walls_of(room):
        if wall.through_own:
            adas, ghosts = (stage.through_own(r) for r in (stage.adas, stage.ghosts))
            answers = [answer_to(wall.call, by, records) for records in (adas, ghosts)]
            assert answers == [NOT_FOUND, NOT_FOUND], name


@pytest.mark.parametrize("room", ROOMS)
def test_the_record_is_really_there_for_an_insider(stage: Stage, room: str) -> None:
    for name, wall in walls_of(room):
        answer = answer_to(wall.call, stage.actors[wall.insider], stage.adas)
        assert answer != NOT_FOUND, f"{wall.insider} does not get through {name}"


@pytest.mark.parametrize("room", ROOMS)
def test_the_records_of_a_district_are_not_there_in_another(stage: Stage, room: str) -> None:
    with district_scope(make_district("Far Away").pk):
        for name, wall in walls_of(room):
            if wall.names_records:
                assert answer_elsewhere(wall.call, stage.adas) == NOT_FOUND, name


def test_what_is_open_has_something_to_show(stage: Stage) -> None:
    for name, open_to_all in OPEN.items():
        if open_to_all.seen:
            assert answer_to(open_to_all.seen, OPERATOR, stage.adas), name


def test_what_is_open_in_a_district_shows_nothing_in_another(stage: Stage) -> None:
    with district_scope(make_district("Far Away").pk):
        for name, open_to_all in OPEN.items():
            if open_to_all.seen:
                answer = answer_elsewhere(open_to_all.seen, stage.adas)
                assert not answer or answer == NOT_FOUND, name


def test_parts_of_deeds_are_called_by_their_own_room_alone() -> None:
    assert [told for told, name in strange_imports() if name in PARTS] == []


def test_reads_that_ask_nobody_are_called_by_their_own_room_alone() -> None:
    found = [told for told, name in strange_imports() if name.rpartition(".")[0] in _INNER]
    assert found == []


def strange_imports() -> Iterator[tuple[str, str]]:
    """Yield each function that one room takes from another: in words, and by name."""
    for path in Path(*manypaths.__path__).rglob("*.py"):
        if "tests" in path.parts:
            continue
        for name in imports_of(path):
            if name.split(".")[0] not in path.parts:
                yield f"{path.name} imports {name}", name


def imports_of(path: Path) -> Iterator[str]:
    """Yield what a file imports, as names below `manypaths`."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("manypaths."):
            module = importlib.import_module(node.module or "")
            for alias in node.names:
                found: Any = getattr(module, alias.name, None)
                if inspect.isfunction(found):
                    yield name_of(found)


def walls_of(room: str) -> list[tuple[str, Wall]]:
    return [(name, wall) for name, wall in WALLS.items() if name.startswith(f"{room}.")]


def answer_to(call: Call, by: Actor, records: Records) -> object:
    """Return what a call gives, an error as its JSON; whatever it changed is taken back."""
    n_deeds = AuditEntry.every_district.count()
    with transaction.atomic():
        try:
            return call(by, records.copied())
        except ManypathsError as error:
            assert AuditEntry.every_district.count() == n_deeds
            return error.as_json()
        finally:
            transaction.set_rollback(True)


def answer_elsewhere(call: Call, records: Records) -> object:
    """Return what a call gives where the records lie outside the scope."""
    try:
        return answer_to(call, OPERATOR, records)
    except (ObjectDoesNotExist, LookupError):
        return NOT_FOUND  # what a record leads to is not there either
