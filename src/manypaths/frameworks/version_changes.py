"""What a draft changes against the version before it, competency by competency."""

from dataclasses import dataclass

from manypaths.frameworks.access import require_right_to_change
from manypaths.frameworks.models import Competency, Framework, Progression
from manypaths.frameworks.queries import levels_of, prerequisites, tree
from manypaths.people.access import Actor

_Pair = tuple[Competency, Competency]


@dataclass(frozen=True)
class VersionChanges:
    """What is new, gone, reworded, moved; which prerequisites came and went; renamed levels."""

    added: list[Competency]
    retired: list[Competency]
    reworded: list[Competency]
    moved: list[Competency]
    prerequisites_added: list[_Pair]
    prerequisites_removed: list[_Pair]
    levels_renamed: list[tuple[str, str]]

    @property
    def is_empty(self) -> bool:
        """Say whether nothing differs."""
        return not any(
            (
                self.added,
                self.retired,
                self.reworded,
                self.moved,
                self.prerequisites_added,
                self.prerequisites_removed,
                self.levels_renamed,
            )
        )


def changes_in(draft: Framework, *, by: Actor) -> VersionChanges:
    """Return what a draft changes, for those who may change it. A fixed number of queries.

    A first version changes nothing: all of it is new.
    """
    require_right_to_change(by, draft)
    old = _Shape.of(draft.previous) if draft.previous else _Shape({}, {}, {}, {}, [])
    new = _Shape.of(draft)
    both = [key for key in new.competencies if key in old.competencies]
    return VersionChanges(
        added=[row for key, row in new.competencies.items() if key not in old.competencies],
        retired=[row for key, row in old.competencies.items() if key not in new.competencies],
        reworded=[new.competencies[key] for key in both if new.wording(key) != old.wording(key)],
        moved=[new.competencies[key] for key in both if new.parents[key] != old.parents[key]],
        prerequisites_added=[p for key, p in new.before.items() if key not in old.before],
        prerequisites_removed=[p for key, p in old.before.items() if key not in new.before],
        levels_renamed=[
            (before, after)
            for before, after in zip(old.levels, new.levels, strict=False)
            if before != after
        ],
    )


@dataclass(frozen=True)
class _Shape:
    """A version by the lineages of its competencies."""

    competencies: dict[int, Competency]
    parents: dict[int, int | None]
    texts: dict[int, dict[int, str]]
    before: dict[tuple[int, int], _Pair]
    levels: list[str]

    @classmethod
    def of(cls, framework: Framework) -> "_Shape":
        nodes = tree(framework)
        texts: dict[int, dict[int, str]] = {}
        rows = Progression.objects.filter(competency__framework=framework)
        for lineage, position, text in rows.values_list(
            "competency__lineage", "level__position", "text"
        ):
            texts.setdefault(lineage or 0, {})[position] = text
        return cls(
            competencies={node.competency.lineage_id or 0: node.competency for node in nodes},
            parents={
                node.competency.lineage_id or 0: node.parent.lineage_id if node.parent else None
                for node in nodes
            },
            texts=texts,
            before={
                (first.lineage_id or 0, then.lineage_id or 0): (first, then)
                for first, then in prerequisites(framework)
            },
            levels=[level.name for level in levels_of(framework)],
        )

    def wording(self, key: int) -> tuple[object, ...]:
        row = self.competencies[key]
        return row.code, row.title, row.statement, self.texts.get(key, {})
