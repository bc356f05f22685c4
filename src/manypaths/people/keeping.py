"""Who stays on record whatever else: rooms above say so, for deeds here that take people out."""

from collections.abc import Callable, Collection

# Returns which of these people (row ids) must stay.
Keeper = Callable[[Collection[int]], set[int]]
_keepers: list[Keeper] = []


def let_keep(keeper: Keeper) -> None:
    """Let a room that this one may not know keep people on record. Once, as the program starts."""
    if keeper not in _keepers:
        _keepers.append(keeper)


def kept_among(people: Collection[int]) -> set[int]:
    """Return which of these people (row ids) somebody keeps on record."""
    return {one for keeper in _keepers for one in keeper(people)}
