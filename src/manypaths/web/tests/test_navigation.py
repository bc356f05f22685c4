"""The bar of every page leads each to what is theirs."""

import pytest

from manypaths.people.tests.cast import Cast
from manypaths.web.tests.clients import client_of, page


@pytest.mark.parametrize(("name", "has_evidence"), [("ada", True), ("ben", True), ("eli", False)])
def test_whoever_learns_finds_their_own_evidence(cast: Cast, name: str, has_evidence: bool) -> None:
    shown = page(client_of(getattr(cast, name)), "/frameworks/")
    own = f"/evidence/{getattr(cast, name).public_id}/"
    assert bool(shown.all("a", href=own)) is has_evidence
