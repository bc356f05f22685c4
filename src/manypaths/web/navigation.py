"""The places in the bar of every page, by what the visitor is."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch
from django.utils.translation import gettext as _

from manypaths.web.addresses import address
from manypaths.web.visits import Visitor


@dataclass(frozen=True)
class Place:
    """A link in the bar."""

    words: str
    address: str
    is_here: bool


def places(visitor: Visitor, request: HttpRequest) -> list[Place]:
    """Return at most five places, the most used first."""
    here = request.resolver_match.namespace if request.resolver_match else ""
    found = []
    for words, route, args in _routes(visitor):
        try:
            found.append(Place(words, address(route, *args), route.partition(":")[0] == here))
        except NoReverseMatch:
            continue
    return found[:5]


def _routes(visitor: Visitor) -> Iterator[tuple[str, str, tuple[object, ...]]]:
    standing = visitor.standing
    if standing.leads:
        yield _("My class"), "classes:one", (standing.leads[0].public_id,)
    if standing.is_leader:
        yield _("People"), "people:all", ()
        if standing.leads_district:
            yield _("Settings"), "settings:all", ()
        else:
            yield _("Schools and terms"), "terms:all", ()
    if standing.cares_for:
        yield _("Family"), "family:all", ()
    if standing.is_student or standing.is_educator:
        yield _("My path"), "path:own", ()
        yield _("My evidence"), "evidence:of", (visitor.person.public_id,)
        yield _("Frameworks"), "frameworks:all", ()
