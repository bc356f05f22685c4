"""What of a framework every screen needs, kept in each process while nobody changes a framework.

A class is looked at many times a day and its framework changes once a term: reading hundreds of
rows of it for each look was a good part of what a look cost.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from manypaths.base.kept import FRAMEWORKS, kept_until
from manypaths.evidence.queries import TaskOfKind, tasks_by_lineage
from manypaths.frameworks.models import Competency, Framework
from manypaths.frameworks.queries import Node, areas_of, prerequisite_lineages, tree

Places = Mapping[int, int]


@dataclass(frozen=True)
class Outline:
    """A framework's tree, and its competencies that are estimated, in the order of the tree.

    `prerequisites` are pairs of lineages, the first before the second; `areas` say what each
    competency lies under, and `tasks` what shows it, most fitting first, by row id. All of it is
    shared by all who ask: nobody changes it.
    """

    nodes: Sequence[Node]
    competencies: Sequence[Competency]
    prerequisites: Sequence[tuple[int, int]]
    areas: Mapping[int, Competency]
    tasks: Mapping[int, Sequence[TaskOfKind]]

    @cached_property
    def before(self) -> Sequence[NDArray[np.int64]]:
        """Return the places of what comes before each competency."""
        places = places_of(self.competencies)
        before: list[set[int]] = [set() for _ in self.competencies]
        for first, then in self.prerequisites:
            one, other = places.get(first), places.get(then)
            if one is not None and other is not None:
                before[other].add(one)
        return [np.array(sorted(found), np.int64) for found in before]


def outline_of(framework: Framework) -> Outline:
    """Return what every screen needs of a framework: one query, or a few where it has changed."""
    # A draft changes by deeds on its competencies too, many in an hour.
    return _read(framework) if framework.published_at is None else _kept(framework)


def places_of(competencies: Sequence[Competency]) -> Places:
    """Return the place of each competency by its lineage."""
    return {c.lineage_id: place for place, c in enumerate(competencies) if c.lineage_id}


@kept_until(FRAMEWORKS)
def _kept(framework: Framework) -> Outline:
    return _read(framework)


def _read(framework: Framework) -> Outline:
    nodes, tasks = tree(framework), tasks_by_lineage(framework)
    competencies = _estimated(nodes, tasks.keys())
    return Outline(
        nodes=nodes,
        competencies=competencies,
        prerequisites=prerequisite_lineages(framework),
        areas=areas_of(competencies),
        tasks={row.pk: tasks.get(row.lineage_id or 0, []) for row in competencies},
    )


def _estimated(nodes: Sequence[Node], shown: Collection[int]) -> list[Competency]:
    """Return the competencies that are estimated, of the framework's tree.

    Those that a task shows, and leaves of which no task shows any part of the way down to them:
    what nobody can do a task on yet is still to be learned.
    """
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
