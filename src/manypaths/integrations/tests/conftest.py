"""Fixtures of integrations: what may be told of, and somebody who listens."""

from collections.abc import Iterator

import pytest

from manypaths.estimates.tests.world import World, make_world
from manypaths.integrations.tests.receiver import Receiver, receiving
from manypaths.people.tests.cast import Cast


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Listen on this machine while a test runs."""
    with receiving() as made:
        yield made


@pytest.fixture
def world(cast: Cast) -> World:
    """Bring a framework with tasks into the cast's district."""
    return make_world()
