"""How a framework is looked through: area by area, one competency at a time, by its words."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Count, Q

from manypaths.base.errors import NotFound
from manypaths.base.translations import said
from manypaths.frameworks.access import frameworks_seen_by, may_change
from manypaths.frameworks.models import (
    Association,
    AssociationKind,
    Competency,
    Framework,
    Level,
    Progression,
)
from manypaths.frameworks.queries import Node, tree
from manypaths.people.access import Actor

# So many letters of names are listed at once; an area of more opens part by part.
MOST_LETTERS = 12_000
MOST_FOUND = 40
# What a line of a list weighs besides its words.
_LINE = 90


@dataclass(frozen=True)
class FrameworkRow:
    """A framework in a list, with how many competencies it holds."""

    framework: Framework
    n_competencies: int


@dataclass(frozen=True)
class Branch:
    """A node as it is listed: what lies below, and whether that is shown."""

    competency: Competency
    n_below: int
    is_open: bool
    parts: list["Branch"] = field(default_factory=list)


@dataclass(frozen=True)
class Outline:
    """The areas of a framework, one of them open, and how many competencies there are."""

    areas: list[Branch]
    n_competencies: int

    @property
    def n_areas(self) -> int:
        """Return how many areas there are; a competency that stands alone is none."""
        return sum(area.n_below > 0 for area in self.areas)


@dataclass(frozen=True)
class Ties:
    """What one competency is tied to, each with the framework that it lies in."""

    after: list[Competency]
    opens: list[Competency]
    same: list[Association]
    close: list[Association]


@dataclass(frozen=True)
class CompetencyView:
    """One competency: its place, what each level looks like, and what it is tied to."""

    competency: Competency
    path: list[Competency]
    parts: list[Competency]
    texts: list[tuple[Level, str]]
    ties: Ties


def frameworks_in_use(*, by: Actor) -> list[FrameworkRow]:
    """Return the newest published version of each framework that is not retired, by title."""
    found = frameworks_seen_by(by).filter(retired_at=None, published_at__isnull=False)
    newest: dict[int, Framework] = {}
    for framework in found.order_by("published_at", "pk"):
        newest[framework.family_id or framework.pk] = framework
    return _rows(sorted(newest.values(), key=lambda one: (one.title, one.pk)))


def drafts(*, by: Actor) -> list[FrameworkRow]:
    """Return the versions that are still drafts, for those who may change them."""
    if not may_change(by):
        return []
    return _rows(frameworks_seen_by(by).filter(published_at=None).order_by("title", "pk"))


def versions_of(framework: Framework, *, by: Actor) -> list[Framework]:
    """Return the published versions of a framework's family, the newest first. One query."""
    found = frameworks_seen_by(by).filter(family=framework.family_id, published_at__isnull=False)
    return list(found.order_by("-published_at", "-pk"))


def draft_of(framework: Framework, *, by: Actor) -> Framework | None:
    """Return the next version of a framework's family that is still a draft. One query."""
    found = frameworks_seen_by(by).filter(family=framework.family_id, published_at=None)
    return found.first() if may_change(by) else None


def parts_left_out(framework: Framework) -> list[Competency]:
    """Return the competencies that a framework holds but leaves out. One query."""
    found = Competency.objects.filter(framework=framework, retired_at__isnull=False)
    return list(found.order_by("position", "pk"))


def neighbours(competency: Competency) -> tuple[Competency | None, list[Competency]]:
    """Return what a competency stands under, and all that stands there, itself too. Two queries."""
    nodes = tree(competency.framework)
    parent = next((node.parent for node in nodes if node.competency == competency), None)
    return parent, [node.competency for node in nodes if node.parent == parent]


def outline(framework: Framework, opened: Competency | None = None) -> Outline:
    """Return the areas of a framework with those parts open that lead to a competency. Two queries.

    Without one the first area is open. An open area shows all that lies in it, unless that is too
    much at once: then what leads to the competency, and the parts beside the way.
    """
    nodes = tree(framework)
    below = _below(nodes)
    roots = below.get(None, [])
    first = below.get(roots[0].competency.pk, []) if len(roots) == 1 else []
    if any(part.competency.pk in below for part in first):
        roots = first  # a single trunk is no choice
    counts = _leaf_counts(nodes)
    on_way = {node.pk for node in _way(nodes, opened)}
    if not on_way & {root.competency.pk for root in roots} and roots:
        on_way |= {roots[0].competency.pk}
    areas = [_branch(root, below, counts, on_way) for root in roots]
    return Outline(areas, sum(not below.get(node.competency.pk) for node in nodes))


def competency_in(framework: Framework, competency_id: UUID) -> Competency:
    """Return a competency of a framework in hand by public id. Raises NotFound. One query."""
    found = Competency.objects.filter(framework=framework, public_id=competency_id).first()
    if found is None:
        raise NotFound
    return found


