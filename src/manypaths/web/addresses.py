"""Addresses of pages by their routes, each looked up once a process.

A page of a class holds fifty addresses of a few routes: Django looks each up anew, which takes as
long as to answer a third of the page's questions to the database.
"""

from functools import lru_cache
from uuid import UUID

from django.urls import get_script_prefix, get_urlconf, reverse

# Stand where ids and numbers go; unlike all that routes hold.
_MARKS = [UUID(int=0x6D61_6E79_0000_0000 + place) for place in range(4)]
_NUMBERS = [6_170_746_800 + place for place in range(4)]


def address(route: str, *args: object) -> str:
    """Return the address of a route with these ids. Raises NoReverseMatch as Django does."""
    between = _between(route, tuple(map(type, args)), get_urlconf(), get_script_prefix())
    if between is None or any(type(one) is int and one < 0 for one in args):
        return reverse(route, args=args)
    found = [between[0]]
    for one, after in zip(args, between[1:], strict=True):
        found += (str(one), after)
    return "".join(found)


@lru_cache(maxsize=1024)
def _between(
    route: str, kinds: tuple[type, ...], _urlconf: str | None, _prefix: str
) -> tuple[str, ...] | None:
    """Return what of an address stands before, between and after its ids.

    None where other things than a few ids and numbers stand in it.
    """
    if len(kinds) > len(_MARKS) or not {UUID, int}.issuperset(kinds):
        return None
    marks = [_MARKS[place] if kind is UUID else _NUMBERS[place] for place, kind in enumerate(kinds)]
    rest, parts = reverse(route, args=marks), []
    for mark in marks:
        before, _, rest = rest.partition(str(mark))
        parts.append(before)
    return (*parts, rest)
