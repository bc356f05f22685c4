"""A framework's competencies by area: the groups in which a map shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from manypaths.frameworks.models import Competency
from manypaths.frameworks.queries import Node


@dataclass(frozen=True)
class Area:
    """Competencies that stand together; without a competency above them `node` is None."""

    node: Competency | None
    competencies: Sequence[Competency]


def areas_of(nodes: Sequence[Node], competencies: Sequence[Competency]) -> list[Area]:
    """Return competencies by what they lie under in the tree, in the order of the framework.

    What all of them lie under tells nothing apart, so the areas are those just below it.
    """
    above = _ancestors(nodes)
    paths = [above.get(competency.pk, []) for competency in competencies]
    depth = _n_shared(paths)
    found: dict[int | None, tuple[Competency | None, list[Competency]]] = {}
    for competency, path in zip(competencies, paths, strict=True):
        node = path[depth] if len(path) > depth else None
        found.setdefault(node.pk if node else None, (node, []))[1].append(competency)
    return [Area(node, inside) for node, inside in found.values()]


def _ancestors(nodes: Sequence[Node]) -> dict[int, list[Competency]]:
    """Return what each node lies under, from the top, by its row id."""
    above: dict[int, list[Competency]] = {}
    for node in nodes:  # a parent stands before its parts
        parent = node.parent
        above[node.competency.pk] = [*above[parent.pk], parent] if parent else []
    return above


def _n_shared(paths: Sequence[Sequence[Competency]]) -> int:
    """Return how many levels from the top are the same for all."""
    levels = zip(*paths, strict=False)
    return sum(1 for _ in takewhile(lambda level: len({c.pk for c in level}) == 1, levels))