def competency_view(competency: Competency, *, by: Actor) -> CompetencyView:
    """Return what there is to say of a competency. A fixed number of queries."""
    nodes = tree(competency.framework)
    return CompetencyView(
        competency=competency,
        path=_way(nodes, competency)[:-1],
        parts=[node.competency for node in nodes if node.parent and node.parent == competency],
        texts=texts_of(competency),
        ties=_ties(competency, by=by),
    )


def texts_of(competency: Competency) -> list[tuple[Level, str]]:
    """Return what each level looks like for a competency, from the bottom up. One query."""
    rows = Progression.objects.filter(competency=competency).select_related("level")
    return [(row.level, row.spoken.text) for row in rows.order_by("level__position")]


def competencies_with(framework: Framework, text: str) -> list[Competency]:
    """Return the competencies whose code, title or statement holds these words. One query.

    Translations into the reader's language count as well.
    """
    words = text.split()
    if not words:
        return []
    found = Competency.objects.filter(framework=framework, retired_at=None)
    for word in words:
        found = found.filter(Q(code__icontains=word) | said(word, "title", "statement"))
    return list(found.order_by("position", "pk")[:MOST_FOUND])


def _rows(frameworks: Iterable[Framework]) -> list[FrameworkRow]:
    shown = list(frameworks)
    parents = Association.objects.filter(
        framework__in=shown, kind=AssociationKind.CHILD_OF, retired_at=None
    ).values("destination")
    leaves = Competency.objects.filter(framework__in=shown, retired_at=None)
    counts = dict(
        leaves.exclude(pk__in=parents.exclude(destination=None))
        .order_by()
        .values_list("framework")
        .annotate(n=Count("pk"))
    )
    return [FrameworkRow(one, counts.get(one.pk, 0)) for one in shown]


def _below(nodes: Sequence[Node]) -> dict[int | None, list[Node]]:
    below: dict[int | None, list[Node]] = {}
    for node in nodes:
        below.setdefault(node.parent.pk if node.parent else None, []).append(node)
    return below


def _leaf_counts(nodes: Sequence[Node]) -> Counter[int]:
    """Return how many leaves lie below each node, 0 for a leaf itself."""
    counts: Counter[int] = Counter()
    has_parts = {node.parent.pk for node in nodes if node.parent}
    for node in reversed(nodes):  # what lies below stands after it
        own = counts[node.competency.pk] if node.competency.pk in has_parts else 1
        if node.parent:
            counts[node.parent.pk] += own
    return counts


def _way(nodes: Sequence[Node], to: Competency | None) -> list[Competency]:
    """Return the nodes that lead to a competency, from the root, itself last."""
    parent_of = {node.competency.pk: node.parent for node in nodes}
    way: list[Competency] = []
    while to is not None and to not in way:
        way.append(to)
        to = parent_of.get(to.pk)
    return way[::-1]


def _branch(
    node: Node, below: dict[int | None, list[Node]], counts: Counter[int], on_way: set[int]
) -> Branch:
    key = node.competency.pk
    if key not in on_way:
        return Branch(node.competency, counts[key], is_open=False)
    if _letters(node, below) <= MOST_LETTERS:
        return _whole(node, below, counts)
    parts = [_branch(part, below, counts, on_way) for part in below.get(key, [])]
    return Branch(node.competency, counts[key], is_open=True, parts=parts)


def _whole(node: Node, below: dict[int | None, list[Node]], counts: Counter[int]) -> Branch:
    key = node.competency.pk
    parts = [_whole(part, below, counts) for part in below.get(key, [])]
    return Branch(node.competency, counts[key], is_open=True, parts=parts)


def _letters(node: Node, below: dict[int | None, list[Node]]) -> int:
    own = len(node.competency.name) + len(node.competency.code) + _LINE
    return own + sum(_letters(part, below) for part in below.get(node.competency.pk, []))


def _ties(competency: Competency, *, by: Actor) -> Ties:
    found = Association.objects.filter(
        Q(origin=competency) | Q(destination=competency),
        framework__in=frameworks_seen_by(by).filter(published_at__isnull=False)
        | frameworks_seen_by(by).filter(pk=competency.framework_id),
        retired_at=None,
    ).exclude(kind=AssociationKind.CHILD_OF)
    ties = list(
        found.select_related("origin__framework", "destination__framework").order_by(
            "position", "pk"
        )
    )
    precedes = [tie for tie in ties if tie.kind == AssociationKind.PRECEDES]
    return Ties(
        after=_held(tie.origin for tie in precedes if tie.destination == competency),
        opens=_held(tie.destination for tie in precedes if tie.origin == competency),
        same=[tie for tie in ties if tie.kind == AssociationKind.EXACT_MATCH],
        close=[tie for tie in ties if tie.kind == AssociationKind.RELATED],
    )


def _held(ends: Iterable[Competency | None]) -> list[Competency]:
    return [end for end in ends if end is not None and end.retired_at is None]
