"""Which groups of people a figure may be told of: none small, and none that can be worked out.

Everybody stands in a tree of groups: the whole, a school, a class in it. A figure of a group is
a sum over its people, so whoever knows those of a school and of all its classes but one knows that
one too. Hence two steps. A group below the minimum is hidden, with the groups in it. And where the
hidden parts of a shown group are together below the minimum, the smallest shown part beside them is
hidden as well.

What can be worked out is then at most what is left of a shown group without its shown parts; these
remainders are apart from each other, and each is empty or of the minimum at least. So no sum or
difference of what is shown tells of fewer people.
"""

from collections import Counter
from collections.abc import Hashable, Iterable

MINIMUM = 10

# The groups that somebody is in, from the outermost to the innermost; () is the whole.
Path = tuple[Hashable, ...]


def shown_groups(people: Iterable[Path], *, minimum: int = MINIMUM) -> frozenset[Path]:
    """Return the groups of which a figure may be told, () for the whole.

    `people` holds the path of each person's innermost group, once a person. Who is in no group on
    some level counts there as a part that is never shown.
    """
    sizes: Counter[Path] = Counter()
    for path in people:
        sizes.update(path[:depth] for depth in range(len(path) + 1))
    parts: dict[Path, list[Path]] = {}
    for path in sizes:
        if path:
            parts.setdefault(path[:-1], []).append(path)
    shown = set()
    waiting: list[Path] = [()] if sizes[()] >= minimum else []
    while waiting:
        group = waiting.pop()
        shown.add(group)
        waiting += _shown_parts(group, parts.get(group, []), sizes, minimum)
    return frozenset(shown)


def about(n: int) -> int:
    """Return a count in whole tens, rounded down: one person more or less seldom shows."""
    return n // 10 * 10


def _shown_parts(group: Path, parts: list[Path], sizes: Counter[Path], minimum: int) -> list[Path]:
    shown = sorted((p for p in parts if sizes[p] >= minimum), key=lambda p: (sizes[p], str(p)))
    hidden = sizes[group] - sum(sizes[part] for part in shown)
    if 0 < hidden < minimum:
        return shown[1:]  # one is enough: it is of the minimum itself
    return shown
