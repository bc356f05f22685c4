"""What educators note for each other stands on no page that a learner or a guardian can reach."""

import pytest

from manypaths.people.tests.cast import Cast, user_of
from manypaths.plans.supporting import write_note
from manypaths.web.tests.clients import client_of
from tests.addresses import Route, routes
from tests.stage import LATER, Records, Stage, make_stage
from tests.walls.routes import FILLS

PRIVATE = "Quokka"
NO_PAGES = {"home:start"}


@pytest.fixture
def stage(cast: Cast) -> Stage:
    stage = make_stage(cast)
    write_note(cast.ada, f"{PRIVATE} and more.", by=user_of(cast.ben), at=LATER)
    return stage


def address_of(route: Route, records: Records) -> str:
    names = [*route.arguments, *(f"{route.name} {name}" for name in route.arguments)]
    return route.address({name: str(FILLS[name](records)) for name in names if name in FILLS})


@pytest.mark.parametrize(("reader", "reads_it"), [("ada", False), ("eli", False), ("ben", True)])
def test_a_private_note_is_read_by_educators_alone(
    stage: Stage, reader: str, reads_it: bool
) -> None:
    client = client_of(getattr(stage.cast, reader))
    pages, found = 0, []
    for route in routes():
        if route.name in NO_PAGES:
            continue
        answer = client.get(address_of(route, stage.adas))
        pages += answer.status_code == 200
        body = b"".join(answer) if answer.streaming else answer.content
        if PRIVATE.encode() in body:
            found.append(route.name)
    assert pages >= 5
    assert bool(found) is reads_it, found
