"""All addresses of the pages by the names of their routes, read from the map itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver, reverse


@dataclass(frozen=True)
class Route:
    """A page's route: its name, and the names of the arguments of its address."""

    name: str
    arguments: tuple[str, ...]

    def address(self, book: Mapping[str, str]) -> str:
        """Return the address with its arguments filled from a book."""
        return reverse(self.name, kwargs={name: self._entry(name, book) for name in self.arguments})

    def _entry(self, argument: str, book: Mapping[str, str]) -> str:
        own = f"{self.name} {argument}"
        assert own in book or argument in book, (
            f"{self.name} takes {argument}: say in tests/browser/book.py what fills it"
        )
        return book.get(own, book.get(argument, ""))


# What shows no page: files, answers to machines, and doors that only lead on.
NO_PAGES = frozenset({"probes:health", "probes:ready"})


def routes() -> list[Route]:
    """Return all routes of ours, by name; without those that show no page."""
    found = {route.name: route for route in _below(get_resolver("manypaths.web.urls"), "")}
    return [found[name] for name in sorted(found) if name not in NO_PAGES]


def route_named(name: str) -> Route:
    """Return the route of this name."""
    return next(route for route in routes() if route.name == name)


def _below(resolver: URLResolver, before: str) -> Iterator[Route]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            space = f"{before}{pattern.namespace}:" if pattern.namespace else before
            yield from _below(pattern, space)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield Route(f"{before}{pattern.name}", tuple(pattern.pattern.converters))
