"""Reads of frameworks: by name, as a tree, as prerequisites. Each takes a fixed number of queries.

Retired nodes are left out of all of them unless they are asked for by their own id.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from manypaths.base.errors import NotFound, Refused
from manypaths.base.ids import as_public_id
from manypaths.base.kept import FRAMEWORKS, kept_until
from manypaths.base.prepared import prepared
from manypaths.frameworks.access import frameworks_seen_by, frameworks_seen_by_all
from manypaths.frameworks.models import Association, AssociationKind, Competency, Framework, Level
from manypaths.frameworks.order import place_of
from manypaths.people.access import Actor


@dataclass(frozen=True)
class Node:
    """One competency in its place in the tree: how deep it stands, and under which other."""

    competency: Competency
    depth: int
    parent: Competency | None


def framework_named(text: str, *, by: Actor) -> Framework:
    """Return the framework whom `text` names by public id, identifier or title. One query.

    Of several versions of one family the newest published one is meant. Raises NotFound where
    there is none that `by` may read, Refused where several families have the name.
    """
    named = Q(identifier=text) | Q(title=text) | Q(public_id=as_public_id(text))
    found = list(frameworks_seen_by(by).filter(named).select_related("scale"))
    if not found:
        raise NotFound
    if len({framework.family_id for framework in found}) > 1:
        raise Refused(
            gettext(
                "Several frameworks are called {text}. Use the id of the one that you mean."
            ).format(text=text)
        )
    return max(found, key=_newness)


def competency_coded(framework: Framework, code: str, *, by: Actor) -> Competency:
    """Return the competency that `code` names by code, identifier or public id. One query.

    Raises NotFound where there is none that `by` may read, Refused where several have the code.
    """
    by_id = Q(identifier=code) | Q(public_id=as_public_id(code))
    by_code = Q(code=code, retired_at=None) & ~Q(code="")
    found = Competency.objects.filter(by_id | by_code, framework__in=frameworks_seen_by(by))
    competencies = list(found.filter(framework=framework)[:2])
    if not competencies:
        raise NotFound
    if len(competencies) > 1:
        raise Refused(
            gettext("Several competencies have the code {code}. Use the id of one of them.").format(
                code=code
            )
        )
    return competencies[0]


def competency_for(competency_id: UUID, *, by: Actor) -> Competency:
    """Return the competency with this id, in any framework that `by` may read. One query."""
    competency = _competency.first(competency_id)
    if competency is None:
        raise NotFound
    return competency


@prepared
def _competency(competency_id: UUID) -> QuerySet[Competency]:
    found = Competency.objects.filter(
        public_id=competency_id, framework__in=frameworks_seen_by_all()
    )
    return found.select_related("framework__scale", "framework__family", "lineage")


def tree(framework: Framework, *, with_retired: bool = False) -> list[Node]:
    """Return the framework's nodes depth-first, parents before children. Two queries.

    Siblings stand by sequence, then in the publisher's order. Of two parents the first counts.
    Nodes without a parent follow at the end as roots, so that none is lost.
    """
    # What the publisher gave beside our columns is most of a row, and no page of a tree shows it.
    competencies = Competency.objects.filter(framework=framework).defer("source")
    ties = Association.objects.filter(framework=framework, kind=AssociationKind.CHILD_OF)
    ties = ties.defer("source", "public_id")
    if not with_retired:
        competencies, ties = competencies.filter(retired_at=None), ties.filter(retired_at=None)
    nodes = {row.pk: row for row in sorted(competencies, key=place_of)}
    children, has_parent = _children(framework, nodes, ties)
    orphans = [key for key in nodes if key not in has_parent]
    # The last part is reached by nobody unless ties go round in a circle.
    return _walk([*children.get(None, ()), *orphans, *nodes], nodes, children)


def published_frameworks(holding: str | None = None) -> list[Framework]:
    """Return the frameworks that are published, newest first: what anybody may be shown.

    `holding` is an identifier that the framework, a competency or a tie of it must have.
    """
    found = Framework.objects.filter(published_at__isnull=False)
    if holding is not None:
        rows = Competency.objects.filter(identifier=holding).values("framework")
        ties = Association.objects.filter(identifier=holding).values("framework")
        found = found.filter(Q(identifier=holding) | Q(pk__in=rows) | Q(pk__in=ties))
    ordered = found.select_related("scale", "family").order_by("-published_at", "-pk")
    return list(ordered)


def associations_of(framework: Framework) -> list[Association]:
    """Return the ties of a framework that are not retired, in its publisher's order. One query."""
    ties = Association.objects.filter(framework=framework, retired_at=None)
    return sorted(ties.defer("source"), key=place_of)


