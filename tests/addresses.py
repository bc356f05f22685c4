"""All addresses of the pages by the names of their routes, read from the map itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver, reverse

_NOTHING = {
    "UUIDConverter": "00000000-0000-4000-8000-000000000000",
    "IntConverter": "1",
    "SlugConverter": "nothing",
    "StringConverter": "nothing",
}


@dataclass(frozen=True)
class Route:
    """A page's route: its name, and the arguments of its address with their kinds."""

    name: str
    kinds: dict[str, str]

    @property
    def arguments(self) -> tuple[str, ...]:
        return tuple(self.kinds)

    def address(self, book: Mapping[str, str]) -> str:
        """Return the address with its arguments filled from a book.

        Raises KeyError for an argument that the book does not know.
        """
        return reverse(self.name, kwargs={name: self._entry(name, book) for name in self.arguments})

    def address_of_nothing(self) -> str:
        """Return an address at which no record is."""
        entries = {name: _NOTHING[kind] for name, kind in self.kinds.items()}
        return reverse(self.name, kwargs=entries)

    def _entry(self, argument: str, book: Mapping[str, str]) -> str:
        own = f"{self.name} {argument}"
        return book[own if own in book else argument]


# What shows no page: files, answers to machines, and doors that only lead on.
NO_PAGES = frozenset({"probes:health", "probes:ready"})


# Doors of programs, which come with a token and get no page: see `tests/test_programs.py`.
PROGRAMS = ("api:", "case:")


def routes() -> list[Route]:
    """Return all routes of ours, by name; without those that show no page."""
    return [
        route
        for route in _all()
        if route.name not in NO_PAGES and not route.name.startswith(PROGRAMS)
    ]


def routes_for_programs() -> list[Route]:
    """Return the routes that programs call, by name."""
    return [route for route in _all() if route.name.startswith(PROGRAMS)]


def _all() -> list[Route]:
    found = {route.name: route for route in _below(get_resolver("manypaths.web.urls"), "")}
    return [found[name] for name in sorted(found)]


def route_named(name: str) -> Route:
    """Return the route of this name."""
    return next(route for route in routes() if route.name == name)


def _below(resolver: URLResolver, before: str) -> Iterator[Route]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            space = f"{before}{pattern.namespace}:" if pattern.namespace else before
            yield from _below(pattern, space)
        elif isinstance(pattern, URLPattern) and pattern.name:
            converters = pattern.pattern.converters.items()
            kinds = {name: type(kind).__name__ for name, kind in converters}
            yield Route(f"{before}{pattern.name}", kinds)
