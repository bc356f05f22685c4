"""Fixtures for the tests of all rooms: a district to work in, and the cast."""

from collections.abc import Iterator

import pytest

from manypaths.base.scope import district_scope
from manypaths.people.models import Organization
from manypaths.people.tests.cast import Cast, make_cast, make_district


@pytest.fixture
def district(db: None) -> Iterator[Organization]:
    """Make an empty district and run the test in its scope."""
    made = make_district()
    with district_scope(made.pk):
        yield made


@pytest.fixture
def cast(district: Organization) -> Cast:
    """Bring Ada, Ben, Cleo, Dana and Eli into the district."""
    return make_cast(district)
