"""Public ids: nobody can guess them, but for those of invented people."""

import uuid

from manypaths.base.ids import as_public_id, new_public_id, repeatable_ids


def test_ids_differ_and_can_not_be_told_beforehand() -> None:
    ids = {new_public_id() for _ in range(100)}
    assert len(ids) == 100
    assert {made.version for made in ids} == {4}


def test_ids_of_a_seed_are_the_same_again_and_those_after_are_not() -> None:
    made = []
    for seed in ("1", "1", "2"):
        with repeatable_ids(seed):
            made.append([new_public_id() for _ in range(3)])
    assert made[0] == made[1] != made[2]
    assert {one.version for one in made[0]} == {4}
    assert new_public_id() not in made[0]


def test_what_spells_an_id_is_one() -> None:
    assert as_public_id(str(uuid.UUID(int=7))) == uuid.UUID(int=7)
    assert as_public_id("7C") is None
