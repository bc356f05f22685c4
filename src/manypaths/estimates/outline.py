"""What of a framework every screen needs, kept in each process while nobody changes a framework.

A class is looked at many times a day and its framework changes once a term: reading hundreds of
rows of it for each look was a good part of what a look cost.
"""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from functools import lru_cache
from uuid import UUID

from django.db import connection

from manypaths.base.audit import newest_deed_on
from manypaths.base.scope import current_owner
from manypaths.evidence.queries import shown_lineages
from manypaths.frameworks.models import Competency, Framework
from manypaths.frameworks.queries import Node, areas_of, prerequisite_lineages, tree


@dataclass(frozen=True)
class Outline:
    """The competencies of a framework that are estimated, in the order of its tree.

    `prerequisites` are pairs of lineages, the first before the second; `areas` say what each
    competency lies under, by row id.
    """

    competencies: Sequence[Competency]
    prerequisites: Sequence[tuple[int, int]]
    areas: Mapping[int, Competency]


def outline_of(framework: Framework) -> Outline:
    """Return what every screen needs of a framework: one query, or a few where it has changed."""
    # A draft changes with each keystroke, and what a transaction shows may never come to be.
    if framework.published_at is None or connection.in_atomic_block:
        return _read(framework)
    stamp = newest_deed_on("framework")
    kept = _kept(_Key(framework.public_id, current_owner(), stamp, framework))
    # Copies, for rows carry along what they were last used with.
    rows = {row.pk: copy(row) for row in (*kept.competencies, *kept.areas.values())}
    return Outline(
        competencies=[rows[row.pk] for row in kept.competencies],
        prerequisites=kept.prerequisites,
        areas={key: rows[row.pk] for key, row in kept.areas.items()},
    )


def estimated_among(nodes: Sequence[Node], framework: Framework) -> list[Competency]:
    """Return the competencies that are estimated, of the framework's tree in hand. One query.

    Those that a task shows, and leaves of which no task shows any part of the way down to them:
    what nobody can do a task on yet is still to be learned.
    """
    shown = shown_lineages(framework)
    parents = {node.parent.pk for node in nodes if node.parent}
    covered: set[int] = set()
    found = []
    for node in nodes:  # a parent stands before its parts
        key, is_shown = node.competency.pk, node.competency.lineage_id in shown
        is_covered = node.parent is not None and node.parent.pk in covered
        if is_shown or is_covered:
            covered.add(key)
        if is_shown or not (is_covered or key in parents):
            found.append(node.competency)
    return found


@dataclass(frozen=True)
class _Key:
    """A framework as it stood after a deed."""

    public_id: UUID
    owner: int | None
    stamp: int
    framework: Framework = field(compare=False)


@lru_cache(maxsize=64)
def _kept(key: _Key) -> Outline:
    return _read(key.framework)


def _read(framework: Framework) -> Outline:
    competencies = estimated_among(tree(framework), framework)
    return Outline(competencies, prerequisite_lineages(framework), areas_of(competencies))