def prerequisites(framework: Framework) -> list[tuple[Competency, Competency]]:
    """Return pairs of competencies of which the first comes before the second. One query.

    Only pairs of which both are held and not retired; one of them may lie in another framework.
    """
    ties = Association.objects.filter(
        framework=framework, kind=AssociationKind.PRECEDES, retired_at=None
    ).select_related("origin", "destination")
    ties = ties.defer("source", "origin__source", "destination__source")
    pairs = [(tie.origin, tie.destination) for tie in sorted(ties, key=place_of)]
    return [
        (before, after)
        for before, after in pairs
        if before and after and not (before.retired_at or after.retired_at)
    ]


def prerequisite_lineages(framework: Framework) -> list[tuple[int, int]]:
    """Return the same pairs by their lineages, for whoever needs no more. One query."""
    ties = Association.objects.filter(
        framework=framework,
        kind=AssociationKind.PRECEDES,
        retired_at=None,
        origin__retired_at=None,
        destination__retired_at=None,
        origin__lineage__isnull=False,
        destination__lineage__isnull=False,
    ).order_by("position", "pk")
    pairs = ties.values_list("origin__lineage", "destination__lineage")
    return [(first, then) for first, then in pairs if first and then]


def areas_of(competencies: Sequence[Competency]) -> dict[int, Competency]:
    """Return what each competency lies under, by its row id; none for a root. One query."""
    ties = Association.objects.filter(
        kind=AssociationKind.CHILD_OF,
        retired_at=None,
        origin__in=competencies,
        destination__isnull=False,
    ).select_related("destination")
    # Of two parents the first counts, as in the tree.
    ordered = ties.defer("source", "destination__source").order_by("-position", "-pk")
    return {tie.origin_id: tie.destination for tie in ordered if tie.origin_id and tie.destination}


def levels_of(framework: Framework) -> list[Level]:
    """Return the levels of the framework's scale from the bottom up; none without. One query."""
    return [copy(level) for level in _levels(framework.scale_id)] if framework.scale_id else []


@kept_until(FRAMEWORKS)
def _levels(scale: int) -> Sequence[Level]:
    return tuple(Level.objects.filter(scale=scale).order_by("position"))


def _newness(framework: Framework) -> tuple[float, int]:
    published = framework.published_at
    return (published.timestamp() if published else float("-inf")), framework.pk


# Keys of nodes, first to last, by the key of their parent; None is the framework itself.
_Children = Mapping[int | None, Sequence[int]]


def _children(
    framework: Framework, nodes: Mapping[int, Competency], ties: Iterable[Association]
) -> tuple[_Children, set[int]]:
    """Return the children of each node, and all nodes that have a parent."""
    parents: dict[int, Association] = {}
    for tie in sorted(ties, key=_first_of_several):
        child = tie.origin_id
        if child is not None and child in nodes and _leads_into(framework, nodes, tie):
            parents.setdefault(child, tie)
    children = defaultdict(list)
    for key, tie in sorted(parents.items(), key=lambda pair: _among_siblings(nodes, *pair)):
        children[tie.destination_id].append(key)
    return children, set(parents)


def _first_of_several(tie: Association) -> tuple[bool, tuple[int, int]]:
    return tie.retired_at is not None, place_of(tie)


def _leads_into(framework: Framework, nodes: Mapping[int, Competency], tie: Association) -> bool:
    if tie.destination_id is None:
        return tie.destination_identifier == framework.identifier
    return tie.destination_id in nodes


def _among_siblings(
    nodes: Mapping[int, Competency], key: int, tie: Association
) -> tuple[bool, int, tuple[int, int]]:
    return tie.sequence is None, tie.sequence or 0, place_of(nodes[key])


def _walk(
    starts: Sequence[int], nodes: Mapping[int, Competency], children: _Children
) -> list[Node]:
    """Return every node once, each followed by what lies below it, from the starts in order."""
    found: dict[int, Node] = {}
    for start in starts:
        waiting: list[tuple[int, int, Competency | None]] = [(start, 0, None)]
        while waiting:
            key, depth, parent = waiting.pop()
            if key in found:
                continue
            found[key] = Node(nodes[key], depth, parent)
            below = [(child, depth + 1, nodes[key]) for child in children.get(key, ())]
            waiting.extend(reversed(below))
    return list(found.values())
